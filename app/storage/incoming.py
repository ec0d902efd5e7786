"""A file as it comes in: written once, in pieces, and hashed as it is written. Memory holds a piece of it, never the whole.

It lies on the disk without a name of its own until the storage keeps it (folder.py). One that nobody keeps is gone
with whoever let it in: at the end of the request, or, where the process was killed, at the next tidying.
"""

from __future__ import annotations

import fcntl
import hashlib
import io
import os
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Self

HALF = ".half-"  # begins the name of a file until it is whole
PIECE = 256 * 1024  # bytes


class Incoming:
    """What Werkzeug writes an upload into, and what is read of it afterwards."""

    def __init__(self, file: IO[bytes], path: Path | None = None) -> None:
        self.file, self.path, self.size = file, path, 0
        self._hash = hashlib.sha256()
        self._gone = weakref.finalize(self, _forget, file, path)

    @classmethod
    def within(cls, folder: Path) -> Self:
        """A new one in `folder`. Whoever finds its name there and can lock it knows that its process has died."""
        handle, name = tempfile.mkstemp(prefix=HALF, dir=folder)
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return cls(os.fdopen(handle, "w+b"), Path(name))

    @classmethod
    def of(cls, content: bytes) -> Self:
        """What is short, and in memory already."""
        made = cls(io.BytesIO())
        made.write(content)
        return made

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def write(self, piece: bytes | bytearray | memoryview) -> int:
        self._hash.update(piece)
        self.size += len(piece)
        return self.file.write(piece)

    def read(self, size: int = -1) -> bytes:
        return self.file.read(size)

    def seek(self, place: int, whence: int = io.SEEK_SET) -> int:
        return self.file.seek(place, whence)

    def tell(self) -> int:
        return self.file.tell()

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def flush(self) -> None:
        self.file.flush()

    def fileno(self) -> int:
        return self.file.fileno()

    @property
    def closed(self) -> bool:
        return self.file.closed

    def beginning(self, size: int) -> bytes:
        """Its first bytes."""
        self.seek(0)
        return self.read(size)

    def pieces(self) -> Iterator[bytes]:
        """From the beginning to the end."""
        self.seek(0)
        yield from pieces_of(self)

    def close(self) -> None:
        """Its temporary name and bytes are gone; what the storage keeps of it stays."""
        self._gone()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_problem: object) -> None:
        self.close()


def pieces_of(file: Any) -> Iterator[bytes]:
    """What is left to read of an open file."""
    while piece := file.read(PIECE):
        yield piece


def sha256_of(file: IO[bytes]) -> str:
    """Of what is left to read of it."""
    found = hashlib.sha256()
    for piece in pieces_of(file):
        found.update(piece)
    return found.hexdigest()


def path_of(sha256: str, suffix: str) -> str:
    """Where the bytes with this hash lie within the storage."""
    return f"{sha256[:2]}/{sha256}{suffix}"


@dataclass(frozen=True)
class Stored:
    """Something that lies in the storage."""

    path: str
    changed_at: float  # seconds since 1970
    is_half: bool = False


def _forget(file: IO[bytes], path: Path | None) -> None:
    # First the name: who could lock the file once it is closed would take it for one of the dead.
    if path is not None:
        with suppress(OSError):
            path.unlink(missing_ok=True)
    with suppress(OSError):
        file.close()
