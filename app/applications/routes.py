"""Pages of applications: the list, a case. Drafting, handing in and checking stand in files of their own."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.interfaces import ORMOption
from werkzeug.datastructures import MultiDict

from app import calendar, security
from app.applications import (  # noqa: F401
    checking_routes,
    consent_routes,
    copying_routes,
    correcting,
    delegation_routes,
    drafting_routes,
    entry_labels,
    exception_routes,
    grace_routes,
    presence_routes,
    print_routes,
    reading,
    submission_routes,
    version_routes,
    workbook_routes,
)
from app.applications.assigning import assignee_of
from app.applications.blueprint import applications, file_of, section_url
from app.applications.checklist import checks_of, items_of, may_tick
from app.applications.consents import consents_of
from app.applications.copying import has_sources
from app.applications.delegations import own_last_day, seen_by
from app.applications.forms import AcceptanceForm, NoteForm
from app.applications.graces import grace_of
from app.applications.joint_models import JointApplicant
from app.applications.lists import listing_for, taken_part_in
from app.applications.models import ANSWERED, OF_RESULTS, Application, Submission
from app.applications.new_versions import news_of
from app.applications.notes import notes_of
from app.applications.reapplication import findings_on
from app.applications.sections import Section, sections_of
from app.correspondence.lists import letters_about
from app.lifecycle import APPLICATION
from app.lifecycle.application import (
    OVER,
    PROVISIONAL,
    RESULT_TOLD,
    RETURNED,
    WITH_APPLICANT,
    WITH_THE_OFFICE,
)
from app.permissions import APPLICANT, OFFICE
from app.questions import waiting as waiting_workbooks
from app.questions.correcting import Remark
from app.statements import load_many
from app.web.access import actor, can, needs
from app.web.files import download
from app.web.lists import Listing
from app.web.records import fetch
from app.web.timeline import Entry, timeline
from app.web.walk import in_list, leads_to, walk_of

WHOLE_CASE = (
    joinedload(Application.joint_applicants),
    joinedload(Application.corrections),
)
BESIDE_IT = (
    Application.call,
    Application.organisation,
    (Application.joint_applicants, JointApplicant.organisation),
)


@applications.get("/applications")
@needs("application.list")
def index() -> ResponseReturnValue:
    """A municipality's own applications; for the office all that was submitted."""
    listing = _listed(request.args)
    office = actor().role in OFFICE
    if office and listing.answers_with(lambda it: it in PROVISIONAL, PROVISIONAL.of(Application)):
        security.results_read(actor())
    to_accept = can("application.check") and any(row in WITH_THE_OFFICE for row in listing.rows)
    return listing.response(
        "applications/index.html",
        filename="applications",
        form=AcceptanceForm(formdata=None, seen=calendar.now().isoformat()) if to_accept else None,
        joint=taken_part_in(actor()) if can("joint_applicant.view") else [],
    )


@leads_to("application", "applications.index")
def _listed(args: MultiDict) -> Listing:
    return listing_for(actor(), args)


@applications.get("/applications/<int:application_id>")
@needs("application.view")
def show(application_id: int) -> ResponseReturnValue:
    """The task list while the applicant is to act; afterwards, and for the office, the case with what was submitted."""
    own = actor().role in APPLICANT
    application = _fetch_whole(application_id, *(ANSWERED if own else ()))
    if own and (waits := application.open_correction) and not waits.opened_at:
        correcting.note_opening(application, actor=actor(), at=calendar.now())
        application = _fetch_whole(application_id, *ANSWERED)
    if own and application in WITH_APPLICANT:
        sections, delegations = sections_of(application), seen_by(actor(), application)
        entries = timeline(application, *delegations)
        waiting, mended = correcting.to_mend_and_mended(application)
        return render_template(
            "applications/tasks.html",
            application=application,
            tasks=_task_list(application, sections, waiting),
            section_names={section.key: section.label for section in sections},
            waiting=waiting,
            mended=mended,
            some_closed=bool(correcting.locked(application)),
            copies=application.is_editable and has_sources(application, actor()),
            entries=entries,
            reached=_reached(application, entries),
            walk=walk_of(application),
            news=news_of(application),
            waiting_file=waiting_workbooks.name_of_waiting(
                application.answered, person_id=actor().person_id, at=calendar.now()
            ),
            consents=consents_of(application),
            delegations=delegations,
            own_last_day=own_last_day(actor()),
        )
    return _case(application, application.last_submission)


@applications.get("/applications/<int:application_id>/submissions/<int:submission_id>")
@needs("application.view")
def submission(application_id: int, submission_id: int) -> ResponseReturnValue:
    """What was handed in at one instant, word for word."""
    application = _fetch_whole(application_id)
    return _case(application, _submission(application, submission_id))


def _fetch_whole(application_id: int, *options: ORMOption) -> Application:
    application = fetch(Application, application_id, *WHOLE_CASE, *options, beside=BESIDE_IT)
    load_many([application], Application.submissions)
    return application


