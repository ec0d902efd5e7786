"""The list of all indicators, for the office and the ministries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.datastructures import MultiDict

from app.actors import Actor
from app.db import db
from app.kpis import labels
from app.kpis.models import Kpi, KpiActual
from app.kpis.progress import latest_of, progress_of
from app.memory import CASES, HOUSE, remembered
from app.organisations.search import BodySearch
from app.programmes.apart import in_list
from app.projects.models import Project, ProjectApplicant
from app.searching import among
from app.web import shown
from app.web.filters import Late
from app.web.i18n import locale_name, shown_fiscal_year
from app.web.lists import Choice, Column, Listing, To
from app.web.records import within_reach

NO_UNIT = "-"  # in an address; no unit is written so


def followed(actor: Actor) -> Any:
    """The query of the indicators that this person sees and that are followed."""
    return within_reach(Kpi, actor).where(Kpi.retired_on.is_(None))


def kpi_list(actor: Actor, args: MultiDict) -> Listing:
    programmes = in_list(Project.programme_id, lambda kpi: kpi.project.programme_id, join=Kpi.project)
    return Listing(
        followed(actor),
        args,
        caption=_l("Indicators"),
        columns=[
            Column(
                "number",
                _l("No."),
                lambda it: it.project.number,
                sort=Project.number,
                join=Kpi.project,
                numeric=True,
            ),
            Column(
                "bodies",
                _l("Applicants"),
                lambda it: "、".join(body.full_name for body in it.project.bodies),
                sort=Project.lead_code,
                join=Kpi.project,
                shown=lambda it: shown.joined(map(shown.body, it.project.bodies), shown.NEW_LINE),
            ),
            *programmes.columns,
            Column(
                "name",
                _l("Indicator"),
                lambda it: it.name,
                sort=Kpi.name,
                shown=lambda it: shown.own_direction(it.name),
                to=To("kpis.of_project", "project_id", walked=False, of="project_id"),
                behind=_initiative,
            ),
            Column("initiative", _l("Initiative"), lambda it: it.initiative, only_file=True),
            Column("category", _l("Class"), lambda it: it.category, sort=Kpi.category),
            Column("unit", _l("Unit"), lambda it: it.unit, sort=Kpi.unit),
            Column(
                "direction",
                _l("What is good"),
                lambda it: labels.shown_direction(it.direction),
                only_file=True,
            ),
            Column("baseline", _l("Baseline"), lambda it: labels.with_year(it.baseline_raw, it.baseline_fy)),
            Column("latest", _l("Latest actual"), _latest),
            Column(
                "latest_read",
                _l("Latest actual as a number"),
                _latest_number,
                typed=_latest_number,
                only_file=True,
            ),
            Column("target", _l("Target"), lambda it: labels.with_year(it.target_raw, it.target_fy)),
            Column("standing", _l("How it stands to the target"), _standing, shown=_standing_tag),
            *_years(actor, args),
        ],
        filters=[
            BodySearch(
                "q",
                _l("Words in the indicator; a body by name, kana or code"),
                [Kpi.search_text],
                of_bodies=lambda bodies: among(
                    Kpi.project_id,
                    select(ProjectApplicant.project_id).where(ProjectApplicant.organisation_id.in_(bodies)),
                ),
            ),
            *programmes.filters,
            Choice(
                "unit",
                _l("Unit"),
                Late(lambda: units(actor)),
                where=lambda it: Kpi.unit == ("" if it == NO_UNIT else it),
            ),
            Choice("category", _l("Class"), Late(lambda: _values(actor, Kpi.category)), Kpi.category),
            Choice(
                "project",
                _l("Project"),
                Late(lambda: _projects(actor)),
                where=lambda it: Kpi.project_id == int(it),
            ),
            Choice(
                "fiscal_year",
                _l("Actuals of"),
                Late(lambda: {str(year): shown_fiscal_year(year) for year in measured_years(actor)}),
                where=lambda it: Kpi.id.in_(select(KpiActual.kpi_id).where(KpiActual.fiscal_year == int(it))),
            ),
        ],
        default_sort="number",
        tie=Kpi.position,
        options=WITH_PROJECT,
    )


WITH_PROJECT = (
    joinedload(Kpi.project).selectinload(Project.applicants).joinedload(ProjectApplicant.organisation),
    selectinload(Kpi.actuals),
)


def units(actor: Actor) -> dict[str, str]:
    """The units that indicators have, as the address and as the reader has them."""
    return {unit or NO_UNIT: labels.shown_unit(unit) for unit in _distinct(actor, Kpi.unit)}


def measured_years(actor: Actor) -> list[int]:
    """The fiscal years of which anybody entered an actual."""

    def ask() -> list[int]:
        query = followed(actor).join(Kpi.actuals).with_only_columns(KpiActual.fiscal_year)
        return list(db.session.scalars(query.distinct().order_by(KpiActual.fiscal_year)))

    return remembered(("years of indicators", actor.role), ask, HOUSE, CASES)


def _values(actor: Actor, column: Any) -> dict[str, str]:
    return {value: value for value in _distinct(actor, column) if value}


def _distinct(actor: Actor, column: Any) -> list[str]:
    def ask() -> list[str]:
        return list(db.session.scalars(followed(actor).with_only_columns(column).distinct().order_by(column)))

    return remembered(("values of indicators", column.key, actor.role), ask, HOUSE, CASES)


def _projects(actor: Actor) -> dict[str, str]:
    def ask() -> dict[str, str]:
        has_one = followed(actor).where(Kpi.project_id == Project.id).exists()
        query = within_reach(Project, actor).where(has_one).order_by(Project.number, Project.id)
        bodies = selectinload(Project.applicants).joinedload(ProjectApplicant.organisation)
        found = db.session.scalars(query.options(bodies))
        return {str(it.id): f"{it.number} {it.shown_title}" for it in found}

    return remembered(("projects of indicators", actor.role, locale_name()), ask, HOUSE, CASES)


def _years(actor: Actor, args: MultiDict) -> list[Column]:
    """What was measured in each year: a page has no room for it, a file has."""
    if "format" not in args:
        return []

    def of(year: int) -> Callable[[Kpi], str]:
        def text(kpi: Kpi) -> str:
            actual = kpi.actual_of(year)
            return actual.raw if actual else ""

        return text

    return [
        Column(f"actual_{year}", shown_fiscal_year(year), of(year), only_file=True)
        for year in measured_years(actor)
    ]


def _initiative(kpi: Kpi) -> Any:
    """Two of one project may be called alike."""
    if not kpi.initiative:
        return shown.NOTHING
    return shown.joined((shown.NEW_LINE, shown.quiet(shown.own_direction(kpi.initiative))))


def _latest(kpi: Kpi) -> str:
    latest = latest_of(kpi)
    return labels.with_year(latest.raw, latest.fiscal_year) if latest else ""


def _latest_number(kpi: Kpi) -> float | None:
    """In the indicator's unit; nothing where no single number of that unit is certain."""
    latest = latest_of(kpi)
    found = labels.in_unit(latest.measure, kpi.unit) if latest else None
    return float(found.value) if found and found.value is not None else None


def _standing(kpi: Kpi) -> str:
    return labels.shown_standing(progress_of(kpi))


def _standing_tag(kpi: Kpi) -> Any:
    progress = progress_of(kpi)
    return shown.tag(labels.shown_standing(progress), labels.tone_of(progress))
