"""Share what was learnt with all bodies that carry a project, reword it, withdraw it.

Whatever still holds a name of its project is refused until an officer has confirmed that very name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.accompaniment.models import (
    BETWEEN,
    OBSTACLE_KINDS,
    KnowledgeEdition,
    KnowledgeItem,
    LogEntry,
    Obstacle,
)
from app.accompaniment.names import still_named
from app.actors import Actor
from app.db import db, held
from app.explained import N_
from app.lifecycle import NotAllowed, must_be_open
from app.lifecycle import move as make_move
from app.organisations.operations import Refused
from app.programmes.technologies import TECHNOLOGIES

WORDS = ("topic", "question", "answer", "technologies_text")


class StillNamed(Exception):
    """The text holds names of its project that nobody has confirmed."""

    def __init__(self, names: list[str]) -> None:
        super().__init__("names in what is to be shared")
        self.names = names


class Withdrawn(Exception):
    """It was withdrawn meanwhile, and is not changed any more."""


def publish(
    source: LogEntry | Obstacle,
    *,
    topic: str,
    question: str,
    answer: str,
    technologies: Iterable[str] = (),
    confirmed: Collection[str] = (),
    actor: Actor,
    at: datetime,
) -> KnowledgeItem:
    """Show a question and what was learnt to everybody who carries a project, without where it came from.

    Raises NotAllowed (also for an obstacle that is not resolved, an entry that was withdrawn), Refused when this source is shared already,
    StillNamed for names beside those `confirmed`, ValueError without a question or an answer.
    """
    source = held(source)
    if isinstance(source, Obstacle):
        must_be_open(source, "share", actor=actor, at=at)
    elif not actor.may("knowledge.publish", source) or source.is_withdrawn:
        raise NotAllowed(source, "share", "not permitted, or withdrawn")
    if shared_from(source) is not None:
        raise Refused(N_("This is shared as knowledge already."))
    words = _words(topic, question, answer, technologies)
    named = _refuse_named(words, source, confirmed)
    made = KnowledgeItem(
        log_entry=source if isinstance(source, LogEntry) else None,
        obstacle=source if isinstance(source, Obstacle) else None,
        **words,
        published_at=at,
        published_by=actor.name,
        created_at=at,
    )
    db.session.add(made)
    _keep_edition(made, actor=actor, at=at)
    db.session.flush()
    made.record("knowledge_published", actor=actor, at=at, changes=_told(made, named), audience="office")
    shared = {"knowledge": made.id}
    if isinstance(source, Obstacle):
        make_move(source, "share", actor=actor, at=at, changes=shared)
    else:
        source.record("log_entry_shared", actor=actor, at=at, changes=shared, audience="office")
    return made


def reword(
    item: KnowledgeItem,
    *,
    topic: str,
    question: str,
    answer: str,
    technologies: Iterable[str] = (),
    confirmed: Collection[str] = (),
    actor: Actor,
    at: datetime,
) -> None:
    """Another wording in the place of the present one, which is kept. The same words change nothing.

    Raises Withdrawn, NotAllowed, else as `publish`.
    """
    item = _held(item, actor)
    words = _words(topic, question, answer, technologies)
    named = _refuse_named(words, item.source, confirmed)
    if all(getattr(item, name) == words[name] for name in WORDS):
        return
    for name, value in words.items():
        setattr(item, name, value)
    item.edition += 1
    item.edited_at = at
    _keep_edition(item, actor=actor, at=at)
    item.record("knowledge_reworded", actor=actor, at=at, changes=_told(item, named), audience="office")


def withdraw(item: KnowledgeItem, *, reason: str, actor: Actor, at: datetime) -> None:
    """Show it to nobody but the office any more. Raises Withdrawn, NotAllowed, ValueError without a reason."""
    if not reason.strip():
        raise ValueError("a knowledge item is withdrawn for a reason")
    item = _held(item, actor)
    item.withdrawn_at, item.withdrawal_reason = at, reason
    changes = {"reason": reason, "edition": item.edition}
    item.record("knowledge_withdrawn", actor=actor, at=at, changes=changes, audience="office")


def shared_from(source: LogEntry | Obstacle) -> KnowledgeItem | None:
    """What is published of this source now; None where nothing is."""
    column = KnowledgeItem.log_entry_id if isinstance(source, LogEntry) else KnowledgeItem.obstacle_id
    return db.session.scalars(
        select(KnowledgeItem).where(column == source.id, KnowledgeItem.was_published)
    ).first()


def technologies_of(source: LogEntry | Obstacle) -> list[str]:
    """Those of its project that a knowledge item can be tagged with."""
    return [name for name in TECHNOLOGIES if name in source.project.technologies]


def names_in(question: str, answer: str, source: LogEntry | Obstacle) -> list[str]:
    return still_named(f"{question}\n{answer}", source)


def _refuse_named(
    words: dict[str, Any], source: LogEntry | Obstacle, confirmed: Collection[str]
) -> list[str]:
    """The names that were confirmed; raises StillNamed where there are others."""
    found = names_in(words["question"], words["answer"], source)
    if set(found) - set(confirmed):
        raise StillNamed(found)
    return found


def _words(topic: str, question: str, answer: str, technologies: Iterable[str]) -> dict[str, Any]:
    chosen = set(technologies)
    if topic not in OBSTACLE_KINDS or chosen - set(TECHNOLOGIES):
        raise ValueError("a knowledge item has a topic, and technologies of the programme's list")
    if not (question.strip() and answer.strip()):
        raise ValueError("a knowledge item has a question and an answer")
    tags = [name for name in TECHNOLOGIES if name in chosen]
    tags_text = f"{BETWEEN}{BETWEEN.join(tags)}{BETWEEN}" if tags else ""
    return {"topic": topic, "question": question, "answer": answer, "technologies_text": tags_text}


def _held(item: KnowledgeItem, actor: Actor) -> KnowledgeItem:
    found = held(item)
    if not actor.may("knowledge_item.edit", found):
        raise NotAllowed(found, "edit", "not permitted")
    if not found.was_published:
        raise Withdrawn(f"knowledge item {found.id} is withdrawn")
    return found


def _keep_edition(item: KnowledgeItem, *, actor: Actor, at: datetime) -> None:
    words = {name: getattr(item, name) for name in WORDS}
    number = item.edition or 1
    item.editions.append(
        KnowledgeEdition(number=number, written_at=at, written_by=actor.name, created_at=at, **words)
    )


def _told(item: KnowledgeItem, named: list[str]) -> dict[str, Any]:
    changes: dict[str, Any] = {"edition": item.edition or 1}
    return {**changes, "confirmed": named} if named else changes
