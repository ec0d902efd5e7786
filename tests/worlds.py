"""A world that takes long to make is made once in a process; whoever asks for it again has it back as it was.

Rows, files, the numbers that factories count on with, and the clock. It is put into the fresh database of a test, so it
comes before anything else that the test makes.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import inspect

from app import calendar, memory
from app.db import db
from tests import databases
from tests.factories import numbers

CLOCK = ("PINNED_CLOCK", "TODAY", "BASE_URL")


@dataclass(frozen=True)
class _Record:
    """A record by its key."""

    model: type[Any]
    key: tuple[Any, ...]


@dataclass(frozen=True)
class _World:
    rows: Any
    files: Path
    numbers: list[Any]
    clock: dict[str, Any]
    pinned: date | datetime | None
    found: Any


_kept: dict[str, _World] = {}


def once(app: Flask, name: str, make: Callable[[], Any], new_folder: Callable[[str], Path]) -> Any:
    """What `make` gives: records, and lists and dictionaries of them, or anything that is no record."""
    assert numbers.at_the_beginning(), f"{name} comes before all else that a test makes"
    if name in _kept:
        _put_back(app, _kept[name])
    else:
        found = _by_key(make())
        db.session.commit()
        _kept[name] = _look_at(app, found, new_folder("world"))
    found = _records(_kept[name].found)
    db.session.commit()
    return found


def _look_at(app: Flask, found: Any, folder: Path) -> _World:
    url = _leave(app)
    file = None
    if databases.engine() == "sqlite":
        file = folder / "rows"
        with closing(sqlite3.connect(_file_of(url))) as source, closing(sqlite3.connect(file)) as target:
            source.backup(target)
    rows = file or databases.copy_of(url).look()
    files = Path(shutil.copytree(app.config["DATA_DIR"], folder / "files"))
    clock = {name: app.config[name] for name in CLOCK if name in app.config}
    return _World(rows, files, numbers.kept(), clock, calendar.pinned(), found)


def _put_back(app: Flask, world: _World) -> None:
    url = _leave(app)
    if databases.engine() == "sqlite":
        with (
            closing(sqlite3.connect(world.rows)) as source,
            closing(sqlite3.connect(_file_of(url))) as target,
        ):
            source.backup(target)
    else:
        databases.copy_of(url).fill(world.rows)
    shutil.copytree(world.files, app.config["DATA_DIR"], dirs_exist_ok=True)
    numbers.go_on(world.numbers)
    app.config.update(world.clock)
    calendar.pin(world.pinned)
    memory.forget(app)
    app.extensions["everybodys"].forget()


def _leave(app: Flask) -> str:
    """Nobody is in the database meanwhile. Returns its address."""
    db.session.remove()
    db.engine.dispose()
    return str(app.config["SQLALCHEMY_DATABASE_URI"])


def _file_of(url: str) -> str:
    return url.removeprefix("sqlite:///")


def _by_key(found: Any) -> Any:
    if isinstance(found, dict):
        return {name: _by_key(it) for name, it in found.items()}
    if isinstance(found, (list, tuple)):
        return type(found)(map(_by_key, found))
    if isinstance(found, db.Model):
        db.session.flush()
        return _Record(type(found), tuple(inspect(found).identity))
    return found


def _records(found: Any) -> Any:
    if isinstance(found, dict):
        return {name: _records(it) for name, it in found.items()}
    if isinstance(found, (list, tuple)):
        return type(found)(map(_records, found))
    return db.session.get_one(found.model, found.key) if isinstance(found, _Record) else found
