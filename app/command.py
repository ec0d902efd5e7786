"""The `flask` command of this folder: Flask's own, whose --version begins with Banso's.

Flask prints its versions before it looks for an application, so that no application can add to them;
`script/setup` lets .venv/bin/flask begin here. It knows neither the settings nor the database.
"""

from __future__ import annotations

import sys

import click
from flask.cli import FlaskGroup, get_version

from app.version import VERSION


def _tell_versions(ctx: click.Context, param: click.Parameter, asked: bool) -> None:
    if asked and not ctx.resilient_parsing:
        click.echo(f"Banso {VERSION}", color=ctx.color)
    get_version(ctx, param, asked)


group = FlaskGroup(
    name="flask",
    help="The commands of Banso, and those of Flask.",
    add_version_option=False,
    params=[
        click.Option(
            ["--version"],
            help="Show the versions of Banso, Python and Flask.",
            expose_value=False,
            callback=_tell_versions,
            is_flag=True,
            is_eager=True,
        )
    ],
)


def main() -> None:
    sys.exit(group.main())
