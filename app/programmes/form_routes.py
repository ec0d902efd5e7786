"""Pages of a call's form: its sections and questions, each edited on a page of its own; how it looks; last year's taken over.

Nothing here is seen by applicants: what is edited is published with the call, or on app/applications/version_routes.py.
"""

from __future__ import annotations

from typing import Any

from flask import abort, flash, jsonify, redirect, render_template, request, url_for
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
from app.questions.comparing import in_words
from app.questions.definition import Definition, Question, Section
from app.questions.forms import condition_in_words
from app.questions.forms import form_of as fields_of
from app.questions.kinds import KINDS
from app.web.access import actor, needs, only_reads
from app.web.errors import wants_json
from app.web.forms import form_page
from app.web.labels import names_entries
from app.web.records import fetch, look_up

UP, DOWN = "up", "down"
AS_TYPED = "look"  # the button that shows how a question looks, and changes nothing


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
    call, sent = _held(call_id), MoveForm()
    form = form_editing.edited(call)
    by = {UP: -1, DOWN: 1}.get(sent.to.data or "")
    question = form.questions.get(sent.question.data or "")
    part = question or _section_of(form, sent.section.data or "")
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
        _change(call, moved(form, part.key, by), what, part.label.ja)
        db.session.commit()
    return _to_part(call_id, part)


@programmes.route("/calls/<int:call_id>/form/sections", methods=["GET", "POST"])
@needs("call.edit_form")
def add_section(call_id: int) -> ResponseReturnValue:
    call, words = _held(call_id), editor.words_form()
    if words.validate_on_submit():
        key = editing.next_key(_template(call), "s")
        section = Section(key, words.label, (), help=words.guidance)
        _change(call, form_editing.edited(call).with_section(section), "section_added", words.label.ja)
        db.session.commit()
        flash(_("The section was added at the end. Now ask something in it."), "success")
        return redirect(url_for("programmes.add_question", call_id=call_id, section_key=key))
    return form_page("programmes/form/section.html", form=words, call=call, section=None)


@programmes.route("/calls/<int:call_id>/form/sections/<section_key>", methods=["GET", "POST"])
@needs("call.edit_form")
def edit_section(call_id: int, section_key: str) -> ResponseReturnValue:
    call = _held(call_id)
    form = form_editing.edited(call)
    section = _section_of(form, section_key) or abort(404)
    words = editor.words_form(section)
    if words.validate_on_submit():
        if words.seen.data != editing.mark_of(section):
            words.seen.data = editing.mark_of(section)
            saved = editor.told_words(section.label, section.help)
            return render_template(
                "programmes/form/section.html", form=words, call=call, section=section, saved=saved
            ), 409
        changed = editing.with_words(form, section_key, words.label, words.guidance)
        _change(call, changed, "section_changed", words.label.ja)
        db.session.commit()
        flash(_("Saved."), "success")
        return _to_part(call_id, section)
    return form_page("programmes/form/section.html", form=words, call=call, section=section)


@programmes.route("/calls/<int:call_id>/form/sections/<section_key>/removal", methods=["GET", "POST"])
@needs("call.edit_form")
def remove_section(call_id: int, section_key: str) -> ResponseReturnValue:
    call = _held(call_id)
    form = form_editing.edited(call)
    section = _section_of(form, section_key) or abort(404)
    return _removal(call, form, section, list(section.questions), editing.without_section)


@programmes.route("/calls/<int:call_id>/form/questions/<question_key>/removal", methods=["GET", "POST"])
@needs("call.edit_form")
def remove_question(call_id: int, question_key: str) -> ResponseReturnValue:
    call = _held(call_id)
    form = form_editing.edited(call)
    question = form.questions.get(question_key) or abort(404)
    return _removal(call, form, question, [question], editing.without_question)


@programmes.route("/calls/<int:call_id>/form/sections/<section_key>/questions", methods=["GET", "POST"])
@needs("call.edit_form")
def add_question(call_id: int, section_key: str) -> ResponseReturnValue:
    """A new question at the end of a section; first its kind is chosen."""
    call = _held(call_id)
    form = form_editing.edited(call)
    section = _section_of(form, section_key) or abort(404)
    kind = KINDS.get(request.args.get("kind", ""))
    if kind is None:
        return render_template(
            "programmes/form/kind.html", call=call, section=section, form=editor.kind_form()
        )
    asked = editor.question_form(form, section_key, kind, criteria=_criteria(call))
    return _question_page(call, form, section, asked, None)


@programmes.route("/calls/<int:call_id>/form/questions/<question_key>", methods=["GET", "POST"])
@needs("call.edit_form")
def edit_question(call_id: int, question_key: str) -> ResponseReturnValue:
    call = _held(call_id)
    form = form_editing.edited(call)
    question = form.questions.get(question_key) or abort(404)
    section = form.section(form.section_of[question_key])
    asked = editor.question_form(
        form,
        section.key,
        KINDS[question.kind],
        question,
        criteria=_criteria(call),
        needed=bool(why_needed(question_key)),
    )
    return _question_page(call, form, section, asked, question)


