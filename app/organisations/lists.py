"""The lists of bodies and of seats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import ColumnElement, and_, exists, func, or_
from sqlalchemy.orm import selectinload
from werkzeug.datastructures import MultiDict

from app import calendar
from app.actors import Actor
from app.organisations.codes import PREFECTURES
from app.organisations.labels import BODY_KINDS, ROLES
from app.organisations.models import HEAD_TITLES, Organisation, Person, Seat, Tenure
from app.organisations.search import BodySearch
from app.web import shown
from app.web.i18n import shown_date
from app.web.lists import Choice, Column, Listing, To
from app.web.records import within_reach

HELD, VACANT, UNATTENDED, CLOSED = "held", "vacant", "unattended", "closed"


def bodies(actor: Actor, args: MultiDict) -> Listing:
    """Local governments by code; an administrator finds the ministries, too."""
    query = within_reach(Organisation, actor)
    named_kinds = {kind: _(label) for kind, label in BODY_KINDS.items()}
    kinds, merged = named_kinds, shown.tag(_("Merged"), "warning")
    if not actor.may("seat.manage"):
        query = query.where(Organisation.code.is_not(None))
        kinds = {kind: label for kind, label in named_kinds.items() if kind in HEAD_TITLES}
    return Listing(
        query,
        args,
        caption=_l("Local governments"),
        columns=[
            Column(
                "name",
                _l("Name of the body"),
                lambda body: body.name,
                sort=Organisation.kana,
                shown=lambda body: shown.name(body.name),
                to=To("organisations.show", "organisation_id", walked=False),
            ),
            Column("kana", _l("Kana"), lambda body: body.kana, shown=lambda body: _in_japanese(body.kana)),
            Column(
                "prefecture",
                _l("Prefecture"),
                lambda body: body.prefecture,
                shown=lambda body: _in_japanese(body.prefecture),
            ),
            Column(
                "body_kind",
                _l("Kind"),
                lambda body: named_kinds[body.body_kind],
                sort=Organisation.body_kind,
                shown=lambda body: _with_merger(named_kinds[body.body_kind], body, merged),
            ),
            Column(
                "code",
                _l("Local government code"),
                lambda body: body.code,
                sort=Organisation.code,
                shown=lambda body: shown.number(body.code),
            ),
        ],
        filters=[
            BodySearch("q", _l("Name, kana or code"), ()),
            Choice(
                "prefecture",
                _l("Prefecture"),
                {name: name for name in PREFECTURES.values()},
                Organisation.prefecture,
            ),
            Choice("kind", _l("Kind"), kinds, Organisation.body_kind),
        ],
        default_sort="code",
    )


def seats(actor: Actor, args: MultiDict) -> Listing:
    """Every seat with who holds it today."""
    to_body = shown.addresses("organisations.show", "organisation_id")
    closed, vacant = shown.tag(_("Seat closed")), shown.tag(_("No holder"), "warning")
    roles = {role: _(label) for role, label in ROLES.items()}

    def holder(seat: Seat) -> Any:
        return seat.holder.name if seat.holder else (closed if seat.is_closed else vacant)

    return Listing(
        within_reach(Seat, actor),
        args,
        caption=_l("Seats"),
        columns=[
            Column(
                "body",
                _l("Body"),
                lambda seat: seat.organisation.full_name,
                sort=func.coalesce(Organisation.code, ""),
                join=Seat.organisation,
                shown=lambda seat: shown.body(seat.organisation, to_body(seat.organisation_id)),
            ),
            Column(
                "seat",
                _l("Seat"),
                lambda seat: seat.name,
                shown=lambda seat: shown.own_direction(seat.name),
                to=To("organisations.seat", "seat_id", walked=False),
            ),
            Column(
                "role", _l("Role"), lambda seat: roles[seat.role], sort=Seat.role, by=lambda seat: seat.role
            ),
            Column(
                "holder",
                _l("Holder"),
                lambda seat: seat.holder.name if seat.holder else "",
                shown=holder,
            ),
            Column(
                "since",
                _l("Since"),
                lambda seat: shown_date(seat.holder.started_on) if seat.holder else "",
                typed=lambda seat: seat.holder and seat.holder.started_on,
                shown=lambda seat: shown.moment(
                    seat.holder.started_on if seat.holder else None, weekday=False
                ),
            ),
            Column("mailbox", _l("Shared mailbox"), lambda seat: seat.mailbox, sort=Seat.mailbox),
        ],
        filters=[
            _SeatSearch(
                "q",
                _l("Body, seat, holder or address"),
                (Seat.search_text,),
                of_bodies=Seat.organisation_id.in_,
            ),
            Choice(
                "role",
                _l("Role"),
                {role: label for role, label in roles.items() if role != "council_member"},
                Seat.role,
            ),
            Choice(
                "holder",
                _l("Holder"),
                {
                    HELD: _("Held by somebody"),
                    VACANT: _("Without a holder"),
                    UNATTENDED: _("Bodies where nobody holds any seat"),
                    CLOSED: _("Closed seats"),
                },
                where=_holding,
                join=Seat.organisation,
            ),
        ],
        default_sort="body",
        options=[selectinload(Seat.tenures)],
        beside=[Seat.organisation, (Seat.tenures, Tenure.person)],
    )


def _in_japanese(text: str) -> Markup:
    return shown.own_direction(text or "–")


@dataclass(frozen=True)
class _SeatSearch(BodySearch):
    """Words of the body, the seat, or whoever holds or held it."""

    def found(self, word: str) -> ColumnElement[bool]:
        person = exists().where(
            Tenure.seat_id == Seat.id,
            Person.id == Tenure.person_id,
            Person.search_text.contains(word, autoescape=True),
        )
        return or_(person, super().found(word))


def _with_merger(kind: str, body: Organisation, merged: Markup) -> Markup:
    """What it is, marked where another stands for it."""
    return shown.joined([kind, merged], " ") if body.merged_at is not None else shown.joined([kind])


def _holding(value: str) -> ColumnElement[bool]:
    today = calendar.today()
    is_open = or_(Seat.closed_on.is_(None), Seat.closed_on > today)
    is_held = exists().where(Tenure.seat_id == Seat.id, Tenure.holds(today)).correlate(Seat)
    return {
        HELD: and_(is_open, is_held),
        VACANT: and_(is_open, ~is_held),
        UNATTENDED: Organisation.unattended(today),
        CLOSED: ~is_open,
    }[value]
