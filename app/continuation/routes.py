"""Pages of the body's side: what a project can ask for, the application with its sections, handing it in, withdrawing it."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload
from werkzeug.datastructures import MultiDict

from app import calendar
from app.continuation import drafting, handing_in
from app.continuation.blueprint import WHOLE, continuation
from app.continuation.forms import ReasonForm, SubmissionForm
from app.continuation.lists import continuation_list
from app.continuation.models import Continuation
from app.continuation.section_routes import content_read, files_read
from app.db import db
from app.lifecycle import is_open
from app.lifecycle.continuation import EDITABLE, OPEN
from app.organisations.operations import Refused
from app.projects.lists import BESIDE_IT, BODIES
from app.projects.models import Project
from app.questions.answering import problems_of
from app.questions.freezing import Incomplete, answers_in
from app.web.access import actor, needs, only_reads
from app.web.arrival import arrived
from app.web.forms import form_page
from app.web.i18n import sentence_of, shown_date
from app.web.lists import Listing
from app.web.records import fetch
from app.web.timeline import timeline
from app.web.walk import leads_to, walk_of

REFUSALS = (Incomplete, handing_in.TooLate, handing_in.ChangedSinceSeen)


@continuation.get("/continuations")
@needs("continuation.list")
def index() -> ResponseReturnValue:
    return _listed(request.args).response("continuation/index.html", filename="continuations")


@leads_to("continuation", "continuation.index")
def _listed(args: MultiDict) -> Listing:
    return continuation_list(actor(), args)


@continuation.get("/projects/<int:project_id>/continuation")
@needs("continuation.view")
def of_project(project_id: int) -> str:
    """What its call says of an extension, and the applications there are, as far as who asks may see them."""
    project = fetch(Project, project_id, joinedload(Project.applicants), beside=BESIDE_IT)
    found = drafting.of_project(project)
    why_not = ""
    if actor().may("continuation.start", project):
        try:
            drafting.refuse_start(project, found, arrived())
        except Refused as refused:
            why_not = sentence_of(refused)
    seen = [it for it in found if actor().may("continuation.view", it)]
    return render_template(
        "continuation/of_project.html",
        project=project,
        continuations=seen,
        why_not=why_not,
        last_open=next((it for it in seen if it in OPEN), None),
        entries=timeline(project),
    )


@continuation.post("/projects/<int:project_id>/continuation")
@needs("continuation.start")
def start(project_id: int) -> ResponseReturnValue:
    project = fetch(Project, project_id, joinedload(Project.call), BODIES)
    try:
        made = drafting.start(project, actor=actor(), at=calendar.now(), arrived=arrived())
    except Refused as refused:
        db.session.rollback()
        flash(sentence_of(refused), "warning")
        return redirect(url_for("continuation.of_project", project_id=project_id))
    db.session.commit()
    return redirect(url_for("continuation.show", continuation_id=made.id))


@continuation.get("/continuations/<int:continuation_id>")
@needs("continuation.view")
def show(continuation_id: int) -> ResponseReturnValue:
    return _case(fetch(Continuation, continuation_id, *WHOLE))


@continuation.post("/continuations/<int:continuation_id>/approval-request")
@needs("continuation.hand_over")
def hand_over(continuation_id: int) -> ResponseReturnValue:
    found = fetch(Continuation, continuation_id, *WHOLE)
    try:
        handing_in.hand_over(found, actor=actor(), at=calendar.now(), arrived=arrived())
    except REFUSALS as refused:
        db.session.rollback()
        return _case(found, refused)
    db.session.commit()
    flash(_("Your approver has it as a task now, and is asked by mail."), "success")
    return redirect(url_for("continuation.show", continuation_id=continuation_id))


@continuation.post("/continuations/<int:continuation_id>/drafting")
@needs("continuation.take_back")
def take_back(continuation_id: int) -> ResponseReturnValue:
    found = fetch(Continuation, continuation_id, *WHOLE)
    handing_in.take_back(found, actor=actor(), at=calendar.now())
    db.session.commit()
    flash(_("It is a draft again and can be edited."), "success")
    return redirect(url_for("continuation.show", continuation_id=continuation_id))


@continuation.route("/continuations/<int:continuation_id>/sending-back", methods=["GET", "POST"])
@needs("continuation.submit")
def send_back(continuation_id: int) -> ResponseReturnValue:
    def act(found: Continuation, form: ReasonForm) -> None:
        handing_in.send_back(found, reason=form.reason.data or "", actor=actor(), at=calendar.now())

    return with_reason(
        continuation_id, "send_back", ReasonForm(), act, _("Sent back. The editor is told by mail.")
    )


@continuation.route("/continuations/<int:continuation_id>/submission", methods=["GET", "POST"])
@needs("continuation.submit")
def submit(continuation_id: int) -> ResponseReturnValue:
    """The approver reads the whole and submits it."""
    found = fetch(Continuation, continuation_id, *WHOLE)
    if found not in EDITABLE:
        flash(_("This application has been submitted already."), "info")
        return redirect(url_for("continuation.show", continuation_id=continuation_id))
    form = SubmissionForm()
    if not form.validate_on_submit():
        return _to_submit(found)
    try:
        seen = form.seen.data or None
        handing_in.submit(found, seen=seen, actor=actor(), at=calendar.now(), arrived=arrived())
    except REFUSALS as refused:
        db.session.rollback()
        return _to_submit(found, refused)
    db.session.commit()
    flash(_("Submitted. A receipt is on its way by mail."), "success")
    return redirect(url_for("continuation.show", continuation_id=continuation_id))


@continuation.route("/continuations/<int:continuation_id>/withdrawal", methods=["GET", "POST"])
@needs("continuation.withdraw")
def withdraw(continuation_id: int) -> ResponseReturnValue:
    def act(found: Continuation, form: ReasonForm) -> None:
        handing_in.withdraw(found, reason=form.reason.data or "", actor=actor(), at=calendar.now())

    return with_reason(continuation_id, "withdraw", ReasonForm(), act, _("The application is withdrawn."))


def with_reason(continuation_id: int, name: str, form: Any, act: Any, done: str) -> ResponseReturnValue:
    """The page of a move that asks something first; what cannot be is told at its entry."""
    found = fetch(Continuation, continuation_id, *WHOLE)
    back = url_for("continuation.show", continuation_id=continuation_id)
    if only_reads() and not is_open(found, name, actor=actor(), at=calendar.now()):
        flash(_("It has moved on meanwhile: this cannot be done any more."), "info")
        return redirect(back)
    if form.validate_on_submit():
        try:
            act(found, form)
        except Refused as refused:
            db.session.rollback()
            entry = getattr(refused, "entry", "")
            form[entry if entry in form else next(iter(form._fields))].errors = [sentence_of(refused)]
        else:
            db.session.commit()
            flash(done, "success")
            return redirect(back)
    return form_page(f"continuation/{name}.html", form=form, continuation=found, project=found.project)


def _case(found: Continuation, refused: Exception | None = None) -> ResponseReturnValue:
    form = SubmissionForm(formdata=None)
    return form_page(
        "continuation/show.html",
        form=form,
        wrong=refused is not None,
        refusal=_sentence(refused),
        walk=walk_of(found),
        entries=timeline(found),
        **_around(found),
    )


def _to_submit(found: Continuation, refused: Exception | None = None) -> ResponseReturnValue:
    form = SubmissionForm(formdata=None)
    form.seen.data = drafting.fingerprint(found)
    return form_page(
        "continuation/submit.html",
        form=form,
        wrong=refused is not None,
        refusal=_sentence(refused),
        **_around(found),
    )


def _around(found: Continuation) -> dict[str, Any]:
    writes = is_open(found, "edit", actor=actor(), at=calendar.now())
    content = content_read(found)
    keys: dict[str, Any] = {"continuation_id": found.id}
    return {
        "continuation": found,
        "project": found.project,
        "sections": [
            (it, [one for one in answers_in(content) if one.section == it.key])
            for it in found.answered.form.sections
        ],
        "problems": problems_of(found.answered) if found in EDITABLE and writes else [],
        "edit": {
            it.key: url_for("continuation.section", continuation_section=it.key, **keys)
            for it in (found.answered.form.sections if writes else ())
        },
        "files": {
            file.sha256: url_for("continuation.document", continuation_file_id=file.id, **keys)
            for file in files_read(found)
        },
        "late": calendar.now() >= found.closes_at,
    }


def _sentence(refused: Exception | None) -> str:
    if isinstance(refused, handing_in.TooLate):
        day = shown_date(refused.due_on)
        return _("It was not submitted: the last day for it was %(day)s. What you entered is kept.", day=day)
    if isinstance(refused, handing_in.ChangedSinceSeen):
        return _(
            "It was not submitted: somebody changed it after you opened this page. Read it once more, then submit."
        )
    return ""
