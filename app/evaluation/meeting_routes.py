"""Pages of meetings, for the office: planned, who took part, which projects, held, published, printed."""

from __future__ import annotations

import io
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload, selectinload

from app import calendar
from app.correspondence.rendering import MissingFont
from app.db import db
from app.evaluation import evaluations, lists, meetings
from app.evaluation.blueprint import evaluation
from app.evaluation.content import content_of, evaluations_of, groups_of
from app.evaluation.forms import CallingOffForm, MeetingForm, ProjectsForm
from app.evaluation.models import EvaluationMeeting
from app.evaluation.printing import pdf_of
from app.lifecycle import closed_guard, is_open
from app.lifecycle.evaluation_meeting import HELD, UNSETTLED
from app.programmes.voice import all_programmes, name_of
from app.questions.answering import Stale
from app.questions.forms import SectionForm, shown_questions
from app.questions.freezing import FrozenAnswer
from app.questions.models import Response
from app.questions.pages import Frame, both_answers, section_page
from app.web.access import actor, can, needs, only_reads
from app.web.bodies import takes_files
from app.web.files import download
from app.web.forms import form_page
from app.web.records import fetch, same_version
from app.web.timeline import timeline

WHOLE = (
    joinedload(EvaluationMeeting.answered).joinedload(Response.version),
    joinedload(EvaluationMeeting.answered).selectinload(Response.answers),
    selectinload(EvaluationMeeting.evaluations),
)


@evaluation.get("/evaluation-meetings")
@needs("evaluation_meeting.view")
def index() -> ResponseReturnValue:
    return lists.meeting_list(actor(), request.args).response(
        "evaluation/index.html", filename="evaluation-meetings"
    )


@evaluation.get("/evaluation-meetings/grades")
@needs("evaluation.list")
def grades() -> ResponseReturnValue:
    """What all meetings have graded and said, to be sorted, filtered and taken away as a file."""
    return lists.row_list(actor(), request.args).response("evaluation/grades.html", filename="evaluations")


@evaluation.route("/evaluation-meetings/new", methods=["GET", "POST"])
@needs("evaluation_meeting.manage")
def plan() -> ResponseReturnValue:
    form = MeetingForm.fresh({it.id: name_of(it) for it in all_programmes()})
    if only_reads():
        form.fiscal_year.data = str(calendar.fiscal_year(calendar.today()) - 1)
    elif form.validate_on_submit():
        made = meetings.plan(
            meetings.programme_of(form.programme), form.facts, actor=actor(), at=calendar.now()
        )
        db.session.commit()
        flash(_("The meeting is on record. Enter who takes part, and which projects it looks at."), "success")
        return redirect(url_for("evaluation.meeting", meeting_id=made.id))
    return form_page("evaluation/edit_meeting.html", form=form, meeting=None)


@evaluation.get("/evaluation-meetings/<int:meeting_id>")
@needs("evaluation_meeting.view")
def meeting(meeting_id: int) -> ResponseReturnValue:
    """All of a meeting: who took part, which projects, what was graded, what still waits."""
    found = fetch(EvaluationMeeting, meeting_id, *WHOLE)
    listing = lists.row_list(actor(), request.args, found)
    if listing.is_file:
        return listing.response("", filename="evaluation")
    looked_at = evaluations_of(found)
    closed = closed_guard(found, "publish", at=calendar.now()) if found in HELD else None
    before = closed_guard(found, "hold", at=calendar.now())
    return render_template(
        "evaluation/meeting.html",
        meeting=found,
        listing=listing,
        looked_at=looked_at,
        off=lists.taken_off(found),
        sections=[_shown(found, it) for it in found.answered.form.sections],
        manages=can("evaluation_meeting.manage") and found in UNSETTLED,
        records=can("evaluation.record") and found in UNSETTLED,
        closed=closed or (before if found not in HELD and found in UNSETTLED else None),
        today=calendar.today(),
        happened=timeline(found),
    )


@evaluation.route("/evaluation-meetings/<int:meeting_id>/edit", methods=["GET", "POST"])
@needs("evaluation_meeting.manage")
def revise(meeting_id: int) -> ResponseReturnValue:
    found = fetch(EvaluationMeeting, meeting_id, *WHOLE)
    if not _may_still(found, "revise"):
        return _moved_on(found)
    form = MeetingForm.fresh({}, obj=found)
    if only_reads():
        form.version.data = found.version_id
        form.fiscal_year.data = str(found.fiscal_year)
    elif form.validate_on_submit():
        same_version(found, form.version.data)
        meetings.revise(found, form.facts, actor=actor(), at=calendar.now())
        db.session.commit()
        flash(_("Saved. What it was before stands in its history."), "success")
        return _to(found)
    return form_page("evaluation/edit_meeting.html", form=form, meeting=found)


