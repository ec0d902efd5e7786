"""flask questions kinds: which kinds of questions there are."""

from __future__ import annotations

import click
from flask.cli import AppGroup
from flask_babel import force_locale
from flask_babel import gettext as _

from app.questions.kinds import KINDS
from app.web.commands import say, say_json

questions = AppGroup("questions", help="What forms can ask.")


@questions.command("kinds")
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
def list_kinds(as_json: bool) -> None:
    """The kinds of questions, each by its name and what it is called."""
    with force_locale("ja"):
        japanese = {name: _(kind.label) for name, kind in KINDS.items()}
    if as_json:
        say_json(
            [
                {
                    "name": name,
                    "label": kind.label,
                    "label_ja": japanese[name],
                    "in_tables": kind.in_tables,
                    "settings": sorted(kind.defaults),
                }
                for name, kind in KINDS.items()
            ]
        )
        return
    for name, kind in KINDS.items():
        say(f"{name:18} {japanese[name]}（{kind.label}）")
