"""Questions and answers of a call: everybody reads them at once, every edition is kept, what is withdrawn says why."""

from __future__ import annotations

import pytest

from app import calendar
from app.db import db
from app.history import HistoryEntry
from app.permissions import OFFICER
from app.programmes import clarifications
from tests import factories


@pytest.fixture
def call(app, at, move_clock):
    move_clock(at)
    made = factories.call(description="募集要領の本文")
    db.session.commit()
    return made


def ask(call, question="対象は。", answer="全国です。", at=None):
    made = clarifications.publish(
        call, question=question, answer=answer, actor=factories.tenure(OFFICER), at=at or calendar.now()
    )
    db.session.commit()
    return made


def test_everybody_reads_it_at_once_though_the_page_was_kept_in_memory(call, client, sign_in_as):
    address = f"/calls/{call.id}"
    before = client.get(address)
    assert client.get(address).headers["ETag"] == before.headers["ETag"], "it is kept"
    officer, _ = sign_in_as(OFFICER)
    sent = {"question": "町村も対象ですか。", "answer": "対象です。"}
    assert officer.post(f"{address}/clarifications/new", data=sent).status_code == 302
    page = client.get(address).text
    assert "町村も対象ですか。" in page and 'id="answer-1"' in page
    officer.post(f"{address}/clarifications/1", data={**sent, "answer": "対象外です。", "version": "1"})
    page = client.get(address).text
    assert "対象外です。" in page and "対象です。" not in page.replace("対象外です。", "")
    assert "対象です。" in officer.get(f"{address}/clarifications").text, "the earlier wording is kept"
    officer.post(f"{address}/clarifications/1/withdrawal", data={"reason": "誤りのため"})
    page = client.get(address).text
    assert "誤りのため" in page and "町村も対象ですか。" not in page and 'id="answer-1"' in page


def test_a_draft_of_a_call_has_none(call, sign_in_as, at):
    draft = factories.call(state="draft")
    db.session.commit()
    officer, _ = sign_in_as(OFFICER)
    assert officer.get(f"/calls/{draft.id}/clarifications/new").status_code == 302
    with pytest.raises(clarifications.NotPublic):
        ask(draft)


@pytest.mark.parametrize(("question", "answer"), [("", "x"), ("x", " \n")])
def test_both_are_needed_and_what_was_typed_stays(call, sign_in_as, question, answer):
    with pytest.raises(ValueError, match="question and an answer"):
        ask(call, question, answer)
    db.session.rollback()
    officer, _ = sign_in_as(OFFICER)
    typed = {"question": question or "残る質問", "answer": "残る回答" if answer == "x" else ""}
    refused = officer.post(f"/calls/{call.id}/clarifications/new", data={**typed, "question": question})
    assert refused.status_code == 422
    assert (typed["answer"] or question) in refused.text


def test_numbers_stay_and_the_order_is_the_officers(call, client, sign_in_as):
    for name in ("一", "二", "三"):
        ask(call, f"質問{name}")
    officer, _ = sign_in_as(OFFICER)
    place = f"/calls/{call.id}/clarifications/3/place"
    assert officer.post(place, data={"to": "sideways"}).status_code == 400
    for _time in range(3):  # the third time there is nothing before it
        assert officer.post(place, data={"to": "up"}).status_code == 302
    page = client.get(f"/calls/{call.id}").text
    assert page.index("質問三") < page.index("質問一") < page.index("質問二")
    officer.post(place, data={"to": "down"})
    page = client.get(f"/calls/{call.id}").text
    assert page.index("質問一") < page.index("質問三")
    [_one, _two, three] = sorted(call.clarifications, key=lambda it: it.number)
    clarifications.withdraw(three, reason="重複", actor=factories.tenure(OFFICER), at=calendar.now())
    assert ask(call, "質問四").number == 4, "a number is not given again"


