"""Which names of a project a text still holds: before it is shared, nobody may be told from which project it came.

Looked for are the project's title, its bodies (岩見沢市, also 岩見沢 alone), the people in their seats, whoever wrote or took
part, and whoever was to act. Texts are compared folded and without spaces, so that 岩見澤市 and 見本　太郎 are found too. It cannot know
every name: a person reads the text, this only helps.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from sqlalchemy import select

from app.accompaniment.models import LogEntry, Obstacle
from app.db import db
from app.folding import fold
from app.organisations.models import Organisation, Person, Seat, Tenure
from app.projects.models import Project

_ENDING = re.compile("[都道府県市区町村]$")
_PARTED = re.compile(r"[、,，・;；/／()（）「」\n\s　]+")
_HONORIFICS = re.compile(r"(様|さん|氏|殿|先生)$")
SHORTEST = 2  # characters: 森 alone is in every text about a forest


def still_named(text: str, source: LogEntry | Obstacle) -> list[str]:
    """The names that `text` holds, as they are on record, each once."""
    within = _compared(text)
    return [
        name for name in dict.fromkeys(_names_of(source)) if (sought := _compared(name)) and sought in within
    ]


def _names_of(source: LogEntry | Obstacle) -> Iterator[str]:
    project = source.project
    if project.title:
        yield project.title
    for body in project.bodies:
        yield from _of_body(body)
    yield from _people_of(project)
    if isinstance(source, LogEntry):
        yield from _long_enough([source.author, *_parts(source.participants)])
    else:
        yield from _long_enough([source.raised_by, source.settled_by, *_parts(source.acts_name)])


def _of_body(body: Organisation) -> Iterator[str]:
    yield body.name
    yield from _long_enough([_ENDING.sub("", body.name)])


def _people_of(project: Project) -> Iterator[str]:
    """Whoever holds or held a seat of its bodies."""
    of_bodies = Seat.organisation_id.in_([body.id for body in project.bodies])
    held = select(Person.name).join(Tenure, Tenure.person_id == Person.id).join(Tenure.seat).where(of_bodies)
    yield from _long_enough(db.session.scalars(held.distinct().order_by(Person.name)))


def _parts(text: str) -> list[str]:
    return [_HONORIFICS.sub("", part) for part in _PARTED.split(text)]


def _long_enough(names: Iterable[str]) -> Iterator[str]:
    return (name for name in names if len(name) >= SHORTEST)


def _compared(text: str) -> str:
    return re.sub(r"\s", "", fold(text))
