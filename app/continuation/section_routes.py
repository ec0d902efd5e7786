"""What a reader reads of an application for an extension, the files in it, and the pages on which its sections are written."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import calendar
from app.continuation import drafting
from app.continuation.blueprint import WHOLE, continuation
from app.continuation.models import Continuation
from app.lifecycle import is_open
from app.lifecycle.continuation import EDITABLE
from app.questions.answering import Stale
from app.questions.definition import Section
from app.questions.forms import SectionForm, shown_questions
from app.questions.freezing import content_of, files_in
from app.questions.giving_out import given_out
from app.questions.models import ReceivedFile
from app.questions.pages import Frame, both_answers, section_page
from app.web.access import actor, needs, only_reads
from app.web.bodies import takes_files
from app.web.records import fetch


@continuation.route(
    "/continuations/<int:continuation_id>/sections/<continuation_section>", methods=["GET", "POST"]
)
@needs("continuation.edit")
@takes_files
def section(continuation_id: int, continuation_section: str) -> ResponseReturnValue:
    """One section, as its form asks it."""
    found = fetch(Continuation, continuation_id, *WHOLE)
    asked = next((it for it in found.answered.form.sections if it.key == continuation_section), None)
    if asked is None:
        abort(404)
    if not is_open(found, "edit", actor=actor(), at=calendar.now()) and only_reads():
        flash(_("It cannot be written now."), "info")
        return redirect(url_for("continuation.show", continuation_id=continuation_id))
    return section_page(found.answered, asked, _frame(found, asked))


@continuation.get("/continuations/<int:continuation_id>/files/<int:continuation_file_id>")
@needs("continuation.view")
def document(continuation_id: int, continuation_file_id: int) -> ResponseReturnValue:
    """A file of what this person reads: for the office one that was handed in."""
    found = fetch(Continuation, continuation_id, *WHOLE)
    file = next((it for it in files_read(found) if it.id == continuation_file_id), None)
    if file is None:
        abort(404)
    back = url_for("continuation.show", continuation_id=continuation_id), _("Application for an extension")
    return given_out(file.in_answer(), back=back, caption=found.project.shown_title)


def content_read(found: Continuation) -> dict[str, Any]:
    """What this person reads: the body what it writes, the office what was handed in last."""
    own = actor().may("continuation.edit", found) and found in EDITABLE
    return content_of(found.answered) if own or found.frozen is None else found.frozen.content


def files_read(found: Continuation) -> list[ReceivedFile]:
    """The files of what this person reads."""
    named = {it["sha256"] for it in files_in(content_read(found))}
    return [file for file in found.answered.files if file.sha256 in named]


def _frame(found: Continuation, section: Section) -> Frame:
    back = url_for("continuation.show", continuation_id=found.id)
    here = url_for("continuation.section", continuation_id=found.id, continuation_section=section.key)

    def save(form: SectionForm, by_itself: bool) -> None:
        drafting.save(
            found,
            section.key,
            form.values,
            version=form.version.data,
            form=form.form_version.data,
            quietly=by_itself,
            actor=actor(),
            at=calendar.now(),
        )

    def shown(form: SectionForm) -> str:
        form.file_url = lambda number: url_for(
            "continuation.document", continuation_id=found.id, continuation_file_id=number
        )
        return render_template(
            "continuation/section.html",
            continuation=found,
            project=found.project,
            section=section,
            form=form,
            shown=shown_questions(found.answered, form),
            saved=found.answered.saves.get(section.key),
        )

    def both(form: SectionForm, stale: Stale, own: bool) -> str:
        around = {
            "here": here,
            "back_url": back,
            "back_label": _("Application for an extension"),
            "caption": found.project.shown_title,
        }
        return both_answers(form, stale, own, around)

    return Frame(save, shown, both, after=lambda: redirect(back))
