"""What one project answers to a survey (調査への回答): asked, answered, reopened where the office let it be mended."""

from __future__ import annotations

from typing import Any

from app.lifecycle.table import ASKS, BODY_ACTS, N_, PRIMARY, Lifecycle, guard

SURVEY_ANSWER = Lifecycle("survey_answer")
state, move, act, says = SURVEY_ANSWER.state, SURVEY_ANSWER.move, SURVEY_ANSWER.act, SURVEY_ANSWER.says

state("asked", N_("Not answered yet"), "warning", BODY_ACTS)
state("handed_in", N_("Answers received"), "success")
state("reopened", N_("To be mended"), "warning", BODY_ACTS)

SURVEY_ANSWER.path = ("asked", "handed_in")
SURVEY_ANSWER.beside = {"reopened": "asked"}

ASKED = SURVEY_ANSWER.group("asked")
HANDED_IN = SURVEY_ANSWER.group("handed_in")
REOPENED = SURVEY_ANSWER.group("reopened")
AWAITED = SURVEY_ANSWER.group("asked", "reopened")


@guard(N_("The survey is over: nothing is changed any more. The office can open your answers again."))
def writable(answer: Any, known: Any) -> bool:
    return bool(answer.is_writable(known.at))


@guard(N_("Its answers can be changed as it is, until the closing time."))
def not_writable(answer: Any, known: Any) -> bool:
    return not answer.is_writable(known.at)


@guard(N_("The figures of this survey have been published: nothing that they count is changed any more."))
def never_published(answer: Any, _known: Any) -> bool:
    return answer.survey.published_at is None


move("submit", AWAITED, "handed_in", "survey_answer.answer", writable, event="survey_answered")
says("submit", N_("Hand in the answers"), N_("Answers handed in"), PRIMARY)

act("submit_again", HANDED_IN, "survey_answer.answer", writable, event="survey_answered_again")
says("submit_again", N_("Hand in the changed answers"), N_("Changed answers handed in"), PRIMARY)

mended = not_writable, never_published
move("reopen", HANDED_IN, "reopened", "survey_answer.reopen", *mended, event="survey_reopened", makes="mail")
says("reopen", N_("Let the answers be mended"), N_("Answers opened again"), ASKS)
