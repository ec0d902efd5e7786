"""A project that was ended or cancelled by mistake is put under support again, by a recorded act.

The letters that told its end are withdrawn by others. What the clock or a wrong record did is undone only together with
its cause: a project whose period is over by the record would be ended again by the next run of the jobs, so that the
years that were certified are recorded in the same act (docs/adr/0018).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from app import calendar
from app.actors import Actor
from app.correspondence import letters, superseding
from app.correspondence.models import CANCELLATION, EXTENSION_REFUSED
from app.db import held
from app.lifecycle import N_, move
from app.lines import quoted
from app.organisations.operations import Refused
from app.projects.end_of_support import KIND
from app.projects.extension import refuse_impossible
from app.projects.models import CERTIFIED, Project

OVER = N_(
    "By the record its support is over since %(day)s, and the next run of the jobs would end it again. Record the years "
    "of the extension that was certified."
)
OVER_FOR_GOOD = N_(
    "By the record its support is over since %(day)s, and its call offers no extension of support: it cannot be put under "
    "support again."
)


def reinstate(
    project: Project, *, reason: str, years: int = 0, on: date | None = None, actor: Actor, at: datetime
) -> int:
    """Put `project` under support again; how many letters are drafted that withdraw what was issued of its end.

    `years` are those of an extension that was certified on the day `on`, 0 where its end stays as it is on record.
    Raises ValueError without a reason, NotAllowed unless it was ended or cancelled, Refused where its period is over.
    """
    if not reason.strip():
        raise ValueError("a project is reinstated for a reason")
    if years and on is None:
        raise ValueError("a certified extension has its day")
    held(project)
    old_end, old_cancellation = project.ends_on, project.cancelled_on
    if years:
        assert on is not None
        refuse_impossible(project, years, on, calendar.day_of(at))
    first_after = project.call.last_fy_with(years or project.extended_years) + 1
    if calendar.fiscal_year(at) >= first_after:
        raise Refused(
            OVER if project.may_be_extended else OVER_FOR_GOOD, day=calendar.fiscal_year_end(first_after - 1)
        )
    if years:
        project.extension, project.extension_on, project.extended_years = CERTIFIED, on, years
        project.extension_remark = reason.strip()
    kinds = (KIND, CANCELLATION, *([EXTENSION_REFUSED] if years else []))
    discarded = sum(letters.take_back(project, it, reason=reason.strip(), actor=actor, at=at) for it in kinds)
    drafted = superseding.withdraw_all(
        project, *kinds, reason=reason.strip(), afterwards=_afterwards(project), actor=actor, at=at
    )
    changes: dict[str, Any] = {
        "reason": reason.strip(),
        "ends_on": [old_end, project.ends_on],
        "letters_withdrawn": len(drafted),
        "letters_discarded": discarded,
    }
    if years:
        changes["extended_years"] = years
    if old_cancellation:
        changes["cancelled_on"] = [old_cancellation, None]
    move(project, "reinstate", actor=actor, at=at, changes=changes)
    project.cancelled_on, project.cancel_reason = None, ""
    project.cancel_ground, project.cancel_asked_by = "", ""
    project.reinstatements += 1
    return len(drafted)


def _afterwards(project: Project) -> str:
    label, number = project.reference
    return (
        f"次の事業については、引き続き支援の対象とします（支援終了日　{calendar.era_date(project.ends_on)}）。"
        f"\n{label}　{number}" + (f"\n事業名　{quoted(project.title)}" if project.title else "")
    )
