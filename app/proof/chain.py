"""The chain walked from its first entry, and held against the heads that were kept and mailed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from app import head
from app.db import Head, HistoryEntry, db, walk_the_chain
from app.head import Kept
from app.proof.parts import Part


def walk(*, told: Iterable[Kept] = (), kept: bool = True) -> tuple[Part, Part]:
    """The chain, and the heads: those of the data folder (unless not `kept`), and those that somebody was `told`."""
    chain, heads = Part("chain"), Part("head")
    wanted = _wanted(heads, told, kept)
    for row, broken in walk_the_chain():
        chain.looked_at += 1
        for number, why in broken:
            chain.tell(
                f"history entry {number} is broken: {why}. Restore the database from a backup in which it holds."
            )
        for known, whose in wanted.pop(row["id"], ()):
            _compare(heads, known, whose, Head(row["id"], row["hash"]), row["at"])
    for number in sorted(wanted):
        for _known, whose in wanted[number]:
            heads.tell(
                f"the history has no entry {number}, but {whose} was taken of it: its end was cut off. Restore the "
                "database; if it was restored from an older backup on purpose, run: flask history head --renew REASON"
            )
    return chain, heads


def _wanted(heads: Part, told: Iterable[Kept], kept: bool) -> dict[int, list[tuple[Kept, str]]]:
    """By entry: the heads that say what it was, and where they come from."""
    found: dict[int, list[tuple[Kept, str]]] = defaultdict(list)
    for known in told:
        found[known.id].append((known, f"the head {known.line}"))
    if kept:
        for known, whose in _of_the_folder(heads):
            found[known.id].append((known, whose))
    heads.looked_at = sum(len(known) for known in found.values())
    return found


def _of_the_folder(heads: Part) -> list[tuple[Kept, str]]:
    found = []
    try:
        known = head.kept()
    except (OSError, ValueError) as why:
        heads.tell(
            f"{why}: somebody has put another in its place, or it was cut short. Compare with the daily mail."
        )
    else:
        if known:
            found.append((known, f"the kept head ({head.FILE})"))
        elif db.session.query(HistoryEntry.id).first():
            heads.tell(
                f"no head is kept: {head.FILE} is gone from the data folder. Compare the history with the last daily "
                "mail (--head); the server keeps a head again at its next turn."
            )
    if aside := head.put_aside():
        heads.tell(
            f"{aside} was found in place of the kept head and is not ours. Find out whose it is, then remove it."
        )
    for line, former in head.logged():
        if former is None:
            heads.tell(f"{head.LOG} has a line that cannot be read: {line[:80]}")
        else:
            found.append((former, f"the head kept in {head.LOG}"))
    return found


def _compare(heads: Part, known: Kept, whose: str, entry: Head, at) -> None:
    if not entry.hash.startswith(known.hash):
        heads.tell(
            f"history entry {entry.id} is another than the one that {whose} was taken of: the history was rewritten, "
            "with its hashes. Restore the database from a backup taken before."
        )
    elif not known.is_signed(entry, at):
        heads.tell(
            f"{whose} for entry {entry.id} has the right hash, but was not signed with this installation's key: the "
            "head was made by somebody else, or the key (BANSO_HISTORY_KEY, history_key) is another."
        )
