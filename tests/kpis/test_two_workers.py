"""Two people act on the indicators of one project at the same moment: one of them is first, the other is told."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from app.db import db
from app.kpis import operations
from app.kpis.finding import of_one
from app.kpis.measures import measured
from app.kpis.models import Kpi, KpiActual
from app.kpis.operations import Entered
from app.organisations.models import Tenure
from app.organisations.operations import Refused
from app.projects.models import Project
from tests import factories


@pytest.fixture
def at_once(app) -> Callable[[Callable[[Project, Tenure, str], object]], list[object]]:
    """Do something to the one project in two workers at the same moment; what each of them got, or the error it met."""

    def run(act: Callable[[Project, Tenure, str], object]) -> list[object]:
        db.session.commit()
        start = Barrier(2)

        def work(word: str) -> object:
            with app.app_context():
                start.wait()
                try:
                    project = db.session.scalars(select(Project)).one()
                    officer = db.session.scalars(select(Tenure)).one()
                    found = act(project, officer, word)
                    db.session.commit()
                    return found
                except Exception as problem:  # noqa: BLE001 (the test looks at it)
                    db.session.rollback()
                    return problem
                finally:
                    db.session.remove()

        with ThreadPoolExecutor(2) as pool:
            results = [it.result(timeout=60) for it in [pool.submit(work, word) for word in ("7人", "8人")]]
        db.session.expire_all()
        return results

    return run


@pytest.fixture
def project(app) -> Project:
    factories.tenure("officer")
    return factories.project()


def test_an_actual_of_a_year_is_entered_by_one_and_the_other_is_told(project, at_once, at):
    factories.kpi(project)

    def enter(project: Project, officer: Tenure, raw: str) -> bool:
        operations.hold([project])
        (kpi,) = of_one(project, officer)
        return operations.enter_actual(kpi, 2022, measured(raw), version=0, actor=officer, at=at)

    results = at_once(enter)
    (told,) = [it for it in results if it is not True]
    assert isinstance(told, StaleDataError), results
    assert len(list(db.session.scalars(select(KpiActual)))) == 1


def test_the_same_indicator_is_entered_once(project, at_once, at):
    results = at_once(
        lambda project, officer, _word: (
            operations.add(project, Entered(name="来場者数"), actor=officer, at=at).id
        )
    )
    assert [type(it) for it in results if not isinstance(it, int)] == [Refused], results
    assert len(list(db.session.scalars(select(Kpi)))) == 1
