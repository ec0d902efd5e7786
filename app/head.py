"""The head of the history, signed and kept in the data folder beside the database.

Whoever has the database's account can rewrite the whole chain, or cut its end off, so that it holds in itself. The
kept head says which entry there was, with a MAC by a key that is not in the database. It is written after each commit
that wrote history, and steps forward only: from the entry it knows to one that follows it. What does not follow is left
for `flask history verify` to tell.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import logging
import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from flask import current_app
from sqlalchemy import Select, select

from app import calendar
from app.db import db, reading
from app.history import Head, HistoryEntry, Written, history_was_written

log = logging.getLogger(__name__)

FILE, LOG, LOCK, BAD = "history_head.json", "history_heads.log", "history_head.lock", "history_head.bad"
MOST_LINES = 4000  # of the log: one a day, ten years
LONGEST_LINE = 400
HASH_SHOWN, MAC_SHOWN = 32, 24  # characters of a line for people
_SHA256 = re.compile(r"[0-9a-f]{64}")
_LINE = re.compile(r"(\d{1,12}):([0-9a-f]{32,64}):([0-9a-f]{24,64})")


class NoHead(ValueError):
    """A text that is no head of the history."""


@dataclass(frozen=True)
class SignedHead:
    """A head as it was kept or mailed: number, hash and MAC, the latter two perhaps shortened."""

    id: int
    hash: str
    mac: str
    at: str = ""  # of the entry, in UTC

    @property
    def line(self) -> str:
        """On one line of a mail, and for `flask history verify --head`."""
        return f"{self.id}:{self.hash[:HASH_SHOWN]}:{self.mac[:MAC_SHOWN]}"

    def is_signed(self, of: Head, at: datetime) -> bool:
        """Whether its MAC is ours for the entry `of`, written `at`."""
        return hmac.compare_digest(mac(of, _instant(at))[: len(self.mac)], self.mac)


def parse(line: str) -> SignedHead:
    """A head as a mail or `flask history head` shows it. Raises NoHead."""
    found = _LINE.fullmatch("".join(line.split()).lower())
    if not found:
        raise NoHead(f"{line!r} is no head: it reads NUMBER:HASH:MAC, as the daily mail has it")
    return SignedHead(int(found[1]), found[2], found[3])


def mac(head: Head, at: str) -> str:
    key = current_app.config["HISTORY_KEY"].encode()
    return hmac.new(key, f"{head.id}|{head.hash}|{at}".encode(), hashlib.sha256).hexdigest()


def signed(head: Head, at: datetime) -> SignedHead:
    instant = _instant(at)
    return SignedHead(head.id, head.hash, mac(head, instant), instant)


def last() -> SignedHead | None:
    """The last entry of the chain, signed; None while there is none."""
    row = db.session.execute(_entries().order_by(HistoryEntry.id.desc()).limit(1)).first()
    return signed(Head(row.id, row.hash), row.at) if row else None


def stored() -> SignedHead | None:
    """What the data folder has. Raises ValueError for a file that cannot be read or was not signed by us."""
    try:
        head = _read(_folder(FILE).read_text())
    except FileNotFoundError:
        return None
    except ValueError as problem:
        raise ValueError(f"{_folder(FILE)} cannot be read") from problem
    if not hmac.compare_digest(mac(Head(head.id, head.hash), head.at), head.mac):
        raise ValueError(f"{_folder(FILE)} was not signed with this installation's key")
    return head


def logged() -> Iterator[tuple[str, SignedHead | None]]:
    """The heads of former days: the line as it stands, and what it says; None for one that cannot be read."""
    try:
        lines = _folder(LOG).read_text(errors="replace").splitlines()
    except FileNotFoundError:
        return
    for line in lines:
        try:
            yield line, _read(line)
        except ValueError:
            yield line, None


def _read(text: str) -> SignedHead:
    """A head as `_write` has written it. Raises ValueError for anything else, whoever has put it there."""
    try:
        fields = json.loads(text)
        number, digest, sealed, at = fields["id"], fields["hash"], fields["mac"], fields["at"]
    except (KeyError, TypeError, RecursionError) as problem:
        raise ValueError("no head") from problem
    if type(number) is not int or not all(isinstance(it, str) for it in (digest, sealed, at)):
        raise ValueError("no head")
    if not (_SHA256.fullmatch(digest) and _SHA256.fullmatch(sealed) and at.isascii()):
        raise ValueError("no head")
    return SignedHead(number, digest, sealed, at)


def keep(written: Written) -> None:
    """Step forward to what a commit has just written, where it goes on from the kept head.

    Where it does not (another worker's commit lies in between, or the chain was rewritten), `forward` compares the
    two with the database. The commit has happened: nothing is raised.
    """
    try:
        with _alone():
            known = _stored_or_put_aside()
            if known is None or Head(known.id, known.hash) == written.follows:
                _write(signed(written.head, written.at))
    except (
        Exception
    ):  # whatever it is: raised here it would leave the session unusable, for this commit and the next
        log.exception("the head of the history could not be kept; the next turn tries again")


def forward() -> str:
    """Bring the kept head up to the chain's last entry; what is wrong with it, empty when all is well.

    For the turn of each machine: it writes what a worker that died, a full disk or another machine left out.
    """
    with reading():
        try:
            with _alone():
                known, now = _stored_or_put_aside(), last()
                wrong = problem(known, now)
                if not wrong and now is not None and (known is None or known.id < now.id):
                    _write(now)
                return wrong
        except OSError as why:
            return f"the head of the history cannot be kept: {why}"
        finally:
            db.session.rollback()


def problem(known: SignedHead | None, now: SignedHead | None) -> str:
    """Why the chain that ends with `now` is not the one that the kept head `known` was taken of; empty: it is."""
    if known is None:
        return ""
    if now is None or known.id > now.id:
        return f"the history ends before entry {known.id}, which was there: its end was cut off"
    there = db.session.scalar(select(HistoryEntry.hash).where(HistoryEntry.id == known.id))
    return (
        ""
        if there == known.hash
        else f"entry {known.id} of the history is another than it was: it was rewritten"
    )


def renew() -> str:
    """Begin anew from the chain as it is; the former head, where there was one that can be read.

    Where a backup was restored. The former head and log stay beside the new ones.
    """
    with _alone():
        try:
            former = stored()
        except ValueError:
            former = None
        stamp = calendar.now().strftime("%Y%m%d%H%M%S")
        for name in (FILE, LOG, BAD):
            if _folder(name).exists():
                _folder(name).replace(_folder(f"{name}.until-{stamp}"))
        now = last()
        if now:
            _write(now)
    return former.line if former else ""


def state() -> str:
    """What is wrong with the kept head, for `flask doctor` and a page that tells of health; empty: nothing."""
    try:
        known = stored()
    except (OSError, ValueError) as why:
        return str(why)
    now = last()
    if known is None:
        return "no head of the history is kept" if now else ""
    return problem(known, now) or (
        f"{_folder(BAD)} was put aside: it was not ours" if _folder(BAD).exists() else ""
    )


def put_aside() -> Path | None:
    """The head that was found not to be ours, where there was one."""
    return _folder(BAD) if _folder(BAD).exists() else None


def _entries() -> Select[int, str, datetime]:
    return select(HistoryEntry.id, HistoryEntry.hash, HistoryEntry.at)


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def _folder(name: str) -> Path:
    return current_app.config["DATA_DIR"] / name


def _stored_or_put_aside() -> SignedHead | None:
    try:
        return stored()
    except ValueError as why:  # somebody's, or a power cut's: it must not stop the next ones, nor be lost
        log.error("%s; it is put aside as %s", why, BAD)
        _folder(FILE).replace(_folder(BAD))
        return None


def _write(head: SignedHead) -> None:
    day = calendar.now().date().isoformat()
    if _day_of_last_line() != day:
        _add_to_log(head, day)
    fresh = _folder(f".{FILE}.{os.getpid()}.{threading.get_ident()}")
    try:
        with _opened(fresh, os.O_CREAT | os.O_TRUNC | os.O_WRONLY) as file:
            file.write(json.dumps(asdict(head)))
        fresh.replace(_folder(FILE))
    except OSError:
        fresh.unlink(missing_ok=True)
        raise


def _add_to_log(head: SignedHead, day: str) -> None:
    with _opened(_folder(LOG), os.O_CREAT | os.O_APPEND | os.O_WRONLY) as file:
        file.write(json.dumps({"day": day, **asdict(head)}) + "\n")
    if _folder(LOG).stat().st_size > MOST_LINES * LONGEST_LINE:
        lines = _folder(LOG).read_text().splitlines(keepends=True)[-MOST_LINES // 2 :]
        fresh = _folder(f".{LOG}.{os.getpid()}.{threading.get_ident()}")
        with _opened(fresh, os.O_CREAT | os.O_TRUNC | os.O_WRONLY) as file:
            file.writelines(lines)
        fresh.replace(_folder(LOG))


def _day_of_last_line() -> str:
    try:
        with _folder(LOG).open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - LONGEST_LINE))
            return str(json.loads(file.read().splitlines()[-1])["day"])
    except (FileNotFoundError, IndexError, KeyError, TypeError, ValueError):
        return ""


def _opened(file: Path, how: int) -> IO[str]:
    return os.fdopen(os.open(file, how, 0o600), "a" if how & os.O_APPEND else "w")


@contextmanager
def _alone() -> Iterator[None]:
    """Between reading the kept head and writing the next one no other thread or process does the same."""
    with _opened(_folder(LOCK), os.O_CREAT | os.O_WRONLY) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


history_was_written.append(keep)
