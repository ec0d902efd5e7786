"""How many projects were announced, supported and ended, as of any day: computed, never stored.

The announced count of a round and the projects listed for it may differ (S4 names 9 of the 14 of FY2018). What is
not named counts by what is known of it: ended since the day the sources tell, or not known.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, case, func, literal, or_, select

from app import calendar
from app.db import db
from app.lifecycle.call import ANNOUNCED
from app.lifecycle.project import CANCELLED, ENDED, UNDER_SUPPORT
from app.programmes.models import Call, Programme
from app.projects.models import Project


@dataclass(frozen=True)
class Round:
    """One announced call as of a day. `supported`, `ended` and `unknown` take in what is not listed by name."""

    call: Call
    listed: int
    supported: int
    ended: int
    cancelled: int
    unknown: int
    extended_years: int = 0  # the longest extension that was certified for one of its projects

    @property
    def ends_on(self) -> date:
        """The last day of support of the round's projects, as far as extensions are certified."""
        return calendar.fiscal_year_end(self.call.last_fy_with(self.extended_years))

    @property
    def announced(self) -> int | None:
        """None: the sources do not tell how many."""
        return self.call.announced_count

    @property
    def unlisted(self) -> int:
        return max(0, (self.announced or 0) - self.listed)

    @property
    def differs(self) -> bool:
        return self.announced is not None and self.announced != self.listed


@dataclass(frozen=True)
class Figures:
    """The rounds as of `on`, the oldest first, and their sums. Rounds made up for a demo are not counted."""

    on: date
    rounds: list[Round]
    programme: Programme | None = None  # whose rounds these are; None: of all

    @property
    def announced(self) -> int:
        """Without the rounds whose count is not known."""
        return sum(it.announced or 0 for it in self.counted)

    @property
    def since(self) -> int | None:
        """The first fiscal year in which any were selected; None before the first announcement."""
        return min((it.call.selection_fy for it in self.counted), default=None)

    @property
    def listed(self) -> int:
        return sum(it.listed for it in self.counted)

    @property
    def supported(self) -> int:
        return sum(it.supported for it in self.counted)

    @property
    def ended(self) -> int:
        return sum(it.ended for it in self.counted)

    @property
    def cancelled(self) -> int:
        return sum(it.cancelled for it in self.counted)

    @property
    def unknown(self) -> int:
        return sum(it.unknown for it in self.counted)

    @property
    def of_unknown_count(self) -> list[Round]:
        return [it for it in self.counted if it.announced is None]

    @property
    def counted(self) -> list[Round]:
        return [it for it in self.rounds if not it.call.is_sample]


def figures(on: date, programme: Programme | None = None) -> Figures:
    """What had been announced by `on`, and how it stood on that day; of `programme` alone, where it is given."""
    calls = select(Call).where(ANNOUNCED.of(Call), announced_by(on)).order_by(Call.selection_fy, Call.id)
    if programme is not None:
        calls = calls.where(Call.programme_id == programme.id)
    standing = standing_on(on)
    counts = (
        select(Project.call_id, standing, func.count(), func.max(Project.extended_years))
        .join(Project.call)
        .where(ANNOUNCED.of(Call), started_by(on))
        .group_by(Project.call_id, standing)
    )
    found: dict[int, dict[str, int]] = {}
    extended: dict[int, int] = {}
    for call_id, state, count, years in db.session.execute(counts):
        found.setdefault(call_id, {})[state] = count
        extended[call_id] = max(extended.get(call_id, 0), years)
    return Figures(
        on,
        [_round(it, found.get(it.id, {}), extended.get(it.id, 0), on) for it in db.session.scalars(calls)],
        programme,
    )


def standing_on(on: date) -> Any:
    """The state of a project on a day, as SQL; what Project.state_on says of one. Wants Call joined."""
    goes_on = and_(UNDER_SUPPORT.of(Project), ~Project.end_is_known(), literal(on <= calendar.today()))
    return case(
        (Project.cancelled_on <= on, CANCELLED.only),
        (or_(Project.last_fy >= calendar.fiscal_year(on), goes_on), UNDER_SUPPORT.only),
        else_=ENDED.only,
    )


def announced_by(on: date) -> Any:
    """The condition on Call; where the day is not known, from the beginning of its fiscal year of selection."""
    unknown_day = and_(Call.announced_on.is_(None), Call.selection_fy <= calendar.fiscal_year(on))
    return or_(Call.announced_on <= on, unknown_day)


def started_by(on: date) -> Any:
    """The condition on Project, with Call joined; see Project.starts_on."""
    return or_(Project.opened_on <= on, and_(Project.opened_on.is_(None), announced_by(on)))


def _round(call: Call, counts: dict[str, int], extended_years: int, on: date) -> Round:
    listed = sum(counts.values())
    unlisted = max(0, (call.announced_count or 0) - listed)
    ended_on = call.unlisted_ended_on
    return Round(
        call=call,
        listed=listed,
        supported=counts.get(UNDER_SUPPORT.only, 0) + (unlisted if ended_on and on <= ended_on else 0),
        ended=counts.get(ENDED.only, 0) + (unlisted if ended_on and on > ended_on else 0),
        cancelled=counts.get(CANCELLED.only, 0),
        unknown=0 if ended_on else unlisted,
        extended_years=extended_years,
    )
