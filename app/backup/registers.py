"""flask registers list | skip: the last numbers given, and those that must not be given again after a restore."""

from __future__ import annotations

from typing import Any

import click
from sqlalchemy import select

from app import calendar
from app.applications.numbering import last_number
from app.applications.numbering import skip_numbers as skip_application_numbers
from app.correspondence.cli import FiscalYear
from app.correspondence.models import NumberRegister
from app.correspondence.registers import NotAhead, skip_numbers
from app.db import db, held
from app.organisations.contacts import NoSuchTenure, tenure_of
from app.permissions import SYSTEM
from app.programmes.models import Call
from app.programmes.voice import all_programmes, house
from app.web import clock
from app.web.commands import Commands, say

registers = Commands(
    "registers", help="Numbers of documents and applications: the last ones, and skipping some."
)


@registers.command("list")
def list_registers() -> None:
    """The last number of each register, given or skipped."""
    clock.sync()
    in_order = select(NumberRegister).order_by(NumberRegister.fiscal_year, NumberRegister.mark)
    for register in db.session.scalars(in_order):
        say(f"documents ({register.mark}) of fiscal year {register.fiscal_year}: {register.last}")
    for call in db.session.scalars(select(Call).order_by(Call.id)):
        say(f"applications of {call.code}: {last_number(call)}")


@registers.command("skip")
@click.option("--fiscal-year", type=FiscalYear(), help="Of a register of documents.")
@click.option(
    "--mark", help="Of documents with this mark, such as 未技; where there is one programme, its own."
)
@click.option("--call", "code", help="Of a call, by its code, such as R5.")
@click.option(
    "--through", type=click.IntRange(1, 999_999), required=True, help="The last number that was given."
)
@click.option("--reason", required=True, help="Why, for the history.")
@click.option("--as", "email", help="Who does it, by mail address; the system without it.")
def skip(
    fiscal_year: int | None, mark: str | None, code: str | None, through: int, reason: str, email: str | None
) -> None:
    """Give none of the numbers up to --through any more: they went out before a backup was restored."""
    clock.sync()
    if (fiscal_year is None) == (code is None):
        raise click.UsageError("name a register with --fiscal-year or a call with --call, one of them")
    if not reason.strip():
        raise click.UsageError("--reason must say why")
    try:
        actor, at = tenure_of(email) if email else SYSTEM, calendar.now()
        common: dict[str, Any] = {"through": through, "reason": reason, "actor": actor, "at": at}
        if fiscal_year is not None:
            first = skip_numbers(mark := _mark(mark), fiscal_year, **common)
            of_what = f"documents ({mark}) of fiscal year {fiscal_year}"
        else:
            first, of_what = skip_application_numbers(held(_call(code)), **common), f"applications of {code}"
    except NoSuchTenure as problem:
        raise click.UsageError(str(problem)) from None
    except NotAhead as problem:
        raise click.ClickException(f"the numbers up to {problem.last} are given or skipped already") from None
    db.session.commit()
    say(f"Skipped {first} to {through} for {of_what}; the next one is {through + 1}.")


def _mark(mark: str | None) -> str:
    """The one that was named, or that of the only programme."""
    known = sorted(
        {it.mark for it in all_programmes() or [house()]}
        | set(db.session.scalars(select(NumberRegister.mark)))
    )
    if mark is None and len(known) == 1:
        return known[0]
    if mark not in known:
        raise click.UsageError(f"name the register's mark with --mark, one of: {', '.join(known)}")
    return mark


def _call(code: str | None) -> Call:
    found = db.session.scalars(select(Call).where(Call.code == code)).one_or_none()
    if found is None:
        raise click.UsageError(f"there is no call {code}")
    return found
