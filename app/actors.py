"""Who acts, as far as an operation may ask. Pure.

Three can act: somebody in a seat (a Tenure), a council member who has come by a link, and the system itself. An operation takes
any of them as `actor`; what only a person in a seat has, their body or their session, is asked of the tenure.
"""

from __future__ import annotations

from typing import Any, Protocol


class Actor(Protocol):
    """Each id is None for who has none: the system has no seat, a member who has come by a link no body."""

    @property
    def name(self) -> str: ...

    @property
    def role(self) -> str: ...

    @property
    def person_id(self) -> int | None: ...

    @property
    def seat_id(self) -> int | None: ...

    @property
    def organisation_id(self) -> int | None: ...

    @property
    def former_body_ids(self) -> tuple[int, ...]:
        """The bodies that have merged into theirs."""
        ...

    @property
    def membership_id(self) -> int | None: ...

    def may(self, permission: str, record: Any = None) -> bool:
        """Whether the actor holds this permission, over `record` if one is given: `permissions.allows`."""
        ...


def all_bodies_of(actor: Actor) -> list[int | None]:
    """Their own, and those that have merged into it."""
    return [actor.organisation_id, *actor.former_body_ids]


class SeatedActor(Actor, Protocol):
    """Somebody in a seat: who is signed in has all that goes with it."""

    @property
    def person_id(self) -> int: ...

    @property
    def seat_id(self) -> int: ...

    @property
    def organisation_id(self) -> int: ...
