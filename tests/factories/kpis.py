"""Indicators of projects, and what was measured of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.calendar import JST
from app.db import db
from app.kpis.measures import measured
from app.kpis.models import Kpi, KpiActual
from app.projects.models import Project
from tests.factories.numbers import Numbers
from tests.factories.projects import project as a_project

_numbers = Numbers()


def kpi(project: Project | None = None, **values: Any) -> Kpi:
    """An indicator in 人 whose target of FY2026 is 5,000人 or more, of a new project unless one is given.

    `baseline` and `target` are texts as people write them.
    """
    number = next(_numbers)
    values = {
        "name": f"見本の指標{number}",
        "unit": "人",
        "direction": "up",
        "target": "5,000人以上",
        **values,
    }
    measures = {name: measured(values.pop(name)) for name in ("baseline", "target") if name in values}
    made = Kpi(project=project or a_project(), **{"position": number, "target_fy": 2026, **values})
    made.key = Kpi.key_of(made.initiative or "", made.category or "", made.name)
    for name, measure in measures.items():
        setattr(made, name, measure)
    db.session.add(made)
    db.session.flush()
    return made


def kpi_actual(
    of: Kpi | None = None, fiscal_year: int = 2022, raw: str = "1,200人", **values: Any
) -> KpiActual:
    made = KpiActual(
        kpi=of or kpi(),
        fiscal_year=fiscal_year,
        entered_by="見本 担当者",
        entered_at=datetime(2023, 2, 10, 9, 0, tzinfo=JST),
        **values,
    )
    made.measure = measured(raw)
    db.session.add(made)
    db.session.flush()
    return made
