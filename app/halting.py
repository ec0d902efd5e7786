"""A halt: nothing that cannot be taken back is done by itself until a person has said that all is well.

A clock that went wrong issues the letters of another March and ends projects; a database brought back from a backup
does not know what has gone out since. So the automatic work stops (issuing, ending, announcing, reminding), staff are
told, and a person lifts the halt, by name and with a remark. One mechanism with several reasons (docs/adr/0017).
Knows no case: who issues or sends asks here first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Text, func, select, text
from sqlalchemy.orm import Mapped, mapped_column

from app.actors import Actor
from app.db import Composed, Model, UtcDateTime, db, held
from app.explained import Explained
from app.history import HistoryEntry
from app.installation import Setting
from app.lifecycle import N_, NotAllowed
from app.permissions import SYSTEM

CLOCK_AHEAD, CLOCK_BEHIND, RESTORED, BY_HAND = "clock_ahead", "clock_behind", "restored", "by_hand"


@dataclass(frozen=True)
class Reason:
    """Why the work stops, in words for staff; and whether mails that are queued already wait as well."""

    label: str
    means: str
    stops_mail: bool = False


REASONS = {
    CLOCK_AHEAD: Reason(
        N_("The clock has gone ahead"),
        N_(
            "The machine's clock is more than a day later than it was when the work was last seen to. Either "
            "the system stood still for that long, or the clock is wrong."
        ),
    ),
    CLOCK_BEHIND: Reason(
        N_("The clock has gone back"),
        N_(
            "The machine's clock is earlier than what is on record already. The work goes on by itself when the clock "
            "has caught up, or when somebody confirms that it is right now."
        ),
    ),
    RESTORED: Reason(
        N_("Restored from a backup"),
        N_(
            "The database was brought back from a backup. Letters and mails may have gone out since that backup "
            "was made, and the system does not know of them: they would go out twice."
        ),
        stops_mail=True,
    ),
    BY_HAND: Reason(
        N_("Halted by hand"), N_("Somebody has halted the automatic work, for the reason below.")
    ),
}

# What everybody may know without asking the table: these rows are read once for each request anyway.
OPEN = "halted"  # the reasons of the halts that are not lifted, apart by commas
SEEN = "clock_seen"  # the last instant at which the clock was found to be right
ENTRIES_FROM = (
    "clock_entries_from"  # history entries up to this number were written by a clock that is believed no more
)


class Halt(Model):
    """One halt, from the instant at which it was found necessary until a person lifted it."""

    __tablename__ = "halts"
    kind = "halt"

    reason: Mapped[str] = mapped_column(Composed(30))
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    halted_by: Mapped[str] = mapped_column(Composed(200))
    facts: Mapped[dict[str, Any]] = mapped_column(
        JSON, default=dict
    )  # what was seen: for the page and the mail
    lifted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lifted_by: Mapped[str] = mapped_column(Composed(200), default="", server_default="")
    remark: Mapped[str] = mapped_column(Text, default="", server_default="")

    __table_args__ = (
        CheckConstraint(f"reason IN ({', '.join(map(repr, REASONS))})", name="reason"),
        CheckConstraint("(lifted_at IS NULL) = (lifted_by = '')", name="lifted_by_someone"),
        CheckConstraint("lifted_at IS NULL OR remark <> ''", name="lifted_with_a_remark"),
        db.Index(
            "uq_halts_open",
            "reason",
            unique=True,
            sqlite_where=text("lifted_at IS NULL"),
            postgresql_where=text("lifted_at IS NULL"),
        ),
    )

    @property
    def why(self) -> Reason:
        return REASONS[self.reason]


HALTED = N_(
    "The automatic work is halted, and nothing is issued or announced until it is lifted. The page of the halt "
    "says why, and who can lift it."
)


class Halted(Explained):
    """The automatic work is halted for `reason`, and this would be part of it."""

    def __init__(self, reason: str) -> None:
        super().__init__(HALTED)
        self.reason = reason


def halt(reason: str, *, at: datetime, actor: Actor = SYSTEM, facts: dict[str, Any] | None = None) -> Halt:
    """Halt the automatic work. One that is open for the same reason is returned as it is. The caller commits.

    Raises KeyError for a reason that does not exist.
    """
    REASONS[reason]
    _one_at_a_time()
    found = db.session.scalars(_open().where(Halt.reason == reason)).one_or_none()
    if found is not None:
        return found
    made = Halt(
        reason=reason,
        since=at,
        halted_by=actor.name,
        facts=facts or {},
        created_at=at,
        lifted_by="",
        remark="",
    )
    db.session.add(made)
    made.record("halted", actor=actor, at=at, changes={"why": reason, **made.facts}, audience="office")
    _note_open()
    return made


def lift(halt: Halt, *, actor: Actor, at: datetime, remark: str) -> None:
    """Let the work go on: `actor` has looked, and says in `remark` what was found. The caller commits.

    The clock of this instant is believed from now on, whatever is on record from before. Raises ValueError without a
    remark, NotAllowed for who may not, and where somebody else has lifted it.
    """
    if not remark.strip():
        raise ValueError("a halt is lifted with a remark")
    held(halt)
    if halt.lifted_at:
        raise NotAllowed(halt, "lift", "it is lifted")
    if not actor.may("jobs.resume", halt):
        raise NotAllowed(halt, "lift", "not permitted")
    halt.lifted_at, halt.lifted_by, halt.remark = at, actor.name, remark.strip()
    halt.record("halt_lifted", actor=actor, at=at, changes={"remark": halt.remark}, audience="office")
    believe_clock(at)
    _note_open()


def believe_clock(at: datetime) -> None:
    """`at` is right: later instants that are on record are no longer held against it. The caller commits."""
    Setting.put(SEEN, at.isoformat())
    Setting.put(ENTRIES_FROM, str(db.session.scalar(select(func.max(HistoryEntry.id))) or 0))


def current() -> Halt | None:
    """The oldest halt that is not lifted, read from the database now."""
    return db.session.scalars(_open()).first()


def open_halts() -> list[Halt]:
    return list(db.session.scalars(_open()))


def is_noted() -> bool:
    """Whether there is one, by what this request or turn has read already: for notices, not for acts."""
    return bool(Setting.get(OPEN))


def refuse() -> None:
    """Raises Halted while the work is halted: asked by whatever cannot be taken back."""
    reason = db.session.scalar(select(Halt.reason).where(Halt.lifted_at.is_(None)).limit(1))
    if reason:
        raise Halted(reason)


def mail_waits() -> bool:
    """Whether mails that are queued already must not leave either."""
    reasons = db.session.scalars(select(Halt.reason).where(Halt.lifted_at.is_(None)))
    return any(REASONS[reason].stops_mail for reason in reasons)


def _open() -> Any:
    return select(Halt).where(Halt.lifted_at.is_(None)).order_by(Halt.id)


def _note_open() -> None:
    db.session.flush()
    Setting.put(OPEN, ",".join(halt.reason for halt in open_halts()))


HALT_LOCK = 72021


def _one_at_a_time() -> None:
    """Several workers may see the clock leap in the same second: the second one waits, and finds the halt of the first."""
    if db.session.get_bind().dialect.name == "postgresql":  # SQLite has one writer at a time anyway
        db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": HALT_LOCK})
