"""The rows of an evaluation: what lists, filters and the published page ask, as the officers have saved it."""

from __future__ import annotations

from collections.abc import Iterator

from app.db import db
from app.evaluation.form import (
    FUTURE,
    GRADE,
    GRADES,
    RESULTS,
    WHOLE,
    items_of,
    kpi_id_of,
    question_of,
)
from app.evaluation.models import Evaluation, EvaluationRow
from app.kpis.models import Kpi
from app.questions.definition import Section


def follow(evaluation: Evaluation) -> None:
    """Let the rows say what is asked and answered now."""
    asked = list(_asked(evaluation))
    keys = [item for item, _section in asked]
    before = {row.item: row for row in evaluation.rows}
    indicators = {it.id: it for it in _indicators(evaluation)}
    for gone in before.keys() - set(keys):
        evaluation.rows.remove(before[gone])
    values = evaluation.findings.values
    for position, (item, section) in enumerate(asked):
        row = before.get(item)
        if row is None:
            row = EvaluationRow(item=item, kpi_id=kpi_id_of(item), created_at=evaluation.created_at)
            evaluation.rows.append(row)
        kpi = indicators.get(row.kpi_id) if row.kpi_id else None
        grade = values.get(question_of(item, GRADE), "")
        row.position = position
        row.name = kpi.name if kpi else ""
        row.initiative = kpi.initiative if kpi else "" if item == WHOLE else section.label.ja
        row.grade = grade if grade in GRADES else ""
        row.on_results = values.get(question_of(item, RESULTS), "")
        row.on_future = values.get(question_of(item, FUTURE), "")
    db.session.flush()


def _asked(evaluation: Evaluation) -> Iterator[tuple[str, Section]]:
    for section in evaluation.findings.form.sections:
        for item in items_of(section.questions):
            yield item, section


def _indicators(evaluation: Evaluation) -> list[Kpi]:
    query = db.select(Kpi).where(Kpi.project_id == evaluation.project_id)
    return list(db.session.scalars(query))
