"""Pages of projects: list, case, cancellation, and for the office what ends this fiscal year."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload
from werkzeug.datastructures import MultiDict

from app import calendar
from app.applications.models import Application
from app.correspondence import superseding
from app.correspondence.models import CANCELLATION
from app.db import db
from app.lifecycle import LETTER, closed_guard, is_open
from app.lifecycle.project import CANCELLED, ENDED, UNDER_SUPPORT
from app.organisations.contacts import bodies_with_a_contact
from app.organisations.operations import Refused
from app.projects import cancelling, end_of_support, extension, reinstating
from app.projects.about import came_of
from app.projects.endings import letters_about, states_of_year
from app.projects.extension import OutOfBounds
from app.projects.forms import CancellationForm, ExtensionForm, ReinstatementForm
from app.projects.labels import ASKED_BY, CANCEL_GROUNDS, EXTENSIONS
from app.projects.lists import BESIDE_IT, BODIES, ending_list, project_list
from app.projects.models import Project
from app.web.access import actor, needs, only_reads
from app.web.forms import form_page
from app.web.i18n import sentence_of, shown_date, shown_fiscal_year, state_label
from app.web.lists import Listing
from app.web.records import fetch, same_version
from app.web.strip import Step
from app.web.timeline import timeline
from app.web.walk import leads_to, walk_of

projects = Blueprint("projects", __name__)
FIRST_FY, LAST_FY = 2018, 2100  # what the page of endings can be asked for


@projects.app_template_global()
def told_extension(outcome: str) -> str:
    """Not asked for, asked for and certified, asked for and refused: in the reader's language."""
    return str(EXTENSIONS.get(outcome, outcome))


@projects.app_template_global()
def told_cancellation(ground: str, asked_by: str) -> list[str]:
    """On which ground, and who asked for it, in the reader's language; nothing where an old record does not say."""
    return [str(found) for found in (CANCEL_GROUNDS.get(ground), ASKED_BY.get(asked_by)) if found]


@projects.get("/projects")
@needs("project.list")
def index() -> ResponseReturnValue:
    listing = _listed(request.args)
    return listing.response("projects/index.html", filename="projects")


@leads_to("project", "projects.index")
def _listed(args: MultiDict) -> Listing:
    return project_list(actor(), args)


@projects.app_template_global()
def project_from(application: Application) -> Project | None:
    """For the page of an application."""
    return came_of(application, actor())


@projects.get("/projects/<int:project_id>")
@needs("project.view")
def show(project_id: int) -> str:
    project = fetch(
        Project, project_id, joinedload(Project.application), joinedload(Project.applicants), beside=BESIDE_IT
    )
    today = calendar.today()
    return render_template(
        "projects/show.html",
        project=project,
        today=today,
        steps=support_steps(project, today),
        days=calendar.days_until(project.ends_on, today),
        ends_this_year=project.last_fy == calendar.fiscal_year(today),
        last_year_begun=project.last_fy <= calendar.fiscal_year(today),
        notice_day=calendar.support_end_notice_day(project.last_fy),
        record_by=extension.record_by(project.last_fy),
        without_contact=_without_contact(project, today),
        letters=letters_about(project, actor()),
        entries=timeline(project),
        walk=walk_of(project),
    )


@projects.route("/projects/<int:project_id>/cancellation", methods=["GET", "POST"])
@needs("project.cancel")
def cancel(project_id: int) -> ResponseReturnValue:
    project = fetch(Project, project_id, joinedload(Project.call), BODIES)
    if project not in UNDER_SUPPORT:
        flash(_("Support of this project is over already."), "info")
        return redirect(url_for("projects.show", project_id=project.id))
    form = CancellationForm(on=calendar.today())
    if form.validate_on_submit():
        try:
            drafted = cancelling.cancel(
                project,
                ground=form.ground.data,
                asked_by=form.asked_by.data,
                reason=form.reason.data or "",
                on=form.on.data,
                actor=actor(),
                at=calendar.now(),
            )
        except OutOfBounds as problem:
            db.session.rollback()
            form[problem.entry].errors = [sentence_of(problem)]
        else:
            db.session.commit()
            flash(
                _(
                    "The project is cancelled. Letters that tell it, to be approved: %(n)s. Others that were not issued yet will not go out.",
                    n=drafted,
                ),
                "success",
            )
            return redirect(url_for("projects.show", project_id=project.id))
    return form_page("projects/cancel.html", form=form, project=project)


