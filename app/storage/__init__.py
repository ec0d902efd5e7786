"""Where files lie: a folder by default, S3-compatible object storage by configuration (BANSO_STORAGE_URL).

Files are named by the SHA-256 of their bytes, so that writing one twice is harmless. None is ever overwritten but by
the bytes that its name says, where they are damaged. What people send is never held in memory: it comes in on the disk
(app/incoming.py), and is read in pieces.
    file:///srv/banso/files
    s3://bucket/prefix?endpoint=https://objects.example.jp&region=jp   (keys by the usual AWS_* variables)
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import IO, Protocol
from urllib.parse import parse_qs, urlsplit

from app.storage.bucket import Bucket, StorageAway
from app.storage.folder import Folder
from app.storage.incoming import HALF, Incoming, Stored, path_of, pieces_of, sha256_of

__all__ = [
    "HALF",
    "Bucket",
    "Folder",
    "Incoming",
    "StorageAway",
    "Stored",
    "path_of",
    "pieces_of",
    "sha256_of",
]


class Storage(Protocol):
    def incoming(self) -> Incoming:
        """A new file to write what comes in into; `put` keeps it."""

    def put(self, content: bytes | Incoming, suffix: str = "") -> str:
        """Keep `content`; its path within the storage: ab/abcdef….pdf."""

    def open(self, path: str) -> IO[bytes]:
        """The bytes at `path`, to be read in order. Raises FileNotFoundError, other OSErrors while it is away."""

    def get(self, path: str) -> bytes:
        """All of them, of a file that is known to be short."""

    def stored(self) -> Iterator[Stored]:
        """Everything that lies there, also what is no file of ours."""

    def tidy(self, is_named: Callable[[str], bool]) -> int:
        """Take away what killed processes have left; how many files."""

    def check(self) -> None:
        """Raises OSError unless something could be kept now. Nothing stays behind that was not there."""

    def address(self, path: str) -> str:
        """Where `path` is, for people and other programs: an absolute path, or s3://bucket/…"""


class Damaged(Exception):
    """A file on record that is gone, or no longer has its SHA-256: it must not be given out as the one on record."""


class Missing(Damaged):
    """It is gone."""


def verify(path: str, sha256: str) -> None:
    """Read the file on record at `path` from end to end. Raises Damaged, Missing, OSError while nobody can know."""
    with _opened(path) as file:
        _compare(path, sha256, sha256_of(file))


def get_verified(path: str, sha256: str) -> bytes:
    """The bytes on record at `path`, of a file that is known to be short. Raises as `verify`."""
    try:
        content = storage().get(path)
    except FileNotFoundError as problem:
        raise Missing(f"{path} is gone from the storage") from problem
    _compare(path, sha256, hashlib.sha256(content).hexdigest())
    return content


def open_verified(path: str, sha256: str) -> IO[bytes]:
    """The file on record at `path`, read once from end to end and back at its beginning. Raises as `verify`.

    What cannot be read twice, as a bucket gives it, is copied to the disk first: nothing is given out before its last
    byte was seen.
    """
    file = _opened(path)
    try:
        if not file.seekable():
            file = _copied(file)
        _compare(path, sha256, sha256_of(file))
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


def _opened(path: str) -> IO[bytes]:
    try:
        return storage().open(path)
    except FileNotFoundError as problem:
        raise Missing(f"{path} is gone from the storage") from problem


def _copied(source: IO[bytes]) -> IO[bytes]:
    copy: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 (whoever reads it closes it)
    with source:
        try:
            for piece in pieces_of(source):
                copy.write(piece)
        except BaseException:
            copy.close()
            raise
    copy.seek(0)
    return copy


def _compare(path: str, sha256: str, found: str) -> None:
    if found != sha256:
        raise Damaged(f"{path} in the storage does not have the SHA-256 on record")


def storage() -> Storage:
    from flask import current_app

    return storage_at(current_app.config["STORAGE_URL"])


@lru_cache(maxsize=8)
def storage_at(url: str) -> Storage:
    if url.startswith("file://"):
        # Taken as it stands: a folder's name may hold # and %.
        return Folder(Path(url.removeprefix("file://")))
    parts = urlsplit(url)
    if parts.scheme == "s3":
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        return Bucket(parts.netloc, parts.path.strip("/"), query.get("endpoint"), query.get("region"))
    raise ValueError(f"BANSO_STORAGE_URL must start with file:// or s3://, not {parts.scheme or url!r}")
