"""The page of one question of a call's form: with the settings of its kind, and how it looks beside them."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.db import db
from app.programmes import form_editing
from app.programmes.form import why_needed
from app.programmes.form_routes import (
    criteria_of,
    fields_for,
    held_call,
    keep,
    section_in,
    template_of,
    to_part,
)
from app.programmes.models import Call
from app.programmes.routes import programmes
from app.questions import editing, editor
from app.questions.comparing import in_words
from app.questions.definition import Definition, Question, Section
from app.questions.kinds import KINDS
from app.web.access import needs, only_reads
from app.web.errors import wants_json
from app.web.labels import names_entries
from app.web.records import look_up

AS_TYPED = "look"  # the button that shows how a question looks, and changes nothing


@programmes.route("/calls/<int:call_id>/form/sections/<section_key>/questions", methods=["GET", "POST"])
@needs("call.edit_form")
def add_question(call_id: int, section_key: str) -> ResponseReturnValue:
    """A new question at the end of a section; first its kind is chosen."""
    call = held_call(call_id)
    form = form_editing.edited(call)
    section = section_in(form, section_key) or abort(404)
    kind = KINDS.get(request.args.get("kind", ""))
    if kind is None:
        return render_template(
            "programmes/form/kind.html", call=call, section=section, form=editor.kind_form()
        )
    asked = editor.question_form(form, section_key, kind, criteria=criteria_of(call))
    return _question_page(call, form, section, asked, None)


@programmes.route("/calls/<int:call_id>/form/questions/<question_key>", methods=["GET", "POST"])
@needs("call.edit_form")
def edit_question(call_id: int, question_key: str) -> ResponseReturnValue:
    call = held_call(call_id)
    form = form_editing.edited(call)
    question = form.questions.get(question_key) or abort(404)
    section = form.section(form.section_of[question_key])
    asked = editor.question_form(
        form,
        section.key,
        KINDS[question.kind],
        question,
        criteria=criteria_of(call),
        needed=bool(why_needed(question_key)),
    )
    return _question_page(call, form, section, asked, question)


def _question_page(
    call: Call, form: Definition, section: Section, asked: editor.QuestionForm, question: Question | None
) -> ResponseReturnValue:
    """The page of a question: shown, looked at as typed, saved. What a colleague saved meanwhile is shown beside it."""
    key = question.key if question else editing.next_key(template_of(call), "q")
    context: dict[str, Any] = {
        "call": call, "section": section, "question": question, "kind": KINDS[asked.asked_kind],
        "why_needed": _(why_needed(key)) if why_needed(key) else "", "saved": (),
    }  # fmt: skip

    def page(status: int = 200) -> ResponseReturnValue:
        looked = _looked_at(form, section, asked, key) if asked.is_submitted() else form
        shown = fields_for(looked, looked.section(looked.section_of.get(key, section.key)))
        if wants_json():
            return jsonify(html=render_template("programmes/form/_preview.html", fields=shown, asked=key))
        return render_template(
            "programmes/form/question.html", form=asked, fields=shown, asked=key, **context
        ), status

    if only_reads():
        return page()
    if AS_TYPED in request.form or "add" in request.form or wants_json():
        asked.validate()
        if "add" in request.form and "settings" in asked:
            asked["settings"].form.columns.append_entry()
        return page()
    if not asked.validate():
        return page(422)
    if question is not None and asked.seen.data != editing.mark_of(question):
        asked.seen.data = editing.mark_of(question)
        context["saved"] = _lines_of(form, question)
        return page(409)
    changed = editing.with_question(form, asked.section.data, asked.question(key))
    if faults := [_(msgid, **values) for msgid, values in changed.faults_of(key)]:
        asked.mark(faults)
        return page(422)
    keep(call, changed, "question_changed" if question else "question_added", asked.label_ja.data or "")
    db.session.commit()
    flash(_("Saved."), "success")
    return to_part(call.id, changed.questions[key])


def _looked_at(form: Definition, section: Section, asked: editor.QuestionForm, key: str) -> Definition:
    """The form with the question as it is typed; as it was before where nobody could answer it so."""
    to = asked.section.data if section_in(form, asked.section.data or "") else section.key
    typed = editing.with_question(form, to, asked.question(key))
    return form if typed.faults_of(key) else typed


def _lines_of(form: Definition, question: Question) -> list[tuple[str, str]]:
    return [(_("Saved now"), in_words(form, question.key))]


@names_entries("programmes.edit_question")
def _of_question(call_id: int, question_key: str) -> dict[str, Any]:
    question = form_editing.edited(look_up(Call, call_id)).questions.get(question_key)
    return _labels(question.kind) if question else {}


@names_entries("programmes.add_question")
def _of_new_question(call_id: int, section_key: str) -> dict[str, Any]:
    return _labels(request.args.get("kind", ""))


def _labels(kind: str) -> dict[str, Any]:
    """What the settings of a kind are called; the rest is known by the form's own name."""
    if kind not in KINDS:
        return {}
    found: dict[str, Any] = {}
    for field in (
        KINDS[kind].settings_form(formdata=None, columns=[{}])
        if kind == "table"
        else KINDS[kind].settings_form()
    ):
        found[f"settings-{field.name}"] = (field.label.text, type(field))
        for row in getattr(field, "entries", [])[:1]:
            for cell in row.form:
                name = f"settings-{cell.name}".replace("-0-", "-#-", 1)
                found[name] = (cell.label.text, type(cell))
    return found
