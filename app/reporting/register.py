"""The public register: how a project that was announced by a day stood on it, and all of them as open data."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Response
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from app import calendar
from app.db import db
from app.explained import N_
from app.lifecycle.call import ANNOUNCED
from app.lifecycle.project import UNDER_SUPPORT
from app.programmes.models import Call
from app.programmes.voice import all_programmes, house
from app.projects.lists import BODIES
from app.projects.models import Project
from app.reporting.statistics import Figures, Round, started_by
from app.web import files, shown
from app.web.i18n import in_the_readers_words, state_label, state_tone
from app.web.lists import Listing
from app.web.records import LARGEST_ID

ENDS = N_("Ends this fiscal year")
FIRST_DAY = date(2018, 4, 1)  # the programme's first fiscal year


def day_of(text: str) -> date | None:
    """The day meant by `text`, if it is one the programme has or will have."""
    try:
        day = calendar.parse_date(text)
    except ValueError:
        return None
    return day if day >= FIRST_DAY else None


def ends_within_the_year(project: Project, on: date) -> bool:
    """Under support on the day, in the last fiscal year of it; not where more may still be added on application."""
    final = project.last_fy == calendar.fiscal_year(on) and project.maximum_end == project.ends_on
    return final and project.state_on(on) in UNDER_SUPPORT


def shown_standing(project: Project, on: date) -> str:
    if ends_within_the_year(project, on):
        return in_the_readers_words(ENDS)
    return state_label(project, project.state_on(on))


def standing_tag(project: Project, on: date) -> Markup:
    """The same with its colour."""
    if ends_within_the_year(project, on):
        return shown.tag(in_the_readers_words(ENDS))
    state = project.state_on(on)
    return shown.tag(state_label(project, state), state_tone(project, state))


def key_in_address(project: Project) -> str | None:
    """The programme in the project's public address; the first has the address that projects had when it was the only one."""
    return None if project.programme_id == house().id else project.programme.key


def public_addresses(on: str | None) -> Callable[[Project], Markup]:
    """What gives the public address of a project, as of the day `on` where one was asked for."""
    of_programme: dict[int, Callable[[int], Markup]] = {}

    def address(project: Project) -> Markup:
        programme = project.programme_id
        if programme not in of_programme:
            key = key_in_address(project)
            of_programme[programme] = shown.addresses("reporting.project", "number", programme=key, on=on)
        return of_programme[programme](project.number)

    return address


def public_project(number: int, on: date, key: str | None = None) -> Project | None:
    """The project of this number in the programme with this key (None: the first), if it had been announced by `on`."""
    if number > LARGEST_ID:
        return None
    wanted = key or house().key
    programme = next((it for it in all_programmes() if it.key == wanted), None)
    if programme is None:
        return None
    query = select(Project).join(Project.call).where(ANNOUNCED.of(Call), started_by(on))
    query = query.join(Project.programme).where(
        Project.number == number, Project.programme_id == programme.id
    )
    options = (contains_eager(Project.call), contains_eager(Project.programme), BODIES)
    return db.session.scalars(query.options(*options)).unique().one_or_none()


def open_data(listing: Listing, found: Figures) -> Response:
    """The register for machines: the figures of `found`, and every project that the filters of `listing` leave."""
    around = {
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
    }
    return files.json_answer(listing, around, "projects", lambda it: _project(it, found.on))


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
