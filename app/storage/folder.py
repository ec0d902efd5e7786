"""Files in a folder, put into their places whole."""

from __future__ import annotations

import fcntl
import logging
import os
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import private
from app.storage.incoming import HALF, Incoming, Stored, path_of, sha256_of

log = logging.getLogger(__name__)

INCOMING = (
    "incoming"  # the folder of what is not whole yet; none is called so, each has two characters of its hash
)


class Folder:
    def __init__(self, root: Path) -> None:
        self.root = root.absolute()

    def incoming(self) -> Incoming:
        return Incoming.within(private.folder(self.root / INCOMING))

    def put(self, content: bytes | Incoming, suffix: str = "") -> str:
        coming = content if isinstance(content, Incoming) else Incoming.of(content)
        path = path_of(coming.sha256, suffix)
        target = self.root / path
        private.folder(target.parent)
        if self._holds(target, coming):
            return path
        # A crash half-way must not leave half a file under its final name; a full disk, nothing that makes it fuller.
        if coming.path is not None:
            self._name(coming, coming.path, target)
            return path
        with self.incoming() as half:
            for piece in coming.pieces():
                half.write(piece)
            assert half.path is not None
            self._name(half, half.path, target)
        return path

    def _name(self, coming: Incoming, half: Path, target: Path) -> None:
        """Give it its final name beside the one it came in under, which stays until whoever sent it is answered."""
        coming.flush()
        os.fsync(coming.fileno())
        fresh = half.with_name(f"{half.name}-whole")
        with self._locked():
            try:
                os.link(half, fresh)
                fresh.replace(target)
            except OSError:
                fresh.unlink(missing_ok=True)
                half.replace(target)  # a file system without links, as on many shares
        private.sync_folder(target.parent)

    def _holds(self, target: Path, coming: Incoming) -> bool:
        """Whether it lies there already, for good. Another than the name's is a damage, which writing the right one mends.

        One that has another name too was put there by a request that has not ended, and may be taken back with it.
        """
        try:
            with target.open("rb") as file:
                held = sha256_of(file) == coming.sha256
                in_doubt = os.fstat(file.fileno()).st_nlink > 1
        except FileNotFoundError:
            return False
        if not held:
            log.error("%s was damaged, and is written anew", target)
        return held and not in_doubt

    def open(self, path: str) -> IO[bytes]:
        target = (self.root / path).resolve()
        if not target.is_relative_to(self.root.resolve()):
            raise FileNotFoundError(path)
        return target.open("rb")

    def get(self, path: str) -> bytes:
        with self.open(path) as file:
            return file.read()

    def stored(self) -> Iterator[Stored]:
        for file in self.root.rglob("*"):
            try:
                found = file.lstat()
            except FileNotFoundError:  # gone since
                continue
            if not stat.S_ISDIR(found.st_mode):
                path = file.relative_to(self.root).as_posix()
                yield Stored(path, found.st_mtime, file.name.startswith(HALF))

    def tidy(self, is_named: Callable[[str], bool]) -> int:
        """Take away what killed processes have left: half files, and files that no record came to name; how many.

        A whole file is taken away only while it is the very one that came in with the dead process, and nobody has
        sent the same since. Files that lie here for any other reason are not touched.
        """
        taken = 0
        for half in sorted((self.root / INCOMING).glob(f"{HALF}*")):
            with suppress(FileNotFoundError), half.open("rb") as file:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:  # it is still coming in
                    continue
                ours = os.fstat(file.fileno())
                digest = sha256_of(file) if ours.st_nlink > 1 else ""
                with self._locked():
                    for placed in (self.root / digest[:2]).glob(f"{digest}*") if digest else ():
                        if os.path.samestat(placed.lstat(), ours) and not is_named(
                            placed.relative_to(self.root).as_posix()
                        ):
                            placed.unlink()
                            taken += 1
                half.unlink()
                taken += 1
        return taken

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Nobody puts a file into its place while another is taken away, nor the other way round."""
        handle = os.open(private.folder(self.root), os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def check(self) -> None:
        private.folder(self.root)
        with tempfile.TemporaryFile(dir=self.root) as file:
            file.write(b"?")
            file.flush()
            file.seek(0)
            if file.read() != b"?":
                raise OSError("it gives back other bytes than it was given")

    def address(self, path: str) -> str:
        return str(self.root / path)
