"""Where a call stands for those outside the office, and which calls are open, coming or just over.

The state of a call says when the office has decided; outside it nobody may learn that before the announcement. So
everybody else is told the phase, which follows from the call's instants and its announcement alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, case

from app import calendar
from app.lifecycle import N_
from app.lifecycle.call import ANNOUNCED, DECIDED, UNDECIDED, UNPUBLISHED
from app.memory import HOUSE, remembered_records
from app.programmes.models import Call
from app.web.access import can
from app.web.i18n import state_label, state_tone
from app.web.records import within_reach
from app.web.strip import Step

PHASES = {  # name → (label, tone of its tag); in the order of a call's life
    "upcoming": (N_("Not open yet"), "info"),
    "open": (N_("Open now"), "success"),
    "under_review": (N_("Under review"), "progress"),
    "announced": (N_("Announced"), "neutral"),
}


def phase_of(call: Call, at: datetime) -> str:
    """A published call's phase; of a draft, which has none yet, the first."""
    if call in ANNOUNCED:
        return "announced"
    if call in DECIDED:
        return "under_review"
    if call in UNPUBLISHED or call.opens_at is None or at < call.opens_at:
        return "upcoming"
    return "under_review" if call.has_closed_at(at) else "open"


def phase_on_record(at: datetime) -> Any:
    """The same as SQL."""
    return case(
        (ANNOUNCED.of(Call), "announced"),
        (DECIDED.of(Call), "under_review"),
        (UNPUBLISHED.of(Call) | Call.opens_at.is_(None) | (Call.opens_at > at), "upcoming"),
        (Call.closes_at <= at, "under_review"),
        else_="open",
    )


def told_by_state() -> bool:
    """Whether this page may tell how far the office is: to those alone who may see results before the announcement."""
    return can("selection.view")


def shown_standing(call: Call) -> tuple[str, str]:
    """Label and tone of a call's tag: its state for the office, its phase for everybody else."""
    if told_by_state():
        return state_label(call), state_tone(call)
    label, tone = PHASES[phase_of(call, calendar.now())]
    return _(label), tone


def phase_steps(call: Call) -> list[Step]:
    """The strip of a call for those outside the office: published, open, under review, announced."""
    reached: dict[str, date | datetime | None] = {
        "upcoming": None,
        "open": call.opens_at,
        "under_review": call.closes_at,
        "announced": call.announced_on,
    }
    here = list(PHASES).index(phase_of(call, calendar.now()))

    def status(place: int) -> str:
        if place < here or place == here == len(PHASES) - 1:
            return "done"
        return "current" if place == here else "next"

    labels = {**{name: label for name, (label, _tone) in PHASES.items()}, "upcoming": N_("Published")}
    return [
        Step(_(labels[name]), status(place), day if place <= here else None)
        for place, (name, day) in enumerate(reached.items())
    ]


@dataclass(frozen=True)
class Openings:
    """What somebody who thinks of applying wants to know first."""

    open: list[Call]  # the first to close comes first
    upcoming: list[Call]  # published, and not open yet
    last: Call | None  # the one that closed last, when none is open


def openings(at: datetime) -> Openings:
    """The published calls that are open or coming at `at`; without an open one, also the last that closed."""

    def ahead() -> Select[Call]:
        published: Select[Call] = within_reach(Call, None).options(*Call.KNOWN_WITH)
        return published.where(UNDECIDED.of(Call), Call.closes_at > at).order_by(Call.closes_at, Call.id)

    def closed() -> Select[Call]:
        published: Select[Call] = within_reach(Call, None).options(*Call.KNOWN_WITH)
        return published.where(Call.closes_at <= at).order_by(Call.closes_at.desc(), Call.id).limit(1)

    minute = at.replace(second=0, microsecond=0)
    known = remembered_records(("calls that are open or coming", minute), ahead, HOUSE)
    found = [call for call in known if call.closes_at and call.closes_at > at]  # within the minute, too
    open_now = [call for call in found if call.takes_submissions_at(at)]
    last = [] if open_now else remembered_records(("call that closed last", minute), closed, HOUSE)
    return Openings(
        open=open_now,
        upcoming=[call for call in found if call not in open_now],
        last=next(iter(last), None),
    )


def under_way() -> Sequence[Call]:
    """The published calls whose results are still to come, the first to close first: what a reviewer reads."""
    query = within_reach(Call, None).where(~ANNOUNCED.of(Call)).order_by(Call.closes_at, Call.id)
    return remembered_records("calls under way", query.options(*Call.KNOWN_WITH), HOUSE)
