"""Pages of calls: list, page, and for officers draft, edit, publish, extend."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload, selectinload

from app import calendar, security
from app.db import db
from app.lifecycle import is_open
from app.lifecycle.call import ANNOUNCED, UNPUBLISHED
from app.programmes import checklist, operations
from app.programmes.fields import APPLICANT_KINDS, FIELDS
from app.programmes.forms import (
    CallForm,
    ChecklistForm,
    DeadlineForm,
    ExtensionDeadlineForm,
    PublishForm,
    call_form,
)
from app.programmes.lists import call_list
from app.programmes.models import Call
from app.programmes.phases import (
    openings,
    phase_of,
    phase_steps,
    shown_standing,
    told_by_state,
)
from app.questions.models import FormTemplate
from app.web.access import actor, actor_or_none, needs, only_reads
from app.web.everybodys import same_for_everybody
from app.web.forms import form_page
from app.web.i18n import shown_date
from app.web.manifest import manifests
from app.web.records import fetch, same_version
from app.web.strip import acts_next, lifecycle_steps
from app.web.timeline import timeline

programmes = Blueprint("programmes", __name__)


@programmes.get("/calls")
@needs("public")
@same_for_everybody
def index() -> ResponseReturnValue:
    """What is open or coming, then all calls this person may see, the newest first."""
    return call_list(actor_or_none(), request.args).response(
        "programmes/index.html",
        filename="calls",
        openings=openings(calendar.now()),
        body_kinds=APPLICANT_KINDS,
    )


@programmes.get("/calls/<int:call_id>")
@needs("public")
@same_for_everybody
def show(call_id: int) -> str:
    call = fetch(
        Call,
        call_id,
        joinedload(Call.form).selectinload(FormTemplate.versions),
        selectinload(Call.criteria),
        selectinload(Call.extensions),
        selectinload(Call.clarifications),
    )
    office = told_by_state()
    # Who published a call is not told to everybody; what changed stands in the call itself.
    entries = timeline(call, within_office=office) if actor_or_none() else []
    if call not in ANNOUNCED and any(entry.event == "decide" for entry in entries):
        security.results_read(actor())  # how many are selected
    return render_template(
        "programmes/show.html",
        call=call,
        standing=shown_standing(call),
        phase=phase_of(call, calendar.now()),
        steps=lifecycle_steps(call) if office else phase_steps(call),
        who_acts=acts_next(call) if office else "",
        entries=entries,
        fields=FIELDS,
        around=[
            found
            for it in manifests()
            if office and it.about_call and (found := it.about_call(call, actor()))
        ],
    )


@programmes.route("/calls/new", methods=["GET", "POST"])
@needs("call.manage")
def draft() -> ResponseReturnValue:
    form = call_form()
    if only_reads():
        _offer_an_empty_row(form)
    elif not form.add_row(request.form.get("add")) and form.validate_on_submit():
        entries = {"programme": operations.the_programme(), **form.values()}
        call = operations.draft_call(**entries, actor=actor(), at=calendar.now())
        if _saved(form):
            flash(_("The draft is saved. Applicants do not see it until it is published."), "success")
            return redirect(url_for("programmes.show", call_id=call.id))
    return form_page("programmes/edit.html", form=form, fields=FIELDS, call=None)


@programmes.route("/calls/<int:call_id>/edit", methods=["GET", "POST"])
@needs("call.manage")
def edit(call_id: int) -> ResponseReturnValue:
    call = fetch(Call, call_id)
    if call not in UNPUBLISHED:
        flash(_("A published call is not edited any more. Its deadline can be extended."), "info")
        return redirect(url_for("programmes.show", call_id=call.id))
    form = call_form(call)
    if only_reads():
        form.version.data = call.version_id
        _offer_an_empty_row(form)
    elif not form.add_row(request.form.get("add")) and form.validate_on_submit():
        same_version(call, form.version.data)
        operations.edit_call(call, **form.values(), actor=actor(), at=calendar.now())
        if _saved(form):
            flash(_("Saved."), "success")
            return redirect(url_for("programmes.show", call_id=call.id))
    return form_page("programmes/edit.html", form=form, fields=FIELDS, call=call)


@programmes.route("/calls/<int:call_id>/publication", methods=["GET", "POST"])
@needs("call.publish")
def publish(call_id: int) -> ResponseReturnValue:
    call = fetch(Call, call_id)
    form = PublishForm()
    missing = operations.what_is_missing(call, calendar.now())
    if form.validate_on_submit() and not missing:
        operations.publish(call, actor=actor(), at=calendar.now())
        db.session.commit()
        flash(_("The call is published."), "success")
        return redirect(url_for("programmes.show", call_id=call.id))
    return form_page(
        "programmes/publish.html",
        form=form,
        wrong=form.is_submitted(),
        call=call,
        missing=missing,
        fields=FIELDS,
    )


@programmes.route("/calls/<int:call_id>/deadline", methods=["GET", "POST"])
@needs("call.extend")
def extend(call_id: int) -> ResponseReturnValue:
    call = fetch(Call, call_id)
    form = DeadlineForm()
    form.call = call
    if form.validate_on_submit():
        operations.extend_deadline(
            call, closes_at=form.closes_at.data, reason=form.reason.data, actor=actor(), at=calendar.now()
        )
        db.session.commit()
        flash(_("The deadline is extended."), "success")
        return redirect(url_for("programmes.show", call_id=call.id))
    return form_page("programmes/extend.html", form=form, call=call)


@programmes.route("/calls/<int:call_id>/checklist", methods=["GET", "POST"])
@needs("call.manage")
def change_checklist(call_id: int) -> ResponseReturnValue:
    """What the office looks at in each application to the call."""
    call = fetch(Call, call_id)
    if not is_open(call, "change_checklist", actor=actor(), at=calendar.now()):
        flash(_("The results of this call are decided, so its checklist is not changed any more."), "info")
        return redirect(url_for("programmes.show", call_id=call.id))
    form = ChecklistForm(data={"items": call.checklist} if only_reads() else None)
    if only_reads():
        form.version.data = call.version_id
        if not form.items.entries:
            form.items.append_entry()
    elif not form.add_row(request.form.get("add")) and form.validate_on_submit():
        same_version(call, form.version.data)
        checklist.change_checklist(call, form.rows, actor=actor(), at=calendar.now())
        db.session.commit()
        flash(_("Saved."), "success")
        return redirect(url_for("programmes.show", call_id=call.id))
    return form_page("programmes/checklist.html", form=form, call=call)


@programmes.route("/calls/<int:call_id>/extension-deadline", methods=["GET", "POST"])
@needs("call.set_extension_deadline")
def set_extension_deadline(call_id: int) -> ResponseReturnValue:
    """By when the bodies of the call's projects ask for an extension of support."""
    call = fetch(Call, call_id)
    if not is_open(call, "set_extension_deadline", actor=actor(), at=calendar.now()):
        flash(_("This call offers no extension, or is not published yet."), "info")
        return redirect(url_for("programmes.show", call_id=call.id))
    form = ExtensionDeadlineForm(due_on=call.extension_deadline)
    form.call = call
    if form.validate_on_submit():
        operations.set_extension_deadline(call, due_on=form.due_on.data, actor=actor(), at=calendar.now())
        db.session.commit()
        flash(_("Extensions are asked for until %(day)s.", day=shown_date(form.due_on.data)), "success")
        return redirect(url_for("programmes.show", call_id=call.id))
    return form_page("programmes/extension_deadline.html", form=form, call=call)


def _offer_an_empty_row(form: CallForm) -> None:
    if not form.criteria.entries:
        form.criteria.append_entry()


def _saved(form: CallForm) -> bool:
    try:
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
        form.code.errors = [*form.code.errors, _("Another call has this code already; choose another.")]
        return False
    return True
