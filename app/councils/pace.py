"""How often a council may ask. Its requests go in the office's name to any address that a secretariat types.

The same mailbox gets a request of the same council once in so many working days, unless the mail could not be
delivered; a council sends so many requests a day, first ones and repeats; and so many may be open at once. The limits
leave room for the largest council there has been [I]; who counts holds the council's row, so that two at once do not
slip past.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ScalarSelect, func, select

from app import calendar
from app.correspondence.models import Mail
from app.councils.models import REQUEST_KEY, Council, Membership
from app.db import db
from app.lifecycle import N_
from app.lifecycle.membership import ASKED
from app.organisations.operations import Refused
from app.projects.models import Project

DAYS_BETWEEN = 3  # working days
PER_DAY = 50
OPEN_AT_ONCE = 100


def may_be_asked_from(membership: Membership) -> date:
    """The first day on which the mailbox that the member has now may get a request again."""
    if membership.request_failed:
        return calendar.day_of(membership.asked_at)
    return _next_after(membership.asked_at)


def next_request(membership: Membership) -> date | None:
    """From when the member's mailbox may get a request again; None when it may now."""
    earliest = may_be_asked_from(membership)
    return earliest if earliest > calendar.today() else None


def why_full(asked_today: int, open_now: int, at: datetime) -> Refused | None:
    """Why the council can ask nobody at present, with what will change it; None when it can."""
    if asked_today >= PER_DAY:
        return Refused(
            N_(
                "This council has sent %(most)s requests today, as many as it may. It can go on from %(day)s."
            ),
            most=PER_DAY,
            day=calendar.day_of(at) + timedelta(days=1),
        )
    if open_now >= OPEN_AT_ONCE:
        return Refused(
            N_("%(open)s members have not answered yet. More can be asked when some of them have."),
            open=open_now,
        )
    return None


def refuse_full(council: Council, *, at: datetime, besides: Membership | None = None) -> None:
    """Raises Refused when the council has sent as many requests as it may. The caller holds its row."""
    open_now = select(func.count()).where(Membership.council_id == council.id, ASKED.of(Membership))
    if besides is not None:
        open_now = open_now.where(Membership.id != besides.id)
    asked = db.session.scalar(select(_asked_on(Membership.council_id == council.id, at)))
    if problem := why_full(asked or 0, db.session.scalar(open_now) or 0, at):
        raise problem


def refuse_hasty(council: Council, address: str, *, at: datetime, asked: Membership | None = None) -> None:
    """Raises Refused when this mailbox has had a request of this council a short time ago."""
    last = db.session.execute(
        select(Mail.queued_at, Mail.parked_at)
        .join(Membership, (Mail.about_kind == Membership.kind) & (Mail.about_id == Membership.id))
        .where(Membership.council_id == council.id, Mail.to_address == address, Mail.key.like(REQUEST_KEY))
        .order_by(Mail.queued_at.desc(), Mail.id.desc())
        .limit(1)
    ).one_or_none()
    if last is not None:
        earliest = calendar.day_of(at) if last.parked_at else _next_after(last.queued_at)
    elif asked is not None and asked.mailbox == address:
        earliest = may_be_asked_from(asked)
    else:
        return
    if calendar.day_of(at) < earliest:
        raise Refused(
            N_(
                "%(mailbox)s has been sent a request already; the next can be sent from %(day)s. If the address was "
                "wrong, enter the right one: it is asked at once."
            ),
            mailbox=address,
            day=earliest,
        )


def council_of(project: Project, *, at: datetime) -> tuple[Council | None, int]:
    """The council of a project, and how many requests it has sent today."""
    row = db.session.execute(
        select(Council, _asked_on(Membership.council_id == Council.id, at, Council)).where(
            Council.project_id == project.id
        )
    ).one_or_none()
    return (row[0], row[1]) if row else (None, 0)


def _asked_on(of_council: Any, at: datetime, *beside: Any) -> ScalarSelect[int]:
    midnight = datetime.combine(calendar.day_of(at), time(), calendar.JST)
    counted = (
        select(func.count())
        .select_from(Mail)
        .join(Membership, (Mail.about_kind == Membership.kind) & (Mail.about_id == Membership.id))
        .where(of_council, Mail.key.like(REQUEST_KEY), Mail.queued_at >= midnight)
    )
    return (counted.correlate(*beside) if beside else counted).scalar_subquery()


def _next_after(instant: datetime) -> date:
    return calendar.business_days_after(instant, DAYS_BETWEEN)
