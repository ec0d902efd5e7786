"""The head of the history leaves the house each working day: whoever holds the server cannot change that mail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from flask import current_app
from sqlalchemy import ColumnElement, exists, select

from app import calendar, head
from app.correspondence import outbox
from app.correspondence.models import Letter, Mail, NumberRegister
from app.db import db
from app.organisations.contacts import office_mailboxes
from app.permissions import ADMINISTRATOR, DIRECTOR

KEY = "history-head"


def mail_head(*, on: date, at: datetime) -> int:
    """Queue the mail with the head to each recipient; how many. Once a working day, also on a day without entries.

    A mail that does not come is a sign as well, which it would not be if it came only now and then.
    """
    if not calendar.is_business_day(on) or db.session.scalar(select(exists().where(_is_of(on)))):
        return 0
    now, mailboxes = head.last(), recipients(on)
    if now is None or not mailboxes:
        return 0
    return outbox.send(
        "history_head",
        to=outbox.mailboxes(mailboxes),
        to_office=True,
        occasion=f"{KEY}:{on}",
        at=at,
        values={"on": on, "count": now.id, "line": now.line, "last_numbers": _last_numbers()},
    )


def recipients(on: date) -> Sequence[str]:
    """BANSO_HISTORY_MAIL, addresses with commas between them; else the mailboxes of directors and administrators."""
    addresses = [it.strip() for it in current_app.config["HISTORY_MAIL"].split(",") if it.strip()]
    return addresses or office_mailboxes([DIRECTOR, ADMINISTRATOR], on=on)


def _is_of(day: date) -> ColumnElement[bool]:
    return Mail.key.startswith(f"{KEY}:{day}:", autoescape=True)


def _last_numbers() -> list[str]:
    """The last document number of each register of the two newest fiscal years."""
    same = (
        (Letter.mark == NumberRegister.mark)
        & (Letter.register_fy == NumberRegister.fiscal_year)
        & (Letter.sequence == NumberRegister.last)
    )
    years = select(NumberRegister.fiscal_year).distinct().order_by(NumberRegister.fiscal_year.desc()).limit(2)
    newest = (
        select(Letter.number)
        .join(NumberRegister, same)
        .where(NumberRegister.fiscal_year.in_(years))
        .order_by(NumberRegister.fiscal_year.desc(), NumberRegister.mark)
    )
    return [number for number in db.session.scalars(newest) if number]
