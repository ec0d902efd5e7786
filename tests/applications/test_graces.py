"""More time for one applicant: asked for by an officer, granted by a director, and nobody else learns of it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from app import calendar, jobs, security
from app.applications import drafting, graces, submission
from app.applications.models import Application
from app.applications.submission import TooLate
from app.calendar import JST
from app.correspondence.models import Mail
from app.councils.operations import new_link
from app.db import db
from app.lifecycle import NotAllowed
from app.permissions import ADMINISTRATOR, APPROVER, DIRECTOR, EDITOR, MINISTRY, OFFICER, REVIEWER
from app.programmes.operations import extend_deadline
from app.selection.operations import record_result
from app.selection.readiness import missing_before_decision
from app.web.arrival import LONGEST_WAIT
from tests import factories
from tests.conventions.looking import Everything, differences, look_round
from tests.factories.applications import holder
from tests.reading import events, text_of

CLOSES = datetime(2023, 3, 17, 12, 0, tzinfo=JST)
UNTIL = datetime(2023, 3, 24, 17, 0, tzinfo=JST)
WEEKDAY = datetime(2023, 3, 20, 10, 0, tzinfo=JST)
REASON = "大雪による庁舎の停電のため"


@pytest.fixture
def call(app):
    return factories.call(code="R5", closes_at=CLOSES)


@pytest.fixture
def draft(call):
    return factories.application("in_approval", call=call)


def submit(application, at, arrived=None):
    approver = holder(APPROVER, application.organisation)
    return submission.submit(application, actor=approver, at=at, arrived=arrived)


def grant(call, body, **values):
    return factories.grace(call, body, **{"state": "granted", "until": UNTIL, "reason": REASON, **values})


def test_who_was_granted_more_time_submits_until_then_and_at_the_instant_no_more(call, draft):
    grant(call, draft.organisation)
    other = factories.application("in_approval", call=call)
    with pytest.raises(TooLate) as late:
        submit(other, CLOSES)
    assert late.value.due_at == CLOSES
    with pytest.raises(TooLate) as late:
        submit(draft, UNTIL)
    assert late.value.due_at == UNTIL
    submit(draft, UNTIL + timedelta(minutes=1), arrived=UNTIL - timedelta(seconds=1))
    assert draft.state == "submitted" and draft.came_in_grace


def test_what_was_submitted_before_the_call_closed_did_not_come_in_the_grace(call, draft):
    grant(call, draft.organisation)
    submit(draft, CLOSES - timedelta(seconds=1))
    assert not draft.came_in_grace


def test_it_may_be_granted_after_the_closing_and_holds_for_a_draft_that_is_started_then(call):
    body = factories.organisation()
    editor = factories.tenure(EDITOR, body)
    with pytest.raises(drafting.NotOpen):
        drafting.start(call, body, actor=editor, at=WEEKDAY)
    grant(call, body, at=WEEKDAY)
    with pytest.raises(drafting.NotOpen):
        drafting.start(call, body, actor=editor, at=UNTIL)
    started = drafting.start(call, body, actor=editor, at=WEEKDAY)
    assert started.closes_at == UNTIL
    other = factories.organisation()
    with pytest.raises(drafting.NotOpen):
        drafting.start(call, other, actor=factories.tenure(EDITOR, other), at=WEEKDAY)


def test_nothing_is_given_while_a_director_has_not_granted_it_nor_when_it_is_refused(call, draft):
    asked = factories.grace(call, draft.organisation, until=UNTIL)
    for _ in range(2):
        assert draft.closes_at == CLOSES
        with pytest.raises(TooLate):
            submit(draft, WEEKDAY)
        if asked.state == "asked":
            graces.refuse(asked, remark="理由が足りません", actor=holder(DIRECTOR), at=WEEKDAY)
    assert asked.state == "refused"


def test_a_call_that_is_extended_beyond_it_closes_for_the_body_too_when_it_closes_for_all(call, draft):
    grant(call, draft.organisation)
    later = UNTIL + timedelta(days=3)
    extend_deadline(call, closes_at=later, reason="全団体", actor=holder(OFFICER), at=WEEKDAY)
    assert draft.closes_at == later
    with pytest.raises(TooLate):
        submit(draft, later)
    submit(draft, later - timedelta(seconds=1))
    assert not draft.came_in_grace


def test_the_instant_of_a_query_is_that_of_the_record(call, draft):
    others = [factories.application(call=call), factories.application(call=factories.call(closes_at=UNTIL))]
    grant(call, draft.organisation)
    db.session.flush()
    for application in (draft, *others):
        at = application.closes_at
        for instant, open_then in ((at - timedelta(seconds=1), True), (at, False)):
            found = select(Application.id).join(Application.call).where(Application.closes_at > instant)
            assert (application.id in db.session.scalars(found).all()) is open_then


@pytest.mark.parametrize(
    ("until", "why"),
    [(CLOSES, graces.NOT_LATER), (WEEKDAY, graces.NOT_LATER), (UNTIL, "")],
)
def test_it_must_be_later_than_the_closing_and_in_the_future(call, until, why):
    body, at = factories.organisation(), WEEKDAY + timedelta(hours=1)
    assert graces.why_not(call, body, until, at) == why
    if why:
        with pytest.raises(graces.NotAskable):
            graces.ask(call, body, until=until, reason="x", actor=holder(OFFICER), at=at)


def test_one_waits_at_a_time_and_a_second_must_give_more(call, draft):
    body = draft.organisation
    first = factories.grace(call, body, until=UNTIL)
    assert graces.why_not(call, body, UNTIL + timedelta(days=1), WEEKDAY) == graces.WAITS
    graces.grant(first, actor=holder(DIRECTOR), at=WEEKDAY)
    assert graces.why_not(call, body, UNTIL, WEEKDAY) == graces.NO_LATER_THAN_BEFORE
    later = UNTIL + timedelta(days=1)
    grant(call, body, until=later, at=WEEKDAY)
    assert draft.closes_at == later


def test_a_body_that_cannot_lead_has_none(call):
    call.eligible_kinds = ["prefecture"]
    assert graces.why_not(call, factories.organisation(), None, WEEKDAY) == graces.NOT_ELIGIBLE


def test_who_may_what(call):
    body = factories.organisation()
    asked = factories.grace(call, body, until=UNTIL)
    with pytest.raises(NotAllowed):
        graces.grant(asked, actor=holder(OFFICER), at=WEEKDAY)
    with pytest.raises(NotAllowed):
        graces.ask(
            call, factories.organisation(), until=UNTIL, reason="x", actor=holder(DIRECTOR), at=WEEKDAY
        )


def test_what_has_passed_or_is_decided_is_not_granted_any_more(call):
    passed = factories.grace(call, factories.organisation(), until=UNTIL)
    with pytest.raises(NotAllowed) as refused:
        graces.grant(passed, actor=holder(DIRECTOR), at=UNTIL)
    assert refused.value.guard.name == "gives_time"
    other = factories.grace(call, factories.organisation(), until=UNTIL)
    call.closes_at = UNTIL
    with pytest.raises(NotAllowed):
        graces.grant(other, actor=holder(DIRECTOR), at=WEEKDAY)
    call.closes_at, call.state = CLOSES, "decided"
    with pytest.raises(NotAllowed) as refused:
        graces.grant(other, actor=holder(DIRECTOR), at=WEEKDAY)
    assert refused.value.guard.name == "undecided"


def test_the_results_are_not_decided_while_it_runs_or_waits(call):
    done = factories.application("under_review", call=call)
    record_result(done, selected=True, reasons="先導性", actor=holder(OFFICER), at=WEEKDAY)
    assert missing_before_decision(call, WEEKDAY) == []
    asked = factories.grace(call, factories.organisation(), until=UNTIL)
    db.session.commit()
    (missing,) = missing_before_decision(call, WEEKDAY)
    assert (missing.until, missing.application) == (UNTIL, None)
    graces.grant(asked, actor=holder(DIRECTOR), at=WEEKDAY)
    db.session.commit()
    (other,) = missing_before_decision(call, UNTIL)
    assert other.why != missing.why and other.until == UNTIL
    assert missing_before_decision(call, UNTIL + LONGEST_WAIT) == []
    refused = factories.grace(call, factories.organisation(), state="refused", until=UNTIL)
    assert refused.state == "refused" and len(missing_before_decision(call, WEEKDAY)) == 1


def test_the_body_is_told_by_mail_with_a_copy_and_the_officers_how_it_was_decided(call, draft):
    officer = holder(OFFICER)
    grant(call, draft.organisation)
    to_body, to_office = db.session.scalars(
        select(Mail).where(Mail.about_kind == "grace").order_by(Mail.key.desc())
    )
    assert to_body.organisation_id == draft.organisation_id and to_body.copy_note
    assert "3月24日17時" in to_body.subject and REASON in to_body.body
    assert to_office.to_address == officer.seat.mailbox and "認められました" in to_office.subject
    factories.grace(call, factories.organisation(), state="refused", until=UNTIL)
    told = db.session.scalars(select(Mail).where(Mail.about_kind == "grace").order_by(Mail.id)).all()[2:]
    assert [("認められませんでした" in it.subject, it.organisation_id) for it in told] == [(True, None)]
    assert "全国一斉の事情ではないため" in told[0].body


def test_reminders_count_to_its_instant(call, draft, move_clock):
    grant(call, draft.organisation)
    db.session.commit()
    eve = UNTIL.replace(day=23, hour=9)
    move_clock(eve)
    jobs.run_daily(eve.date(), at=eve)
    told = select(Mail).where(Mail.about_kind == "application", Mail.key.contains("deadline"))
    assert ["3月24日17時" in mail.subject for mail in db.session.scalars(told)] == [True]


def page(client, address) -> str:
    return text_of(client.get(address))


def test_pages_of_the_body_tell_it_in_words(call, draft, sign_in_as, move_clock):
    editor, _ = sign_in_as(tenure=holder(EDITOR, draft.organisation))
    approver, _ = sign_in_as(tenure=holder(APPROVER, draft.organisation))
    grant(call, draft.organisation)
    move_clock(WEEKDAY)
    told = "令和5年3月24日（金）17時"
    for address in (f"/applications/{draft.id}", f"/applications/{draft.id}/check"):
        shown = page(editor, address)
        assert told in shown and "提出期限を過ぎたため" not in shown, address
    assert "猶予" in page(editor, "/") and "猶予" in page(editor, f"/applications/{draft.id}")
    assert f'action="/applications/{draft.id}/submission"' in page(
        approver, f"/applications/{draft.id}/check"
    )
    move_clock(UNTIL)
    assert "猶予" in page(editor, f"/applications/{draft.id}") and "保存されています" in page(
        editor, f"/applications/{draft.id}"
    )
    answer = approver.post(f"/applications/{draft.id}/submission")
    assert answer.status_code == 422 and told in text_of(answer)


def test_a_body_without_a_draft_finds_it_on_its_first_page_and_begins(call, sign_in_as, move_clock):
    body = factories.organisation()
    editor, _ = sign_in_as(EDITOR, body)
    grant(call, body)
    move_clock(WEEKDAY)
    assert f"/calls/{call.id}/applications" in editor.get("/").get_data(as_text=True)
    assert "猶予" in page(editor, f"/calls/{call.id}/applications")
    began = editor.post(f"/calls/{call.id}/applications")
    assert began.status_code == 302
    assert "猶予" in page(editor, began.headers["Location"])
    move_clock(UNTIL)
    assert f"/calls/{call.id}/applications" not in editor.get("/").get_data(as_text=True)
    assert editor.post(f"/calls/{call.id}/applications").status_code in (200, 422)


def test_the_office_sees_on_the_case_that_it_came_in_the_grace(call, draft, sign_in_as, move_clock):
    found = grant(call, draft.organisation)
    move_clock(WEEKDAY)
    submit(draft, WEEKDAY)
    officer, _ = sign_in_as(OFFICER)
    shown = page(officer, f"/applications/{draft.id}")
    for words in (REASON, found.asked_by, found.decided_by, f"/graces/{found.id}"):
        assert words in shown
    editor, _ = sign_in_as(tenure=holder(EDITOR, draft.organisation))
    assert f"/graces/{found.id}" not in page(editor, f"/applications/{draft.id}")
    assert "grace_given" in events(draft) and events(found) == ["grant", "grace_asked"]


def test_nobody_else_learns_of_it(app, call, draft, sign_in_as, move_clock, monkeypatch):
    """Every address of everybody but the office, the body itself and whoever runs the mail: the same before and after."""
    now = calendar.machine_now()
    monkeypatch.setattr(calendar, "machine_now", lambda: now)
    monkeypatch.setattr(security, "note_after", lambda *_, **__: None)
    other = factories.application("draft", call=call)
    joined = factories.application("in_approval", call=call, joint=[other.organisation])
    member = factories.membership(factories.council(factories.project([other.organisation])))
    move_clock(WEEKDAY)
    everything = Everything([new_link(member)])
    tenures = [holder(EDITOR, other.organisation), holder(APPROVER, other.organisation)]
    tenures += [factories.tenure(role) for role in (REVIEWER, MINISTRY)]
    clients = {f"{it.role}": (it.role, sign_in_as(tenure=it)[0]) for it in tenures}

    def see():
        found = {name: look_round(app, client, role, everything) for name, (role, client) in clients.items()}
        return {**found, "nobody": look_round(app, app.test_client(), None, everything)}

    before = see()
    for application in (draft, joined):
        grant(call, application.organisation, at=WEEKDAY)
    factories.grace(call, factories.organisation(), until=UNTIL, at=WEEKDAY)
    db.session.commit()
    after = see()
    assert sum(map(len, before.values())) > 300, "there was much to see"
    assert {name: differences(before[name], after[name]) for name in before} == {name: {} for name in before}
    admin, _ = sign_in_as(ADMINISTRATOR)
    assert admin.get("/graces/1").status_code in (403, 404)
