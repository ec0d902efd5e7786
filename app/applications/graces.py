"""More time for one applicant (猶予): an officer asks for it with a reason, a director decides (決裁).

It is granted to a body for a call, before or after the closing instant, until the call is decided. Each application of
the body that is not submitted yet then has its own, later instant, also one that is started afterwards. Nobody else is
told: to all others the call closes when it closes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app import calendar
from app.actors import Actor
from app.applications import grace_mails as mails
from app.applications.grace_models import Grace
from app.applications.models import Application
from app.db import db, held
from app.explained import Explained
from app.lifecycle import N_, move, must_be_open
from app.lifecycle.application import BEFORE_SUBMISSION, WITHDRAWN
from app.lifecycle.call import UNDECIDED
from app.lifecycle.grace import ASKED, GRANTED, NOT_REFUSED
from app.memory import CASES, HOUSE, remembered
from app.organisations.models import Organisation
from app.organisations.search import BodySearch
from app.organisations.successors import merged_into
from app.programmes.models import Call

NOT_LATER = N_("Choose a time in the future that is later than the closing of the call.")
NO_LATER_THAN_BEFORE = N_("This body has a grace until that time, or later, already.")
WAITS = N_("A grace for this body waits for a director's decision already.")
NOT_ELIGIBLE = N_("A body of this kind cannot lead an application to this call.")


class NotAskable(Explained, ValueError):
    """A grace that cannot be asked for, and why. Not about the time: see `about_time`."""

    @property
    def about_time(self) -> bool:
        """Whether another instant would do."""
        return self.msgid in (NOT_LATER, NO_LATER_THAN_BEFORE)


def ask(
    call: Call, organisation: Organisation, *, until: datetime, reason: str, actor: Actor, at: datetime
) -> Grace:
    """Ask a director to let `organisation` submit to `call` until `until`, an instant.

    Raises NotAllowed unless the call is published and undecided, NotAskable, ValueError without a reason.
    """
    if not reason.strip():
        raise ValueError("a grace needs a reason")
    call = held(call)  # of two officers at once the second sees what the first asked for
    must_be_open(call, "ask_grace", actor=actor, at=at)
    if problem := why_not(call, organisation, until, at):
        raise NotAskable(problem)
    grace = Grace(
        call=call,
        organisation=organisation,
        until=until,
        reason=reason.strip(),
        asked_at=at,
        asked_by=actor.name,
        created_at=at,
    )
    db.session.add(grace)
    db.session.flush()
    changes = {"until": until, "reason": grace.reason, "body": organisation.full_name}
    grace.record("grace_asked", actor=actor, at=at, audience="office", changes=changes)
    return grace


def why_not(call: Call, organisation: Organisation, until: datetime | None, at: datetime) -> str:
    """What keeps it from being asked for, a msgid; empty: nothing. `until` may be still unknown."""
    if organisation.body_kind not in call.eligible_kinds:
        return NOT_ELIGIBLE
    earlier = [it for it in graces_of(call, organisation) if it in NOT_REFUSED]
    if any(it in ASKED for it in earlier):
        return WAITS
    if until is None:
        return ""
    if call.closes_at is None or until <= call.closes_at or until <= at:
        return NOT_LATER
    return NO_LATER_THAN_BEFORE if any(until <= it.until for it in earlier) else ""


def candidates(call: Call, words: str, *, at: datetime, limit: int) -> list[Organisation]:
    """Bodies that can lead an application to the call, by name, kana or code, at most `limit`."""
    query = select(Organisation).where(
        Organisation.body_kind.in_(call.eligible_kinds),
        Organisation.valid_until.is_(None) | (Organisation.valid_until >= calendar.day_of(at)),
    )
    found = BodySearch("q", "", []).narrow(query, words)
    return list(db.session.scalars(found.order_by(Organisation.code).limit(limit)))


def grant(grace: Grace, *, actor: Actor, at: datetime) -> None:
    """Let the body submit until then; it is told by mail, the officers too. Raises NotAllowed.

    Every application of the body to the call that is not submitted yet has the later instant from now on.
    """
    held(grace.call)  # nobody decides meanwhile, and nobody starts a draft that would miss it
    grace = held(grace)
    must_be_open(grace, "grant", actor=actor, at=at)
    grace.decided_at, grace.decided_by = at, actor.name
    move(grace, "grant", actor=actor, at=at, changes={"until": grace.until})
    for application in _unsubmitted(grace):
        take_grace(held(application), grace, actor=actor, at=at)
    mails.granted(grace, at=at)
    mails.decided(grace, at=at)


def refuse(grace: Grace, *, remark: str, actor: Actor, at: datetime) -> None:
    """Do not grant it, for the reason in `remark`; the officers are told. Raises NotAllowed, ValueError without one."""
    if not remark.strip():
        raise ValueError("a refusal needs a remark")
    grace = held(grace)
    must_be_open(grace, "refuse", actor=actor, at=at)
    grace.remark, grace.decided_at, grace.decided_by = remark.strip(), at, actor.name
    move(grace, "refuse", actor=actor, at=at, changes={"reason": grace.remark})
    mails.decided(grace, at=at)


def take_grace(application: Application, grace: Grace | None, *, actor: Actor, at: datetime) -> None:
    """Let an application have what its body was granted (None: nothing). Its history says who asked, who granted, why."""
    if grace is None:
        return
    application.grace_until = grace.until
    changes = {
        "until": grace.until,
        "reason": grace.reason,
        "asked_by": grace.asked_by,
        "granted_by": grace.decided_by,
    }
    application.record("grace_given", actor=actor, at=at, changes=changes)


def granted_to(call: Call, organisation: Organisation) -> Grace | None:
    """The grace by which the body may submit to the call the longest; None: it has none."""
    granted = [it for it in graces_of(call, organisation) if it in GRANTED]
    return max(granted, key=lambda it: it.until, default=None)


def grace_of(application: Application) -> Grace | None:
    """The grace by which the application has its own instant."""
    return granted_to(application.call, application.organisation) if application.grace_until else None


def graces_of(call: Call, organisation: Organisation | None = None) -> Sequence[Grace]:
    """All that were asked for (`organisation`: for this body alone), the newest first."""
    query = select(Grace).where(Grace.call_id == call.id)
    if organisation is not None:
        query = query.where(Grace.organisation_id.in_([organisation.id, *merged_into(organisation.id)]))
    return db.session.scalars(query.options(joinedload(Grace.organisation)).order_by(Grace.id.desc())).all()


def running_until(call: Call, at: datetime) -> dict[str, datetime]:
    """State → the last instant, of the graces whose time has not passed at `at` and that are granted, or may be."""

    def ask_it() -> dict[str, datetime]:
        query = select(Grace.state, func.max(Grace.until).label("last")).where(
            Grace.call_id == call.id, NOT_REFUSED.of(Grace), Grace.until > at
        )
        return {row.state: row.last for row in db.session.execute(query.group_by(Grace.state))}

    return remembered(("graces that run", call.id, at.replace(second=0, microsecond=0)), ask_it, CASES)


def waiting() -> Sequence[Any]:
    """Those that a director has to decide on: rows (id, until, body, call), the first to pass first."""

    def ask_it() -> Sequence[Any]:
        query = (
            select(Grace.id, Grace.until, Organisation.full_name.label("body"), Call.title.label("call"))
            .join(Grace.organisation)
            .join(Grace.call)
            .where(ASKED.of(Grace), UNDECIDED.of(Call))
        )
        return db.session.execute(query.order_by(Grace.until, Grace.id)).all()

    return remembered("graces to decide on", ask_it, HOUSE, CASES)


def unused_of(bodies: Sequence[int | None], at: datetime) -> Sequence[Any]:
    """Those by which a body may still apply at `at`, and has not begun to: rows (call_id, call, until).

    `bodies` are it and those that have merged into it.
    """
    begun = select(Application.id).where(
        Application.call_id == Grace.call_id,
        Application.organisation_id.in_(bodies),
        ~WITHDRAWN.of(Application),
    )
    query = (
        select(Grace.call_id, Call.title.label("call"), func.max(Grace.until).label("until"))
        .join(Grace.call)
        .where(
            Grace.organisation_id.in_(bodies),
            GRANTED.of(Grace),
            UNDECIDED.of(Call),
            Grace.until > at,
            ~begun.exists(),
        )
    )
    return db.session.execute(query.group_by(Grace.call_id, Call.title).order_by(Grace.call_id)).all()


def _unsubmitted(grace: Grace) -> Sequence[Application]:
    query = select(Application).where(
        Application.call_id == grace.call_id,
        Application.organisation_id.in_([grace.organisation_id, grace.organisation.at_present.id]),
        BEFORE_SUBMISSION.of(Application),
    )
    return db.session.scalars(query.order_by(Application.id)).all()
