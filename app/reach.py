"""How far a role reaches: which records of a kind a person sees, and whether one of them is among these. Pure.

A reach is one fact, asked of a model it is the condition of a query, asked of a record it is yes or no. The facts are
hybrids of the models (`belongs_to`, `was_submitted`, `lets_in` …), so that list and predicate cannot tell different things. Which
role reaches how far into which kind stands in `permissions.REACHES`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.actors import Actor


@dataclass(frozen=True, eq=False)
class Reach:
    """Some of the records of a kind, as far as they are an actor's."""

    name: str
    fact: Callable[[Any, Any], Any]  # asked with a mapped class or a record of it, and the actor

    def finds(self, model: Any, actor: Actor | None) -> Any:
        """The condition of being within it, for a query of `model`."""
        return self.fact(model, actor)

    def holds(self, record: Any, actor: Actor | None) -> bool:
        """Whether `record` is within it."""
        return bool(self.fact(record, actor))


EVERYTHING = Reach("everything", lambda it, actor: True)
NOTHING = Reach("nothing", lambda it, actor: False)
OWN_BODY = Reach("own body", lambda it, actor: it.belongs_to(actor.organisation_id))
LET_IN = Reach("let in", lambda it, actor: it.lets_in(actor.seat_id))
SUBMITTED = Reach("submitted", lambda it, actor: it.was_submitted)
LED_BY_OWN_BODY = Reach("led by own body", lambda it, actor: it.is_led_by(actor.organisation_id))
OWN_PART = Reach("own part", lambda it, actor: it.is_known_to(actor.organisation_id))
OWN_PART_OR_LED = Reach("own part or led", lambda it, actor: it.concerns(actor.organisation_id))
ISSUED_TO_OWN_BODY = Reach(
    "issued to own body", lambda it, actor: it.was_issued & it.belongs_to(actor.organisation_id)
)
PUBLISHED = Reach("published", lambda it, actor: it.was_published)
SHOWN = Reach("shown", lambda it, actor: it.is_shown)
SHOWN_TO_OWN_BODY = Reach(
    "shown to own body", lambda it, actor: it.is_shown & it.belongs_to(actor.organisation_id)
)
SHARED_WITH_OWN_BODY = Reach(
    "shared with own body", lambda it, actor: it.is_shared_with(actor.organisation_id)
)
OWN_SEAT = Reach("own seat", lambda it, actor: it.is_own_of(actor))
