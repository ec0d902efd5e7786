"""What is due, and the claim that makes each reminder go out once.

The contexts above give subjects and send the mails; this page only says when. Reminders leave on working days alone.
After a standstill a reminder is sent late rather than never; of a series only the newest due one goes out, and the
older ones that were missed are put in the ledger as overtaken. Two workers may run the same minute: the unique key
lets one of them win.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import select

from app import calendar
from app.actors import Actor
from app.db import add_once, db
from app.installation import Setting
from app.memory import HOUSE, remembered
from app.schedule.models import Reminder, RuleDays
from app.schedule.rules import RULES, Rule

SINCE = "reminders_since"
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Subject:
    """What a rule is about: a record of a context above, known here by kind and id alone."""

    kind: str
    id: int
    anchor: date | datetime  # the days of the rule are counted from its day in Japan
    until: datetime | None = None  # at this instant and later a reminder would be pointless
    since: date | datetime | None = None  # it did not exist before: what was due earlier is not owed
    name: str = ""  # as people name it, for the schedule page and the ledger
    page: tuple[str, dict[str, Any]] | None = None  # endpoint and values of its page
    in_business_days: bool = False  # days after the anchor are working days


@dataclass(frozen=True)
class DueReminder:
    rule: Rule
    subject: Subject
    days: int  # from the anchor, as in the rule
    overtaken: tuple[int, ...] = ()  # earlier ones of the series that were never sent

    @property
    def due_on(self) -> date:
        """The day that the rule names, closed or not."""
        return _day(self.subject, self.days)

    @property
    def leaves_on(self) -> date:
        """The working day on which it is sent."""
        return leaving_day(self.subject, self.days)

    @property
    def key(self) -> str:
        return _key(self.rule, self.subject, self.days)

    @property
    def occasion(self) -> str:
        """What makes its mail another one than all others about the same record."""
        return _occasion(self.rule, self.subject, self.days)


Sources = Mapping[
    str, tuple[Callable[[datetime], Iterable[Subject]], Callable[[DueReminder, datetime], Any] | None]
]
"""A rule's name → who gives its subjects, and who sends (None: a job of its own sends, here it is only foretold)."""


class NotAllSent(Exception):
    """Some reminders could not be sent; all others were. The next run tries them again."""


def send_due(sources: Sources, *, at: datetime) -> dict[str, int]:
    """Claim and send all that is due at `at`; how many of each rule went out: none on a closed day.

    Commits each by itself, so that a crash loses none and repeats none. One that fails does not keep the others
    back: it is logged, stays due, and after the others NotAllSent is raised.
    """
    if Setting.get(SINCE) is None:
        start_from(calendar.day_of(at))  # the first run of all: what was due before is not owed
    db.session.commit()
    senders = {name: (subjects, send) for name, (subjects, send) in sources.items() if send}
    sent = dict.fromkeys(senders, 0)
    if not calendar.is_business_day(at):
        return sent
    rules = rules_in_force()
    failed = 0
    for name, (subjects, send) in senders.items():
        for reminder in due(rules[name], subjects(at), at):
            try:
                won = claim(reminder, at=at)
                if won:
                    send(reminder, at)
                db.session.commit()
            except Exception:
                db.session.rollback()
                failed += 1
                log.exception("the reminder %s could not be sent; it stays due", reminder.key)
            else:
                sent[name] += won
    if failed:
        raise NotAllSent(f"{failed} reminders could not be sent and stay due; {sum(sent.values())} were sent")
    return sent


def due(rule: Rule, subjects: Iterable[Subject], at: datetime) -> list[DueReminder]:
    """The reminders of `rule` to send at `at`, at most one for each subject: the newest that is due.

    None on a closed day, none before `reminders_since`, none that was due before its subject existed, none at or
    after `until`.
    """
    return _unsent(rule, subjects, at) if calendar.is_business_day(at) else []


def leaving_day(subject: Subject, days: int) -> date:
    """The working day on which the reminder of `days` is sent.

    A closed day gives way to the next working day. Where that would be the day of a deadline or later (of the anchor that
    is counted down to, or of `until`), the last working day before it is taken: the reminder must still be of use.
    """
    nominal = _day(subject, days)
    later = calendar.first_business_day_on_or_after(nominal)
    deadlines = [subject.anchor] if days <= 0 else []
    if subject.until:
        deadlines.append(subject.until)
    if later == nominal or all(later < calendar.day_of(deadline) for deadline in deadlines):
        return later
    return calendar.last_business_day_on_or_before(nominal)


def _unsent(rule: Rule, subjects: Iterable[Subject], at: datetime) -> list[DueReminder]:
    """What is due by `at` and not in the ledger, the newest of each subject; closed days are not asked about."""
    alive = [subject for subject in subjects if subject.until is None or at < subject.until]
    handled = _handled(rule, alive)
    first, today = first_day(at), calendar.day_of(at)
    found = []
    for subject in alive:
        passed = [days for days in sorted(rule.days) if _is_due(subject, days, first=first, today=today)]
        if not passed or _key(rule, subject, passed[-1]) in handled:
            continue
        missed = tuple(days for days in passed[:-1] if _key(rule, subject, days) not in handled)
        found.append(DueReminder(rule, subject, passed[-1], missed))
    return found


def claim(reminder: DueReminder, *, at: datetime) -> bool:
    """Put `reminder` into the ledger; whether this worker is the one that sends it.

    The caller queues the mail in the same transaction. Another worker that claims the same key waits for this
    transaction to end, and loses if it commits.
    """
    if not _enter(reminder, reminder.days, at=at, overtaken=False):
        return False
    for days in reminder.overtaken:
        _enter(reminder, days, at=at, overtaken=True)
    return True