@projects.route("/projects/<int:project_id>/reinstatement", methods=["GET", "POST"])
@needs("project.reinstate")
def reinstate(project_id: int) -> ResponseReturnValue:
    """Undo an end or a cancellation that was a mistake, with the letters that told of it."""
    project = fetch(Project, project_id, joinedload(Project.call), joinedload(Project.application), BODIES)
    if project in UNDER_SUPPORT:
        flash(_("This project is under support."), "info")
        return redirect(url_for("projects.show", project_id=project.id))
    form = ReinstatementForm()
    if form.validate_on_submit():
        try:
            drafted = reinstating.reinstate(
                project,
                reason=form.reason.data or "",
                years=form.years.data or 0,
                on=form.on.data,
                actor=actor(),
                at=calendar.now(),
            )
        except Refused as problem:
            db.session.rollback()
            form[getattr(problem, "entry", "reason")].errors = [sentence_of(problem)]
        else:
            db.session.commit()
            flash(
                _("The project is under support again, until %(day)s.", day=shown_date(project.ends_on)),
                "success",
            )
            if drafted:
                flash(_("Letters of withdrawal to be approved: %(n)s.", n=drafted), "warning")
            return redirect(url_for("projects.show", project_id=project.id))
    return form_page(
        "projects/reinstate.html",
        form=form,
        project=project,
        issued=superseding.standing_about(project, end_of_support.KIND, CANCELLATION),
        over=project.last_fy < calendar.fiscal_year(calendar.today()),
        why_not=_(reinstating.OVER_FOR_GOOD, day=shown_date(project.ends_on))
        if closed_guard(project, "reinstate", at=calendar.now())
        else "",
    )


@projects.route("/projects/<int:project_id>/extension", methods=["GET", "POST"])
@needs("project.record_extension")
def record_extension(project_id: int) -> ResponseReturnValue:
    """Record what became of the extension, or correct it as long as no letter was issued on it."""
    project = fetch(Project, project_id, joinedload(Project.call), BODIES)
    form = ExtensionForm(
        outcome=project.extension,
        years=project.extended_years or None,
        on=project.extension_on,
        remark=project.extension_remark,
    )
    if only_reads():
        if not is_open(project, "record_extension", actor=actor(), at=calendar.now()):
            flash(_why_nothing_to_record(project), "info")
            return redirect(url_for("projects.show", project_id=project.id))
        form.version.data = project.version_id
    elif form.validate_on_submit():
        try:
            same_version(project, form.version.data)
            extension.record_extension(
                project,
                outcome=form.outcome.data,
                years=form.certified_years,
                on=form.on.data,
                remark=form.remark.data or "",
                actor=actor(),
                at=calendar.now(),
            )
        except Refused as problem:
            db.session.rollback()
            form[getattr(problem, "entry", "outcome")].errors = [sentence_of(problem)]
        else:
            db.session.commit()
            flash(
                _("The extension is recorded. Support ends on %(day)s.", day=shown_date(project.ends_on)),
                "success",
            )
            return redirect(url_for("projects.show", project_id=project.id))
    return form_page("projects/extension.html", form=form, project=project)


@projects.get("/projects/ending")
@needs("letter.list")
def ending() -> ResponseReturnValue:
    """What ends in a fiscal year, and how far its letters are."""
    fiscal_year = _asked_year()
    counted = states_of_year(fiscal_year)
    return ending_list(fiscal_year, actor(), request.args).response(
        "projects/ending.html",
        filename=f"ending_{fiscal_year}",
        fiscal_year=fiscal_year,
        years=(fiscal_year - 1, fiscal_year + 1),
        drafting_day=calendar.drafting_day(fiscal_year),
        notice_day=calendar.support_end_notice_day(fiscal_year),
        last_day=calendar.fiscal_year_end(fiscal_year),
        today=calendar.today(),
        letters=bool(counted),
        unrecorded=extension.unrecorded(calendar.today()).get(fiscal_year, 0),
        record_by=extension.record_by(fiscal_year),
        counts={state: counted.get(state, 0) for state in LETTER.states},
    )


def support_steps(project: Project, on: date, state: str | None = None) -> list[Step]:
    """The strip of a case: one step for each fiscal year of support, then its end.

    `state` is where it stood on that day, for a page as of a day; without it the project's own counts.
    """
    state = state or project.state
    over = state not in UNDER_SUPPORT
    current = project.support_year(on)
    cancelled_on = project.cancelled_on if state in CANCELLED else None
    last = project.support_year(cancelled_on) if cancelled_on else project.support_years

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
    ended_on = cancelled_on or project.ends_on
    waiting = "current" if current > project.support_years else "next"
    last_label = (
        _("End of the base period")
        if project.awaits_extension and not over
        else state_label(project, state if over else ENDED.only)
    )
    return [*years, Step(last_label, "done" if over else waiting, ended_on)]


def _why_nothing_to_record(project: Project) -> str:
    closed = (
        closed_guard(project, "record_extension", at=calendar.now()) if project in UNDER_SUPPORT else None
    )
    return _(closed.sentence) if closed else _("Support of this project is over already.")


def _without_contact(project: Project, on: date) -> set[int]:
    """Ids of its bodies that nobody acts for, while it is under support."""
    return (
        {body.id for body in project.bodies} - bodies_with_a_contact(on)
        if project in UNDER_SUPPORT
        else set()
    )


def _asked_year() -> int:
    text = request.args.get("fiscal_year", "")
    year = int(text) if text.isascii() and text.isdecimal() and len(text) == 4 else 0
    return year if FIRST_FY <= year <= LAST_FY else calendar.fiscal_year(calendar.today())
