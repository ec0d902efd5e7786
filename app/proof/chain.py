"""The chain walked from its first entry, and held against the heads that were kept and mailed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from app import head
from app.head import SignedHead
from app.history import Head, walk_the_chain
from app.proof.parts import Part


@dataclass
class Known:
    """The heads that the chain is held against; to be read before the chain, which then has at least their entries."""

    part: Part = field(default_factory=lambda: Part("head"))
    by_entry: dict[int, list[tuple[SignedHead, str]]] = field(default_factory=lambda: defaultdict(list))
    none_kept: bool = False

    def add(self, known: SignedHead, whose: str) -> None:
        self.by_entry[known.id].append((known, whose))
        self.part.looked_at += 1


def known_heads(*, mailed: Iterable[SignedHead], in_folder: bool) -> Known:
    """Those that were `mailed` to somebody, and (if `in_folder`) those of the data folder."""
    found = Known()
    for known in mailed:
        found.add(known, f"the head {known.line}")
    if in_folder:
        _read_folder(found)
    return found


def walk(known: Known) -> tuple[Part, Part]:
    """The chain, and the heads that it has to contain."""
    chain, heads, wanted = Part("chain"), known.part, known.by_entry
    for row, broken in walk_the_chain():
        chain.looked_at += 1
        for number, why in broken:
            chain.tell(
                f"history entry {number} is broken: {why}. Restore the database from a backup in which it holds."
            )
        for one, whose in wanted.pop(row["id"], ()):
            _compare(heads, one, whose, Head(row["id"], row["hash"]), row["at"])
    for number in sorted(wanted):
        for _one, whose in wanted[number]:
            heads.tell(
                f"the history has no entry {number}, but {whose} was taken of it: its end was cut off. Restore the "
                "database; if it was restored from an older backup on purpose, run: flask history head --renew REASON"
            )
    if known.none_kept and chain.looked_at:
        heads.tell(
            f"no head is kept: {head.FILE} is not in the data folder. Compare the history with the last daily "
            "mail (--head); the server keeps a head again at its next turn."
        )
    return chain, heads


def _read_folder(found: Known) -> None:
    try:
        known = head.stored()
    except (OSError, ValueError) as why:
        found.part.tell(
            f"{why}: somebody has put another in its place, or it was cut short. Compare with the daily mail."
        )
    else:
        found.none_kept = known is None
        if known:
            found.add(known, f"the kept head ({head.FILE})")
    if aside := head.put_aside():
        found.part.tell(
            f"{aside} was found in place of the kept head and is not ours. Find out whose it is, then remove it."
        )
    try:
        for line, former in head.logged():
            if former is None:
                found.part.tell(f"{head.LOG} has a line that cannot be read: {line[:80]}")
            else:
                found.add(former, f"the head kept in {head.LOG}")
    except OSError as why:
        found.part.tell(f"the heads of former days cannot be read: {why}. Compare with the daily mails.")


def _compare(heads: Part, known: SignedHead, whose: str, entry: Head, at: datetime) -> None:
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
