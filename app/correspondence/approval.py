"""A director approves a letter (決裁) as the page has shown it, or sends it back with a remark, which the office answers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.actors import Actor
from app.correspondence.models import Letter
from app.correspondence.rendering import LetterContent
from app.db import db, held
from app.lifecycle import NotAllowed, move
from app.lifecycle.letter import TO_APPROVE


def approve(
    letters: Iterable[Letter], *, shown: Mapping[int, str] | None = None, actor: Actor, at: datetime
) -> int:
    """Approve those of `letters` that still wait for it; how many that were.

    `shown` holds the `fingerprint` of each letter that the director's page showed: one that it did not show, or
    that has changed since, is passed over. Two directors may approve at once: each letter is approved by whoever
    comes first, and what the other finds approved, issued or discarded is passed over, not an error. Raises
    NotAllowed for who is no director.
    """
    approved = 0
    for letter in locked(letters):
        if not actor.may("letter.approve", letter):
            raise NotAllowed(letter, "approve", "not permitted")
        unseen = shown is not None and shown.get(letter.id) != fingerprint(letter)
        if letter in TO_APPROVE and not unseen:
            letter.approved_by, letter.approved_at = actor.name, at
            move(letter, "approve", actor=actor, at=at)
            approved += 1
    return approved


def fingerprint(letter: Letter) -> str:
    """The same for the same text to the same addressee."""
    text = json.dumps([letter.organisation_id, letter.content], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def send_back(letter: Letter, *, remark: str, actor: Actor, at: datetime) -> None:
    """A director does not approve it as it is, and says why. Raises ValueError without a remark, NotAllowed."""
    if not remark.strip():
        raise ValueError("a letter is sent back for a reason")
    held(letter)
    move(letter, "send_back", actor=actor, at=at, changes={"reason": remark.strip()})
    letter.remark, letter.remarked_by, letter.answer = remark.strip(), actor.name, ""


def put_forward(
    letter: Letter, *, answer: str, content: LetterContent | None = None, actor: Actor, at: datetime
) -> None:
    """Answer the director's remark and ask for approval again, with `content` where it was composed anew.

    Raises ValueError without an answer, NotAllowed unless it was sent back.
    """
    if not answer.strip():
        raise ValueError("a remark wants an answer")
    held(letter)
    changes: dict[str, Any] = {"reason": answer.strip()}
    if content is not None:
        fresh = replace(content, draft=True).to_json()
        changes |= {"reworded": fresh != letter.content}
        letter.content, letter.addressee = fresh, content.addressee
        letter.subject = content.subject + content.suffix
    move(letter, "put_forward", actor=actor, at=at, changes=changes)
    letter.answer = answer.strip()


def locked(letters: Iterable[Letter]) -> Iterable[Letter]:
    """The newest state of `letters`, held until the end of the transaction; always in the same order."""
    ids = [letter.id for letter in letters]
    newest = select(Letter).where(Letter.id.in_(ids)).order_by(Letter.id).with_for_update()
    return db.session.scalars(newest.execution_options(populate_existing=True)).all()
