"""`flask backup FILE`: a snapshot of the database, the files that it names and the keys, while everybody goes on."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

from flask import current_app

import private
from app.backup import BackupProblem, postgresql, record, sqlite
from app.backup.archive import KEYS, Writer
from app.db import db
from app.storage import Damaged, open_verified, path_of


@dataclass
class Made:
    """What came of it, for whoever asked for it."""

    manifest: dict[str, Any]
    files: int = 0
    damaged: list[dict[str, str]] = field(default_factory=list)


def make(path: Path, *, at: datetime, with_keys: bool = True) -> Made:
    """Write a backup to `path`, which gets its name only when all of it is on the disk.

    Files that the storage does not have as they are on record are left out and told. Raises BackupProblem.
    """
    db.session.remove()  # nothing of ours is open while the others go on
    with _told_as_problems(path), _part_of(path) as (part, file):
        archive = Writer(file, at.timestamp())
        # First of all: the head of the history may be behind the snapshot, and must not be ahead of it.
        keys = _add_keys(archive) if with_keys else []
        engine = sqlite if db.engine.dialect.name == "sqlite" else postgresql
        with engine.snapshot(part) as snapshot:
            facts = record.facts(snapshot.ask)
            written = snapshot.write(archive)
            named = record.named_files(snapshot.each, facts["revision"])
        # What the snapshot names is in the storage already, and never changes there.
        files, damaged = _add_files(archive, named.values())
        manifest = {
            "made_at": at.isoformat(), "engine": snapshot.engine, **facts, **written,
            "files": files, "damaged": damaged, "keys": keys,
        }  # fmt: skip
        archive.finish(manifest)
    return Made(manifest, files, damaged)


def _add_keys(archive: Writer) -> list[str]:
    found = []
    for name in KEYS:
        try:
            content = (current_app.config["DATA_DIR"] / name).read_bytes()
        except FileNotFoundError:
            continue
        archive.add(f"keys/{name}", content)
        found.append(name)
    return found


def _add_files(archive: Writer, named: Iterable[record.NamedFile]) -> tuple[int, list[dict[str, str]]]:
    files, damaged = 0, []
    for file in sorted(named, key=lambda file: file.path):
        try:
            content = open_verified(file.path, file.sha256)
            if file.path != path_of(file.sha256, PurePosixPath(file.path).suffix):
                raise Damaged(f"{file.path} does not lie under its hash")
        except (Damaged, OSError) as problem:
            damaged.append({"path": file.path, "sha256": file.sha256, "of": file.of, "why": str(problem)})
            continue
        with content:
            size = content.seek(0, os.SEEK_END)
            content.seek(0)
            archive.add_stream(f"files/{file.path}", content, size)
        files += 1
    return files, damaged


@contextmanager
def _part_of(path: Path) -> Iterator[tuple[Path, IO[bytes]]]:
    """FILE.part, open; at the end it becomes FILE. Another backup to the same FILE is refused meanwhile."""
    if path.exists() or path.is_symlink():
        raise BackupProblem(f"{path} is there already; name another file (a backup never overwrites)")
    part = path.with_name(f"{path.name}.part")
    handle = os.open(part, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW, private.FILE)
    with os.fdopen(handle, "wb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupProblem(f"another backup is being written to {path}") from None
        try:
            os.fchmod(handle, private.FILE)  # left by a backup that was killed, perhaps by another program
            file.truncate(0)
            yield part, file
            file.flush()
            os.fsync(handle)
            if not private.name_once(part, path):
                raise BackupProblem(f"{path} has appeared meanwhile; a backup never overwrites")
        finally:
            part.unlink(missing_ok=True)


@contextmanager
def _told_as_problems(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        raise BackupProblem(
            f"{path} cannot be written ({problem.strerror or problem}); nothing is left of it"
        ) from problem
