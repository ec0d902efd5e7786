"""What a table of states and moves is made of. A state is one line of a table, a move two: its rule, and its words.

A record stands in a state; a group names several for what is done with them. Nothing outside this package knows a
state by its name: it asks `record in GROUP`, a query `GROUP.of(Model)`, a template `record is group`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from app.explained import N_

AUDIENCES = ("office", "applicant", "public")
OFFICE, APPLICANT = AUDIENCES[:2]  # who alone is told of a move, where not everybody is
PRIMARY, CAUTION = "primary", "warning"  # how a move's button looks, where it is not a plain one
ASKS = "asks"  # the button opens a page (a reason, a confirmation) instead of acting at once


OFFICE_ACTS = N_("Cabinet Office")
APPLICANT_ACTS = N_("Applicant")
BODY_ACTS = N_("Local government")
LEAD_ACTS = N_("Lead applicant")
JOINT_ACTS = N_("Joint applicant")
COUNCIL_ACTS = N_("Council member")
SYSTEM_ACTS = N_("Automatic")


@dataclass(frozen=True)
class State:
    """What the office, the applicant and the public call it, and in which tone it is shown to each of them."""

    name: str
    labels: dict[str, str]
    tones: dict[str, str]  # neutral | info | progress | success | warning | error
    acts_next: str = ""  # who is to act while it stands here


@dataclass(frozen=True)
class Group:
    """Some states of one kind, named for what they have in common."""

    kind: str
    names: tuple[str, ...]

    def __contains__(self, it: Any) -> bool:
        """Whether a record, a row with a `state`, or a state by its name (None: none yet) is of the group."""
        return (it if it is None or isinstance(it, str) else it.state) in self.names

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def of(self, model: Any) -> Any:
        """The same for a query: the condition on the `state` of `model`, a mapped class or the columns of a table."""
        return model.state == self.names[0] if len(self.names) == 1 else model.state.in_(self.names)

    @property
    def only(self) -> str:
        """The name of the state, of a group of one: for an address or a column. Raises ValueError for any other."""
        (name,) = self.names
        return name


@dataclass(frozen=True)
class Guard:
    """What has to hold of a record, beside where it stands, for a move; the sentence says to the reader that it does not."""

    name: str
    sentence: str
    holds: Callable[[Any, Any], bool]
    only: str = ""  # the one audience that may read the sentence, where it would tell how far the office is

    def told_to(self, audience: str) -> str:
        """The sentence, a msgid; nothing for whoever may not read it."""
        return self.sentence if self.only in ("", audience) else ""


def guard(sentence: str, *, only: str = "") -> Callable[[Callable[[Any, Any], bool]], Guard]:
    """Makes a guard of a function that is named for what it says of a record.

    It is asked with the record and what is `known` at the time: the instant `at`, and what a context above knows of the
    record and hands over by a name.
    """
    return lambda holds: Guard(holds.__name__, sentence, holds, only)


@dataclass(frozen=True)
class Move:
    """From `sources` to `target`, who may, when; what the button says, what the timeline says to each audience."""

    name: str
    sources: tuple[str, ...]
    target: str | None  # none of an act, which keeps the state
    permission: str
    guards: tuple[Guard, ...]
    event: (
        str  # what the history calls it; with its kind where it is told of the record that comes of the move
    )
    audience: (
        str  # "office": not shown to the applicant before the announcement; "applicant": theirs alone; "all"
    )
    makes: str  # the letter or mail that comes of it, for the diagram
    action: str = ""
    told: dict[str, str] = field(default_factory=dict)
    asks: bool = False  # the button opens a page (a reason, a confirmation) instead of acting at once
    style: str = "secondary"


class Lifecycle:
    """The states and moves of one kind of record. Filled line by line by its module, and not changed afterwards."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.states: dict[str, State] = {}
        self.derived: dict[str, State] = {}  # what a record may be called without being in it
        self.moves: dict[str, Move] = {}
        self.groups: dict[str, Group] = {}
        self.path: tuple[str, ...] = ()  # the states of the strip, in the usual order
        self.beside: dict[str, str] = {}  # a state off the path → the step it stands at

    def state(
        self, name: str, label: str, tone: str = "neutral", acts_next: str = "", **outside: str
    ) -> None:
        """`outside` the office its `label` and `tone` may be others, where they must not tell how far the office is."""
        self.states[name] = _state(name, label, tone, acts_next, **outside)

    def derive(
        self, name: str, label: str, tone: str = "neutral", acts_next: str = "", **outside: str
    ) -> str:
        """A standing with a name of its own that follows from other facts: the record's `standing` says so."""
        self.derived[name] = _state(name, label, tone, acts_next, **outside)
        return name

    def group(self, *names: str) -> Group:
        """Raises KeyError for a state that there is not."""
        return Group(self.kind, tuple(self.states[name].name for name in names))

    def all_but(self, group: Group) -> Group:
        """Also those that may be added to the table later."""
        return Group(self.kind, tuple(name for name in self.states if name not in group))

    def move(
        self,
        name: str,
        sources: str | Iterable[str],
        target: str,
        permission: str,
        *guards: Guard,
        event: str = "",
        only: str = "all",
        makes: str = "",
    ) -> None:
        """The rule of a move. `only` one audience is told of it; `event` is what the history calls it, if not its name."""
        target = self.states[target].name
        self._add(name, sources, target, permission, guards, event or name, only, makes)

    def act(
        self,
        name: str,
        sources: str | Iterable[str],
        permission: str,
        *guards: Guard,
        event: str = "",
        only: str = "all",
        makes: str = "",
    ) -> None:
        """The rule of a move that keeps the state."""
        self._add(name, sources, None, permission, guards, event or name, only, makes)

    def says(self, name: str, action: str, told: str, *looks: str, outside: str = "") -> None:
        """The words of a move: its button's, and the timeline's, `outside` those of all but the office. Looks: see above."""
        style = next((look for look in looks if look != ASKS), "secondary")
        words = _for_each(told, outside)
        self.moves[name] = replace(
            self.moves[name], action=action, told=words, asks=ASKS in looks, style=style
        )

    @property
    def initial(self) -> str:
        return next(iter(self.states))

    def named(self, name: str) -> State:
        return self.derived.get(name) or self.states[name]

    def standing_of(self, record: Any) -> State:
        """What the record is called: by what is derived of it, else by its state."""
        return self.named(getattr(record, "standing", record.state))

    def told_by(self, event: str) -> Move | None:
        """The move that the history calls `event`; None for an event that is no move."""
        return next((step for step in self.moves.values() if step.event == event), None)

    def _add(self, name: str, sources: str | Iterable[str], *rule: Any) -> None:
        found = self.group(*([sources] if isinstance(sources, str) else sources)).names
        self.moves[name] = Move(name, found, *rule)


def _state(
    name: str, label: str, tone: str, acts_next: str, *, outside: str = "", outside_tone: str = ""
) -> State:
    return State(name, _for_each(label, outside), _for_each(tone, outside_tone), acts_next)


def _for_each(office: str, outside: str) -> dict[str, str]:
    return {audience: office if audience == OFFICE else outside or office for audience in AUDIENCES}
