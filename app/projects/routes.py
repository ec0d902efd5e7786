"""Pages of projects: list, case, cancellation, and for the office what ends this fiscal year."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from app import calendar
from app.correspondence.models import Letter
from app.db import db
from app.organisations.contacts import mailboxes_of
from app.projects import end_of_support, operations
from app.projects.forms import CancellationForm
from app.projects.lists import BODIES, LEAD_CODE, named_bodies, project_list
from app.projects.models import Project
from app.web.access import actor, needs
from app.web.i18n import shown_date, shown_fiscal_year, state_label
from app.web.lists import Column, Listing
from app.web.records import fetch
from app.web.strip import Step
from app.web.timeline import timeline

projects = Blueprint("projects", __name__)
FIRST_FY, LAST_FY = 2018, 2100  # what the page of endings can be asked for


@projects.get("/projects")
@needs("project.list")
def index():
    listing = project_list(actor(), request.args)
    return listing.response("projects/index.html", filename="projects", without_contact=_without_contact)


@projects.get("/projects/<int:project_id>")
@needs("project.view")
def show(project_id: int):
    project = fetch(Project, project_id, joinedload(Project.call), joinedload(Project.application), BODIES)
    today = calendar.today()
    return render_template(
        "projects/show.html",
        project=project,
        today=today,
        steps=support_steps(project, today),
        days=calendar.days_until(project.ends_on, today),
        ends_this_year=project.last_fy == calendar.fiscal_year(today),
        notice_day=calendar.support_end_notice_day(project.last_fy),
        without_contact=_without_contact([project]),
        letters=_letters_about(project),
        entries=timeline(project),
    )


@projects.route("/projects/<int:project_id>/cancellation", methods=["GET", "POST"])
@needs("project.cancel")
def cancel(project_id: int):
    project = fetch(Project, project_id, joinedload(Project.call), BODIES, permission="project.cancel")
    if project.state != "supported":
        flash(_("Support of this project is over already."), "info")
        return redirect(url_for("projects.show", project_id=project.id))
    form = CancellationForm()
    if form.validate_on_submit():
        operations.cancel(project, reason=form.reason.data or "", actor=actor(), at=calendar.now())
        db.session.commit()
        flash(
            _("The project is cancelled. Letters about it that were not issued yet will not go out."),
            "success",
        )
        return redirect(url_for("projects.show", project_id=project.id))
    page = render_template("projects/cancel.html", form=form, project=project)
    return page, 422 if form.errors else 200


@projects.get("/projects/ending")
@needs("letter.list")
def ending():
    """What ends in a fiscal year, and how far its letters are."""
    fiscal_year = _asked_year()
    letters = _letters_of_year(fiscal_year)
    states = [letter.state for letter in letters.values()]
    return _ending_list(fiscal_year, letters).response(
        "projects/ending.html",
        filename=f"ending_{fiscal_year}",
        fiscal_year=fiscal_year,
        years=(fiscal_year - 1, fiscal_year + 1),
        drafting_day=date(fiscal_year + 1, end_of_support.DRAFTING_MONTH, 1),
        notice_day=calendar.support_end_notice_day(fiscal_year),
        last_day=calendar.fiscal_year_end(fiscal_year),
        today=calendar.today(),
        letters=letters,
        counts={state: states.count(state) for state in ("drafted", "approved", "issued", "discarded")},
    )


def support_steps(project: Project, on: date) -> list[Step]:
    """The strip of a case: one step for each fiscal year of support, then its end."""
    over = project.state != "supported"
    current = project.support_year(on)
    last = project.support_year(project.cancelled_on) if project.cancelled_on else project.support_years

    def status(year: int) -> str:
        if over or year < current:
            return "done"
        return "current" if year == current else "next"

    years = [
        Step(
            _(
                "Year %(year)s (%(fiscal_year)s)",
                year=year,
                fiscal_year=shown_fiscal_year(project.call.selection_fy + year - 1),
            ),
            status(year),
            None,
        )
        for year in range(1, last + 1)
    ]
    ended_on = project.cancelled_on or project.ends_on
    waiting = "current" if current > project.support_years else "next"
    final = Step(
        state_label(project, project.state if over else "ended"), "done" if over else waiting, ended_on
    )
    return [*years, final]


def _without_contact(shown: list[Project]) -> set[int]:
    """Ids of bodies of supported projects that nobody acts for; asked once for all rows of a page."""
    bodies = {body.id for project in shown if project.state == "supported" for body in project.bodies}
    return bodies - mailboxes_of(bodies).keys() if bodies else set()


def _letters_about(project: Project) -> list[Letter]:
    """About the project and the application it came from; for a municipality what was issued to it."""
    about = (Letter.about_kind == project.kind) & (Letter.about_id == project.id)
    if project.application_id:
        about |= (Letter.about_kind == "application") & (Letter.about_id == project.application_id)
    return list(db.session.scalars(Letter.visible_to(actor()).where(about).order_by(Letter.id.desc())))


def _asked_year() -> int:
    text = request.args.get("fiscal_year", "")
    year = int(text) if text.isascii() and text.isdecimal() and len(text) == 4 else 0
    return year if FIRST_FY <= year <= LAST_FY else calendar.fiscal_year(calendar.today())


def _letters_of_year(fiscal_year: int) -> dict[tuple[int, int], Letter]:
    """(project, body) → its support-end letter."""
    query = select(Letter).where(Letter.letter_kind == end_of_support.KIND, Letter.fiscal_year == fiscal_year)
    return {(letter.about_id, letter.organisation_id): letter for letter in db.session.scalars(query)}


def _ending_list(fiscal_year: int, letters: dict[tuple[int, int], Letter]) -> Listing:
    def shown_letters(project: Project) -> str:
        found = [(body, letters.get((project.id, body.id))) for body in project.bodies]
        return "、".join(
            f"{body.addressee}: {letter.number or state_label(letter) if letter else _('Not drafted')}"
            for body, letter in found
        )

    return Listing(
        Project.ending_in(fiscal_year),
        request.args,
        caption=_l("Projects whose support ends"),
        columns=[
            Column("number", _l("No."), lambda it: it.number, sort=Project.number, numeric=True),
            Column("bodies", _l("Applicants"), named_bodies, sort=LEAD_CODE),
            Column("selection_fy", _l("Selected in"), lambda it: shown_fiscal_year(it.call.selection_fy)),
            Column("ends_on", _l("Ends on"), lambda it: shown_date(it.ends_on)),
            Column("state", _l("State"), lambda it: state_label(it), sort=Project.state),
            Column("letters", _l("Letters"), shown_letters),
        ],
        default_sort="number",
        per_page=100,
        options=[contains_eager(Project.call), BODIES],
    )
