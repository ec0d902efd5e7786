"""What officers do with a call: draft it, edit it, publish it, move its closing instant later for all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from app import calendar
from app.actors import Actor
from app.db import db
from app.lifecycle import N_, move, must_be_open
from app.programmes.checklist import default_checklist
from app.programmes.default_form import bare_form, default_form
from app.programmes.fields import FIELDS
from app.programmes.form import faults_of_form
from app.programmes.models import Call, Criterion, DeadlineExtension, Programme
from app.programmes.voice import first_by_the_settings
from app.questions import publishing
from app.questions.definition import Definition
from app.questions.models import FormTemplate


def record_opening(call: Call, *, actor: Actor, at: datetime) -> None:
    """Publish a drafted call because the published record says that it was published. Raises Unready."""
    _refuse_unready(call, at)
    publishing.publish(form_of(call), actor=actor, at=at)
    move(call, "record_opening", actor=actor, at=at, changes={"closes_at": call.closes_at})


def record_past_call(
    call: Call,
    *,
    announced_on: date | None,
    announced_count: int | None,
    note: str = "",
    actor: Actor,
    at: datetime,
) -> None:
    """Enter that the results of a call were announced, as the published record tells. None: it does not tell."""
    move(call, "record_past", actor=actor, at=at, changes={"announced_count": announced_count})
    call.announced_on, call.announced_count = announced_on, announced_count
    call.window_note = _joined(call.window_note, note)


def keep_only_the_record(
    call: Call, *, opens_at: datetime | None, closes_at: datetime | None, at: datetime
) -> None:
    """Leave of a call that nobody has begun to apply to only what the sources tell of it.

    Questions and criteria were needed while it was open. Told by the move that comes with it.
    """
    if call.form is not None:
        publishing.change(call.form, bare_form(), at=at)
    call.criteria.clear()
    call.opens_at, call.closes_at, call.description = opens_at, closes_at, ""


def record_unlisted_end(call: Call, *, ended_on: date, note: str, actor: Actor, at: datetime) -> None:
    """Enter by when support of the announced projects that no source names had ended."""
    call.unlisted_ended_on = ended_on
    call.window_note = _joined(call.window_note, note)
    call.record("unlisted_ended", actor=actor, at=at, changes={"ended_on": ended_on})


def the_programme() -> Programme:
    """The first programme of this installation, made by the settings when it is first asked for."""
    found = db.session.scalars(select(Programme).order_by(Programme.id)).first()
    if found is None:
        found = first_by_the_settings()
        db.session.add(found)
    return found


def begin_programme(*, actor: Actor, at: datetime, **columns: Any) -> Programme:
    """A programme with these `columns`, beside those that there are. The database refuses a key that is taken."""
    begun = Programme(created_at=at, **columns)
    db.session.add(begun)
    begun.record("added", actor=actor, at=at, changes={"name": begun.name}, audience="office")
    return begun


def edit_programme(programme: Programme, *, actor: Actor, at: datetime, **columns: Any) -> None:
    """Change what it says of itself from now on: what was issued, sent or drafted stays as it is."""
    changes = {
        name: [getattr(programme, name), columns[name]]
        for name in columns
        if getattr(programme, name) != columns[name]
    }
    for name in changes:
        setattr(programme, name, columns[name])
    if changes:
        programme.record("edited", actor=actor, at=at, changes=changes, audience="office")


class Unready(ValueError):
    """A call that cannot be published yet; `missing` says what it lacks, in sentences."""

    def __init__(self, missing: Sequence[str]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


def draft_call(
    programme: Programme,
    *,
    form: Definition | None = None,
    criteria: Sequence[dict[str, Any]] = (),
    actor: Actor,
    at: datetime,
    **fields: Any,
) -> Call:
    """A new call, seen by the office alone until it is published.

    It begins with the programme's own `form` where none is given. `criteria` are rows in their order, with the model's columns.
    """
    call = Call(programme=programme, created_at=at, checklist=default_checklist(), **fields)
    db.session.add(call)
    call.form = publishing.begin_form(call.title, form or default_form(), at=at)
    _put_criteria(call, criteria)
    call.record("drafted", actor=actor, at=at, changes={"title": call.title}, audience="office")
    return call


def edit_call(
    call: Call,
    *,
    criteria: Sequence[dict[str, Any]],
    programme: Programme | None = None,
    actor: Actor,
    at: datetime,
    **fields: Any,
) -> None:
    """Change a call that is not published yet: its FIELDS, all or some of them, its rows, and whose it is.

    Raises NotAllowed afterwards, since applicants rely on what they read; ValueError for what officers do not set.
    """
    if unknown := fields.keys() - FIELDS.keys():
        raise ValueError(f"officers do not set {sorted(unknown)} of a call")
    must_be_open(call, "edit", actor=actor, at=at)
    changes = {name: [getattr(call, name), new] for name, new in fields.items() if getattr(call, name) != new}
    for name in changes:
        setattr(call, name, fields[name])
    if programme is not None and programme is not call.programme:
        changes["programme"] = [call.programme.name, programme.name]
        call.programme = programme
    call.criteria.clear()
    db.session.flush()  # the old rows go before new ones take their positions
    _put_criteria(call, criteria)
    move(call, "edit", actor=actor, at=at, changes=changes)


def publish(call: Call, *, actor: Actor, at: datetime) -> None:
    """Show the call to everybody; it takes applications between its two instants.

    Raises Unready when something an applicant needs is missing, NotAllowed when it is not a draft.
    """
    _refuse_unready(call, at)
    publishing.publish(form_of(call), actor=actor, at=at)
    move(call, "publish", actor=actor, at=at, changes={"closes_at": call.closes_at})


def _refuse_unready(call: Call, at: datetime) -> None:
    if missing := what_is_missing(call, at):
        raise Unready(missing)


def what_is_missing(call: Call, at: datetime) -> list[str]:
    """What stands between a draft and its publication, in sentences."""
    checks = (
        (call.opens_at and call.closes_at, N_("Say when applications open and close.")),
        (not call.closes_at or call.closes_at > at, N_("The closing time has already passed.")),
        (call.eligible_kinds, N_("Say who may apply.")),
        (call.asks_more, N_("Ask at least one question.")),
        (call.criteria, N_("Name at least one criterion.")),
    )
    faults = faults_of_form(call.asks) if call.asks else []
    return [_(sentence) for holds, sentence in checks if not holds] + [
        _(msgid, **values) for msgid, values in faults
    ]


def extend_deadline(call: Call, *, closes_at: datetime, reason: str, actor: Actor, at: datetime) -> None:
    """Move the closing instant later, for all, with the reason on record (as in 2020: data of selection_counts).

    Raises NotAllowed unless the call is published, ValueError when the new instant is not later than both the old
    one and `at`. A call that has closed may be extended until its results are decided.
    """
    must_be_open(call, "extend", actor=actor, at=at)
    assert call.closes_at is not None  # published: the database holds it
    if closes_at <= call.closes_at or closes_at <= at:
        raise ValueError("the new closing instant must be later than the old one, and in the future")
    was = call.closes_at
    call.extensions.append(
        DeadlineExtension(was=was, closes_at=closes_at, reason=reason, extended_at=at, extended_by=actor.name)
    )
    call.closes_at = closes_at
    move(call, "extend", actor=actor, at=at, changes={"closes_at": [was, closes_at], "reason": reason})


def _joined(note: str, further: str) -> str:
    return "。".join(part for part in (note, further) if part)


def set_extension_deadline(call: Call, *, due_on: date, actor: Actor, at: datetime) -> None:
    """Say by which day an extension of support (継続申請) is asked for, in place of the usual end of January.

    Raises NotAllowed for a draft, and for a call that offers none; ValueError for a day that has passed or does not lie
    in the last base year.
    """
    must_be_open(call, "set_extension_deadline", actor=actor, at=at)
    if due_on < calendar.day_of(at) or calendar.fiscal_year(due_on) != calendar.fiscal_year(call.base_end):
        raise ValueError("extensions are asked for in the last base year, on a day that is still to come")
    was, call.extension_due_on = call.extension_deadline, due_on
    move(call, "set_extension_deadline", actor=actor, at=at, changes={"extension_due_on": [was, due_on]})


def form_of(call: Call) -> FormTemplate:
    assert call.form is not None  # every call is drafted with one
    return call.form


def _put_criteria(call: Call, criteria: Sequence[dict[str, Any]]) -> None:
    call.criteria.extend(Criterion(position=place, **row) for place, row in enumerate(criteria, start=1))