@applications.get("/applications/<int:application_id>/submissions/<int:submission_id>.json")
@needs("application.view")
def submission_json(application_id: int, submission_id: int) -> ResponseReturnValue:
    """The bytes that the submission's SHA-256 is taken of, so that anybody can take it again."""
    application = fetch(Application, application_id)
    found = _submission(application, submission_id)
    return download(
        io.BytesIO(found.canonical), f"{application.number}_{submission_id}.json", "application/json"
    )


@applications.get("/applications/<int:application_id>/submissions/<int:submission_id>/files/<sha256>")
@needs("application.view")
def submitted_file(application_id: int, submission_id: int, sha256: str) -> ResponseReturnValue:
    """A file as it was handed in."""
    application = fetch(Application, application_id)
    found = _submission(application, submission_id)
    file = next((file for file in found.said.attachments if file["sha256"] == sha256), None)
    if file is None:
        abort(404)
    return file_of(application, file)


@applications.get("/applications/<int:application_id>/attachments/<int:attachment_id>")
@needs("application.edit")
def attachment(application_id: int, attachment_id: int) -> ResponseReturnValue:
    """A file of the draft, also one that was replaced since, for the body itself."""
    application = fetch(Application, application_id)
    file = next((file for file in application.answered.files if file.id == attachment_id), None)
    if file is None:
        abort(404)
    may_replace = correcting.may_change(application, file.question)
    return file_of(application, file.in_answer(), may_replace=may_replace)


def _task_list(
    application: Application, sections: Sequence[Section], waiting: Sequence[Remark]
) -> list[dict[str, Any]]:
    """The lines of the task list. Colour only where somebody has to act: what is optional or done is plain."""
    closed = correcting.locked(application)
    to_mend, lines = {remark.section for remark in waiting}, []
    for section in sections:
        line: dict[str, Any] = {"label": section.label, "status": "done", "note": None, "status_label": None}
        if application.is_editable:
            line["url"] = section_url(application, section.key)
        if section.problems:
            line |= {"status": "action", "note": section.problems[0].sentence if section.started else None}
        elif section.key in to_mend:
            line |= {"status": "action", "status_label": _("To be corrected")}
        elif correcting.stays(application, section.key, closed):
            line |= {"note": _("Stays as it was handed in")}
        elif not section.is_done:
            line |= {"status": "optional"}
        lines.append(line)
    return lines


def _case(application: Application, shown: Submission | None) -> str:
    """The case with one of its submissions; sections that changed since the one before are marked."""
    delegations = seen_by(actor(), application)
    entries = timeline(application, *delegations)
    if application not in RESULT_TOLD and any(entry.event in OF_RESULTS for entry in entries):
        security.results_read(actor())  # also of one withdrawn since, whose result nobody will announce
    grace = grace_of(application) if application.came_in_grace and actor().may("grace.view") else None
    office = actor().role in OFFICE
    changes = reading.differences(application, shown) if shown else {}
    return render_template(
        "applications/show.html",
        application=application,
        grace=grace,
        findings=findings_on(application, shown.said) if shown and application not in OVER else [],
        shown=shown,
        desk=_desk(application, shown) if office else None,
        changes=changes,
        rounds=reading.rounds_of(application),
        changed={it.section for it in changes.values()},
        files=reading.file_addresses(application, shown) if shown else {},
        submission_links=_submission_links(application, shown),
        entries=entries,
        reached=_reached(application, entries),
        section_names=_section_names(shown),
        delegations=delegations,
        now=calendar.now(),
        walk=walk_of(application),
        # Before the announcement nothing leads to what the office has prepared.
        letters=letters_about(actor(), (application.kind, application.id))
        if application in RESULT_TOLD
        else [],
    )


def _desk(application: Application, shown: Submission | None) -> dict[str, Any]:
    """What the office keeps on its side; nothing of it is for an applicant."""
    checks = checks_of(application.submissions)
    return {
        "items": items_of(application, shown, checks),
        "asked": reading.asked_in(shown) if shown else {},
        "may_tick": may_tick(application, actor()) and shown is application.last_submission,
        "assignee": assignee_of(application),
        "notes": notes_of(application),
        "note_form": NoteForm(formdata=None),
    }


def _reached(application: Application, entries: Sequence[Entry]) -> dict[str, datetime | date | None]:
    """When it came to each state, as far as whoever reads is told."""
    reached: dict[str, datetime | date | None] = {
        step.target: entry.at
        for entry in reversed(entries)
        if (step := APPLICATION.told_by(entry.event)) and step.target
    }
    if application in RETURNED:  # on the strip it stands where another state is
        reached[APPLICATION.beside[RETURNED.only]] = reached.get(RETURNED.only)
    return reached


def _submission_links(application: Application, shown: Submission | None) -> list[dict[str, Any]]:
    return [
        {
            "label": _("Submission %(number)s", number=place),
            "url": url_for(
                "applications.submission", application_id=application.id, submission_id=one.id, **in_list()
            ),
            "current": one is shown,
        }
        for place, one in enumerate(application.submissions, start=1)
    ]


def _submission(application: Application, submission_id: int) -> Submission:
    found = next(
        (submission for submission in application.submissions if submission.id == submission_id), None
    )
    if found is None:
        abort(404)
    return found


def _section_names(shown: Submission | None) -> dict[str, str]:
    sections = shown.said.sections if shown is not None else []
    return {section.key: str(section.label) for section in sections}
