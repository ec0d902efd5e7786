"""Enter a merger, take it back before its day, and carry it out on the day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select

from app import calendar
from app.actors import Actor
from app.applications.models import Application
from app.db import db, held
from app.lifecycle import N_
from app.lifecycle.application import BEFORE_SUBMISSION
from app.lifecycle.project import UNDER_SUPPORT
from app.organisations import watch
from app.organisations.models import HEAD_TITLES, Organisation, Seat
from app.organisations.operations import Refused
from app.organisations.search import BodySearch
from app.permissions import CONSULTANT, SYSTEM
from app.projects.models import Project, ProjectApplicant


def enter(
    body: Organisation, successor: Organisation, *, on: date, reason: str, actor: Actor, at: datetime
) -> bool:
    """From the day `on`, `successor` stands for `body`; whether that day has come, and it is carried out.

    Raises Refused where it cannot be, ValueError without a reason.
    """
    if not reason.strip():
        raise ValueError("a merger needs a reason")
    for one in sorted({body, successor}, key=lambda it: it.id):
        held(one)  # nobody enters another one of either meanwhile
    refuse_impossible(body, successor, on)
    body.successor, body.valid_until, body.merger_reason = successor, on - timedelta(days=1), reason.strip()
    changes = {"into": successor.full_name, "on": on, "reason": body.merger_reason}
    body.record("merger_entered", actor=actor, at=at, changes=changes)
    db.session.flush()
    if on > calendar.day_of(at):
        return False
    carry_out(body, actor=actor, at=at)
    return True


def candidates(body: Organisation, words: str, *, limit: int) -> list[Organisation]:
    """Bodies of its kind that have not merged themselves, by name, kana or code, at most `limit`."""
    is_local = body.body_kind in HEAD_TITLES
    kind = Organisation.body_kind.in_(tuple(HEAD_TITLES))
    query = select(Organisation).where(
        Organisation.id != body.id, Organisation.successor_id.is_(None), kind if is_local else ~kind
    )
    found = BodySearch("q", "", []).narrow(query, words)
    return list(db.session.scalars(found.order_by(Organisation.code, Organisation.id).limit(limit)))


def refuse_impossible(body: Organisation, successor: Organisation, on: date) -> None:
    """Raises Refused with why `body` cannot merge into `successor` on that day."""
    named = {"body": body.full_name, "successor": successor.full_name}
    if body.id == successor.id:
        raise Refused(N_("%(body)s cannot merge into itself."), **named)
    if (body.body_kind in HEAD_TITLES) != (successor.body_kind in HEAD_TITLES):
        raise Refused(N_("A local government merges into a local government, a ministry into a ministry."))
    if body.successor_id is not None:
        raise Refused(N_("The merger of %(body)s is entered already."), **named)
    if body.valid_until is not None:
        raise Refused(N_("%(body)s exists until %(date)s only."), date=body.valid_until, **named)
    if body.valid_from is not None and on <= body.valid_from:
        raise Refused(N_("%(body)s exists from %(date)s: choose a later day."), date=body.valid_from, **named)
    if successor.valid_from is not None and on < successor.valid_from:
        raise Refused(
            N_("%(successor)s exists from %(date)s: choose that day or a later one."),
            date=successor.valid_from,
            **named,
        )
    if successor.valid_until is not None and on > successor.valid_until:
        raise Refused(
            N_("%(successor)s exists until %(date)s only: choose the body that stands for it."),
            date=successor.valid_until,
            **named,
        )
    last = db.session.scalars(
        select(Organisation)
        .where(Organisation.successor_id == body.id)
        .order_by(Organisation.valid_until.desc())
    ).first()
    if last is not None and last.merges_on is not None and on <= last.merges_on:
        raise Refused(
            N_("%(former)s merges into %(body)s on %(date)s: choose a later day."),
            former=last.full_name,
            date=last.merges_on,
            **named,
        )


def take_back(body: Organisation, *, actor: Actor, at: datetime) -> None:
    """It does not merge, or not then. Raises Refused once it is carried out: people have acted since."""
    body = held(body)
    if body.successor is None or body.merged_at is not None:
        raise Refused(
            N_("There is no merger to be taken back: it is carried out, or was taken back already.")
        )
    changes = {"into": body.successor.full_name, "on": body.merges_on}
    body.successor, body.valid_until, body.merger_reason = None, None, ""
    body.record("merger_taken_back", actor=actor, at=at, changes=changes)


def carry_out_due(*, on: date, at: datetime) -> int:
    """Carry out the mergers whose day has come, the earliest first; how many. Commits each by itself."""
    due = (
        select(Organisation.id)
        .where(
            Organisation.successor_id.is_not(None),
            Organisation.merged_at.is_(None),
            Organisation.valid_until < on,
        )
        .order_by(Organisation.valid_until, Organisation.id)
    )
    count = 0
    for body_id in db.session.scalars(due).all():
        body = held(db.session.get_one(Organisation, body_id))
        if body.successor is None or body.merged_at is not None:
            continue  # taken back, or another worker was here
        carry_out(body, actor=SYSTEM, at=at)
        db.session.commit()
        count += 1
    return count


def carry_out(body: Organisation, *, actor: Actor, at: datetime) -> None:
    """Move what goes on: open seats, supported projects, and what is drafted; all else stays where it was done."""
    assert body.successor is not None
    successor = body.successor
    body.merged_at = at
    seats = moving_seats(body)
    for seat in seats:
        seat.organisation = successor
        _note(seat, "seat_moved", body, successor, actor=actor, at=at)
        watch.changed("moved", seat, actor=actor, at=at)
    projects = supported_projects(body)
    for project in projects:
        _replace(project, body, successor)
        _note(project, "body_replaced", body, successor, actor=actor, at=at)
    for application in drafts(body):
        application.organisation = successor
        application.answered.organisation_id = successor.id
        _note(application, "body_replaced", body, successor, audience="applicant", actor=actor, at=at)
    moved = {"on": body.merges_on, "seats": len(seats), "projects": len(projects)}
    body.record("merged", actor=actor, at=at, changes={"into": successor.full_name, **moved})
    successor.record("body_taken_over", actor=actor, at=at, changes={"body": body.full_name, **moved})
    db.session.flush()


def moving_seats(body: Organisation) -> list[Seat]:
    """Open ones; a consultant's belongs to whom it was let in by, and ends with that."""
    return [it for it in body.seats if not it.is_closed and it.role != CONSULTANT]


