"""A correction that is not resubmitted in time: recorded by the daily job, told at once, and mended by more time."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from app.applications import checking, submission
from app.applications.models import Application
from app.applications.submission import TooLate
from app.applications.tasks import tasks
from app.calendar import JST
from app.correspondence.models import Mail
from app.db import db
from app.history import HistoryEntry
from app.jobs import run_daily
from app.lifecycle import NotAllowed, move
from app.permissions import SYSTEM
from app.web.arrival import LONGEST_WAIT
from tests import factories
from tests.correspondence.common import unwrapped
from tests.factories.applications import holder

SECOND = timedelta(seconds=1)


@pytest.fixture
def returned(app) -> Application:
    made = factories.application("returned")
    db.session.commit()
    return made


@pytest.fixture
def due(returned):
    return returned.correction_due_at


def lapsed_mails(application) -> list[Mail]:
    return [mail for mail in mails_about(application) if "再提出がありませんでした" in mail.subject]


def mails_about(application) -> list[Mail]:
    query = select(Mail).where(Mail.about_kind == "application", Mail.about_id == application.id)
    return list(db.session.scalars(query.order_by(Mail.id)))


def last_entry(application) -> HistoryEntry:
    return db.session.scalars(HistoryEntry.of(application)).first()


def test_it_lapses_once_nothing_can_arrive_in_time_any_more_and_not_before_and_once(returned, due):
    assert checking.lapse_overdue(at=due + LONGEST_WAIT - SECOND) == 0
    assert returned.state == "returned"
    assert checking.lapse_overdue(at=due + LONGEST_WAIT) == 1
    assert checking.lapse_overdue(at=due + LONGEST_WAIT) == 0
    db.session.commit()
    assert (returned.state, returned.due_at, returned.correction_due_at) == ("lapsed", None, due)
    assert (last_entry(returned).event, last_entry(returned).actor_name) == ("lapse", SYSTEM.name)
    assert last_entry(returned).changes == {"state": ["returned", "lapsed"], "due_at": due.isoformat()}


def test_the_daily_jobs_record_it_and_the_applicant_is_told_at_once_and_once(returned, due):
    for _turn in range(2):
        assert "error" not in str(run_daily(due.date(), at=due + LONGEST_WAIT))
    (mail,) = lapsed_mails(returned)
    contact = holder("municipality_approver", returned.organisation).seat.mailbox
    name = returned.organisation.name
    assert mail.to_address == contact
    assert mail.subject == (
        f"【御確認】再提出期限（2月22日10時）までに再提出がありませんでした（{returned.number} {name}）"
    )
    for words in ("審査は行いません", "令和5年2月22日（水）10時", "末尾の連絡先まで", "mirai@example.jp"):
        assert words in unwrapped(mail.body)
    assert "延ばすことができます" in mail.copy_note  # the officers read of it in the day's copy


@pytest.mark.parametrize("state", ["draft", "in_approval", "submitted", "accepted", "withdrawn"])
def test_what_is_not_returned_does_not_lapse(app, at, state):
    application = factories.application(state)
    assert checking.lapse_overdue(at=at + timedelta(days=365)) == 0
    assert application.state == state


def test_the_announcement_of_one_call_records_that_of_no_other(returned, due):
    other = factories.application("returned", call=factories.call())
    assert checking.lapse_overdue(at=due + LONGEST_WAIT, call=returned.call) == 1
    assert (returned.state, other.state) == ("lapsed", "returned")


def test_more_time_ends_after_now(returned, due):
    now = due + timedelta(days=1)
    for late in (now, now - SECOND):
        with pytest.raises(ValueError, match="in the future"):
            checking.extend_correction(returned, due_at=late, reason="大雪", actor=holder("officer"), at=now)


def test_nobody_but_the_system_lets_it_lapse(returned, due):
    for role in ("officer", "director"):
        with pytest.raises(NotAllowed):
            move(returned, "lapse", actor=holder(role), at=due)


def test_an_officer_gives_more_time_after_it_lapsed_and_it_can_be_resubmitted(returned, due):
    checking.lapse_overdue(at=due + LONGEST_WAIT)
    later, officer = due + timedelta(days=3), holder("officer")
    checking.extend_correction(returned, due_at=later, reason="大雪のため", actor=officer, at=due + SECOND)
    db.session.commit()
    assert (returned.state, returned.due_at, returned.open_correction.due_at) == ("returned", later, later)
    entry = last_entry(returned)
    assert (entry.event, entry.changes["state"]) == ("extend_correction", ["lapsed", "returned"])
    assert "大雪のため" in mails_about(returned)[-1].body
    approver = holder("municipality_approver", returned.organisation)
    submission.resubmit(returned, actor=approver, at=later - SECOND)
    assert returned.state == "submitted"


def test_one_that_lapses_again_is_told_again(returned, due):
    checking.lapse_overdue(at=due + LONGEST_WAIT)
    later = due + timedelta(days=3)
    checking.extend_correction(
        returned, due_at=later, reason="大雪", actor=holder("officer"), at=due + SECOND
    )
    db.session.commit()
    assert checking.lapse_overdue(at=later + LONGEST_WAIT) == 1
    assert len(lapsed_mails(returned)) == 2


def test_once_the_call_is_decided_no_more_time_is_given(returned, due):
    checking.lapse_overdue(at=due + LONGEST_WAIT)
    returned.call.state = "decided"
    with pytest.raises(NotAllowed):
        checking.extend_correction(
            returned, due_at=due + timedelta(3), reason="大雪", actor=holder("officer"), at=due
        )
    assert returned.state == "lapsed"


def test_what_lapsed_is_neither_resubmitted_nor_reported_as_mended(returned, due):
    body = returned.organisation
    approver, editor = holder("municipality_approver", body), holder("municipality_editor", body)
    with pytest.raises(TooLate):  # the instant decides, also before the job has run
        submission.report_mended(returned, actor=editor, at=due)
    checking.lapse_overdue(at=due + LONGEST_WAIT)
    with pytest.raises(TooLate) as refused:
        submission.resubmit(returned, actor=approver, at=due)
    assert refused.value.due_at == due


def test_of_several_corrections_the_last_one_s_instant_is_told(returned, due):
    body = returned.organisation
    approver = holder("municipality_approver", body)
    submission.resubmit(returned, actor=approver, at=due - SECOND)
    later = due + timedelta(days=3)
    checking.return_for_correction(
        returned, defects={"basics": "再度"}, due_at=later, actor=holder("officer"), at=due
    )
    for act in (submission.resubmit, submission.report_mended):
        with pytest.raises(TooLate) as refused:
            act(returned, actor=approver, at=later)
        assert refused.value.due_at == later


def test_it_can_be_withdrawn_until_the_announcement_and_not_after(returned, due):
    checking.lapse_overdue(at=due + LONGEST_WAIT)
    approver = holder("municipality_approver", returned.organisation)
    other = factories.application("lapsed", call=returned.call, organisation=returned.organisation)
    returned.call.state = "decided"
    submission.withdraw(returned, reason="計画の見直し", actor=approver, at=due)
    assert returned.state == "withdrawn"
    other.call.state = "announced"
    with pytest.raises(NotAllowed):
        submission.withdraw(other, reason="計画の見直し", actor=approver, at=due)


def test_its_body_has_it_among_its_tasks_until_the_announcement(app, returned, due):
    editor = holder("municipality_editor", returned.organisation)
    with app.test_request_context():
        (before,) = tasks(editor, due - SECOND)
        (window,) = tasks(editor, due)  # before the job has run
        checking.lapse_overdue(at=due + LONGEST_WAIT)
        (after,) = tasks(editor, due)
        returned.call.state = "decided"
        (decided,) = tasks(editor, due)
        returned.call.state = "announced"
        assert tasks(editor, due) == []
    assert before.title != window.title == after.title == decided.title
    assert after.url == f"/applications/{returned.id}"


def test_the_pages_say_so_to_the_applicant_and_to_the_office(sign_in_as, returned, due, move_clock):
    officer, _ = sign_in_as("officer")
    approver, _ = sign_in_as(tenure=holder("municipality_approver", returned.organisation))
    number, address = returned.number, f"/applications/{returned.id}"
    move_clock(due)
    lists = ("/applications?state=lapsed", f"/calls/{returned.call_id}/selection?state=lapsed")
    for recorded in (False, True):
        if recorded:
            checking.lapse_overdue(at=due + LONGEST_WAIT)
        for listed in lists:  # the instant decides, and not the job
            assert number in officer.get(listed).get_data(as_text=True)
        assert "条件に合う申請はありません" in officer.get("/applications?state=returned").get_data(
            as_text=True
        )
    shown = approver.get(address).get_data(as_text=True)
    assert "再提出期限経過" in shown and "mirai@example.jp" in shown
    assert "再提出期限経過" in approver.get("/").get_data(as_text=True)
    assert "correction-request/due" in officer.get(address).get_data(as_text=True)
    answer = approver.get(f"{address}/resubmission", follow_redirects=True)
    assert "再提出期限を過ぎた" in answer.get_data(as_text=True)


def test_an_officer_gives_more_time_on_its_page(sign_in_as, returned, due, move_clock):
    checking.lapse_overdue(at=due + LONGEST_WAIT)
    move_clock(due + SECOND)
    officer, _ = sign_in_as("officer")
    later = (due + timedelta(days=3)).strftime("%Y-%m-%d %H:%M")
    page = f"/applications/{returned.id}/correction-request/due"
    assert officer.post(page, data={"due_at": later, "reason": "大雪のため"}).status_code == 302
    assert db.session.get(Application, returned.id).state == "returned"
    shown = officer.get(f"/applications/{returned.id}").get_data(as_text=True)
    assert "大雪のため" in shown and "再提出期限経過" in shown


def test_a_correction_that_lapses_at_a_weekend_is_told_on_the_next_working_day(app):
    friday = datetime(2023, 3, 17, 17, 0, tzinfo=JST)
    application = factories.application("returned", at=friday - timedelta(days=7))
    db.session.commit()
    assert application.correction_due_at == friday
    for day, lapsed in ((18, 0), (19, 0), (20, 1)):
        assert run_daily(date(2023, 3, day))["lapse_corrections"] == {"lapsed": lapsed}
