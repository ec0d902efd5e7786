"""The pages on which a form is edited: its sections and questions, each on a page of its own, moved, removed, looked at.

Whoever has a form to edit (a call, a survey) brings a `Desk`: the form as it stands, where its pages are, and how a change
is kept. Nothing here knows who is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import abort, flash, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import HiddenField

from app.db import db
from app.questions import editing, editor
from app.questions.comparing import in_words
from app.questions.definition import Definition, Question, Section
from app.questions.forms import condition_in_words
from app.questions.forms import form_of as fields_of
from app.questions.kinds import KINDS
from app.questions.models import FormTemplate
from app.web.access import only_reads
from app.web.errors import wants_json
from app.web.forms import Form, form_page

UP, DOWN = "up", "down"
AS_TYPED = "look"  # the button that shows how a question looks, and changes nothing


class MoveForm(Form):
    """What the arrows of a form's page send."""

    seen = HiddenField()
    section = HiddenField()
    question = HiddenField()  # one of the two
    to = HiddenField()


class RemovalForm(Form):
    """Nothing to enter: the page tells what goes."""


@dataclass(frozen=True)
class Desk:
    """A form that is being edited. Where something is about to be changed, whoever made it holds its record."""

    template: FormTemplate
    form: Definition
    title: str  # of the page of the form
    caption: str  # whose form it is
    url: Callable[..., str]  # the name of one of these pages, and what its address takes → the address
    keep: Callable[[Definition, str, str], Any]  # another definition, what was done, and to what
    looks: str  # the heading of a preview: who sees it so
    lead_of_preview: str
    remark_on_removal: str = ""  # what becomes of answers that were given
    criteria: Sequence[str] = ()
    why_needed: Callable[[str], str] = field(default=lambda _key: "")  # of a question, a msgid

    def section(self, key: str) -> Section | None:
        return next((it for it in self.form.sections if it.key == key), None)

    def to_part(self, part: Section | Question) -> ResponseReturnValue:
        place = f"{'section' if isinstance(part, Section) else 'question'}-{part.key}"
        return redirect(self.url("edit_form", _anchor=place))


def form_shown(desk: Desk, template: str, **context: Any) -> str:
    """The sections and questions in their order; `template` extends questions/form/edit.html."""
    return render_template(
        template,
        desk=desk,
        form=desk.form,
        kinds=KINDS,
        condition_in_words=condition_in_words,
        seen=editing.mark_of(desk.form),
        **context,
    )


def moved(desk: Desk) -> ResponseReturnValue:
    """One section or question a place up or down."""
    form, sent = desk.form, MoveForm()
    by = {UP: -1, DOWN: 1}.get(sent.to.data or "")
    question = form.questions.get(sent.question.data or "")
    part = question or desk.section(sent.section.data or "")
    if by is None or part is None:
        abort(404)
    if sent.seen.data != editing.mark_of(form):
        db.session.rollback()
        flash(
            _("The form was changed meanwhile, so nothing was moved. This is how it stands now."), "warning"
        )
    else:
        move = editing.with_question_moved if question else editing.with_section_moved
        what = "question_moved" if question else "section_moved"
        desk.keep(move(form, part.key, by), what, part.label.ja)
        db.session.commit()
    return desk.to_part(part)


def section_added(desk: Desk) -> ResponseReturnValue:
    words = editor.words_form()
    if words.validate_on_submit():
        key = editing.next_key(desk.template, "s")
        section = Section(key, words.label, (), help=words.guidance)
        desk.keep(desk.form.with_section(section), "section_added", words.label.ja)
        db.session.commit()
        flash(_("The section was added at the end. Now ask something in it."), "success")
        return redirect(desk.url("add_question", section_key=key))
    return form_page("questions/form/section.html", form=words, desk=desk, section=None)


def section_edited(desk: Desk, key: str) -> ResponseReturnValue:
    section = desk.section(key) or abort(404)
    words = editor.words_form(section)
    if words.validate_on_submit():
        if words.seen.data != editing.mark_of(section):
            words.seen.data = editing.mark_of(section)
            saved = editor.told_words(section.label, section.help)
            return render_template(
                "questions/form/section.html", form=words, desk=desk, section=section, saved=saved
            ), 409
        changed = editing.with_words(desk.form, key, words.label, words.guidance)
        desk.keep(changed, "section_changed", words.label.ja)
        db.session.commit()
        flash(_("Saved."), "success")
        return desk.to_part(section)
    return form_page("questions/form/section.html", form=words, desk=desk, section=section)


def section_removed(desk: Desk, key: str) -> ResponseReturnValue:
    section = desk.section(key) or abort(404)
    return _removal(desk, section, list(section.questions), editing.without_section)


def question_removed(desk: Desk, key: str) -> ResponseReturnValue:
    question = desk.form.questions.get(key) or abort(404)
    return _removal(desk, question, [question], editing.without_question)


