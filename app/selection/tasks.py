"""What waits in a selection: reviews and results for officers, the decision for directors, the announcement."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select

from app.actors import Actor
from app.applications.models import Application
from app.applications.progress import by_call_and_state
from app.db import db
from app.lifecycle.application import ACCEPTED, PROVISIONAL, TO_REVIEW
from app.lifecycle.call import DECIDED, UNDECIDED
from app.programmes.models import Call
from app.selection.progress import progress_of
from app.web.tasks import Task


def tasks(actor: Actor, at: datetime) -> list[Task]:
    if not actor.may("selection.view"):
        return []
    found = _to_record_and_announce(actor, at)
    return found + _to_decide(at) if actor.may("selection.decide") else found


def _to_record_and_announce(actor: Actor, at: datetime) -> list[Task]:
    """One line a call and kind of step: a call may have hundreds of applications."""
    found: dict[tuple[int, str], Task] = {}
    for row in by_call_and_state(at):
        if row.call_state in DECIDED and row.state:
            page = url_for("selection.announce", call_id=row.call_id)
            found[row.call_id, row.call_state] = Task(_("Announce the results"), page, row.title)
        elif row.call_state in UNDECIDED and row in TO_REVIEW and actor.may("selection.record"):
            found[row.call_id, row.state] = _to_review(row)
    return list(found.values())


def _to_review(row: Any) -> Task:
    title = (
        _("Put accepted applications under review: %(count)s", count=row.count)
        if row in ACCEPTED
        else _("Record provisional results: %(count)s", count=row.count)
    )
    return Task(title, url_for("selection.show", call_id=row.call_id, state=row.state), row.title)


def _to_decide(at: datetime) -> list[Task]:
    with_results = select(Application.call_id).where(PROVISIONAL.of(Application))
    calls = select(Call).where(UNDECIDED.of(Call), Call.closes_at <= at, Call.id.in_(with_results))
    return [
        Task(_("Decide the results"), url_for("selection.decide", call_id=call.id), call.title)
        for call in db.session.scalars(calls.order_by(Call.id))
        if not progress_of(call, at).causes
    ]
