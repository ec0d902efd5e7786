"""The mails of a conversation, each once for its message: to the officers, or to the editors and approvers of the body.

A message that follows another which nobody has read yet tells nothing new: then one mail an hour, and so many a day.
The other officers read of what the office writes in the day's digest.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select

from app import calendar
from app.conversations.models import Conversation, Message
from app.correspondence import outbox
from app.db import db
from app.organisations.contacts import office_mailboxes, seat_mailboxes
from app.permissions import MUNICIPAL, OFFICER

PAUSE = timedelta(hours=1)
MOST_A_DAY = 10
WRITTEN_NOTE = "申請団体に連絡を送りました。返信があったときは、担当者のトップページに表示されます。"


def message_arrived(message: Message, *, waits: bool, at: datetime) -> bool:
    """To the other side; whether it is told by mail. `waits`: an earlier message lies there unread."""
    conversation = message.conversation
    kind = "from-office" if message.of_office else "from-body"
    mailed = outbox.queued_lately(conversation, kind, at)
    if len(mailed) >= MOST_A_DAY or (waits and mailed and mailed[-1] > at - PAUSE):
        return False
    day, body = calendar.day_of(at), conversation.organisation
    if message.of_office:
        found = seat_mailboxes(body.id, MUNICIPAL, day)
        to = outbox.mailboxes(found) if found else [outbox.contact_of(body, on=day)]
    else:
        to = outbox.mailboxes(office_mailboxes((OFFICER,), day))
    outbox.send(
        "message_from_office" if message.of_office else "message_from_applicant",
        to=to,
        about=conversation,
        occasion=f"{kind}:{message.id}",
        at=at,
        values={
            "message": message,
            "body": body,
            "call": conversation.call,
            "number": conversation.application.number,
            "url": outbox.absolute_url("conversations.show", conversation_id=conversation.id),
        },
        to_office=not message.of_office,
        copy_note=WRITTEN_NOTE if message.of_office else "",
    )
    return bool(to)


def written_in_a_day(conversation: Conversation, *, of_office: bool, at: datetime) -> int:
    """How many messages one side has written in the last 24 hours."""
    query = select(func.count()).where(
        Message.conversation_id == conversation.id,
        Message.of_office.is_(of_office),
        Message.written_at > at - timedelta(days=1),
    )
    return db.session.scalar(query) or 0
