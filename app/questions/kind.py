"""What a kind of question knows. A kind is a class in a file of its own in `kinds/`; nothing else names it.

A *value* is what is kept of an answer: plain JSON. A *frozen* value can be read by itself for ever: it carries the unit,
the names and the column heads that it needs, and is what pages, spreadsheets and open data show.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Self

from flask_babel import gettext as _
from wtforms import FieldList, HiddenField, SelectField

from app.explained import Explained
from app.lifecycle import N_
from app.lines import neutral_in
from app.questions.limits import Limit
from app.storage import Incoming
from app.web.forms import Required, Row
from app.web.i18n import shown_number

if TYPE_CHECKING:
    from app.questions.definition import Question

Fault = tuple[str, dict[str, Any]]
Grid = list[list[Any]]


class Unreadable(Explained, ValueError):
    """What was entered is no answer to this question; the sentence says why. `entry` is the field it stands in."""

    def __init__(self, msgid: str, *, entry: str = "", **values: Any) -> None:
        super().__init__(msgid, **values)
        self.entry = entry

    @classmethod
    def of(cls, problem: Explained, entry: str = "") -> Self:
        """The same sentence as another error's."""
        return cls(problem.msgid, entry=entry, **problem.values)


@dataclass(frozen=True)
class Problem:
    """One thing that stands between an answer and its being handed in; `anchor` is the id of its entry on the page."""

    section: str
    anchor: str
    msgid: str
    values: dict[str, Any] = field(default_factory=dict)
    sentence_of_form: str = ""  # the form's own words in place of ours

    @property
    def sentence(self) -> str:
        if self.sentence_of_form:  # what officers wrote may hold a % of its own
            return re.sub(r"%\((\w+)\)s", self._named, self.sentence_of_form)
        return _(self.msgid, **{name: _plainly(value) for name, value in self.values.items()})

    def _named(self, found: re.Match[str]) -> str:
        return str(_plainly(self.values.get(found[1], found[0])))


def _plainly(value: Any) -> Any:
    return shown_number(value) if isinstance(value, int) else value


class Upload:
    """A file that was sent with an answer and is not kept yet. It lies on the disk; what is short may be in memory."""

    def __init__(self, name: str, content: Incoming | bytes) -> None:
        self.name = name
        self.content = content if isinstance(content, Incoming) else Incoming.of(content)

    @property
    def size(self) -> int:
        return self.content.size

    @property
    def sha256(self) -> str:
        return self.content.sha256


def upload_of(sent: Any) -> Upload:
    """A file as the form has it: what it came in as is our own (app/web/entries.py). An empty one where none was sent."""
    return Upload(sent.filename or "", sent.stream) if sent else Upload("", b"")


class Settings(Row):
    """What officers set of a question of some kind; the base has nothing to set."""


