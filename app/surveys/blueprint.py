"""The blueprint of all pages of surveys, and what they load."""

from __future__ import annotations

from flask import Blueprint
from sqlalchemy.orm import joinedload

from app.projects.lists import BODIES
from app.projects.models import Project
from app.surveys import labels
from app.surveys.models import Survey, SurveyAnswer

surveys = Blueprint("surveys", __name__)
FORMS = joinedload(Survey.bodies_form), joinedload(Survey.initiatives_form)
OF_SURVEY = (*FORMS, joinedload(Survey.programme))
OF_ANSWER = (
    joinedload(SurveyAnswer.survey).options(*FORMS),
    joinedload(SurveyAnswer.project).options(joinedload(Project.call), BODIES),
)
surveys.add_app_template_global(labels.in_words, "survey_whom")
surveys.add_app_template_global(labels.in_plural, "survey_of")
surveys.add_app_template_global(labels.denominator, "survey_denominator")