def test_what_was_withdrawn_does_not_change(call, sign_in_as):
    made, officer = ask(call), factories.tenure(OFFICER)
    with pytest.raises(ValueError, match="reason"):
        clarifications.withdraw(made, reason=" ", actor=officer, at=calendar.now())
    clarifications.withdraw(made, reason="誤り", actor=officer, at=calendar.now())
    db.session.commit()
    for again in (
        lambda: clarifications.edit(made, question="a", answer="b", actor=officer, at=calendar.now()),
        lambda: clarifications.withdraw(made, reason="また", actor=officer, at=calendar.now()),
        lambda: clarifications.put(made, up=True, actor=officer, at=calendar.now()),
    ):
        with pytest.raises(clarifications.Withdrawn):
            again()
    client, _ = sign_in_as(tenure=officer)
    for way, sent in (
        ("", {"question": "a", "answer": "b"}),
        ("/withdrawal", {"reason": "c"}),
        ("/place", {"to": "up"}),
    ):
        answer = client.post(f"/calls/{call.id}/clarifications/1{way}", data=sent)
        assert answer.status_code == 302, way
    db.session.refresh(made)
    assert (made.question, made.withdrawal_reason) == ("対象は。", "誤り")


def test_editions_and_history_tell_who_wrote_what(call):
    made, officer = ask(call), factories.tenure(OFFICER)
    clarifications.edit(made, question="対象は。", answer="全国です。", actor=officer, at=calendar.now())
    assert made.edition == 1, "the same words are no other edition"
    clarifications.edit(made, question="対象は。", answer="市町村です。", actor=officer, at=calendar.now())
    db.session.commit()
    assert [(it.number, it.answer) for it in made.editions] == [(1, "全国です。"), (2, "市町村です。")]
    events = [it.event for it in db.session.scalars(HistoryEntry.of(call))]
    assert [it for it in events if "clarif" in it] == ["clarification_edited", "clarification_published"]


def test_in_which_order_they_are_read_is_told_to_the_office_alone(call):
    ask(call)
    clarifications.put(ask(call, "後の質問"), up=True, actor=factories.tenure(OFFICER), at=calendar.now())
    db.session.commit()
    told = {it.event: it.audience for it in db.session.scalars(HistoryEntry.of(call))}
    assert told["clarifications_ordered"] == "office" and told["clarification_published"] == "all"


def test_two_who_edit_at_once_do_not_overwrite_each_other(call, sign_in_as):
    made = ask(call)
    clarifications.edit(made, question="新", answer="新", actor=factories.tenure(OFFICER), at=calendar.now())
    db.session.commit()
    client, _ = sign_in_as(OFFICER)
    sent = {"question": "古い頁から", "answer": "古い頁から", "version": "1"}
    refused = client.post(f"/calls/{call.id}/clarifications/1", data=sent)
    assert refused.status_code == 409 and "古い頁から" in refused.text
    db.session.refresh(made)
    assert made.question == "新"


def test_only_officers_publish(call, sign_in_as):
    ask(call)
    for role in ("director", "municipality_approver", "reviewer", "administrator"):
        client, _ = sign_in_as(role)
        for way in ("", "/new", "/1", "/1/withdrawal"):
            assert client.get(f"/calls/{call.id}/clarifications{way}").status_code == 403, (role, way)
    client, _ = sign_in_as(OFFICER)
    assert client.get(f"/calls/{call.id}/clarifications/2").status_code == 404


def test_the_front_page_leads_to_everything_of_an_open_call(call, client):
    page = client.get("/").text
    for part in ("guidelines", "criteria", "form", "answers"):
        assert f"/calls/{call.id}#{part}" in page
        assert f'id="{part}"' in client.get(f"/calls/{call.id}").text, part
    assert "/first-seat" in page


def test_the_way_to_a_first_seat_names_the_programme_s_days_and_contact(call, client):
    programme = factories.programme()
    programme.access_days = 7
    db.session.commit()
    page = client.get("/first-seat").text
    assert programme.contact_address in page and "7" in page and call.title in page


def test_a_body_without_a_seat_reads_all_that_the_form_asks(call, client):
    page = client.get(f"/calls/{call.id}").text
    for question in call.asks.questions.values():
        assert str(question.label) in page, question.key
