"""The only way a route gets at a record: through the query of what this person may see."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any, TypeVar

from flask import abort, current_app, request, url_for
from sqlalchemy import Integer, bindparam, select
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.orm.interfaces import ORMOption

from app import memory
from app.actors import Actor
from app.db import db
from app.permissions import CONSULTANT, reach_of
from app.statements import prepared
from app.web.access import actor_or_none, can, declared_permission
from app.web.manifest import page_of

T = TypeVar("T")


class SavedMeanwhile(StaleDataError):
    """The page was made from an older version than `now`, which is saved; `entry` is the field that tells which."""

    def __init__(self, message: str, now: int, entry: str = "version") -> None:
        super().__init__(message)
        self.now, self.entry = now, entry


LARGEST_ID = 2**31 - 1  # of an INTEGER column in PostgreSQL; a longer number in an address is nobody's


def fetch(model: type[T], record_id: int, *options: ORMOption, beside: Sequence[Any] = ()) -> T:
    """The record that this request is about: 404 if it is not within the person's reach, as if it were not there.

    If it is, and the permission that the route declared is not held over it, 403. Raises KeyError for a record of a kind
    that this permission is not about: see `look_up`.
    """
    record = look_up(model, record_id, *options, beside=beside)
    if not can(declared_permission(current_app, request.endpoint or "") or "", record):
        abort(403)
    return record


def look_up(model: type[T], record_id: int, *options: ORMOption, beside: Sequence[Any] = ()) -> T:
    """A record beside the one that the route's permission is about: to see it is enough. Else 404.

    `beside` names relationships to records of the house: on a page that is read they come from memory (memory.relate).
    """
    if record_id > LARGEST_ID:
        abort(404)
    who = actor_or_none()

    def build() -> Any:
        asked = bindparam("record_id", type_=Integer)
        return within_reach(model, who).where(model.id == asked).options(*options)  # type: ignore[attr-defined]

    loaded = tuple(map(_what_it_loads, options))
    query = build() if None in loaded else prepared(("look up", model, reader(who), loaded), build)
    record = db.session.scalars(query, {"record_id": record_id}).unique().one_or_none()
    if record is None:
        abort(404)
    if beside and memory.is_open():
        memory.relate([record], *beside)
    return record


def within_reach(model: Any, actor: Actor | None) -> Any:
    """The query of the records of `model` that `actor` (None: nobody signed in) may see."""
    kind = getattr(model, "reached_as", None) or model.kind
    return select(model).where(reach_of(kind, actor).finds(model, actor))


def reader(actor: Actor | None) -> Hashable:
    """All that a reach asks of whoever reads (app/reach.py): what a statement that is kept differs by."""
    if actor is None:
        return None
    membership = getattr(actor, "membership_id", None)
    return actor.role, actor.organisation_id, actor.seat_id, actor.person_id, membership


def _what_it_loads(option: ORMOption) -> Hashable:
    """What an option does, alike for two that do the same; None where it does not tell."""
    key = option._generate_cache_key()  # type: ignore[attr-defined]  # noqa: SLF001 (what SQLAlchemy itself compares)
    return (key.key, tuple(it.effective_value for it in key.bindparams)) if key else None


def shared_by(actor: Actor) -> Hashable:
    """What a memory of things within reach differs by: whoever is of one role in one body reaches the same.

    Only consultants do not: each is let into an application of their own.
    """
    return actor.role, actor.organisation_id, actor.seat_id if actor.role == CONSULTANT else None


def same_version(record: Any, version: int | None) -> None:
    """Refuse entries made on a page that shows an older version than the record has now. Raises SavedMeanwhile."""
    if version != record.version_id:
        message = f"{record.kind} {record.id} is at version {record.version_id}, the page at {version}"
        raise SavedMeanwhile(message, record.version_id)


def address_of(kind: str, record_id: int | None) -> str | None:
    """The page of a record that is known by kind and id alone; None when there is none that this person may open."""
    return address_if_open(page_of(kind, record_id))


def address_if_open(page: tuple[str, dict[str, Any]] | None) -> str | None:
    """The address of a page given by endpoint and values; None when there is none, or this person may not open it."""
    if page is None:
        return None
    endpoint, values = page
    permission = declared_permission(current_app, endpoint)
    return url_for(endpoint, **values) if permission and can(permission) else None
