"""What is done with indicators: entered, changed, retired and taken up again, and measured year by year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from app import calendar
from app.actors import Actor
from app.calendar import FiscalYear
from app.db import db, held
from app.explained import N_
from app.kpis.measures import Measure, unit_of
from app.kpis.models import Kpi, KpiActual
from app.lifecycle.project import UNDER_SUPPORT
from app.organisations.operations import Refused
from app.permissions import MUNICIPAL
from app.projects.models import Project
from app.web.records import SavedMeanwhile

UNSAID = Measure()
MOST = 100  # indicators of a project: their actuals of a year stand on one page, and are sent at once
TWICE = N_("This project has this indicator already, in the same class and initiative.")
OVER = N_("Support of this project is over: the office alone enters what is still measured.")
FUTURE = N_("%(year)s has not begun yet: no actual can be entered for it.")
BEFORE = N_("This project was selected in %(year)s: an actual of an earlier year is entered as its baseline.")
FULL = N_("A project has at most %(most)s indicators.")


@dataclass(frozen=True)
class Entered:
    """What somebody says of an indicator, in a form or in a file."""

    name: str
    initiative: str = ""
    category: str = ""
    unit: str = ""
    direction: str | None = None
    baseline: Measure = UNSAID
    baseline_fy: int | None = None
    target: Measure = UNSAID
    target_fy: int | None = None
    note: str = ""

    def values(self) -> dict[str, Any]:
        return dict(vars(self))

    @property
    def key(self) -> str:
        """By which it is the same as another one of its project."""
        return Kpi.key_of(self.initiative, self.category, self.name)


TEXTS = ("name", "initiative", "category", "unit", "direction", "baseline_fy", "target_fy", "note")


def why_closed(project: Project, actor: Actor) -> str:
    """Why this person cannot write indicators of the project now (a msgid); "" where they can."""
    return OVER if actor.role in MUNICIPAL and project not in UNDER_SUPPORT else ""


def add(
    project: Project,
    entered: Entered,
    *,
    actuals: Iterable[Measure] = (),
    actor: Actor,
    at: datetime,
    file: str = "",
) -> Kpi:
    """A new indicator, the last of its project. Without a unit it has the one that the texts name. `file`: where it was read.

    Raises Refused for one that the project has already, and where support is over.
    """
    held(project)
    _refuse_closed(project, actor)
    _refuse_twice(project, entered)
    last, count = db.session.execute(
        select(func.max(Kpi.position), func.count()).where(Kpi.project_id == project.id)
    ).one()
    if count >= MOST:
        raise Refused(FULL, most=MOST)
    kpi = Kpi(project=project, position=(last or 0) + 1, created_at=at)
    _write(kpi, entered)
    kpi.unit = kpi.unit or unit_of(entered.target, entered.baseline, actuals)
    db.session.add(kpi)
    db.session.flush()
    facts = {name: value for name in TEXTS if (value := getattr(kpi, name)) not in ("", None)}
    raws = {name: raw for name in ("baseline_raw", "target_raw") if (raw := getattr(kpi, name))}
    kpi.record("kpi_added", actor=actor, at=at, changes={**facts, **raws, **_from(file)})
    return kpi


def change(kpi: Kpi, entered: Entered, *, actor: Actor, at: datetime, file: str = "") -> bool:
    """Whether anything was changed; what stood there before is in the history. Raises Refused as `add` does."""
    if entered.key != kpi.key:
        held(kpi.project)  # nobody else may enter another one of this name meanwhile
    _refuse_closed(kpi.project, actor)
    before = _told_of(kpi)
    _refuse_twice(kpi.project, entered, besides=kpi)
    _write(kpi, entered)
    kpi.unit = kpi.unit or unit_of(entered.target, entered.baseline, (it.measure for it in kpi.actuals))
    after = _told_of(kpi)
    changed = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    if changed:
        kpi.record(
            "kpi_changed",
            actor=actor,
            at=at,
            changes={"indicator": kpi.named, **_plain(changed), **_from(file)},
        )
    return bool(changed)


def retire(kpi: Kpi, *, reason: str, actor: Actor, at: datetime) -> None:
    """It is not followed any more; what was measured stays. Raises ValueError without a reason, Refused."""
    held(kpi)
    _refuse_closed(kpi.project, actor)
    if not reason.strip():
        raise ValueError("an indicator is retired for a reason")
    if kpi.retired_on is None:
        kpi.retired_on = calendar.day_of(at)
        kpi.record("kpi_retired", actor=actor, at=at, changes={"indicator": kpi.named, "reason": reason})


def take_up(kpi: Kpi, *, actor: Actor, at: datetime) -> None:
    """A retired one is followed again. Raises Refused where another has taken its place."""
    held(kpi.project)
    held(kpi)
    _refuse_closed(kpi.project, actor)
    if kpi.retired_on is not None:
        _refuse_key(kpi.project, kpi.key, besides=kpi)
        kpi.retired_on = None
        kpi.record("kpi_taken_up", actor=actor, at=at, changes={"indicator": kpi.named})


def hold(projects: Iterable[Project]) -> None:
    """Nobody else enters anything of these projects until the commit. What was measured is to be looked up after this."""
    for project in sorted(projects, key=lambda it: it.id):
        held(project)
    db.session.expire_all()


def refuse_year(project: Project, fiscal_year: int, *, at: datetime) -> None:
    """Raises Refused for a fiscal year of which nothing can be measured: one to come, or before the selection."""
    if fiscal_year > calendar.fiscal_year(at):
        raise Refused(FUTURE, year=FiscalYear(fiscal_year))
    if fiscal_year < project.call.selection_fy:
        raise Refused(BEFORE, year=FiscalYear(project.call.selection_fy))


def enter_actual(
    kpi: Kpi,
    fiscal_year: int,
    measure: Measure,
    *,
    note: str = "",
    version: int | None = None,
    actor: Actor,
    at: datetime,
    file: str = "",
) -> bool:
    """What was measured in a year; whether it differs from what stood there, which the history keeps.

    `version` is that of the actual on the page (0: there was none); None asks for no look. Raises Refused for a year to
    come or before the selection, SavedMeanwhile where somebody else has entered another one since.
    """
    _refuse_closed(kpi.project, actor)
    refuse_year(kpi.project, fiscal_year, at=at)
    actual = kpi.actual_of(fiscal_year)
    if actual is None and not measure.raw and not measure.has_figure and not note:
        return False
    if actual is not None and (actual.measure, actual.note) == (measure, note):
        return False
    if version is not None and version != (now := actual.version_id if actual else 0):
        message = f"kpi {kpi.id} has another actual of {fiscal_year} than the page"
        raise SavedMeanwhile(message, now, f"version_{kpi.id}")
    before = _said(actual)
    name = actor.name  # asked before there is a row that is not whole
    if actual is None:
        actual = KpiActual(fiscal_year=fiscal_year, created_at=at)
    actual.measure, actual.note = measure, note
    actual.entered_by, actual.entered_at = name, at
    if actual not in kpi.actuals:
        kpi.actuals.append(actual)
    changes = {
        "indicator": kpi.named,
        "fiscal_year": fiscal_year,
        **_plain(_differences(before, _said(actual))),
        **_from(file),
    }
    kpi.record("kpi_measured", actor=actor, at=at, changes=changes)
    return True


def _from(file: str) -> dict[str, str]:
    return {"file": file} if file else {}


def _write(kpi: Kpi, entered: Entered) -> None:
    for name, value in entered.values().items():
        setattr(kpi, name, value)
    kpi.key = entered.key


def _told_of(kpi: Kpi) -> dict[str, Any]:
    texts = {name: getattr(kpi, name) for name in TEXTS}
    baseline, target = kpi.baseline, kpi.target
    return {
        **texts,
        "baseline_raw": baseline.raw,
        "target_raw": target.raw,
        "baseline_number": baseline.value if baseline.by_hand else None,
        "target_number": target.value if target.by_hand else None,
    }


def _said(actual: KpiActual | None) -> dict[str, Any]:
    if actual is None:
        return {"raw": "", "number": None, "note": ""}
    measure = actual.measure
    return {"raw": measure.raw, "number": measure.value if measure.by_hand else None, "note": actual.note}


def _differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    return {name: [before[name], after[name]] for name in after if before[name] != after[name]}


def _plain(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Numbers as texts, so that the history keeps them to the last digit."""
    return {
        name: [str(it) if name.endswith("number") and it is not None else it for it in pair]
        for name, pair in changes.items()
    }


def _refuse_closed(project: Project, actor: Actor) -> None:
    if why := why_closed(project, actor):
        raise Refused(why)


def _refuse_twice(project: Project, entered: Entered, besides: Kpi | None = None) -> None:
    if besides is None or besides.retired_on is None:
        _refuse_key(project, entered.key, besides)


def _refuse_key(project: Project, key: str, besides: Kpi | None) -> None:
    taken = select(Kpi.id).where(Kpi.project_id == project.id, Kpi.key == key, Kpi.retired_on.is_(None))
    if besides is not None:
        taken = taken.where(Kpi.id != besides.id)
    with db.session.no_autoflush:
        if db.session.scalar(taken.limit(1)) is not None:
            raise Refused(TWICE)
