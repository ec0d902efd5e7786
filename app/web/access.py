"""Every route declares its permission; one guard, before every request, asks the table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from flask import Flask, abort, current_app, redirect, request, url_for
from flask_login import current_user

from app.actors import SeatedActor
from app.db import of_request
from app.permissions import PERMISSIONS, PUBLIC
from app.web import kept

# Neither the database nor the session is asked for these, and nothing is kept of them.
ASKS_NOBODY = frozenset({"static", "web.asset", "health.alive", "health.ready"})


def needs(permission: str) -> Callable:
    """Declare what a route needs: a name from the permission table, or "public"."""
    if permission != PUBLIC and permission not in PERMISSIONS:
        raise KeyError(f"no such permission: {permission}")

    def declare(view: Callable) -> Callable:
        view.permission = permission  # type: ignore[attr-defined]
        return view

    return declare


def actor() -> SeatedActor:
    """The signed-in person in their seat. Only routes with a permission other than "public" may ask."""
    return cast(SeatedActor, whoever())


def actor_or_none() -> SeatedActor | None:
    found = whoever()
    return cast(SeatedActor, found) if found.is_authenticated else None


def whoever() -> Any:
    """Flask-Login's `current_user` without its proxy, which asks four others; a page asks for it hundreds of times."""
    return of_request().get("_login_user") or cast(Any, current_user)._get_current_object()


def can(permission: str, record: Any = None) -> bool:
    """For templates: whether the person before the screen holds this permission."""
    who = None if permission == PUBLIC else actor_or_none()
    return permission == PUBLIC or (who is not None and who.may(permission, record))


def declared_permission(app: Flask, endpoint: str) -> str | None:
    return "public" if endpoint == "static" else getattr(app.view_functions[endpoint], "permission", None)


def only_reads() -> bool:
    """Whether this request is a GET, or a HEAD, which is answered as the GET would be, but for the body."""
    return request.method in ("GET", "HEAD")


def guard() -> Any:
    """Let the request through, send to sign-in (keeping what was typed), or refuse."""
    if request.endpoint is None:
        return None  # no such page: 404 comes by itself
    permission = declared_permission(current_app, request.endpoint)
    if permission is None:
        raise RuntimeError(f"the route {request.endpoint} declares no permission")
    if permission == PUBLIC:
        return None
    if not current_user.is_authenticated:
        return _to_sign_in()
    if not current_user.may(permission):
        abort(403)
    return None


def _to_sign_in() -> Any:
    if only_reads():
        return redirect(url_for("organisations.sign_in", next=request.full_path.rstrip("?")))
    if request.accept_mimetypes.best == "application/json":
        abort(401)  # a page saving by itself keeps what was typed in the browser, and offers it again
    return kept.until_sign_in()
