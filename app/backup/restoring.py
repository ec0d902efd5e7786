"""`flask restore FILE`: an installation from a backup, in an empty place, whole or not at all.

The archive is read whole against its manifest before anything is written. Files lie under their hash and may be
written at any time; keys come next, and the database last: it is in its place only when everything else is.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

from alembic.script import ScriptDirectory
from alembic.util import CommandError
from flask import current_app

import private
from app.backup import BackupProblem, archive, postgresql, since, sqlite
from app.db import db
from app.storage import HALF, Folder, pieces_of, sha256_of, storage

# What a start leaves in a new data folder, and what a restore that was broken off has left.
_NEW = {*archive.KEYS, "history_head.lock", ".lock", ".made", "jobs.lock", "lost+found"}
_KEY_SETTINGS = {"secret_key": "SECRET_KEY", "history_key": "HISTORY_KEY"}


class Target(Protocol):
    """An engine's place for the database, see sqlite.py and postgresql.py."""

    engine: str

    def refuse_unless_empty(self) -> None: ...
    def take(self, name: str, content: archive.Content, manifest: dict[str, Any]) -> None: ...
    def opened(self, manifest: dict[str, Any]) -> Any: ...
    def fill(self, manifest: dict[str, Any]) -> None: ...
    def upgrade(self) -> None: ...
    def clear(self) -> None: ...


@dataclass(frozen=True)
class Restored:
    manifest: dict[str, Any]
    facts: dict[str, Any]  # of the halt


def restore(path: Path, *, at: datetime) -> Restored:
    """Fill the empty database, storage and data folder of this installation. Raises BackupProblem; then all is as before."""
    manifest = archive.checked(path)
    target: Target = sqlite.Restored() if db.engine.dialect.name == "sqlite" else postgresql.Restored()
    _refuse_another(manifest, target)
    with _told_as_problems(), _alone(), ExitStack() as undo:
        target.refuse_unless_empty()
        _refuse_used_folder(manifest, path)
        undo.callback(target.clear)
        for name in archive.KEYS:  # also what the commits of a restore that fails would leave
            place = _key_file(name)
            undo.callback(_put_back, place, place.read_bytes() if place.exists() else None)
        _bring_members(path, manifest, target, undo)
        with target.opened(manifest):
            target.fill(manifest)
            target.upgrade()
            facts = since.begin(manifest, at=at)
            db.session.commit()
        undo.pop_all()  # it is done: nothing is taken back
    return Restored(manifest, facts)


def _refuse_another(manifest: dict[str, Any], target: Target) -> None:
    if manifest["engine"] != target.engine:
        raise BackupProblem(
            f"the backup is of {manifest['engine']} and BANSO_DATABASE_URL names {target.engine}; "
            "a backup is restored into the engine that it was made of"
        )
    try:
        known = ScriptDirectory(current_app.extensions["migrate"].directory).get_revision(
            manifest["revision"]
        )
    except CommandError:
        known = None
    if known is None:
        raise BackupProblem(
            f"the backup is of migration {manifest['revision']}, which this version of Banso does not know; "
            "install the version that made it, or a newer one"
        )


def _refuse_used_folder(manifest: dict[str, Any], path: Path) -> None:
    data_dir, store = current_app.config["DATA_DIR"], storage()
    database = {name for name in private.KEPT if name.startswith("banso.sqlite")}
    for found in data_dir.iterdir():
        ours = found.name in _NEW | database or ".restoring" in found.name or found == path.absolute()
        if (
            not ours
            and not (found.is_dir() and not any(found.iterdir()))
            and found != getattr(store, "root", None)
        ):
            raise BackupProblem(
                f"the data folder {data_dir} is in use: it holds {found.name}; restore into an empty one"
            )
    if isinstance(store, Folder) and store.root.exists():
        for file in store.root.rglob("*"):
            # Those of the same backup are what a restore that was broken off has left, also by half.
            name = f"files/{file.relative_to(store.root).as_posix()}"
            left = name in manifest["members"] or file.name.startswith(HALF)
            if file.is_file() and not left:
                raise BackupProblem(
                    f"the storage {store.root} is in use: it holds {file.name}; restore into an empty one"
                )


def _bring_members(path: Path, manifest: dict[str, Any], target: Target, undo: ExitStack) -> None:
    def bring(name: str, content: archive.Content) -> None:
        kind, _, rest = name.partition("/")
        if kind == "files":
            _bring_file(rest, content, undo)
        elif kind == "keys":
            _bring_key(rest, content.read(), undo)
        elif name != archive.MANIFEST:
            target.take(name, content, manifest)

    archive.read(path, bring)


def _bring_file(path: str, content: archive.Content, undo: ExitStack) -> None:
    store = storage()
    place = store.root / path if isinstance(store, Folder) else None
    with store.incoming() as coming:
        for piece in pieces_of(content):
            coming.write(piece)
        if place is not None and not place.exists():
            undo.callback(place.unlink, missing_ok=True)
        elif place is not None and _sha256_at(place) != coming.sha256:
            raise BackupProblem(f"{place} is another file than the backup's; restore into an empty storage")
        if store.put(coming, PurePosixPath(path).suffix) != path:
            raise BackupProblem(f"{path} in the backup does not lie under its hash")


def _sha256_at(place: Path) -> str:
    with place.open("rb") as file:
        return sha256_of(file)


def _bring_key(name: str, content: bytes, undo: ExitStack) -> None:
    """In place of the key that the start has just made, or beside none."""
    place = _key_file(name)
    former = place.read_bytes() if place.exists() else None
    _write_key(place, content)
    setting = _KEY_SETTINGS.get(name)
    # One that the environment gives stays in force.
    if setting and former is not None and current_app.config.get(setting) == former.decode():
        undo.callback(current_app.config.__setitem__, setting, former.decode())
        current_app.config[setting] = content.decode()


def _key_file(name: str) -> Path:
    return Path(current_app.config["DATA_DIR"]) / name


def _put_back(place: Path, former: bytes | None) -> None:
    if former is None:
        place.unlink(missing_ok=True)
    else:
        _write_key(place, former)


def _write_key(place: Path, content: bytes) -> None:
    fresh = place.with_name(f".{place.name}.restoring")
    with open(fresh, "wb", opener=private.opener) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(place)
    private.sync_folder(place.parent)


@contextmanager
def _alone() -> Iterator[None]:
    """script/server holds the same lock as long as it runs."""
    with open(current_app.config["DATA_DIR"] / ".lock", "a", opener=private.opener) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupProblem(
                "a server or another restore is working with this data folder; stop it first"
            ) from None
        yield


@contextmanager
def _told_as_problems() -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        raise BackupProblem(
            f"it cannot be restored ({problem.strerror or problem}: {problem.filename or 'the storage'}); "
            "nothing was left by half"
        ) from problem
