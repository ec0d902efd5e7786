"""Pages of a call's form: its sections and questions, each edited on a page of its own; how it looks; last year's taken over.

Nothing here is seen by applicants: what is edited is published with the call, or on app/applications/version_routes.py.
"""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from app import calendar
from app.db import db
from app.lifecycle import is_open
from app.programmes import form_editing
from app.programmes.form import faults_of_form, why_needed
from app.programmes.forms import CopyForm, MoveForm, PublishForm
from app.programmes.models import Call
from app.programmes.routes import programmes
from app.questions import editing, editor
from app.questions.definition import Definition, Question, Section
from app.questions.forms import condition_in_words
from app.questions.forms import form_of as fields_of
from app.questions.kinds import KINDS
from app.web.access import actor, needs, only_reads
from app.web.forms import form_page
from app.web.records import fetch

UP, DOWN = "up", "down"


@programmes.get("/calls/<int:call_id>/form")
@needs("call.edit_form")
def edit_form(call_id: int) -> ResponseReturnValue:
    """The sections and questions in their order, and what keeps them from being published."""
    call = _call(call_id)
    if not is_open(call, "edit_form", actor=actor(), at=calendar.now()):
        flash(_("The results of this call are decided: its form is not edited any more."), "info")
        return redirect(url_for("programmes.show", call_id=call.id))
    form = form_editing.edited(call)
    return render_template(
        "programmes/form/edit.html",
        call=call,
        form=form,
        kinds=KINDS,
        faults=[_(msgid, **values) for msgid, values in faults_of_form(form)],
        condition_in_words=condition_in_words,
        strange=_strange_criteria(call, form),
        seen=editing.mark_of(form),
        why_needed=why_needed,
    )


@programmes.post("/calls/<int:call_id>/form/order")
@needs("call.edit_form")
def move_in_form(call_id: int) -> ResponseReturnValue:
    """One section or question a place up or down."""
    call, sent = held_call(call_id), MoveForm()
    form = form_editing.edited(call)
    by = {UP: -1, DOWN: 1}.get(sent.to.data or "")
    question = form.questions.get(sent.question.data or "")
    part = question or section_in(form, sent.section.data or "")
    if by is None or part is None:
        abort(404)
    if sent.seen.data != editing.mark_of(form):
        db.session.rollback()
        flash(
            _("The form was changed meanwhile, so nothing was moved. This is how it stands now."), "warning"
        )
    else:
        moved = editing.with_question_moved if question else editing.with_section_moved
        what = "question_moved" if question else "section_moved"
        keep(call, moved(form, part.key, by), what, part.label.ja)
        db.session.commit()
    return to_part(call_id, part)


@programmes.route("/calls/<int:call_id>/form/sections", methods=["GET", "POST"])
@needs("call.edit_form")
def add_section(call_id: int) -> ResponseReturnValue:
    call, words = held_call(call_id), editor.words_form()
    if words.validate_on_submit():
        key = editing.next_key(template_of(call), "s")
        section = Section(key, words.label, (), help=words.guidance)
        keep(call, form_editing.edited(call).with_section(section), "section_added", words.label.ja)
        db.session.commit()
        flash(_("The section was added at the end. Now ask something in it."), "success")
        return redirect(url_for("programmes.add_question", call_id=call_id, section_key=key))
    return form_page("programmes/form/section.html", form=words, call=call, section=None)


@programmes.route("/calls/<int:call_id>/form/sections/<section_key>", methods=["GET", "POST"])
@needs("call.edit_form")
def edit_section(call_id: int, section_key: str) -> ResponseReturnValue:
    call = held_call(call_id)
    form = form_editing.edited(call)
    section = section_in(form, section_key) or abort(404)
    words = editor.words_form(section)
    if words.validate_on_submit():
        if words.seen.data != editing.mark_of(section):
            words.seen.data = editing.mark_of(section)
            saved = editor.told_words(section.label, section.help)
            return render_template(
                "programmes/form/section.html", form=words, call=call, section=section, saved=saved
            ), 409
        changed = editing.with_words(form, section_key, words.label, words.guidance)
        keep(call, changed, "section_changed", words.label.ja)
        db.session.commit()
        flash(_("Saved."), "success")
        return to_part(call_id, section)
    return form_page("programmes/form/section.html", form=words, call=call, section=section)


