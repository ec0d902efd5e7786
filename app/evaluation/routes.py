"""Pages of the evaluation of a project: recorded by officers, answered by its local government, a part of the project's case."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload, selectinload

from app import calendar
from app.db import db
from app.evaluation import evaluations, lists
from app.evaluation.blueprint import evaluation
from app.evaluation.content import groups_of, row_of, rows_of
from app.evaluation.form import RESPONSE
from app.evaluation.forms import AskingAgainForm, PuttingForm, TakingBackForm
from app.evaluation.models import Evaluation, EvaluationMeeting, EvaluationRow
from app.kpis.models import Kpi
from app.lifecycle import EVALUATION, is_open
from app.lifecycle.evaluation import RESPONDED
from app.lifecycle.evaluation_meeting import EVALUATION_PUBLISHED
from app.permissions import OFFICE
from app.projects.lists import BESIDE_IT, BODIES
from app.projects.models import Project
from app.questions.answering import Stale, problems_of
from app.questions.definition import Section
from app.questions.forms import SectionForm, shown_questions
from app.questions.freezing import Incomplete
from app.questions.models import Response
from app.questions.pages import Frame, both_answers, section_page
from app.web.access import actor, needs, only_reads
from app.web.bodies import takes_files
from app.web.forms import Form, form_page
from app.web.i18n import shown_instant
from app.web.records import fetch
from app.web.timeline import timeline

TIME_TO_RESPOND = timedelta(days=21)  # offered; no source names a day [I]
WHOLE = (
    joinedload(Evaluation.meeting).joinedload(EvaluationMeeting.programme),
    joinedload(Evaluation.project).options(joinedload(Project.call), BODIES),
    selectinload(Evaluation.rows).joinedload(EvaluationRow.kpi).selectinload(Kpi.actuals),
    joinedload(Evaluation.findings).options(joinedload(Response.version), selectinload(Response.answers)),
    joinedload(Evaluation.answered).options(joinedload(Response.version), selectinload(Response.answers)),
)


@evaluation.get("/projects/<int:project_id>/evaluations")
@needs("evaluation.view")
def of_project(project_id: int) -> str:
    """How meetings have evaluated a project, as far as this person sees it."""
    project = fetch(Project, project_id, joinedload(Project.applicants), beside=BESIDE_IT)
    return render_template(
        "evaluation/of_project.html",
        project=project,
        evaluations=lists.of_project(project, actor()),
        today=calendar.today(),
    )


@evaluation.get("/evaluations/<int:evaluation_id>")
@needs("evaluation.view")
def show(evaluation_id: int) -> str:
    """Grades and opinions, what is answered to them, and what may be done now."""
    found = _found(evaluation_id)
    records, writes = evaluations.may_record(found, actor()), evaluations.may_write_response(found, actor())
    return render_template(
        "evaluation/show.html",
        evaluation=found,
        project=found.project,
        groups=groups_of([row_of(row, found.meeting.fiscal_year) for row in rows_of(found)]),
        pages=_pages(found) if records else [],
        follows=not records or evaluations.follows_indicators(found),
        records=records,
        writes=writes,
        answer=_answer(found, writes),
        missing=problems_of(found.answered) if writes and found.answered else [],
        published=found.meeting in EVALUATION_PUBLISHED,
        of_office=actor().role in OFFICE,
        today=calendar.today(),
        happened=timeline(found),
    )


@evaluation.route("/evaluations/<int:evaluation_id>/findings/<findings_section>", methods=["GET", "POST"])
@needs("evaluation.record")
@takes_files
def record(evaluation_id: int, findings_section: str) -> ResponseReturnValue:
    """A page of grades and opinions: of the project as a whole, of an initiative and its indicators."""
    found = _found(evaluation_id)
    section = next((it for it in found.findings.form.sections if it.key == findings_section), None)
    if section is None:
        abort(404)
    if only_reads() and not evaluations.may_record(found, actor()):
        return _moved_on(found)
    return section_page(found.findings, section, _frame(found, found.findings, section, evaluations.save))


@evaluation.post("/evaluations/<int:evaluation_id>/indicators")
@needs("evaluation.record")
def follow_indicators(evaluation_id: int) -> ResponseReturnValue:
    found = _found(evaluation_id)
    evaluations.follow_indicators(found, actor=actor(), at=calendar.now())
    db.session.commit()
    flash(_("It asks about the indicators as they are now. What was written of others is kept."), "success")
    return _to(found)


@evaluation.route("/evaluations/<int:evaluation_id>/request", methods=["GET", "POST"])
@needs("evaluation.record")
def put(evaluation_id: int) -> ResponseReturnValue:
    form = PuttingForm()
    return _asked(evaluation_id, "put", form, lambda it: evaluations.put(
        it, due_on=form.day, actor=actor(), at=calendar.now()
    ))  # fmt: skip


@evaluation.route("/evaluations/<int:evaluation_id>/another-request", methods=["GET", "POST"])
@needs("evaluation.record")
def ask_once_more(evaluation_id: int) -> ResponseReturnValue:
    form = AskingAgainForm()
    return _asked(evaluation_id, "ask_once_more", form, lambda it: evaluations.ask_once_more(
        it, reason=form.reason.data or "", due_on=form.day, actor=actor(), at=calendar.now()
    ))  # fmt: skip


@evaluation.route("/evaluations/<int:evaluation_id>/taking-back", methods=["GET", "POST"])
@needs("evaluation.record")
def take_back(evaluation_id: int) -> ResponseReturnValue:
    form = TakingBackForm()
    return _asked(evaluation_id, "take_back", form, lambda it: evaluations.take_back(
        it, reason=form.reason.data or "", actor=actor(), at=calendar.now()
    ))  # fmt: skip


@evaluation.post("/evaluations/<int:evaluation_id>/taking-off")
@needs("evaluation.record")
def take_off(evaluation_id: int) -> ResponseReturnValue:
    found = _found(evaluation_id)
    evaluations.take_off(found, actor=actor(), at=calendar.now())
    db.session.commit()
    flash(_("Taken off the meeting. What was recorded is kept."), "success")
    return redirect(url_for("evaluation.meeting", meeting_id=found.meeting_id, _anchor="projects"))


@evaluation.post("/evaluations/<int:evaluation_id>/putting-on")
@needs("evaluation.record")
def put_on(evaluation_id: int) -> ResponseReturnValue:
    found = _found(evaluation_id)
    evaluations.put_on(found, actor=actor(), at=calendar.now())
    db.session.commit()
    flash(_("Put on the meeting again."), "success")
    return redirect(url_for("evaluation.meeting", meeting_id=found.meeting_id, _anchor="projects"))


@evaluation.route("/evaluations/<int:evaluation_id>/response", methods=["GET", "POST"])
@needs("evaluation.answer")
@takes_files
def respond_section(evaluation_id: int) -> ResponseReturnValue:
    """The response as it is written: an editor drafts it, an approver sends it."""
    found = _found(evaluation_id)
    if found.answered is None or (only_reads() and not evaluations.may_write_response(found, actor())):
        return _moved_on(found)
    section = found.answered.form.section(RESPONSE)
    return section_page(
        found.answered, section, _frame(found, found.answered, section, evaluations.save_response)
    )


@evaluation.post("/evaluations/<int:evaluation_id>/sending")
@needs("evaluation.respond")
def respond(evaluation_id: int) -> ResponseReturnValue:
    found = _found(evaluation_id)
    try:
        evaluations.respond(found, actor=actor(), at=calendar.now())
    except Incomplete:
        db.session.rollback()
        flash(_("The response says nothing yet. Write it first, then send it."), "error")
        return redirect(url_for("evaluation.respond_section", evaluation_id=evaluation_id))
    db.session.commit()
    flash(_("The response is sent. It is published together with the evaluation."), "success")
    return _to(found)


def _frame(found: Evaluation, response: Response, section: Section, save_with: Callable[..., bool]) -> Frame:
    back = url_for("evaluation.show", evaluation_id=found.id)
    around = {
        "back_url": back,
        "back_label": _("Evaluation"),
        "caption": f"{_('No. %(number)s', number=found.project.number)} {found.project.shown_title}",
    }

    def save(form: SectionForm, by_itself: bool) -> None:
        save_with(
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
            shown=shown_questions(response, form),
            saved=response.saves.get(section.key),
            key=f"evaluation-{found.id}-{section.key}",
            **around,
        )

    def both(form: SectionForm, stale: Stale, own: bool) -> str:
        return both_answers(form, stale, own, {"here": request.path, **around})

    return Frame(save, shown, both, after=lambda: redirect(back))


def _asked(
    evaluation_id: int, name: str, form: Form, act: Callable[[Evaluation], None]
) -> ResponseReturnValue:
    """A move that asks for a day, a reason, or both."""
    found = _found(evaluation_id)
    if only_reads():
        if not is_open(found, name, actor=actor(), at=calendar.now()):
            return _moved_on(found)
        if "due_on" in form:
            form.due_on.data = calendar.first_business_day_on_or_after(calendar.today() + TIME_TO_RESPOND)
    elif form.validate_on_submit():
        act(found)
        db.session.commit()
        flash(_("It is recorded, and the local governments are told."), "success")
        return _to(found)
    return form_page("evaluation/ask.html", form=form, evaluation=found, project=found.project, move=EVALUATION.moves[name])  # fmt: skip


def _pages(found: Evaluation) -> list[dict[str, Any]]:
    """The pages on which it is recorded, with who saved each last, and how much of each is graded."""
    pages = []
    for section in found.findings.form.sections:
        saved = found.findings.saves.get(section.key)
        graded = [it.key for it in section.questions if it.kind == "one_choice"]
        count = sum(bool(found.findings.values.get(key)) for key in graded)
        at = shown_instant(datetime.fromisoformat(saved["at"])) if saved else ""
        pages.append({
            "label": section.label,
            "url": url_for("evaluation.record", evaluation_id=found.id, findings_section=section.key),
            "note": _("Last saved %(at)s by %(name)s", at=at, name=saved["by"]) if saved else "",
            "status": "started" if saved and count < len(graded) else "done" if saved else "optional",
            "status_label": _("%(graded)s of %(all)s graded", graded=count, all=len(graded)),
        })  # fmt: skip
    return pages


def _answer(found: Evaluation, writes: bool) -> list[tuple[Any, str]]:
    """What was sent, or is being written by those who write it: label and text. Nothing to anybody else before."""
    if found.answered is None or not (writes or found in RESPONDED):
        return []
    values = found.answered.values
    return [
        (it.label, values.get(it.key, ""))
        for section in found.answered.form.sections
        for it in section.questions
    ]


def _moved_on(found: Evaluation) -> ResponseReturnValue:
    flash(_("This is not open now: see below where the evaluation stands."), "info")
    return _to(found)


def _to(found: Evaluation) -> ResponseReturnValue:
    return redirect(url_for("evaluation.show", evaluation_id=found.id))


def _found(evaluation_id: int) -> Evaluation:
    return fetch(Evaluation, evaluation_id, *WHOLE)
