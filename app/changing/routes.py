"""Pages of change requests: of one project, of all, one to read, to write, to submit, to decide."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload
from werkzeug.datastructures import MultiDict

from app import calendar
from app.changing import operations
from app.changing.forms import ApprovalForm, ChangeForm, ReasonForm, RefusalForm
from app.changing.labels import shown_changes
from app.changing.lists import request_list
from app.changing.models import CONTENT, TECHNOLOGIES, TITLE, YEARS, ChangeRequest
from app.db import db
from app.lifecycle import is_open
from app.lifecycle.project import UNDER_SUPPORT
from app.organisations.operations import Refused
from app.projects.lists import BESIDE_IT, BODIES
from app.projects.models import Project
from app.web.access import actor, needs, only_reads
from app.web.forms import form_page
from app.web.i18n import sentence_of
from app.web.lists import Listing
from app.web.records import fetch, same_version
from app.web.timeline import timeline
from app.web.walk import leads_to, walk_of

changing = Blueprint("changing", __name__)
changing.add_app_template_global(shown_changes)
PROJECT = joinedload(ChangeRequest.project).options(joinedload(Project.call), BODIES)
OVER = operations.OVER


@changing.get("/change-requests")
@needs("change_request.list")
def index() -> ResponseReturnValue:
    return _listed(request.args).response("changing/index.html", filename="change-requests")


@leads_to("change_request", "changing.index")
def _listed(args: MultiDict) -> Listing:
    return request_list(actor(), args)


@changing.get("/projects/<int:project_id>/change-requests")
@needs("change_request.view")
def of_project(project_id: int) -> str:
    """The requests about a project, as far as who asks may see them."""
    project = fetch(Project, project_id, joinedload(Project.applicants), beside=BESIDE_IT)
    return render_template(
        "changing/of_project.html",
        project=project,
        requests=[it for it in operations.of_project(project) if actor().may("change_request.view", it)],
        entries=timeline(project),
    )


@changing.route("/projects/<int:project_id>/change-requests/new", methods=["GET", "POST"])
@needs("change_request.start")
def start(project_id: int) -> ResponseReturnValue:
    project = fetch(Project, project_id, joinedload(Project.call), BODIES)
    if project not in UNDER_SUPPORT and only_reads():
        flash(_(OVER), "info")
        return redirect(url_for("changing.of_project", project_id=project_id))
    form = _form(project, {})
    if form.validate_on_submit():
        try:
            made = operations.start(
                project, form.asked(project), reason=form.reason.data or "", actor=actor(), at=calendar.now()
            )
        except Refused as refused:
            _tell(form, refused)
        else:
            db.session.commit()
            flash(_("Saved as a draft. The approver submits it."), "success")
            return redirect(url_for("changing.show", change_request_id=made.id))
    return form_page("changing/edit.html", form=form, project=project, asking=None)


@changing.get("/change-requests/<int:change_request_id>")
@needs("change_request.view")
def show(change_request_id: int) -> str:
    return _case(fetch(ChangeRequest, change_request_id, PROJECT))


@changing.route("/change-requests/<int:change_request_id>/edit", methods=["GET", "POST"])
@needs("change_request.edit")
def edit(change_request_id: int) -> ResponseReturnValue:
    asking = fetch(ChangeRequest, change_request_id, PROJECT)
    back = url_for("changing.show", change_request_id=change_request_id)
    form = _form(asking.project, asking.changes, asking.reason)
    if only_reads():
        if not is_open(asking, "edit", actor=actor(), at=calendar.now()):
            flash(_("It cannot be written now."), "info")
            return redirect(back)
        form.version.data = asking.version_id
    elif form.validate_on_submit():
        try:
            same_version(asking, form.version.data)
            operations.edit(
                asking,
                form.asked(asking.project),
                reason=form.reason.data or "",
                actor=actor(),
                at=calendar.now(),
            )
        except Refused as refused:
            _tell(form, refused)
        else:
            db.session.commit()
            flash(_("Saved."), "success")
            return redirect(back)
    return form_page("changing/edit.html", form=form, project=asking.project, asking=asking)


@changing.post("/change-requests/<int:change_request_id>/submission")
@needs("change_request.submit")
def submit(change_request_id: int) -> ResponseReturnValue:
    asking = fetch(ChangeRequest, change_request_id, PROJECT)
    try:
        operations.submit(asking, actor=actor(), at=calendar.now())
    except Refused as refused:
        db.session.rollback()
        flash(sentence_of(refused), "error")
    else:
        db.session.commit()
        flash(_("Submitted. The office has it as a task."), "success")
    return redirect(url_for("changing.show", change_request_id=change_request_id))


@changing.route("/change-requests/<int:change_request_id>/approval", methods=["GET", "POST"])
@needs("change_request.decide")
def approve(change_request_id: int) -> ResponseReturnValue:
    def act(asking: ChangeRequest, form: ApprovalForm) -> None:
        operations.approve(asking, remark=form.remark.data or "", actor=actor(), at=calendar.now())

    done = _("Approved: the project is changed, and its local governments are told by mail.")
    return _with_reason(change_request_id, "approve", ApprovalForm(), act, done)


@changing.route("/change-requests/<int:change_request_id>/refusal", methods=["GET", "POST"])
@needs("change_request.decide")
def refuse(change_request_id: int) -> ResponseReturnValue:
    def act(asking: ChangeRequest, form: RefusalForm) -> None:
        operations.refuse(asking, reason=form.reason.data or "", actor=actor(), at=calendar.now())

    done = _("Not approved. The local governments are told by mail, with your reasons.")
    return _with_reason(change_request_id, "refuse", RefusalForm(), act, done)


@changing.route("/change-requests/<int:change_request_id>/withdrawal", methods=["GET", "POST"])
@needs("change_request.withdraw")
def withdraw(change_request_id: int) -> ResponseReturnValue:
    def act(asking: ChangeRequest, form: ReasonForm) -> None:
        operations.withdraw(asking, reason=form.reason.data or "", actor=actor(), at=calendar.now())

    return _with_reason(
        change_request_id, "withdraw", ReasonForm(), act, _("The change request is withdrawn.")
    )


def _with_reason(change_request_id: int, name: str, form: Any, act: Any, done: str) -> ResponseReturnValue:
    """The page of a move that asks something first; what cannot be is told at its entry."""
    asking = fetch(ChangeRequest, change_request_id, PROJECT)
    back = url_for("changing.show", change_request_id=change_request_id)
    if only_reads() and not is_open(asking, name, actor=actor(), at=calendar.now()):
        flash(_("It has moved on meanwhile: this cannot be done any more."), "info")
        return redirect(back)
    if form.validate_on_submit():
        try:
            act(asking, form)
        except Refused as refused:
            _tell(form, refused)
        else:
            db.session.commit()
            flash(done, "success")
            return redirect(back)
    return form_page(f"changing/{name}.html", form=form, asking=asking, project=asking.project)


def _case(asking: ChangeRequest) -> str:
    return render_template(
        "changing/show.html",
        asking=asking,
        project=asking.project,
        entries=timeline(asking),
        walk=walk_of(asking),
    )


def _form(project: Project, changes: dict[str, list[Any]], reason: str = "") -> ChangeForm:
    """Filled with what the request asks for, else with what stands."""
    now = operations.stands(project)
    to = {aspect: changes[aspect][1] if aspect in changes else now[aspect] for aspect in now}
    form = ChangeForm(
        title=to[TITLE],
        technologies=to[TECHNOLOGIES],
        content_from=changes.get(CONTENT, ["", ""])[0],
        content_to=to[CONTENT],
        years=to[YEARS] or None,
        reason=reason,
    )
    form.had_title = bool(project.title)
    return form


def _tell(form: Any, refused: Refused) -> None:
    db.session.rollback()
    entry = getattr(refused, "entry", "")
    entry = {"content": "content_to"}.get(entry, entry)
    first = next(name for name in form._fields if name not in ("csrf_token", "version"))
    field = form[entry if entry in form else first]
    field.errors = [*field.errors, sentence_of(refused)]
