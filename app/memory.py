"""What every page asks and seldom changes is kept in memory, under a version that each writing transaction raises.

The version is a row of the database: it is raised in the transaction that writes, and so it is seen with what was
written, by every worker, not before and not after. A page reads it once and takes from memory only what was found under
that version. Whoever writes, and whatever is no page (jobs, commands), asks the database itself.
"""

from __future__ import annotations

import contextlib
from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from contextvars import ContextVar
from functools import partial
from threading import Lock
from typing import Any, TypeVar

from flask import current_app, g, has_request_context
from sqlalchemy import Select, Table, event, select, update
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, UOWTransaction, mapped_column
from sqlalchemy.orm.attributes import instance_state, set_committed_value
from sqlalchemy.sql import visitors

from app.connections import READING
from app.db import db, of_request

T = TypeVar("T")
HOUSE, CASES = "house", "cases"

# Changed by staff now and then; every page shows something of it.
_OF_THE_HOUSE = frozenset({
    "calls", "clarification_editions", "clarifications", "criteria", "deadline_extensions", "form_templates", "form_versions",
    "organisations", "people", "programmes", "rule_days", "seats", "settings", "tenures",
})  # fmt: skip
# Nothing of these is ever kept in memory: what is asked of them is asked of the database.
_OF_NEITHER = frozenset({
    "data_version", "kept_entries", "known_devices", "letter_openings", "one_time_links", "presences", "response_answers",
    "security_events", "sessions", "sign_in_attempts", "waiting_kpis", "waiting_workbooks", "works",
})  # fmt: skip
MOST = 4_000  # entries of a worker's memory; the one asked for longest ago goes first


class DataVersion(db.Model):  # type: ignore[name-defined]
    """One row: how often something was written, of the house and of cases."""

    __tablename__ = "data_version"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    house: Mapped[int]
    cases: Mapped[int]


Versions = tuple[int, int]
VERSIONS = (
    DataVersion.house,
    DataVersion.cases,
)  # for a query that asks for them besides: see `note_versions`
_ASKED = select(*VERSIONS)
_WRITTEN = "parts_written"  # in a session: the parts that this transaction has written


def part_of(table: str) -> str | None:
    """Which part's version a write of `table` raises: the house's, that of cases, or none. A new table is of cases."""
    if table in _OF_NEITHER:
        return None
    return HOUSE if table in _OF_THE_HOUSE else CASES


# Reading


def remembered(key: Hashable, ask: Callable[[], T], *parts: str) -> T:
    """What `ask` answers from tables of these parts, kept until one of them is written.

    It must answer what nobody changes and what belongs to no session: values, not records.
    """
    versions = versions_read() if is_open() else None
    if versions is None:
        return ask()
    under = tuple(versions[(HOUSE, CASES).index(part)] for part in parts)
    memory = _memory()
    found = memory.get(key)
    if found is None or found[0] != under:
        with _noting_the_tables(parts):
            found = (under, ask())
        memory.put(key, found)
    answer: T = found[1]
    return answer


def lasting(key: Hashable, ask: Callable[[], T]) -> T:
    """What `ask` answers from the program alone, kept as long as the process lives. `key` names all that it differs by."""
    memory = _memory()
    found = memory.get(key)
    if found is None:
        found = ((), ask())
        memory.put(key, found)
    answer: T = found[1]
    return answer


def remembered_records(
    key: Hashable, query: Select[Any] | Callable[[], Select[Any]], *parts: str
) -> list[Any]:
    """The records that `query` finds, with what it loads besides. They are shared, as `relate` says of its own.

    One that takes its time to put together is given by what does so. Whoever writes gets the records themselves.
    """
    if not is_open():
        return list(db.session.scalars(query() if callable(query) else query).unique())
    found: list[Any] = remembered(key, partial(_apart, query), *parts)
    if current_app.testing:
        changed = [record for record in found if instance_state(record).modified]
        assert not changed, f"what all pages share was changed by one of them: {changed}"
    return found


def _apart(query: Select[Any] | Callable[[], Select[Any]]) -> list[Any]:
    with Session(db.session.connection()) as apart:
        return list(apart.scalars(query() if callable(query) else query).unique())


def copy_of(record: Any) -> Any:
    """A record of its own in place of a shared one, for what a request notes on it. What hangs on it stays shared."""
    shared = instance_state(record)
    copy = shared.manager.new_instance()
    copy.__dict__.update((name, value) for name, value in record.__dict__.items() if value is not shared)
    instance_state(copy).key = shared.key
    return copy


