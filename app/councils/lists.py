"""The roster of a council."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import undefer
from werkzeug.datastructures import MultiDict

from app.actors import Actor
from app.councils.labels import council_role
from app.councils.models import Council, Membership
from app.lifecycle import MEMBERSHIP
from app.web.i18n import shown_date, shown_instant, state_label
from app.web.lists import Choice, Column, Listing, Search
from app.web.records import within_reach


def roster(council: Council, actor: Actor, args: MultiDict) -> Listing:
    """Everybody who was asked to sit in a council, whatever they answered."""
    return Listing(
        within_reach(Membership, actor).where(Membership.council_id == council.id),
        args,
        caption=_l("Members"),
        options=(undefer(Membership.request_failed),),
        per_page=100,
        columns=[
            Column(
                "organisation",
                _l("Organisation"),
                lambda m: m.organisation_name,
                sort=Membership.organisation_name,
            ),
            Column("post", _l("Post"), lambda m: m.post, sort=Membership.post),
            Column("person", _l("Name of the person"), lambda m: m.person_name, sort=Membership.person_name),
            Column("role", _l("Role"), lambda m: council_role(m.role), sort=Membership.role),
            Column("mailbox", _l("E-mail address"), lambda m: m.mailbox, sort=Membership.mailbox),
            Column("state", _l("State"), lambda m: state_label(m), sort=Membership.state),
            Column(
                "reply_by",
                _l("Reply by"),
                lambda m: shown_date(m.reply_by),
                sort=Membership.reply_by,
                typed=lambda m: m.reply_by,
            ),
            Column(
                "answered_at",
                _l("Answered"),
                lambda m: shown_instant(m.answered_at),
                sort=Membership.answered_at,
                typed=lambda m: m.answered_at,
            ),
            Column("note", _l("Message"), lambda m: m.answer_note),
        ],
        filters=[
            Search("q", _l("Words in the roster"), [Membership.search_text]),
            Choice(
                "state",
                _l("State"),
                {name: state_label(None, name, "membership") for name in MEMBERSHIP.states},
                Membership.state,
            ),
        ],
        default_sort="",
    )
