"""The programme's real history, brought in through the operations.

Facts come from `data/*.csv` (the programme's report of March 2023 and its public announcements). Made up, and marked
so, are only the accounts, the example.jp addresses, one sample call with its applications, and council members.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path

from flask import current_app
from sqlalchemy import select

from app import calendar
from app.db import db
from app.demo import samples
from app.demo.accounts import ACCOUNTS, MUNICIPALITY, PASSWORD
from app.organisations import operations as organisations
from app.organisations import passwords
from app.organisations.models import Organisation
from app.permissions import APPROVER, MUNICIPAL, SYSTEM
from app.programmes import operations as programmes
from app.programmes.models import Call
from app.projects import operations as projects
from app.projects.models import Project
from app.schedule.reminders import start_from
from app.web import clock

DATA = Path(__file__).parent / "data"
FIRST_DAY = date(2023, 2, 15)
LISTED_AS_OF = date(2022, 12, 1)  # the list of S4 is of December 2022
FORMER_NAME = "近未来技術等社会実装事業"  # until FY2019
OFFICE_NAME = "内閣府地方創生推進事務局"


class AlreadyLoaded(Exception):
    """There is a programme on record: the demo is for an empty database."""


def load() -> dict[str, int]:
    """Fill an empty database with the demo and start its clock; what was made, by kind. Commits once, at the end.

    Raises AlreadyLoaded.
    """
    if db.session.scalar(select(Call.id).limit(1)):
        raise AlreadyLoaded
    day = current_app.config["TODAY"] or FIRST_DAY
    at = datetime.combine(day, time(9), calendar.JST)
    with calendar.pinned_to(at):
        bodies = _bodies(at)
        _office(at)
        rounds = _rounds(at)
        listed = _projects(rounds, bodies, at)
        seats = _municipal_seats(listed, bodies, at)
        made = samples.load(bodies, listed, at=at)
        start_from(day)
        clock.set_day(day)
        db.session.commit()
    return {
        "organisations": len(bodies),
        "calls": len(rounds) + 1,
        "projects": len(listed),
        "seats": seats,
        **made,
    }


def _bodies(at: datetime) -> dict[str, Organisation]:
    organisations.load_directory(actor=SYSTEM, at=at)
    rows = db.session.scalars(select(Organisation).where(Organisation.code.is_not(None)))
    return {str(body.code): body for body in rows}


def _office(at: datetime) -> None:
    bureau = organisations.add_organisation(
        name=OFFICE_NAME,
        body_kind="ministry",
        kana="ナイカクフチホウソウセイスイシンジムキョク",
        actor=SYSTEM,
        at=at,
    )
    db.session.flush()
    for account in ACCOUNTS:
        if account.role not in MUNICIPAL:
            _seat(
                bureau,
                account.role,
                account.section,
                account.post,
                account.email,
                account.email,
                account.name,
                at,
            )


def _rounds(at: datetime) -> dict[int, Call]:
    """The eight calls. One that lies ahead of the demo's day waits as a draft: see `following`."""
    found = {}
    for row in rows("rounds.csv"):
        fy = int(row["selection_fy"])
        three_plus_two = (
            fy >= 2025
        )  # S4: five years at most; the FY2025 call: three, and two more on application
        former_name = FORMER_NAME if fy < 2020 else None
        call = programmes.draft_call(
            programmes.the_programme(),
            code=row["code"],
            title=f"{calendar.era_fiscal_year(fy)} {former_name or programmes.the_programme().name}の募集",
            programme_name=former_name,
            selection_fy=fy,
            opens_at=instant(row["opens"]),
            closes_at=instant(row["closes"]),
            base_years=3 if three_plus_two else 5,
            extension_years=2 if three_plus_two else 0,
            eligible_kinds=list(samples.LOCAL_GOVERNMENTS),
            announced_count=int(row["announced_count"]) if row["announced_count"] else None,
            announced_on=date.fromisoformat(row["announced_on"]) if row["announced_on"] else None,
            unlisted_ended_on=date.fromisoformat(row["unlisted_ended_on"])
            if row["unlisted_ended_on"]
            else None,
            window_note=row["note"],
            actor=SYSTEM,
            at=at,
        )
        db.session.flush()
        if calendar.fiscal_year_start(fy) <= at.date() and (
            call.announced_on is None or call.announced_on <= at.date()
        ):
            programmes.record_past_call(call, actor=SYSTEM, at=at)
        found[fy] = call
    return found


def _projects(rounds: dict[int, Call], bodies: dict[str, Organisation], at: datetime) -> dict[int, Project]:
    listed = {}
    for row in rows("projects.csv"):
        call = rounds[int(row["selection_fy"])]
        listed[int(row["no"])] = projects.open_project(
            call=call,
            number=int(row["no"]),
            listed_as_of=LISTED_AS_OF,
            applicants=[bodies[code] for code in row["applicant_codes"].split(";")],
            title=row["project_title"] or None,
            technologies=row["technologies"].split(";"),
            technologies_etc=row["technologies_etc"] == "1",
            technologies_raw=row["technologies_raw"],
            road_linked=row["road_linked"] == "1",
            opened_on=call.announced_on,
            actor=SYSTEM,
            at=at,
        )
    db.session.flush()
    return listed


def _municipal_seats(listed: dict[int, Project], bodies: dict[str, Organisation], at: datetime) -> int:
    """A seat with an example.jp address for each body of a project; the demo's own municipality has two."""
    codes = sorted({str(body.code) for project in listed.values() for body in project.bodies})
    for code in codes:
        if code != MUNICIPALITY:
            samples_name = f"（見本）{bodies[code].name} 担当者"
            _seat(
                bodies[code],
                APPROVER,
                "未来技術担当",
                "担当課長",
                f"{code}@example.jp",
                f"{code}@example.jp",
                samples_name,
                at,
            )
    for account in ACCOUNTS:
        if account.role in MUNICIPAL:
            mailbox = f"{MUNICIPALITY}@example.jp" if account.role == APPROVER else account.email
            _seat(
                bodies[MUNICIPALITY],
                account.role,
                account.section,
                account.post,
                mailbox,
                account.email,
                account.name,
                at,
            )
    return len(codes) + 1


def _seat(
    body: Organisation, role: str, section: str, post: str, mailbox: str, email: str, name: str, at: datetime
) -> None:
    seat = organisations.add_seat(
        body, role, section=section, post=post, mailbox=mailbox, actor=SYSTEM, at=at
    )
    person = organisations.add_person(email, name, actor=SYSTEM, at=at)
    person.password_hash = _hash()
    db.session.flush()
    organisations.take_seat(seat, person, on=date(2018, 4, 1), actor=SYSTEM, at=at)


_hashed: list[str] = []


def _hash() -> str:
    """One hash for all: argon2id is slow on purpose, and fifty accounts share the demo's password anyway."""
    if not _hashed:
        _hashed.append(passwords.hashed(PASSWORD))
    return _hashed[0]


def rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def instant(text: str) -> datetime | None:
    """An instant of the record; a day without a time of day is its beginning, in Japan."""
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=calendar.JST)
