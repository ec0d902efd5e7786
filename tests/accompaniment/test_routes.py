"""The pages of the log, of obstacles and of knowledge, as each side sees them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accompaniment import entries, knowledge
from app.accompaniment.models import KnowledgeItem, LogEntry, Obstacle
from app.db import db
from app.permissions import EDITOR, MINISTRY, OFFICER
from tests import factories
from tests.factories.applications import holder
from tests.reading import page_at, text_of

ENTRY = {
    "held_on": "R5.2.15",
    "entry_kind": "visit",
    "participants": "見本大学",
    "text": "実証を見た。",
    "next_step": "図を作る。",
}
OBSTACLE = {
    "title": "通信の途切れ", "obstacle_kind": "technical", "text": "途切れる。", "ministry_id": "", "acts": "body", "acts_name": "",
    "due_on": "2023-03-20",
}  # fmt: skip


@pytest.fixture
def project(app):
    return factories.project([factories.organisation("岩見沢市")], title="雪道の見守り")


@pytest.mark.parametrize("role", [OFFICER, MINISTRY, EDITOR])
def test_each_side_writes_into_the_log_and_the_others_read_it(sign_in_as, project, role):
    writer, _ = sign_in_as(role, project.lead if role == EDITOR else None)
    log = f"/projects/{project.id}/log"
    assert writer.post(f"{log}/new", data=ENTRY).status_code == 302
    for reader, body in ((OFFICER, None), (MINISTRY, None), (EDITOR, project.lead)):
        client, _ = sign_in_as(reader, body)
        page = page_at(client, log)
        assert "実証を見た。" in page and "図を作る。" in page, reader
    stranger, _ = sign_in_as(EDITOR)
    assert stranger.get(log).status_code == 404


def test_what_is_within_the_office_stands_in_no_page_list_or_file_of_others(sign_in_as, project):
    officer, _ = sign_in_as(OFFICER)
    log = f"/projects/{project.id}/log"
    officer.post(f"{log}/new", data={**ENTRY, "text": "体制に不安がある。", "within_office": "y"})
    entry = db.session.scalars(select(LogEntry)).one()
    assert entry.within_office and "体制に不安" in page_at(officer, log)
    for role, body in ((EDITOR, project.lead), (MINISTRY, None)):
        client, _ = sign_in_as(role, body)
        for address in (log, f"{log}?q=体制", f"{log}?format=csv"):
            assert "体制に不安" not in page_at(client, address), address
        assert client.get(f"/log/{entry.id}").status_code == 404
        sent = {**ENTRY, "text": "x", "within_office": "y"}
        client.post(f"{log}/new", data=sent)
    assert [it.within_office for it in db.session.scalars(select(LogEntry).order_by(LogEntry.id))] == [
        True,
        False,
        False,
    ]


def test_an_entry_is_corrected_and_only_its_side_and_the_office_read_how_it_was(sign_in_as, project):
    client, officer = sign_in_as(OFFICER)
    entry = factories.log_entry(project, "雪が深い。", by=officer)
    db.session.commit()
    address = f"/log/{entry.id}"
    assert "雪が深い。" in page_at(client, f"{address}/edit")
    sent = {**ENTRY, "text": "雪が深く、止まった。", "version": "1"}
    assert client.post(f"{address}/edit", data=sent).status_code == 302
    assert "雪が深い。" in page_at(client, address)
    assert client.post(f"{address}/edit", data={**sent, "text": "別の人"}).status_code == 409, (
        "of an older page"
    )
    editor, _ = sign_in_as(EDITOR, project.lead)
    page = page_at(editor, address)
    assert "止まった。" in page and "雪が深い。" not in page
    assert editor.get(f"{address}/edit").status_code == 403
    colleague, _ = sign_in_as(OFFICER)
    assert colleague.get(f"{address}/edit").status_code == 403


def test_an_internal_entry_is_shown_to_the_others_by_a_correction(sign_in_as, project):
    client, officer = sign_in_as(OFFICER)
    entry = factories.log_entry(project, "内々の話。", by=officer, within_office=True)
    db.session.commit()
    sent = {**ENTRY, "text": "相談した。", "version": "1", "shown": "y"}
    assert client.post(f"/log/{entry.id}/edit", data=sent).status_code == 302
    editor, _ = sign_in_as(EDITOR, project.lead)
    page = page_at(editor, f"/log/{entry.id}")
    assert "相談した。" in page and "内々の話。" not in page
    assert 'name="shown"' not in page_at(client, f"/log/{entry.id}/edit"), "it is shown already"


def test_a_withdrawn_entry_leaves_its_reason_and_its_words_to_the_office(sign_in_as, project):
    client, officer = sign_in_as(OFFICER)
    entry = factories.log_entry(project, "別の事業の話。", by=officer, participants="別の町")
    db.session.commit()
    assert client.post(f"/log/{entry.id}/withdrawal", data={"reason": ""}).status_code == 422
    assert client.post(f"/log/{entry.id}/withdrawal", data={"reason": "別の事業のため"}).status_code == 302
    assert "別の事業の話。" in page_at(client, f"/log/{entry.id}")
    editor, _ = sign_in_as(EDITOR, project.lead)
    log = f"/projects/{project.id}/log"
    for address in (log, f"/log/{entry.id}", f"{log}?format=csv"):
        page = page_at(editor, address)
        assert "別の事業のため" in page and "別の事業の話。" not in page and "別の町" not in page, address
    found = [page_at(editor, f"{log}?{query}") for query in ("q=別の町", "entry_kind=visit")]
    assert all("別の事業のため" not in page for page in found)
    assert client.get(f"/log/{entry.id}/edit").status_code == 302, "it is not changed any more"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"held_on": "2023-02-16"}, "この日はまだ来ていません"),
        ({"held_on": "きのう"}, "きのう"),
        ({"entry_kind": ""}, "種別を選択"),
        ({"text": " "}, "必須"),
        ({"text": "長" * 4001}, "4,000"),
    ],
    ids=str,
)
def test_what_cannot_be_taken_is_said_and_what_was_typed_stays(sign_in_as, project, wrong, told):
    client, _ = sign_in_as(OFFICER)
    answer = client.post(f"/projects/{project.id}/log/new", data={**ENTRY, **wrong})
    assert answer.status_code == 422 and told in text_of(answer) and "図を作る。" in text_of(answer)
    assert db.session.scalars(select(LogEntry)).all() == []


def test_a_long_log_is_read_by_pages_the_newest_first(sign_in_as, project, at):
    for number in range(25):
        factories.log_entry(project, f"記録{number:02}。", held_on=at.date() - timedelta(days=number))
    client, _ = sign_in_as(OFFICER)
    first, second = (page_at(client, f"/projects/{project.id}/log?page={page}") for page in (1, 2))
    assert "記録00。" in first and "記録24。" not in first and "記録24。" in second


def test_an_obstacle_is_put_on_record_corrected_and_resolved_by_its_body(sign_in_as, project):
    client, _ = sign_in_as(EDITOR, project.lead)
    answer = client.post(f"/projects/{project.id}/obstacles/new", data=OBSTACLE)
    obstacle = db.session.scalars(select(Obstacle)).one()
    address = f"/obstacles/{obstacle.id}"
    assert answer.headers["Location"] == address
    assert "通信の途切れ" in page_at(client, f"/projects/{project.id}/log")
    sent = {**OBSTACLE, "due_on": "R5.3.27", "version": "1"}
    assert client.post(f"{address}/edit", data=sent).status_code == 302
    assert "令和5年3月20日（月） → 令和5年3月27日（月）" in page_at(client, address)
    refused = client.post(f"{address}/resolution", data={"outcome": ""})
    assert refused.status_code == 422
    assert client.post(f"{address}/resolution", data={"outcome": "中継器を置いた。"}).status_code == 302
    page = page_at(client, address)
    assert "中継器を置いた。" in page and "/edit" not in page
    for path in ("edit", "resolution", "giving-up"):
        assert client.get(f"{address}/{path}").headers["Location"] == address, "it has moved on"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"due_on": "2023-02-01"}, "対応期限が既に過ぎています"),
        ({"acts": "ministry"}, "対応する府省庁を選択してください"),
        ({"acts": ""}, "対応者を選択してください"),
        ({"title": "長" * 101}, "100"),
        ({"ministry_id": "99999"}, "選択"),
    ],
    ids=str,
)
def test_what_an_obstacle_lacks_is_said(sign_in_as, project, wrong, told):
    client, _ = sign_in_as(OFFICER)
    answer = client.post(f"/projects/{project.id}/obstacles/new", data={**OBSTACLE, **wrong})
    assert answer.status_code == 422 and told in text_of(answer) and "途切れる。" in text_of(answer)


def test_the_list_shows_the_outstanding_ones_unless_asked_for_others(sign_in_as, project, at):
    factories.obstacle(project, title="残る課題", due_on=at.date())
    factories.obstacle(project, "resolved", title="解決した課題")
    client, _ = sign_in_as(MINISTRY)
    for query, seen in (
        ("", {"残る課題"}),
        ("?state=resolved", {"解決した課題"}),
        ("?state=any", {"残る課題", "解決した課題"}),
    ):
        page = page_at(client, f"/obstacles{query}")
        assert {it for it in ("残る課題", "解決した課題") if it in page} == seen, query
    rows = page_at(client, "/obstacles?state=any&format=csv").splitlines()
    assert len(rows) == 3 and "区間を限って許可を得た。" in "".join(rows)


def test_the_figures_of_each_ministry_lead_to_what_they_count(sign_in_as, project, at, move_clock):
    ministry = factories.office()
    for days in (0, 3):
        factories.obstacle(project, ministry_id=ministry.id, due_on=at.date() + timedelta(days=days))
    factories.obstacle(project)
    client, _ = sign_in_as(OFFICER)
    move_clock(at + timedelta(days=1))
    page = page_at(client, "/obstacles?kind=technical")
    assert f'href="/obstacles?ministry={ministry.id}"' in page and 'href="/obstacles?ministry=none"' in page
    assert "全2件" in page_at(client, f"/obstacles?ministry={ministry.id}")
    assert "全1件" in page_at(client, "/obstacles?due=late")


def test_from_an_obstacle_one_walks_on_to_the_next_of_the_same_list(sign_in_as, project, at):
    first, second = (factories.obstacle(project, due_on=at.date() + timedelta(days=it)) for it in (1, 2))
    factories.obstacle(project, "resolved", due_on=at.date() + timedelta(days=3))
    client, _ = sign_in_as(OFFICER)
    page = page_at(client, f"/obstacles/{first.id}?list=/obstacles")
    assert f"/obstacles/{second.id}?list=" in page
    assert 'rel="next"' not in page_at(client, f"/obstacles/{second.id}?list=/obstacles")


def test_a_local_government_has_no_list_of_all_and_sees_none_of_others(sign_in_as, project):
    other = factories.obstacle()
    client, _ = sign_in_as(EDITOR, project.lead)
    assert client.get("/obstacles").status_code == 403
    assert client.get(f"/obstacles/{other.id}").status_code == 404
    assert client.post(f"/obstacles/{other.id}/resolution", data={"outcome": "x"}).status_code == 404


KNOWN = {
    "topic": "regulatory",
    "question": "許可は要るか",
    "answer": "岩見沢では要る。",
    "technologies": ["自動運転"],
}


def test_names_are_refused_until_they_are_taken_out(sign_in_as, project):
    obstacle = factories.obstacle(project, "resolved")
    client, _ = sign_in_as(OFFICER)
    address = f"/obstacles/{obstacle.id}/knowledge"
    assert "区間を限って許可を得た。" in page_at(client, address), "filled in"
    refused = client.post(address, data=KNOWN)
    assert (
        refused.status_code == 422
        and "「岩見沢」" in text_of(refused)
        and "岩見沢では要る。" in text_of(refused)
    )
    assert client.post(address, data={**KNOWN, "answer": "要る。"}).status_code == 302
    item = db.session.scalars(select(KnowledgeItem)).one()
    assert (item.answer, item.technologies) == ("要る。", ["自動運転"])
    assert client.get(address).headers["Location"] == f"/knowledge/{item.id}", "it is shared already"


def test_a_word_that_only_looks_like_a_name_is_confirmed_and_no_other_with_it(sign_in_as, project):
    obstacle = factories.obstacle(project, "resolved")
    client, _ = sign_in_as(OFFICER)
    address = f"/obstacles/{obstacle.id}/knowledge"
    page = text_of(client.post(address, data=KNOWN))
    named = page.partition('name="named"')[2].partition('value="')[2].partition('"')[0]
    confirmed = {**KNOWN, "named": named, "confirmed": "y"}
    other = client.post(address, data={**confirmed, "answer": "岩見沢の雪道の見守りでは要る。"})
    assert other.status_code == 422 and "「雪道の見守り」" in text_of(other), "these names were not shown"
    assert client.post(address, data={**KNOWN, "confirmed": "y"}).status_code == 422, "nothing was shown"
    assert client.post(address, data=confirmed).status_code == 302


def test_nothing_tells_a_reader_from_which_project_it_came(sign_in_as, project):
    item = factories.knowledge_item(factories.log_entry(project, "岩見沢で実証した。"))
    reader, _ = sign_in_as(EDITOR, factories.project().lead)
    ministry, _ = sign_in_as(MINISTRY)
    for client in (reader, ministry):
        for address in ("/knowledge", f"/knowledge/{item.id}", "/knowledge?format=csv"):
            page = page_at(client, address)
            assert "許可は要るか" in page, address
            told = (
                "岩見沢",
                "雪道の見守り",
                f"/projects/{project.id}",
                f"/log/{item.log_entry_id}",
                item.published_by,
            )
            assert not [it for it in told if it in page], address
    officer, _ = sign_in_as(OFFICER)
    assert "雪道の見守り" in page_at(officer, f"/knowledge/{item.id}")


def test_knowledge_is_found_by_words_kind_and_technology(sign_in_as, project):
    factories.knowledge_item(
        factories.log_entry(project), question="飛行の承認", topic="regulatory", technologies=["ドローン"]
    )
    factories.knowledge_item(
        factories.log_entry(project), question="電池の寒さ", topic="technical", technologies=["AI"]
    )
    client, _ = sign_in_as(EDITOR, project.lead)
    for query, seen in (
        ("q=ひこう", set()), ("q=飛行", {"飛行の承認"}), ("topic=technical", {"電池の寒さ"}), ("technology=ドローン", {"飛行の承認"}),
        ("technology=VR/AR", set()), ("", {"飛行の承認", "電池の寒さ"}),
    ):  # fmt: skip
        page = page_at(client, f"/knowledge?{query}")
        assert {it for it in ("飛行の承認", "電池の寒さ") if it in page} == seen, query


def test_what_was_withdrawn_is_there_for_the_office_alone(sign_in_as, project, at):
    item = factories.knowledge_item(factories.log_entry(project))
    client, _ = sign_in_as(OFFICER)
    address = f"/knowledge/{item.id}"
    sent = {"topic": "other", "question": "許可は", "answer": "昼なら要らない。", "version": "1"}
    assert client.post(f"{address}/edit", data=sent).status_code == 302
    assert "区間を限れば得られる。" in page_at(client, address), "the earlier wording"
    assert client.post(f"{address}/withdrawal", data={"reason": "法令の改正"}).status_code == 302
    assert "法令の改正" in page_at(client, address)
    assert client.get(f"{address}/edit").status_code == 302
    assert "許可は" not in page_at(client, "/knowledge") and "許可は" in page_at(
        client, "/knowledge?shared=any"
    )
    for role, body in ((EDITOR, project.lead), (MINISTRY, None)):
        reader, _ = sign_in_as(role, body)
        assert reader.get(address).status_code == 404
        assert "許可は" not in page_at(reader, "/knowledge?shared=any")


def test_an_officer_alone_shares(sign_in_as, project):
    entry = factories.log_entry(project)
    outstanding = factories.obstacle(project)
    withdrawn = factories.log_entry(project)
    item = factories.knowledge_item(factories.log_entry(project))
    entries.withdraw(withdrawn, reason="x", actor=holder(OFFICER), at=entry.written_at)
    db.session.commit()
    for role, body in ((EDITOR, project.lead), (MINISTRY, None)):
        client, _ = sign_in_as(role, body)
        assert client.post(f"/log/{entry.id}/knowledge", data=KNOWN).status_code == 403
        assert client.post(f"/knowledge/{item.id}/withdrawal", data={"reason": "x"}).status_code == 403
    client, _ = sign_in_as(OFFICER)
    for address in (f"/obstacles/{outstanding.id}", f"/log/{withdrawn.id}"):
        assert client.get(f"{address}/knowledge").headers["Location"] == address
    assert knowledge.shared_from(withdrawn) is None
