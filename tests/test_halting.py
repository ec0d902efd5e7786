"""A halt stops what cannot be taken back, until a person has looked and says so."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app import halting
from app.correspondence import delivery, letters
from app.correspondence.models import Mail
from app.db import db
from app.history import HistoryEntry
from app.installation import Setting
from app.lifecycle import NotAllowed
from app.projects import end_of_support
from app.projects.models import Project
from tests import factories


def test_a_halt_is_recorded_once_for_each_reason_and_noted_for_the_pages(app, at):
    assert halting.current() is None and not halting.is_noted()
    first = halting.halt("clock_ahead", at=at, facts={"seen": "2023-01-01T09:00:00+09:00"})
    db.session.commit()
    assert halting.halt("clock_ahead", at=at + timedelta(hours=1)) is first
    halting.halt("restored", at=at)
    db.session.commit()
    assert [halt.reason for halt in halting.open_halts()] == ["clock_ahead", "restored"]
    assert halting.current() is first and halting.is_noted()
    entry = db.session.scalars(HistoryEntry.of(first)).one()
    assert (entry.event, entry.actor_role, entry.changes["why"]) == ("halted", "system", "clock_ahead")


@pytest.mark.parametrize("role", ["administrator", "director"])
def test_a_halt_is_lifted_by_name_and_with_a_remark(app, at, role):
    halt = halting.halt("by_hand", at=at)
    somebody = factories.tenure(role)
    with pytest.raises(ValueError):
        halting.lift(halt, actor=somebody, at=at, remark=" ")
    halting.lift(halt, actor=somebody, at=at, remark="時計を確認した。")
    db.session.commit()
    assert halting.current() is None and not halting.is_noted()
    assert (halt.lifted_by, halt.lifted_at, halt.remark) == (somebody.name, at, "時計を確認した。")
    with pytest.raises(NotAllowed):
        halting.lift(halt, actor=somebody, at=at, remark="もう一度")


def test_an_officer_cannot_lift_a_halt(app, at):
    halt = halting.halt("by_hand", at=at)
    with pytest.raises(NotAllowed):
        halting.lift(halt, actor=factories.tenure("officer"), at=at, remark="確認した。")


def test_the_clock_at_which_a_halt_is_lifted_is_believed_from_then_on(app, at):
    halt = halting.halt("clock_ahead", at=at)
    db.session.commit()
    halting.lift(halt, actor=factories.tenure("director"), at=at, remark="確認した。")
    assert Setting.get(halting.SEEN) == at.isoformat()
    assert Setting.get(halting.ENTRIES_FROM) == "1"


def test_no_letter_is_issued_while_the_work_is_halted(app, at):
    letter = factories.letter(state="approved")
    halt = halting.halt("clock_ahead", at=at)
    db.session.commit()
    with pytest.raises(halting.Halted):
        letters.issue(letter, on=at.date(), at=at)
    assert letter.state == "approved"
    halting.lift(halt, actor=factories.tenure("director"), at=at, remark="確認した。")
    assert letters.issue(letter, on=at.date(), at=at).state == "issued"


def test_no_project_is_ended_once_the_work_is_halted_though_the_job_has_begun(app, at):
    project = factories.project(call=factories.call(selection_fy=2017, base_years=5))
    halt = halting.halt("clock_ahead", at=at)
    db.session.commit()
    with pytest.raises(halting.Halted):
        end_of_support.end_projects(on=at.date(), at=at)
    db.session.rollback()
    assert db.session.get_one(Project, project.id).state == "supported"
    halting.lift(halt, actor=factories.tenure("director"), at=at, remark="確認した。")
    db.session.commit()
    assert end_of_support.end_projects(on=at.date(), at=at) == 1


@pytest.mark.parametrize(("reason", "sent"), [("clock_ahead", 1), ("by_hand", 1), ("restored", 0)])
def test_mails_that_are_queued_go_on_but_not_after_a_restore(app, at, reason, sent):
    factories.mail()
    halting.halt(reason, at=at)
    db.session.commit()
    assert delivery.deliver_due(at=at)["kept"] == sent
    assert db.session.scalars(select(Mail)).one().state == ("kept" if sent else "queued")


@pytest.mark.parametrize(
    "change",
    [
        "lifted_at = since",
        "lifted_at = since, lifted_by = 'x'",
        "lifted_by = 'x'",
        "reason = 'weather'",
    ],
)
def test_the_database_keeps_a_halt_whole(app, at, change):
    halting.halt("clock_ahead", at=at)
    db.session.commit()
    with pytest.raises(IntegrityError):
        db.session.execute(text(f"UPDATE halts SET {change}"))
    db.session.rollback()