class Kind:
    """The base: what can be said of any kind. A text that stands in one field is the usual case."""

    name: ClassVar[str]
    label: ClassVar[str]  # a msgid
    partial: ClassVar[str] = "plain"  # templates/questions/kinds/<partial>.html
    sends_files: ClassVar[bool] = (
        False  # whether its answer comes as files, which no page can show filled in again
    )
    copied: ClassVar[bool] = True  # whether an earlier answer may be taken over as it is
    in_tables: ClassVar[bool] = False  # whether it can be a column of a table
    settings_form: ClassVar[type[Settings]] = Settings
    defaults: ClassVar[dict[str, Any]] = {}
    empty: Any = ""
    nothing: ClassVar[str] = N_("Not entered")  # what is shown in the place of no answer

    def __init__(self, question: Question) -> None:
        self.question = question
        self.settings = {**self.defaults, **question.settings}

    # Asking: the form

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its entries on the page, the first of them to be led to when something is wrong."""
        return (self.question.name,)

    def fields(self) -> dict[str, Any]:
        """Name → field of the form, unbound."""
        raise NotImplementedError

    @property
    def as_asked(self) -> dict[str, Any]:
        """What a field is told of its question: the words, and that it must be filled in."""
        return {
            "label": str(self.question.label),
            "description": str(self.question.help),
            "validators": [Required()] if self.question.required else [],
        }

    def cell_fields(self) -> dict[str, Any]:
        """The same in a row of a table, where an empty row is no row: what is required is said by `problems`."""
        fields = self.fields()
        for unbound in fields.values():
            unbound.kwargs.pop("validators", None)
        return fields

    def entries(self, value: Any) -> dict[str, Any]:
        """Name → what the field shows when the answer is `value`."""
        return {self.question.name: value}

    def prepare(self, form: Any, value: Any) -> None:
        """What the fields of a form offer only once the answer so far is known."""

    def gather(self, entries: dict[str, Any], now: Any) -> Any:
        """What `parse` takes, from the data of the fields; `now` is the answer that is saved."""
        return entries.get(self.question.name)

    def faults(self) -> Iterator[Fault]:
        """What is wrong with the settings; each msgid may name %(question)s."""
        return iter(())

    # Being edited

    @classmethod
    def settings_entries(cls, settings: Mapping[str, Any]) -> dict[str, Any]:
        """What the fields of `settings_form` show when these are the settings."""
        entries = {**cls.defaults, **settings}
        if isinstance(choices := entries.get("choices"), list):
            entries["choices"] = "\n".join(choices)
        return entries

    @classmethod
    def settings_of(cls, entries: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
        """The settings that stand in the fields; what they do not ask stays as `before`, what is left empty is the usual."""
        found = {name: value for name, value in before.items() if name not in entries}
        for name, value in entries.items():
            if name == "choices":
                found[name] = lines_of(value)
            elif value not in (None, ""):
                found[name] = value
        return found

    def told_settings(self) -> list[str]:
        """What officers set of it, a line each, for whoever compares two versions."""
        return list(_told(self.settings_form, self.settings_entries(self.settings)))

    def told_to_applicants(self) -> list[str]:
        """The same for those who prepare an answer: in their language alone, without what only the editor has to know."""
        return self.told_settings()

    # Reading and judging an answer

    def parse(self, entered: Any) -> Any:
        """The value of what was typed, sent, or stands in a cell. Raises Unreadable, never anything else."""
        raise NotImplementedError

    def is_empty(self, value: Any) -> bool:
        return bool(value == self.empty or value is None)

    def problems(self, value: Any, section: str = "") -> Iterator[Problem]:
        """What keeps the answer from being handed in. A draft may be kept with all of it."""
        if self.is_empty(value):
            if self.question.required:
                yield self.problem(section, "missing", N_("Answer “%(question)s”."))
        else:
            yield from self.faults_of(value, section)

    def faults_of(self, value: Any, section: str) -> Iterator[Problem]:
        """What is wrong with an answer that was given."""
        return iter(())

    def problem(self, section: str, words: str, msgid: str, anchor: str = "", **values: Any) -> Problem:
        """In the form's own words where it has some under the name `words`."""
        values = {"question": str(self.question.label)} | values
        own = str(self.question.words.get(words, ""))
        return Problem(section, anchor or self.anchor, msgid, values, own)

    @property
    def anchor(self) -> str:
        return self.names[0]

    def fits(self, value: Any) -> bool:
        """Whether an answer to an older wording of the question is one to this wording too."""
        try:
            return bool(self.parse(value) == value)
        except Unreadable:
            return False

    def length(self, value: Any) -> int:
        """Characters that count against what a draft may hold."""
        return len(value) if isinstance(value, str) else 0

    def room(self) -> int:
        """Characters that one answer may hold, also unfinished."""
        return 10_000

    def choices_for_conditions(self) -> list[str]:
        """The answers upon which another question may depend."""
        return []

    def shown_choice(self, choice: str) -> str:
        """One of them in the language of whoever reads."""
        return choice

    def given_for_conditions(self, value: Any) -> set[str]:
        """Those of them that `value` gives."""
        return set()

    def sent_for(self, choice: str) -> str:
        """What a page sends in its entry when this choice is given; empty: nothing at all."""
        return choice

    # Keeping

    def settle(self, value: Any, before: Any, sent: dict[str, Incoming]) -> Any:
        """The value as it is kept in the place of `before`; what came with it goes into `sent`. Raises Unreadable.

        Its texts are neutral (app/lines.py), whoever gave it.
        """
        return neutral_in(value)

    def freeze(self, value: Any) -> Any:
        """Plain JSON that can be read without the form."""
        return value

    def thaw(self, frozen: Any) -> Any:
        """What `parse` takes, of a value that was frozen by this kind: the other way round."""
        return frozen

    def is_same(self, frozen: Any, value: Any) -> bool:
        """Whether what was frozen says what `value` says now."""
        return bool(self.freeze(value) == frozen)

    # Showing what was frozen

    def shown(self, frozen: Any) -> str:
        """As a text, in the language of whoever reads; empty when nothing was answered."""
        return "" if frozen is None else str(frozen)

    def changed(self, old: Any, new: Any) -> tuple[str, str]:
        """The texts that are set side by side when the answer became another."""
        return self.shown(old), self.shown(new)

    def shown_entries(self, value: Any) -> dict[str, str]:
        """Name of an entry → what stands in it, as a text: for an answer that is not frozen yet, beside another."""
        return {self.question.name: self.shown(self.freeze(value))}

    # Spreadsheets

    @property
    def heads(self) -> list[str]:
        """The heads of its cells; empty for a single cell, which needs none."""
        return []

    def rows(self) -> int:
        """How many rows of cells are offered."""
        return 1

    def cells(self, value: Any) -> Grid:
        """Its cells: texts, numbers, days, None; row by row."""
        return [[None if self.is_empty(value) else value]]

    def read(self, cells: Grid) -> Any:
        """The value of such cells. Raises Unreadable."""
        found = [cell for row in cells for cell in row if cell is not None]
        return self.parse(found[0]) if found else self.empty

    def offered(self, place: int) -> list[str]:
        """The drop-down of a cell; empty for a cell that takes anything."""
        return []

    def limit(self, place: int) -> Limit | None:
        """What a cell takes; None for whatever is typed."""
        return None

    @property
    def hint(self) -> str:
        """How to write it in a cell, where that does not go without saying."""
        return ""

    # Open data

    def columns(self) -> list[str]:
        """The heads of its columns, each after the question's own words; "" for the single column of most kinds."""
        return [""]

    def data(self, frozen: Any) -> list[Any]:
        """What stands in them: texts, numbers, days."""
        return [self.shown(frozen)]


