"""The extension of support (継続申請): what became of it is recorded by an officer, and moves the end.

A call may offer further years on application. How a project of such a call goes on is not known before an officer has
recorded one of three: not asked for, asked for and certified, asked for and refused. Until then no letter says that
support ends, and no project is ended; the officers are told instead. Where it is applied for in this system
(app/continuation), the director's decision is recorded here; by hand is recorded what was decided on paper.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import Select, func, select

from app import calendar
from app.actors import Actor
from app.correspondence import letters
from app.correspondence.models import (
    EXTENSION_CERTIFIED,
    EXTENSION_GUIDANCE,
    EXTENSION_REFUSED,
    TELLING_THE_END,
)
from app.correspondence.superseding import stands_issued
from app.db import db, held
from app.lifecycle import N_, move
from app.lifecycle.project import UNDER_SUPPORT, extendable, not_told
from app.organisations.operations import Refused
from app.programmes.models import Programme
from app.programmes.voice import all_programmes
from app.projects import mails
from app.projects.end_of_support import ESCALATED_FOR, KIND
from app.projects.models import CERTIFIED, EXTENSION_OUTCOMES, Project
from app.web.manifest import answer

LETTER_TAKEN_BACK = "継続申請の結果が登録されたため"
OF_EXTENSION = (EXTENSION_GUIDANCE, EXTENSION_CERTIFIED, EXTENSION_REFUSED)


class OutOfBounds(Refused):
    """`entry` names what of a record cannot be: the years, or the day (on)."""

    def __init__(self, entry: str, msgid: str, **values: object) -> None:
        super().__init__(msgid, **values)
        self.entry = entry


def record_extension(
    project: Project,
    *,
    outcome: str,
    years: int,
    on: date,
    remark: str = "",
    decided: bool = False,
    actor: Actor,
    at: datetime,
) -> None:
    """Record what became of the extension of `project`, on the day `on`; a record made by mistake is changed so too.

    `years` are those certified, 0 for every other outcome. Support-end letters that told another end and are not
    issued are discarded; they are drafted anew where they are due. `decided`: it is what a director has decided about an
    application. Raises NotAllowed unless the project is under support, Refused for what the call or the calendar does not
    allow, once a letter was issued on the record, and by hand while an application lies with the office.
    """
    if outcome not in EXTENSION_OUTCOMES or (outcome == CERTIFIED) != (years > 0):
        raise ValueError(f"an extension cannot be {outcome} with {years} years")
    held(project)  # nobody drafts or ends while this is written
    refuse_impossible(project, years, on, calendar.day_of(at))
    if not decided:
        answer("refuse extension by hand")(project)
    if stands_issued(project, *TELLING_THE_END, hold=True):
        raise Refused(not_told.sentence)
    old_outcome, old_end = project.extension, project.ends_on
    project.extension, project.extension_on, project.extended_years = outcome, on, years
    project.extension_remark = remark.strip()
    changes = {
        "outcome": [old_outcome, outcome],
        "on": on,
        "years": years,
        "ends_on": [old_end, project.ends_on],
        "remark": remark.strip(),
    }
    move(project, "record_extension", actor=actor, at=at, changes=changes)
    if project.ends_on != old_end:
        letters.take_back(project, KIND, reason=LETTER_TAKEN_BACK, actor=actor, at=at)
    for kind in OF_EXTENSION:  # guidance comes too late now, and another result was not decided
        letters.take_back(project, kind, reason=LETTER_TAKEN_BACK, actor=actor, at=at)


def record_by(fiscal_year: int) -> date:
    """By when what became of an extension is recorded: the last working day before letters are drafted in March."""
    return calendar.last_business_day_on_or_before(calendar.drafting_day(fiscal_year) - timedelta(days=1))


def unrecorded(on: date, programme: Programme | None = None) -> dict[int, int]:
    """How many projects (of `programme` alone, where it is given) wait for their extension to be recorded.

    By their last base year; from its first day on.
    """
    query = unrecorded_by_year(on)
    if programme is not None:
        query = query.where(Project.programme_id == programme.id)
    return {year: int(count) for year, count in db.session.execute(query)}


def unrecorded_by_year(on: date) -> Select:
    """The same as a query: (last base year, count)."""
    last_fy = Project.last_fy  # once: PostgreSQL takes two of its kind for different groups
    return (
        waiting_by(on)
        .with_only_columns(last_fy.label("year"), func.count().label("count"), maintain_column_froms=True)
        .group_by(last_fy)
        .order_by(last_fy)
    )


def waiting_by(on: date) -> Select:
    """The projects of which it is not recorded in their last base year, or after it."""
    in_last_year = Project.last_fy <= calendar.fiscal_year(on)
    return (
        select(Project)
        .join(Project.call)
        .where(UNDER_SUPPORT.of(Project), ~Project.end_is_known(), in_last_year)
    )


def escalate_unrecorded(*, on: date, at: datetime) -> int:
    """In the last week before `record_by`, and after it, tell the officers what is not recorded.

    One mail each working day of each programme to each mailbox; the number queued. Commits.
    """
    if not calendar.is_business_day(on):
        return 0
    queued = 0
    for programme in all_programmes():
        waiting = [
            (fiscal_year, record_by(fiscal_year), count)
            for fiscal_year, count in unrecorded(on, programme).items()
            if on > record_by(fiscal_year) - ESCALATED_FOR
        ]
        queued += mails.extension_unrecorded(programme, waiting, on=on, at=at) if waiting else 0
    db.session.commit()
    return queued


def refuse_impossible(project: Project, years: int, on: date, today: date) -> None:
    most = project.call.extension_years
    if not project.may_be_extended:
        raise Refused(extendable.sentence)
    if years > most:
        raise OutOfBounds("years", N_("Years that the call offers at most: %(most)s"), most=most)
    if on > today:
        raise OutOfBounds("on", N_("This day is still to come: record it once it has happened."))
    if on < project.starts_on:
        raise OutOfBounds(
            "on",
            N_("Support of this project began on %(day)s; the day must not be before it."),
            day=project.starts_on,
        )
