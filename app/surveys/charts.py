"""A tally as its page shows it: items with the same answers in one chart, what holds things up ranked, last year's beside it.

The same is drawn of a tally and of published figures: a figure that is None is not shown (publishing.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.questions.definition import Words
from app.surveys.models import OF
from app.surveys.tally import NONE_OF_THEM, ONE, SEVERAL, Item, Tally


@dataclass(frozen=True)
class Figures:
    """One question with choices, however it came about."""

    of: str
    section: str
    key: str
    label: Words
    kind: str
    asked: int
    n: int
    answers: Mapping[str, int | None]

    @property
    def nothing(self) -> str | None:
        return next((it for it in self.answers if it in NONE_OF_THEM), None)

    @property
    def occurred(self) -> int | None:
        """How many said that it occurred; None where that is not asked, or not shown."""
        if self.kind != ONE or self.nothing is None or self.answers[self.nothing] is None:
            return None
        return self.n - (self.answers[self.nothing] or 0)

    @property
    def is_withheld(self) -> bool:
        return all(count is None for count in self.answers.values())


@dataclass(frozen=True)
class Row:
    label: Any
    figures: Figures
    counts: Sequence[int | None]
    before: str = ""  # what was said of it the year before: 12/33

    @property
    def n(self) -> int:
        return self.figures.n

    @property
    def hides(self) -> bool:
        """Whether some of its figures are not shown."""
        return None in self.counts

    def share(self, count: int | None) -> float:
        return 100 * (count or 0) / self.n if self.n else 0


@dataclass(frozen=True)
class Battery:
    """Questions of a section that have the same choices: a bar each, cut into the answers."""

    key: str
    title: str
    choices: Sequence[str]
    rows: Sequence[Row]
    has_occurred: bool
    has_before: bool

    @property
    def hides(self) -> bool:
        return any(row.hides for row in self.rows)


@dataclass(frozen=True)
class Ranked:
    """A question with several answers: a bar for each choice, the longest first; that which says “none” last."""

    key: str
    title: Any
    figures: Figures
    rows: Sequence[Row]
    has_before: bool


@dataclass(frozen=True)
class Group:
    """All that was asked of bodies, or of initiatives."""

    of: str
    asked: int
    answered: int
    bodies: int  # of which the initiatives are
    charts: Sequence[Battery | Ranked]
    others: Sequence[Item]  # numbers, and what was written in words


def groups_of(tally: Tally, before: Tally | None = None) -> list[Group]:
    earlier = {(it.of, it.key): figures_of(it) for it in before.items if it.has_choices} if before else {}
    found = []
    for of in OF:
        items = tally.of(of)
        if items:
            charts = _charts([figures_of(it) for it in items if it.has_choices], earlier)
            others = [it for it in items if not it.has_choices]
            found.append(Group(of, tally.asked[of], tally.answered[of], tally.projects, charts, others))
    return found


def published_groups(figures: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> list[Group]:
    """Of what is published; `before` is what was published the year before."""
    earlier = {(it.of, it.key): it for it in _published(before)} if before else {}
    found = []
    for of in OF:
        items = [it for it in _published(figures) if it.of == of]
        if items:
            counted = figures["asked"][of], figures["answered"][of], figures["projects"]
            found.append(Group(of, *counted, _charts(items, earlier), ()))
    return found


def figures_of(item: Item, answers: Mapping[str, int | None] | None = None) -> Figures:
    return Figures(
        item.of,
        item.section,
        item.key,
        item.label,
        item.question.kind,
        item.asked,
        item.n,
        item.answers if answers is None else answers,
    )


def _published(figures: Mapping[str, Any]) -> Iterable[Figures]:
    for it in figures["items"]:
        yield Figures(
            it["of"],
            it["section"],
            it["key"],
            Words.of(it["label"]),
            it["kind"],
            it["asked"],
            it["n"],
            dict(map(tuple, it["answers"])),
        )


def _charts(items: Sequence[Figures], earlier: Mapping[tuple[str, str], Figures]) -> list[Battery | Ranked]:
    found: list[Battery | Ranked] = []
    run: list[Figures] = []
    for it in [*items, None]:
        same = bool(run) and it is not None and it.kind == ONE and _alike(it, run[0])
        if run and not same:
            found.append(_battery(run, earlier))
            run = []
        if it is None:
            break
        if it.kind == SEVERAL:
            found.append(_ranked(it, earlier.get((it.of, it.key))))
        else:
            run.append(it)
    return found


def _alike(one: Figures, other: Figures) -> bool:
    return one.section == other.section and [*one.answers] == [*other.answers]


def _battery(items: Sequence[Figures], earlier: Mapping[tuple[str, str], Figures]) -> Battery:
    first = items[0]
    rows = []
    for it in items:
        was = earlier.get((it.of, it.key))
        before = f"{was.occurred}/{was.n}" if was and was.occurred is not None else ""
        rows.append(Row(it.label, it, [*it.answers.values()], before))
    return Battery(
        f"{first.of}-{first.key}",
        first.section if len(items) > 1 else str(first.label),
        [*first.answers],
        rows,
        any(it.nothing for it in items),
        any(row.before for row in rows),
    )


def _ranked(item: Figures, was: Figures | None) -> Ranked:
    def before(choice: str) -> str:
        count = was.answers.get(choice) if was else None
        return f"{count}/{was.n}" if was and count is not None else ""

    named = [(choice, count) for choice, count in item.answers.items() if choice != item.nothing]
    ranked = sorted(named, key=lambda it: (it[1] is None, -(it[1] or 0)))
    last = [(item.nothing, item.answers[item.nothing])] if item.nothing else []
    rows = [Row(choice, item, [count], before(choice)) for choice, count in [*ranked, *last]]
    return Ranked(f"{item.of}-{item.key}", item.label, item, rows, any(row.before for row in rows))