@evaluation.route("/evaluation-meetings/<int:meeting_id>/<meeting_section>", methods=["GET", "POST"])
@needs("evaluation_meeting.manage")
@takes_files
def write(meeting_id: int, meeting_section: str) -> ResponseReturnValue:
    """Who took part, or what was said of all projects together: a section of the meeting's form."""
    found = fetch(EvaluationMeeting, meeting_id, *WHOLE)
    if only_reads() and found not in UNSETTLED:
        return _moved_on(found)
    back = url_for("evaluation.meeting", meeting_id=meeting_id)
    section = next((it for it in found.answered.form.sections if it.key == meeting_section), None)
    if section is None:
        abort(404)

    def save(form: SectionForm, by_itself: bool) -> None:
        meetings.save(
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
        return render_template(
            "evaluation/section.html",
            section=section,
            form=form,
            shown=shown_questions(found.answered, form),
            saved=found.answered.saves.get(section.key),
            caption=found.name,
            key=f"evaluation-meeting-{found.id}-{section.key}",
            back_url=back,
            back_label=_("Evaluation meeting"),
        )

    def both(form: SectionForm, stale: Stale, own: bool) -> str:
        around = {
            "here": request.path,
            "back_url": back,
            "back_label": _("Evaluation meeting"),
            "caption": found.name,
        }
        return both_answers(form, stale, own, around)

    return section_page(found.answered, section, Frame(save, shown, both, after=lambda: redirect(back)))


@evaluation.route("/evaluation-meetings/<int:meeting_id>/projects", methods=["GET", "POST"])
@needs("evaluation.record")
def choose_projects(meeting_id: int) -> ResponseReturnValue:
    """Which projects it looks at, beside those that it looks at already."""
    found = fetch(EvaluationMeeting, meeting_id, *WHOLE)
    if only_reads() and found not in UNSETTLED:
        return _moved_on(found)
    offered = {project.id: project for project in lists.others(found, actor())}
    form = ProjectsForm.fresh(
        {it.id: f"{_('No. %(number)s', number=it.number)} {it.shown_title}" for it in offered.values()}
    )
    if form.validate_on_submit():
        for project_id in form.projects.data or ():
            evaluations.look_at(found, offered[project_id], actor=actor(), at=calendar.now())
        db.session.commit()
        flash(_("Put on the meeting. What is graded of each follows its indicators."), "success")
        return _to(found, "projects")
    return form_page("evaluation/choose_projects.html", form=form, meeting=found, offered=offered)


@evaluation.post("/evaluation-meetings/<int:meeting_id>/holding")
@needs("evaluation_meeting.manage")
def hold(meeting_id: int) -> ResponseReturnValue:
    found = fetch(EvaluationMeeting, meeting_id, *WHOLE)
    meetings.hold(found, actor=actor(), at=calendar.now())
    db.session.commit()
    flash(
        _("It was held. Record its grades and opinions, and ask the local governments to respond."), "success"
    )
    return _to(found)


@evaluation.route("/evaluation-meetings/<int:meeting_id>/calling-off", methods=["GET", "POST"])
@needs("evaluation_meeting.manage")
def call_off(meeting_id: int) -> ResponseReturnValue:
    found = fetch(EvaluationMeeting, meeting_id, *WHOLE)
    if not _may_still(found, "call_off"):
        return _moved_on(found)
    form = CallingOffForm()
    if form.validate_on_submit():
        meetings.call_off(found, reason=form.reason.data or "", actor=actor(), at=calendar.now())
        db.session.commit()
        flash(_("The meeting is called off. The reason stands in its history."), "success")
        return _to(found)
    return form_page("evaluation/call_off.html", form=form, meeting=found)


@evaluation.route("/evaluation-meetings/<int:meeting_id>/publication", methods=["GET", "POST"])
@needs("evaluation_meeting.publish")
def publish(meeting_id: int) -> ResponseReturnValue:
    """What everybody will read, and the button that makes it final."""
    found = fetch(EvaluationMeeting, meeting_id, *WHOLE)
    if only_reads():
        if not is_open(found, "publish", actor=actor(), at=calendar.now()):
            return _moved_on(found)
        content = content_of(found, calendar.now())
        return render_template("evaluation/publish.html", meeting=found, content=content, groups_of=groups_of)
    meetings.publish(found, actor=actor(), at=calendar.now())
    db.session.commit()
    flash(_("The evaluation is published, and the local governments are told."), "success")
    return _to(found)


@evaluation.get("/evaluation-meetings/<int:meeting_id>/evaluation.pdf")
@needs("evaluation_meeting.view")
def pdf(meeting_id: int) -> ResponseReturnValue:
    """The published table on paper; before the publication as it stands now, and marked so."""
    found = fetch(EvaluationMeeting, meeting_id, *WHOLE)
    try:
        content = pdf_of(found, calendar.now())
    except MissingFont:
        flash(
            _(
                "The server has no Japanese font, so no letter can be made. Ask an administrator to run “flask doctor”."
            ),
            "error",
        )
        return _to(found)
    return download(io.BytesIO(content), f"{found.name}.pdf", "application/pdf")


def _shown(meeting: EvaluationMeeting, section: Any) -> dict[str, Any]:
    values = meeting.answered.values
    return {
        "section": section,
        "answers": [
            FrozenAnswer(
                section.key, it.key, it.label, it, it.asked.freeze(values.get(it.key, it.asked.empty))
            )
            for it in section.questions
        ],
        "saved": meeting.answered.saves.get(section.key),
    }


def _may_still(meeting: EvaluationMeeting, name: str) -> bool:
    """For a page that is read; what is sent is refused by the move, which keeps the entries."""
    return not only_reads() or is_open(meeting, name, actor=actor(), at=calendar.now())


def _moved_on(meeting: EvaluationMeeting) -> ResponseReturnValue:
    flash(_("This is not open now: see where the meeting stands."), "info")
    return _to(meeting)


def _to(meeting: EvaluationMeeting, anchor: str | None = None) -> ResponseReturnValue:
    return redirect(url_for("evaluation.meeting", meeting_id=meeting.id, _anchor=anchor))
