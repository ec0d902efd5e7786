"""The roster of a council."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy.orm import undefer
from werkzeug.datastructures import MultiDict

from app.actors import Actor
from app.councils import pace
from app.councils.labels import council_role
from app.councils.models import Council, Membership
from app.lifecycle import MEMBERSHIP, is_open
from app.lifecycle.membership import ASKED
from app.web import shown
from app.web.i18n import shown_date, shown_day, shown_instant, state_label
from app.web.lists import Choice, Column, Listing, Search
from app.web.records import within_reach


def roster(
    council: Council, actor: Actor, args: MultiDict, *, at: datetime, is_full: bool = False
) -> Listing:
    """Everybody who was asked to sit in a council, whatever they answered; of a full one nobody can be asked again."""
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
                shown=lambda m: shown.own_direction(m.organisation_name),
                sort=Membership.organisation_name,
            ),
            Column("post", _l("Post"), lambda m: m.post, sort=Membership.post),
            Column("person", _l("Name of the person"), lambda m: m.person_name, sort=Membership.person_name),
            Column("role", _l("Role"), lambda m: council_role(m.role), sort=Membership.role),
            Column("mailbox", _l("E-mail address"), lambda m: m.mailbox, sort=Membership.mailbox),
            Column(
                "state",
                _l("State"),
                lambda m: state_label(m),
                sort=Membership.state,
                shown=_standing(actor, at, is_full),
            ),
            Column(
                "reply_by",
                _l("Reply by"),
                lambda m: shown_date(m.reply_by),
                sort=Membership.reply_by,
                typed=lambda m: m.reply_by,
                shown=lambda m: shown.moment(m.reply_by) if m in ASKED else "–",
                short=False,
            ),
            Column(
                "answered_at",
                _l("Answered"),
                lambda m: shown_instant(m.answered_at),
                sort=Membership.answered_at,
                typed=lambda m: m.answered_at,
                shown=lambda m: shown.moment(m.answered_at),
                short=False,
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


def _standing(actor: Actor, at: datetime, is_full: bool) -> Callable[[Membership], Markup]:
    """Where a member stands, and a link to ask again for whoever may."""
    late = shown.joined([" ", shown.tag(_("Late"), "warning")])
    again, mend = _("Ask again"), _("Correct the address")
    to_request = shown.addresses("councils.ask_again", "membership_id")

    def cell(member: Membership) -> Markup:
        tag = shown.joined([shown.state_tag(member), late if member.is_late(at) else ""])
        if is_full or not is_open(member, "ask_again", actor=actor, at=at):
            return tag
        later = pace.next_request(member)
        link = shown.link(
            to_request(member.id), shown.joined([mend if later else again, shown.unseen(member.named)])
        )
        if later is None:
            return shown.joined([tag, link], shown.NEW_LINE)
        from_then = shown.quiet(_("Can be asked again from %(day)s", day=shown_day(later)))
        return shown.joined([tag, link, from_then], shown.NEW_LINE)

    return cell
