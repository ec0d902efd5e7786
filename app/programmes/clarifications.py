"""Questions of general interest about a call and their answers (質疑応答), published with it for everybody at once.

A clarification keeps its number in its call, which is its address on the page. What was published stays: another wording
is another edition, and what is withdrawn leaves its number and the reason behind.
"""

from __future__ import annotations

from datetime import datetime

from app.actors import Actor
from app.db import db, held
from app.lifecycle.call import PUBLIC
from app.programmes.models import Call, Clarification, ClarificationEdition
from app.seals import seal_of


class NotPublic(ValueError):
    """The call is not published: nobody could read the answer."""


class Withdrawn(ValueError):
    """It was withdrawn meanwhile, and is not changed any more."""


def publish(call: Call, *, question: str, answer: str, actor: Actor, at: datetime) -> Clarification:
    """Show a question and its answer to everybody, behind the others of the call.

    Raises NotPublic for a draft, ValueError without a question or an answer.
    """
    _refuse_empty(question, answer)
    call = held(call)  # of two who publish at once each gives a number of its own
    if call not in PUBLIC:
        raise NotPublic(f"call {call.id} is not published")
    others = list(call.clarifications)
    made = Clarification(
        call=call,
        number=max((it.number for it in others), default=0) + 1,
        position=max((it.position for it in others), default=0) + 1,
        question=question,
        answer=answer,
        published_at=at,
        published_by=actor.name,
        created_at=at,
    )
    db.session.add(made)
    edition = _keep_edition(made, actor=actor, at=at)
    call.record("clarification_published", actor=actor, at=at, changes=_sealed(made, edition))
    return made


def edit(clarification: Clarification, *, question: str, answer: str, actor: Actor, at: datetime) -> None:
    """Another wording in the place of the present one, which is kept. The same words change nothing. Raises Withdrawn."""
    _refuse_empty(question, answer)
    clarification = _held(clarification)
    if (clarification.question, clarification.answer) == (question, answer):
        return
    clarification.question, clarification.answer = question, answer
    clarification.edition += 1
    clarification.edited_at = at
    edition = _keep_edition(clarification, actor=actor, at=at)
    clarification.call.record(
        "clarification_edited", actor=actor, at=at, changes=_sealed(clarification, edition)
    )


def withdraw(clarification: Clarification, *, reason: str, actor: Actor, at: datetime) -> None:
    """Show it to nobody outside any more, but that it was there and why it is not. Raises Withdrawn, ValueError without a reason."""
    if not reason.strip():
        raise ValueError("a clarification is withdrawn for a reason")
    clarification = _held(clarification)
    clarification.withdrawn_at, clarification.withdrawal_reason = at, reason
    changes = {**_sealed(clarification), "reason": reason}
    clarification.call.record("clarification_withdrawn", actor=actor, at=at, changes=changes)


def put(clarification: Clarification, *, up: bool, actor: Actor, at: datetime) -> bool:
    """Read it before its neighbour, or after; whether there is one. Raises Withdrawn."""
    call = held(clarification.call)
    if not clarification.is_published:
        raise Withdrawn(f"clarification {clarification.id} is withdrawn")
    shown = [it for it in call.clarifications if it.is_published]
    place = shown.index(clarification)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(shown):
        return False
    shown[place], shown[other] = shown[other], shown[place]
    for position, it in enumerate(shown, start=1):
        it.position = position
    changes = {**_told(clarification), "place": other + 1}
    call.record("clarifications_ordered", actor=actor, at=at, changes=changes, audience="office")
    return True


def _held(clarification: Clarification) -> Clarification:
    found = held(clarification)
    if not found.is_published:
        raise Withdrawn(f"clarification {found.id} is withdrawn")
    return found


def _refuse_empty(question: str, answer: str) -> None:
    if not (question.strip() and answer.strip()):
        raise ValueError("a clarification has a question and an answer")


def _keep_edition(clarification: Clarification, *, actor: Actor, at: datetime) -> ClarificationEdition:
    edition = ClarificationEdition(
        number=clarification.edition or 1,
        question=clarification.question,
        answer=clarification.answer,
        written_at=at,
        written_by=actor.name,
        created_at=at,
    )
    clarification.editions.append(edition)
    return edition


def _told(clarification: Clarification) -> dict[str, int | str]:
    return {"number": clarification.number, "edition": clarification.edition}


def _sealed(
    clarification: Clarification, edition: ClarificationEdition | None = None
) -> dict[str, int | str]:
    """What the history tells, bound to how it reads now and to the wording that was kept."""
    db.session.flush()
    facts = {**_told(clarification), "seal": seal_of(clarification)}
    return {**facts, "edition_seal": seal_of(edition)} if edition else facts