@programmes.route("/calls/<int:call_id>/form/sections/<section_key>/removal", methods=["GET", "POST"])
@needs("call.edit_form")
def remove_section(call_id: int, section_key: str) -> ResponseReturnValue:
    call = held_call(call_id)
    form = form_editing.edited(call)
    section = section_in(form, section_key) or abort(404)
    return _removal(call, form, section, list(section.questions), editing.without_section)


@programmes.route("/calls/<int:call_id>/form/questions/<question_key>/removal", methods=["GET", "POST"])
@needs("call.edit_form")
def remove_question(call_id: int, question_key: str) -> ResponseReturnValue:
    call = held_call(call_id)
    form = form_editing.edited(call)
    question = form.questions.get(question_key) or abort(404)
    return _removal(call, form, question, [question], editing.without_question)


@programmes.get("/calls/<int:call_id>/form/preview")
@needs("call.edit_form")
def preview_form(call_id: int) -> str:
    """The whole form as an applicant will see it; nothing can be sent from here."""
    call = _call(call_id)
    form = form_editing.edited(call)
    sections = [(section, fields_for(form, section)) for section in form.sections if section.questions]
    return render_template("programmes/form/preview.html", call=call, sections=sections)


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


def _removal(
    call: Call, form: Definition, part: Any, gone: list[Question], without: Any
) -> ResponseReturnValue:
    """The page that asks once more; what the product needs, or others depend on, stays, and why is said."""
    needed = [(it, _(why_needed(it.key))) for it in gone if why_needed(it.key)]
    depending = editing.depending_on(form, [it.key for it in gone])
    sent = PublishForm()
    stays = bool(needed or depending)
    if sent.validate_on_submit() and not stays:
        what = "question_removed" if isinstance(part, Question) else "section_removed"
        keep(call, without(form, part.key), what, part.label.ja)
        db.session.commit()
        flash(_("Removed."), "success")
        return redirect(url_for("programmes.edit_form", call_id=call.id))
    return form_page(
        "programmes/form/remove.html",
        form=sent, wrong=sent.is_submitted(), call=call, part=part, gone=gone, needed=needed, depending=depending,
        is_section=isinstance(part, Section),
    )  # fmt: skip


def keep(call: Call, form: Definition, what: str, label: str) -> None:
    done = {"what": what, "label": label}
    form_editing.change(call, form, done=done, actor=actor(), at=calendar.now())


def fields_for(form: Definition, section: Section) -> Any:
    """The entries of a section as its page draws them, under names that no form of ours has."""
    made = fields_of(section, {}, prefix=f"preview-{section.key}-")
    made.form = form
    return made


def section_in(form: Definition, key: str) -> Section | None:
    return next((it for it in form.sections if it.key == key), None)


def criteria_of(call: Call) -> list[str]:
    return [it.label for it in call.criteria]


def _strange_criteria(call: Call, form: Definition) -> list[str]:
    """Criteria that questions name and the call does not."""
    named = dict.fromkeys(it.criterion for it in form.questions.values() if it.criterion)
    return [name for name in named if name not in criteria_of(call)]


def to_part(call_id: int, part: Section | Question) -> ResponseReturnValue:
    place = f"{'section' if isinstance(part, Section) else 'question'}-{part.key}"
    return redirect(url_for("programmes.edit_form", call_id=call_id, _anchor=place))


def template_of(call: Call) -> Any:
    assert call.form is not None
    return call.form


def _call(call_id: int) -> Call:
    call = fetch(Call, call_id, joinedload(Call.form))
    if call.form is None:
        abort(404)
    return call


def held_call(call_id: int) -> Call:
    """The call; where it is about to be changed, with its form as it is now, until the commit."""
    call = _call(call_id)
    return call if only_reads() else form_editing.hold(call, actor=actor(), at=calendar.now())
