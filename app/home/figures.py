"""The office's large figures: what waits, what is checked, what is supported, what ends. Each leads to its list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from flask_babel import gettext as _

from app.memory import CASES, HOUSE, remembered
from app.web.counting import Chart, Figure, Figures, figures_of
from app.web.manifest import brought, manifests
from app.web.tasks import Task


@dataclass(frozen=True)
class Desk:
    """All that an office's home counts."""

    figures: Sequence[Figure]
    charts: Sequence[Chart]
    ahead: Mapping[date, str]  # what still has to be done before a day of the programme


def desk(tasks: Sequence[Task], at: datetime) -> Desk:
    """One question to the database for all that is counted, whatever there is, and those of the contexts' own."""

    def ask() -> Figures:
        return figures_of(*(count for each in manifests() if each.counts for count in each.counts(at)))

    counted = remembered(("figures", at.replace(second=0, microsecond=0)), ask, HOUSE, CASES)
    return Desk(
        [waiting(tasks, at), *_figures(counted, at)],
        [chart for each in manifests() if each.charts for chart in each.charts(counted, at)],
        {day: to_do for each in manifests() if each.ahead for day, to_do in each.ahead(counted, at).items()},
    )


def waiting(tasks: Sequence[Task], at: datetime) -> Figure:
    """How much waits for this person, and how much of it too long."""
    late = sum(task.is_late(at) for task in tasks)
    note = _("%(count)s of them past their day", count=late) if late else _("none past its day")
    return Figure(
        _("What waits for you"), len(tasks), _("cases"), note, "#tasks-heading", "late" if late else ""
    )


def _figures(counted: Figures, at: datetime) -> Iterator[Figure]:
    """Of every context, each with what another one has to say beside it."""
    remarks = brought("remarks")
    for each in manifests():
        for figure in each.figures(counted, at) if each.figures else ():
            remark = remarks[figure.name](counted) if figure.name in remarks else ""
            yield replace(figure, note=figure.note or remark)
