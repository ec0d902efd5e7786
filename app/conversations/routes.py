"""Pages of conversations: the list, a conversation, and a question of it published with the call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload, selectinload

from app import calendar
from app.applications.models import Application
from app.conversations import operations
from app.conversations.forms import MessageForm
from app.conversations.lists import listing_for
from app.conversations.models import Conversation, Message
from app.db import db, writing
from app.lifecycle.call import UNPUBLISHED
from app.organisations.sessions import own_tenure
from app.permissions import OFFICE
from app.programmes.clarification_routes import place_of
from app.programmes.forms import ClarificationForm
from app.programmes.models import Call
from app.web.access import actor, can, needs, only_reads
from app.web.forms import form_page
from app.web.records import fetch
from app.web.walk import in_list

conversations = Blueprint("conversations", __name__)
WHOLE = (
    joinedload(Conversation.application),
    joinedload(Conversation.call),
    joinedload(Conversation.organisation),
    selectinload(Conversation.messages).joinedload(Message.clarification),
)


@conversations.get("/conversations")
@needs("conversation.view")
def index() -> ResponseReturnValue:
    """Those of one's own body, or for the office all."""
    listing = listing_for(actor(), request.args)
    return listing.response("conversations/index.html", filename="messages")


@conversations.get("/conversations/<int:conversation_id>")
@needs("conversation.view")
def show(conversation_id: int) -> ResponseReturnValue:
    """All messages, the oldest first; opening it is reading them."""
    conversation = fetch(Conversation, conversation_id, *WHOLE)
    fresh: list[int] = []
    if request.method == "GET" and conversation.unread_by(actor().role):
        with writing():
            fresh = operations.note_reading(conversation, actor=actor(), at=calendar.now())
            db.session.commit()
        conversation = fetch(Conversation, conversation_id, *WHOLE)
    return _page(conversation, MessageForm(formdata=None), fresh=fresh)


@conversations.post("/conversations/<int:conversation_id>")
@needs("conversation.write")
def write(conversation_id: int) -> ResponseReturnValue:
    """A further message."""
    conversation = fetch(Conversation, conversation_id, *WHOLE)
    form = MessageForm()
    if form.validate_on_submit() and _sent(conversation.application, form):
        return redirect(
            url_for("conversations.show", conversation_id=conversation_id, _anchor="last", **in_list())
        )
    db.session.rollback()
    return _page(fetch(Conversation, conversation_id, *WHOLE), form)


@conversations.route("/applications/<int:application_id>/messages", methods=["GET", "POST"])
@needs("conversation.write")
def begin(application_id: int) -> ResponseReturnValue:
    """The first message about an application; where there is one already, the conversation."""
    application = fetch(
        Application, application_id, joinedload(Application.call), joinedload(Application.organisation)
    )
    form = MessageForm()
    if only_reads():
        if found := operations.conversation_of(application):
            return redirect(url_for("conversations.show", conversation_id=found.id, **in_list()))
    elif form.validate_on_submit() and (message := _sent(application, form)):
        return redirect(
            url_for(
                "conversations.show", conversation_id=message.conversation_id, _anchor="last", **in_list()
            )
        )
    return _form_page("conversations/begin.html", form, application=application)


@conversations.route(
    "/calls/<int:call_id>/clarifications/of-message/<int:message_id>", methods=["GET", "POST"]
)
@needs("call.clarify")
def publish_clarification(call_id: int, message_id: int) -> ResponseReturnValue:
    """What an applicant has asked, worded for everybody, with its answer."""
    call = fetch(Call, call_id)
    message = _question(call, message_id)
    back = url_for("conversations.show", conversation_id=message.conversation_id, **in_list())
    if call in UNPUBLISHED or message.clarification_id is not None:
        flash(_("This question is published already, or its call is not."), "info")
        return redirect(back)
    form = ClarificationForm()
    if only_reads():
        form.question.data = message.text[:1000]
    elif form.validate_on_submit():
        made = operations.publish(
            message, question=form.question.data, answer=form.answer.data, actor=actor(), at=calendar.now()
        )
        db.session.commit()
        flash(_("Question %(number)s is published with its answer.", number=made.number), "success")
        return redirect(place_of(made))
    return form_page(
        "programmes/clarification.html",
        form=form,
        call=call,
        clarification=None,
        asked=message.text,
        back=back,
    )


@conversations.app_template_global()
def conversation_of(application: Application) -> Conversation | None:
    """What was written about an application, for its page."""
    return operations.conversation_of(application) if can("conversation.view") else None


def _question(call: Call, message_id: int) -> Message:
    """A message that an applicant to this call has written, in sight of whoever asks; else 404."""
    found = operations.question_of(call, message_id, actor=actor())
    if found is None:
        abort(404)
    return found


def _sent(application: Application, form: MessageForm) -> Message | None:
    """The message, written and committed; None where it was refused, and the form tells why."""
    try:
        message, mailed = operations.write(
            application, text=form.text.data, key=form.of_page, actor=own_tenure(), at=calendar.now()
        )
    except operations.TooMany:
        form.text.errors = [
            _(
                "At most %(most)s messages can be sent in 24 hours. Telephone in urgent cases.",
                most=operations.MOST_A_DAY,
            )
        ]
        return None
    db.session.commit()
    flash(
        _("Your message is sent, and the other side is told by mail.")
        if mailed
        else _("Your message is sent. The other side sees it on its first page."),
        "success",
    )
    return message


def _page(conversation: Conversation, form: MessageForm, *, fresh: Sequence[int] = ()) -> ResponseReturnValue:
    return _form_page(
        "conversations/show.html",
        form,
        last=conversation.messages[-1].id,
        conversation=conversation,
        fresh=fresh,
        of_office=actor().role in OFFICE,
    )


def _form_page(template: str, form: MessageForm, *, last: int = 0, **context: Any) -> ResponseReturnValue:
    form.key.data = form.key.data or f"{actor().person_id}-{last}"
    return form_page(template, form=form, **context)
