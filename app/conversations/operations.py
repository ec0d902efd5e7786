"""Write to the other side, note that its messages were read, publish what is of interest to all."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from sqlalchemy import Integer, Select, bindparam, select

from app import lines
from app.actors import Actor
from app.applications.models import Application
from app.conversations import mails
from app.conversations.models import LONGEST, LONGEST_SEAT, Conversation, Message
from app.db import db, held, shortened
from app.lifecycle import NotAllowed
from app.organisations.models import Tenure
from app.permissions import OFFICE
from app.programmes import clarifications
from app.programmes.models import Call, Clarification
from app.seals import seal_of
from app.statements import records
from app.web.records import LARGEST_ID, within_reach

MOST_A_DAY = 50  # messages of one side about one application


class TooMany(Exception):
    """This side has written as many messages today as it may."""


def conversation_of(application: Application) -> Conversation | None:
    """What was written about it; None while nobody has."""
    found = records(Conversation, "conversation", _conversation, {"about": application.id})
    return found[0] if found else None


def _conversation() -> Select[Conversation]:
    return select(Conversation).where(Conversation.application_id == bindparam("about", type_=Integer))


def write(
    application: Application, *, text: str, key: str, actor: Tenure, at: datetime
) -> tuple[Message, bool]:
    """Add a message, and tell the other side; the message, and whether they are told by mail (mails.py).

    `key` is that of the page it was written on: the same text sent from it a second time is the message that there is.
    Raises NotAllowed, ValueError without a text or for one too long, TooMany.
    """
    if not text.strip() or len(text) > LONGEST:
        raise ValueError(f"a message has from 1 to {LONGEST} characters")
    application = held(application)  # of two who write first, one begins the conversation
    conversation = conversation_of(application)
    about = conversation or application
    if not actor.may("conversation.write", about):
        raise NotAllowed(about, "write", "not permitted")
    if conversation is None:
        conversation = _begin(application, at)
    key, found = _own_key(application, key, text)
    if found is not None:
        return found, False
    of_office = actor.role in OFFICE
    if mails.written_in_a_day(conversation, of_office=of_office, at=at) >= MOST_A_DAY:
        raise TooMany
    message = Message(
        key=key,
        of_office=of_office,
        author=actor.name,
        author_seat=shortened(f"{actor.organisation_name} {actor.seat_name}", LONGEST_SEAT),
        text=text,
        written_at=at,
        created_at=at,
    )
    unread_before = conversation.unread_by_body if of_office else conversation.unread_by_office
    conversation.messages.append(message)
    conversation.last_at, conversation.last_of_office = at, of_office
    if of_office:
        conversation.unread_by_body += 1
    else:
        conversation.unread_by_office += 1
    db.session.flush()
    digest = hashlib.sha256(message.text.encode()).hexdigest()
    proof = {"message": message.id, "sha256": digest, "seal": seal_of(message)}
    application.record("message_sent", actor=actor, at=at, changes=proof)
    return message, mails.message_arrived(message, waits=unread_before > 0, at=at)


def note_reading(conversation: Conversation, *, actor: Actor, at: datetime) -> list[int]:
    """Note that `actor` reads what the other side has written; the ids of the messages that nobody here had read.

    Whoever only looks on, as a director does, takes no message from those who are to answer it.
    """
    if not actor.may("conversation.write", conversation):
        return []
    conversation, of_office = held(conversation), actor.role in OFFICE
    unread = db.session.scalars(
        select(Message).where(
            Message.conversation_id == conversation.id,
            Message.of_office.is_(not of_office),
            Message.read_at.is_(None),
        )
    ).all()
    for message in unread:
        message.read_at, message.read_by = at, actor.name
    if of_office:
        conversation.unread_by_office = 0
    else:
        conversation.unread_by_body = 0
    return [message.id for message in unread]


def publish(message: Message, *, question: str, answer: str, actor: Actor, at: datetime) -> Clarification:
    """Publish what was asked in a message, as `question` words it for everybody, with its answer. Once for a message.

    Raises NotAllowed when it was published meanwhile, or the office wrote it; else as clarifications.publish.
    """
    message = held(message)
    if message.clarification_id is not None or message.of_office:
        raise NotAllowed(message.conversation, "publish", "it is published, or no question of an applicant")
    made = clarifications.publish(
        message.conversation.call, question=question, answer=answer, actor=actor, at=at
    )
    message.clarification_id = made.id
    return made


def question_of(call: Call, message_id: int, *, actor: Actor) -> Message | None:
    """A message of an applicant to this call that `actor` may read; None where there is none."""
    if message_id > LARGEST_ID:
        return None
    seen = within_reach(Conversation, actor).where(Conversation.call_id == call.id)
    query = select(Message).where(
        Message.id == message_id,
        Message.of_office.is_(False),
        Message.conversation_id.in_(seen.with_only_columns(Conversation.id)),
    )
    return db.session.scalars(query).one_or_none()


def _begin(application: Application, at: datetime) -> Conversation:
    begun = Conversation(
        application=application,
        organisation=application.organisation,
        call=application.call,
        last_at=at,
        last_of_office=False,
        unread_by_body=0,
        unread_by_office=0,
        created_at=at,
    )
    db.session.add(begun)
    db.session.flush()
    return begun


def _own_key(application: Application, key: str, text: str) -> tuple[str, Message | None]:
    """The key under which the text is kept, or was. Who goes back to a page and writes something else has written again."""
    own = f"{application.id}:{key}"
    found = db.session.scalars(select(Message).where(Message.key == own)).one_or_none()
    if found is None or found.text == lines.neutral(text):
        return own, found
    return f"{application.id}:{secrets.token_hex(12)}", None
