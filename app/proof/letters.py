"""Issued letters against the entries that tell of their issue, and the register against the letters."""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from itertools import groupby
from typing import Any

from sqlalchemy import exists, func, or_, select

from app import seals
from app.applications.models import Application
from app.correspondence.models import Letter, NumberRegister
from app.db import db
from app.history import HistoryEntry
from app.lifecycle.letter import ISSUED
from app.programmes.models import Call
from app.proof.parts import HANDED_IN, SEALED, Part, batches, entries_about, note_unsealed, seals_of

Register = tuple[str, int]  # mark, fiscal year
# After a backup was restored; changes: from, to (both skipped), and mark and fiscal_year for documents.
SKIPPED, SKIPPED_OF_CALL = "numbers_skipped", "application_numbers_skipped"


def letters() -> Part:
    part = Part("letters")
    issued = select(Letter.__table__).where(or_(ISSUED.of(Letter), Letter.number.is_not(None)))
    for rows in batches(issued.order_by(Letter.id)):
        entries = entries_about("letter", [row.id for row in rows], ("approve", "issue", SEALED))
        for row in rows:
            part.looked_at += 1
            _check(part, row, entries.get(row.id, []))
    gone = select(HistoryEntry.subject_id, HistoryEntry.id, HistoryEntry.changes).where(
        HistoryEntry.subject_kind == "letter",
        HistoryEntry.event == "issue",
        ~exists().where(Letter.id == HistoryEntry.subject_id, Letter.number.is_not(None)),
    )
    for entry in db.session.execute(gone):
        number = entry.changes.get("number")
        part.tell(
            f"letter {number} (id {entry.subject_id}) is gone: entry {entry.id} tells of its issue. Restore it."
        )
    return part


def _check(part: Part, row: Any, entries: list[Any]) -> None:
    name = f"letter {row.number} (id {row.id})"
    issues = [entry for entry in entries if entry.event == "issue"]
    if row not in ISSUED:
        part.tell(f"{name} has a number and stands as {row.state}. Restore it from a backup.")
    elif not issues:
        part.tell(
            f"{name} is issued, and the history tells nothing of it: it was put in past the application."
        )
    elif len(issues) > 1:
        part.tell(f"{name} was issued by {len(issues)} entries of the history: {[it.id for it in issues]}.")
    else:
        approvals = [it for it in entries if it.event == "approve" and it.id < issues[0].id]
        _compare(part, name, row, issues[0], seals_of(entries), approvals)


def _compare(part: Part, name: str, row: Any, entry: Any, sealed: list[str], approvals: list[Any]) -> None:
    columns = {
        "number": row.number,
        "issued_on": row.issued_on.isoformat() if row.issued_on else None,
        "sha256": row.sha256,
    }
    if any(entry.changes.get(what) != value for what, value in columns.items()) or not all(
        seals.holds("letter", seal, partial(getattr, row)) for seal in sealed
    ):
        part.tell(
            f"{name} is not what was issued by entry {entry.id}: it was changed since. Restore it from a backup."
        )
    elif not _is_approved_by(row.approved_by, approvals):
        part.tell(
            f"{name} was issued as approved by {row.approved_by}, and the history tells of no such approval: it was put past "
            "the director. Show it to the director; supersede it where it must not stand."
        )
    elif not sealed:
        note_unsealed(part)


def _is_approved_by(name: str | None, approvals: list[Any]) -> bool:
    """Whether the last approval is by whom the letter names; the history shortens no name that the letter could hold."""
    return bool(approvals) and approvals[-1].actor_name == name


def numbers() -> Part:
    """Every number of a register is one issued letter, given in the order of the history; skips are told there."""
    part = Part("numbers")
    skipped = _skipped()
    registers = {(it.mark, it.fiscal_year): it.last for it in db.session.scalars(select(NumberRegister))}
    given = (
        select(
            Letter.mark, Letter.register_fy, Letter.sequence, Letter.number, HistoryEntry.id.label("entry")
        )
        .outerjoin(
            HistoryEntry,
            (HistoryEntry.subject_kind == "letter")
            & (HistoryEntry.subject_id == Letter.id)
            & (HistoryEntry.event == "issue"),
        )
        .where(Letter.sequence.is_not(None))
        .order_by(Letter.mark, Letter.register_fy, Letter.sequence)
    )
    rows = (row for batch in batches(given) for row in batch)
    for register, of_year in groupby(rows, key=lambda row: (row.mark, row.register_fy)):
        _check_year(part, register, of_year, registers.pop(register, None), skipped[register])
    for register, last in registers.items():
        _tell_gap(part, register, 1, last, skipped[register])
    _applications(part)
    return part