@dataclass(frozen=True)
class Expected:
    """What a rule will send on a day, as things stand now."""

    day: date
    rule: Rule
    reminders: tuple[DueReminder, ...]


def forecast(sources: Sources, at: datetime, *, days: int = 365) -> list[Expected]:
    """What will be sent within `days` from `at` if nothing changes, by the day on which it leaves.

    What is late leaves today or, where the office is closed, on the next working day.
    """
    rules = rules_in_force()
    today = calendar.day_of(at)
    next_open, last = calendar.first_business_day_on_or_after(today), today + timedelta(days=days)
    expected: list[tuple[date, Rule, DueReminder]] = []
    for name, (give, _send) in sources.items():
        rule, subjects = rules[name], list(give(at))
        late = [] if rule.fixed else _unsent(rule, subjects, at)
        waiting = {it.subject.id: it for it in late if not _over(it.subject, next_open)}
        for subject in subjects:
            ahead = {next_open: waiting[subject.id]} if subject.id in waiting else {}
            for offset in sorted(rule.days):  # of two that leave on one day the newer is sent
                reminder = DueReminder(rule, subject, offset)
                if today < reminder.leaves_on <= last and not _over(subject, reminder.leaves_on):
                    ahead[reminder.leaves_on] = reminder
            lines = [(day, rule, reminder) for day, reminder in ahead.items()]
            expected += lines[:1] if rule.fixed else lines  # what goes on daily is told once
    order = list(rules)
    expected.sort(key=lambda line: (line[0], order.index(line[1].name), line[2].subject.id))
    return [
        Expected(day, rule, tuple(reminder for _, _, reminder in lines))
        for (day, rule), lines in groupby(expected, key=lambda line: (line[0], line[1]))
    ]


def rules_in_force() -> dict[str, Rule]:
    """The rules with the days that staff set."""

    def ask() -> dict[str, Rule]:
        changed = {row.rule: tuple(row.days) for row in db.session.scalars(select(RuleDays))}
        return {name: replace(rule, days=changed.get(name, rule.days)) for name, rule in RULES.items()}

    return remembered("rules in force", ask, HOUSE)


def change_days(name: str, days: Iterable[int], *, actor: Actor, at: datetime) -> Rule:
    """Let the rule `name` count other days from now on.

    Raises KeyError for an unknown rule, ValueError for one whose days are fixed or when no day is left.
    """
    rule, new = rules_in_force()[name], sorted(set(days))
    if rule.fixed or not new:
        raise ValueError(f"the days of {name} cannot become {new}")
    row = db.session.scalar(select(RuleDays).where(RuleDays.rule == name))
    if row is None:
        row = RuleDays(rule=name, created_at=at)
        db.session.add(row)
    row.days = new
    row.record(
        "days_changed",
        actor=actor,
        at=at,
        changes={"rule": name, "days": [list(rule.days), new]},
        audience="office",
    )
    return replace(rule, days=tuple(new))


def start_from(day: date) -> None:
    """Owe reminders from `day` on. The caller commits."""
    Setting.put(SINCE, day.isoformat())


def first_day(at: datetime) -> date:
    """The day from which reminders are owed: what was due before the office began with this system is not sent."""
    since = Setting.get(SINCE)
    return date.fromisoformat(since) if since else calendar.day_of(at)


def _owed_from(subject: Subject, first: date) -> date:
    return first if subject.since is None else max(first, calendar.day_of(subject.since))


def _is_due(subject: Subject, days: int, *, first: date, today: date) -> bool:
    owed_from, nominal, leaves = _owed_from(subject, first), _day(subject, days), leaving_day(subject, days)
    return owed_from <= min(nominal, leaves) and leaves <= today


def _over(subject: Subject, day: date) -> bool:
    return subject.until is not None and calendar.day_of(subject.until) < day


def _day(subject: Subject, days: int) -> date:
    anchor = calendar.day_of(subject.anchor)
    if subject.in_business_days and days > 0:
        return calendar.business_days_after(anchor, days)
    return anchor + timedelta(days=days)


def _key(rule: Rule, subject: Subject, days: int) -> str:
    return f"{rule.name}:{subject.kind}:{subject.id}:{calendar.day_of(subject.anchor)}:{days}"


def _occasion(rule: Rule, subject: Subject, days: int) -> str:
    # With the anchor's day in it: a deadline that moves is reminded of anew.
    return f"{rule.name}:{calendar.day_of(subject.anchor)}:{days}"


def _handled(rule: Rule, subjects: Iterable[Subject]) -> set[str]:
    earliest = min((_day(subject, min(rule.days)) for subject in subjects), default=None)
    if earliest is None:
        return set()
    return set(
        db.session.scalars(
            select(Reminder.key).where(Reminder.rule == rule.name, Reminder.due_on >= earliest)
        )
    )


def _enter(reminder: DueReminder, days: int, *, at: datetime, overtaken: bool) -> bool:
    entered = add_once(
        Reminder,
        key=_key(reminder.rule, reminder.subject, days),
        rule=reminder.rule.name,
        subject_kind=reminder.subject.kind,
        subject_id=reminder.subject.id,
        subject_name=reminder.subject.name,
        due_on=_day(reminder.subject, days),
        handled_at=at,
        overtaken=overtaken,
        created_at=at,
    )
    return entered is not None
