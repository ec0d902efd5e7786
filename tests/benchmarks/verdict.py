"""What must hold when many submit around the instant at which a call closes. Pure: what was seen and kept comes in.

The rule at the border: a submission is in time when its last byte had reached the server before the instant, by the
server's own clock; that instant is on record with each that was taken. Of one that was refused it is not, but clients and
server share the machine's clock: what a client had handed over before the instant was in time, and what it had not begun
to hand over was late. Where the instant fell between the two readings either answer is right, if the record agrees.
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

TAKEN, REFUSED = 302, 422
CAME = ("before", "border", "after")  # when a submission reached the server, as far as its client can tell


@dataclass(frozen=True)
class Asked:
    """What one client did and saw. Instants are seconds since 1970."""

    application: int
    began: float  # before the last byte was handed over
    sent: float  # … and after it
    status: int = 0  # of the answer; 0: there was none
    seconds: float = 0.0  # until the whole answer was there
    problem: str = ""  # why there was none
    receipt: str = ""  # the number that the page of the receipt shows, to which a browser is led
    says_closed: bool = False  # that the time has ended and what was entered is kept, with what was entered

    def came(self, closes: float) -> str:
        if self.sent < closes:
            return "before"
        return "after" if self.began >= closes else "border"


@dataclass(frozen=True)
class Kept:
    """What is on record of one application, when all were answered."""

    application: int
    number: str | None
    sequence: int | None
    received: tuple[float, ...]  # the instants at which its submissions arrived
    amiss: str  # what its snapshot lacks, or how a draft is another than was typed; empty when it is whole
    receipts: int  # documents that go with a submission, each mailed once


def counted(asked: Sequence[Asked], kept: Sequence[Kept], closes: float) -> dict[str, Any]:
    """The figures, for people and programs."""
    handed_in = [it for it in kept if it.received]
    sequences = Counter(it.sequence for it in kept if it.sequence is not None)
    return {
        "clients": len(asked),
        **{name: _told([it for it in asked if it.came(closes) == name]) for name in CAME},
        "errors": sum(it.status not in (TAKEN, REFUSED) for it in asked),
        "receipts": sum(it.receipts for it in kept),
        "snapshots_complete": sum(not it.amiss for it in handed_in),
        "drafts_kept": sum(not it.amiss for it in kept if not it.received),
        "duplicate_numbers": sum(times - 1 for times in sequences.values()),
        "highest_number": max(sequences, default=0),
    }


def broken(asked: Sequence[Asked], kept: Sequence[Kept], closes: float, *, clients: int) -> list[str]:
    """A sentence for each promise that was not kept; none when all were."""
    on_record = {it.application: it for it in kept}
    found = [*_of_answers(asked, closes, clients), *_of_numbers(kept)]
    for it in asked:
        record = on_record.get(it.application)
        if record is None:
            found.append(f"application {it.application} is gone")
        elif it.status == TAKEN or (it.status != REFUSED and record.received):
            found += _of_one_taken(it, record, closes)
        else:
            found += _of_one_refused(it, record)
    return found


def _of_answers(asked: Sequence[Asked], closes: float, clients: int) -> list[str]:
    came = Counter(it.came(closes) for it in asked)
    found = [
        f"application {it.application} ({it.came(closes)}) was not answered as it must be: {it.problem or it.status}"
        for it in asked
        if it.status not in (TAKEN, REFUSED)
    ]
    found += [
        f"application {it.application} was sent {closes - it.sent:.3f} s before the instant and refused"
        for it in asked
        if it.came(closes) == "before" and it.status == REFUSED
    ]
    found += [
        f"application {it.application} was sent {it.began - closes:.3f} s after the instant and taken"
        for it in asked
        if it.came(closes) == "after" and it.status == TAKEN
    ]
    if len(asked) != clients:
        found.append(f"{len(asked)} of {clients} clients submitted")
    if min(came["before"], came["after"]) < clients // 3:
        found.append(
            f"{came['before']} submitted before the instant and {came['after']} after it: nothing was tried"
        )
    return found


def _of_one_taken(asked: Asked, kept: Kept, closes: float) -> list[str]:
    found = []
    if len(kept.received) != 1:
        found.append(f"was taken and has {len(kept.received)} submissions")
    if any(at >= closes for at in kept.received):
        found.append("is on record as received after the instant")
    if not kept.number or kept.sequence is None:
        found.append("was taken and has no number")
    elif asked.status == TAKEN and asked.receipt != kept.number:
        found.append(f"has the number {kept.number}, and its receipt shows “{asked.receipt}”")
    if kept.receipts != 1:
        found.append(f"was taken and has {kept.receipts} receipts")
    if kept.amiss:
        found.append(f"has a snapshot that is not whole: {kept.amiss}")
    return [f"application {asked.application} {it}" for it in found]


def _of_one_refused(asked: Asked, kept: Kept) -> list[str]:
    found = []
    if kept.received or kept.receipts or kept.number:
        found.append("was refused and is handed in all the same, or has a receipt or a number")
    if asked.status == REFUSED and not asked.says_closed:
        found.append("was refused by a page that does not say that it is closed and what was kept")
    if kept.amiss:
        found.append(f"is another than was typed: {kept.amiss}")
    return [f"application {asked.application} {it}" for it in found]


def _of_numbers(kept: Sequence[Kept]) -> list[str]:
    sequences = sorted(it.sequence for it in kept if it.sequence is not None)
    numbers = [it.number for it in kept if it.number]
    found = []
    if len({*sequences}) != len(sequences) or len({*numbers}) != len(numbers):
        found.append("a number was given twice")
    if {*sequences} != {*range(1, len({*sequences}) + 1)}:
        found.append(f"the numbers are not 1, 2, 3 … but {sequences}")
    return found


def _told(asked: Sequence[Asked]) -> dict[str, Any]:
    """How these were answered, and in how many seconds the whole answer was there."""
    found = sorted(it.seconds for it in asked if it.status)
    return {
        "asked": len(asked),
        "accepted": sum(it.status == TAKEN for it in asked),
        "refused": sum(it.status == REFUSED for it in asked),
        "told_why": sum(it.says_closed for it in asked),
        "p50_s": round(statistics.median(found), 3) if found else None,
        "p95_s": round(found[min(len(found) - 1, int(len(found) * 0.95))], 3) if found else None,
        "max_s": round(found[-1], 3) if found else None,
    }
