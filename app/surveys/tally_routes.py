"""Pages of what was answered: the tally with its charts, all answers as a file, the figures published and taken back."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import calendar
from app.db import db
from app.lifecycle import is_open
from app.lifecycle.survey import ASKED
from app.surveys import publishing
from app.surveys.blueprint import OF_SURVEY, surveys
from app.surveys.charts import groups_of, published_groups
from app.surveys.forms import ConfirmForm, TakingBackForm
from app.surveys.lists import data_list
from app.surveys.models import OF, Survey
from app.surveys.tally import before_of, tally_of
from app.web.access import actor, needs, only_reads
from app.web.forms import form_page
from app.web.i18n import sentence_of
from app.web.records import LARGEST_ID, fetch


@surveys.get("/surveys/<int:survey_id>/tally")
@needs("survey.view")
def tally(survey_id: int) -> str:
    """Per item how many were asked, answered, and what: bodies and initiatives each over their own number."""
    survey = _asked(survey_id)
    before = before_of(survey)
    earlier = tally_of(before) if before else None
    return render_template(
        "surveys/tally.html", survey=survey, before=before, groups=groups_of(tally_of(survey), earlier)
    )


@surveys.get("/surveys/<int:survey_id>/data/<asked_of>")
@needs("survey.view")
def data(survey_id: int, asked_of: str) -> ResponseReturnValue:
    """Who has handed in; with all that was answered as CSV or XLSX."""
    if asked_of not in OF:
        abort(404)
    survey = _asked(survey_id)
    listing = data_list(survey, asked_of, request.args)
    return listing.response(
        "surveys/data.html", filename=f"survey-{survey_id}-{asked_of}", survey=survey, asked_of=asked_of
    )


@surveys.route("/surveys/<int:survey_id>/publication", methods=["GET", "POST"])
@needs("survey.publish")
def publish(survey_id: int) -> ResponseReturnValue:
    """What everybody will see, looked at before it is published."""
    survey, form = _asked(survey_id), ConfirmForm()
    if only_reads() and not is_open(survey, "publish", actor=actor(), at=calendar.now()):
        flash(_("Figures are published once the survey is closed."), "info")
        return redirect(url_for("surveys.show", survey_id=survey_id))
    refused = ""
    if form.validate_on_submit():
        try:
            publishing.publish(survey, actor=actor(), at=calendar.now())
        except publishing.NotPublished as problem:
            db.session.rollback()
            refused = sentence_of(problem)
        else:
            db.session.commit()
            flash(_("Published. Everybody can see these figures, and no others."), "success")
            return redirect(url_for("surveys.show", survey_id=survey_id))
    figures = survey.figures or publishing.public_figures(tally_of(survey))
    return form_page(
        "surveys/publish.html",
        form=form,
        wrong=bool(refused),
        refused=refused,
        survey=survey,
        groups=published_groups(figures),
        least=figures["least"],
    )


@surveys.route("/surveys/<int:survey_id>/taking-back", methods=["GET", "POST"])
@needs("survey.publish")
def take_back(survey_id: int) -> ResponseReturnValue:
    survey, form = fetch(Survey, survey_id), TakingBackForm()
    if only_reads() and not is_open(survey, "take_back", actor=actor(), at=calendar.now()):
        flash(_("The figures are not on the public page."), "info")
        return redirect(url_for("surveys.show", survey_id=survey_id))
    if form.validate_on_submit():
        publishing.take_back(survey, reason=form.reason.data or "", actor=actor(), at=calendar.now())
        db.session.commit()
        flash(_("The figures are taken off the public page."), "success")
        return redirect(url_for("surveys.show", survey_id=survey_id))
    return form_page("surveys/take_back.html", form=form, survey=survey)


@surveys.get("/survey-results")
@needs("public")
def results() -> str:
    """The surveys whose figures are published, the newest first."""
    return render_template("surveys/results.html", surveys=publishing.published_surveys())


@surveys.get("/survey-results/<int:number>")
@needs("public")
def result(number: int) -> str:
    """The figures as they were published, with those of the year before where they are published too."""
    survey = publishing.published_survey(number) if number <= LARGEST_ID else None
    if survey is None or survey.figures is None:
        abort(404)
    before = publishing.published_survey(survey.before_id)
    return render_template(
        "surveys/result.html",
        survey=survey,
        before=before,
        groups=published_groups(survey.figures, before.figures if before else None),
        least=survey.figures["least"],
    )


def _asked(survey_id: int) -> Survey:
    survey = fetch(Survey, survey_id, *OF_SURVEY)
    if survey not in ASKED:
        abort(404)
    return survey
