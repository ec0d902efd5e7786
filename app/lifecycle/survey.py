"""A survey (調査): drafted by officers, open while bodies answer it, closed for its tally, published as figures alone."""

from __future__ import annotations

from app.lifecycle.table import ASKS, BODY_ACTS, CAUTION, N_, OFFICE, OFFICE_ACTS, PRIMARY, Lifecycle

SURVEY = Lifecycle("survey")
state, move, act, says = SURVEY.state, SURVEY.move, SURVEY.act, SURVEY.says

state("draft", N_("Draft"), "neutral", OFFICE_ACTS)
state("open", N_("Being answered"), "progress", BODY_ACTS)
state("closed", N_("Closed"), "info", OFFICE_ACTS)
state("published", N_("Figures published"), "success")

SURVEY.path = ("draft", "open", "closed", "published")

DRAFT = SURVEY.group("draft")
OPEN = SURVEY.group("open")
CLOSED = SURVEY.group("closed")
PUBLISHED = SURVEY.group("published")
ASKED = SURVEY.all_but(DRAFT)

act("edit", DRAFT, "survey.manage", event="survey_edited", only=OFFICE)
says("edit", N_("Edit the survey"), N_("Survey edited"), ASKS)

act("edit_form", DRAFT, "survey.manage", event="survey_form_edited", only=OFFICE)
says("edit_form", N_("Edit what is asked"), N_("Questions of the survey edited"), ASKS)

move("open", DRAFT, "open", "survey.manage", event="survey_opened", makes="mail: to the bodies")
says("open", N_("Open the survey"), N_("Survey opened"), ASKS, PRIMARY)

act("extend", OPEN, "survey.manage", event="survey_extended")
says("extend", N_("Give more time"), N_("More time given"), ASKS)

move("close", OPEN, "closed", "survey.manage", event="survey_closed")
says("close", N_("Close the survey"), N_("Survey closed"), ASKS, CAUTION)

move("publish", CLOSED, "published", "survey.publish", event="survey_published")
says("publish", N_("Publish the figures"), N_("Figures of the survey published"), ASKS, PRIMARY)

move("take_back", PUBLISHED, "closed", "survey.publish", event="survey_taken_back")
says("take_back", N_("Take the figures off the page"), N_("Figures taken off the public page"), ASKS, CAUTION)
