"""flask applications: what a call asks, for whoever reads it with another program."""

from __future__ import annotations

import click
from flask.cli import AppGroup
from sqlalchemy import select

from app.db import db
from app.programmes.models import Call
from app.questions.models import FormVersion
from app.web.commands import say, say_json

applications = AppGroup("applications", help="Applications and the forms of their calls.")


@applications.command("form")
@click.argument("call")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def show_form(call: str, as_json: bool) -> None:
    """What the call with this code (R4S) asks of applicants now; of a draft what it is to ask."""
    version = version_of(call)
    if as_json:
        say_json({"version": version.number, **version.form.to_json()})
        return
    say(f"version {version.number}")
    for section in version.form.sections:
        say(f"{section.key}: {section.label.ja}")
        for question in section.questions:
            required = " *" if question.required else ""
            say(f"  {question.key} ({question.kind}){required}: {question.label.ja}")


def version_of(code: str) -> FormVersion:
    """The version that the call with this code asks now. Raises ClickException."""
    call = db.session.scalars(select(Call).where(Call.code == code)).one_or_none()
    if call is None:
        raise click.ClickException(f"there is no call with the code {code}.")
    version = call.form and (call.form.published or call.form.newest)
    if not version:
        raise click.ClickException(f"the call {code} has no form.")
    return version
