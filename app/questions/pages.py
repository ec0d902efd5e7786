"""The page of one section: shown, saved by itself, saved for now (unfinished), or saved and gone on from.

It takes the autosave at the same address: the same entries, answered as JSON, nothing asked for that is still missing.
The context that asks brings the record, the frame around the fields, and what follows a save.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import flash, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.db import db
from app.explained import Explained
from app.questions import room
from app.questions.answering import Hidden, Locked, NotAsked, OtherVersion, Stale, refuse_other_version
from app.questions.definition import Section, asked_now
from app.questions.forms import SectionForm, hidden_sentence, section_form
from app.questions.kind import Unreadable, Upload
from app.questions.models import Response
from app.web.access import actor, only_reads
from app.web.errors import wants_json
from app.web.forms import NOT_ONE_LINE
from app.web.i18n import sentence_of, shown_size


@dataclass(frozen=True)
class Frame:
    """What a context puts around the entries of a section."""

    save: Callable[
        [SectionForm, bool], Any
    ]  # keeps form.values; the second says that nobody pressed a button
    shown: Callable[[SectionForm], str]  # the page with its form
    stale: Callable[
        [SectionForm, Stale, bool], str
    ]  # both answers; the last says that the other tab is one's own
    after: Callable[[], Any]  # where a save leads
    kept_for_now: str = ""  # what is told of one that is unfinished


def section_page(response: Response, section: Section, frame: Frame) -> ResponseReturnValue:
    form = section_form(response, section)
    if only_reads():
        return frame.shown(form)
    by_itself, for_now = wants_json(), "for_now" in request.form
    if not form.read():
        return _unreadable(form, frame, by_itself)
    try:
        refuse_other_version(
            response, form.form_version.data
        )  # before it is told what that version did not ask
    except OtherVersion as problem:
        return _refused(response, form, frame, problem, by_itself)
    complete = by_itself or for_now or _is_complete(response, form)
    received = form.received
    if not complete and not received:
        return frame.shown(form), 422
    try:
        frame.save(form, by_itself)
    except (room.TooMuch, Unreadable, NotAsked, Locked, OtherVersion) as problem:
        db.session.rollback()
        return _refused(response, form, frame, problem, by_itself)
    except Stale as stale:
        db.session.rollback()
        return _stale(response, form, frame, stale)
    db.session.commit()
    _tell_of(received)
    if (
        not complete
    ):  # a browser cannot send a file again by itself, so what came is kept beside what is missing
        form.begin_anew(response)
        return frame.shown(form), 422
    if by_itself:
        return jsonify(version=response.version_of(section.key))
    if for_now:
        flash(frame.kept_for_now or _("Saved for now."), "success")
        return redirect(request.path)
    flash(_("Saved: %(section)s", section=str(section.label)), "success")
    return frame.after()


def both_answers(form: SectionForm, stale: Stale, own: bool, around: Mapping[str, str]) -> str:
    """The page of what is saved now beside what was typed; `around`: see templates/questions/stale.html."""
    return render_template(
        "questions/stale.html",
        section=form.section,
        form=form,
        stale=stale,
        own=own,
        theirs=_theirs(form, stale),
        around=around,
    )


def _unreadable(form: SectionForm, frame: Frame, by_itself: bool) -> ResponseReturnValue:
    if by_itself:
        return jsonify(error="refused", sentence=_why_not_saved(form.refuses()[0])), 422
    return frame.shown(form), 422


def _tell_of(received: list[Upload]) -> None:
    for it in received:
        flash(
            _(
                "“%(name)s” was received: %(size)s, SHA-256 %(sha256)s",
                name=it.name,
                size=shown_size(it.size),
                sha256=it.sha256,
            ),
            "success",
        )


def _is_complete(response: Response, form: SectionForm) -> bool:
    """Whether what is asked is answered, as far as a page can tell; what is not asked now is not missing."""
    complete = form.validate()
    asked = asked_now(response.form, {**response.values, **form.values})
    for question in form.section.questions:
        if question.key not in asked:
            for name in question.asked.names:
                form[name].errors = []
        elif complete or not any(form[name].errors for name in question.asked.names):
            for problem in question.asked.problems(form.values[question.key], form.section.key):
                form.mark(problem.anchor, problem.sentence)
    return not any(field.errors for field in form)


def _refused(
    response: Response, form: SectionForm, frame: Frame, problem: Explained, by_itself: bool
) -> ResponseReturnValue:
    sentence, status = _why_refused(response, problem), 409 if isinstance(problem, OtherVersion) else 422
    if by_itself:
        return jsonify(error="refused", sentence=sentence), status
    entry = getattr(problem, "name", "") or getattr(problem, "entry", "")
    if isinstance(problem, Hidden | Locked):
        entry = response.form.questions[problem.key].asked.names[0]
    if isinstance(problem, OtherVersion):  # what is sent next was made from the page that is shown now
        form.form_version.data = response.version.number
    form.mark(entry, sentence)
    return frame.shown(form), status


def _why_refused(response: Response, problem: Explained) -> str:
    if isinstance(problem, Hidden):  # the form's own words say what it depends on
        return hidden_sentence(response.form, response.form.questions[problem.key])
    return sentence_of(problem)


def _stale(response: Response, form: SectionForm, frame: Frame, stale: Stale) -> ResponseReturnValue:
    """Both answers, and the choice between them. Nothing is lost."""
    own = stale.saved_by_person == actor().person_id  # in another tab
    if wants_json():
        return jsonify(error="stale", by=stale.saved_by, own=own), 409
    form.version.data = stale.version
    form.version.raw_data = None
    return frame.stale(form, stale, own), 409


def _why_not_saved(field: Any) -> str:
    """For entries that are saved by themselves: nothing is taken out of a box in which somebody is typing."""
    if field.errors[0] not in NOT_ONE_LINE.values():
        return f"{field.label.text}: {field.errors[0]}"
    return _(
        "Not saved yet: “%(field)s” holds a line break or an invisible character. Use one of the buttons to save; it is "
        "taken out for you to check.",
        field=field.label.text,
    )


def _theirs(form: SectionForm, stale: Stale) -> list[tuple[str, str]]:
    """(entry, what is saved now) where it differs from what was typed."""
    found = []
    for question in form.section.questions:
        if question.key in stale.theirs:
            theirs, yours = (
                question.asked.shown_entries(answers[question.key]) for answers in (stale.theirs, stale.yours)
            )
            found += [(form[name].label.text, text) for name, text in theirs.items() if text != yours[name]]
    return found
