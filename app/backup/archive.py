"""The file of a backup: a tar that any tar can list, whose last member says what must be in the others.

    keys/…            the keys and the head of the history, as they lie in the data folder
    database.sqlite   the snapshot; or with PostgreSQL
    tables/….copy     each table as COPY writes it
    files/ab/ab….pdf  every file that the snapshot names, under its hash
    manifest.json     what all of it is, with the SHA-256 of each

Nothing in it is believed before it was read against the manifest: not a name, not a size, not a byte.
"""

from __future__ import annotations

import hashlib
import json
import re
import tarfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from io import BytesIO
from pathlib import Path
from typing import IO, Any, Protocol

from app.backup import BackupProblem

FORMAT = 1
MANIFEST, DATABASE = "manifest.json", "database.sqlite"
# What an installation keeps beside its database: keys, and how far its history had come.
KEYS = ("secret_key", "history_key", "history_head.json", "history_heads.log")
_TOLD = (
    "made_at",
    "engine",
    "revision",
    "tables",
    "history",
    "registers",
    "calls",
    "files",
    "damaged",
    "keys",
)
_CHUNK = 1024 * 1024
_MEMBER = re.compile(
    r"manifest\.json|database\.sqlite|tables/[a-z][a-z0-9_]{0,62}\.copy"
    rf"|files/([0-9a-f]{{2}})/\1[0-9a-f]{{62}}(\.[a-z0-9]{{1,10}})?|keys/({'|'.join(map(re.escape, KEYS))})"
)


class Content(Protocol):
    """What is read from the beginning to the end."""

    def read(self, size: int = -1, /) -> bytes: ...


class Writer:
    """Puts members into a tar, and notes the size and hash of each for the manifest."""

    def __init__(self, file: IO[bytes], made_at: float) -> None:
        self.members: dict[str, dict[str, Any]] = {}
        self._tar = tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT)  # noqa: SIM115 (closed by finish)
        self._made_at = int(made_at)

    def add(self, name: str, content: bytes) -> None:
        self.add_stream(name, BytesIO(content), len(content))

    def add_stream(self, name: str, content: Content, size: int) -> str:
        """`size` bytes of `content`; their SHA-256."""
        if not _MEMBER.fullmatch(name):
            raise ValueError(f"not a member of a backup: {name}")
        info = tarfile.TarInfo(name)
        info.size, info.mode, info.mtime = size, 0o600, self._made_at
        hashed = _Hashed(content)
        self._tar.addfile(info, hashed)
        if name != MANIFEST:
            self.members[name] = {"size": size, "sha256": hashed.sha256.hexdigest()}
        return hashed.sha256.hexdigest()

    def finish(self, manifest: dict[str, Any]) -> None:
        manifest = {"format": FORMAT, **manifest, "members": self.members}
        self.add(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1).encode())
        self._tar.close()


def checked(path: Path) -> dict[str, Any]:
    """The manifest of the backup at `path`, once every member was read against it.

    Raises BackupProblem with a sentence for a file that is none, is cut off, or is not what was written.
    """
    found: dict[str, dict[str, Any]] = {}
    manifest = b""

    def look(name: str, content: Content) -> None:
        nonlocal manifest
        if name in found:
            raise BackupProblem(f"{path}: {name} is in it twice")
        hashed = _Hashed(content)
        size = 0
        while chunk := hashed.read(_CHUNK):
            size += len(chunk)
            manifest += chunk if name == MANIFEST else b""
        found[name] = {"size": size, "sha256": hashed.sha256.hexdigest()}

    read(path, look)
    return _agreed(path, manifest, found)


def read(path: Path, look: Callable[[str, Content], None]) -> None:
    """Hand each member to `look`, in order. Raises BackupProblem for a file that is no backup or cannot be read."""
    with _told_as_problems(path):
        tar = tarfile.open(path, mode="r:")  # noqa: SIM115 (closed below)
    with closing(tar):
        while (info := _next(path, tar)) is not None:
            content = tar.extractfile(info) if info.isreg() and not info.issparse() else None
            if content is None or not _MEMBER.fullmatch(info.name):
                raise BackupProblem(
                    f"{path}: {info.name[:200]!r} is not part of a backup; it was not made by Banso"
                )
            look(info.name, _Member(path, content))


def _next(path: Path, tar: tarfile.TarFile) -> tarfile.TarInfo | None:
    with _told_as_problems(path):
        return tar.next()


class _Member:
    """A member's bytes; what is wrong with the archive is told as such, and not as a fault of whoever takes them."""

    def __init__(self, path: Path, content: IO[bytes]) -> None:
        self._path, self._content = path, content

    def read(self, size: int = -1) -> bytes:
        with _told_as_problems(self._path):
            return self._content.read(size)


@contextmanager
def _told_as_problems(path: Path) -> Iterator[None]:
    try:
        yield
    except (tarfile.TarError, EOFError) as problem:
        raise BackupProblem(f"{path} is not a backup, or was cut off: {problem}") from problem
    except OSError as problem:
        raise BackupProblem(f"{path} cannot be read: {problem.strerror or problem}") from problem


def _agreed(path: Path, content: bytes, found: dict[str, dict[str, Any]]) -> dict[str, Any]:
    try:
        manifest = json.loads(content)
        kind, wanted = manifest["format"], manifest["members"]
        lacking = [name for name in _TOLD if kind == FORMAT and name not in manifest]
    except (ValueError, KeyError, TypeError) as problem:
        raise BackupProblem(
            f"{path} has no manifest at its end: it is not a backup, or was cut off"
        ) from problem
    if kind != FORMAT:
        raise BackupProblem(f"{path} is a backup of form {kind}; this version of Banso reads form {FORMAT}")
    if lacking:
        raise BackupProblem(f"{path}: its manifest does not say {', '.join(lacking)}")
    found.pop(MANIFEST)
    for name in sorted(wanted.keys() | found.keys()):
        if name not in found:
            raise BackupProblem(f"{path} lacks {name}, which its manifest names")
        if name not in wanted:
            raise BackupProblem(f"{path} holds {name}, which its manifest does not name")
        if found[name] != wanted[name]:
            raise BackupProblem(
                f"{path}: {name} is not what was written; its SHA-256 differs from the manifest's"
            )
    return manifest


class _Hashed:
    """A stream that is hashed as it is read."""

    def __init__(self, content: Content) -> None:
        self.content, self.sha256 = content, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        chunk = self.content.read(size)
        self.sha256.update(chunk)
        return chunk
