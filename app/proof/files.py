"""The frozen files: each is there and has its SHA-256."""

from __future__ import annotations

import hashlib

from sqlalchemy import select

from app.applications.models import Submission
from app.correspondence.models import Letter
from app.lifecycle.letter import ISSUED
from app.proof.parts import Part, batches
from app.questions.freezing import files_in
from app.questions.models import ReceivedFile
from app.storage import Damaged, Missing, storage, verify


def files() -> Part:
    """The PDFs of issued letters, what was attached to submissions, and every file received. Each file is read once."""
    part, seen = Part("files"), set[bytes]()
    issued = select(Letter.number, Letter.path, Letter.sha256).where(ISSUED.of(Letter)).order_by(Letter.id)
    for rows in batches(issued):
        for row in rows:
            _check(part, seen, row.path, row.sha256, f"letter {row.number}")
    for rows in batches(select(Submission.content).order_by(Submission.id), 100):
        for row in rows:
            # As they were handed in before there were forms, and since.
            for file in (*row.content.get("attachments", ()), *files_in(row.content)):
                _check(part, seen, file["path"], file["sha256"], f"application {row.content.get('number')}")
    for rows in batches(select(ReceivedFile).order_by(ReceivedFile.id)):
        for (file,) in rows:
            _check(part, seen, file.path, file.sha256, f"response {file.response_id}")
    return part


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
