"""Each night every file on record is read again and held against its hash; staff are told of one that is not as it was.

What lies on a disk for years is read by nobody until it is needed, and a backup that is older than the damage has it still.
"""

from __future__ import annotations

import logging
from datetime import datetime
from pathlib import PurePosixPath

from sqlalchemy import select

from app import calendar
from app.correspondence import outbox
from app.db import db
from app.installation import Setting
from app.organisations.contacts import office_mailboxes
from app.permissions import ADMINISTRATOR
from app.proof.files import is_named, on_record
from app.safekeeping.checking import row_of
from app.safekeeping.models import CHANGED, MISSING, StoredFile
from app.storage import Damaged, Missing, StorageAway, storage, verify

READ_ON = "files_read_on"  # the machine's day: a demo whose clock runs reads them once
MOST_TOLD = 20  # in the mail; the page has them all
log = logging.getLogger(__name__)


def reread(*, at: datetime) -> dict[str, int]:
    """Once a day; what came of it. Commits, so that nobody waits for the database while files are read."""
    today = calendar.machine_now().date().isoformat()
    if Setting.get(READ_ON) == today:
        return {"read": 0, "at_fault": 0}
    wanted: dict[str, tuple[str, str]] = {}
    for path, sha256, whose in on_record():
        wanted.setdefault(path, (sha256, whose))
    db.session.commit()
    found: dict[str, str] = {}
    for path, (sha256, whose) in sorted(wanted.items()):
        try:
            verify(path, sha256)
        except Missing:
            found[path] = MISSING
        except Damaged:
            found[path] = CHANGED
        except StorageAway:  # nobody can know: the next turn begins anew
            raise
        except OSError:
            found[path] = MISSING
        if path in found:
            log.error("the file %s of %s is %s", storage().address(path), whose, found[path])
    new = _keep(found, {path: whose for path, (_sha256, whose) in wanted.items()}, at)
    if new:
        tell_staff(new, at=at)
    Setting.put(READ_ON, today)
    return {"read": len(wanted), "at_fault": len(found)}


def tidy() -> int:
    """Take away what processes that were killed have left of uploads; how many files."""
    return storage().tidy(is_named)


def _keep(found: dict[str, str], whose: dict[str, str], at: datetime) -> list[StoredFile]:
    """Note what is at fault, and no longer what was mended; those that were not at fault before."""
    known = {row.key: row for row in db.session.scalars(select(StoredFile).where(StoredFile.fault != ""))}
    for path, row in known.items():
        if path not in found:
            row.fault, row.fault_since, row.fault_of = "", None, ""
    new = []
    for path, fault in found.items():
        row = known.get(path) or row_of(path, at=at)
        if not row.fault:
            new.append(row)
            row.fault_since = at
        row.fault, row.fault_of = fault, whose[path]
    return new


def tell_staff(new: list[StoredFile], *, at: datetime) -> None:
    outbox.send(
        "files_at_fault",
        to=outbox.mailboxes(office_mailboxes([ADMINISTRATOR], on=at.date())),
        to_office=True,
        occasion=f"files-at-fault:{at.isoformat()}",
        at=at,
        values={
            "count": len(new),
            "missing": _hashes(new, MISSING),
            "changed": _hashes(new, CHANGED),
            "url": outbox.absolute_url("home.files"),
        },
    )


def _hashes(new: list[StoredFile], fault: str) -> list[str]:
    """By which a file is found in a backup: its name there begins with it."""
    return [PurePosixPath(row.key).stem for row in new if row.fault == fault][:MOST_TOLD]
