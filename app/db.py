"""Session, base model, naming convention, and what columns hold.

Operations change models and call `record()`; the caller commits. What was recorded is chained at the commit:
see app/history.py.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any, ClassVar, TypeVar

from flask import g, has_request_context
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    Connection,
    DateTime,
    Dialect,
    MetaData,
    Select,
    String,
    Text,
    event,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator, TypeEngine

from app import calendar, lines
from app.actors import Actor
from app.connections import READING
from app.folding import fold

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)


db = SQLAlchemy(model_class=Base)
T = TypeVar("T")
PENDING = "pending_history"  # in a session: what `record` has collected, until app/history.py chains it


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware on our side, UTC in the database on either engine."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"an instant needs a time zone: {value!r}")
        utc = value.astimezone(UTC)
        return utc if dialect.name == "postgresql" else utc.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(calendar.JST)


class OneLine(Text):
    """A text of one line that may be as long as it likes: a draft's title is kept even while it is too long."""


class Composed(TypeDecorator[str]):
    """A text put together from others for people to read; what its column cannot hold is cut off with ….

    People may use each of the parts to the full: PostgreSQL would refuse the whole then, SQLite keep it.
    """

    impl = String
    cache_ok = True

    def __init__(self, length: int) -> None:
        super().__init__(length)
        self.length = length

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else shortened(value, self.length)


