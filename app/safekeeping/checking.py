"""The check for malware: each file that is received waits for it, and nobody is given it before it was found clean.

Without BANSO_CLAMD nothing is checked, and every page says so. The check is made by a job, not while somebody waits and
the database with them; what nobody could check stays in quarantine, and is tried again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import func, select

from app.db import add_once, db
from app.lifecycle import N_
from app.memory import CASES, remembered
from app.safekeeping import clamd
from app.safekeeping.models import StoredFile
from app.storage import pieces_of, storage

log = logging.getLogger(__name__)

UNSCANNED, WAITING, CLEAN, INFECTED = "unscanned", "waiting", "clean", "infected"
VERDICTS = {
    UNSCANNED: N_("Not checked for malware"),
    WAITING: N_("Being checked for malware"),
    CLEAN: N_("No malware found"),
    INFECTED: N_("Malware found"),
}
AT_ONCE = 20  # files of one turn
TOO_LONG = timedelta(minutes=15)  # somebody has to look when a file has waited so long


class Quarantined(Exception):
    """The file is not given out: it waits for its check, or malware was found in it."""

    def __init__(self, verdict: str) -> None:
        super().__init__(verdict)
        self.verdict = verdict


def received(path: str, *, at: datetime) -> None:
    """A file has come in: where files are checked it waits for that from here on. The same bytes are checked once."""
    if current_app.config["CLAMD"]:
        ask_for(path, at=at)


def row_of(path: str, *, at: datetime) -> StoredFile:
    """What is known of the file at `path`; a new row where nothing was."""
    found = db.session.scalar(select(StoredFile).where(StoredFile.key == path))
    if found is None:
        empty = {"finding": "", "check_problem": "", "fault": "", "fault_of": ""}
        add_once(StoredFile, key=path, created_at=at, **empty)  # another worker may have been first
        found = db.session.scalars(select(StoredFile).where(StoredFile.key == path)).one()
    return found


def ask_for(path: str, *, at: datetime) -> None:
    row = row_of(path, at=at)
    if row.asked_at is None:
        row.asked_at = at


def verdicts_of(files: Iterable[Any]) -> dict[str, str]:
    """SHA-256 → what is known of each of these files (as an answer tells of them, or with the same attributes)."""
    wanted = {_of(file, "path"): _of(file, "sha256") for file in files}
    if not wanted:
        return {}
    paths = tuple(sorted(wanted))
    known = remembered(("verdicts", paths), lambda: _known(paths), CASES)
    return {sha256: known.get(path, UNSCANNED) for path, sha256 in wanted.items()}


def _of(file: Any, name: str) -> str:
    return str(file[name] if isinstance(file, Mapping) else getattr(file, name))


def _known(paths: Collection[str]) -> dict[str, str]:
    asked = select(StoredFile.key, StoredFile.checked_at, StoredFile.finding).where(
        StoredFile.key.in_(paths), StoredFile.asked_at.is_not(None)
    )
    return {
        row.key: INFECTED if row.finding else CLEAN if row.checked_at else WAITING
        for row in db.session.execute(asked)
    }


def infected() -> dict[str, str]:
    """Path → name of the malware, of every file in which some was found: few, and asked for by each form with files."""
    return remembered("infected files", _infected, CASES)


def infected_in(files: Iterable[Any]) -> list[str]:
    """The names of those of these files in which malware was found."""
    files = list(files)
    found = infected() if files else {}
    return [_of(file, "filename") for file in files if _of(file, "path") in found]


def _infected() -> dict[str, str]:
    rows = db.session.execute(select(StoredFile.key, StoredFile.finding).where(StoredFile.finding != ""))
    return {row.key: row.finding for row in rows}


def refuse_quarantined(path: str) -> None:
    """Raises Quarantined unless the file was found clean, or nobody has asked for a check."""
    verdict = _known([path]).get(path, UNSCANNED)
    if verdict in (WAITING, INFECTED):
        raise Quarantined(verdict)


def check_waiting(now: Callable[[], datetime]) -> dict[str, int]:
    """Have what waits checked, the earliest first; what came of it. Commits after each file.

    When clamd does not answer, all that waits goes on waiting; when it has no verdict on one, that one does.
    """
    address, done = current_app.config["CLAMD"], {"clean": 0, "infected": 0, "unanswered": 0}
    if not address:
        return done
    for number, path in _next():
        db.session.commit()  # nobody waits for the database while a file is on its way
        finding, problem = "", ""
        try:
            with storage().open(path) as file:
                finding = clamd.verdict_on(address, pieces_of(file))
        except (clamd.Unanswered, OSError) as why:  # also a storage that is away, or a file that is gone
            log.warning("%s could not be checked for malware: %s", path, why)
            problem = str(why)[:300]
        row = db.session.get_one(StoredFile, number)
        row.check_problem = problem
        if problem:
            done["unanswered"] += 1
            # Behind those that have not been tried: one that is never answered must not keep the others waiting.
            row.tried_at = now()
        else:
            row.checked_at, row.finding = now(), finding[:200]
            done[INFECTED if finding else CLEAN] += 1
        db.session.commit()
        if problem and clamd.answers(address):
            break
    return done


def _next() -> list[tuple[int, str]]:
    order = StoredFile.tried_at.is_not(None), StoredFile.tried_at, StoredFile.asked_at, StoredFile.id
    asked = select(StoredFile.id, StoredFile.key).where(waiting()).order_by(*order).limit(AT_ONCE)
    return [(row.id, row.key) for row in db.session.execute(asked)]


def waiting() -> Any:
    """The condition of waiting for the check."""
    return StoredFile.asked_at.is_not(None) & StoredFile.checked_at.is_(None)


def waiting_too_long(at: datetime) -> int:
    """How many files a person has to see to: nobody could check them for a while."""
    count = select(func.count()).select_from(StoredFile)
    return db.session.scalar(count.where(waiting(), StoredFile.asked_at < at - TOO_LONG)) or 0
