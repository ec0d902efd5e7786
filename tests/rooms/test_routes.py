"""The pages of a room, without a script."""

from __future__ import annotations

import io
import re

import pytest

from app.db import db
from app.rooms import operations
from app.rooms.models import Initiative
from tests import factories
from tests.factories.applications import holder
from tests.reading import words_of


@pytest.fixture
def project(app):
    made = factories.project([factories.organisation("岩見沢市")])
    db.session.commit()
    return made


@pytest.fixture
def editor(project, sign_in_as):
    return sign_in_as(tenure=holder("municipality_editor", project.lead))[0]


@pytest.fixture
def officer(sign_in_as):
    return sign_in_as("officer")[0]


def room_page(client, project) -> str:
    return words_of(client.get(f"/projects/{project.id}/room"))


def form_of(client, address: str) -> dict[str, str]:
    """The hidden entries of a page's form: what it was made from."""
    page = words_of(client.get(address))
    return dict(re.findall(r'name="(version|form_version)"[^>]*value="(\d*)"', page))


def entries(prefix: str, rows: list[dict[str, str]]) -> dict[str, str]:
    return {f"{prefix}-{n}-{key}": value for n, row in enumerate(rows) for key, value in row.items()}


def test_a_room_that_nobody_has_written_into_says_so_and_is_not_made_by_looking(project, editor):
    page = room_page(editor, project)
    assert "個別取組はまだ入力されていません" in page and "未入力" in page
    assert operations.room_of(project) is None


def test_the_plan_is_written_drawn_and_read_with_who_saved_it(project, editor, officer):
    address = f"/projects/{project.id}/room/plan"
    rows = [
        {"what": "実証運行", "from": "R4.10.1", "until": "2023-03-31"},
        {"what": "中間報告", "until": "2023-01-31"},
    ]
    answer = editor.post(address, data={**form_of(editor, address), **entries("plan", rows)})
    assert answer.headers["Location"] == f"/projects/{project.id}/room"
    page = room_page(officer, project)
    assert "<rect" in page and "中間報告（遅れ）" in page and "実証運行（実施中）" in page
    assert "最後の保存" in page
    officer.get("/language/en")
    assert "中間報告 (late)" in room_page(officer, project)


def test_two_who_write_the_same_section_see_both_and_lose_neither(project, editor, officer):
    address = f"/projects/{project.id}/room/grants"
    opened = form_of(officer, address)
    row = {"year": "令和4年度", "name": "デジタル田園都市国家構想交付金"}
    editor.post(address, data={**form_of(editor, address), **entries("grants", [row])})
    answer = officer.post(
        address, data={**opened, **entries("grants", [{"year": "R5", "name": "別の補助金"}])}
    )
    page = words_of(answer)
    assert answer.status_code == 409
    assert "デジタル田園都市国家構想交付金" in page and "別の補助金" in page


def test_what_is_wrong_is_told_at_its_cell_and_what_was_typed_stays(project, editor):
    address = f"/projects/{project.id}/room/plan"
    answer = editor.post(
        address, data={**form_of(editor, address), **entries("plan", [{"what": "実証", "until": "いつか"}])}
    )
    page = words_of(answer)
    assert answer.status_code == 422 and 'value="いつか"' in page
    assert operations.room_of(project).answered.value_of("plan") == []


def test_a_document_that_is_sent_again_is_the_next_version_and_both_are_given_out(project, editor, officer):
    address = f"/projects/{project.id}/room/documents"
    for content in (b"%PDF-1.7\nfirst\n%%EOF\n", b"%PDF-1.7\nsecond\n%%EOF\n"):
        sent = {**form_of(editor, address), "documents": (io.BytesIO(content), "計画.pdf")}
        assert editor.post(address, data=sent).status_code == 302
    first, second = operations.room_of(project).answered.files
    assert [it["sha256"] for it in operations.room_of(project).answered.value_of("documents")] == [
        second.sha256
    ]
    for file, content in ((first, b"first"), (second, b"second")):
        got = officer.get(f"/projects/{project.id}/room/documents/{file.id}")
        assert content in got.data and "attachment" in got.headers["Content-Disposition"]
    assert "以前のファイル" in words_of(editor.get(address))


def test_a_program_is_not_taken_as_a_document(project, editor):
    address = f"/projects/{project.id}/room/documents"
    sent = {**form_of(editor, address), "documents": (io.BytesIO(b"MZ\x90\x00"), "計画.pdf")}
    assert editor.post(address, data=sent).status_code == 422
    assert operations.room_of(project).answered.files == []


def test_a_document_of_another_room_is_not_there(project, editor):
    other = factories.room(factories.project([factories.organisation("更別村")]))
    db.session.commit()
    file = other.answered.files[0]
    assert editor.get(f"/projects/{project.id}/room/documents/{file.id}").status_code == 404
    assert editor.get(f"/projects/{other.project_id}/room/documents/{file.id}").status_code == 404


