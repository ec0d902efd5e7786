"""What must be true of the years that were simulated: each rule tells what breaks it, in sentences."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from app import calendar
from app.correspondence.models import Letter, Mail
from app.db import db
from app.organisations.contacts import office_mailboxes
from app.projects.end_of_support import ESCALATED_FOR, KIND, ending
from app.projects.models import Project
from app.proof.verification import verify
from config import ROOT
from tests.correspondence.common import unwrapped
from tests.simulation.course import Course

ESCALATIONS = (
    "support-end-escalation:",
    "extension-unrecorded:",
)  # told to act on, not a copy of what others got
YEARS_OF_SUPPORT = 5  # of every call whose projects the published list names
PUBLISHED = ROOT / "app" / "demo" / "data" / "projects.csv"
DIGEST = "officers get one digest of copies a day at most"
NOTHING_TO_DO = "必要な手続はありません"

Row = Any


def every_rule(course: Course) -> dict[str, list[str]]:
    """The rules that hold for any stretch of years → what breaks each."""
    letters, mails = issued(), mails_since(course)
    return {
        "no job failed": course.errors,
        "no letter is dated on a closed day": closed((it.number, it.issued_on) for it in letters),
        "no mail of a job is queued on a closed day": closed(
            (it.key, calendar.day_of(it.queued_at)) for it in mails
        ),
        "each body has one letter, and the right one, for each project that ended": one_letter_each(letters),
        DIGEST: copies(mails),
        "letters that wait are told of each working day": waited(mails, letters),
        "projects end on 1 April": ended_in_time(letters),
        "nobody who may still be extended is told that nothing is to be done": untruths(mails),
        "what is written was not changed": [told for part in verify() for told in part.problems],
    }


def issued() -> list[Letter]:
    query = select(Letter).where(Letter.letter_kind == KIND, Letter.state == "issued")
    return list(db.session.scalars(query.order_by(Letter.fiscal_year, Letter.sequence)))


def mails_since(course: Course) -> list[Row]:
    """What jobs have queued; what the demo's people did while it was loaded got its answer at once."""
    query = select(Mail.key, Mail.to_address, Mail.queued_at, Mail.body, Mail.about_kind, Mail.about_id)
    return list(db.session.execute(query.where(Mail.queued_at > course.loaded_at).order_by(Mail.id)))


def published() -> dict[int, tuple[int, int]]:
    """By the published list: last fiscal year → (projects, letters)."""
    with PUBLISHED.open(encoding="utf-8", newline="") as file:
        rows = [
            (int(row["selection_fy"]) + YEARS_OF_SUPPORT - 1, len(row["applicant_codes"].split(";")))
            for row in csv.DictReader(file)
        ]
    years = sorted({year for year, _ in rows})
    return {
        year: (sum(it == year for it, _ in rows), sum(count for it, count in rows if it == year))
        for year in years
    }


def closed(dated: Iterable[tuple[Any, date]]) -> list[str]:
    return [f"{what} on {day:%A} {day}" for what, day in dated if not calendar.is_business_day(day)]


def one_letter_each(letters: list[Letter]) -> list[str]:
    found = Counter((it.about_id, it.organisation_id, it.fiscal_year) for it in letters)
    owed = {
        (project.id, body.id, project.last_fy)
        for project in db.session.scalars(select(Project).where(Project.state == "ended"))
        for body in project.bodies
    }
    twice = [f"project {it[0]}, body {it[1]}: {count} letters" for it, count in found.items() if count > 1]
    never = [f"project {it[0]}, body {it[1]}: no letter of FY{it[2]}" for it in owed - found.keys()]
    return twice + never


def copies(mails: list[Row]) -> list[str]:
    office = set(office_mailboxes(("officer",)))
    told = Counter(
        (it.to_address, calendar.day_of(it.queued_at))
        for it in mails
        if it.to_address in office and not it.key.startswith(ESCALATIONS)
    )
    return [f"{count} to {address} on {day}" for (address, day), count in sorted(told.items()) if count > 1]


def waited(mails: list[Row], letters: list[Letter]) -> list[str]:
    """From a week before the notice day until the last letter of a year is approved."""
    told = {calendar.day_of(it.queued_at) for it in mails if it.key.startswith(ESCALATIONS[0])}
    approved: dict[int, date] = {}
    for letter in letters:
        assert letter.approved_at
        day = calendar.day_of(letter.approved_at)
        approved[letter.fiscal_year] = max(day, approved.get(letter.fiscal_year, day))
    missing = []
    for year, last in approved.items():
        day = calendar.support_end_notice_day(year) - ESCALATED_FOR + timedelta(days=1)
        while day < last:
            if calendar.is_business_day(day) and day not in told:
                missing.append(f"FY{year}: nobody was told on {day}")
            day += timedelta(days=1)
    return missing


def ended_in_time(letters: list[Letter]) -> list[str]:
    today = calendar.today()
    late = select(Project).where(Project.state == "supported")
    return [
        f"project {it.number} ended on {it.ends_on}" for it in db.session.scalars(late) if it.ends_on < today
    ]


def untruths(mails: list[Row]) -> list[str]:
    """A mail to a body of an extendable project before the day on which its extension was recorded."""
    found = []
    for project in db.session.scalars(select(Project)):
        if project.may_be_extended:
            until = project.extension_on or date.max
            found += [
                f"{it.key} to {it.to_address}"
                for it in mails
                if (it.about_kind, it.about_id) == (project.kind, project.id)
                and calendar.day_of(it.queued_at) < until
                and NOTHING_TO_DO in unwrapped(it.body)
            ]
    return found


def count_of_mails(course: Course) -> dict[str, int]:
    """How many mails of each kind the jobs have queued, by the first word of their occasion."""
    return dict(Counter(occasion_of(it).partition(":")[0] for it in mails_since(course)).most_common())


def occasion_of(mail: Row) -> str:
    """What it was queued for, or the kind of its record where that is all."""
    return mail.key.removeprefix(f"{mail.about_kind}:{mail.about_id}:") if mail.about_kind else mail.key


def count_of_projects_ended(fiscal_year: int) -> int:
    ended = ending(fiscal_year).where(Project.state == "ended").order_by(None)
    return db.session.scalar(select(func.count()).select_from(ended.subquery())) or 0