def _told(form: type[Row], entries: Mapping[str, Any]) -> Iterator[str]:
    """The entries of a form of settings with the names of its fields; of rows each in one line."""
    for it in form(data=dict(entries)):
        if isinstance(it, FieldList):
            for row in it.entries:
                yield (
                    str(it.label.text)
                    + _(": ")
                    + " / ".join(_entry(cell) for cell in row.form if _entry(cell))
                )
        elif it.data is True:
            yield str(it.label.text)
        elif _entry(it):
            yield str(it.label.text) + _(": ") + _entry(it)


def _entry(field: Any) -> str:
    if isinstance(field, HiddenField) or not field.data:
        return ""
    if isinstance(field, SelectField):
        return str(dict(field.choices or ()).get(field.data, field.data))
    if field.data is True:
        return str(field.label.text)
    return str(_plainly(field.data)).replace("\n", _(", "))


def text_of(entered: Any, most: int = 10_000_000) -> str:
    """What was entered as a text; Unreadable for what is none. Numbers of a spreadsheet are written out."""
    if entered is None:
        return ""
    if isinstance(entered, bool) or not isinstance(entered, str | int | float):
        raise Unreadable(N_("This is not a text."))
    text = str(entered)
    if text.endswith(".0") and isinstance(entered, float):
        text = text.removesuffix(".0")
    if len(text) > most:
        raise Unreadable(N_("This is too long: at most %(max)s characters can be read here."), max=most)
    return text


def lines_of(text: str | None) -> list[str]:
    """The lines of a box in which each line is one thing, without empty ones and repetitions."""
    return list(dict.fromkeys(line.strip() for line in (text or "").splitlines() if line.strip()))


def joined(texts: Iterable[Any]) -> str:
    return "、".join(str(text) for text in texts)