def supported_projects(body: Organisation) -> list[Project]:
    """Those under support; an ended one stays with the body that it was of."""
    taken_part = select(ProjectApplicant.project_id).where(ProjectApplicant.organisation_id == body.id)
    query = select(Project).where(Project.id.in_(taken_part), UNDER_SUPPORT.of(Project))
    return list(db.session.scalars(query.order_by(Project.id)))


def drafts(body: Organisation) -> list[Application]:
    """Of the body as the lead, not handed in yet: what they become is handed in by the successor."""
    query = select(Application).where(
        Application.organisation_id == body.id,
        Application.number.is_(None),
        BEFORE_SUBMISSION.of(Application),
    )
    return [held(it) for it in db.session.scalars(query.order_by(Application.id)).all()]


def _replace(project: Project, body: Organisation, successor: Organisation) -> None:
    """The successor at the body's place; once, where it takes part already, and then at the better of the two places."""
    mine = next(it for it in project.applicants if it.organisation_id == body.id)
    other = next((it for it in project.applicants if it.organisation_id == successor.id), None)
    if other is not None and other.position < mine.position:
        project.applicants.remove(mine)
        db.session.flush()
        return
    if other is not None:
        project.applicants.remove(other)
        db.session.flush()  # a body takes part once
    mine.organisation = successor
    if mine.position == 0:
        project.lead_code = successor.code
    db.session.flush()


def _note(
    record: Project | Application | Seat,
    event: str,
    body: Organisation,
    successor: Organisation,
    *,
    audience: str = "all",
    actor: Actor,
    at: datetime,
) -> None:
    changes = {"body": [body.full_name, successor.full_name]}
    record.record(event, actor=actor, at=at, changes=changes, audience=audience)
