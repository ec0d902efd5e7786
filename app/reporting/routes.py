"""The public register, for readers and for machines. No sign-in."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from app import calendar
from app.lifecycle.project import CANCELLED, UNDER_SUPPORT
from app.programmes.apart import chosen_programme
from app.projects.routes import support_steps
from app.reporting.charts import tiles_of
from app.reporting.lists import portfolio_list, public_list
from app.reporting.pictures import pictures
from app.reporting.portfolio import ANY, late_words, standing
from app.reporting.register import day_of, ends_within_the_year, open_data, public_project
from app.reporting.statistics import figures
from app.web.access import actor, needs
from app.web.everybodys import same_for_everybody
from app.web.lists import Listing
from app.web.walk import leads_to

reporting = Blueprint("reporting", __name__)


@reporting.get("/register")
@needs("public")
@same_for_everybody
def register() -> ResponseReturnValue:
    """Rounds, figures and projects as of today, or of the day asked for."""
    on, unread = _asked_day()
    listing = public_list(request.args, on)
    found = figures(on, chosen_programme(listing.chosen))
    return listing.response(
        "reporting/register.html",
        filename="register",
        on=on,
        unread=unread,
        figures=found,
        **pictures(listing, found),
    )


@reporting.get("/portfolio")
@needs("project.oversee")
def portfolio() -> ResponseReturnValue:
    """All projects on one page: what is late of whom, where they are, until when; and their list."""
    now = calendar.now()
    listing, found = _portfolio(request.args), standing(now)
    tiles = tiles_of(found.by_prefecture)
    this_year = calendar.fiscal_year(now)
    return listing.response(
        "reporting/portfolio.html",
        filename="portfolio",
        found=found,
        words=late_words(),
        any_late=ANY,
        tiles=tiles,
        tile_urls={
            it.number: listing.address(lead=it.number, state=UNDER_SUPPORT.only) for it in tiles if it.count
        },
        prefectures=[(it.name, it.count) for it in tiles if it.count],
        years=[
            (fy, this_year - fy + 1, count, listing.address(selection_fy=fy, state=UNDER_SUPPORT.only))
            for fy, count in found.by_round.items()
        ],
        supported=UNDER_SUPPORT.only,
    )


@leads_to("project", "reporting.portfolio")
def _portfolio(args: MultiDict) -> Listing:
    return portfolio_list(actor(), args, calendar.now())


@reporting.get("/register/<int:number>")
@reporting.get("/register/<programme>/<int:number>")
@needs("public")
@same_for_everybody
def project(number: int, programme: str | None = None) -> str:
    """What everybody may know of an announced project, as of today or of the day asked for."""
    on, _unread = _asked_day()
    found = public_project(number, on, programme)
    if found is None:
        abort(404)
    state = found.state_on(on)
    return render_template(
        "reporting/project.html",
        project=found,
        on=on,
        asked=on != calendar.today(),
        state=state,
        supported=state in UNDER_SUPPORT,
        cancelled=state in CANCELLED,
        ends_this_year=ends_within_the_year(found, on),
        steps=support_steps(found, on, state),
        days=calendar.days_until(found.ends_on, on),
    )


@reporting.get("/register.json")
@needs("public")
@same_for_everybody
def register_json() -> ResponseReturnValue:
    """The same as open data, with the same filters."""
    on, _unread = _asked_day()
    listing = public_list(request.args, on)
    return open_data(listing, figures(on, chosen_programme(listing.chosen)))


def _asked_day() -> tuple[date, str]:
    """The day asked for, else today; and what was typed but is no day."""
    text = request.args.get("on", "").strip()
    asked = day_of(text) if text else None
    return asked or calendar.today(), "" if asked else text
