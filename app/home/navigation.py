"""The main navigation: the places that the contexts bring, shown to those who may go there."""

from __future__ import annotations

from dataclasses import dataclass

from flask import g, request, url_for
from flask_babel import gettext as _

from app.memory import lasting
from app.permissions import PUBLIC
from app.web.access import actor_or_none, can
from app.web.i18n import locale_name
from app.web.manifest import brought, manifests


@dataclass(frozen=True)
class Shown:
    label: str
    url: str
    current: bool


def navigation() -> tuple[Shown, ...]:
    """The places open to whoever reads the page: it is asked for several times on each."""
    if "navigation" not in g:
        who = actor_or_none()
        role = who.role if who else PUBLIC
        within = brought("within")
        here = within.get(request.endpoint or "") or within.get(request.blueprint or "")
        key = ("navigation", role, locale_name(), request.script_root, here)
        g.navigation = lasting(key, lambda: _places(role, here))
    found: tuple[Shown, ...] = g.navigation
    return found


def _places(role: str, here: str | None) -> tuple[Shown, ...]:
    """Which they are depends on the role alone: no permission is asked about a record."""
    places = [place for each in manifests() for place in (each.outside if role == PUBLIC else each.places)]
    return tuple(
        Shown(_(place.label), url_for(place.endpoint), place.endpoint == here)
        for place in sorted(places, key=lambda place: place.last)
        if can(place.permission)
    )
