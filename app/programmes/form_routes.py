"""Pages of a call's form: the pages on which a form is edited (questions/editing_pages.py), last year's taken over.

Nothing here is seen by applicants: what is edited is published with the call, or on app/applications/version_routes.py.
"""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from app import calendar
from app.db import db
from app.lifecycle import is_open
from app.lifecycle.call import PUBLIC
from app.programmes import form_editing
from app.programmes.form import faults_of_form, why_needed
from app.programmes.forms import CopyForm, PublishForm
from app.programmes.models import Call
from app.programmes.routes import programmes
from app.questions import editing_pages
from app.questions.definition import Definition
from app.questions.editing_pages import Desk
from app.web.access import actor, needs, only_reads
from app.web.forms import form_page
from app.web.labels import names_entries
from app.web.records import fetch, look_up


@programmes.get("/calls/<int:call_id>/form")
@needs("call.edit_form")
def edit_form(call_id: int) -> ResponseReturnValue:
    """The sections and questions in their order, and what keeps them from being published."""
    call = _call(call_id)
    if not is_open(call, "edit_form", actor=actor(), at=calendar.now()):
        flash(_("The results of this call are decided: its form is not edited any more."), "info")
        return redirect(url_for("programmes.show", call_id=call.id))
    desk = _desk(call)
    return editing_pages.form_shown(
        desk,
        "programmes/form/edit.html",
        call=call,
        faults=[_(msgid, **values) for msgid, values in faults_of_form(desk.form)],
        strange=_strange_criteria(call, desk.form),
    )


@programmes.post("/calls/<int:call_id>/form/order")
@needs("call.edit_form")
def move_in_form(call_id: int) -> ResponseReturnValue:
    return editing_pages.moved(_desk(held_call(call_id)))


@programmes.route("/calls/<int:call_id>/form/sections", methods=["GET", "POST"])
@needs("call.edit_form")
def add_section(call_id: int) -> ResponseReturnValue:
    return editing_pages.section_added(_desk(held_call(call_id)))


@programmes.route("/calls/<int:call_id>/form/sections/<section_key>", methods=["GET", "POST"])
@needs("call.edit_form")
def edit_section(call_id: int, section_key: str) -> ResponseReturnValue:
    return editing_pages.section_edited(_desk(held_call(call_id)), section_key)


@programmes.route("/calls/<int:call_id>/form/sections/<section_key>/removal", methods=["GET", "POST"])
@needs("call.edit_form")
def remove_section(call_id: int, section_key: str) -> ResponseReturnValue:
    return editing_pages.section_removed(_desk(held_call(call_id)), section_key)


@programmes.route("/calls/<int:call_id>/form/sections/<section_key>/questions", methods=["GET", "POST"])
@needs("call.edit_form")
def add_question(call_id: int, section_key: str) -> ResponseReturnValue:
    return editing_pages.question_added(_desk(held_call(call_id)), section_key)


@programmes.route("/calls/<int:call_id>/form/questions/<question_key>", methods=["GET", "POST"])
@needs("call.edit_form")
def edit_question(call_id: int, question_key: str) -> ResponseReturnValue:
    return editing_pages.question_edited(_desk(held_call(call_id)), question_key)


@programmes.route("/calls/<int:call_id>/form/questions/<question_key>/removal", methods=["GET", "POST"])
@needs("call.edit_form")
def remove_question(call_id: int, question_key: str) -> ResponseReturnValue:
    return editing_pages.question_removed(_desk(held_call(call_id)), question_key)


@programmes.get("/calls/<int:call_id>/form/preview")
@needs("call.edit_form")
def preview_form(call_id: int) -> str:
    """The whole form as an applicant will see it; nothing can be sent from here."""
    return editing_pages.preview(_desk(_call(call_id)))


@programmes.route("/calls/<int:call_id>/form/copy", methods=["GET", "POST"])
@needs("call.edit_form")
def copy_form(call_id: int) -> ResponseReturnValue:
    """The form of an earlier call in the place of what stands in a draft."""
    call = held_call(call_id)
    earlier = {it.id: it for it in form_editing.calls_to_copy_from(call)}
    sent = CopyForm()
    sent.earlier.choices = [(it.id, f"{it.title}（{it.code}）") for it in earlier.values()]
    if sent.validate_on_submit():
        try:
            form_editing.copy_from(call, earlier[sent.earlier.data], actor=actor(), at=calendar.now())
        except ValueError:
            db.session.rollback()
            flash(_("Only a call that is not published yet takes over the form of another."), "error")
            return redirect(url_for("programmes.show", call_id=call_id))
        db.session.commit()
        flash(_("The form was taken over."), "success")
        return redirect(url_for("programmes.edit_form", call_id=call_id))
    return form_page("programmes/form/copy.html", form=sent, call=call, earlier=earlier)


@programmes.route("/calls/<int:call_id>/form/taking-back", methods=["GET", "POST"])
@needs("call.edit_form")
def take_back_form(call_id: int) -> ResponseReturnValue:
    """Give up what is edited and not published."""
    call, sent = held_call(call_id), PublishForm()
    if sent.validate_on_submit():
        form_editing.take_back(call, actor=actor(), at=calendar.now())
        db.session.commit()
        flash(_("The changes were given up. The form stands as it is published."), "success")
        return redirect(url_for("programmes.edit_form", call_id=call_id))
    return form_page("programmes/form/take_back.html", form=sent, call=call)


def _desk(call: Call) -> Desk:
    assert call.form is not None
    remark = ""
    if call in PUBLIC:
        remark = _("Answers that were given to it stay readable for the applicants as former answers.")
    return Desk(
        template=call.form,
        form=form_editing.edited(call),
        title=_("Form of the call"),
        caption=call.title,
        url=lambda page, **values: url_for(f"programmes.{page}", call_id=call.id, **values),
        keep=lambda form, what, label: _keep(call, form, what, label),
        looks=_("As applicants see it"),
        lead_of_preview=_(
            "Each section is a page of its own for applicants. Nothing that you enter here is kept."
        ),
        remark_on_removal=remark,
        criteria=[it.label for it in call.criteria],
        why_needed=why_needed,
    )


def _keep(call: Call, form: Definition, what: str, label: str) -> None:
    done = {"what": what, "label": label}
    form_editing.change(call, form, done=done, actor=actor(), at=calendar.now())


def _strange_criteria(call: Call, form: Definition) -> list[str]:
    """Criteria that questions name and the call does not."""
    named = dict.fromkeys(it.criterion for it in form.questions.values() if it.criterion)
    there = [it.label for it in call.criteria]
    return [name for name in named if name not in there]


def _call(call_id: int) -> Call:
    call = fetch(Call, call_id, joinedload(Call.form))
    if call.form is None:
        abort(404)
    return call


def held_call(call_id: int) -> Call:
    """The call; where it is about to be changed, with its form as it is now, until the commit."""
    call = _call(call_id)
    return call if only_reads() else form_editing.hold(call, actor=actor(), at=calendar.now())


@names_entries("programmes.edit_question")
def _of_question(call_id: int, question_key: str) -> dict[str, Any]:
    question = form_editing.edited(look_up(Call, call_id)).questions.get(question_key)
    return editing_pages.labels_of(question.kind) if question else {}


@names_entries("programmes.add_question")
def _of_new_question(call_id: int, section_key: str) -> dict[str, Any]:
    return editing_pages.labels_of(request.args.get("kind", ""))
