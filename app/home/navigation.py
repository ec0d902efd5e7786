"""The main navigation: one line per place, shown to those who may go there."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request, url_for
from flask_babel import gettext as _

from app.lifecycle import N_
from app.web.access import can

PLACES = (  # endpoint, label, permission
    ("home.index", N_("Home"), "session.use"),
    ("programmes.index", N_("Calls"), "call.view"),
    ("applications.index", N_("Applications"), "application.list"),
    ("projects.index", N_("Projects"), "project.list"),
    ("correspondence.letters", N_("Letters"), "letter.view"),
    ("correspondence.mails", N_("Mail"), "mail.list"),
    ("schedule.index", N_("Schedule"), "schedule.view"),
    ("organisations.index", N_("Local governments"), "organisation.search"),
    ("organisations.seats", N_("Seats"), "seat.manage"),
)


@dataclass(frozen=True)
class Place:
    label: str
    url: str
    current: bool


def navigation() -> list[Place]:
    """The places open to whoever is signed in; nobody else has a navigation."""
    section = (request.blueprint or "", request.endpoint or "")
    return [
        Place(_(label), url_for(endpoint), _is_here(endpoint, section))
        for endpoint, label, permission in PLACES
        if can(permission)
    ]


def _is_here(endpoint: str, section: tuple[str, str]) -> bool:
    blueprint, here = section
    if here == endpoint:
        return True
    alone = sum(place[0].startswith(blueprint + ".") for place in PLACES) == 1
    return alone and endpoint.startswith(blueprint + ".")
