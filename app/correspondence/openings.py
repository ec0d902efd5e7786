"""Who has opened a letter: before its approval within the office, after its issue at the body it was sent to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select

from app import security
from app.actors import Actor
from app.correspondence.models import Letter, LetterOpening
from app.db import add_once, db, writing
from app.lifecycle.letter import ISSUED
from app.organisations.models import Tenure
from app.permissions import MUNICIPAL, OFFICE
from app.web.records import within_reach


def note_opening(letter: Letter, *, actor: Tenure, at: datetime) -> None:
    """Remember that `actor` has opened `letter`; the first time counts. Commits.

    A page that is only read changes nothing else: the note has a transaction of its own, after the page's.
    """
    letter_id, known = letter.id, db.session.get(LetterOpening, _key(letter, actor))
    if known is not None or actor.role not in MUNICIPAL | OFFICE:
        return
    values = {
        "key": _key(letter, actor),
        # Whose letter has become theirs by a merger opens it for the body it was issued to.
        "organisation_id": letter.organisation_id
        if letter.organisation_id in actor.former_body_ids
        else actor.organisation_id,
        "role": actor.role,
        "name": actor.name,
    }
    with writing():
        add_once(LetterOpening, letter_id=letter_id, opened_at=at, **values)
        db.session.commit()


def note_reading(*letters: Letter, actor: Actor) -> None:
    """Tell the security log when one of these letters tells `actor` what has not been announced."""
    if any(letter.tells_a_result for letter in letters):
        security.results_read(actor)


def openings_of(letters: Iterable[Letter], roles: Iterable[str]) -> dict[int, list[LetterOpening]]:
    """Letter's id → who of these roles has opened it, the first one first."""
    ids = [letter.id for letter in letters]
    query = select(LetterOpening).where(
        LetterOpening.letter_id.in_(ids), LetterOpening.role.in_(tuple(roles))
    )
    found = defaultdict(list)
    for opening in db.session.scalars(query.order_by(LetterOpening.opened_at, LetterOpening.key)):
        found[opening.letter_id].append(opening)
    return dict(found)


def unopened(actor: Actor) -> Any:
    """The letters issued to the body of `actor` that nobody of that body has opened, the newest first."""
    opened = exists().where(
        LetterOpening.letter_id == Letter.id, LetterOpening.organisation_id == Letter.organisation_id
    )
    standing = Letter.superseded_as.is_(None)  # else there is a later one to be read in its place
    return within_reach(Letter, actor).where(ISSUED.of(Letter), standing, ~opened).order_by(Letter.id.desc())


def _key(letter: Letter, actor: Tenure) -> str:
    return f"{letter.id}:{actor.id}"
