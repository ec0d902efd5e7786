"""Pages of officers: surveys, one of them with who has answered, made, opened, given more time, closed."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import calendar
from app.db import db
from app.explained import Explained
from app.lifecycle import is_open
from app.lifecycle.survey import DRAFT
from app.questions.definition import BadDefinition
from app.surveys import operations
from app.surveys.blueprint import FORMS, OF_SURVEY, surveys
from app.surveys.forms import ConfirmForm, MoreTimeForm, OpeningForm, SurveyForm, new_survey_form
from app.surveys.lists import answer_list, survey_list
from app.surveys.models import OF, Survey
from app.web.access import actor, needs, only_reads
from app.web.forms import form_page
from app.web.i18n import sentence_of
from app.web.records import fetch, same_version
from app.web.timeline import timeline


@surveys.get("/surveys")
@needs("survey.view")
def index() -> ResponseReturnValue:
    return survey_list(actor(), request.args).response("surveys/index.html", filename="surveys")


@surveys.route("/surveys/new", methods=["GET", "POST"])
@needs("survey.manage")
def begin() -> ResponseReturnValue:
    form = new_survey_form()
    if form.validate_on_submit():
        made = operations.begin(
            form.programme,
            form.values,
            start=form.start.data,
            before=form.before,
            actor=actor(),
            at=calendar.now(),
        )
        db.session.commit()
        flash(_("The survey is drafted. Look at what it asks, then open it."), "success")
        return redirect(url_for("surveys.show", survey_id=made.id))
    return form_page("surveys/edit.html", form=form, survey=None)


@surveys.get("/surveys/<int:survey_id>")
@needs("survey.view")
def show(survey_id: int) -> ResponseReturnValue:
    """What it asks, how far it is answered, who is awaited."""
    survey = fetch(Survey, survey_id, *OF_SURVEY)
    listing = answer_list(survey, actor(), request.args)
    return listing.response(
        "surveys/show.html",
        filename="survey-answers",
        survey=survey,
        asked=operations.how_many(survey) if survey in DRAFT else operations.how_far(survey),
        questions={of: len(survey.template_of(of).newest.form.questions) for of in OF},
        faults=[_(msgid, **values) for msgid, values in operations.faults(survey)] if survey in DRAFT else [],
        entries=timeline(survey),
    )


@surveys.route("/surveys/<int:survey_id>/edit", methods=["GET", "POST"])
@needs("survey.manage")
def edit(survey_id: int) -> ResponseReturnValue:
    survey = fetch(Survey, survey_id)
    if (shut := _shut(survey, "edit")) is not None:
        return shut
    form = SurveyForm(obj=survey)
    if only_reads():
        form.version.data = survey.version_id
    elif form.validate_on_submit():
        same_version(survey, form.version.data)
        operations.edit(survey, form.values, actor=actor(), at=calendar.now())
        db.session.commit()
        flash(_("Saved."), "success")
        return redirect(url_for("surveys.show", survey_id=survey_id))
    return form_page("surveys/edit.html", form=form, survey=survey)


@surveys.route("/surveys/<int:survey_id>/opening", methods=["GET", "POST"], endpoint="open")
@needs("survey.manage")
def open_it(survey_id: int) -> ResponseReturnValue:
    """The last look before the bodies are asked: how many, until when."""
    survey = fetch(Survey, survey_id, *FORMS)
    if (shut := _shut(survey, "open")) is not None:
        return shut
    form = OpeningForm()
    if form.validate_on_submit():
        try:
            operations.open_survey(survey, closes_at=form.closes_at.data, actor=actor(), at=calendar.now())
        except BadDefinition:
            db.session.rollback()
            form.closes_at.errors = [_("What it asks cannot be answered yet: see the survey.")]
        except operations.NotOpened as problem:
            db.session.rollback()
            form.closes_at.errors = [sentence_of(problem)]
        else:
            db.session.commit()
            flash(_("The survey is open. The bodies are asked by task and mail."), "success")
            return redirect(url_for("surveys.show", survey_id=survey_id))
    return form_page("surveys/open.html", form=form, survey=survey, asked=operations.how_many(survey))


@surveys.route("/surveys/<int:survey_id>/more-time", methods=["GET", "POST"])
@needs("survey.manage")
def extend(survey_id: int) -> ResponseReturnValue:
    survey = fetch(Survey, survey_id)
    if (shut := _shut(survey, "extend")) is not None:
        return shut
    form = MoreTimeForm()
    if form.validate_on_submit():
        try:
            operations.extend(survey, closes_at=form.closes_at.data, actor=actor(), at=calendar.now())
        except operations.NotOpened as problem:
            return _refused("surveys/extend.html", form, form.closes_at, problem, survey)
        db.session.commit()
        flash(_("More time is given. Reminders go by the new closing time."), "success")
        return redirect(url_for("surveys.show", survey_id=survey_id))
    return form_page("surveys/extend.html", form=form, survey=survey)


@surveys.route("/surveys/<int:survey_id>/closing", methods=["GET", "POST"])
@needs("survey.manage")
def close(survey_id: int) -> ResponseReturnValue:
    """Nobody is awaited any more; who has not answered is told on the page before."""
    survey = fetch(Survey, survey_id)
    if (shut := _shut(survey, "close")) is not None:
        return shut
    form = ConfirmForm()
    if form.validate_on_submit():
        operations.close(survey, actor=actor(), at=calendar.now())
        db.session.commit()
        flash(_("The survey is closed."), "success")
        return redirect(url_for("surveys.show", survey_id=survey_id))
    asked, answered = operations.counts(survey)
    return form_page("surveys/close.html", form=form, survey=survey, asked=asked, answered=answered)


def _shut(survey: Survey, move: str) -> ResponseReturnValue | None:
    """Where the move is not open any more: a page that is only read leads back to the survey."""
    if not only_reads() or is_open(survey, move, actor=actor(), at=calendar.now()):
        return None
    flash(_("The survey has gone on: this is not done any more."), "info")
    return redirect(url_for("surveys.show", survey_id=survey.id))


def _refused(template: str, form: Any, field: Any, problem: Explained, survey: Survey) -> ResponseReturnValue:
    db.session.rollback()
    field.errors = [sentence_of(problem)]
    return form_page(template, form=form, survey=survey)
