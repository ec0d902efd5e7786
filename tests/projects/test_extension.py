"""A call that offers an extension: nothing says that support ends before it is recorded what became of that."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app import jobs
from app.correspondence import approval
from app.correspondence.letters import letters_of
from app.correspondence.models import Mail
from app.db import db
from app.history import HistoryEntry
from app.installation import Setting
from app.lifecycle import NotAllowed, closed_guard
from app.lifecycle.project import not_told
from app.organisations.operations import Refused
from app.projects import end_of_support, extension
from app.projects.models import Project
from app.projects.reminders import ending_subjects, remind_of_end, unrecorded_subjects
from app.projects.tasks import tasks
from app.schedule.reminders import send_due
from tests import factories
from tests.correspondence.common import unwrapped
from tests.projects.days import draft, end, morning

LATE = date(2028, 4, 3)  # the first working day after the base end, 2028-03-31


@pytest.fixture
def at() -> datetime:
    return morning(date(2028, 2, 1))


@pytest.fixture
def project(app) -> Project:
    """Of the call of FY2025: three years, and two more on application."""
    town = factories.organisation("見本町", "016411", body_kind="town")
    factories.tenure("municipality_approver", town).seat.mailbox = "016411@example.jp"
    call = factories.call(code="R7", selection_fy=2025, base_years=3, extension_years=2, state="announced")
    made = factories.project(
        [town], call=call, opened_on=date(2025, 4, 11), created_at=morning(date(2025, 4, 11))
    )
    db.session.commit()
    return made


@pytest.fixture
def officer(app):
    return factories.tenure("officer")


def record(
    project, officer, outcome="certified", years=2, on=date(2028, 2, 1), day=date(2028, 2, 1), remark=""
):
    extension.record_extension(
        project, outcome=outcome, years=years, on=on, remark=remark, actor=officer, at=morning(day)
    )
    db.session.commit()


def escalate(day: date) -> int:
    return extension.escalate_unrecorded(on=day, at=morning(day))


def test_no_letter_is_drafted_and_no_project_ended_before_it_is_recorded(project):
    assert draft(date(2028, 3, 1)) == 0
    assert end(LATE) == 0
    assert letters_of() == []
    assert db.session.get_one(Project, project.id).state == "supported"
    assert project.state_on(date(2028, 3, 31)) == "supported"


@pytest.mark.parametrize("outcome", ["not_asked", "refused"])
def test_an_extension_that_was_not_asked_for_or_refused_ends_support_as_usual(project, officer, outcome):
    record(project, officer, outcome, 0)
    assert draft(date(2028, 3, 1)) == 1
    approval.approve(letters_of(), actor=factories.tenure("director"), at=morning(date(2028, 3, 6)))
    db.session.commit()
    assert end_of_support.issue_letters(on=date(2028, 3, 31), at=morning(date(2028, 3, 31))) == 1
    assert end(date(2028, 4, 1)) == 1


def test_a_certified_extension_moves_the_end_everywhere(project, officer):
    record(project, officer, remark="認定書　7未技第30号")
    assert (project.ends_on, project.last_fy, project.support_years) == (date(2030, 3, 31), 2029, 5)
    assert (draft(date(2028, 3, 1)), end(date(2028, 4, 1))) == (0, 0)
    assert db.session.scalars(end_of_support.ending(2029)).one() == project
    assert draft(date(2030, 3, 1)) == 1
    assert "令和12年3月31日" in str(letters_of()[0].content)
    entry = db.session.scalars(HistoryEntry.of(project)).first()
    assert (entry.event, entry.actor_name, entry.changes["remark"]) == (
        "record_extension",
        officer.name,
        "認定書　7未技第30号",
    )
    assert entry.changes["ends_on"] == ["2028-03-31", "2030-03-31"]
    assert project.state == "supported" and "state" not in entry.changes


def test_what_is_recorded_late_is_drafted_at_the_next_run_and_issued_once_approved(project, officer):
    assert draft(LATE) == 0
    record(project, officer, "not_asked", 0, on=date(2028, 4, 3), day=LATE)
    assert (draft(date(2028, 4, 4)), end(date(2028, 4, 4))) == (1, 1)
    approval.approve(letters_of(), actor=factories.tenure("director"), at=morning(date(2028, 4, 4)))
    db.session.commit()
    assert end_of_support.issue_letters(on=date(2028, 4, 4), at=morning(date(2028, 4, 4))) == 1


def test_officers_are_told_each_working_day_of_the_last_week_of_february_and_on_until_it_is_recorded(
    project, officer
):
    assert extension.record_by(2027) == date(2028, 2, 29)
    assert escalate(date(2028, 2, 22)) == 0
    february = [escalate(date(2028, 2, day)) for day in range(23, 30)]
    assert february == [0, 1, 1, 0, 0, 1, 1], "the 23rd is a holiday, the 26th and 27th a weekend"
    assert escalate(date(2028, 2, 29)) == 0, "once a day"
    assert [escalate(date(2028, 4, day)) for day in (1, 2, 3)] == [0, 0, 1]
    mail = db.session.scalars(select(Mail).order_by(Mail.id.desc())).first()
    assert mail.to_address == officer.seat.mailbox
    assert "1件" in mail.subject and "令和10年2月29日（火）（経過）" in mail.body
    assert "/projects/ending?fiscal_year=2027" in mail.body
    record(project, officer, "refused", 0, day=LATE)
    assert escalate(date(2028, 4, 4)) == 0


def test_the_daily_jobs_take_care_of_it(project, officer):
    done = jobs.run_daily(date(2028, 3, 1))
    assert done["escalate_unrecorded_extensions"] == {"mails_queued": 1}
    assert done["draft_support_end_letters"] == {"drafted": 0}


def test_it_is_the_officers_task_from_the_first_day_of_the_last_base_year(app, project, officer):
    with app.test_request_context():
        assert tasks(officer, morning(date(2027, 3, 31))) == []
        (task,) = tasks(officer, morning(date(2027, 4, 1)))
        assert task.title == "継続申請の結果を登録する（1事業）"
        assert (task.due, task.url) == (date(2028, 2, 29), "/projects/ending?fiscal_year=2027")
        record(project, officer)
        assert tasks(officer, morning(date(2028, 4, 3))) == []
        assert tasks(factories.tenure("director"), morning(date(2027, 4, 1))) == []


def test_the_forecast_tells_the_week_in_which_officers_are_told(project):
    (subject,) = unrecorded_subjects(morning(date(2027, 10, 1)))
    assert (subject.id, subject.anchor) == (2027, date(2028, 2, 29))


def test_a_record_made_by_mistake_is_corrected_and_the_letters_of_the_mistake_taken_back(project, officer):
    record(project, officer, "not_asked", 0)
    draft(date(2028, 3, 1))
    record(project, officer, "certified", 1, day=date(2028, 3, 2))
    assert [letter.state for letter in letters_of()] == ["discarded"]
    assert draft(date(2028, 3, 3)) == 0
    record(project, officer, "refused", 0, day=date(2028, 3, 6))
    assert draft(date(2028, 3, 6)) == 1, "the first letter does not stand in the way"
    assert [letter.state for letter in letters_of()] == ["discarded", "drafted"]
    entries = [entry.changes["outcome"] for entry in db.session.scalars(HistoryEntry.of(project))]
    assert entries == [["certified", "refused"], ["not_asked", "certified"], [None, "not_asked"]]


def test_nothing_is_changed_once_a_letter_was_issued_on_it(project, officer):
    record(project, officer, "not_asked", 0)
    draft(date(2028, 3, 1))
    approval.approve(letters_of(), actor=factories.tenure("director"), at=morning(date(2028, 3, 6)))
    db.session.commit()
    end_of_support.issue_letters(on=date(2028, 3, 31), at=morning(date(2028, 3, 31)))
    assert closed_guard(project, "record_extension", at=morning(date(2028, 3, 31))) is not_told
    with pytest.raises(Refused, match="has been issued"):
        record(project, officer, day=date(2028, 3, 31))
    assert (project.extension, project.ends_on) == ("not_asked", date(2028, 3, 31))


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"years": 3}, "at most: 2"),
        ({"on": date(2028, 2, 2)}, "still to come"),
        ({"on": date(2025, 4, 10)}, "began on 2025-04-11"),
    ],
)
def test_what_the_call_or_the_calendar_does_not_allow_is_refused_in_words(project, officer, values, why):
    with pytest.raises(Refused, match=why):
        record(project, officer, **values)
    assert project.extension is None


def test_a_call_without_an_extension_has_nothing_to_record(officer, at):
    plain = factories.project(call=factories.call(selection_fy=2025, base_years=3, extension_years=0))
    with pytest.raises(Refused, match="offers no extension"):
        record(plain, officer)


@pytest.mark.parametrize("state", ["ended", "cancelled"])
def test_a_project_that_is_over_takes_no_record(project, officer, state):
    over = factories.project(call=project.call, state=state, opened_on=date(2025, 4, 11))
    with pytest.raises(NotAllowed, match=f"it is {state}"):
        record(over, officer)


def test_who_is_not_of_the_office_records_nothing(project):
    with pytest.raises(NotAllowed):
        record(project, factories.tenure("administrator"))


@pytest.mark.parametrize(
    "broken",
    [
        {"extension": "certified", "extension_on": date(2028, 2, 1)},  # without years
        {"extension": "refused", "extension_on": date(2028, 2, 1), "extended_years": 1},
        {"extended_years": 1},
        {"extension": "not_asked"},  # without its day
        {"extension": "perhaps", "extension_on": date(2028, 2, 1)},
    ],
)
def test_the_database_holds_that_years_are_certified_and_every_record_has_its_day(project, broken):
    for name, value in broken.items():
        setattr(project, name, value)
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


SOURCES = {"support_end": (ending_subjects, remind_of_end)}


def mail_of(day: date) -> Mail:
    """The mail to the town that the reminders of `day` queue."""
    send_due(SOURCES, at=morning(day))
    return db.session.scalars(
        select(Mail).where(Mail.to_address == "016411@example.jp").order_by(Mail.id.desc())
    ).first()


def test_the_mails_say_how_and_by_when_the_extension_is_asked_for(project):
    Setting.put("reminders_since", "2027-04-01")
    db.session.commit()
    mail = mail_of(date(2027, 10, 4))
    body = unwrapped(mail.body)
    assert "令和10年1月31日（月）までに継続の申請を" in body
    assert "「継続申請」から行ってください" in body and "令和12年3月31日まで" in body
    for untrue in ("必要な手続はありません", "継続することはできません"):
        assert untrue not in body, untrue
    assert mail.subject == "【要対応】支援期間の延長の申請は1月31日までです（見本町）"
    late = mail_of(date(2028, 3, 1))
    assert late.subject == "【御確認】当初の支援期間は3月31日に満了します（見本町）"
    assert "期限（令和10年1月31日（月））を過ぎました" in unwrapped(late.body)
    assert "必要な手続はありません" not in unwrapped(late.body)


def test_a_day_set_by_officers_is_the_one_that_the_mails_name(project):
    Setting.put("reminders_since", "2027-04-01")
    project.call.extension_due_on = date(2028, 2, 10)
    db.session.commit()
    assert "令和10年2月10日（木）までに" in unwrapped(mail_of(date(2027, 10, 4)).body)


def test_a_default_day_that_is_closed_gives_way_to_the_next_working_day(app):
    call = factories.call(selection_fy=2023, base_years=3, extension_years=2)
    assert call.extension_deadline == date(2026, 2, 2), "31 January 2026 is a Saturday"


def test_once_certified_the_mails_count_to_the_new_end_and_once_refused_they_are_the_usual_ones(
    project, officer
):
    Setting.put("reminders_since", "2027-04-01")
    record(project, officer)
    assert mail_of(date(2028, 3, 1)) is None
    assert "令和12年3月31日" in unwrapped(mail_of(date(2029, 10, 2)).body)
    other = factories.project(
        [project.lead], call=project.call, created_at=project.created_at, opened_on=date(2025, 4, 11)
    )
    record(other, officer, "refused", 0)
    assert "必要な手続はありません" in unwrapped(mail_of(date(2028, 3, 1)).body)
