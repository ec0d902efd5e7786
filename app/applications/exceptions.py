"""An exception: an officer lets one body submit to a call against one of its rules (app/programmes/rules.py), for a reason.

Of a body and a call, as a grace is (ADR 39): the office knows no draft.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from app import calendar
from app.actors import Actor
from app.correspondence import outbox
from app.db import Model, UtcDateTime, db, held
from app.lifecycle import move
from app.organisations.models import Organisation
from app.organisations.successors import merged_into
from app.programmes.models import Call
from app.programmes.rules import RULES
from app.questions.definition import in_both


class AlreadyExcepted(ValueError):
    """There is an exception for this body and rule."""


class RuleException(Model):
    """What an officer has recorded; it never changes."""

    __tablename__ = "rule_exceptions"
    kind = "rule_exception"

    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    rule: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by: Mapped[str] = mapped_column(String(200))

    call: Mapped[Call] = relationship()
    organisation: Mapped[Organisation] = relationship()
    __table_args__ = (
        UniqueConstraint("call_id", "organisation_id", "rule"),
        CheckConstraint("reason <> ''", name="has_reason"),
    )


def grant(
    call: Call, organisation: Organisation, *, rule: str, reason: str, actor: Actor, at: datetime
) -> RuleException:
    """Let `organisation` submit against `rule`; it is told by mail, the history of the call tells the office.

    Raises NotAllowed once the call is decided, AlreadyExcepted, KeyError for a rule that there is not, ValueError without a
    reason.
    """
    label = RULES[rule].label
    if not reason.strip():
        raise ValueError("an exception needs a reason")
    call = held(call)
    if any(it.rule == rule for it in exceptions_for(call, organisation)):
        raise AlreadyExcepted(rule)
    changes = {"body": organisation.full_name, "rule": rule, "reason": reason.strip()}
    move(call, "record_exception", actor=actor, at=at, changes=changes)
    made = RuleException(
        call=call,
        organisation=organisation,
        rule=rule,
        reason=reason.strip(),
        recorded_at=at,
        recorded_by=actor.name,
        created_at=at,
    )
    db.session.add(made)
    db.session.flush()
    outbox.send(
        "exception_recorded",
        to=outbox.contact_of(organisation, on=calendar.day_of(at)),
        about=call,
        occasion=f"exception:{made.id}",
        at=at,
        values={
            "body": organisation,
            "call": call,
            "rule": in_both(label).ja,
            "reason": made.reason,
            "url": outbox.absolute_url("applications.start", call_id=call.id),
        },
    )
    return made


def exceptions_for(call: Call, organisation: Organisation | None = None) -> Sequence[RuleException]:
    """Those recorded in a call (`organisation`: for this body alone), the newest first."""
    query = select(RuleException).where(RuleException.call_id == call.id)
    if organisation is not None:
        bodies = [organisation.id, *merged_into(organisation.id)]
        query = query.where(RuleException.organisation_id.in_(bodies))
    return db.session.scalars(
        query.options(joinedload(RuleException.organisation)).order_by(RuleException.id.desc())
    ).all()
