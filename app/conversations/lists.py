"""The list of conversations: of one's own body, or for the office all."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from app.actors import Actor
from app.conversations.models import Conversation
from app.db import db
from app.memory import CASES, HOUSE, remembered
from app.organisations.search import BodySearch
from app.permissions import OFFICE
from app.programmes.apart import in_list
from app.programmes.models import Call
from app.web import shown
from app.web.filters import Late
from app.web.i18n import shown_instant
from app.web.lists import Choice, Column, Listing, To
from app.web.records import shared_by, within_reach


def listing_for(actor: Actor, args: MultiDict) -> Listing:
    """Whoever wrote last comes first. Nothing of the applications but what the office knows of them."""
    of_office = actor.role in OFFICE
    unread = Conversation.unread_by_office if of_office else Conversation.unread_by_body
    programmes = in_list(
        Call.programme_id, lambda conversation: conversation.call.programme_id, join=Conversation.call
    )
    waits = {
        "unread": (_l("Not read yet"), unread > 0),
        "office": (_l("The applicant wrote last"), Conversation.last_of_office.is_(False)),
        "body": (_l("The office wrote last"), Conversation.last_of_office.is_(True)),
    }
    columns = [
        Column(
            "body",
            _l("Lead applicant"),
            lambda it: it.organisation.full_name,
            sort=Conversation.organisation_id,
            to=To("conversations.show", "conversation_id", walked=False),
        ),
        *programmes.columns,
        Column("call", _l("Call"), lambda it: it.call.title, sort=Conversation.call_id),
        Column(
            "last",
            _l("Last message"),
            lambda it: shown_instant(it.last_at),
            sort=Conversation.last_at,
            typed=lambda it: it.last_at,
            shown=lambda it: shown.moment(it.last_at),
        ),
        Column(
            "of",
            _l("Written last by"),
            lambda it: _("Office") if it.last_of_office else _("Applicant"),
            sort=Conversation.last_of_office,
        ),
        Column("unread", _l("Not read yet"), lambda it: it.unread_by(actor.role), numeric=True, sort=unread),
    ]
    return Listing(
        within_reach(Conversation, actor),
        args,
        columns=columns,
        filters=[
            BodySearch("q", _l("Name of the body or code"), [], of_bodies=Conversation.organisation_id.in_),
            *programmes.filters,
            Choice(
                "call",
                _l("Call"),
                Late(lambda: _calls(actor)),
                where=lambda value: Conversation.call_id == int(value),
            ),
            Choice(
                "waits",
                _l("State"),
                {name: label for name, (label, _where) in waits.items()},
                where=lambda value: waits[value][1],
            ),
        ],
        default_sort="-last",
        tie=Conversation.last_at,
        beside=[Conversation.organisation, Conversation.call],
        caption=_l("Messages"),
    )


def _calls(actor: Actor) -> dict[str, str]:
    """Those about whose applications anybody has written, the newest first."""

    def ask() -> dict[str, str]:
        written = within_reach(Conversation, actor).where(Conversation.call_id == Call.id).exists()
        in_order = select(Call.id, Call.title).order_by(Call.selection_fy.desc(), Call.id.desc())
        return {str(key): title for key, title in db.session.execute(in_order.where(written))}

    return remembered(("calls of conversations", shared_by(actor)), ask, HOUSE, CASES)