def shortened(text: str, most: int) -> str:
    """`text` in at most `most` characters, with … in place of what is left out."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _neutral_for(kind: Any) -> Callable[[str], str] | None:
    """How a text of a column is made neutral (app/lines.py): only a plain Text has several lines. None: it is no text."""
    if not isinstance(kind, String | Composed):
        return None
    return lines.neutral if isinstance(kind, Text) and not isinstance(kind, OneLine) else lines.one_line


@event.listens_for(db.Model, "attribute_instrument", propagate=True)
def _keep_neutral(_class: type, _key: str, attribute: Any) -> None:
    """No text of any record breaks a line where there is one, or turns its direction, whoever wrote it."""
    column = next(iter(getattr(attribute.property, "columns", ())), None)
    made_neutral = _neutral_for(column.type) if column is not None else None
    if made_neutral:

        @event.listens_for(attribute, "set", retval=True)
        def set_it(_record: Any, value: Any, _old: Any, _initiator: Any) -> Any:
            return made_neutral(value) if isinstance(value, str) else value


def neutral_values(model: Any, values: dict[str, Any]) -> dict[str, Any]:
    """The same for values that go into a table without a record."""
    found = {}
    for name, value in values.items():
        made_neutral = _neutral_for(model.__table__.columns[name].type)
        found[name] = made_neutral(value) if made_neutral and isinstance(value, str) else value
    return found


class Model(db.Model):  # type: ignore[name-defined]
    """What every record has: a key, the instant it was made, a kind, and a history."""

    __abstract__ = True
    kind: ClassVar[str] = ""

    id: Mapped[int] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=calendar.now)

    def record(
        self,
        event: str,
        *,
        actor: Actor,
        at: datetime,
        changes: dict[str, Any] | None = None,
        audience: str = "all",
    ) -> None:
        """Write `event` into the history when this transaction commits.

        `changes` maps a field to what it became, or to [old, new]. `audience` is "all" for everyone who
        may see the record, "office" for what stays within the Cabinet Office, "applicant" for what stays within the
        body that applies, "proof" for what only `flask history verify` reads.
        """
        record(self, event, actor=actor, at=at, changes=changes, audience=audience)


def record(
    subject: Any,
    event: str,
    *,
    actor: Actor,
    at: datetime,
    changes: dict[str, Any] | None = None,
    audience: str = "all",
) -> None:
    """As `Model.record`, also about what is no row: `subject` has a kind and an id."""
    session = db.session()
    if not session.in_transaction():
        session.begin()  # so that a rollback is told of, and the entry forgotten
    pending = session.info.setdefault(PENDING, [])
    pending.append((subject, event, actor, at, lines.neutral_in(changes or {}), audience))


Record = TypeVar("Record", bound=Model)


class Searchable:
    """A record with texts that people search for, kept folded beside them (see app/folding.py) at every write.

    `searched` names each column of folded texts and the attributes it is made of. One that grows with the years is
    found by an index: see app/guards/searches.py.
    """

    searched: ClassVar[dict[str, tuple[str, ...]]]

    search_text: Mapped[str] = mapped_column(Text, default="", server_default="")


def folded(searched: dict[str, tuple[str, ...]], value_of: Callable[[str], Any]) -> dict[str, str]:
    """The columns of folded texts, filled from what `value_of` gives for each attribute."""
    return {
        column: fold(" ".join(str(value_of(name)) for name in names if value_of(name)))
        for column, names in searched.items()
    }


@event.listens_for(Searchable, "before_insert", propagate=True)
@event.listens_for(Searchable, "before_update", propagate=True)
def _keep_folded(_mapper: Any, _connection: Connection, record: Any) -> None:
    for column, text_of_it in folded(record.searched, partial(getattr, record)).items():
        if getattr(record, column) != text_of_it:
            setattr(record, column, text_of_it)


def held(record: Record) -> Record:
    """The record as the database has it now, its row locked until the commit.

    Of two people who act on it at once the second waits here, and then sees what the first did. What is changed and
    not written yet is written first. What was loaded from its relationships is loaded anew when it is asked for.
    Locks its own row alone, not what it is loaded together with; on SQLite whoever writes writes alone anyway.
    """
    db.session.flush()
    model = type(record)
    locked = select(model).where(model.id == record.id).with_for_update(of=model)
    return db.session.scalars(locked.execution_options(populate_existing=True)).one()


def each_value(column: Any, within: Select[Any]) -> Select[Any]:
    """The different values of a column that has an index, the least first, among the rows of `within`.

    The index is asked for the next one each time, where DISTINCT would read every row.
    """
    found = within.with_only_columns(func.min(column).label("value")).cte("found", recursive=True)
    following = within.where(column > found.c.value).with_only_columns(func.min(column)).correlate(found)
    found = found.union_all(select(following.scalar_subquery()).where(found.c.value.is_not(None)))
    return select(found.c.value).where(found.c.value.is_not(None)).order_by(found.c.value)


def insert_into(model: Any) -> Any:
    """INSERT as the engine in use writes it, for its ON CONFLICT clauses."""
    dialect = postgresql if db.session.get_bind().dialect.name == "postgresql" else sqlite
    return dialect.insert(model)


def known_to_be_there(model: Any, key: str | None) -> bool:
    """Before an INSERT that may do nothing, on SQLite: whether there is a row with this `key`.

    There the guards refuse every INSERT over a row, since a trigger cannot tell INSERT OR REPLACE from one that would
    do nothing; and whoever writes writes alone (see connections.py), so that nobody comes in between. On PostgreSQL
    the INSERT itself finds out.
    """
    if key is None or db.session.get_bind().dialect.name != "sqlite":
        return False
    column = model.__table__.c.key
    return db.session.scalar(select(column).where(column == key)) is not None


def add_once(model: type[T], **values: Any) -> T | None:
    """A new row, or None where its unique `key` is taken already.

    Two workers may try at once: one adds the row, the other waits for that transaction and gets None.
    """
    db.session.flush()
    values = neutral_values(model, values)
    if issubclass(model, Searchable):
        values |= folded(model.searched, values.get)
    if known_to_be_there(model, values["key"]):
        return None
    statement = insert_into(model).values(**values).on_conflict_do_nothing(index_elements=["key"])
    return db.session.scalars(statement.returning(model)).one_or_none()


@event.listens_for(db.session, "before_commit")
def _refuse_what_nobody_chains(session: Any) -> None:
    """app/history.py chains the entries before this is asked; a program that has not imported it must not lose them."""
    if session.info.get(PENDING) and not session.in_nested_transaction():
        raise RuntimeError("entries of the history wait to be chained, and app.history was not imported")


@contextmanager
def reading() -> Iterator[None]:
    """Within: SQLite transactions take no write lock from the start, so that readers never wait."""
    token = READING.set(True)
    try:
        yield
    finally:
        READING.reset(token)


@contextmanager
def writing() -> Iterator[None]:
    """Within: a page that is only read writes a note after all. What it has read is read anew afterwards.

    Raises RuntimeError when something is waiting to be written already: it would be lost.
    """
    if db.session.new or db.session.dirty or db.session.deleted or db.session.info.get(PENDING):
        raise RuntimeError("a page's note must not take other changes with it")
    db.session.rollback()
    token = READING.set(False)
    try:
        yield
    finally:
        READING.reset(token)


def of_request() -> Any:
    """Flask's `g` without its proxy, which is looked up anew for each name: a page asks it for hundreds."""
    return g._get_current_object()


def asked_once(key: Hashable, ask: Callable[[], T]) -> T:
    """What `ask` answers, kept for the rest of a request that only reads. Everywhere else it is asked anew."""
    if not (READING.get() and has_request_context()):
        return ask()
    answers = g.setdefault("asked_once", {})
    if key not in answers:
        answers[key] = ask()
    return answers[key]
