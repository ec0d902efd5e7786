"""Two workers run the same job at the same moment: each letter is drafted once, issued once, numbered without a gap."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from threading import Barrier

import pytest
from sqlalchemy import select

from app.calendar import JST
from app.correspondence import approval
from app.correspondence.letters import letters_of
from app.correspondence.models import Mail
from app.db import db
from app.history import first_broken_entry
from app.lifecycle import NotAllowed
from app.organisations.models import Tenure
from app.programmes.models import Call
from app.projects import cancelling, end_of_support, extension, operations
from app.projects.models import Project
from app.selection import operations as selection
from tests import factories

DAY = date(2023, 3, 31)
AT = datetime(2023, 3, 31, 9, 0, tzinfo=JST)


@pytest.fixture
def at_once(app) -> Callable[[Callable[[], object]], list[object]]:
    """Do something in two workers at the same moment; what each of them got, or the error it met."""

    def run(act: Callable[[], object]) -> list[object]:
        db.session.commit()
        start = Barrier(2)

        def work() -> object:
            with app.app_context():
                start.wait()
                try:
                    return act()
                except Exception as problem:  # noqa: BLE001 (the test looks at it)
                    db.session.rollback()
                    return problem
                finally:
                    db.session.remove()

        with ThreadPoolExecutor(2) as pool:
            futures = [pool.submit(work) for _ in range(2)]
            results = [future.result(timeout=60) for future in futures]
        db.session.expire_all()
        return results

    return run


@pytest.fixture
def round_of_2018(app) -> None:
    call = factories.call(selection_fy=2018, base_years=5, state="announced")
    for _ in range(5):
        factories.project(call=call)


def test_letters_are_drafted_once(round_of_2018, at_once):
    drafted = at_once(lambda: end_of_support.draft_letters(on=DAY, at=AT))
    assert sum(drafted) == 5, drafted
    assert len(letters_of()) == 5


def test_letters_are_issued_once_and_numbered_without_a_gap(round_of_2018, at_once):
    end_of_support.draft_letters(on=DAY, at=AT)
    approval.approve(letters_of(), actor=factories.tenure("director"), at=AT)
    issued = at_once(lambda: end_of_support.issue_letters(on=DAY, at=AT))
    assert sum(issued) == 5, issued
    assert sorted(letter.sequence for letter in letters_of(state="issued")) == [1, 2, 3, 4, 5]
    assert len(db.session.scalars(select(Mail)).all()) == 5
    assert first_broken_entry() is None


def test_projects_are_ended_once(round_of_2018, at_once):
    ended = at_once(lambda: end_of_support.end_projects(on=date(2023, 4, 1), at=AT))
    assert sum(ended) == 5, ended
    assert len(letters_of(state="drafted")) == 5


def test_an_escalation_is_mailed_once_to_each(round_of_2018, at_once):
    factories.tenure("director")
    end_of_support.draft_letters(on=DAY, at=AT)
    assert sorted(at_once(lambda: end_of_support.escalate(on=DAY, at=AT))) == [0, 1]


def test_of_a_cancellation_and_the_issue_at_the_same_moment_no_letter_is_left_between(
    app, round_of_2018, at_once
):
    end_of_support.draft_letters(on=DAY, at=AT)
    director = factories.tenure("director")
    approval.approve(letters_of(), actor=director, at=AT)
    project_id, director_id = db.session.scalar(select(Project.id)), director.id
    turns = iter(("cancel", "issue"))

    def act() -> object:
        if next(turns) == "issue":
            return end_of_support.issue_letters(on=DAY, at=AT)
        project = db.session.get_one(Project, project_id)
        cancelling.cancel(
            project,
            ground="by_body",
            asked_by="body",
            reason="辞退",
            actor=db.session.get_one(Tenure, director_id),
            at=AT,
        )
        db.session.commit()
        return "cancelled"

    results = at_once(act)
    assert "cancelled" in results, results
    end_of_support.issue_letters(on=DAY, at=AT)
    states = {letter.about_id: letter.state for letter in letters_of(kind="support-end")}
    assert states.pop(project_id) in ("issued", "discarded")
    assert set(states.values()) == {"issued"}
    assert sorted(letter.sequence for letter in letters_of(state="issued")) == list(
        range(1, len(letters_of(state="issued")) + 1)
    )


def test_of_a_corrected_extension_and_the_issue_at_the_same_moment_no_letter_speaks_against_the_record(
    app, at_once
):
    day, at = date(2028, 3, 31), datetime(2028, 3, 31, 9, 0, tzinfo=JST)
    call = factories.call(selection_fy=2025, base_years=3, extension_years=2, state="announced")
    project, officer = factories.project(call=call, opened_on=date(2025, 4, 11)), factories.tenure("officer")
    record = {"on": date(2028, 2, 1), "at": at}
    extension.record_extension(project, outcome="not_asked", years=0, actor=officer, **record)
    db.session.commit()
    end_of_support.draft_letters(on=day, at=at)
    approval.approve(letters_of(), actor=factories.tenure("director"), at=at)
    project_id, officer_id = project.id, officer.id
    turns = iter(("correct", "issue"))

    def act() -> object:
        if next(turns) == "issue":
            return end_of_support.issue_letters(on=day, at=at)
        found, actor = db.session.get_one(Project, project_id), db.session.get_one(Tenure, officer_id)
        extension.record_extension(found, outcome="certified", years=2, actor=actor, **record)
        db.session.commit()
        return "corrected"

    results = at_once(act)
    (letter,) = letters_of()
    recorded = db.session.get_one(Project, project_id).extension
    assert (recorded, letter.state) in (("certified", "discarded"), ("not_asked", "issued")), results


def test_two_projects_opened_at_the_same_moment_get_two_numbers(app, at_once):
    factories.project(number=45)
    call_id = factories.call().id
    body_id = factories.organisation().id

    def act() -> int:
        from app.organisations.models import Organisation
        from app.permissions import SYSTEM

        project = operations.open_project(
            call=db.session.get_one(Call, call_id),
            applicants=[db.session.get_one(Organisation, body_id)],
            actor=SYSTEM,
            at=AT,
        )
        number = project.number
        db.session.commit()
        return number

    assert sorted(at_once(act)) == [46, 47]


def test_of_two_directors_who_decide_at_the_same_moment_one_learns_that_it_is_decided(app, at_once):
    call = factories.call()
    application = factories.application("under_review", call=call)
    officer, director = factories.tenure("officer"), factories.tenure("director")
    selection.record_result(application, selected=True, reasons="先導性が高い。", actor=officer, at=AT)
    call_id, director_id = call.id, director.id

    def act() -> str:
        decided = db.session.get_one(Call, call_id)
        selection.decide(decided, actor=db.session.get_one(Tenure, director_id), at=AT)
        db.session.commit()
        return "decided"

    results = at_once(act)
    assert results.count("decided") == 1, results
    (refused,) = [result for result in results if result != "decided"]
    assert isinstance(refused, NotAllowed)
    assert [letter.state for letter in letters_of()] == ["approved"]
