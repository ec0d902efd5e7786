"""Which names a text still holds: before it is shared, nobody may be told from which project it came.

Looked for are the project's title, its bodies (岩見沢市, also 岩見沢 alone), any other local government, the people in the seats of
its bodies, whoever wrote or took part, and whoever was to act; of a person also 山田課長 and 山田様. Texts are compared folded and
without spaces, so that 岩見澤市 and 山田　太郎 are found too. It cannot know every name: a person reads the text, this only helps.
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

SHORTEST = 2  # characters: 森 alone is in every text about a forest
_ENDING = re.compile("[都道府県市区町村]$")
_PARTED = re.compile(r"[、,，・;；/／()（）「」\s]+")
_TITLES = (
    "様", "さん", "氏", "殿", "先生", "教授", "准教授", "部長", "課長", "室長", "所長", "係長", "補佐", "主査", "主任", "主事",
    "参事官", "市長", "町長", "村長", "知事",
)  # fmt: skip
_TITLED = re.compile(f"({'|'.join(_TITLES)})$")


def still_named(text: str, source: LogEntry | Obstacle) -> list[str]:
    """The names that `text` holds, as they are on record, each once."""
    within = _compared(text)
    held = {name: sought for name in _names_of(source) if (sought := _compared(name)) in within}
    held |= {name: _compared(name) for name in _bodies_in(within)}
    alone = set()
    for name, sought in sorted(held.items(), key=lambda it: -len(it[1])):
        if sought in within:  # 岩見沢 is named beside 岩見沢市 where it also stands by itself
            alone.add(name)
            within = within.replace(sought, "\n")
    return [name for name in held if name in alone]


def _names_of(source: LogEntry | Obstacle) -> Iterator[str]:
    project = source.project
    if project.title:
        yield project.title
    for body in project.bodies:
        yield from _long_enough([body.name, _ENDING.sub("", body.name)])
    for person in _people_of(project):
        yield from _as_called(person)
    if isinstance(source, LogEntry):
        people, others = [source.author], source.participants
    else:
        people, others = [source.raised_by, source.settled_by], source.acts_name
    for person in people:
        yield from _as_called(person)
    yield from _long_enough(_TITLED.sub("", part) for part in _PARTED.split(others))


def _bodies_in(within: str) -> list[str]:
    """Every local government that a text, as it is compared, holds by its whole name."""
    names = db.session.scalars(select(Organisation.name).where(Organisation.code.is_not(None)).distinct())
    return sorted(name for name in names if len(name) > SHORTEST and _compared(name) in within)


def _people_of(project: Project) -> Iterable[str]:
    """Whoever holds or held a seat of its bodies."""
    of_bodies = Seat.organisation_id.in_([body.id for body in project.bodies])
    held = select(Person.name).join(Tenure, Tenure.person_id == Person.id).join(Tenure.seat).where(of_bodies)
    return db.session.scalars(held.distinct().order_by(Person.name))


def _as_called(person: str) -> Iterator[str]:
    """山田 太郎, and by the family name alone with what stands behind it: 山田課長."""
    family, *given = person.split()[:2] or [""]
    yield from _long_enough([person])
    if given:
        yield from (family + title for title in _TITLES)


def _long_enough(names: Iterable[str]) -> Iterator[str]:
    return (name for name in names if len(name) >= SHORTEST)


def _compared(text: str) -> str:
    return re.sub(r"\s", "", fold(text))
