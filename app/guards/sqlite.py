"""The guards as triggers of SQLite.

INSERT OR REPLACE and UPDATE OR REPLACE throw away the row in their way without asking a trigger on DELETE, unless the
connection has switched recursive triggers on. So the triggers on INSERT and UPDATE look themselves whether a row would
have to go.
"""

from __future__ import annotations

from app.guards.rules import GUARDS, Guard


def triggers(guards: tuple[Guard, ...] = GUARDS) -> dict[str, str]:
    """Name → the statement that makes it."""
    made = {}
    for guard in guards:
        for verb, lines in (
            ("insert", _insert(guard)),
            ("update", _update(guard)),
            ("delete", _delete(guard)),
        ):
            name = f"guard_{guard.table}_{verb}"
            body = "\n".join(f"  SELECT RAISE(ABORT, '{says}') WHERE {when};" for when, says in lines)
            made[name] = (
                f"CREATE TRIGGER {name} BEFORE {verb.upper()} ON {guard.table} FOR EACH ROW BEGIN\n{body}\nEND"
            )
    return made


def _insert(guard: Guard) -> list[tuple[str, str]]:
    begins = [(refusal.when, refusal.says) for refusal in (*guard.begins, *guard.replaces)]
    if guard.named:  # a number that nobody names is below 0 here
        place = f"EXISTS (SELECT 1 FROM {guard.table} WHERE rowid = NEW.rowid AND rowid > 0)"
        begins.append((place, f"{guard.table}: its place is taken"))
    return begins + [
        (f"EXISTS (SELECT 1 FROM {guard.table} WHERE {_same(key)})", f"{guard.table}: {_named(key)} is taken")
        for key in guard.keys
    ]


def _update(guard: Guard) -> list[tuple[str, str]]:
    if guard.append_only:
        return [("1 = 1", f"{guard.table} is append-only")]
    lines = [(_changed((guard.primary, *guard.frozen)), f"{guard.table}: what is frozen never changes")]
    lines += [(f"({it.when}) AND ({_changed(it.columns)})", it.says) for it in guard.freezes]
    lines += [(it.when, it.says) for it in guard.refuses]
    for key in guard.keys[1:]:
        another = f"SELECT 1 FROM {guard.table} WHERE {_same(key)} AND {guard.primary} <> OLD.{guard.primary}"
        lines.append((f"({_changed(key)}) AND EXISTS ({another})", f"{guard.table}: {_named(key)} is taken"))
    return lines


def _delete(guard: Guard) -> list[tuple[str, str]]:
    never_deleted = (
        f"OLD.at > datetime('now', '-{guard.years} years')" if guard.years else guard.never_deleted
    )
    return [
        (
            never_deleted,
            f"{guard.table} is append-only" if guard.append_only else f"{guard.table}: this row is kept",
        )
    ]


def _changed(columns: tuple[str, ...]) -> str:
    return " OR ".join(f'NEW."{column}" IS NOT OLD."{column}"' for column in columns)


def _same(key: tuple[str, ...]) -> str:
    return " AND ".join(f'"{column}" = NEW."{column}"' for column in key)


def _named(key: tuple[str, ...]) -> str:
    return ", ".join(key)
