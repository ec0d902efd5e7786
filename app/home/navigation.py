"""The main navigation: the places that the contexts bring, shown to those who may go there."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.web.access import can
from app.web.manifest import brought, manifests


@dataclass(frozen=True)
class Shown:
    label: str
    url: str
    current: bool


def navigation() -> list[Shown]:
    """The places open to whoever reads the page."""
    within = brought("within")
    here = within.get(request.endpoint or "") or within.get(request.blueprint or "")
    found = [
        place
        for each in manifests()
        for place in (each.places if current_user.is_authenticated else each.outside)
    ]
    return [
        Shown(_(place.label), url_for(place.endpoint), place.endpoint == here)
        for place in sorted(found, key=lambda place: place.last)
        if can(place.permission)
    ]
