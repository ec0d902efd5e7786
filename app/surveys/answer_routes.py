"""Pages of what a project answers: all of it, a section of a part, handed in, opened again; and what a project was asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import calendar
from app.db import db
from app.lifecycle import is_open
from app.lifecycle.survey_answer import HANDED_IN
from app.projects.lists import BESIDE_IT
from app.projects.models import Project
from app.questions.answering import Stale, problems_of
from app.questions.definition import Section
from app.questions.forms import SectionForm, form_of, names_of_entries, shown_questions
from app.questions.freezing import FrozenAnswer, answers_in
from app.questions.giving_out import given_out
from app.questions.pages import Frame, both_answers, section_page
from app.surveys import answers
from app.surveys.blueprint import OF_ANSWER, surveys
from app.surveys.forms import ReopeningForm
from app.surveys.models import SurveyAnswer, SurveyPart
from app.web.access import actor, needs, only_reads
from app.web.arrival import arrived
from app.web.bodies import takes_files
from app.web.forms import form_page
from app.web.i18n import sentence_of
from app.web.labels import names_entries
from app.web.records import fetch, look_up
from app.web.timeline import timeline


@dataclass(frozen=True)
class PartShown:
    """A part of an answer as its page has it: what is to be written, and what was handed in."""

    part: SurveyPart
    tasks: list[dict[str, Any]]
    given: list[tuple[Section, list[FrozenAnswer]]]


@surveys.get("/projects/<int:project_id>/surveys")
@needs("survey_answer.list")
def of_project(project_id: int) -> str:
    """What a project was asked, the newest first."""
    project = fetch(Project, project_id, beside=BESIDE_IT)
    return render_template("surveys/of_project.html", project=project, answers=answers.answers_of(project))


@surveys.get("/survey-answers/<int:survey_answer_id>")
@needs("survey_answer.view")
def answer(survey_answer_id: int) -> ResponseReturnValue:
    """What is asked and still missing, for whoever writes; what was handed in, for everybody who reads it."""
    found = _found(survey_answer_id)
    if _writes(found) and not answers.follows_room(found, at=calendar.now()):
        answers.follow_on_a_page(found, at=calendar.now())
        found = _found(survey_answer_id)
    return _page(found)


@surveys.route(
    "/survey-answers/<int:survey_answer_id>/parts/<int:survey_part_id>/<survey_section>",
    methods=["GET", "POST"],
)
@needs("survey_answer.answer")
@takes_files
def section(survey_answer_id: int, survey_part_id: int, survey_section: str) -> ResponseReturnValue:
    """One section of what a body, or one of its initiatives, is asked."""
    found = _found(survey_answer_id)
    part = _part(found, survey_part_id)
    asked = next((it for it in part.answered.form.sections if it.key == survey_section), None)
    if asked is None:
        abort(404)
    if only_reads() and not _writes(found):
        flash(sentence_of(answers.Closed(answers.CLOSED)), "info")
        return redirect(url_for("surveys.answer", survey_answer_id=survey_answer_id))
    return section_page(part.answered, asked, _frame(part, asked))


@surveys.get("/survey-answers/<int:survey_answer_id>/parts/<int:survey_part_id>/files/<int:file_id>")
@needs("survey_answer.view")
def file(survey_answer_id: int, survey_part_id: int, file_id: int) -> ResponseReturnValue:
    """A file that answers a question: for the body each that it sent, for others those that were handed in."""
    found = _found(survey_answer_id)
    part = _part(found, survey_part_id)
    sent = next((it for it in part.answered.files if it.id == file_id), None)
    if sent is None or not (actor().may("survey_answer.answer", found) or sent.sha256 in _handed_in(part)):
        abort(404)
    back = url_for("surveys.answer", survey_answer_id=survey_answer_id), found.survey.title
    return given_out(sent.in_answer(), back=back, caption=found.project.shown_title)


@surveys.post("/survey-answers/<int:survey_answer_id>/submission")
@needs("survey_answer.answer")
def submit(survey_answer_id: int) -> ResponseReturnValue:
    found = _found(survey_answer_id)
    try:
        answers.submit(found, actor=actor(), at=arrived())
    except answers.Missing as problem:
        db.session.rollback()
        return _page(_found(survey_answer_id), problem), 422
    except answers.Unchanged as problem:
        db.session.rollback()
        flash(sentence_of(problem), "info")
        return redirect(url_for("surveys.answer", survey_answer_id=survey_answer_id))
    db.session.commit()
    flash(
        _("Handed in. Thank you. Until the closing time you can change it and hand it in again."), "success"
    )
    return redirect(url_for("surveys.answer", survey_answer_id=survey_answer_id))


@surveys.route("/survey-answers/<int:survey_answer_id>/reopening", methods=["GET", "POST"])
@needs("survey_answer.reopen")
def reopen(survey_answer_id: int) -> ResponseReturnValue:
    """What was handed in is mended by the body, until an instant, for a reason."""
    found, form = _found(survey_answer_id), ReopeningForm()
    if only_reads() and not is_open(found, "reopen", actor=actor(), at=calendar.now()):
        flash(_("These answers cannot be opened again now."), "info")
        return redirect(url_for("surveys.answer", survey_answer_id=survey_answer_id))
    if form.validate_on_submit():
        try:
            answers.reopen(
                found, until=form.until.data, reason=form.reason.data or "", actor=actor(), at=calendar.now()
            )
        except answers.NotReopened as problem:
            db.session.rollback()
            form.until.errors = [sentence_of(problem)]
        else:
            db.session.commit()
            flash(_("The body can mend its answers. It is told by mail."), "success")
            return redirect(url_for("surveys.answer", survey_answer_id=survey_answer_id))
    return form_page("surveys/reopen.html", form=form, answer=found)


def _page(found: SurveyAnswer, problem: answers.Missing | None = None) -> str:
    writes = _writes(found)
    return render_template(
        "surveys/answer.html",
        answer=found,
        survey=found.survey,
        project=found.project,
        writes=writes,
        parts=[_shown(part, writes) for part in found.counted],
        problems=[(_link(part, it.section, it.anchor), it.sentence, part) for part, it in problem.problems]
        if problem
        else [],
        changed=found in HANDED_IN
        and (found.is_changed or any(it.frozen_id is None for it in found.counted)),
        entries=timeline(found),
        files=_addresses(found),
        now=calendar.now(),
    )


def _shown(part: SurveyPart, writes: bool) -> PartShown:
    sections = part.answered.form.sections
    given: dict[str, list[FrozenAnswer]] = {}
    if part.frozen:
        for it in answers_in(part.frozen.content):
            given.setdefault(it.section, []).append(it)
    tasks = [_task(part, it) for it in sections] if writes else []
    return PartShown(part, tasks, [(it, given[it.key]) for it in sections if it.key in given])


def _task(part: SurveyPart, section: Section) -> dict[str, Any]:
    saved = part.answered.saves.get(section.key)
    missing = problems_of(part.answered, section.key)
    needed = any(it.required for it in section.questions)
    status = ("started" if missing else "done") if saved else ("todo" if needed else "optional")
    return {"label": str(section.label), "url": _link(part, section.key), "status": status}


def _link(part: SurveyPart, section: str, anchor: str = "") -> str:
    return url_for(
        "surveys.section",
        survey_answer_id=part.answer_id,
        survey_part_id=part.id,
        survey_section=section,
        _anchor=anchor or None,
    )


def _frame(part: SurveyPart, section: Section) -> Frame:
    found, project = part.answer, part.answer.project
    back = url_for("surveys.answer", survey_answer_id=found.id)

    def save(form: SectionForm, by_itself: bool) -> None:
        try:
            answers.save(
                part,
                section.key,
                form.values,
                version=form.version.data,
                form=form.form_version.data,
                quietly=by_itself,
                actor=actor(),
                at=arrived(),
            )
        except answers.Closed:
            abort(403)

    def shown(form: SectionForm) -> str:
        form.file_url = lambda number: url_for(
            "surveys.file", survey_answer_id=found.id, survey_part_id=part.id, file_id=number
        )
        return render_template(
            "surveys/section.html",
            answer=found,
            part=part,
            section=section,
            form=form,
            shown=shown_questions(part.answered, form),
            saved=part.answered.saves.get(section.key),
        )

    def both(form: SectionForm, stale: Stale, own: bool) -> str:
        around = {
            "here": _link(part, section.key),
            "back_url": back,
            "back_label": found.survey.title,
            "caption": project.shown_title,
        }
        return both_answers(form, stale, own, around)

    return Frame(save, shown, both, after=lambda: redirect(_after(part, section) or back))


def _after(part: SurveyPart, section: Section) -> str:
    """The next section that is not answered yet, of this part or the next; none: back to all of it."""
    coming = [(it, each) for it in part.answer.counted for each in it.answered.form.sections]
    place = next(
        (at for at, it in enumerate(coming) if it[0] is part and it[1].key == section.key), len(coming)
    )
    return next(
        (_link(it, each.key) for it, each in coming[place + 1 :] if each.key not in it.answered.saves), ""
    )


def _found(survey_answer_id: int) -> SurveyAnswer:
    return fetch(SurveyAnswer, survey_answer_id, *OF_ANSWER, *answers.whole())


def _part(found: SurveyAnswer, survey_part_id: int) -> SurveyPart:
    return next((it for it in found.parts if it.id == survey_part_id), None) or abort(404)


def _writes(found: SurveyAnswer) -> bool:
    return actor().may("survey_answer.answer", found) and found.is_writable(calendar.now())


def _handed_in(part: SurveyPart) -> set[str]:
    """SHA-256 of the files that were."""
    found = answers_in(part.frozen.content) if part.frozen else ()
    return {it["sha256"] for each in found if each.question.kind == "file" for it in each.value or ()}


def _addresses(found: SurveyAnswer) -> dict[str, str]:
    """SHA-256 of a file that was handed in → where it is to be had."""
    return {
        it.sha256: url_for("surveys.file", survey_answer_id=found.id, survey_part_id=part.id, file_id=it.id)
        for part in found.counted
        if (handed_in := _handed_in(part))
        for it in part.answered.files
        if it.sha256 in handed_in
    }


@names_entries("surveys.section")
def _of_section(survey_answer_id: int, survey_part_id: int, survey_section: str) -> dict[str, Any]:
    part = _part(look_up(SurveyAnswer, survey_answer_id), survey_part_id)
    return dict(names_of_entries(form_of(part.answered.form.section(survey_section), {})))
