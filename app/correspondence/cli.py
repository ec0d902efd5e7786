"""flask letters list | approve, flask mails list | deliver."""

from __future__ import annotations

import json
import re
from typing import Any

import click
from sqlalchemy import select

from app import calendar
from app.correspondence import approval, delivery, outbox
from app.correspondence import letters as operations
from app.correspondence.models import Letter, Mail
from app.db import db, reading
from app.lifecycle import LETTER, NotAllowed
from app.lifecycle.letter import TO_APPROVE
from app.organisations.contacts import NoSuchTenure, tenure_of
from app.permissions import DIRECTOR
from app.storage import storage
from app.web import clock
from app.web.commands import Commands, say, say_json
from app.widths import plain

letters = Commands("letters", help="Letters: what there is, and a director's approval.")
mails = Commands("mails", help="The outbox: what there is, and its delivery.")


class FiscalYear(click.ParamType):
    name = "year"

    def convert(self, value: Any, param: Any, ctx: Any) -> int:
        text = plain(str(value)).strip()
        if not re.fullmatch(r"(19|20|21)\d\d", text):
            self.fail(
                f"{value!r} is no fiscal year: write the Western year it begins in, such as 2022.", param, ctx
            )
        return int(text)


KIND = click.Choice(list(operations.LETTER_KINDS))


@letters.command("list")
@click.option("--kind", type=KIND, default=None, help="Only letters of this kind.")
@click.option("--fiscal-year", type=FiscalYear(), default=None, help="Only those about this fiscal year.")
@click.option(
    "--state", type=click.Choice(list(LETTER.states)), default=None, help="Only those in this state."
)
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
def list_letters(kind: str | None, fiscal_year: int | None, state: str | None, as_json: bool) -> None:
    """The letters, in order of drafting."""
    with reading():
        rows = [_letter(letter) for letter in operations.letters_of(kind, fiscal_year, state)]
    if as_json:
        say_json(rows)
        return
    for row in rows:
        number, issued_on = row["number"] or "-", row["issued_on"] or "-"
        say(f"{row['id']:>6}  {row['state']:<9} {number}  {issued_on}  {row['addressee']}  {row['subject']}")


@letters.command("approve")
@click.option("--kind", type=KIND, required=True, help="The kind of letters to approve.")
@click.option("--fiscal-year", type=FiscalYear(), required=True, help="The fiscal year they are about.")
@click.option("--as", "email", required=True, metavar="EMAIL", help="The director who approves.")
def approve_letters(kind: str, fiscal_year: int, email: str) -> None:
    """Approve all drafted letters of a kind and a fiscal year, in a director's name."""
    clock.sync()
    try:
        director = tenure_of(email, role=DIRECTOR)
    except NoSuchTenure as problem:
        raise click.BadParameter(str(problem), param_hint="--as") from problem
    drafted = operations.letters_of(kind, fiscal_year, TO_APPROVE.only)
    approved = approval.approve(drafted, actor=director, at=calendar.now())
    db.session.commit()
    say(f"{approved} letters approved." if approved else "No letter waits for approval.")


@mails.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
def list_mails(as_json: bool) -> None:
    """The mails of the outbox, in order of queueing."""
    with reading():
        rows = [_mail(mail) for mail in db.session.scalars(select(Mail).order_by(Mail.id))]
    if as_json:
        say_json(rows)
        return
    for row in rows:
        say(f"{row['id']:>6}  {row['state']:<9} {row['to'] or '-'}  {row['subject']}")


@mails.command("deliver")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
def deliver_mails(as_json: bool) -> None:
    """Deliver what is due now."""
    clock.sync()
    try:
        counts = delivery.deliver_due(at=calendar.now())
    except ValueError as problem:
        raise click.UsageError(str(problem)) from problem
    if as_json:
        say(json.dumps(counts))
    else:
        say(", ".join(f"{count} {outcome}" for outcome, count in counts.items()))


@mails.command("after-restore")
@click.option("--send", is_flag=True, help="Send them: nothing had gone out since the backup.")
@click.option("--set-aside", "reason", metavar="REASON", help="Do not send them, and say why.")
@click.option(
    "--as", "email", required=True, metavar="EMAIL", help="The officer or administrator who decides."
)
def decide_after_restore(send: bool, reason: str | None, email: str) -> None:
    """Decide at once on all mails that a restore has parked and nobody has decided on."""
    clock.sync()
    if send == bool(reason and reason.strip()):
        raise click.UsageError("say --send, or --set-aside with a reason")
    try:
        actor, at = tenure_of(email), calendar.now()
        parked = select(Mail).where(
            Mail.stands_in("parked"), Mail.last_error == delivery.MAY_HAVE_BEEN_SENT_SINCE
        )
        found = db.session.scalars(parked.order_by(Mail.id)).all()
        for mail in found:
            if send:
                outbox.retry(mail, actor=actor, at=at)
            else:
                outbox.set_aside(mail, reason=reason or "", actor=actor, at=at)
    except (NoSuchTenure, NotAllowed) as problem:
        raise click.BadParameter(str(problem), param_hint="--as") from problem
    db.session.commit()
    say(f"{len(found)} mails " + ("wait to be sent." if send else "are set aside."))


def _letter(letter: Letter) -> dict[str, Any]:
    return {
        "id": letter.id,
        "state": letter.state,
        "standing": letter.standing,
        "supersedes": letter.supersedes_id,
        "kind": letter.letter_kind,
        "fiscal_year": letter.fiscal_year,
        "number": letter.number,
        "project_no": int(letter.about_number) if letter.about_number.isdecimal() else letter.about_number,
        "addressee": letter.addressee,
        "addressee_code": letter.organisation.code,
        "subject": letter.subject,
        "issued_on": letter.issued_on.isoformat() if letter.issued_on else None,
        "sha256": letter.sha256,
        "path": storage().address(letter.path) if letter.path else None,
        "pages": letter.pages,
    }


def _mail(mail: Mail) -> dict[str, Any]:
    return {
        "id": mail.id,
        "to": mail.to_address,
        "subject": mail.subject,
        "state": mail.state,
        "queued_at": mail.queued_at.isoformat(),
        "sent_at": mail.sent_at.isoformat() if mail.sent_at else None,
        "attachments": [
            {"filename": attachment["filename"], "sha256": attachment["sha256"]}
            for attachment in mail.attachments
        ],
    }
