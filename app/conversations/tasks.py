"""Messages that nobody has read: for the body each conversation, for officers one line a call."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import func, select

from app.actors import Actor
from app.applications.models import Application
from app.conversations.models import Conversation
from app.db import db
from app.memory import CASES, HOUSE, remembered
from app.permissions import MUNICIPAL
from app.programmes.models import Call
from app.web.i18n import shown_day
from app.web.records import shared_by, within_reach
from app.web.tasks import Task


def tasks(actor: Actor, at: datetime) -> Iterator[Task]:
    """Nothing for who does not answer."""
    if not actor.may("conversation.write"):
        return
    if actor.role in MUNICIPAL:
        key = "messages to read", shared_by(actor)
        for it in remembered(key, lambda: _of_body(actor), HOUSE, CASES):
            url = url_for("conversations.show", conversation_id=it.place)
            yield Task(_("Read the messages of the office: %(count)s", count=it.unread), url, it.about)
    else:
        for it in remembered("messages of applicants to read", _of_office, HOUSE, CASES):
            url = url_for("conversations.index", call=it.place, waits="unread")
            since = _("since %(day)s", day=shown_day(it.since))
            title = _("Read and answer messages of applicants: %(count)s", count=it.unread)
            yield Task(title, url, it.about, note=since)


class _Unread(NamedTuple):
    place: int
    about: str
    unread: int
    since: datetime


def _of_body(actor: Actor) -> list[_Unread]:
    rows = db.session.execute(
        within_reach(Conversation, actor)
        .join(Conversation.application)
        .join(Conversation.call)
        .where(Conversation.unread_by_body > 0)
        .with_only_columns(
            Conversation.id,
            func.coalesce(func.nullif(Application.title, ""), Call.title),
            Conversation.unread_by_body,
            Conversation.last_at,
        )
        .order_by(Conversation.last_at, Conversation.id)
    )
    return [_Unread(*row) for row in rows]


def _of_office() -> list[_Unread]:
    rows = db.session.execute(
        select(Call.id, Call.title, func.sum(Conversation.unread_by_office), func.min(Conversation.last_at))
        .join(Conversation, Conversation.call_id == Call.id)
        .where(Conversation.unread_by_office > 0)
        .group_by(Call.id, Call.title)
        .order_by(func.min(Conversation.last_at), Call.id)
    )
    return [_Unread(place, about, int(count), since) for place, about, count, since in rows]
