"""What a project answers: begun for it, saved section by section, handed in as a whole, mended, opened again.

What counts is what was handed in last: whoever changes something afterwards hands it in again, and until then the tally
has what it had.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, selectinload

from app import calendar
from app.actors import Actor
from app.db import db, held, writing
from app.explained import N_, Explained
from app.lifecycle import move, must_be_open
from app.lifecycle.survey import OPEN
from app.lifecycle.survey_answer import HANDED_IN
from app.projects.models import Project
from app.questions import answering
from app.questions.freezing import freeze
from app.questions.kind import Problem
from app.questions.models import FormTemplate, Response
from app.rooms.models import Initiative
from app.seals import canonical
from app.surveys import mails
from app.surveys.models import BODIES, INITIATIVES, Survey, SurveyAnswer, SurveyPart

CLOSED = N_("The survey is over: nothing is changed any more. The office can open your answers again.")
PASSED = N_("The time until which they are mended must be in the future.")
UNCHANGED = N_("Nothing was changed since the answers were handed in.")


class Closed(Explained):
    """These answers are not written now; the sentence says why."""


class Unchanged(Explained):
    """There is nothing new to hand in."""


class NotReopened(Explained):
    """These answers are not opened again; the sentence says why."""


class Missing(Exception):
    """It cannot be handed in yet: `problems` of each part."""

    def __init__(self, problems: list[tuple[SurveyPart, Problem]]) -> None:
        super().__init__(f"{len(problems)} answers are missing")
        self.problems = problems


def begin_answer(
    survey: Survey, project: Project, initiatives: Iterable[Initiative], *, at: datetime
) -> SurveyAnswer:
    """What a project is asked, without answers yet."""
    made = SurveyAnswer(survey=survey, project=project, parts=[], created_at=at)
    db.session.add(made)
    db.session.flush()
    if survey.asks(BODIES):
        _begin_part(made, survey.bodies_form, None, at=at)
    for initiative in initiatives:
        _begin_part(made, survey.initiatives_form, initiative, at=at)
    db.session.flush()
    return made


def whole() -> tuple[Any, ...]:
    """What the pages of one answer load with it."""
    parts = selectinload(SurveyAnswer.parts)
    return (
        parts.joinedload(SurveyPart.initiative),
        parts.joinedload(SurveyPart.answered).joinedload(Response.version),
        parts.joinedload(SurveyPart.answered).selectinload(Response.answers),
    )


def refuse_closed(answer: SurveyAnswer, *, at: datetime) -> None:
    """Raises Closed."""
    if not answer.is_writable(at):
        raise Closed(CLOSED)


def follows_room(answer: SurveyAnswer, *, at: datetime) -> bool:
    """Whether each initiative of the project that goes on is asked, and none that was taken off."""
    if not answer.survey.asks(INITIATIVES) or answer.survey not in OPEN:
        return True
    asked = {it.initiative_id for it in answer.counted if it.initiative_id is not None}
    return asked == {it.id for it in _to_be_asked(answer, at)}


def follow_room(answer: SurveyAnswer, *, at: datetime) -> None:
    """Ask of initiatives that were entered since; leave out those that were taken off. What they answered stays."""
    if follows_room(answer, at=at):
        return
    answer = held(answer)
    there = {it.initiative_id: it for it in answer.parts if it.initiative_id is not None}
    now = _to_be_asked(answer, at)
    for initiative in now:
        if initiative.id in there:
            there[initiative.id].left_out = False
        else:
            _begin_part(answer, answer.survey.initiatives_form, initiative, at=at)
    for number, part in there.items():
        part.left_out = number not in {it.id for it in now}
    db.session.flush()


def follow_on_a_page(answer: SurveyAnswer, *, at: datetime) -> None:
    """The same for a page that is only read, in a transaction of its own. Commits."""
    number = answer.id
    with writing():
        follow_room(db.session.get_one(SurveyAnswer, number), at=at)
        db.session.commit()


def save(
    part: SurveyPart,
    section: str,
    values: Mapping[str, Any],
    *,
    version: int | None,
    form: int | None = None,
    quietly: bool = False,
    actor: Actor,
    at: datetime,
) -> bool:
    """Keep what was written in one section; whether anything was new. Raises Closed, and as `answering.save_section`."""
    refuse_closed(part.answer, at=at)
    return answering.save_section(
        part.answered,
        section,
        values,
        version=version,
        form=form,
        quietly=quietly,
        about=part.answer,
        changes={},
        actor=actor,
        at=at,
    )


def missing(answer: SurveyAnswer) -> list[tuple[SurveyPart, Problem]]:
    """What keeps it from being handed in."""
    return [(part, problem) for part in answer.counted for problem in answering.problems_of(part.answered)]


def submit(answer: SurveyAnswer, *, actor: Actor, at: datetime) -> None:
    """Hand in what is answered now: each part is frozen. `at` is the instant at which it arrived.

    Raises NotAllowed, Unchanged, Missing.
    """
    answer = held(answer)
    again = answer in HANDED_IN
    name = "submit_again" if again else "submit"
    must_be_open(answer, name, actor=actor, at=at)
    follow_room(answer, at=at)
    if again and not answer.is_changed and all(it.frozen_id for it in answer.counted):
        raise Unchanged(UNCHANGED)
    if problems := missing(answer):
        raise Missing(problems)
    for part in answer.counted:
        if part.frozen is None or part.is_changed:
            part.frozen, part.frozen_saves = freeze(part.answered, actor=actor, at=at), part.saves
    answer.answered_at, answer.answered_by, answer.digest = at, actor.name, digest_of(answer)
    move(answer, name, actor=actor, at=at, changes={"sha256": answer.digest})


def reopen(answer: SurveyAnswer, *, until: datetime, reason: str, actor: Actor, at: datetime) -> None:
    """Let what was handed in be mended until an instant; it counts as it is until it is handed in again.

    Raises NotAllowed, NotReopened, ValueError without a reason.
    """
    if not reason.strip():
        raise ValueError("answers are opened again for a reason")
    answer = held(answer)
    must_be_open(answer, "reopen", actor=actor, at=at)
    if until <= at:
        raise NotReopened(PASSED)
    answer.reopened_until, answer.reopened_for = until, reason.strip()
    move(answer, "reopen", actor=actor, at=at, changes={"until": until, "reason": reason.strip()})
    mails.reopened(answer, at=at)


def digest_of(answer: SurveyAnswer) -> str:
    """SHA-256 over the hashes of all that was handed in, in the order of its parts."""
    frozen = [part.frozen.sha256 for part in answer.counted if part.frozen]
    return hashlib.sha256(canonical({"parts": frozen})).hexdigest()


def answers_of(project: Project) -> list[SurveyAnswer]:
    """What a project was asked, the newest first."""
    query = (
        select(SurveyAnswer)
        .join(SurveyAnswer.survey)
        .where(SurveyAnswer.project_id == project.id)
        .options(contains_eager(SurveyAnswer.survey))
        .order_by(Survey.fiscal_year.desc(), Survey.id.desc())
    )
    return list(db.session.scalars(query))


def _to_be_asked(answer: SurveyAnswer, at: datetime) -> list[Initiative]:
    day = calendar.day_of(answer.survey.opened_at or at)
    query = select(Initiative).where(
        Initiative.project_id == answer.project_id,
        Initiative.counts,
        Initiative.ended_on.is_(None) | (Initiative.ended_on >= day),
    )
    return list(db.session.scalars(query.order_by(Initiative.position)))


def _begin_part(
    answer: SurveyAnswer, template: FormTemplate, initiative: Initiative | None, *, at: datetime
) -> SurveyPart:
    version = template.published
    assert version is not None, "the forms of a survey are published when it is opened"
    response = answering.start(version, about=answer, organisation=answer.project.lead, at=at)
    made = SurveyPart(answered=response, initiative=initiative, left_out=False, created_at=at)
    answer.parts.append(made)
    return made
