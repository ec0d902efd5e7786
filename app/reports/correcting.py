"""Correcting (補正) of a report: what of it a return opens, and what it asks for. The engine's (app/questions/correcting.py)."""

from __future__ import annotations

from app.explained import N_
from app.questions.correcting import Correcting, Remark, remarks_of
from app.questions.definition import Words, in_both
from app.reports.models import Report, ReportCorrection


def of(report: Report) -> Correcting:
    """What of it may be changed now: all while it is drafted, while it stands returned what the return asks for."""
    correction = report.open_correction
    return Correcting(report.answered, report.last_said, correction.defects if correction else None)


def remarks(report: Report, correction: ReportCorrection | None) -> list[Remark]:
    """What a return asks for, in the order of the form; of no return nothing."""
    content = report.last_said
    if correction is None or content is None:
        return []
    asked = report.answered.form.questions
    return remarks_of(
        correction.defects,
        content,
        whole=whole_words(),
        named=lambda key: asked[key].label if key in asked else Words(key),
    )


def whole_words() -> Words:
    return in_both(N_("The report as a whole"))
