"""What narrows a list: words that are searched for, one of several choices. Each tells what of its entry it understood."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, false

from app.folding import only_marks, read_alike, words_of
from app.searching import any_of


@dataclass(frozen=True)
class Note:
    """A sentence above a list, in the tone of a notice: info or warning."""

    tone: str
    text: str
    title: str = ""


@dataclass(frozen=True)
class Search:
    """Words that must all be found in one of `columns`, which hold folded texts (see db.Searchable)."""

    key: str
    label: Any
    columns: Sequence[Any]
    kind: str = "search"
    join: Any = None

    def narrow(self, query: Select, value: str) -> Select:
        if only_marks(value):
            return query.where(false())
        for word in words_of(value):
            query = query.where(self.found(word))
        return query

    def found(self, word: str) -> ColumnElement[bool]:
        """The condition of one folded word's standing somewhere."""
        return any_of(word, self.columns)

    def notes(self, value: str) -> list[Note]:
        """What the reader should know of how `value` was read."""
        if only_marks(value):
            sentence = _(
                "“%(text)s” holds no letter to search for: type a name, its reading or a number.", text=value
            )
            return [Note("warning", sentence)]
        alike = read_alike(value)
        if not alike:
            return []
        pairs = _(", ").join(
            _("“%(sign)s” as %(others)s", sign=it[0], others="・".join(it[1:])) for it in alike
        )
        return [
            Note(
                "info",
                _("Variant characters were also searched for in their other forms: %(pairs)s.", pairs=pairs),
            )
        ]

    def shown(self, value: str) -> str:
        return value


class Late(Mapping[str, Any]):
    """Choices that the database is asked for once somebody looks at them: a case in a list looks at few of its filters."""

    def __init__(self, ask: Callable[[], dict[str, Any]]) -> None:
        self._ask = ask

    @cached_property
    def _found(self) -> dict[str, Any]:
        return self._ask()

    def __getitem__(self, value: str) -> Any:
        return self._found[value]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


@dataclass(frozen=True)
class Choice:
    """One of `choices` (value → label); anything else in the address is ignored.

    `unchosen` is what the list shows where none is chosen, if that is not all.
    """

    key: str
    label: Any
    choices: Mapping[str, Any]
    column: Any = None
    where: Callable[[str], Any] | None = None  # for a choice that is more than equality
    kind: str = "choice"
    join: Any = None  # the relationship that it narrows by
    unchosen: Any = ""

    def narrow(self, query: Select, value: str) -> Select:
        if value not in self.choices:
            return query
        return query.where(self.where(value) if self.where else self.column == value)

    def shown(self, value: str) -> Any:
        return self.choices.get(value, "")

    def notes(self, value: str) -> list[Note]:
        return []
