"""What of a tally everybody may see: figures alone, and none from which the answer of a body could be told (ADR 51).

A figure that stands for fewer than LEAST is not shown, and neither are others from which it could be worked out: of a question
with one answer each, the hidden figures are several, and together no fewer than LEAST; a question that depends on a hidden
answer is left out, since how many it asked would be that answer. What was written in words is never shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select

from app.actors import Actor
from app.db import db, held
from app.explained import N_, Explained
from app.lifecycle import move
from app.lifecycle.survey_answer import REOPENED
from app.surveys.models import Survey, SurveyAnswer
from app.surveys.tally import ONE, SEVERAL, Item, Tally, tally_of

LEAST = 3
BEING_MENDED = N_("Answers are being mended: the figures are published once they are handed in.")


class NotPublished(Explained):
    """The figures cannot be published now; the sentence says why."""


def public_figures(tally: Tally) -> dict[str, Any]:
    """As plain JSON: what is published is kept, so that a later tally cannot be held against it."""
    shown: list[dict[str, Any]] = []
    open_answers: dict[tuple[str, str], set[str]] = {}  # question → the choices whose figures are shown
    for item in tally.items:
        if item.question.kind not in (ONE, SEVERAL):
            continue
        if not _may_be_counted(item, open_answers):
            continue
        figures = without_small(item)
        open_answers[item.of, item.key] = {it for it, count in figures.items() if count is not None}
        shown.append(
            {
                "of": item.of,
                "key": item.key,
                "section": item.section,
                "label": item.label.to_json(),
                "kind": item.question.kind,
                "asked": item.asked,
                "n": item.n,
                "answers": [[choice, count] for choice, count in figures.items()],
            }
        )
    return {
        "least": LEAST,
        "asked": dict(tally.asked),
        "answered": dict(tally.answered),
        "projects": tally.projects,
        "items": shown,
    }


def without_small(item: Item) -> dict[str, int | None]:
    """Choice → how many gave it; None for what is not shown."""
    none = dict.fromkeys(item.answers)
    if item.n < LEAST:
        return none
    if (
        item.question.kind == SEVERAL
    ):  # its figures do not add up; who did not give an answer can be few as well
        return {
            choice: None if _is_small(count) or item.n - count < LEAST else count
            for choice, count in item.answers.items()
        }
    if item.n in item.answers.values():  # that all of them gave one answer tells what each of them gave
        return none
    hidden = {choice: count for choice, count in item.answers.items() if _is_small(count)}
    for count, choice in sorted((it[1], it[0]) for it in item.answers.items() if it[1] >= LEAST):
        if _cannot_be_told(hidden):
            break
        hidden[choice] = count
    if not _cannot_be_told(hidden):
        return none
    return {choice: None if choice in hidden else count for choice, count in item.answers.items()}


def publish(survey: Survey, *, actor: Actor, at: datetime) -> None:
    """Let everybody see the figures as they are now. Published before, they are those of then. Raises NotAllowed, NotPublished."""
    survey = held(survey)
    if awaited(survey):
        raise NotPublished(BEING_MENDED)
    figures = survey.figures or public_figures(tally_of(survey))
    move(survey, "publish", actor=actor, at=at, changes={"items": len(figures["items"])})
    survey.figures, survey.published_at = figures, at


def take_back(survey: Survey, *, reason: str, actor: Actor, at: datetime) -> None:
    """Nobody outside sees them any more. Raises NotAllowed, ValueError without a reason."""
    if not reason.strip():
        raise ValueError("figures are taken off for a reason")
    survey = held(survey)
    move(survey, "take_back", actor=actor, at=at, changes={"reason": reason.strip()})


def awaited(survey: Survey) -> bool:
    """Whether answers are being mended."""
    found = exists().where(SurveyAnswer.survey_id == survey.id, REOPENED.of(SurveyAnswer))
    return bool(db.session.scalar(select(found)))


def _is_small(count: int) -> bool:
    return 0 < count < LEAST


def _cannot_be_told(hidden: Mapping[str, int]) -> bool:
    """Their sum can be worked out from what is shown: none of them can, where it may be made up in several ways."""
    together = sum(hidden.values())
    return not hidden or (len(hidden) > 1 and together >= LEAST and together > len(hidden))


def _may_be_counted(item: Item, open_answers: Mapping[tuple[str, str], set[str]]) -> bool:
    """A question that depends on another is asked of as many as gave its answers: those must be shown too."""
    condition = item.question.condition
    if condition is None:
        return True
    return set(condition.answers) <= open_answers.get((item.of, condition.question), set())
