"""Pages of the form as an Excel workbook: downloaded, uploaded, looked at beside what is saved, and only then saved."""

from __future__ import annotations

import io

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import joinedload

from app import calendar
from app.applications import drafting, workbooks
from app.applications.blueprint import applications
from app.applications.forms import TakeForm, WorkbookForm
from app.applications.models import ANSWERED, JOINT_BODIES, Application
from app.applications.sections import section_keys
from app.db import db
from app.explained import Explained
from app.questions import waiting
from app.questions.answering import Hidden, Stale
from app.questions.forms import hidden_sentence
from app.questions.importing import Comparison, name_of
from app.questions.kind import upload_of
from app.questions.waiting import WaitingWorkbook
from app.questions.workbook_reading import LARGEST, NoWorkbook
from app.web.access import actor, needs
from app.web.bodies import takes_files
from app.web.files import KINDS, download
from app.web.forms import form_page
from app.web.i18n import sentence_of
from app.web.records import fetch


@applications.get("/applications/<int:application_id>/workbook.xlsx")
@needs("application.edit")
def workbook(application_id: int) -> ResponseReturnValue:
    """The form, filled so far."""
    application = _mine(application_id)
    if not application.is_editable:
        return _closed(application)
    made = workbooks.filled_workbook(application, at=calendar.now())
    name = f"{application.call.code}_{application.number or application.id}.xlsx"
    return download(io.BytesIO(made), name, KINDS["xlsx"][0])


@applications.route("/applications/<int:application_id>/workbook", methods=["GET", "POST"])
@needs("application.edit")
@takes_files
def upload_workbook(application_id: int) -> ResponseReturnValue:
    """A filled form is read; what it would change waits to be looked at."""
    application, form = _mine(application_id), WorkbookForm()
    if not application.is_editable and request.method != "POST":
        return _closed(application)
    if form.validate_on_submit():
        drafting.open_for_editing(application, actor(), calendar.now())
        upload = upload_of(request.files.get("file"))
        try:
            read = workbooks.read_upload(application, upload)
            waiting.keep(
                application.answered,
                read,
                filename=upload.name,
                person_id=actor().person_id,
                at=calendar.now(),
            )
        except NoWorkbook as refused:
            db.session.rollback()
            form.file.errors = [sentence_of(refused)]
        else:
            db.session.commit()
            return redirect(url_for("applications.workbook_changes", application_id=application_id))
    return form_page(
        "applications/workbook.html",
        application=application,
        form=form,
        largest=LARGEST,
        waiting=waiting.waiting_for(application.answered, person_id=actor().person_id, at=calendar.now()),
    )


@applications.route("/applications/<int:application_id>/workbook/changes", methods=["GET", "POST"])
@needs("application.edit")
def workbook_changes(application_id: int) -> ResponseReturnValue:
    """What was read of the file beside what is saved, what was refused and why; chosen, it is saved."""
    application = _mine(application_id)
    if not application.is_editable and request.method != "POST":
        return _closed(application)
    found = waiting.waiting_for(application.answered, person_id=actor().person_id, at=calendar.now())
    if found is None or found.form_version != application.answered.version.number:
        flash(
            _("No file waits here any more. Nothing of it was saved; upload it again.")
            if found is None
            else _(
                "The form was changed after the file was uploaded. Nothing of it was saved; upload it again."
            ),
            "info",
        )
        return redirect(url_for("applications.upload_workbook", application_id=application_id))
    form, comparison = TakeForm(), workbooks.compared(application, found.read, found.seen)
    form.take.choices = [(it.key, it.label) for it in comparison.changes]
    if form.validate_on_submit():
        return _taken(application, found, form, comparison)
    return _shown(application, found, form, comparison)


@applications.post("/applications/<int:application_id>/workbook/removal")
@needs("application.edit")
def put_workbook_aside(application_id: int) -> ResponseReturnValue:
    application = _mine(application_id)
    waiting.put_aside(application.answered, person_id=actor().person_id)
    db.session.commit()
    flash(_("The file was put aside. Nothing of it was saved."), "info")
    return redirect(url_for("applications.show", application_id=application_id))


def _taken(
    application: Application, found: WaitingWorkbook, form: TakeForm, comparison: Comparison
) -> ResponseReturnValue:
    chosen = set(form.take.data or ())
    if not chosen:
        form.take.errors = [_("Choose what is to be saved, or put the file aside.")]
        return _shown(application, found, form, comparison, status=422)
    try:
        saved = workbooks.take(
            application,
            comparison,
            chosen,
            versions=form.versions,
            form=form.form_number,
            actor=actor(),
            at=calendar.now(),
        )
    except Stale as stale:
        db.session.rollback()
        return _again(application.id, stale)
    except Explained as problem:
        db.session.rollback()
        application = _mine(application.id)
        form.take.errors = [_why(application, problem)]
        return _shown(application, found, form, comparison, status=422)
    waiting.put_aside(application.answered, person_id=actor().person_id)
    db.session.commit()
    names = section_keys(application)
    sentence = ngettext(
        "%(count)s answer was saved from the file: %(sections)s",
        "%(count)s answers were saved from the file: %(sections)s",
        len(chosen),
        count=len(chosen),
        sections="、".join(names[key] for key in saved),
    )
    flash(sentence, "success")
    if left := len(comparison.changes) - len(chosen):
        flash(_("Left as they were, because they were not chosen: %(count)s.", count=left), "info")
    return redirect(url_for("applications.show", application_id=application.id))


def _again(application_id: int, stale: Stale) -> ResponseReturnValue:
    """Somebody saved one of the sections while the page was open: both are shown anew, and nothing was overwritten."""
    application = _mine(application_id)
    found = waiting.waiting_for(application.answered, person_id=actor().person_id, at=calendar.now())
    if found is None:
        return redirect(url_for("applications.upload_workbook", application_id=application_id))
    form = TakeForm(formdata=None)
    comparison = workbooks.compared(application, found.read, found.seen)
    form.take.choices = [(it.key, it.label) for it in comparison.changes]
    return _shown(application, found, form, comparison, stale=stale, status=409)


def _why(application: Application, problem: Explained) -> str:
    if isinstance(problem, Hidden):
        form = application.answered.form
        return f"{name_of(form, problem.key)}: {hidden_sentence(form, form.questions[problem.key])}"
    return sentence_of(problem)


def _shown(
    application: Application,
    found: WaitingWorkbook,
    form: TakeForm,
    comparison: Comparison,
    *,
    stale: Stale | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    if not form.is_submitted() or stale is not None:
        form.take.data = [it.key for it in comparison.changes if not it.elsewhere]
    form.remember(workbooks.versions_of(application), application.answered.version.number)
    page = render_template(
        "applications/workbook_changes.html",
        application=application,
        waiting=found,
        read=found.read,
        form=form,
        boxes={box.data: box for box in form.take},
        comparison=comparison,
        stale=stale,
        own=stale is not None and stale.saved_by_person == actor().person_id,
        refused=[
            {"cell": it.cell, "question": name_of(application.answered.form, it.key), "why": it.why}
            for it in comparison.refused
        ],
        unready=[
            {
                "cell": it.cell,
                "question": name_of(application.answered.form, it.key),
                "why": it.why,
                "key": it.key,
            }
            for it in comparison.unready
        ],
    )
    return page, status


def _closed(application: Application) -> ResponseReturnValue:
    flash(_("It cannot be edited now."), "info")
    return redirect(url_for("applications.show", application_id=application.id))


def _mine(application_id: int) -> Application:
    return fetch(Application, application_id, joinedload(Application.call), JOINT_BODIES, *ANSWERED)
