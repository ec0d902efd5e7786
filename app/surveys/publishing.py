"""What of a tally everybody may see: figures alone, and none from which the answer of a body could be told (ADR 51).

A figure that stands for fewer than LEAST is not shown, and neither are others from which it could be worked out: of a
question with one answer each so many go with it that none of them is certain for whoever knows this rule. A question that
depends on a hidden answer is left out, since how many it asked would be that answer. What was written in words is never shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from math import comb
from typing import Any

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import joinedload

from app.actors import Actor
from app.db import db, held
from app.explained import N_, Explained
from app.lifecycle import move
from app.lifecycle.survey import PUBLISHED
from app.lifecycle.survey_answer import REOPENED
from app.surveys.models import Survey, SurveyAnswer
from app.surveys.tally import ONE, SEVERAL, Item, Tally, tally_of

LEAST = 3
MOST_WAYS = 20_000
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
    counts = tuple(item.answers.values())
    hidden = _hidden(counts)
    if item.n in counts or (hidden and not _cannot_be_told(counts, hidden)):
        return none  # that all of them gave one answer tells what each of them gave
    return {
        choice: None if place in hidden else count
        for place, (choice, count) in enumerate(item.answers.items())
    }


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


def published_surveys() -> Sequence[Survey]:
    """Those whose figures everybody sees, the newest first."""
    return db.session.scalars(_published().order_by(Survey.fiscal_year.desc(), Survey.id.desc())).all()


def published_survey(number: int | None) -> Survey | None:
    """One of them; None for a survey that is not published, and for none."""
    return db.session.scalars(_published().where(Survey.id == number)).one_or_none()


def awaited(survey: Survey) -> bool:
    """Whether answers are being mended."""
    found = exists().where(SurveyAnswer.survey_id == survey.id, REOPENED.of(SurveyAnswer))
    return bool(db.session.scalar(select(found)))


def _published() -> Select[Survey]:
    return select(Survey).where(PUBLISHED.of(Survey)).options(joinedload(Survey.programme))


def _is_small(count: int) -> bool:
    return 0 < count < LEAST


def _hidden(counts: tuple[int, ...]) -> frozenset[int]:
    """The places of what is not shown: what is small, and the next ones in size, until they are several and no small group."""
    small = [place for place, count in enumerate(counts) if _is_small(count)]
    if not small:
        return frozenset()
    others = sorted(
        (count, place) for place, count in enumerate(counts) if count >= LEAST
    )  # in the order of the form where they are alike
    while others and (len(small) < 2 or sum(counts[place] for place in small) < LEAST):
        small.append(others.pop(0)[1])
    return frozenset(small)


@cache
def _cannot_be_told(counts: tuple[int, ...], hidden: frozenset[int]) -> bool:
    """Whether each of the hidden figures could be another one, for somebody who knows their sum and how they came to be hidden.

    All ways to answer that would have been published alike are gone through; so many of them that it would take long never
    leave a figure fixed.
    """
    places, together = sorted(hidden), sum(counts[place] for place in hidden)
    if together < max(LEAST, len(places) + 1):
        return False
    if comb(together - 1, len(places) - 1) > MOST_WAYS:
        return True
    possible: list[set[int]] = [set() for _ in places]
    for parts in _parted(together, len(places)):
        way = list(counts)
        for place, part in zip(places, parts, strict=True):
            way[place] = part
        if _hidden(tuple(way)) == hidden:
            for values, part in zip(possible, parts, strict=True):
                values.add(part)
    return all(len(values) > 1 for values in possible)


def _parted(together: int, into: int) -> Iterator[tuple[int, ...]]:
    """All ways to make up a sum of so many figures, none of which is 0: what is 0 is shown."""
    if into == 1:
        yield (together,)
        return
    for first in range(1, together - into + 2):
        for rest in _parted(together - first, into - 1):
            yield (first, *rest)


def _may_be_counted(item: Item, open_answers: Mapping[tuple[str, str], set[str]]) -> bool:
    """A question that depends on another is asked of as many as gave its answers: those must be shown too."""
    condition = item.question.condition
    if condition is None:
        return True
    return set(condition.answers) <= open_answers.get((item.of, condition.question), set())
