"""The part of a project's pages that shows its indicators, and what is entered there."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload, selectinload

from app import calendar
from app.db import db
from app.kpis import operations
from app.kpis.blueprint import kpis
from app.kpis.charts import card_of
from app.kpis.finding import of_one
from app.kpis.forms import KpiForm, RetirementForm, actuals_form
from app.kpis.models import Kpi
from app.organisations.operations import Refused
from app.projects.lists import BODIES
from app.projects.models import Project, ProjectApplicant
from app.web.access import actor, can, needs, only_reads
from app.web.forms import form_page
from app.web.i18n import sentence_of, shown_fiscal_year
from app.web.labels import names_entries
from app.web.records import fetch, same_version
from app.web.timeline import timeline

OF_PROJECT = (
    joinedload(Kpi.project).joinedload(Project.call),
    joinedload(Kpi.project).selectinload(Project.applicants).joinedload(ProjectApplicant.organisation),
)


@kpis.get("/projects/<int:project_id>/kpis")
@needs("kpi.view")
def of_project(project_id: int) -> str:
    """Each indicator with its chart, what was written and what was read of it."""
    project = _project(project_id)
    found = of_one(project, actor())
    followed = [kpi for kpi in found if kpi.retired_on is None]
    return render_template(
        "kpis/of_project.html",
        project=project,
        cards=[card_of(kpi) for kpi in followed],
        retired=[kpi for kpi in found if kpi.retired_on is not None],
        years=_years(project),
        may_edit=_may_edit(project),
        closed=operations.why_closed(project, actor()) if can("kpi.edit") else "",
        entries=timeline(*found) if found else [],
    )


@kpis.route("/projects/<int:project_id>/kpis/new", methods=["GET", "POST"])
@needs("kpi.edit")
def add(project_id: int) -> ResponseReturnValue:
    project = _project(project_id)
    if only_reads() and not _may_edit(project):
        return _closed(project)
    form = KpiForm()
    if form.validate_on_submit():
        try:
            operations.add(project, form.entered, actor=actor(), at=calendar.now())
        except Refused as problem:
            db.session.rollback()
            form.name.errors = [sentence_of(problem)]
        else:
            db.session.commit()
            flash(_("The indicator is entered."), "success")
            return redirect(url_for("kpis.of_project", project_id=project_id))
    return form_page("kpis/edit.html", form=form, project=_project(project_id), kpi=None)


@kpis.route("/kpis/<int:kpi_id>/edit", methods=["GET", "POST"])
@needs("kpi.edit")
def edit(kpi_id: int) -> ResponseReturnValue:
    kpi = fetch(Kpi, kpi_id, *OF_PROJECT, selectinload(Kpi.actuals))
    if only_reads() and not _may_edit(kpi.project):
        return _closed(kpi.project)
    form = KpiForm.of(kpi)
    if form.validate_on_submit():
        same_version(kpi, form.version.data)
        try:
            changed = operations.change(kpi, form.entered, actor=actor(), at=calendar.now())
        except Refused as problem:
            db.session.rollback()
            form.name.errors = [sentence_of(problem)]
        else:
            db.session.commit()
            flash(
                _("The indicator is changed.") if changed else _("Nothing was changed."),
                "success" if changed else "info",
            )
            return redirect(url_for("kpis.of_project", project_id=kpi.project_id))
    return form_page("kpis/edit.html", form=form, project=kpi.project, kpi=kpi)


@kpis.route("/kpis/<int:kpi_id>/retirement", methods=["GET", "POST"])
@needs("kpi.edit")
def retire(kpi_id: int) -> ResponseReturnValue:
    """It is not followed any more; what was measured of it stays."""
    kpi = fetch(Kpi, kpi_id, *OF_PROJECT)
    if only_reads() and not _may_edit(kpi.project):
        return _closed(kpi.project)
    form = RetirementForm()
    if form.validate_on_submit():
        try:
            operations.retire(kpi, reason=form.reason.data or "", actor=actor(), at=calendar.now())
        except Refused as problem:
            db.session.rollback()
            form.reason.errors = [sentence_of(problem)]
        else:
            db.session.commit()
            flash(
                _("The indicator is not followed any more. What was measured of it stays below."), "success"
            )
            return redirect(url_for("kpis.of_project", project_id=kpi.project_id))
    return form_page("kpis/retire.html", form=form, kpi=kpi)


@kpis.post("/kpis/<int:kpi_id>/taking-up")
@needs("kpi.edit")
def take_up(kpi_id: int) -> ResponseReturnValue:
    kpi = fetch(Kpi, kpi_id, *OF_PROJECT)
    try:
        operations.take_up(kpi, actor=actor(), at=calendar.now())
    except Refused as problem:
        db.session.rollback()
        flash(sentence_of(problem), "warning")
    else:
        db.session.commit()
        flash(_("The indicator is followed again."), "success")
    return redirect(url_for("kpis.of_project", project_id=kpi.project_id))


@kpis.route("/projects/<int:project_id>/kpis/actuals/<int:fiscal_year>", methods=["GET", "POST"])
@needs("kpi.edit")
def actuals(project_id: int, fiscal_year: int) -> ResponseReturnValue:
    """All that was measured in one year, of all indicators of the project."""
    project = _project(project_id)
    refused = _why_no_year(project, fiscal_year)
    if only_reads() and (refused or not _may_edit(project)):
        return _closed(project, refused)
    if not only_reads():
        operations.hold([project])
    followed = [kpi for kpi in of_one(project, actor()) if kpi.retired_on is None]
    form = actuals_form(followed, fiscal_year)
    if not refused and form.validate_on_submit():
        try:
            count = sum(
                operations.enter_actual(
                    kpi, fiscal_year, measure, note=note, version=version, actor=actor(), at=calendar.now()
                )
                for kpi, measure, note, version in form.entries()
            )
            db.session.commit()
        except Refused as problem:
            db.session.rollback()
            refused = sentence_of(problem)
        else:
            flash(_("Stored. Indicators that changed: %(count)s.", count=count), "success")
            return redirect(url_for("kpis.of_project", project_id=project_id))
    return form_page(
        "kpis/actuals.html",
        form=form,
        wrong=bool(refused),
        refused=refused,
        project=_project(project_id),
        followed=followed,
        fiscal_year=fiscal_year,
        year=shown_fiscal_year(fiscal_year) if 1 < fiscal_year < 9999 else str(fiscal_year),
        before={kpi.id: kpi.actual_of(fiscal_year - 1) for kpi in followed},
    )


@names_entries("kpis.actuals")
def _named_actuals(project_id: int, fiscal_year: int) -> dict[str, Any]:
    """What the entries of a year are called, by the indicator that each is of."""
    labels = {"raw": _("Actual"), "number": _("As a number"), "note": _("Remark")}
    return {
        f"{name}_{kpi.id}": f"{kpi.named}: {label}"
        for kpi in of_one(_project(project_id), actor())
        for name, label in labels.items()
    }


def _why_no_year(project: Project, fiscal_year: int) -> str:
    try:
        operations.refuse_year(project, min(fiscal_year, 9990), at=calendar.now())
    except Refused as problem:
        return sentence_of(problem)
    return ""


def _project(project_id: int) -> Project:
    return fetch(Project, project_id, joinedload(Project.call), BODIES)


def _years(project: Project) -> list[int]:
    """Those of which an actual can be entered, the latest first."""
    return list(range(calendar.fiscal_year(calendar.today()), project.call.selection_fy - 1, -1))


def _may_edit(project: Project) -> bool:
    return can("kpi.edit", project) and not operations.why_closed(project, actor())


def _closed(project: Project, why: str = "") -> ResponseReturnValue:
    flash(why or _(operations.why_closed(project, actor())), "info")
    return redirect(url_for("kpis.of_project", project_id=project.id))
