"""The page of one section of a draft: what the call's form asks there, in the frame of an application."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import calendar
from app.applications import correcting, drafting
from app.applications.blueprint import page_after, section_url
from app.applications.copying import has_sources
from app.applications.models import Application
from app.applications.reapplication import as_rules_ask
from app.questions import presence
from app.questions.answering import Stale
from app.questions.correcting import kept_as_handed_in
from app.questions.definition import Section
from app.questions.forms import SectionForm, shown_questions
from app.questions.kinds.file import File
from app.questions.pages import Frame, both_answers
from app.questions.pages import section_page as page_of
from app.web.access import actor, only_reads
from app.web.forms import was_sent


def section_page(application: Application, section: Section) -> ResponseReturnValue:
    """Shown, saved by itself, saved for now, or saved and gone on from; while it cannot be edited, the case instead."""
    if only_reads() and not application.is_editable:
        flash(_("It cannot be edited now."), "info")
        return redirect(url_for("applications.show", application_id=application.id))
    section = as_rules_ask(application, section)
    whole, closed = section, correcting.locked(application)
    # A page that was opened before the return sends more than is open now: that is refused in words, not passed over.
    section = replace(
        whole,
        questions=tuple(it for it in whole.questions if it.key not in closed or was_sent(*it.asked.names)),
    )
    if not section.questions and not only_reads():
        flash(_("Nothing was saved: the office has not asked for a correction here."), "warning")
        return redirect(section_url(application, whole.key))

    def save(form: SectionForm, by_itself: bool) -> None:
        drafting.save(
            application,
            section.key,
            form.values,
            version=form.version.data,
            form=form.form_version.data,
            quietly=by_itself,
            actor=actor(),
            at=calendar.now(),
        )
        # Whoever works without a script is seen by others all the same.
        presence.note(application.answered, section.key, actor=actor(), at=calendar.machine_now())

    def shown(form: SectionForm) -> str:
        form.file_url = address_of_files(application)
        return render_template(
            "applications/section.html",
            application=application,
            form=form,
            section=section,
            copies=only_reads()
            and not application.version_of(section.key)
            and has_sources(application, actor()),
            shown=shown_questions(application.answered, form),
            remarks=[it for it in correcting.remarks_to_mend(application) if it.section == whole.key],
            closed=kept_as_handed_in(
                application.answered, whole.key, closed - {it.key for it in section.questions}
            ),
            files={it["sha256"]: form.file_url(it["id"]) for it in _files_of(application, whole)},
        )

    def both(form: SectionForm, stale: Stale, own: bool) -> str:
        around = {
            "here": section_url(application, section.key),
            "back_url": url_for("applications.show", application_id=application.id),
            "back_label": _("To the list of sections"),
            "caption": application.title or application.call.title,
        }
        return both_answers(form, stale, own, around)

    return page_of(
        application.answered,
        section,
        Frame(
            save,
            shown,
            both,
            after=lambda: gone_on(application, section.key),
            kept_for_now=_("Saved for now. What is missing can be added until the deadline."),
        ),
    )


def _files_of(application: Application, whole: Section) -> list[dict[str, Any]]:
    asked = [it.key for it in whole.questions if it.kind == File.name]
    return [file for key in asked for file in application.answered.values.get(key, ())]


def address_of_files(application: Application) -> Callable[[int], str]:
    """Where a file that was received is to be had, by its id."""
    return lambda number: url_for(
        "applications.attachment", application_id=application.id, attachment_id=number
    )


def gone_on(application: Application, key: str) -> ResponseReturnValue:
    """To the task list, or where "save and next" was pressed to the section that follows."""
    if "next" in request.form:
        return redirect(page_after(application, key))
    return redirect(url_for("applications.show", application_id=application.id))