@programmes.get("/calls/<int:call_id>/form/preview")
@needs("call.edit_form")
def preview_form(call_id: int) -> str:
    """The whole form as an applicant will see it; nothing can be sent from here."""
    call = _call(call_id)
    form = form_editing.edited(call)
    sections = [(section, _fields(form, section)) for section in form.sections if section.questions]
    return render_template("programmes/form/preview.html", call=call, sections=sections)


@programmes.route("/calls/<int:call_id>/form/copy", methods=["GET", "POST"])
@needs("call.edit_form")
def copy_form(call_id: int) -> ResponseReturnValue:
    """The form of an earlier call in the place of what stands in a draft."""
    call = _held(call_id)
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
    call, sent = _held(call_id), PublishForm()
    if sent.validate_on_submit():
        form_editing.take_back(call, actor=actor(), at=calendar.now())
        db.session.commit()
        flash(_("The changes were given up. The form stands as it is published."), "success")
        return redirect(url_for("programmes.edit_form", call_id=call_id))
    return form_page("programmes/form/take_back.html", form=sent, call=call)


def _question_page(
    call: Call, form: Definition, section: Section, asked: editor.QuestionForm, question: Question | None
) -> ResponseReturnValue:
    """The page of a question: shown, looked at as typed, saved. What a colleague saved meanwhile is shown beside it."""
    key = question.key if question else editing.next_key(_template(call), "q")
    context: dict[str, Any] = {
        "call": call, "section": section, "question": question, "kind": KINDS[asked.asked_kind],
        "why_needed": _(why_needed(key)) if why_needed(key) else "", "saved": (),
    }  # fmt: skip

    def page(status: int = 200) -> ResponseReturnValue:
        looked = _looked_at(form, section, asked, key) if asked.is_submitted() else form
        shown = _fields(looked, looked.section(looked.section_of.get(key, section.key)))
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
    _change(call, changed, "question_changed" if question else "question_added", asked.label_ja.data or "")
    db.session.commit()
    flash(_("Saved."), "success")
    return _to_part(call.id, changed.questions[key])


def _looked_at(form: Definition, section: Section, asked: editor.QuestionForm, key: str) -> Definition:
    """The form with the question as it is typed; as it was before where nobody could answer it so."""
    to = asked.section.data if _section_of(form, asked.section.data or "") else section.key
    typed = editing.with_question(form, to, asked.question(key))
    return form if typed.faults_of(key) else typed


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
        _change(call, without(form, part.key), what, part.label.ja)
        db.session.commit()
        flash(_("Removed."), "success")
        return redirect(url_for("programmes.edit_form", call_id=call.id))
    return form_page(
        "programmes/form/remove.html",
        form=sent, wrong=sent.is_submitted(), call=call, part=part, gone=gone, needed=needed, depending=depending,
        is_section=isinstance(part, Section),
    )  # fmt: skip


def _lines_of(form: Definition, question: Question) -> list[tuple[str, str]]:
    return [(_("Saved now"), in_words(form, question.key))]


def _change(call: Call, form: Definition, what: str, label: str) -> None:
    done = {"what": what, "label": label}
    form_editing.change(call, form, done=done, actor=actor(), at=calendar.now())


def _fields(form: Definition, section: Section) -> Any:
    """The entries of a section as its page draws them, under names that no form of ours has."""
    made = fields_of(section, {}, prefix=f"preview-{section.key}-")
    made.form = form
    return made


def _section_of(form: Definition, key: str) -> Section | None:
    return next((it for it in form.sections if it.key == key), None)


def _criteria(call: Call) -> list[str]:
    return [it.label for it in call.criteria]


def _strange_criteria(call: Call, form: Definition) -> list[str]:
    """Criteria that questions name and the call does not."""
    named = dict.fromkeys(it.criterion for it in form.questions.values() if it.criterion)
    return [name for name in named if name not in _criteria(call)]


def _to_part(call_id: int, part: Section | Question) -> ResponseReturnValue:
    place = f"{'section' if isinstance(part, Section) else 'question'}-{part.key}"
    return redirect(url_for("programmes.edit_form", call_id=call_id, _anchor=place))


def _template(call: Call) -> Any:
    assert call.form is not None
    return call.form


def _call(call_id: int) -> Call:
    call = fetch(Call, call_id, joinedload(Call.form))
    if call.form is None:
        abort(404)
    return call


def _held(call_id: int) -> Call:
    """The call; where it is about to be changed, with its form as it is now, until the commit."""
    call = _call(call_id)
    return call if only_reads() else form_editing.hold(call, actor=actor(), at=calendar.now())


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
