"""Organisations and the people who act for them.

Every prefecture and municipality is here with its code and kana. Access belongs to a *seat* (section and post, with
a shared mailbox); a person holds a seat for a time (a *tenure*) and signs in to it. Staff change every April: the
seat, and everything done from it, stays.
"""

from app.lifecycle import N_
from app.organisations import sessions
from app.organisations.models import Person
from app.organisations.routes import organisations
from app.organisations.sign_in import person_of_session
from app.organisations.tasks import tasks
from app.web.manifest import Job, Manifest, Page, Place

MANIFEST = Manifest(
    blueprint=organisations,
    tasks=tasks,
    places=(
        Place("organisations.index", N_("Local governments"), "organisation.search"),
        Place("organisations.seats", N_("Seats"), "seat.manage"),
    ),
    pages={
        "organisation": Page("organisations.show", "organisation_id"),
        "seat": Page("organisations.seat", "seat_id"),
        "person": Page("organisations.seats", "q", of=Person.email_of),
    },
    within={
        "organisations.index": "organisations.index",
        "organisations.show": "organisations.index",
        "organisations.general_address": "organisations.index",
        "organisations.seats": "organisations.seats",
        "organisations.seat": "organisations.seats",
        "organisations.new_seat": "organisations.seats",
        "organisations.edit_seat": "organisations.seats",
        "organisations.close_seat": "organisations.seats",
        "organisations.end_tenure": "organisations.seats",
    },
    jobs={"forget_sessions": Job(lambda on, at: {"removed": sessions.forget_old()})},
    answers={"person_of_session": person_of_session},
)
