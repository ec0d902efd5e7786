"""The triggers of SQLite that keep the indexes of pairs of characters (app/searching.py). They refuse nothing.

They stand beside the guards because whoever looks through the triggers of a database must know them: one that is not
Banso's may undo what the guards keep. PostgreSQL keeps its pairs in columns of its own making.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

SEARCHED = {  # table → its column of folded texts
    "applications": "submitted_search_text",
    "projects": "search_text",
    "letters": "search_text",
    "mails": "search_text",
}
PAIRS = "searched_pairs"  # the column of PostgreSQL, and the end of its index's name
INDEX = "found_"  # how the names of the indexes begin, and those of the tables that SQLite makes for each


def triggers() -> dict[str, str]:
    """Name → the statement that makes it."""
    return {name: statement for table in SEARCHED for name, statement in _triggers_of(table).items()}


def make_anew(connection: Connection) -> None:
    """The triggers, and what they have kept so far."""
    for name, statement in triggers().items():
        connection.execute(text(f"DROP TRIGGER IF EXISTS {name}"))
        connection.execute(text(statement))
    for table, column in SEARCHED.items():
        index = INDEX + table
        connection.execute(text(f"INSERT INTO {index} ({index}) VALUES ('delete-all')"))
        rows = f"SELECT id, {_pairs(column)} FROM {table}"
        connection.execute(text(f"INSERT INTO {index} (rowid, pairs) {rows}"))


def of_models(_item: object, name: str | None, _kind: str, reflected: bool, _model: object) -> bool:
    """For Alembic's `include_object`: what the database keeps for its searches alone is in no model."""
    return not (reflected and name and (name.startswith(INDEX) or name.endswith(PAIRS)))


def _triggers_of(table: str) -> dict[str, str]:
    column, index = SEARCHED[table], INDEX + table
    new, old = _pairs(f"new.{column}"), _pairs(f"old.{column}")
    insert = f"INSERT INTO {index} (rowid, pairs) VALUES (new.id, {new});"
    delete = f"INSERT INTO {index} ({index}, rowid, pairs) VALUES ('delete', old.id, {old});"
    return {
        f"{index}_{name}": f"CREATE TRIGGER {index}_{name} AFTER {when} ON {table} BEGIN {what} END"
        for name, when, what in (
            ("insert", "INSERT", insert),
            ("update", f"UPDATE OF {column}", delete + insert),
            ("delete", "DELETE", delete),
        )
    }


def _pairs(text_of_row: str) -> str:
    """Every two neighbouring characters, each as a word: in hexadecimal digits, so that no sign of it parts words."""
    places = (
        f"'[' || rtrim(replace(hex(zeroblob(max(length({text_of_row}) - 1, 0))), '00', '0,'), ',') || ']'"
    )
    return f"(SELECT group_concat(hex(substr({text_of_row}, key + 1, 2)), ' ') FROM json_each({places}))"
