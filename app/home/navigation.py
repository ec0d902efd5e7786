"""The main navigation: one line per place, shown to those who may go there."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.lifecycle import N_
from app.permissions import PUBLIC
from app.web.access import can

PLACES = (  # endpoint, label, permission
    ("home.index", N_("Home"), "session.use"),
    ("programmes.index", N_("Calls"), PUBLIC),
    ("applications.index", N_("Applications"), "application.list"),
    ("projects.index", N_("Projects"), "project.list"),
    ("correspondence.letters", N_("Letters"), "letter.view"),
    ("correspondence.mails", N_("Mail"), "mail.list"),
    ("schedule.index", N_("Schedule"), "schedule.view"),
    ("organisations.index", N_("Local governments"), "organisation.search"),
    ("organisations.seats", N_("Seats"), "seat.manage"),
    ("home.security_log", N_("Security log"), "security.read"),
)
OUTSIDE = (  # the places of those who are not signed in
    ("home.index", N_("About the programme"), PUBLIC),
    ("programmes.index", N_("Calls"), PUBLIC),
    ("reporting.register", N_("Selected projects"), PUBLIC),
    ("home.contact", N_("Contact us"), PUBLIC),
)

WITHIN = {  # blueprint or endpoint → the place its pages belong to; what is not here belongs to none
    "home.index": "home.index",
    "home.contact": "home.contact",
    "home.security_log": "home.security_log",
    "reporting": "reporting.register",
    "programmes": "programmes.index",
    "selection": "programmes.index",
    "applications": "applications.index",
    "projects": "projects.index",
    "councils": "projects.index",
    "correspondence": "correspondence.letters",
    "correspondence.mails": "correspondence.mails",
    "correspondence.mail": "correspondence.mails",
    "correspondence.set_aside": "correspondence.mails",
    "schedule": "schedule.index",
    "organisations.index": "organisations.index",
    "organisations.show": "organisations.index",
    "organisations.seats": "organisations.seats",
    "organisations.seat": "organisations.seats",
    "organisations.new_seat": "organisations.seats",
    "organisations.edit_seat": "organisations.seats",
    "organisations.close_seat": "organisations.seats",
    "organisations.end_tenure": "organisations.seats",
    "home.hand_over_seat": "organisations.seats",
    "home.halt": "schedule.index",
    "home.resume": "schedule.index",
}


@dataclass(frozen=True)
class Place:
    label: str
    url: str
    current: bool


def navigation() -> list[Place]:
    """The places open to whoever reads the page."""
    here = WITHIN.get(request.endpoint or "") or WITHIN.get(request.blueprint or "")
    return [
        Place(_(label), url_for(endpoint), endpoint == here)
        for endpoint, label, permission in (PLACES if current_user.is_authenticated else OUTSIDE)
        if can(permission)
    ]
