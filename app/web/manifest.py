"""What a context brings to the house. Each says it in its `__init__.py`; what gathers reads it here (ADR 25).

app/assembly.py lists the contexts and puts their manifests into the application. Whoever gathers from the contexts above it
(home the tasks, the schedule the reminders, correspondence the composers) asks for them here: a lower context never
imports a higher one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask import Blueprint, current_app
from sqlalchemy import Select

from app.actors import Actor
from app.memory import lasting
from app.web.about import About
from app.web.cases import Case
from app.web.changes import Spoken
from app.web.counting import Chart, Figure, Figures
from app.web.tasks import Task


@dataclass(frozen=True)
class Place:
    """A line of the main navigation, for those with the permission. They stand in the order of the contexts."""

    endpoint: str
    label: str  # a msgid
    permission: str
    last: bool = False  # behind those of all contexts


@dataclass(frozen=True)
class Page:
    """The page of a record that is known by kind and id alone: `endpoint`, whose `argument` (if it has one) is the id.

    `of` gives another value for it, where the record is shown on the page of another one; None: there is no such record.
    """

    endpoint: str
    argument: str = ""
    of: Callable[[int], Any] | None = None

    def values(self, record_id: int) -> dict[str, Any] | None:
        """For `url_for`; None when the record is not there."""
        value = self.of(record_id) if self.of else record_id
        if not self.argument:
            return {}
        return None if value is None else {self.argument: value}


@dataclass(frozen=True)
class Part:
    """A part of a case with a page of its own: `endpoint` takes the id of the case (`project_id`).

    `when` says of a case whether it has this part; without it each has.
    """

    endpoint: str
    label: str  # a msgid
    when: Callable[[Any], bool] | None = None


@dataclass(frozen=True)
class Lateness:
    """Something that is late about a project: `projects(at)` finds those of which it is, all of them under support.

    `label` is a msgid.
    """

    label: str
    projects: Callable[[datetime], Select]


@dataclass(frozen=True)
class Job:
    """A recurring job: `run(on, at)` finds what is due by then, is safe to repeat, and tells what it did.

    Its place in the day stands in app/jobs.py. `held_back` names what does not go out while the work is halted (a
    msgid), and `count(on, at)` how much of it there is.
    """

    run: Callable[[date, datetime], dict[str, int]]
    held_back: str = ""
    count: Callable[[date, datetime], int] | None = None


@dataclass(frozen=True)
class Manifest:
    """Everything that the rest of the house has to know of a context. What is not named it does not bring."""

    blueprint: Blueprint | None = None
    tasks: Callable[[Actor, datetime], Iterable[Task]] | None = None
    """What waits for this person."""
    cases: Callable[[Actor], Iterable[Case]] | None = None
    """What this person is most likely looking for."""
    places: Sequence[Place] = ()
    outside: Sequence[Place] = ()
    """The places of those who are not signed in."""
    within: Mapping[str, str] = field(default_factory=dict)
    """Blueprint or endpoint → the place (its endpoint) that these pages belong to; an endpoint wins."""
    pages: Mapping[str, Page] = field(default_factory=dict)
    """A kind of record that mails, tasks and the history speak of → its page."""
    parts: Mapping[str, Sequence[Part]] = field(default_factory=dict)
    """Kind of a case → its parts that this context shows; one beside the other in the order of the contexts."""
    changes: Callable[[Actor], Iterable[Spoken]] | None = None
    """What the history speaks of within this person's reach, and the case that it belongs to: app/web/changes.py."""
    results: Sequence[str] = ()
    """Events of the history that tell a result before it is announced: it is noted who reads one."""
    about_body: Callable[[Any, Actor], About | None] | None = None
    """What the page of a local government shows of it to this person."""
    about_call: Callable[[Any, Actor], About | None] | None = None
    """What the page of a call shows of it to this person."""
    counts: Callable[[datetime], Sequence[Select]] | None = None
    """What the office's figures count: asked for all contexts in one statement."""
    figures: Callable[[Figures, datetime], Iterable[Figure]] | None = None
    """The office's large figures, from what was counted."""
    charts: Callable[[Figures, datetime], Iterable[Chart]] | None = None
    """The charts of the office's first page, from what was counted."""
    ahead: Callable[[Figures, datetime], Mapping[date, str]] | None = None
    """What still has to be done before a day of the programme comes, in a word or two."""
    late: Mapping[str, Lateness] = field(default_factory=dict)
    """What can be late about a project, by name: the board and the filter of the portfolio."""
    remarks: Mapping[str, Callable[[Figures], str]] = field(default_factory=dict)
    """The name of a figure of a context below → what this one has to say beside it."""
    reminders: Mapping[str, tuple[Callable[..., Iterable[Any]], Callable[..., Any] | None]] = field(
        default_factory=dict
    )
    """A rule of the schedule → who gives its subjects, and who sends (None: a job of its own sends)."""
    jobs: Mapping[str, Job] = field(default_factory=dict)
    work: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    """Long work by name: app/schedule/work.py."""
    composers: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    """A kind of letter → who words it anew by the record as it stands now."""
    answers: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    """What a context below asks for by name, without knowing who answers."""


def manifests() -> tuple[Manifest, ...]:
    """Of all contexts, in the order of app/assembly.py."""
    return current_app.extensions["manifests"]


def brought(what: str) -> dict[str, Any]:
    """One of the tables, of all contexts together: `brought("work")`."""
    return lasting(
        ("brought", what, id(manifests())),
        lambda: {name: found for each in manifests() for name, found in getattr(each, what).items()},
    )


def page_of(kind: str, record_id: int | None) -> tuple[str, dict[str, Any]] | None:
    """Endpoint and values of the page of a record; None when it has none, or is not there."""
    page: Page | None = brought("pages").get(kind)
    values = page.values(record_id) if page and record_id is not None else None
    return (page.endpoint, values) if page and values is not None else None


def answer(name: str) -> Callable[..., Any]:
    """Who answers to `name`. Raises KeyError when no context does."""
    return brought("answers")[name]


TABLES = ("within", "pages", "remarks", "reminders", "jobs", "work", "composers", "answers")


def refuse_doubles(found: Iterable[Manifest]) -> None:
    """Raises ValueError when two contexts bring the same name: one of them would silently win."""
    for table in TABLES:
        names = [name for each in found for name in getattr(each, table)]
        if twice := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"{table}: brought by two contexts: {', '.join(sorted(twice))}")
