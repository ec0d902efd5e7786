"""flask kpi: what is read of a value as somebody writes it."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from app.kpis.values import Value, read_value
from app.web.commands import Words, say, say_json

kpi = AppGroup("kpi", help="KPIs: their values as people write them.")


@kpi.command("parse", context_settings={"ignore_unknown_options": True})
@click.argument("values", nargs=-1, required=True, type=Words())
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def parse(values: tuple[str, ...], as_json: bool) -> None:
    """What is read of each of these texts, and why one is no number."""
    found = [read_value(raw) for raw in values]
    if as_json:
        say_json([value.to_json() for value in found])
        return
    for value in found:
        say(_in_words(value))


def _in_words(value: Value) -> str:
    found = {name: it for name, it in value.to_json().items() if it not in (None, "")}
    return "  ".join(f"{name}={it}" for name, it in found.items())
