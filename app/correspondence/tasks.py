"""What waits for whom in letters and mail: drafts to review, approvals to give, mails that did not get through."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import func, select

from app.correspondence.letters import LETTER_KINDS, due_on
from app.correspondence.models import Letter, Mail
from app.db import db
from app.lifecycle import LETTER
from app.web.i18n import shown_fiscal_year, shown_number
from app.web.tasks import Task


def tasks(actor: Any, at: datetime) -> list[Task]:
    """The tasks of this person, in no order."""
    return [
        *(_letter_tasks(actor) if actor.may("letter.list") else []),
        *(_mail_tasks(actor) if actor.may("mail.retry") else []),
    ]


def _letter_tasks(actor: Any) -> list[Task]:
    """One for each kind and fiscal year of which letters wait."""
    waiting = db.session.execute(
        select(Letter.letter_kind, Letter.fiscal_year, func.count())
        .where(Letter.state == LETTER.initial)
        .group_by(Letter.letter_kind, Letter.fiscal_year)
        .order_by(Letter.fiscal_year, Letter.letter_kind)
    )
    return [
        Task(
            title=_("Approve letters: %(n)s", n=shown_number(count))
            if actor.may("letter.approve")
            else _("Review letters before a director approves them: %(n)s", n=shown_number(count)),
            url=url_for("correspondence.review", kind=kind, fiscal_year=year),
            about=_("%(kind)s, %(year)s", kind=_(LETTER_KINDS[kind]), year=shown_fiscal_year(year)),
            due=due_on(kind, year),
        )
        for kind, year, count in waiting
    ]


def _mail_tasks(actor: Any) -> list[Task]:
    parked = (
        Mail.visible_to(actor)
        .with_only_columns(Mail.id, Mail.subject, func.count().over())
        .where(Mail.parked_at.is_not(None), Mail.state == "parked")
        .order_by(Mail.id)
    )
    first = db.session.execute(parked.limit(1)).one_or_none()
    if first is None:
        return []
    mail_id, subject, count = first
    if count == 1:
        url = url_for("correspondence.mail", mail_id=mail_id)
        return [Task(_("Decide on a mail that was not delivered"), url, about=subject)]
    url = url_for("correspondence.mails", state="parked")
    return [Task(_("Decide on mails that were not delivered: %(n)s", n=shown_number(count)), url)]
