"""What waits for whom in letters and mail: drafts to review, approvals to give, mails that did not get through."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import func, select

from app.actors import Actor
from app.correspondence.letters import LETTER_KINDS, due_on
from app.correspondence.models import Letter, Mail
from app.correspondence.openings import unopened
from app.db import db
from app.lifecycle.letter import SENT_BACK, TO_APPROVE
from app.memory import CASES, HOUSE, remembered
from app.permissions import MUNICIPAL
from app.statements import prepared
from app.web.i18n import shown_date, shown_fiscal_year, shown_number
from app.web.records import reader, shared_by, within_reach
from app.web.tasks import Task

SHOWN_APART = 20  # each is a task of its own; more than these are found in the list


def tasks(actor: Actor, at: datetime) -> list[Task]:
    """The tasks of this person, in no order."""
    return [
        *(_letter_tasks(actor) if actor.may("letter.list") else []),
        *(_remark_tasks(actor) if actor.may("letter.put_forward") else []),
        *(_unopened_tasks(actor) if actor.role in MUNICIPAL else []),
        *(_mail_tasks(actor) if actor.may("mail.retry") else []),
    ]


def _letter_tasks(actor: Actor) -> list[Task]:
    """One for each kind and fiscal year of which letters wait."""
    return [
        Task(
            title=_("Approve letters: %(n)s", n=shown_number(count))
            if actor.may("letter.approve")
            else _("Review letters before a director approves them: %(n)s", n=shown_number(count)),
            url=url_for("correspondence.review", kind=kind, fiscal_year=year),
            about=_("%(kind)s, %(year)s", kind=_(LETTER_KINDS[kind]), year=shown_fiscal_year(year)),
            due=due_on(kind, year),
        )
        for kind, year, count in remembered("letters to approve", _to_approve, CASES)
    ]


def _to_approve() -> Sequence[Any]:
    return db.session.execute(
        select(Letter.letter_kind, Letter.fiscal_year, func.count())
        .where(TO_APPROVE.of(Letter))
        .group_by(Letter.letter_kind, Letter.fiscal_year)
        .order_by(Letter.fiscal_year, Letter.letter_kind)
    ).all()


def _remark_tasks(actor: Actor) -> list[Task]:
    """One for each letter that a director sent back, with the remark."""
    return [
        Task(
            title=_("Answer a director's remark on a letter"),
            url=url_for("correspondence.put_forward", letter_id=letter.id),
            about=f"{letter.addressee}　{letter.remark}",
            due=due_on(letter.letter_kind, letter.fiscal_year),
        )
        for letter in remembered("letters sent back", _sent_back, CASES)
    ]


def _sent_back() -> Sequence[Any]:
    asked = (Letter.id, Letter.addressee, Letter.remark, Letter.letter_kind, Letter.fiscal_year)
    waiting = select(*asked).where(SENT_BACK.of(Letter)).order_by(Letter.id).limit(SHOWN_APART)
    return db.session.execute(waiting).all()


def _unopened_tasks(actor: Actor) -> list[Task]:
    """A letter that has come stands on the first page of its body until somebody there has opened it."""
    columns = Letter.id, Letter.subject, Letter.number, Letter.issued_on
    come = prepared(
        ("letters that have come", reader(actor)),
        lambda: unopened(actor).with_only_columns(*columns).limit(SHOWN_APART),
    )
    return [
        Task(
            title=_("Read the letter that has come: %(subject)s", subject=letter.subject),
            url=url_for("correspondence.letter", letter_id=letter.id),
            about=f"{letter.number}　{shown_date(letter.issued_on)}",
        )
        for letter in db.session.execute(come)
    ]


def _mail_tasks(actor: Actor) -> list[Task]:
    first = remembered(("mails that are parked", shared_by(actor)), partial(_parked, actor), HOUSE, CASES)
    if first is None:
        return []
    mail_id, subject, count = first
    if count == 1:
        url = url_for("correspondence.mail", mail_id=mail_id)
        return [Task(_("Decide on a mail that was not delivered"), url, about=subject)]
    url = url_for("correspondence.mails", state="parked")
    return [Task(_("Decide on mails that were not delivered: %(n)s", n=shown_number(count)), url)]


def _parked(actor: Actor) -> Any:
    """The first, and how many there are; None for none."""
    parked = (
        within_reach(Mail, actor)
        .with_only_columns(Mail.id, Mail.subject, func.count().over())
        .where(Mail.stands_in("parked"))
        .order_by(Mail.id)
    )
    return db.session.execute(parked.limit(1)).one_or_none()