def relate(rows: Sequence[Any], *relations: Any) -> None:
    """Fill these relationships of rows (many to one, as `Application.call`) with records of the house from memory.

    Of what rows have many of, with the way there: `(Project.applicants, ProjectApplicant.organisation)`.

    They are shared by all pages and belong to no session: nobody changes them, and what was not loaded with them cannot be
    asked of them. Of 25 rows this takes a tenth of the time of a join.
    """
    for each in relations:
        *way, relation = each if isinstance(each, tuple) else (each,)
        among = rows
        for step in way:
            among = [one for row in among for one in getattr(row, step.key)]
        [key] = (column.key for column in relation.property.local_columns)
        without = [row for row in among if relation.key not in row.__dict__]
        wanted = {number for row in without if (number := getattr(row, key)) is not None}
        found = known(relation.property.mapper.class_, wanted)
        for row in without:
            set_committed_value(row, relation.key, found.get(getattr(row, key)))


def known(model: Any, ids: Collection[int]) -> dict[int, Any]:
    """Records of the house by their ids, shared as `relate` says; those that there are."""
    assert part_of(model.__tablename__) == HOUSE
    shelf: dict[int, Any] = remembered(("known", model), dict, HOUSE) if is_open() else {}
    if missing := [number for number in ids if number not in shelf]:
        query = select(model).where(model.id.in_(missing)).options(*getattr(model, "KNOWN_WITH", ()))
        shelf.update((record.id, record) for record in _apart(query))
    return {number: shelf[number] for number in ids if number in shelf}


def note_versions(row: Any) -> None:
    """The versions as a query has found them that asked something else besides."""
    g.data_versions = (row.house, row.cases) if row is not None else None


def versions_read() -> Versions | None:
    """Those of this request; read once. None where the database has none: nothing is kept then."""
    of_page = of_request()
    if "data_versions" not in of_page:
        note_versions(db.session.execute(_ASKED).one_or_none())
    found: Versions | None = of_page.data_versions
    return found


def is_open() -> bool:
    """Whether what is remembered may be used: by a page that is read, and has not written all the same."""
    return READING.get() and has_request_context() and not db.session.info.get(_WRITTEN)


class _Memory:
    """What one worker remembers; several threads read and write it."""

    def __init__(self) -> None:
        self._entries: OrderedDict[Hashable, tuple[Any, Any]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> tuple[Any, Any] | None:
        with self._lock:
            found = self._entries.get(key)
            if found is not None:
                self._entries.move_to_end(key)
            return found

    def put(self, key: Hashable, entry: tuple[Any, Any]) -> None:
        with self._lock:
            self._entries[key] = entry
            self._entries.move_to_end(key)
            while len(self._entries) > MOST:
                self._entries.popitem(last=False)


def _memory() -> _Memory:
    extensions = current_app.extensions
    if (found := extensions.get("memory")) is None:
        found = extensions.setdefault("memory", _Memory())
    memory: _Memory = found
    return memory


def forget(app: Any) -> None:
    """Everything, for a database that is another than before."""
    app.extensions.pop("memory", None)


# Writing


@event.listens_for(db.session, "after_flush")
def _note_what_is_flushed(session: Session, _context: UOWTransaction) -> None:
    for record in (*session.new, *session.dirty, *session.deleted):
        _note(session, record.__table__.name)


@event.listens_for(db.session, "do_orm_execute")
def _note_what_is_executed(state: ORMExecuteState) -> None:
    statement: Any = state.statement
    if state.is_insert or state.is_update or state.is_delete:
        _note(state.session, statement.table.name)
    elif check := _check.get():
        check(statement)


def _note(session: Session, table: str) -> None:
    if part := part_of(table):
        session.info.setdefault(_WRITTEN, set()).add(part)


@event.listens_for(db.session, "before_commit")
def _raise_the_versions(session: Session) -> None:
    if session.in_nested_transaction():
        return
    session.flush()
    if parts := session.info.pop(_WRITTEN, None):
        table = DataVersion.__table__
        # The last statement of the transaction: the row is held for no longer than the commit takes.
        session.execute(update(table).values({part: table.c[part] + 1 for part in sorted(parts)}))


@event.listens_for(db.session, "after_soft_rollback")
def _nothing_was_written(session: Session, previous_transaction: Any) -> None:
    if not previous_transaction.nested:
        session.info.pop(_WRITTEN, None)


# Holding it to its word


_check: ContextVar[Callable[[Any], None] | None] = ContextVar("check", default=None)


@contextlib.contextmanager
def _noting_the_tables(parts: tuple[str, ...]) -> Iterator[None]:
    """In tests: whoever asks a table of a part that was not named would be told what stood there long ago."""
    if not current_app.testing:
        yield
        return

    def check(statement: Any) -> None:
        for part in visitors.iterate(statement):
            if isinstance(part, Table) and part.name != DataVersion.__tablename__:
                assert part_of(part.name) in parts, f"what is kept of {parts} asks the table {part.name}"

    token = _check.set(check)
    try:
        yield
    finally:
        _check.reset(token)
