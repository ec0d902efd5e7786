"""Reports of a project's year: asked for once, drafted, handed in and frozen, returned question by question, chased."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import groupby

import pytest
from sqlalchemy import select

from app import calendar
from app.calendar import JST
from app.correspondence.models import Letter, Mail
from app.db import db
from app.installation import Setting
from app.lifecycle import NotAllowed
from app.projects.models import Project
from app.questions.answering import Locked
from app.questions.freezing import Incomplete
from app.reports import asking, checking, submission
from app.reports.known import known_of, without_actual
from app.reports.models import FINAL, Report, ReportForm
from tests import factories
from tests.factories.applications import holder
from tests.factories.reports import fill
from tests.reading import events

FEBRUARY = datetime(2023, 2, 1, 9, 0, tzinfo=JST)


@pytest.fixture
def project(app) -> Project:
    return factories.project([factories.organisation()])


@pytest.fixture
def officer(app):
    return holder("officer")


def mails(report: Report) -> list[str]:
    """On which occasions, in their order; one that goes to several mailboxes once."""
    of_it = select(Mail.key).where(Mail.about_kind == "report", Mail.about_id == report.id).order_by(Mail.id)
    return [what for what, _ in groupby(key.split(":")[2] for key in db.session.scalars(of_it))]


def test_what_is_on_record_is_filled_in_and_beside(project, officer, at):
    factories.initiative(project, "自動運転バスの実証")
    factories.room(project)
    factories.obstacle(project, title="路上駐車", by=officer)
    factories.kpi_actual(factories.kpi(project, name="乗客数"), 2022)
    factories.kpi(project, name="満足度")
    factories.log_entry(project, by=officer, text="現地を訪問した。", held_on=date(2023, 2, 1))
    factories.log_entry(project, by=officer, text="内部の検討", within_office=True)
    report = asking.ask(project, 2022, actor=officer, at=at)
    values = report.answered.values
    assert values["initiatives"] == [{"initiative": "自動運転バスの実証"}]
    assert values["problems"][0]["problem"] == "路上駐車" and "対応中" in values["problems"][0]["standing"]
    assert [it["what"] for it in values["steps"]] == ["実証運行"], "what falls into the next year"
    known = known_of(project, 2022)
    assert without_actual(known) == ["満足度"]
    assert [it["text"] for it in known["log"]] == ["現地を訪問した。"], (
        "what is within the office stays there"
    )
    assert known["ministries"] == ["国土交通省", "総務省"]
    assert report.answered.version.answered_at, "what is answered never changes"


def test_a_year_is_asked_for_once_and_only_a_year_of_support(project, officer, at):
    asking.ask(project, 2022, actor=officer, at=at)
    later = datetime(2027, 6, 1, 9, tzinfo=JST)
    for year, when, why in (
        (2022, at, "asked for already"),
        (2021, at, "selected in 2022"),
        (2027, later, "ends with 2026"),
        (2023, at, "not begun yet"),
    ):
        with pytest.raises(asking.NotToBeAsked, match=why):
            asking.ask(project, year, actor=officer, at=when)
    cancelled = factories.project(state="cancelled")
    with pytest.raises(asking.NotToBeAsked, match="cancelled"):
        asking.ask(cancelled, 2022, actor=officer, at=at)
    with pytest.raises(NotAllowed):
        asking.ask(project, 2022, actor=holder("director"), at=at)


@pytest.mark.parametrize(
    ("base", "further", "year", "kind"),
    [(3, 0, 2024, "final"), (3, 0, 2023, "annual"), (3, 2, 2024, "final"), (3, 2, 2026, "final"), (3, 2, 2025, "annual")],
)  # fmt: skip
def test_the_last_base_year_and_the_last_of_all_look_back(app, base, further, year, kind):
    call = factories.call(selection_fy=2022, base_years=base, extension_years=further)
    project = factories.project(call=call, extended_years=further)
    assert asking.kind_of(project, year) == kind


def test_a_final_report_asks_all_in_one(app, officer, at):
    project = factories.project(call=factories.call(selection_fy=2020, base_years=3))
    report = asking.ask(project, 2022, actor=officer, at=at)
    assert report.report_kind == FINAL
    keys = [it.key for it in report.answered.form.sections]
    assert "whole" in keys and "year" in keys
    assert "取りまとめ" in db.session.scalars(select(Letter.subject)).one()
    assert [it.report_kind for it in db.session.scalars(select(ReportForm))] == [FINAL]


def test_february_asks_every_project_under_support_once(app, at):
    Setting.put("reminders_since", "2022-10-01")
    for _ in range(2):
        factories.project()
    factories.project(state="cancelled")
    factories.project(state="ended", call=factories.call(selection_fy=2017, base_years=5))
    factories.project(created_at=datetime(2023, 4, 2, tzinfo=JST))
    for project in db.session.scalars(select(Project)):
        project.created_at = min(project.created_at, FEBRUARY) if project.id else at
    db.session.commit()
    assert asking.ask_all(on=date(2023, 1, 31), at=FEBRUARY - timedelta(days=1)) == 0
    assert asking.ask_all(on=FEBRUARY.date(), at=FEBRUARY) == 3
    assert asking.ask_all(on=date(2023, 2, 2), at=FEBRUARY) == 0
    report = db.session.scalars(select(Report)).first()
    assert report.due_at == datetime(2023, 3, 31, 17, tzinfo=JST)
    letters = db.session.scalars(select(Letter)).all()
    assert {(it.letter_kind, it.state) for it in letters} == {("annual-report", "drafted")}
    assert mails(report) == ["asked"]


def test_the_last_working_day_of_the_year_is_the_day(app, at):
    assert asking.due_at(2023, asked=datetime(2024, 2, 1, tzinfo=JST)).date() == date(2024, 3, 29), "a Sunday"
    assert asking.due_at(2022, asked=datetime(2023, 4, 20, tzinfo=JST)).date() == date(2023, 5, 9), (
        "two weeks"
    )


def test_a_year_that_began_without_this_system_is_not_asked_for_by_itself(project):
    project.created_at = FEBRUARY
    assert asking.ask_all(on=FEBRUARY.date(), at=FEBRUARY) == 0, "before the first day of all"
    Setting.put("reminders_since", "2023-02-15")
    assert asking.ask_all(on=date(2023, 2, 16), at=FEBRUARY) == 0
    done = []
    asking.ask_by_hand(
        {"fiscal_year": 2022}, actor=holder("officer"), at=FEBRUARY, progress=lambda *it: done.append(it)
    )
    assert done == [(1, 1)] and db.session.scalars(select(Report)).one().fiscal_year == 2022


def test_one_that_fails_keeps_no_other_back(app, monkeypatch):
    first, second = factories.project(), factories.project()
    for project in (first, second):
        project.created_at = FEBRUARY
    db.session.commit()
    ask = asking.ask

    def fails_once(project, *values, **more):
        if project.id == first.id:
            raise RuntimeError("the letter cannot be composed")
        return ask(project, *values, **more)

    monkeypatch.setattr(asking, "ask", fails_once)
    Setting.put("reminders_since", "2022-10-01")
    with pytest.raises(asking.NotAllAsked):
        asking.ask_all(on=FEBRUARY.date(), at=FEBRUARY)
    assert [it.project_id for it in db.session.scalars(select(Report))] == [second.id]


def test_a_standstill_is_made_up_for_until_june(project):
    Setting.put("reminders_since", "2022-10-01")
    project.created_at, project.state = FEBRUARY, "ended"
    project.call.base_years = 1
    assert asking.ask_all(on=date(2023, 7, 3), at=datetime(2023, 7, 3, tzinfo=JST)) == 0
    assert asking.ask_all(on=date(2023, 5, 1), at=datetime(2023, 5, 1, 9, tzinfo=JST)) == 1, "ended since"


def test_it_is_frozen_with_what_was_on_record(project, at):
    indicator = factories.kpi(project, name="乗客数")
    factories.kpi_actual(indicator, 2022, "1,200人")
    report = factories.report("submitted", project=project)
    frozen = report.last_submission
    assert frozen.is_intact and report.submitted_at == at
    assert frozen.content["beside"]["kpis"][0]["actuals"][0]["raw"] == "1,200人"
    factories.kpi_actual(indicator, 2021, "900人")
    assert len(report.last_said.known["kpis"][0]["actuals"]) == 1, "what comes later changes nothing"
    assert mails(report) == ["asked", "received"]
    assert events(report)[0] == "report_submitted"


def test_nothing_is_submitted_that_is_incomplete_or_was_changed_since_it_was_read(project, at):
    approver = holder("municipality_approver", project.lead)
    report = factories.report(project=project, complete=False)
    with pytest.raises(Incomplete):
        submission.submit(report, actor=approver, at=at)
    with pytest.raises(Incomplete):
        submission.hand_over(report, actor=holder("municipality_editor", project.lead), at=at)
    fill(report, at=at)
    seen = submission.fingerprint(submission.content_now(report))
    factories.kpi(project)  # on record, beside the answers
    with pytest.raises(submission.ChangedSinceSeen):
        submission.submit(report, seen=seen, actor=approver, at=at)
    assert report.state == "requested"


def test_while_it_lies_with_the_approver_nobody_edits(project, at):
    editor, approver = (holder(f"municipality_{it}", project.lead) for it in ("editor", "approver"))
    report = factories.report("with_approver", project=project)
    assert report.handed_over_by == editor.name and not report.is_editable
    with pytest.raises(NotAllowed):
        submission.save(report, "year", {"results": "別"}, version=1, actor=editor, at=at)
    with pytest.raises(NotAllowed):
        submission.hand_over(report, actor=editor, at=at)
    submission.send_back(report, reason="数値が足りません。", actor=approver, at=at)
    assert report.is_sent_back and report.is_editable
    with pytest.raises(NotAllowed):
        submission.send_back(report, reason="もう一度", actor=approver, at=at)
    submission.hand_over(report, actor=editor, at=at + timedelta(minutes=1))
    submission.take_back(report, actor=editor, at=at + timedelta(minutes=2))
    assert not report.is_sent_back, "what was asked had been mended"
    assert mails(report) == ["asked", "approval-requested", "sent-back", "approval-requested"]


def test_a_return_opens_what_it_names_and_nothing_else(project, officer, at):
    editor, approver = (holder(f"municipality_{it}", project.lead) for it in ("editor", "approver"))
    report = factories.report("returned", project=project)
    with pytest.raises(Locked):
        submission.save(report, "year", {"progress": "変えた"}, version=1, actor=editor, at=at)
    submission.save(report, "year", {"results": "乗客1,200人"}, version=1, actor=editor, at=at)
    again = submission.submit(report, actor=approver, at=at + timedelta(hours=1))
    assert report.state == "submitted" and len(report.answered.frozen) == 2
    assert report.corrections[0].resubmitted_at and "乗客1,200人" in str(again.content)
    with pytest.raises(submission.ChangedSinceSeen):
        checking.accept(report, seen=at, actor=officer, at=at + timedelta(hours=2))
    checking.accept(report, actor=officer, at=at + timedelta(hours=2))
    assert report.state == "accepted"
    with pytest.raises(ValueError, match="not asked"):
        checking.return_for_correction(
            report, defects={"nowhere": "?"}, due_at=at + timedelta(days=9), actor=officer, at=at
        )


def test_late_ones_are_chased_and_taken(project, officer, at):
    report = factories.report(project=project)
    day_after = datetime(2023, 4, 1, 9, tzinfo=JST)
    assert not report.is_late(at) and report.is_late(day_after)
    found = select(Report.id).join(Report.project).where(Report.late(day_after))
    assert db.session.scalars(found).all() == [report.id]
    checking.give_more_time(
        report, due_at=datetime(2023, 4, 28, 17, tzinfo=JST), reason="年度末のため", actor=officer, at=at
    )
    assert not report.is_late(day_after)
    with pytest.raises(ValueError, match="later"):
        checking.give_more_time(report, due_at=at, reason="?", actor=officer, at=at)
    project.state = "ended"
    submission.submit(
        report, actor=holder("municipality_approver", project.lead), at=datetime(2023, 5, 8, 9, tzinfo=JST)
    )
    assert report.state == "submitted", "late, and after the end of support"


def test_nothing_is_asked_of_a_cancelled_project_any_more(project, at):
    from app.reports import letters
    from app.reports.reminders import owed_subjects

    report = factories.report(project=project)
    assert [it.id for it in owed_subjects(at)] == [report.id]
    project.state, project.cancelled_on, project.cancel_reason = "cancelled", calendar.day_of(at), "見本"
    assert list(owed_subjects(at)) == [] and not report.is_late(at + timedelta(days=90))
    with pytest.raises(NotAllowed):
        submission.submit(report, actor=holder("municipality_approver", project.lead), at=at)
    letters.issue_letters(on=calendar.day_of(at), at=at)
    assert db.session.scalars(select(Letter.state)).all() == ["discarded"]
