"""The public register as a list of what was announced by a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, literal, select, union_all
from sqlalchemy.orm import aliased
from werkzeug.datastructures import MultiDict

from app import calendar
from app.actors import Actor
from app.db import db
from app.lifecycle import PROJECT
from app.lifecycle.call import ANNOUNCED
from app.memory import CASES, remembered
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
    project_list,
    selected_in,
    shown_bodies,
    technology_choice,
    title_on_record,
    word_search,
    year_choice,
)
from app.projects.models import Project, ProjectApplicant
from app.reporting.portfolio import is_late, late_words, latenesses
from app.reporting.register import day_of, public_addresses, shown_standing, standing_tag
from app.reporting.statistics import standing_on, started_by
from app.rooms.models import Room, RoomMinistry
from app.web import shown
from app.web.filters import Late
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


LEFT_TO_FILES = ("technologies", "selection_fy")  # of the portfolio, whose page has no room for them


def portfolio_list(actor: Actor, args: MultiDict, at: datetime) -> Listing:
    """The list of projects with what only contexts above theirs know: the ministries beside them, and what is late."""
    base, ministries = project_list(actor, args), aliased(RoomMinistry)

    @cache
    def beside() -> dict[int, list[str]]:
        return _ministries_of(None if listing.is_file else [row.id for row in listing.rows])

    @cache
    def late() -> dict[int, list[str]]:
        return _late_of([row.id for row in listing.rows] if not listing.is_file else None, at)

    listing = replace(
        base,
        anchor="list",
        caption=_l("Projects"),
        columns=[
            *(replace(it, only_file=it.key in LEFT_TO_FILES) for it in base.columns),
            Column("ministries", _l("Ministries"), lambda it: "、".join(beside().get(it.id, ()))),
            Column(
                "late",
                _l("What is late"),
                lambda it: _(", ").join(late().get(it.id, ())),
                shown=lambda it: shown.joined(
                    [shown.tag(word, "error") for word in late().get(it.id, ())], shown.NEW_LINE
                ),
            ),
        ],
        filters=[
            *base.filters,
            Choice(
                "ministry",
                _l("Ministry"),
                Late(_ministries_there_are),
                where=lambda name: Project.id.in_(
                    select(Room.project_id)
                    .join(ministries, ministries.room_id == Room.id)
                    .where(ministries.name == name)
                ),
            ),
            Choice("late", _l("What is late"), late_words(), where=lambda name: is_late(name, at)),
            lead_choice(),
        ],
    )
    return listing


def _ministries_there_are() -> dict[str, str]:
    def ask() -> dict[str, str]:
        names = select(RoomMinistry.name).distinct().order_by(RoomMinistry.name)
        return {name: name for name in db.session.scalars(names)}

    return remembered("ministries of rooms", ask, CASES)


def _ministries_of(projects: Sequence[int] | None) -> dict[int, list[str]]:
    """Project's id → the ministries in its room; of all projects where None are named."""
    query = select(Room.project_id, RoomMinistry.name).join(RoomMinistry.room).order_by(RoomMinistry.position)
    return _gathered(query if projects is None else query.where(Room.project_id.in_(projects)))


def _late_of(projects: Sequence[int] | None, at: datetime) -> dict[int, list[str]]:
    """Project's id → what is late of it, in words; all kinds in one statement."""
    parts = []
    for place, it in enumerate(latenesses().values()):
        query = it.projects(at).order_by(None)
        if projects is not None:
            query = query.where(Project.id.in_(projects))
        parts.append(
            query.with_only_columns(Project.id, literal(place).label("place"), maintain_column_froms=True)
        )
    words = [_(it.label) for it in latenesses().values()]
    found = sorted((row.id, row.place) for row in db.session.execute(union_all(*parts)))
    late: dict[int, list[str]] = {}
    for project, place in found:
        late.setdefault(project, []).append(words[place])
    return late


def _gathered(query: Select) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for project, name in db.session.execute(query):
        found.setdefault(project, []).append(name)
    return found


def lead_choice() -> Choice:
    """The prefecture of the lead body, by its number: what a tile of the map leads to."""
    leads = select(ProjectApplicant.project_id).join(ProjectApplicant.organisation)

    def led_from(number: str) -> Any:
        within = Organisation.prefecture == PREFECTURES[number]
        return Project.id.in_(leads.where(ProjectApplicant.position == 0, within))

    return Choice("lead", _l("Lead applicant in"), PREFECTURES, where=led_from, kind="hidden")
