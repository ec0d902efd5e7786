"""A table whose columns are questions themselves: budget, schedule, organisation, plan of indicators."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FieldList, FormField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from app.lifecycle import N_
from app.questions.definition import KEY, Question, Words
from app.questions.kind import Fault, Grid, Kind, Problem, Settings, Unreadable
from app.questions.limits import Limit
from app.questions.pasting import LONGEST, Pasted, PastedAreaField, rows_of
from app.web.forms import AtMost, Between, Row, WholeNumberField, half_width
from app.web.i18n import sentence_of

MOST_COLUMNS = 12
MOST_ROWS = 200
SPARE_ROWS = 3


def kinds_of_columns() -> list[tuple[str, Any]]:
    """(name, what it is called) of the kinds that can stand in a table."""
    from app.questions.kinds import KINDS

    return [(name, _(kind.label)) for name, kind in KINDS.items() if kind.in_tables]


class ColumnSettings(Row):
    """One column; a row left empty is left out."""

    key = HiddenField()
    label = StringField(_l("Column"), [AtMost(100)])
    label_en = StringField(_l("Column in English"), [AtMost(100)])
    kind = SelectField(_l("Kind"), choices=kinds_of_columns, validate_choice=False)
    required = BooleanField(_l("Required"))
    unit = StringField(_l("Unit"), [AtMost(20)])
    choices = TextAreaField(_l("Choices"), [AtMost(4000)], description=_l("One on each line."))


class TableSettings(Settings):
    columns = FieldList(FormField(ColumnSettings), label=_l("Columns"), max_entries=MOST_COLUMNS)
    most = WholeNumberField(_l("At most (rows)"), [Optional(), Between(1, MOST_ROWS)], filters=[half_width])


class Table(Kind):
    name = "table"
    label = N_("Table")
    partial = "table"
    settings_form = TableSettings
    defaults = {"columns": [], "most": 20}
    empty: Any = []

    @cached_property
    def asked_in(self) -> list[Question]:
        """The columns as questions of their own."""
        return [Question.of({"label": "", **column}) for column in self.settings["columns"]]

    @property
    def names(self) -> tuple[str, ...]:
        """The rows, and the box beneath them for rows that are pasted."""
        return (self.question.name, self.pasted)

    @property
    def pasted(self) -> str:
        return f"{self.question.name}-paste"

    @property
    def anchor(self) -> str:
        return f"{self.question.name}-0-{self.asked_in[0].key}"

    @classmethod
    def settings_entries(cls, settings: Mapping[str, Any]) -> dict[str, Any]:
        entries = super().settings_entries(settings)
        entries["columns"] = [
            {
                "key": column.key,
                "label": column.label.ja,
                "label_en": column.label.en,
                "kind": column.kind,
                "required": column.required,
                "unit": column.settings.get("unit", ""),
                "choices": "\n".join(column.settings.get("choices", ())),
            }
            for column in (Question.of({"label": "", **it}) for it in entries["columns"])
        ]
        return entries

    @classmethod
    def settings_of(cls, entries: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
        """A column that was there keeps its key, and with it what is answered in it; a new one gets another. One whose name is taken away is left out."""
        found = super().settings_of({**entries, "columns": []}, before)
        there = {column["key"]: column for column in before.get("columns", ())}
        rows = [
            row for row in entries["columns"] if row["label"] or (row["label_en"] and row["key"] not in there)
        ]
        taken = {row["key"] for row in rows} | set(there)
        columns: dict[str, Any] = {}
        for row in rows:
            key = row["key"] if row["key"] in there and row["key"] not in columns else _free_key(taken)
            taken.add(key)
            columns[key] = _column(key, row, there.get(key, {}).get("settings", {}))
        return {**found, "columns": list(columns.values())}

    def told_to_applicants(self) -> list[str]:
        return [
            *(
                _("Column “%(name)s”: %(about)s", name=head, about=_in_brief(column))
                for head, column in zip(self.heads, self.asked_in, strict=True)
            ),
            self.hint,
        ]

    def fields(self) -> dict[str, Any]:
        columns = {
            name: field for column in self.asked_in for name, field in column.asked.cell_fields().items()
        }
        row = type("RowOfTable", (Row,), columns)
        # A draft is shown with all its rows, also with more than can be handed in.
        most = MOST_ROWS + 2 * SPARE_ROWS
        return {
            self.question.name: FieldList(FormField(row), label=str(self.question.label), max_entries=most),
            self.pasted: PastedAreaField(_l("Rows copied in a spreadsheet")),
        }

    def entries(self, value: Any) -> dict[str, Any]:
        rows = list(value or ())
        spare = max(1, min(SPARE_ROWS, self.settings["most"] - len(rows)))
        filled = [
            {
                name: entry
                for column in self.asked_in
                for name, entry in column.asked.entries(row.get(column.key, column.asked.empty)).items()
            }
            for row in [*rows, *([{}] * spare)]
        ]
        return {self.question.name: filled}

    def gather(self, entries: dict[str, Any], now: Any) -> Any:
        typed = [
            {column.key: column.asked.gather(row, column.asked.empty) for column in self.asked_in}
            for row in entries.get(self.question.name) or []
        ]
        pasted = entries.get(self.pasted)
        if not isinstance(pasted, str) or not pasted.strip():
            return typed
        if len(pasted) > LONGEST:
            return pasted  # which is refused
        return [*typed, *rows_of(pasted, self.heads)]

    def faults(self) -> Iterator[Fault]:
        columns, most = self.settings["columns"], self.settings["most"]
        if type(most) is not int or not 1 <= most <= MOST_ROWS:
            yield N_("“%(question)s” takes from 1 to %(most)s rows."), {"most": MOST_ROWS}
        if not isinstance(columns, list) or not 1 <= len(columns) <= MOST_COLUMNS:
            yield N_("“%(question)s” needs columns: at least one, at most %(most)s."), {"most": MOST_COLUMNS}
            return
        keys = [str(column.get("key", "")) for column in columns]
        if len(set(keys)) < len(keys) or not all(KEY.fullmatch(key) for key in keys):
            yield N_("Each column of “%(question)s” needs a key of its own."), {}
        for column in columns:
            yield from _faults_of_column(column)

    def parse(self, entered: Any) -> list[dict[str, Any]]:
        """From rows (a mapping by column, or a list in their order), or a text with tabs as a spreadsheet copies it."""
        if entered is None or entered == "":
            return []
        if isinstance(entered, str):
            if len(entered) > LONGEST:
                raise Unreadable(N_("This is too long for a table."), entry=self.pasted)
            entered = rows_of(entered, self.heads)
        if not isinstance(entered, list | tuple):
            raise Unreadable(N_("This is not a table."))
        if len(entered) > MOST_ROWS + SPARE_ROWS:
            raise Unreadable(N_("A table has at most %(most)s rows."), most=MOST_ROWS)
        rows = (
            self._pasted_row(row) if isinstance(row, Pasted) else self._row(place, row)
            for place, row in enumerate(entered)
        )
        return [row for row in rows if row]

    def _pasted_row(self, entered: Pasted) -> dict[str, Any]:
        """The same of a row that was pasted: what is wrong is told by its line, since it stands in no row of the page."""
        try:
            return self._row(entered.line - 1, list(entered))
        except Unreadable as problem:
            place = (problem.entry or "").rpartition("-")[2]
            column = next((it.label for it in self.asked_in if it.key == place), None)
            raise Unreadable(
                N_("Line %(line)s: %(why)s") if column is None else N_("Line %(line)s, %(column)s: %(why)s"),
                entry=self.pasted,
                line=entered.line,
                column=str(column or ""),
                why=sentence_of(problem),
            ) from problem

    def _row(self, place: int, entered: Any) -> dict[str, Any]:
        if isinstance(entered, list | tuple):
            if any(cell not in (None, "") for cell in entered[len(self.asked_in) :]):
                raise Unreadable(
                    N_("Row %(row)s has more cells than there are columns."), row=place + 1, entry=self.anchor
                )
            entered = dict(zip((column.key for column in self.asked_in), entered, strict=False))
        if not isinstance(entered, Mapping):
            raise Unreadable(N_("This is not a table."))
        row = {}
        for column in self.asked_in:
            try:
                value = column.asked.parse(entered.get(column.key))
            except Unreadable as problem:
                entry = f"{self.question.name}-{place}-{column.key}"
                raise Unreadable.of(problem, entry) from problem
            if not column.asked.is_empty(value):
                row[column.key] = value
        return row

    def faults_of(self, value: Any, section: str) -> Iterator[Problem]:
        most = self.settings["most"]
        if len(value) > most:
            yield self.problem(section, "", N_("“%(question)s” takes at most %(most)s rows."), most=most)
        for place, row in enumerate(value):
            for column in self.asked_in:
                for problem in column.asked.problems(row.get(column.key, column.asked.empty), section):
                    anchor = f"{self.question.name}-{place}-{problem.anchor}"
                    where = f"{self.question.label}（{place + 1}） {column.label}"
                    yield Problem(section, anchor, problem.msgid, {**problem.values, "question": where})

    def length(self, value: Any) -> int:
        return sum(
            column.asked.length(row.get(column.key)) for row in value or () for column in self.asked_in
        )

    def room(self) -> int:
        return 40_000

    def freeze(self, value: Any) -> Any:
        columns = [
            {
                "key": column.key,
                "kind": column.kind,
                "label": column.label.to_json(),
                **({"unit": column.settings["unit"]} if column.settings.get("unit") else {}),
                **({"settings": {"english": english}} if (english := column.settings.get("english")) else {}),
            }
            for column in self.asked_in
        ]
        rows = [
            [column.asked.freeze(row.get(column.key, column.asked.empty)) for column in self.asked_in]
            for row in value or ()
        ]
        return {"columns": columns, "rows": rows}

    def thaw(self, frozen: Any) -> Any:
        """By the heads of its own columns, which are those of then."""
        columns = [Question.of(it) for it in (frozen or {}).get("columns", ())]
        return [
            {column.key: column.asked.thaw(cell) for column, cell in zip(columns, row, strict=False)}
            for row in (frozen or {}).get("rows", ())
        ]

    def shown(self, frozen: Any) -> str:
        rows = [*self.shown_rows(frozen)]
        return "\n".join(" / ".join(row) for row in ([self.shown_heads(frozen), *rows] if rows else []))

    def shown_heads(self, frozen: Any) -> list[str]:
        return [
            str(Words.of(column["label"])) + (f"（{column['unit']}）" if column.get("unit") else "")
            for column in (frozen or {}).get("columns", ())
        ]

    def shown_rows(self, frozen: Any) -> Iterator[list[str]]:
        """The frozen cells as texts; a unit stands in its column's head."""
        columns = [Question.of(column).asked for column in (frozen or {}).get("columns", ())]
        for row in (frozen or {}).get("rows", ()):
            yield [
                asked.shown({**cell, "unit": ""} if isinstance(cell, dict) and "unit" in cell else cell)
                for asked, cell in zip(columns, row, strict=True)
            ]

    @property
    def heads(self) -> list[str]:
        return [
            str(column.label) + (f"（{column.settings['unit']}）" if column.settings.get("unit") else "")
            for column in self.asked_in
        ]

    def rows(self) -> int:
        return int(self.settings["most"])

    def cells(self, value: Any) -> Grid:
        return [
            [column.asked.cells(row.get(column.key, column.asked.empty))[0][0] for column in self.asked_in]
            for row in value or ()
        ]

    def read(self, cells: Grid) -> Any:
        return self.parse(cells)

    def offered(self, place: int) -> list[str]:
        return self.asked_in[place].asked.offered(0)

    def limit(self, place: int) -> Limit | None:
        return self.asked_in[place].asked.limit(0)

    @property
    def hint(self) -> str:
        return _("At most %(most)s rows", most=self.settings["most"])

    def columns(self) -> list[str]:
        return self.heads

    def data(self, frozen: Any) -> list[Any]:
        """One column each; the rows are its lines."""
        rows = list(self.shown_rows(frozen))
        return ["\n".join(row[place] for row in rows) for place in range(len(self.asked_in))]


