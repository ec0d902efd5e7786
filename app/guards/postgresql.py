"""The guards as triggers of PostgreSQL: for each table one function and one trigger, and one more against TRUNCATE.

Each function names the schema it looks into, and temporary tables last: nobody puts a table of their own before it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.guards.rules import GUARDS, Guard

ROW, BEFORE, INSERT, DELETE, UPDATE, TRUNCATE = 1, 2, 4, 8, 16, 32  # pg_trigger.tgtype
REFUSE_TRUNCATE = "guard_truncate"


@dataclass(frozen=True)
class Trigger:
    name: str
    table: str
    function: str
    fires: int  # as pg_trigger.tgtype has it

    @property
    def statement(self) -> str:
        if self.fires & TRUNCATE:
            return f"CREATE TRIGGER {self.name} BEFORE TRUNCATE ON {self.table} FOR EACH STATEMENT EXECUTE FUNCTION {self.function}()"
        verbs = "INSERT OR UPDATE OR DELETE" if self.fires & INSERT else "UPDATE OR DELETE"
        return f"CREATE TRIGGER {self.name} BEFORE {verbs} ON {self.table} FOR EACH ROW EXECUTE FUNCTION {self.function}()"


def functions(guards: tuple[Guard, ...] = GUARDS) -> dict[str, str]:
    """Name → what stands between BEGIN and END, with these words."""
    made = {f"guard_{guard.table}": _body(guard) for guard in guards}
    made[REFUSE_TRUNCATE] = (
        "\nBEGIN\n  RAISE EXCEPTION '% is append-only: nothing is emptied', TG_TABLE_NAME;\nEND\n"
    )
    return made


def statement(name: str, body: str, schema: str) -> str:
    """How the function is made; `schema` as PostgreSQL quotes it."""
    return (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql "
        f"SET search_path = {schema}, pg_temp AS $guard${body}$guard$"
    )


def triggers(guards: tuple[Guard, ...] = GUARDS) -> dict[str, Trigger]:
    made = {}
    for guard in guards:
        fires = ROW | BEFORE | UPDATE | DELETE | (INSERT if guard.begins else 0)
        for it in (
            Trigger(f"guard_{guard.table}", guard.table, f"guard_{guard.table}", fires),
            Trigger(f"guard_{guard.table}_truncate", guard.table, REFUSE_TRUNCATE, BEFORE | TRUNCATE),
        ):
            made[it.name] = it
    return made


def _body(guard: Guard) -> str:
    never_deleted = f"OLD.at > now() - interval '{guard.years} years'" if guard.years else guard.never_deleted
    lines = ["BEGIN"]
    if guard.begins:
        lines += ["  IF TG_OP = 'INSERT' THEN", *_refused((it.when, it.says) for it in guard.begins)]
        lines += ["    RETURN NEW;", "  END IF;"]
    lines += ["  IF TG_OP = 'DELETE' THEN", *_refused([(never_deleted, _of_delete(guard))])]
    lines += ["    RETURN OLD;", "  END IF;", *_refused(_updates(guard)), "  RETURN NEW;", "END"]
    return "\n" + "\n".join(lines) + "\n"


def _updates(guard: Guard) -> list[tuple[str, str]]:
    if guard.append_only:
        return [("1 = 1", f"{guard.table} is append-only")]
    lines = [(_changed((guard.primary, *guard.frozen)), f"{guard.table}: what is frozen never changes")]
    lines += [(f"({it.when}) AND ({_changed(it.columns)})", it.says) for it in guard.freezes]
    return lines + [(it.when, it.says) for it in guard.refuses]


def _of_delete(guard: Guard) -> str:
    return f"{guard.table} is append-only" if guard.append_only else f"{guard.table}: this row is kept"


def _refused(cases: Iterable[tuple[str, str]]) -> list[str]:
    return [f"    IF {when} THEN RAISE EXCEPTION '{says}'; END IF;" for when, says in cases]


def _changed(columns: tuple[str, ...]) -> str:
    # As text: json has no equality of its own.
    return " OR ".join(f'NEW."{column}"::text IS DISTINCT FROM OLD."{column}"::text' for column in columns)
