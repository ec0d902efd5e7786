"""The demo as it stands on its first day: what happened until then, brought in through the operations.

Facts come from the published record (see `record`), each dated with its own day. Made up, and marked so, are only the
accounts, the example.jp addresses, what a call asks, one sample call with its applications, and council members.
"""

from __future__ import annotations

from datetime import date, timedelta

from flask import current_app
from sqlalchemy import func, select

from app import calendar
from app.db import db
from app.demo import following, people, record, samples
from app.demo.accounts import MUNICIPALITY
from app.demo.record import midnight
from app.organisations import operations as organisations
from app.organisations.models import Organisation, Seat
from app.permissions import SYSTEM
from app.programmes.models import Call
from app.programmes.operations import the_programme
from app.projects.models import Project
from app.projects.operations import reserve_numbers
from app.schedule.reminders import start_from
from app.web import clock

FIRST_DAY = date(2023, 2, 15)
SAMPLES_BEGIN = timedelta(days=14)  # before the first day, so that their call is open at each hour of it


class AlreadyLoaded(Exception):
    """There is a programme on record: the demo is for an empty database."""


def load() -> dict[str, int]:
    """Fill an empty database with the demo and start its clock; what was made, by kind. Commits once, at the end.

    The years before its first day pass in their order, so that the history does too. Raises AlreadyLoaded.
    """
    if db.session.scalar(select(Call.id).limit(1)):
        raise AlreadyLoaded
    day = current_app.config["TODAY"] or FIRST_DAY
    began = min(record.BEGAN, day)
    samples_begin = max(began, day - SAMPLES_BEGIN)
    start_from(day)  # before anything: no notice of the years before is owed
    reserve_numbers(the_programme(), record.last_number())
    with calendar.pinned_to(midnight(began)):
        _people_of_the_first_day()
    following.begin_before(began)
    following.catch_up(samples_begin)
    begun = midnight(samples_begin)
    if samples_begin < day:
        begun = begun.replace(hour=9)
    with calendar.pinned_to(begun):
        made = samples.load(begun, day)
    following.catch_up(day)
    clock.set_day(day)
    db.session.commit()
    counted = {"organisations": Organisation, "calls": Call, "projects": Project, "seats": Seat}
    return {**{what: _count(model) for what, model in counted.items()}, **made}


def _people_of_the_first_day() -> None:
    at = calendar.now()
    organisations.load_directory(actor=SYSTEM, at=at)
    people.seat_the_office(at)
    own = db.session.scalars(select(Organisation).where(Organisation.code == MUNICIPALITY)).one()
    people.seat_the_municipality(own, at)


def _count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0
