"""The process dies at one statement after the other: what was not finished has not begun, and the retry finishes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import event, func, select

from app.applications import submission
from app.applications.models import Application, Submission
from app.calendar import JST
from app.correspondence import approval, letters
from app.correspondence.models import Letter, Mail, NumberRegister
from app.db import db
from app.history import HistoryEntry, first_broken_entry
from app.organisations.models import Tenure
from app.programmes.models import Call
from app.projects import end_of_support
from app.projects.models import Project
from app.schedule.work import enqueue, run_next
from app.selection import operations as selection
from app.web.manifest import brought
from tests import factories
from tests.factories.applications import holder

NOTICE_DAY = date(2023, 3, 31)
MOST = 300


class Death(BaseException):
    """Not an Exception: nothing in the product catches it, as nothing catches a power cut."""


def test_a_submission_is_whole_or_not_at_all(app, at):
    made = factories.application("in_approval")
    key, actor = made.id, holder("municipality_approver", made.organisation).id
    mails = _count(Mail)

    def submit() -> None:
        application = db.session.get_one(Application, key)
        submission.submit(application, actor=db.session.get_one(Tenure, actor), at=at)
        db.session.commit()

    deaths = _die_at_each_step(submit, _world)
    assert deaths > 10
    application = db.session.get_one(Application, key)
    assert (application.state, application.number) == ("submitted", f"{application.call.code}-0001")
    assert _count(Submission) == 1
    assert _count(Mail) == mails + 1  # the receipt
    assert first_broken_entry() is None


def test_an_announcement_is_whole_or_not_at_all(app):
    at = datetime(2023, 4, 3, 10, 0, tzinfo=JST)
    call = factories.call(code="R5")
    officer, director = holder("officer"), holder("director")
    for selected in (True, False):
        application = factories.application("under_review", call=call, at=at - timedelta(days=40))
        selection.record_result(application, selected=selected, reasons="見本", actor=officer, at=at)
    selection.decide(call, actor=director, at=at)
    key, actor = call.id, officer.id
    enqueue("announce", {"call_id": key}, title="公表", then="/", actor=officer, at=at)
    db.session.commit()

    def announce() -> None:
        brought("work")["announce"](
            {"call_id": key},
            actor=db.session.get_one(Tenure, actor),
            at=at,
            progress=lambda done, total: None,
        )
        db.session.commit()

    deaths = _die_at_each_step(announce, _world, stride=3)
    assert deaths > 20
    assert db.session.get_one(Call, key).state == "announced"
    assert sorted(db.session.scalars(select(Application.state))) == ["not_selected", "selected"]
    assert sorted(db.session.scalars(select(Letter.sequence))) == [1, 2]
    about = select(func.count()).select_from(Mail).where(Mail.about_kind == "letter")
    assert (db.session.scalar(about), _count(Project)) == (2, 1)
    # The worker that picks the work up finds it done already: it says so, and does nothing twice.
    before = _world()
    assert run_next(brought("work"), at) is not None
    assert _world()[:-1] == before[:-1]
    assert first_broken_entry() is None


def test_letters_are_issued_each_whole_or_not_at_all(app, at):
    call = factories.call(selection_fy=2018, base_years=5, state="announced")
    for _ in range(2):
        factories.project(call=call)
    end_of_support.draft_letters(on=date(2023, 3, 1), at=at)
    approval.approve(letters.letters_of(), actor=holder("director"), at=at)
    db.session.commit()

    def issue() -> None:
        end_of_support.issue_letters(on=NOTICE_DAY, at=at)

    def check() -> None:
        """Each letter with all that belongs to it, or with nothing of it."""
        issued = db.session.scalars(select(Letter).where(Letter.state == "issued")).all()
        mailed = db.session.scalars(select(Mail.about_id).where(Mail.about_kind == "letter")).all()
        entries = select(HistoryEntry.subject_id).where(HistoryEntry.event == "issue")
        assert sorted(mailed) == sorted(db.session.scalars(entries)) == sorted(one.id for one in issued)
        assert sorted(one.sequence for one in issued) == list(range(1, len(issued) + 1))
        assert (db.session.scalar(select(NumberRegister.last)) or 0) == len(issued)

    deaths = _die_at_each_step(issue, check)
    assert deaths > 10
    assert [letter.state for letter in letters.letters_of()] == ["issued", "issued"]
    assert first_broken_entry() is None


def _die_at_each_step(act: Callable[[], None], look: Callable[[], object], stride: int = 1) -> int:
    """Let `act` die at its first statement, then at its second … until it survives; `look` sees the same after each.

    With `stride` at every third, fourth … only. Returns how many steps there are before it survives.
    """
    db.session.commit()
    before = look()
    for step in range(1, MOST, stride):
        db.session.remove()
        try:
            with _dying_at(step):
                act()
        except Death:
            db.session().invalidate()  # the connection dies with the process
            db.session.remove()
            assert look() == before, f"death at step {step} left something behind"
        else:
            return step - 1
    raise AssertionError("it never ended")


@contextmanager
def _dying_at(step: int) -> Iterator[None]:
    """Each statement is a step, and each commit."""
    left = [step]

    def count(*_args: object) -> None:
        left[0] -= 1
        if not left[0]:
            raise Death

    engine = db.engine
    event.listen(engine, "before_cursor_execute", count)
    event.listen(engine, "commit", count)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", count)
        event.remove(engine, "commit", count)


def _world() -> list[object]:
    kinds = (Application, Call, Letter, Project)
    states = [db.session.execute(select(kind.id, kind.state).order_by(kind.id)).all() for kind in kinds]
    counts = [_count(kind) for kind in (Submission, Mail, NumberRegister, HistoryEntry)]
    return [*states, *counts]


def _count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("CRITICAL", logger="fontTools")
