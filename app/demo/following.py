"""The demo follows the published record day by day: what became known on a day is entered as the clock comes to it.

Before its day nothing of it is in the database. Each entry is dated with its own day, also when several days are
caught up with at once. A call that the people of the demo have taken further is theirs, and left alone.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import exists, select

from app import calendar
from app.applications.models import Application
from app.db import db
from app.demo import kpis, people, record
from app.demo.call_content import LOCAL_GOVERNMENTS, NOT_IN_THE_SOURCES, criteria, form
from app.demo.record import ANNOUNCED, MEASURED, OPENED, UNLISTED_ENDED, Round, midnight
from app.installation import Setting
from app.lifecycle.call import ANNOUNCED as ANNOUNCED_CALL
from app.lifecycle.call import UNDECIDED
from app.lifecycle.project import UNDER_SUPPORT
from app.organisations.models import Organisation
from app.permissions import SYSTEM
from app.programmes import operations as programmes
from app.programmes.models import Call
from app.projects import operations as projects
from app.projects.end_of_support import end_support, ending
from app.projects.models import Project

FOLLOWED = "demo_follows_the_record_since"
"""The setting that holds the last day of the record that was entered. Where there is none, no demo was loaded."""


def begin_before(day: date) -> None:
    """Follow the record from `day` on."""
    Setting.put(FOLLOWED, (day - timedelta(days=1)).isoformat())


def follow_the_record(at: datetime) -> int:
    """Enter what the record tells of the days since it was last asked, up to that of `at`; on how many occasions."""
    followed = Setting.get(FOLLOWED)
    if followed is None:
        return 0
    last, today = date.fromisoformat(followed), calendar.day_of(at)
    passed = [it for it in record.occasions() if last < it.day <= today]
    for occasion in passed:
        with calendar.pinned_to(occasion.at):
            ENTERED[occasion.what](occasion.round, occasion.at)
            db.session.flush()
    if passed:
        Setting.put(FOLLOWED, today.isoformat())
    return len(passed)


def catch_up(day: date) -> None:
    """Let the years before the demo's first day happen: the record, and each 1 April the projects that ended."""
    start = date.fromisoformat(Setting.get(FOLLOWED) or day.isoformat())
    for year in range(calendar.fiscal_year(start), calendar.fiscal_year(day)):
        follow_the_record(midnight(calendar.fiscal_year_end(year)))
        april = midnight(calendar.fiscal_year_start(year + 1))
        for project in db.session.scalars(ending(year).where(UNDER_SUPPORT.of(Project))):
            end_support(project, at=april)
    follow_the_record(midnight(day))


def _open(it: Round, at: datetime) -> None:
    """The call can be applied to, as it could be: with questions of ours, since the sources tell of none."""
    if _call_of(it) is None:
        call = _draft(
            it,
            at,
            opens_at=it.opens_at,
            closes_at=it.closes_at,
            description=NOT_IN_THE_SOURCES,
            form=form(),
            criteria=criteria(),
        )
        programmes.record_opening(call, actor=SYSTEM, at=at)


def _announce(it: Round, at: datetime) -> None:
    call = _call_of(it)
    if call is None and not it.opens_at:
        call = _draft(it, at)
    elif call is None or not _is_the_records(call, it):
        return
    if not db.session.scalar(select(exists().where(Application.call_id == call.id))):
        opens_at, closes_at = it.window
        programmes.keep_only_the_record(call, opens_at=opens_at, closes_at=closes_at, at=at)
    programmes.record_past_call(
        call,
        announced_on=it.announced_on,
        announced_count=it.announced_count,
        note=it.announced_note,
        actor=SYSTEM,
        at=at,
    )
    _open_projects(call, it, at)


def _unlisted_have_ended(it: Round, at: datetime) -> None:
    call = _call_of(it)
    if call is not None and call in ANNOUNCED_CALL and it.unlisted_ended_on:
        programmes.record_unlisted_end(
            call, ended_on=it.unlisted_ended_on, note=it.unlisted_note, actor=SYSTEM, at=at
        )


def _measure(_it: Round, at: datetime) -> None:
    kpis.enter_what_was_measured(at)


ENTERED: dict[str, Callable[[Round, datetime], None]] = {
    OPENED: _open,
    ANNOUNCED: _announce,
    UNLISTED_ENDED: _unlisted_have_ended,
    MEASURED: _measure,
}


def _call_of(it: Round) -> Call | None:
    return db.session.scalar(select(Call).where(Call.code == it.code))


def _is_the_records(call: Call, it: Round) -> bool:
    """Whether the call stands as the record opened it: no application submitted, no deadline moved, nothing decided."""
    applied = exists().where(Application.call_id == call.id, Application.submitted_at.is_not(None))
    return (
        call in UNDECIDED
        and call.opens_at == it.opens_at
        and call.closes_at == it.closes_at
        and not db.session.scalar(select(applied))
    )


def _draft(it: Round, at: datetime, **content: Any) -> Call:
    call = programmes.draft_call(
        programmes.the_programme(),
        code=it.code,
        title=it.title,
        programme_name=it.former_name,
        selection_fy=it.selection_fy,
        base_years=it.base_years,
        extension_years=it.extension_years,
        eligible_kinds=list(LOCAL_GOVERNMENTS),
        window_note=it.note,
        **content,
        actor=SYSTEM,
        at=at,
    )
    db.session.flush()
    return call


def _open_projects(call: Call, it: Round, at: datetime) -> None:
    """Those that the list names; their bodies get a seat with an example.jp address."""
    named = record.listed().get(it.selection_fy, ())
    codes = {code for project in named for code in project.codes}
    bodies = {
        body.code: body
        for body in db.session.scalars(select(Organisation).where(Organisation.code.in_(codes)))
    }
    for project in named:
        projects.open_project(
            call=call,
            number=project.number,
            listed_as_of=record.LISTED_AS_OF,
            applicants=[bodies[code] for code in project.codes],
            title=project.title,
            technologies=project.technologies,
            technologies_etc=project.technologies_etc,
            technologies_raw=project.technologies_raw,
            road_linked=project.road_linked,
            opened_on=it.announced_on,
            actor=SYSTEM,
            at=at,
        )
    for code in sorted(codes):
        people.somebody_at(bodies[code], at)