def preview(desk: Desk) -> str:
    """The whole form as it will be seen; nothing can be sent from here."""
    sections = [
        (section, fields_for(desk.form, section)) for section in desk.form.sections if section.questions
    ]
    return render_template("questions/form/preview.html", desk=desk, sections=sections)


def question_added(desk: Desk, section_key: str) -> ResponseReturnValue:
    """A new question at the end of a section; first its kind is chosen."""
    section = desk.section(section_key) or abort(404)
    kind = KINDS.get(request.args.get("kind", ""))
    if kind is None:
        return render_template(
            "questions/form/kind.html", desk=desk, section=section, form=editor.kind_form()
        )
    asked = editor.question_form(desk.form, section_key, kind, criteria=desk.criteria)
    return _question_page(desk, section, asked, None)


def question_edited(desk: Desk, key: str) -> ResponseReturnValue:
    question = desk.form.questions.get(key) or abort(404)
    section = desk.form.section(desk.form.section_of[key])
    asked = editor.question_form(
        desk.form,
        section.key,
        KINDS[question.kind],
        question,
        criteria=desk.criteria,
        needed=bool(desk.why_needed(key)),
    )
    return _question_page(desk, section, asked, question)


def fields_for(form: Definition, section: Section) -> Any:
    """The entries of a section as its page draws them, under names that no form of ours has."""
    made = fields_of(section, {}, prefix=f"preview-{section.key}-")
    made.form = form
    return made


def labels_of(kind: str) -> dict[str, Any]:
    """What the settings of a kind are called (app/web/labels.py); the rest is known by the form's own name."""
    if kind not in KINDS:
        return {}
    found: dict[str, Any] = {}
    for it in (
        KINDS[kind].settings_form(formdata=None, columns=[{}])
        if kind == "table"
        else KINDS[kind].settings_form()
    ):
        found[f"settings-{it.name}"] = (it.label.text, type(it))
        for row in getattr(it, "entries", [])[:1]:
            for cell in row.form:
                name = f"settings-{cell.name}".replace("-0-", "-#-", 1)
                found[name] = (cell.label.text, type(cell))
    return found


def _removal(desk: Desk, part: Section | Question, gone: list[Question], without: Any) -> ResponseReturnValue:
    """The page that asks once more; what the product needs, or others depend on, stays, and why is said."""
    needed = [(it, _(desk.why_needed(it.key))) for it in gone if desk.why_needed(it.key)]
    depending = editing.depending_on(desk.form, [it.key for it in gone])
    sent = RemovalForm()
    stays = bool(needed or depending)
    if sent.validate_on_submit() and not stays:
        what = "question_removed" if isinstance(part, Question) else "section_removed"
        desk.keep(without(desk.form, part.key), what, part.label.ja)
        db.session.commit()
        flash(_("Removed."), "success")
        return redirect(desk.url("edit_form"))
    return form_page(
        "questions/form/remove.html",
        form=sent, wrong=sent.is_submitted(), desk=desk, part=part, gone=gone, needed=needed, depending=depending,
        is_section=isinstance(part, Section),
    )  # fmt: skip


def _question_page(
    desk: Desk, section: Section, asked: editor.QuestionForm, question: Question | None
) -> ResponseReturnValue:
    """The page of a question: shown, looked at as typed, saved. What a colleague saved meanwhile is shown beside it."""
    form = desk.form
    key = question.key if question else editing.next_key(desk.template, "q")
    why_needed = desk.why_needed(key)
    context: dict[str, Any] = {
        "desk": desk, "section": section, "question": question, "kind": KINDS[asked.asked_kind],
        "why_needed": _(why_needed) if why_needed else "", "saved": (),
    }  # fmt: skip

    def page(status: int = 200) -> ResponseReturnValue:
        looked = _looked_at(desk, section, asked, key) if asked.is_submitted() else form
        shown = fields_for(looked, looked.section(looked.section_of.get(key, section.key)))
        if wants_json():
            return jsonify(html=render_template("questions/form/_preview.html", fields=shown, asked=key))
        return render_template(
            "questions/form/question.html", form=asked, fields=shown, asked=key, **context
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
        context["saved"] = [(_("Saved now"), in_words(form, question.key))]
        return page(409)
    changed = editing.with_question(form, asked.section.data, asked.question(key))
    if faults := [_(msgid, **values) for msgid, values in changed.faults_of(key)]:
        asked.mark(faults)
        return page(422)
    desk.keep(changed, "question_changed" if question else "question_added", asked.label_ja.data or "")
    db.session.commit()
    flash(_("Saved."), "success")
    return desk.to_part(changed.questions[key])


def _looked_at(desk: Desk, section: Section, asked: editor.QuestionForm, key: str) -> Definition:
    """The form with the question as it is typed; as it was before where nobody could answer it so."""
    to = asked.section.data if desk.section(asked.section.data or "") else section.key
    typed = editing.with_question(desk.form, to, asked.question(key))
    return desk.form if typed.faults_of(key) else typed
