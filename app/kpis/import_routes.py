"""A table of indicators is uploaded, looked at beside what is kept, and stored as a whole: of one project, or of several."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from app import calendar
from app.db import db
from app.kpis import finding, importing, operations, waiting
from app.kpis.blueprint import kpis
from app.kpis.forms import KpiFileForm, TakeKpisForm
from app.kpis.importing import Plan
from app.kpis.models import WaitingKpis
from app.kpis.tables import Table, read_table
from app.organisations.operations import Refused
from app.projects.lists import BODIES
from app.projects.models import Project
from app.questions.kind import Upload, upload_of
from app.questions.workbook_opening import LARGEST, NoWorkbook
from app.web.access import actor, needs, only_reads
from app.web.bodies import takes_files
from app.web.forms import Form, form_page
from app.web.i18n import sentence_of
from app.web.records import fetch


@kpis.route("/projects/<int:project_id>/kpis/import", methods=["GET", "POST"])
@needs("kpi.edit")
@takes_files
def upload(project_id: int) -> ResponseReturnValue:
    """A table of one project is read; what it would change waits to be looked at."""
    project = _project(project_id)
    form, sent = KpiFileForm(), upload_of(request.files.get("file"))
    return _closed(project) or _uploaded(project, form, sent)


@kpis.route("/kpis/import", methods=["GET", "POST"])
@needs("kpi.import")
@takes_files
def upload_several() -> ResponseReturnValue:
    """The same for a table whose rows name their projects."""
    form, sent = KpiFileForm(), upload_of(request.files.get("file"))
    return _uploaded(None, form, sent)


@kpis.route("/projects/<int:project_id>/kpis/import/rows", methods=["GET", "POST"])
@needs("kpi.edit")
def look(project_id: int) -> ResponseReturnValue:
    """What was read of it, what would change, and what is refused and why, row by row. Stored as a whole or not at all."""
    project = _project(project_id)
    return _closed(project) or _looked_at(project)


@kpis.route("/kpis/import/rows", methods=["GET", "POST"])
@needs("kpi.import")
def look_several() -> ResponseReturnValue:
    return _looked_at(None)


@kpis.post("/projects/<int:project_id>/kpis/import/removal")
@needs("kpi.edit")
def put_aside(project_id: int) -> ResponseReturnValue:
    return _put_aside(_project(project_id))


@kpis.post("/kpis/import/removal")
@needs("kpi.import")
def put_several_aside() -> ResponseReturnValue:
    return _put_aside(None)


def _uploaded(project: Project | None, form: Form, sent: Upload) -> ResponseReturnValue:
    project_id, at = project.id if project else None, calendar.now()
    if form.validate_on_submit():
        try:
            table = read_table(sent, across=project is None)
            waiting.keep(table, project_id=project_id, filename=sent.name, person_id=actor().person_id, at=at)
        except NoWorkbook as refused:
            db.session.rollback()
            form["file"].errors = [sentence_of(refused)]
        else:
            db.session.commit()
            return redirect(_rows_of(project_id))
    return form_page(
        "kpis/upload.html",
        form=form,
        project=project,
        largest=LARGEST,
        waiting=waiting.waiting_for(project_id, person_id=actor().person_id, at=at),
        rows_url=_rows_of(project_id),
    )


def _looked_at(project: Project | None) -> ResponseReturnValue:
    project_id, at = project.id if project else None, calendar.now()
    found = waiting.waiting_for(project_id, person_id=actor().person_id, at=at)
    if found is None:
        flash(_("No file waits here any more. Nothing of it was saved; upload it again."), "info")
        return redirect(_upload_of(project_id))
    form, plan = TakeKpisForm(), _plan(project, found)
    if form.is_submitted():
        operations.hold(plan.projects)
        plan = _plan(project, found)
    if not form.validate_on_submit():
        return _shown(project, found, form, plan)
    if plan.refused or not plan.changing:
        return _shown(project, found, form, plan, status=422)
    if form.seen.data != plan.mark:
        return _shown(project, found, form, plan, stale=True, status=409)
    try:
        count = importing.store(
            plan, direction=form.direction.data or None, filename=found.filename, actor=actor(), at=at
        )
    except Refused as problem:
        db.session.rollback()
        flash(sentence_of(problem), "warning")
        return redirect(_rows_of(project_id))
    waiting.put_aside(project_id, person_id=actor().person_id)
    db.session.commit()
    flash(_("Stored from the file. Indicators entered or changed: %(count)s.", count=count), "success")
    return redirect(_home_of(project_id))


def _shown(
    project: Project | None,
    found: WaitingKpis,
    form: TakeKpisForm,
    plan: Plan,
    *,
    stale: bool = False,
    status: int = 200,
) -> ResponseReturnValue:
    form.seen.data, form.seen.raw_data = plan.mark, None
    project_id = project.id if project else None
    page = render_template(
        "kpis/rows.html",
        project=project,
        waiting=found,
        form=form,
        plan=plan,
        passed=Table.of_json(found.read).passed,
        stale=stale,
        upload_url=_upload_of(project_id),
        removal_url=_removal_of(project_id),
    )
    return page, status


def _plan(project: Project | None, found: WaitingKpis) -> Plan:
    table = Table.of_json(found.read)
    if project is None:
        project_of, kpis_of = finding.named_in(table.rows, actor())
    else:
        project_of, kpis_of = finding.only(project), finding.indicators_of([project], actor())
    return importing.planned(table, project_of, kpis_of, actor=actor(), at=calendar.now())


def _put_aside(project: Project | None) -> ResponseReturnValue:
    waiting.put_aside(project.id if project else None, person_id=actor().person_id)
    db.session.commit()
    flash(_("The file was put aside. Nothing of it was saved."), "info")
    return redirect(_home_of(project.id if project else None))


def _closed(project: Project) -> ResponseReturnValue | None:
    """Where support is over the municipality's pages lead back, with the reason."""
    why = operations.why_closed(project, actor())
    if not why:
        return None
    flash(_(why), "info" if only_reads() else "warning")
    return redirect(url_for("kpis.of_project", project_id=project.id))


def _project(project_id: int) -> Project:
    return fetch(Project, project_id, joinedload(Project.call), BODIES)


def _upload_of(project_id: int | None) -> str:
    return url_for("kpis.upload", project_id=project_id) if project_id else url_for("kpis.upload_several")


def _rows_of(project_id: int | None) -> str:
    return url_for("kpis.look", project_id=project_id) if project_id else url_for("kpis.look_several")


def _removal_of(project_id: int | None) -> str:
    return (
        url_for("kpis.put_aside", project_id=project_id) if project_id else url_for("kpis.put_several_aside")
    )


def _home_of(project_id: int | None) -> str:
    return url_for("kpis.of_project", project_id=project_id) if project_id else url_for("kpis.index")
