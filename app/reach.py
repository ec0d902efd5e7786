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


def of_bodies(ask: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """What is asked of the actor's body, asked of it and of those that have merged into it."""

    def fact(it: Any, actor: Any) -> Any:
        found = ask(it, actor.organisation_id)
        for former in actor.former_body_ids:
            found = found | ask(it, former)
        return found

    return fact


EVERYTHING = Reach("everything", lambda it, actor: True)
NOTHING = Reach("nothing", lambda it, actor: False)
OWN_BODY = Reach("own body", of_bodies(lambda it, body: it.belongs_to(body)))
LET_IN = Reach("let in", lambda it, actor: it.lets_in(actor.seat_id))
SUBMITTED = Reach("submitted", lambda it, actor: it.was_submitted)
LED_BY_OWN_BODY = Reach("led by own body", of_bodies(lambda it, body: it.is_led_by(body)))
OWN_PART = Reach("own part", of_bodies(lambda it, body: it.is_known_to(body)))
OWN_PART_OR_LED = Reach("own part or led", of_bodies(lambda it, body: it.concerns(body)))
ISSUED_TO_OWN_BODY = Reach(
    "issued to own body", of_bodies(lambda it, body: it.was_issued & it.belongs_to(body))
)
PUBLISHED = Reach("published", lambda it, actor: it.was_published)
SHOWN = Reach("shown", lambda it, actor: it.is_shown)
SHOWN_TO_OWN_BODY = Reach("shown to own body", of_bodies(lambda it, body: it.is_shown & it.belongs_to(body)))
SHARED_WITH_OWN_BODY = Reach("shared with own body", of_bodies(lambda it, body: it.is_shared_with(body)))
OWN_SEAT = Reach("own seat", lambda it, actor: it.is_own_of(actor))
