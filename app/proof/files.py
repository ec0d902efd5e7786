"""The frozen files: each is there and has its SHA-256."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from sqlalchemy import select

from app.applications.models import Submission
from app.correspondence.models import Letter, Mail
from app.db import db
from app.lifecycle.letter import ISSUED
from app.proof.parts import Part, batches
from app.questions.freezing import files_in
from app.questions.models import ReceivedFile
from app.storage import Damaged, Missing, storage, verify


def files() -> Part:
    """The PDFs of issued letters, what was attached to submissions, and every file received. Each file is read once."""
    part, seen = Part("files"), set[bytes]()
    for path, sha256, whose in named():
        _check(part, seen, path, sha256, whose)
    return part


def named() -> Iterator[tuple[str, str, str]]:
    """(path, SHA-256, whose) of every file that a record names; one that several name comes as often."""
    issued = select(Letter.number, Letter.path, Letter.sha256).where(ISSUED.of(Letter)).order_by(Letter.id)
    for rows in batches(issued):
        for row in rows:
            yield row.path, row.sha256, f"letter {row.number}"
    for rows in batches(select(Submission.content).order_by(Submission.id), 100):
        for row in rows:
            # As they were handed in before there were forms, and since.
            for file in (*row.content.get("attachments", ()), *files_in(row.content)):
                yield file["path"], file["sha256"], f"application {row.content.get('number')}"
    for rows in batches(select(ReceivedFile).order_by(ReceivedFile.id)):
        for (file,) in rows:
            yield file.path, file.sha256, f"response {file.response_id}"


def on_record() -> Iterator[tuple[str, str, str]]:
    """The same, and what mails took along."""
    yield from named()
    for rows in batches(select(Mail.id, Mail.attachments).order_by(Mail.id)):
        for row in rows:
            for file in row.attachments:
                if "path" in file:  # what a mail says was not changed is proved elsewhere
                    yield file["path"], file["sha256"], f"mail {row.id}"


def is_named(path: str) -> bool:
    """Whether a record names a file that came in just now."""
    sha256 = path.split("/")[-1].split(".")[0]
    received = select(ReceivedFile.id).where(ReceivedFile.sha256 == sha256).exists()
    letter = select(Letter.id).where(Letter.path == path).exists()
    return bool(db.session.scalar(select(received | letter)))


def _check(part: Part, seen: set[bytes], path: str, sha256: str, whose: str) -> None:
    fingerprint = hashlib.sha256(f"{path}|{sha256}".encode()).digest()
    if fingerprint in seen:
        return
    seen.add(fingerprint)
    part.looked_at += 1
    try:
        verify(path, sha256)
    except Missing:
        part.tell(
            f"the file {storage().address(path)} of {whose} is missing. Put it back from a backup of the files."
        )
    except Damaged:
        part.tell(
            f"the file {storage().address(path)} of {whose} was changed: it does not have the SHA-256 on record. "
            "Put it back from a backup of the files."
        )
    except OSError as why:
        part.tell(f"the file {storage().address(path)} of {whose} cannot be read: {why}.")