def _check_year(
    part: Part, register: Register, rows: Any, last: int | None, skipped: list[tuple[int, int]]
) -> None:
    expected, entry = 1, 0
    for row in rows:
        part.looked_at += 1
        _tell_gap(part, register, expected, row.sequence - 1, skipped)
        if row.entry is not None and row.entry < entry:
            part.tell(
                f"letter {row.number} was issued (entry {row.entry}) before the number that precedes it."
            )
        expected, entry = row.sequence + 1, row.entry or entry
    if last is None or last < expected - 1:
        part.tell(
            f"the register of {_called(register)} stands at {last}, but number {expected - 1} is given: the register was changed."
        )
    else:
        _tell_gap(part, register, expected, last, skipped)


def _tell_gap(part: Part, register: Register, first: int, last: int, skipped: list[tuple[int, int]]) -> None:
    missing = [number for number in range(first, last + 1) if not any(a <= number <= b for a, b in skipped)]
    if missing:
        part.tell(
            f"of the register of {_called(register)} no letter has number {_span(missing)}: the letters are gone, or the register was "
            "changed. Restore them; numbers given up after a restore are told by an entry of the history."
        )


def _span(numbers: list[int]) -> str:
    return str(numbers[0]) if len(numbers) == 1 else f"{numbers[0]} to {numbers[-1]}"


def _called(register: Register) -> str:
    mark, year = register
    return f"{year} ({mark})"


def _skipped() -> dict[Register, list[tuple[int, int]]]:
    found = defaultdict(list)
    first = _first_mark()
    for changes in db.session.scalars(select(HistoryEntry.changes).where(HistoryEntry.event == SKIPPED)):
        register = (str(changes.get("mark", first)), int(changes["fiscal_year"]))
        found[register].append((int(changes["from"]), int(changes["to"])))
    return found


def _first_mark() -> str:
    """Of the entries from before registers had marks: all letters had the same one, which the oldest kept."""
    oldest = select(Letter.mark).where(Letter.mark.is_not(None)).order_by(Letter.id).limit(1)
    begun = select(NumberRegister.mark).order_by(NumberRegister.id).limit(1)
    return db.session.scalar(oldest) or db.session.scalar(begun) or ""


def _applications(part: Part) -> None:
    """The numbers of a call's applications run from 1 without a gap as well, and are those that they were given."""
    counted = (
        select(Application.call_id, func.count().label("given"), func.max(Application.sequence).label("last"))
        .where(Application.sequence.is_not(None))
        .group_by(Application.call_id)
    )
    given_up = _skipped_of_calls()
    for row in db.session.execute(counted):
        part.looked_at += row.given
        skipped = sum(
            min(last, row.last) - first + 1 for first, last in given_up[row.call_id] if first <= row.last
        )
        if row.given + skipped != row.last:
            part.tell(
                f"call {row.call_id} has given {row.last} numbers to applications and has {row.given}: "
                "applications are gone. Restore them."
            )
    for call in db.session.execute(select(Call.id, Call.code, Call.numbers_skipped_through)):
        through = max((last for _first, last in given_up[call.id]), default=0)
        if call.numbers_skipped_through != through:
            part.tell(
                f"call {call.code} (id {call.id}) skips numbers through {call.numbers_skipped_through}, and the history "
                f"tells of {through or 'none'}: its register was changed. Restore it from a backup."
            )
    _numbers_of_applications(part)


def _numbers_of_applications(part: Part) -> None:
    numbered = select(Application.id, Application.number, Application.sequence).where(
        or_(Application.number.is_not(None), Application.sequence.is_not(None))
    )
    for rows in batches(numbered.order_by(Application.id)):
        by_subject = entries_about("application", [row.id for row in rows], HANDED_IN)
        for row in rows:
            given = {entry.changes.get("number") for entry in by_subject.get(row.id, [])}
            ends = f"-{row.sequence or 0:04d}"
            if given != {row.number} or not str(row.number).endswith(ends):
                part.tell(
                    f"application {row.number} (id {row.id}, number {row.sequence} of its call) was handed in as "
                    f"{_listed(given)}: its number was changed. Restore it from a backup."
                )


def _listed(given: set[str | None]) -> str:
    return ", ".join(sorted(str(it) for it in given)) or "nothing that the history tells"


def _skipped_of_calls() -> dict[int, list[tuple[int, int]]]:
    found = defaultdict(list)
    query = select(HistoryEntry.subject_id, HistoryEntry.changes).where(HistoryEntry.event == SKIPPED_OF_CALL)
    for row in db.session.execute(query):
        found[row.subject_id].append((int(row.changes["from"]), int(row.changes["to"])))
    return found
