"""A council's page within its project, what the secretariat does there, and the member's page behind a link."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from app import calendar
from app.councils import invitation, operations, pace
from app.councils.forms import AnswerForm, CouncilForm, MeetingForm, MemberForm, RequestForm
from app.councils.labels import council_role
from app.councils.lists import roster
from app.councils.models import Council, Membership
from app.db import db
from app.lifecycle import MEMBERSHIP, closed_guard
from app.lifecycle.membership import ASKED
from app.organisations.links import LinkGone
from app.organisations.operations import Refused
from app.projects.models import Project, ProjectApplicant
from app.web.access import actor, needs
from app.web.arrival import arrived
from app.web.forms import form_page
from app.web.i18n import sentence_of
from app.web.records import fetch
from app.web.timeline import timeline

councils = Blueprint("councils", __name__)
councils.add_app_template_filter(council_role)
USUAL_TIME_TO_REPLY = timedelta(days=14)

WITH_PROJECT = (
    joinedload(Council.project).joinedload(Project.call),
    joinedload(Council.project).selectinload(Project.applicants).joinedload(ProjectApplicant.organisation),
)


@councils.get("/projects/<int:project_id>/council")
@needs("council.view")
def show(project_id: int) -> ResponseReturnValue:
    """The council of a project: its roster, meetings and history; or the form to begin it."""
    return _page_of(_project(project_id), CouncilForm())


@councils.post("/projects/<int:project_id>/council")
@needs("council.manage")
def form(project_id: int) -> ResponseReturnValue:
    project = _project(project_id)
    entered = CouncilForm()
    if not entered.validate_on_submit():
        return _page_of(project, entered), 422
    try:
        operations.form(project, name=entered.name.data, actor=actor(), at=calendar.now())
    except Refused as problem:
        flash(sentence_of(problem), "warning")
    else:
        db.session.commit()
        flash(_("The council is being set up. Name its members next."), "success")
    return redirect(url_for("councils.show", project_id=project_id))


@councils.route("/councils/<int:council_id>/members", methods=["GET", "POST"])
@needs("council.manage")
def ask(council_id: int) -> ResponseReturnValue:
    """Name a member; each is asked by mail."""
    council = fetch(Council, council_id, *WITH_PROJECT)
    entered = MemberForm.fresh(reply_by=calendar.today() + USUAL_TIME_TO_REPLY)
    if entered.validate_on_submit():
        member = {key: value for key, value in entered.data.items() if key != "csrf_token"}
        try:
            membership = operations.ask(council, **member, actor=actor(), at=calendar.now())
        except Refused as problem:
            entered.mailbox.errors = [sentence_of(problem)]
        else:
            db.session.commit()
            flash(_("%(member)s is asked by mail.", member=membership.named), "success")
            return redirect(url_for("councils.show", project_id=council.project_id))
    full = "" if entered.is_submitted() else _why_full(council)
    return form_page("councils/ask.html", form=entered, council=council, full=full)


@councils.route("/memberships/<int:membership_id>/request", methods=["GET", "POST"])
@needs("council.manage")
def ask_again(membership_id: int) -> ResponseReturnValue:
    membership = fetch(Membership, membership_id, joinedload(Membership.council).options(*WITH_PROJECT))
    entered = RequestForm(mailbox=membership.mailbox, reply_by=calendar.today() + USUAL_TIME_TO_REPLY)
    if entered.validate_on_submit():
        try:
            operations.ask_again(
                membership,
                mailbox=entered.mailbox.data,
                reply_by=entered.reply_by.data,
                actor=actor(),
                at=calendar.now(),
            )
        except Refused as problem:
            entered.mailbox.errors = [sentence_of(problem)]
        else:
            db.session.commit()
            flash(_("%(member)s is asked again, by a new link.", member=membership.named), "success")
            return redirect(url_for("councils.show", project_id=membership.council.project_id))
    return form_page(
        "councils/ask_again.html",
        form=entered,
        membership=membership,
        full="" if entered.is_submitted() else _why_full(membership.council, besides=membership),
        next_request=pace.next_request(membership),
    )


@councils.post("/councils/<int:council_id>/activation")
@needs("council.activate")
def activate(council_id: int) -> ResponseReturnValue:
    council = fetch(Council, council_id)
    if closed := closed_guard(council, "activate", at=calendar.now()):
        flash(_(closed.sentence), "warning")
    else:
        operations.activate(council, actor=actor(), at=calendar.now())
        db.session.commit()
        flash(_("The council is set up."), "success")
    return redirect(url_for("councils.show", project_id=council.project_id))


@councils.route("/councils/<int:council_id>/meetings", methods=["GET", "POST"])
@needs("council.manage")
def record_meeting(council_id: int) -> ResponseReturnValue:
    council = fetch(Council, council_id, *WITH_PROJECT)
    entered = MeetingForm()
    if entered.validate_on_submit():
        meeting = {key: value for key, value in entered.data.items() if key != "csrf_token"}
        try:
            operations.record_meeting(council, **meeting, actor=actor(), at=calendar.now())
        except Refused as problem:
            entered.held_on.errors = [sentence_of(problem)]
        else:
            db.session.commit()
            flash(_("The meeting is recorded."), "success")
            return redirect(url_for("councils.show", project_id=council.project_id))
    return form_page("councils/meeting.html", form=entered, council=council)


@councils.route("/c/<token>", methods=["GET", "POST"])
@needs("public")
def reply(token: str) -> ResponseReturnValue:
    """A member answers without an account. Opening the page uses nothing up: mail filters open every link."""
    try:
        link, membership = invitation.opened(token, at=arrived())
        entered = AnswerForm()
        if entered.validate_on_submit():
            agree, note = entered.answer.data == "agree", entered.note.data or ""
            operations.answer_by_link(link, membership, agree, note, at=calendar.now())
            db.session.commit()
            return redirect(url_for("councils.reply", token=token))
    except LinkGone as gone:
        db.session.rollback()
        return _private(*_gone(gone))
    return _private(*form_page("councils/reply.html", form=entered, membership=membership))


def _gone(gone: LinkGone) -> tuple[str, int]:
    """Why the link opens nothing, in friendly words: what was answered, or whom to ask for a new one."""
    why, membership = invitation.why_gone(gone)
    page = render_template(
        f"councils/link_{why}.html",
        membership=membership,
        contact=invitation.contact_of(membership) if membership else None,
        sent_again=request.method == "POST",
    )
    if why == "answered":
        return page, 409 if request.method == "POST" else 200
    return page, 404 if why == "unknown" else 410


def _private(page: str, status: int) -> Response:
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _project(project_id: int) -> Project:
    applicants = joinedload(Project.applicants).joinedload(ProjectApplicant.organisation)
    return fetch(Project, project_id, joinedload(Project.call), applicants)


def _page_of(project: Project, entered: CouncilForm) -> str | Response:
    at = calendar.now()
    council, asked_today = pace.council_of(project, at=at)
    if council is None:
        if not entered.is_submitted():
            entered.name.data = f"{project.lead.name}地域実装協議会"
        return render_template("councils/none.html", project=project, form=entered)
    counted = Counter(dict.fromkeys(MEMBERSHIP.states, 0))
    counted.update(member.state for member in council.memberships)
    full = pace.why_full(asked_today, sum(counted[state] for state in ASKED), at)
    return roster(council, actor(), request.args, at=at, is_full=full is not None).response(
        "councils/show.html",
        filename="council",
        project=project,
        council=council,
        entries=timeline(council, *council.memberships),
        counted=counted,
        full=sentence_of(full) if full else "",
    )


def _why_full(council: Council, besides: Membership | None = None) -> str:
    """Why nobody can be asked at present, in words; empty when somebody can."""
    try:
        pace.refuse_full(council, at=calendar.now(), besides=besides)
    except Refused as problem:
        return sentence_of(problem)
    return ""
