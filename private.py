"""Files that are for our own user alone from their first second: each is made with its mode, not closed later.

Imports nothing of `app`: every process takes others' rights away (`close_to_others`) before anything else happens.
"""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

FILE, FOLDER = 0o600, 0o700
OTHERS = 0o077  # the rights of the group and of everybody else

# What the application and script/server keep in the data folder. Anything else in there is not ours.
KEPT = (
    *("banso.sqlite", "banso.sqlite-wal", "banso.sqlite-shm", "banso.sqlite-journal"),
    *("files", "mail", "work", "jobs.lock", "secret_key", "history_key"),
    *("history_head.json", "history_heads.log", "history_head.lock", "history_head.bad"),
    *("history_key", "history_head.json", "history_head.bad", "history_head.lock", "history_heads.log"),
    *(".lock", ".made", ".migrated", ".loading", ".loaded", "accounts.txt", "last-step.log"),
)


def close_to_others() -> None:
    """Whatever this process makes from now on is for its own user alone, also what a library makes."""
    os.umask(OTHERS)


def opener(path: str, flags: int) -> int:
    """For open(…, opener=): a file that is made has its mode at once, whatever the umask."""
    return os.open(path, flags | os.O_CLOEXEC, FILE)


def folder(path: Path) -> Path:
    """Make the folder, and those above it that are missing."""
    missing = []
    for above in (path, *path.parents):
        if above.exists():
            break
        missing.append(above)
    for above in reversed(missing):
        with suppress(FileExistsError):  # another process was first
            above.mkdir(FOLDER)
    if not path.is_dir():
        raise NotADirectoryError(20, os.strerror(20), str(path))
    return path


def sync_folder(path: Path) -> None:
    """A file's name is on the disk only when its folder is: what we have told of must outlive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def name_once(made: Path, name: Path) -> bool:
    """Give a file that is whole its name, unless another has it already; whether it was given. `made` may stay."""
    try:
        os.link(made, name)
    except FileExistsError:
        return False
    except OSError:  # a file system without links, as on many shares
        folder = os.open(name.parent, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            if name.exists():
                return False
            made.rename(name)
        finally:
            os.close(folder)
    sync_folder(name.parent)
    return True


def database_file(arguments: list[Any]) -> None:
    """SQLite makes a file that everybody can read, and gives the same mode to -wal and -shm: so it finds one made.

    One that is there is not opened: closing it would take away every lock that SQLite holds on it in this process.
    """
    name = arguments[0] if arguments else ""
    if isinstance(name, str) and name and not name.startswith((":", "file:")):
        with suppress(OSError):  # SQLite tells better what is wrong with the place
            os.close(os.open(name, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, FILE))


def narrow(data_dir: Path, *further: Path) -> None:
    """Close to others what an earlier version left open to them in the data folder and in `further` folders.

    A folder within that is closed already is not looked into: nobody comes through it. What cannot be closed
    (another owner) is left to `flask doctor` to tell.
    """
    for path in _ours(data_dir, *further):
        _narrow_whole(path)
    _narrow(data_dir)


def open_to_others(data_dir: Path, *further: Path) -> Iterator[Path]:
    """Everything of ours that others have a right to, looked for in every folder."""
    if _mode(data_dir) & OTHERS:
        yield data_dir
    for top in _ours(data_dir, *further):
        for path in (top, *(top.rglob("*") if top.is_dir() and not top.is_symlink() else ())):
            if _mode(path) & OTHERS:
                yield path


def _ours(data_dir: Path, *further: Path) -> Iterable[Path]:
    return (*(data_dir / name for name in KEPT), *further)


def _narrow_whole(path: Path) -> None:
    mode = _mode(path)
    if not mode & OTHERS:
        return
    if stat.S_ISDIR(mode):
        # What is in it first: an interruption leaves the folder open, and the next start goes on.
        with suppress(OSError):
            for within in path.iterdir():
                _narrow_whole(within)
    _narrow(path)


def _narrow(path: Path) -> None:
    mode = _mode(path)
    # A folder with the sticky bit (/tmp) belongs to everybody and is not ours to close.
    if mode & OTHERS and not mode & stat.S_ISVTX:
        with suppress(OSError):
            os.chmod(path, stat.S_IMODE(mode) & ~OTHERS)  # noqa: PTH101 (named in the tests)


def _mode(path: Path) -> int:
    """Its type and rights; of a link, and of what is not there, none."""
    try:
        found = path.lstat().st_mode
    except OSError:
        return 0
    return 0 if stat.S_ISLNK(found) else found
