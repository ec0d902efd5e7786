"""How all projects under support stand, on one page for the office: what is late of whom, where they are, until when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Integer, Select, cast, func, union_all

from app import calendar
from app.lifecycle.project import UNDER_SUPPORT
from app.memory import CASES, HOUSE, remembered
from app.organisations.models import Organisation
from app.programmes.models import Call
from app.projects.models import Project, ProjectApplicant
from app.web.counting import counted, figures_of
from app.web.manifest import Lateness, brought

ANY = "any"  # stands for all that can be late together
ALL, ENDING, LATE, PREFECTURE, ROUND = "all", "ending", "late", "by prefecture", "by round"


@dataclass(frozen=True)
class Standing:
    """Projects under support as of an instant."""

    supported: int
    ending: int  # whose support ends with this fiscal year, as far as that is known
    late: Mapping[str, int]  # what is late (ANY: anything) → projects
    by_prefecture: Mapping[str, int]  # of the lead body, by the prefecture's number
    by_round: Mapping[int, int]  # fiscal year of selection → projects


def latenesses() -> Mapping[str, Lateness]:
    """What can be late about a project, in the order of the contexts that bring it."""
    found: Mapping[str, Lateness] = brought("late")
    return found


def late_words() -> dict[str, str]:
    """For a choice: each of them, and any."""
    return {ANY: _("Anything"), **{name: _(it.label) for name, it in latenesses().items()}}


def is_late(name: str, at: datetime) -> ColumnElement[bool]:
    """The condition on Project of this being late."""
    ids = [
        it.projects(at).with_only_columns(Project.id, maintain_column_froms=True).order_by(None)
        for key, it in latenesses().items()
        if name in (key, ANY)
    ]
    return Project.id.in_(union_all(*ids) if len(ids) > 1 else ids[0])


def standing(at: datetime) -> Standing:
    """All figures in one statement, however many projects there are; kept until something is written that day."""
    return remembered(("portfolio", calendar.day_of(at)), lambda: _standing(at), HOUSE, CASES)


def _standing(at: datetime) -> Standing:
    ending: Any = Project.last_fy == calendar.fiscal_year(at)
    of_prefecture = cast(func.substr(Organisation.code, 1, 2), Integer)
    bodies = _projects(PREFECTURE, of_prefecture).join(Project.applicants).join(ProjectApplicant.organisation)
    found = figures_of(
        _projects(ALL),
        _projects(ENDING).join(Project.call).where(ending, Project.end_is_known()),
        *(_projects(f"{LATE} {name}").where(is_late(name, at)) for name in (ANY, *latenesses())),
        bodies.where(ProjectApplicant.position == 0, Organisation.code.is_not(None)).group_by(of_prefecture),
        _projects(ROUND, Call.selection_fy).join(Project.call).group_by(Call.selection_fy),
    )
    return Standing(
        supported=found[ALL][0],
        ending=found[ENDING][0],
        late={name: found[f"{LATE} {name}"][0] for name in (ANY, *latenesses())},
        by_prefecture={f"{number:02}": count for number, count in found[PREFECTURE].items()},
        by_round=dict(sorted(found[ROUND].items())),
    )


def _projects(what: str, of: Any = 0) -> Select:
    return counted(what, func.count(), of).select_from(Project).where(UNDER_SUPPORT.of(Project))
