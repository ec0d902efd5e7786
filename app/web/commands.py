"""What every group of commands shares: a database that is away is told in a sentence, not in a traceback."""

from __future__ import annotations

from typing import Any

import click
from flask.cli import AppGroup, ScriptInfo
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError


class Commands(AppGroup):
    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (OperationalError, ProgrammingError) as problem:
            if (why := _why(problem)) is None:
                raise
            address = make_url(ctx.ensure_object(ScriptInfo).load_app().config["SQLALCHEMY_DATABASE_URI"])
            where = address.render_as_string(hide_password=True)
            raise click.ClickException(f"the database {where} {why}") from problem


def _why(problem: DBAPIError) -> str | None:
    said = " ".join(str(problem.orig).split())
    old = type(problem.orig).__name__ in ("UndefinedTable", "UndefinedColumn")
    if old or "no such table" in said or "no such column" in said:
        return f"is not migrated to this version ({said}); run: flask db upgrade"
    if isinstance(problem, OperationalError):
        return f"cannot be used just now ({said}); nothing was changed, so try again once it can"
    return None