def _in_brief(column: Question) -> str:
    parts = [_(column.asked.label), _("required") if column.required else _("optional")]
    if offered := column.settings.get("choices"):
        parts.append(_("Choices") + _(": ") + _(", ").join(map(column.asked.shown_choice, offered)))
    return _(", ").join(parts)


def _free_key(taken: set[str]) -> str:
    return next(key for number in range(1, 10_000) if (key := f"c{number}") not in taken)


def _column(key: str, row: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """A column as a definition has it; of what its kind does not know nothing is kept."""
    from app.questions.kinds import KINDS

    kind = KINDS.get(row["kind"] or "")
    settings = dict(before)
    if kind is not None:
        asked: dict[str, Any] = {name: row[name] for name in ("unit", "choices") if name in kind.defaults}
        settings = kind.settings_of(asked, {name: it for name, it in before.items() if name in kind.defaults})
    column = {"key": key, "kind": row["kind"], "label": Words(row["label"], row["label_en"] or "").to_json()}
    return {**column, "required": bool(row["required"]), "settings": settings}


def _faults_of_column(column: Any) -> Iterator[Fault]:
    from app.questions.kinds import KINDS

    kind = KINDS.get(column.get("kind", ""))
    if kind is None or not kind.in_tables:
        yield N_("A column of “%(question)s” has a kind that cannot stand in a table."), {}
        return
    asked = Question.of({"label": "", **column})
    if not asked.label:
        yield N_("Name each column of “%(question)s”."), {}
    yield from asked.asked.faults()
