"""The public register as a list of what was announced by a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select
from werkzeug.datastructures import MultiDict

from app import calendar
from app.lifecycle import PROJECT
from app.lifecycle.call import ANNOUNCED
from app.organisations.codes import PREFECTURES
from app.organisations.models import Organisation
from app.programmes.apart import in_list
from app.programmes.models import Call
from app.projects.lists import (
    BESIDE_IT,
    OF_LEAD,
    TITLE_ORDER,
    linked_choice,
    named_bodies,
    number_column,
    prefecture_choice,
    selected_in,
    shown_bodies,
    technology_choice,
    title_on_record,
    word_search,
    year_choice,
)
from app.projects.models import Project, ProjectApplicant
from app.reporting.register import day_of, public_addresses, shown_standing, standing_tag
from app.reporting.statistics import standing_on, started_by
from app.web import shown
from app.web.i18n import shown_date, state_label
from app.web.lists import Choice, Column, Listing, Note, Search


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


def public_list(args: MultiDict, on: date) -> Listing:
    """All announced projects as of `on`, in the order of their lead applicants' codes, as S4 lists them."""
    announced = select(Project).join(Project.call).where(ANNOUNCED.of(Call), started_by(on))
    # Kept as of today alone: whoever asks for one day after the other fills no memory.
    whose = ("announced", on) if on == calendar.today() else None
    standing, programmes = standing_on(on), in_list(Project.programme_id, kind="hidden")
    states = {name: state_label(None, name, "project") for name in PROJECT.states}
    comma = _(", ")
    listing = Listing(
        announced,
        args,
        caption=_l("Supported projects"),
        columns=[
            number_column(),
            Column("code", _l("Body code"), lambda it: it.lead.code, sort=Project.lead_code, only_file=True),
            Column(
                "bodies",
                _l("Applicants"),
                named_bodies,
                sort=Project.lead_code,
                shown=lambda it: shown_bodies(it, comma),
            ),
            Column(
                "title",
                _l("Project title"),
                title_on_record,
                sort=TITLE_ORDER,
                join=OF_LEAD,
                shown=lambda it: shown.project_title(it, address(it)) + shown.sample(it.call),
            ),
            Column(
                "technologies",
                _l("Main technologies"),
                lambda it: it.technologies_raw,
                shown=lambda it: shown.japanese(it.technologies_raw or "–"),
            ),
            *programmes.columns,
            Column("selection_fy", _l("Selected in"), selected_in, sort=Call.selection_fy),
            Column(
                "ends_on",
                _l("Support until"),
                lambda it: shown_date(it.ends_on, weekday=False),
                sort=Project.last_fy,
                typed=lambda it: it.ends_on,
                shown=lambda it: shown.moment(it.ends_on, weekday=False),
                short=False,
            ),
            Column(
                "state",
                _l("State"),
                lambda it: shown_standing(it, on),
                sort=standing,
                shown=lambda it: standing_tag(it, on),
            ),
        ],
        filters=[
            word_search(),
            year_choice(announced, whose),
            Choice("state", _l("State"), states, where=lambda it: standing == it),
            prefecture_choice(announced, whose),
            technology_choice(),
            linked_choice(),
            lead_choice(),
            *programmes.filters,
            AsOf("on", _l("As of the day"), []),
        ],
        default_sort="bodies",
        tie=Project.number,
        anchor="list",
        many=[Project.applicants],
        beside=[Project.programme, *BESIDE_IT],
    )
    address = public_addresses(listing.chosen.get("on"))
    return listing


def lead_choice() -> Choice:
    """The prefecture of the lead body, by its number: what a tile of the map leads to."""
    leads = select(ProjectApplicant.project_id).join(ProjectApplicant.organisation)

    def led_from(number: str) -> Any:
        within = Organisation.prefecture == PREFECTURES[number]
        return Project.id.in_(leads.where(ProjectApplicant.position == 0, within))

    return Choice("lead", _l("Lead applicant in"), PREFECTURES, where=led_from, kind="hidden")
