"""A database of PostgreSQL serves one test after another: emptied after each, replaced where more than rows changed.

Making one, dropping it and learning its tables anew in each connection takes the server longer than most tests take it.
"""

from __future__ import annotations

from typing import Any, LiteralString

import psycopg
from psycopg import sql

MOST_ROWS = 2000  # that may have been deleted: what is dead lies in the tables, and the server reads over it

# Whatever else than rows can be changed leaves another version of a row in one of these.
_CATALOGUES = ("pg_attribute", "pg_class", "pg_constraint", "pg_db_role_setting", "pg_index", "pg_namespace", "pg_proc",
               "pg_trigger", "pg_type")  # fmt: skip
_SHAPE = " UNION ALL ".join(f"SELECT count(*), sum(xmin::text::bigint) FROM {name}" for name in _CATALOGUES)
# Those who are still at work in it, whoever they are, and what outlives a transaction in a connection.
_AT_WORK = """
SELECT count(*) FILTER (WHERE state = 'idle'), count(*) FILTER (WHERE state <> 'idle'),
    (SELECT count(*) FROM pg_locks JOIN pg_database ON oid = database WHERE datname = current_database() AND locktype = 'advisory')
FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


Rows = tuple[dict[str, bytes], str]
"""The content of each table that has any, and a query that sets the sequences."""


class Reused:
    """A copy of the template, and what makes it one again."""

    def __init__(self, url: str) -> None:
        self.url, self.deleted = url, 0
        self._own = psycopg.connect(url.replace("+psycopg", ""), autocommit=True)
        # Neither guards nor foreign keys are asked.
        self._own.execute("SET session_replication_role = replica")
        tables = self._asked("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        self._filled = " UNION ALL ".join(
            f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})" for (table,) in tables
        )
        self._rows = {table: self._rows_of(table) for (table,) in self._asked(self._filled)}
        self._numbered = self._sequences()
        self._shape = self._asked(_SHAPE)

    def emptied(self, connections: int) -> bool:
        """Whether it is again as it was made, with nobody in it but this many idle connections."""
        if self._asked(_AT_WORK) != [(connections, 0, 0)] or self._asked(_SHAPE) != self._shape:
            return False
        for (table,) in self._asked(self._filled):
            self.deleted += self._own.execute(_of(table, "DELETE FROM {}")).rowcount
        self._put(self._rows)
        self._asked(self._numbered)
        return self.deleted < MOST_ROWS

    def look(self) -> Rows:
        """All that is in it now."""
        return {table: self._rows_of(table) for (table,) in self._asked(self._filled)}, self._sequences()

    def fill(self, found: Rows) -> None:
        """What was in it, or in another copy, when somebody looked."""
        rows, numbered = found
        for table in self._rows:
            self.deleted += self._own.execute(_of(table, "DELETE FROM {}")).rowcount
        self._put(rows)
        self._asked(numbered)

    def _put(self, rows: dict[str, bytes]) -> None:
        for table, content in rows.items():
            with self._own.cursor().copy(_of(table, "COPY {} FROM STDIN")) as copy:
                copy.write(content)

    def close(self) -> None:
        self._own.close()

    def _rows_of(self, table: str) -> bytes:
        """What a migration has written."""
        with self._own.cursor().copy(_of(table, "COPY {} TO STDOUT")) as copy:
            return b"".join(copy)

    def _sequences(self) -> str:
        """A query that sets every sequence to where it stands now."""
        found = self._asked(
            "SELECT sequencename, coalesce(last_value, start_value), last_value IS NOT NULL FROM pg_sequences"
        )
        return "SELECT " + ", ".join(f"setval('{name}', {value}, {called})" for name, value, called in found)

    def _asked(self, query: str) -> list[Any]:
        return self._own.execute(query, prepare=True).fetchall()


def _of(table: str, statement: LiteralString) -> sql.Composed:
    return sql.SQL(statement).format(sql.Identifier(table))
