"""What every command shares: words of one line, read and written; a database that is away is told in a sentence."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache, partial
from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup, ScriptInfo
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError

from app.lines import BREAK, fault_of, neutral, one_line


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


class LateCommands(AppGroup):
    """Those of an application, which `load` adds when one is looked for. A server never looks for any, and so does
    without all that they need: a fifth of its memory.
    """

    def __init__(self, app: Flask, load: Callable[[Flask], None]) -> None:
        super().__init__(app.cli.name, commands=app.cli.commands)
        self._load = cache(partial(load, app))

    def list_commands(self, ctx: click.Context) -> list[str]:
        self._load()
        return super().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        self._load()
        return super().get_command(ctx, cmd_name)


class Words(click.types.StringParamType):
    """An argument in words: on one line and in one direction, as in the fields of our forms."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        text = super().convert(value, param, ctx)
        if fault := fault_of(text):
            what = "a line break" if fault == BREAK else "a control of the direction of writing"
            self.fail(f"{one_line(text)!r} holds {what}: leave it out.", param, ctx)
        return one_line(text)


def take_words(command: click.Command) -> None:
    """Let every argument of `command`, or of the commands in a group, that is a text be `Words`."""
    for param in command.params:
        if type(param.type) is click.types.StringParamType:
            param.type = Words()
    for below in getattr(command, "commands", {}).values():
        take_words(below)


def say(text: str) -> None:
    """One line to whoever gave the command, whatever the names in it hold."""
    click.echo(one_line(text))


def say_json(value: Any) -> None:
    click.echo(neutral(json.dumps(value, ensure_ascii=False, indent=2)))


def _why(problem: DBAPIError) -> str | None:
    text = " ".join(str(problem.orig).split())
    old = type(problem.orig).__name__ in ("UndefinedTable", "UndefinedColumn")
    if old or "no such table" in text or "no such column" in text:
        return f"is not migrated to this version ({text}); run: flask db upgrade"
    if isinstance(problem, OperationalError):
        return f"cannot be used just now ({text}); nothing was changed, so try again once it can"
    return None
