"""Guidance (継続申請案内): in October of the last base year a letter to each body whose call offers an extension.

Drafted by a daily job for one bulk approval; issued with a mail on the next working day after that. A project whose extension is
recorded, or whose day to ask for it has passed, is not guided any more.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from app import calendar
from app.continuation import letters
from app.correspondence.letters import discard
from app.correspondence.models import EXTENSION_GUIDANCE, Letter
from app.db import db, held
from app.installation import Setting
from app.lifecycle.letter import UNISSUED
from app.lifecycle.project import UNDER_SUPPORT
from app.permissions import SYSTEM
from app.projects.models import Project

OCTOBER = 10  # domain.md §3 [I]
TOO_LATE = "継続申請の期限を過ぎたため"


def guidance_day(fiscal_year: int) -> date:
    """From this day on guidance is drafted for what can be extended beyond `fiscal_year`."""
    return date(fiscal_year, OCTOBER, 1)


def draft_guidance(*, on: date, at: datetime) -> int:
    """From 1 October to the day by which it is asked for. Commits per project; the number of letters drafted."""
    fiscal_year = calendar.fiscal_year(on)
    _discard_outdated(on, at=at)
    if on < guidance_day(fiscal_year):
        return 0
    found = (
        select(Project.id)
        .join(Project.call)
        .where(UNDER_SUPPORT.of(Project), ~Project.end_is_known(), Project.last_fy == fiscal_year)
        .order_by(Project.number, Project.id)
    )
    return sum(_draft(project_id, on, at=at) for project_id in db.session.scalars(found).all())


def _draft(project_id: int, on: date, *, at: datetime) -> int:
    project = held(db.session.get_one(Project, project_id))
    wanted = project in UNDER_SUPPORT and project.awaits_extension and _in_time(project, on)
    drafted = letters.draft_guidance(project, actor=SYSTEM, at=at) if wanted else 0
    db.session.commit()
    return drafted


def _in_time(project: Project, on: date) -> bool:
    """Not once the day has passed, nor where it did before the office began to work with this system."""
    deadline, began = project.call.extension_deadline, Setting.get("reminders_since")
    return on <= deadline and (began is None or deadline >= date.fromisoformat(began))


def _discard_outdated(on: date, *, at: datetime) -> None:
    """Guidance that nobody has approved until the day has passed would tell of what cannot be done any more. Commits."""
    waiting = select(Letter).where(Letter.letter_kind == EXTENSION_GUIDANCE, UNISSUED.of(Letter))
    for letter in db.session.scalars(waiting).all():
        if on > db.session.get_one(Project, letter.about_id).call.extension_deadline:
            discard(letter, reason=TOO_LATE, actor=SYSTEM, at=at)
    db.session.commit()
