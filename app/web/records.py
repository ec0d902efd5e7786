"""The only way a route gets at a record: through the query of what this person may see."""

from __future__ import annotations

from typing import Any, TypeVar

from flask import abort, current_app, url_for
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.orm.interfaces import ORMOption

from app.db import db
from app.web.access import actor_or_none, can, declared_permission

T = TypeVar("T")
LARGEST_ID = 2**31 - 1  # of an INTEGER column in PostgreSQL; a longer number in an address is nobody's


def fetch(model: type[T], record_id: int, *options: ORMOption, permission: str | None = None) -> T:
    """The record, if it is within the person's reach: else 404, as if it were not there.

    With `permission`, a record that may be seen but not acted on gives 403.
    """
    if record_id > LARGEST_ID:
        abort(404)
    who = actor_or_none()
    query: Any = model.visible_to(who).where(model.id == record_id).options(*options)  # type: ignore[attr-defined]
    record = db.session.scalars(query).unique().one_or_none()
    if record is None:
        abort(404)
    if permission and not (who and who.may(permission, record)):
        abort(403)
    return record


def same_version(record: Any, version: int | None) -> None:
    """Refuse entries made on a page that shows an older version than the record has now. Raises StaleDataError."""
    if version != record.version_id:
        raise StaleDataError(
            f"{record.kind} {record.id} is at version {record.version_id}, the page at {version}"
        )


def address_of(kind: str, record_id: int | None) -> str | None:
    """The page of a record that is known by kind and id alone; None when there is none that this person may open.

    Contexts name alike: the page of a "project" is projects.show, with its project_id.
    """
    endpoint = f"{kind}s.show"
    if record_id is None or endpoint not in current_app.view_functions:
        return None
    permission = declared_permission(current_app, endpoint)
    if permission is None or not can(permission):
        return None
    values: dict[str, Any] = {f"{kind}_id": record_id}
    return url_for(endpoint, **values)
