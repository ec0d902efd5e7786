"""What is on record of results, decision and announcement: who, when, what was changed, in the order of the numbers."""

from __future__ import annotations

from datetime import timedelta

from app.applications import submission
from app.correspondence.letters import letters_of
from app.db import db
from app.history import HistoryEntry
from app.permissions import APPROVER
from app.projects.announcing import announce
from app.selection import operations, readiness
from tests import factories
from tests.factories.applications import holder


def test_a_result_says_who_recorded_it_when_and_the_history_what_was_said(apply, officer, at):
    application = apply("白石市")
    result = operations.record_result(application, selected=False, reasons="理由", actor=officer, at=at)
    db.session.commit()
    assert (result.recorded_by, result.recorded_at, result.created_at) == (officer.name, at, at)
    entry = db.session.scalars(HistoryEntry.of(application)).first()
    assert (entry.changes["selected"], entry.changes["reasons"]) == (False, "理由")
    other, later = factories.tenure("officer"), at + timedelta(hours=1)
    operations.record_result(application, selected=False, reasons=" 別の理由 ", actor=other, at=later)
    assert (result.recorded_by, result.recorded_at, result.reasons) == (other.name, later, "別の理由")
    db.session.commit()
    entry = db.session.scalars(HistoryEntry.of(application)).first()
    assert entry.changes == {"reasons": ["理由", "別の理由"]}, "what stays is not told as changed"


def test_the_history_tells_how_many_were_selected_by_the_decision_and_by_the_announcement(
    call, apply, record, director, officer, at
):
    for place, selected in enumerate((True, False, True, True)):
        record(apply(f"第{place}市"), selected)
    operations.decide(call, actor=director, at=at)
    db.session.commit()
    decided = db.session.scalars(HistoryEntry.of(call)).first()
    assert (decided.changes["selected"], decided.changes["not_selected"]) == (3, 1)
    announce({"call_id": call.id}, actor=officer, at=at, progress=lambda done, total: None)
    db.session.commit()
    announced = next(it for it in db.session.scalars(HistoryEntry.of(call)) if it.event == "announce")
    assert announced.changes["announced_count"] == call.announced_count == 3
    assert call.announced_on == at.date()


def test_a_letter_of_a_decision_is_about_its_application_and_its_round(call, apply, record, director, at):
    application = record(apply("白石市"), True)
    operations.decide(call, actor=director, at=at)
    [letter] = letters_of()
    assert (letter.about_kind, letter.about_id) == ("application", application.id)
    assert (letter.about_number, letter.fiscal_year) == (application.number, 2023)


def test_results_and_applications_are_in_the_order_of_their_numbers_and_of_one_call(call, apply, record):
    begun_first = apply("角田市", "draft")
    first, draft = apply("白石市"), apply("登米市", "draft")
    in_time = call.closes_at - timedelta(days=1)
    record(factories.application("under_review", call=factories.call(), at=in_time), True)
    submission.submit(begun_first, actor=holder(APPROVER, begun_first.organisation), at=in_time)
    assert (first.sequence, begun_first.sequence, draft.submitted_at) == (1, 2, None)
    assert readiness.submitted_to(call) == [first, begun_first]
    begun_first.state = "under_review"
    for application in (begun_first, first):
        record(application, True)
    assert [it.application for it in operations.results_of(call)] == [first, begun_first]
