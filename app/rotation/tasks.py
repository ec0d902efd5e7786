"""What waits: the body's answer; a reported change that an administrator has to enter."""

from __future__ import annotations

from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import func, select

from app.actors import Actor
from app.db import db
from app.lifecycle.seat_check import ASKED, REPORTED
from app.rotation.models import SeatCheck
from app.web.i18n import shown_fiscal_year, shown_number
from app.web.records import within_reach
from app.web.tasks import Task


def tasks(actor: Actor, at: datetime) -> list[Task]:
    if actor.may("seat_check.answer"):
        waiting = within_reach(SeatCheck, actor).where(ASKED.of(SeatCheck)).order_by(SeatCheck.fiscal_year)
        return [
            Task(
                _("Confirm who holds the seats of your body"),
                url_for("rotation.show", seat_check_id=check.id),
                about=shown_fiscal_year(check.fiscal_year),
                due=check.due_on,
            )
            for check in db.session.scalars(waiting)
        ]
    if actor.may("seat_check.settle"):
        count = db.session.scalar(select(func.count()).select_from(SeatCheck).where(REPORTED.of(SeatCheck)))
        if count:
            title = _("Enter changes of seats that bodies have reported (%(n)s)", n=shown_number(count))
            return [Task(title, url_for("rotation.index", state=REPORTED.only))]
    return []
