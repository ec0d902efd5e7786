"""Pages of what a survey asks, of bodies and of initiatives: those on which any form is edited (questions/editing_pages.py)."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import calendar
from app.lifecycle import is_open
from app.questions import editing_pages
from app.questions.definition import Definition
from app.questions.editing_pages import Desk
from app.surveys import operations
from app.surveys.blueprint import FORMS, surveys
from app.surveys.labels import in_words
from app.surveys.models import OF, Survey
from app.web.access import actor, needs, only_reads
from app.web.labels import names_entries
from app.web.records import fetch, look_up

FORM = "/surveys/<int:survey_id>/forms/<asked_of>"


@surveys.get(FORM)
@needs("survey.manage")
def edit_form(survey_id: int, asked_of: str) -> ResponseReturnValue:
    """The sections and questions in their order, and what keeps them from being asked."""
    survey = _survey(survey_id, asked_of)
    if not is_open(survey, "edit_form", actor=actor(), at=calendar.now()):
        flash(_("The survey is opened: what it asks is not edited any more."), "info")
        return redirect(url_for("surveys.preview_form", survey_id=survey_id, asked_of=asked_of))
    desk = _desk(survey, asked_of)
    faults = desk.form.faults if desk.form.questions else []
    return editing_pages.form_shown(
        desk,
        "surveys/form.html",
        survey=survey,
        faults=[_(msgid, **values) for msgid, values in faults],
    )


@surveys.post(f"{FORM}/order")
@needs("survey.manage")
def move_in_form(survey_id: int, asked_of: str) -> ResponseReturnValue:
    return editing_pages.moved(_held(survey_id, asked_of))


@surveys.route(f"{FORM}/sections", methods=["GET", "POST"])
@needs("survey.manage")
def add_section(survey_id: int, asked_of: str) -> ResponseReturnValue:
    return editing_pages.section_added(_held(survey_id, asked_of))


@surveys.route(f"{FORM}/sections/<section_key>", methods=["GET", "POST"])
@needs("survey.manage")
def edit_section(survey_id: int, asked_of: str, section_key: str) -> ResponseReturnValue:
    return editing_pages.section_edited(_held(survey_id, asked_of), section_key)


@surveys.route(f"{FORM}/sections/<section_key>/removal", methods=["GET", "POST"])
@needs("survey.manage")
def remove_section(survey_id: int, asked_of: str, section_key: str) -> ResponseReturnValue:
    return editing_pages.section_removed(_held(survey_id, asked_of), section_key)


@surveys.route(f"{FORM}/sections/<section_key>/questions", methods=["GET", "POST"])
@needs("survey.manage")
def add_question(survey_id: int, asked_of: str, section_key: str) -> ResponseReturnValue:
    return editing_pages.question_added(_held(survey_id, asked_of), section_key)


@surveys.route(f"{FORM}/questions/<question_key>", methods=["GET", "POST"])
@needs("survey.manage")
def edit_question(survey_id: int, asked_of: str, question_key: str) -> ResponseReturnValue:
    return editing_pages.question_edited(_held(survey_id, asked_of), question_key)


@surveys.route(f"{FORM}/questions/<question_key>/removal", methods=["GET", "POST"])
@needs("survey.manage")
def remove_question(survey_id: int, asked_of: str, question_key: str) -> ResponseReturnValue:
    return editing_pages.question_removed(_held(survey_id, asked_of), question_key)


@surveys.get(f"{FORM}/preview")
@needs("survey.view")
def preview_form(survey_id: int, asked_of: str) -> str:
    """All that is asked, as it is answered; nothing can be sent from here."""
    return editing_pages.preview(_desk(_survey(survey_id, asked_of), asked_of))


def _desk(survey: Survey, of: str) -> Desk:
    template = survey.template_of(of)
    return Desk(
        template=template,
        form=template.newest.form,
        title=_("Asked of: %(whom)s", whom=in_words(of)),
        caption=survey.title,
        url=lambda page, **values: _address(survey, of, page, **values),
        keep=lambda form, what, label: _keep(survey, of, form, what, label),
        looks=_("As bodies see it"),
        lead_of_preview=_(
            "Each section is a page of its own for bodies. Nothing that you enter here is kept."
        ),
    )


def _address(survey: Survey, of: str, page: str, **values: Any) -> str:
    """From the preview of a survey that is opened it leads back to the survey: its form is not edited."""
    if page == "edit_form" and not is_open(survey, "edit_form", actor=actor(), at=calendar.now()):
        return url_for("surveys.show", survey_id=survey.id)
    return url_for(f"surveys.{page}", survey_id=survey.id, asked_of=of, **values)


def _keep(survey: Survey, of: str, form: Definition, what: str, label: str) -> None:
    done = {"what": what, "label": label}
    operations.change_form(survey, of, form, done=done, actor=actor(), at=calendar.now())


def _survey(survey_id: int, of: str) -> Survey:
    if of not in OF:
        abort(404)
    return fetch(Survey, survey_id, *FORMS)


def _held(survey_id: int, of: str) -> Desk:
    """The form; where it is about to be changed, as it is now, until the commit."""
    survey = _survey(survey_id, of)
    if not only_reads():
        survey = operations.hold_to_edit(survey, of, actor=actor(), at=calendar.now())
    return _desk(survey, of)


@names_entries("surveys.edit_question")
def _of_question(survey_id: int, asked_of: str, question_key: str) -> dict[str, Any]:
    survey = look_up(Survey, survey_id)
    form = survey.template_of(asked_of).newest.form if asked_of in OF else None
    question = form.questions.get(question_key) if form else None
    return editing_pages.labels_of(question.kind) if question else {}


@names_entries("surveys.add_question")
def _of_new_question(survey_id: int, asked_of: str, section_key: str) -> dict[str, Any]:
    return editing_pages.labels_of(request.args.get("kind", ""))
