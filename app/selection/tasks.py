"""What waits in a selection: reviews and results for officers, the decision for directors, the announcement."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import func, select

from app.applications.models import Application
from app.db import db
from app.programmes.models import Call
from app.selection.operations import missing_before_decision
from app.web.tasks import Task


def tasks(actor: Any, at: datetime) -> list[Task]:
    if not actor.may("selection.view"):
        return []
    found = _to_record(actor) if actor.may("selection.record") else []
    if actor.may("selection.decide"):
        found += _to_decide(at)
    return found + _to_announce()


def _to_record(actor: Any) -> list[Task]:
    """One line a call and kind of step: a call may have hundreds of applications."""
    waiting = db.session.execute(
        select(Call.id, Call.title, Application.state, func.count())
        .join(Application, Application.call_id == Call.id)
        .where(Call.state == "published", Application.state.in_(("accepted", "under_review")))
        .group_by(Call.id, Call.title, Application.state)
        .order_by(Call.id, Application.state)
    )
    return [
        Task(
            _("Put accepted applications under review: %(count)s", count=count)
            if state == "accepted"
            else _("Record provisional results: %(count)s", count=count),
            url_for("selection.show", call_id=call_id, state=state),
            title,
        )
        for call_id, title, state, count in waiting
    ]


def _to_decide(at: datetime) -> list[Task]:
    with_results = select(Application.call_id).where(Application.state == "provisional")
    calls = select(Call).where(Call.state == "published", Call.closes_at <= at, Call.id.in_(with_results))
    return [
        Task(_("Decide the results"), url_for("selection.decide", call_id=call.id), call.title)
        for call in db.session.scalars(calls.order_by(Call.id))
        if not missing_before_decision(call, at)
    ]


def _to_announce() -> list[Task]:
    calls = select(Call.id, Call.title).where(Call.state == "decided").order_by(Call.id)
    return [
        Task(_("Announce the results"), url_for("selection.announce", call_id=call_id), title)
        for call_id, title in db.session.execute(calls)
    ]