def test_what_the_office_writes_is_not_offered_to_the_body_and_is_refused(project, editor, officer):
    for key in ("ministries", "linked-support"):
        address = f"/projects/{project.id}/room/{key}"
        assert address not in room_page(editor, project)
        assert address in room_page(officer, project)
        assert editor.get(address).headers["Location"] == f"/projects/{project.id}/room"
        form = form_of(officer, address)
        assert (
            editor.post(
                address, data={**form, **entries(key, [{"ministry": "総務省", "scheme": "制度"}])}
            ).status_code
            == 403
        )
    assert operations.room_of(project).ministries == []


def test_choices_are_read_and_chosen_in_english_and_kept_in_japanese(project, officer):
    address = f"/projects/{project.id}/room/ministries"
    officer.get("/language/en")
    page = words_of(officer.get(address))
    assert "Digital Agency" in page and "Local support lead" in page and ">デジタル庁<" not in page
    pasted = "Digital Agency\t\tDX課\t\tAdvice\t"
    officer.post(address, data={**form_of(officer, address), "ministries-paste": pasted})
    (row,) = operations.room_of(project).answered.value_of("ministries")
    assert (row["ministry"], row["part"]) == ("デジタル庁", "助言")
    assert "Digital Agency" in room_page(officer, project)
    officer.get("/language/ja")
    page = room_page(officer, project)
    assert "デジタル庁" in page and "Digital Agency" not in page


def test_the_office_writes_who_answers_for_support_on_site(project, officer, editor):
    address = f"/projects/{project.id}/room/ministries"
    row = {
        "ministry": "国土交通省",
        "bureau": "北海道運輸局",
        "person": "見本 花子",
        "part": "現地支援責任者",
    }
    officer.post(address, data={**form_of(officer, address), **entries("ministries", [row])})
    page = room_page(editor, project)
    assert "北海道運輸局" in page and "現地支援責任者" in page


def test_an_initiative_is_entered_changed_and_taken_off(project, editor):
    address = f"/projects/{project.id}/initiatives"
    wrong = editor.post(address, data={"name": "", "begun_on": "2023-04-01", "ended_on": "2023-03-01"})
    assert wrong.status_code == 422 and "終了日は開始日以後" in words_of(wrong)
    editor.post(address, data={"name": "自動運転バス", "technologies": ["AI"], "begun_on": "R4.10.1"})
    made = db.session.query(Initiative).one()
    assert made.technologies == ["AI"] and "自動運転バス" in room_page(editor, project)
    assert editor.post(address, data={"name": "自動運転バス"}).status_code == 422
    change = f"{address}/{made.id}"
    page = words_of(editor.get(change))
    assert 'value="自動運転バス"' in page
    assert editor.post(change, data={"version": "99", "name": "別"}).status_code == 409
    editor.post(change, data={"version": made.version_id, "name": "自動運転バスの実証"})
    assert "自動運転バスの実証" in room_page(editor, project)
    assert editor.post(f"{change}/withdrawal", data={"reason": " "}).status_code == 422
    assert "自動運転バスの実証" in room_page(editor, project)
    editor.post(f"{change}/withdrawal", data={"reason": "誤って入力した"})
    assert "個別取組はまだ入力されていません" in room_page(editor, project)
    assert "この個別取組は取り消されました" in words_of(editor.get(change, follow_redirects=True))
    assert editor.get(f"{address}/{2**40}").status_code == 404


def test_what_is_written_into_an_initiative_that_was_taken_off_meanwhile_is_kept(project, editor):
    made = factories.initiative(project, "配送")
    db.session.commit()
    address = f"/projects/{project.id}/initiatives"
    editor.post(f"{address}/{made.id}/withdrawal", data={"reason": "誤って入力した"})
    entered = {"version": "1", "name": "配送ロボット", "summary": "長い説明"}
    answer = editor.post(f"{address}/{made.id}", data=entered)
    assert answer.status_code == 422
    page = words_of(answer)
    assert "入力中に取り消されました" in page and "長い説明" in page and f'action="{address}"' in page
    editor.post(address, data=entered)
    assert "長い説明" in room_page(editor, project)


def test_a_ministry_reads_and_writes_nothing(project, sign_in_as):
    factories.room(project)
    db.session.commit()
    ministry = sign_in_as("ministry_officer")[0]
    page = room_page(ministry, project)
    assert "実証運行" in page and "記入する" not in page
    assert ministry.get(f"/projects/{project.id}/room/plan").status_code == 403


def test_once_support_is_over_the_body_is_told_why_it_cannot_write(project, editor):
    project.state = "ended"
    db.session.commit()
    answer = editor.get(f"/projects/{project.id}/room/plan", follow_redirects=True)
    assert "記入できるのは内閣府だけ" in words_of(answer)


def test_the_people_of_each_body_stand_there(project, editor):
    page = room_page(editor, project)
    assert holder("municipality_editor", project.lead).person.name in page


def test_the_page_asks_a_fixed_number_of_statements(project, officer, count_queries):
    factories.room(project)
    for number in range(2):
        factories.initiative(project, f"取組{number}")
    db.session.commit()
    address = f"/projects/{project.id}/room"
    officer.get(address)
    few = count_queries(lambda: officer.get(address))
    for number in range(2, 12):
        factories.initiative(project, f"取組{number}")
    db.session.commit()
    officer.get(address)
    assert count_queries(lambda: officer.get(address)) <= few <= 9, "eight, and the BEGIN of SQLite"
