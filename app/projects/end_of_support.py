"""The end of support: letters drafted in March, issued on the last business day, projects ended on 1 April.

Four jobs, each of which may run twice, late, or on two workers at once. What was missed is made up for: letters of
a fiscal year that has passed are drafted and issued late rather than never, and no project is ended before its
letters exist. Nothing leaves on a closed day. Where the call offers an extension, all of it waits until an officer
has recorded what became of that (see extension.py). Source: S4 (the notice goes out at the end of March; the
municipality has to do nothing).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from sqlalchemy import Select, func, select

from app import calendar, halting
from app.correspondence import letters
from app.correspondence.issuing import NotAllIssued, issue_each
from app.correspondence.models import SUPPORT_END, Letter
from app.correspondence.rendering import LetterContent
from app.db import db, held
from app.installation import Setting
from app.lifecycle import Group, move
from app.lifecycle.letter import APPROVED, UNAPPROVED
from app.lifecycle.project import UNDER_SUPPORT
from app.permissions import SYSTEM
from app.programmes.models import Programme
from app.programmes.voice import all_programmes
from app.projects import mails
from app.projects.letters import support_end
from app.projects.models import Project

KIND = SUPPORT_END
__all__ = ["NotAllIssued"]
ESCALATED_FOR = timedelta(days=7)  # the notice day and the six days before it


def draft_letters(*, on: date, at: datetime) -> int:
    """From 1 March on, a letter to each body of every supported project that is known to end this fiscal year.

    Those of a fiscal year that has passed are made up for. Each letter is drafted once, whatever became of it
    since. Commits per project; the number of letters drafted.
    """
    fiscal_year = calendar.fiscal_year(on)
    last = fiscal_year if on >= calendar.drafting_day(fiscal_year) else fiscal_year - 1
    return _for_each_until(last, lambda it: draft_for(it, at=at))


def issue_letters(*, on: date, at: datetime) -> int:
    """From the fiscal year's notice day on, number, freeze and mail each approved letter; none on a closed day.

    Commits per letter; the number issued. One that fails does not keep the others back: it is logged, and after
    the others NotAllIssued is raised.
    """
    due = [
        letter_id
        for letter_id, fiscal_year in db.session.execute(_letters(APPROVED)).all()
        if calendar.support_end_notice_day(fiscal_year) <= on
    ]
    return issue_each(due, on=on, at=at, called="support-end letters")


def escalate(*, on: date, at: datetime) -> int:
    """In the last week before the notice day, and after it, tell officers and directors daily what is unapproved.

    One mail each working day of each programme to each mailbox; the number queued. Commits.
    """
    if not calendar.is_business_day(on):
        return 0
    queued = 0
    for programme in all_programmes():
        waiting = [
            (fiscal_year, calendar.support_end_notice_day(fiscal_year), count)
            for fiscal_year, count in unapproved(programme).items()
            if on > calendar.support_end_notice_day(fiscal_year) - ESCALATED_FOR
        ]
        queued += mails.support_end_escalation(programme, waiting, on=on, at=at) if waiting else 0
    db.session.commit()
    return queued


def end_projects(*, on: date, at: datetime) -> int:
    """From 1 April on, end every project whose last fiscal year of support is over.

    A letter that should have been drafted in March and was not is drafted first. Commits per project; the number
    of projects ended. Raises halting.Halted where the work is halted meanwhile.
    """

    def end(project: Project) -> int:
        halting.refuse()
        draft_for(project, at=at)
        end_support(project, at=at)
        return 1

    return _for_each_until(calendar.fiscal_year(on) - 1, end)


def end_support(project: Project, *, at: datetime) -> None:
    """End a project whose period is over. Does not commit."""
    move(project, "end", actor=SYSTEM, at=at, changes={"ended_on": project.ends_on})


def due_to_be_issued(on: date) -> int:
    """How many approved letters `issue_letters` would issue on `on` or on the next working day."""
    years = db.session.execute(_letters(APPROVED)).all()
    return sum(calendar.support_end_notice_day(fiscal_year) <= on for _, fiscal_year in years)


def due_to_be_ended(on: date) -> int:
    """How many projects `end_projects` would end on `on`."""
    return len(db.session.scalars(_ids_until(calendar.fiscal_year(on) - 1)).all())


def ending(fiscal_year: int) -> Select:
    """Every project whose support ends in `fiscal_year`, in any state."""
    return (
        select(Project)
        .join(Project.call)
        .where(Project.last_fy == fiscal_year)
        .order_by(Project.number, Project.id)
    )


def unapproved(programme: Programme | None = None) -> dict[int, int]:
    """How many drafted support-end letters (of `programme` alone, where it is given) wait for the director, by the fiscal
    year that ends.
    """
    waiting = (
        select(Letter.fiscal_year, func.count())
        .where(Letter.letter_kind == KIND, UNAPPROVED.of(Letter))
        .group_by(Letter.fiscal_year)
        .order_by(Letter.fiscal_year)
    )
    if programme is not None:
        waiting = waiting.where(Letter.programme_id == programme.id)
    return {year: int(count) for year, count in db.session.execute(waiting)}


def _for_each_until(fiscal_year: int, act: Callable[[Project], int]) -> int:
    """`act` on each supported project whose last fiscal year is known and not after `fiscal_year`; the sum."""
    found = db.session.scalars(_ids_until(fiscal_year)).all()
    return sum(_alone(project_id, fiscal_year, act) for project_id in found)


def _ids_until(fiscal_year: int) -> Select:
    return (
        select(Project.id)
        .join(Project.call)
        .where(UNDER_SUPPORT.of(Project), Project.last_fy <= fiscal_year, Project.end_is_known())
        .order_by(Project.last_fy, Project.number)
    )


def _alone(project_id: int, fiscal_year: int, act: Callable[[Project], int]) -> int:
    """`act` on the project while nobody else does, and commit; nothing when it was ended or extended meanwhile."""
    project = held(db.session.get_one(Project, project_id))
    ends = project in UNDER_SUPPORT and not project.awaits_extension and project.last_fy <= fiscal_year
    done = act(project) if ends else 0
    db.session.commit()
    return done


def draft_for(project: Project, *, at: datetime) -> int:
    """The letters about its end, one to each body, each drafted once; how many that were. Does not commit."""
    if not _is_owed(project.last_fy):
        return 0
    drafted = 0
    # What was drafted before a project was reinstated does not count: it ends once more, and is told so once more.
    again = f":again:{project.reinstatements}" if project.reinstatements else ""
    for body in project.bodies:
        letter = letters.draft(
            key=f"{KIND}:{project.last_fy}:project:{project.id}:{body.id}{again}",
            letter_kind=KIND,
            about=project,
            about_number=str(project.number),
            organisation=body,
            content=support_end(project, body),
            fiscal_year=project.last_fy,
            actor=SYSTEM,
            at=at,
        )
        drafted += letter is not None
    return drafted


def _is_owed(fiscal_year: int) -> bool:
    """Not where the notices went out before the office began to work with this system."""
    began = Setting.get("reminders_since")
    return began is None or calendar.support_end_notice_day(fiscal_year) >= date.fromisoformat(began)


def compose_anew(letter: Letter) -> LetterContent:
    """What a support-end letter says of the project as it stands now: for one that is put forward again."""
    project = db.session.get_one(Project, letter.about_id)
    return support_end(project, letter.organisation)


def _letters(standing: Group) -> Select:
    return (
        select(Letter.id, Letter.fiscal_year)
        .where(Letter.letter_kind == KIND, standing.of(Letter))
        .order_by(Letter.fiscal_year, Letter.id)
    )
