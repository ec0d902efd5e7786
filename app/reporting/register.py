"""The public register as a list: what was announced by a day, how it stood on it, and as open data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager
from werkzeug.datastructures import MultiDict

from app import calendar
from app.db import db
from app.lifecycle import PROJECT
from app.lifecycle.call import ANNOUNCED
from app.lifecycle.project import UNDER_SUPPORT
from app.organisations.codes import PREFECTURES
from app.organisations.models import Organisation
from app.programmes.lists import in_list
from app.programmes.models import Call, Programme
from app.programmes.voice import house
from app.projects.lists import (
    BODIES,
    LEAD_CODE,
    TITLE_ORDER,
    linked_choice,
    named_bodies,
    prefecture_choice,
    selected_in,
    technology_choice,
    title_on_record,
    word_search,
    year_choice,
)
from app.projects.models import Project, ProjectApplicant
from app.reporting.statistics import Figures, Round, standing_on, started_by
from app.web.i18n import shown_date, state_label
from app.web.lists import Choice, Column, Listing, Note, Search
from app.web.records import LARGEST_ID

FIRST_DAY = date(2018, 4, 1)  # the programme's first fiscal year


@dataclass(frozen=True)
class AsOf(Search):
    """The day that the list is as of: projects that had started by it. A text that is no day is left out.

    The page asks for it beside its title, so that the panel of filters only carries it along.
    """

    kind: str = "hidden"

    def narrow(self, query: Select, value: str) -> Select:
        return query  # the list begins with what had started by the day

    def shown(self, value: str) -> str:
        day = day_of(value)
        return shown_date(day) if day else ""

    def notes(self, value: str) -> list[Note]:
        return []  # nothing is searched for


def day_of(text: str) -> date | None:
    """The day meant by `text`, if it is one the programme has or will have."""
    try:
        day = calendar.parse_date(text)
    except ValueError:
        return None
    return day if day >= FIRST_DAY else None


def public_list(args: MultiDict, on: date) -> Listing:
    """All announced projects as of `on`, in the order of their lead applicants' codes, as S4 lists them."""
    announced = select(Project).join(Project.call).where(ANNOUNCED.of(Call), started_by(on))
    standing, shown = standing_on(on), in_list(Project.programme_id, kind="hidden")
    states = {name: state_label(None, name, "project") for name in PROJECT.states}
    return Listing(
        announced,
        args,
        caption=_l("Supported projects"),
        columns=[
            Column("number", _l("No."), lambda it: it.number, sort=Project.number, numeric=True),
            Column("code", _l("Body code"), lambda it: it.lead.code, sort=LEAD_CODE),
            Column("bodies", _l("Applicants"), named_bodies, sort=LEAD_CODE),
            Column("title", _l("Project title"), title_on_record, sort=TITLE_ORDER),
            Column("technologies", _l("Main technologies"), lambda it: it.technologies_raw),
            *shown.columns,
            Column("selection_fy", _l("Selected in"), selected_in, sort=Call.selection_fy),
            Column(
                "ends_on",
                _l("Support until"),
                lambda it: shown_date(it.ends_on, weekday=False),
                sort=Project.last_fy,
                typed=lambda it: it.ends_on,
            ),
            Column("state", _l("State"), lambda it: shown_standing(it, on), sort=standing),
        ],
        filters=[
            word_search(),
            year_choice(announced),
            Choice("state", _l("State"), states, where=lambda it: standing == it),
            prefecture_choice(announced),
            technology_choice(),
            linked_choice(),
            lead_choice(),
            *shown.filters,
            AsOf("on", _l("As of the day"), []),
        ],
        default_sort="bodies",
        tie=Project.number,
        anchor="list",
        options=[contains_eager(Project.call), BODIES],
    )


def lead_choice() -> Choice:
    """The prefecture of the lead body, by its number: what a tile of the map leads to."""
    leads = select(ProjectApplicant.project_id).join(ProjectApplicant.organisation)

    def led_from(number: str) -> Any:
        within = Organisation.prefecture == PREFECTURES[number]
        return Project.id.in_(leads.where(ProjectApplicant.position == 0, within))

    return Choice("lead", _l("Lead applicant in"), PREFECTURES, where=led_from, kind="hidden")


def ends_within_the_year(project: Project, on: date) -> bool:
    """Under support on the day, in the last fiscal year of it; not where more may still be added on application."""
    final = project.last_fy == calendar.fiscal_year(on) and project.maximum_end == project.ends_on
    return final and project.state_on(on) in UNDER_SUPPORT


def shown_standing(project: Project, on: date) -> str:
    if ends_within_the_year(project, on):
        return _("Ends this fiscal year")
    return state_label(project, project.state_on(on))


def key_in_address(project: Project) -> str | None:
    """The programme in the project's public address; the first has the address that projects had when it was the only one."""
    return None if project.programme_id == house().id else project.programme.key


def public_project(number: int, on: date, key: str | None = None) -> Project | None:
    """The project of this number in the programme with this key (None: the first), if it had been announced by `on`."""
    if number > LARGEST_ID:
        return None
    query = select(Project).join(Project.call).where(ANNOUNCED.of(Call), started_by(on))
    of_programme = Programme.key == (key or house().key)
    query = query.join(Project.programme).where(Project.number == number, of_programme)
    options = (contains_eager(Project.call), contains_eager(Project.programme), BODIES)
    return db.session.scalars(query.options(*options)).unique().one_or_none()


def open_data(listing: Listing, found: Figures) -> dict[str, Any]:
    """The register for machines: the figures of `found`, and every project that the filters of `listing` leave."""
    return {
        "as_of": found.on.isoformat(),
        "totals": {
            "announced": found.announced,
            "listed": found.listed,
            "supported": found.supported,
            "ended": found.ended,
            "cancelled": found.cancelled,
            "unknown": found.unknown,
        },
        "rounds": [_round(it) for it in found.rounds],
        "projects": [_project(it, found.on) for it in listing.every_row()],
    }


def _round(round_: Round) -> dict[str, Any]:
    call = round_.call
    return {
        "programme": call.programme.key,
        "call": call.code,
        "selection_fy": call.selection_fy,
        "announced_on": call.announced_on.isoformat() if call.announced_on else None,
        "announced": round_.announced,
        "listed": round_.listed,
        "supported": round_.supported,
        "ended": round_.ended,
        "cancelled": round_.cancelled,
        "unknown": round_.unknown,
        "sample": call.is_sample,
    }


def _project(project: Project, on: date) -> dict[str, Any]:
    return {
        "programme": project.programme.key,
        "number": project.number,
        "applicants": [{"code": body.code, "name": body.full_name} for body in project.bodies],
        "title": project.title,
        "technologies": project.technologies,
        "technologies_etc": project.technologies_etc,
        "road_linked": project.road_linked,
        "selection_fy": project.call.selection_fy,
        "support_until": project.ends_on.isoformat(),
        "state": project.state_on(on),
        "sample": project.call.is_sample,
    }
