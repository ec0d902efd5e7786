"""The lists of bodies and of seats."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, exists, func, or_
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.datastructures import MultiDict

from app import calendar
from app.actors import Actor
from app.organisations.codes import PREFECTURES
from app.organisations.labels import BODY_KINDS, ROLES
from app.organisations.models import HEAD_TITLES, Organisation, Person, Seat, Tenure
from app.organisations.search import BodySearch
from app.web.i18n import shown_date
from app.web.lists import Choice, Column, Listing
from app.web.records import within_reach

HELD, VACANT, UNATTENDED, CLOSED = "held", "vacant", "unattended", "closed"


def bodies(actor: Actor, args: MultiDict) -> Listing:
    """Local governments by code; an administrator finds the ministries, too."""
    query, kinds = within_reach(Organisation, actor), BODY_KINDS
    if not actor.may("seat.manage"):
        query = query.where(Organisation.code.is_not(None))
        kinds = {kind: label for kind, label in BODY_KINDS.items() if kind in HEAD_TITLES}
    return Listing(
        query,
        args,
        caption=_l("Local governments"),
        columns=[
            Column("name", _l("Name of the body"), lambda body: body.name, sort=Organisation.kana),
            Column("kana", _l("Kana"), lambda body: body.kana),
            Column("prefecture", _l("Prefecture"), lambda body: body.prefecture),
            Column(
                "body_kind",
                _l("Kind"),
                lambda body: _(BODY_KINDS[body.body_kind]),
                sort=Organisation.body_kind,
            ),
            Column("code", _l("Local government code"), lambda body: body.code, sort=Organisation.code),
        ],
        filters=[
            BodySearch("q", _l("Name, kana or code"), ()),
            Choice(
                "prefecture",
                _l("Prefecture"),
                {name: name for name in PREFECTURES.values()},
                Organisation.prefecture,
            ),
            Choice(
                "kind", _l("Kind"), {kind: _(label) for kind, label in kinds.items()}, Organisation.body_kind
            ),
        ],
        default_sort="code",
    )


def seats(actor: Actor, args: MultiDict) -> Listing:
    """Every seat with who holds it today."""
    return Listing(
        within_reach(Seat, actor).join(Seat.organisation),
        args,
        caption=_l("Seats"),
        columns=[
            Column(
                "body",
                _l("Body"),
                lambda seat: seat.organisation.full_name,
                sort=func.coalesce(Organisation.code, ""),
            ),
            Column("seat", _l("Seat"), lambda seat: seat.name),
            Column("role", _l("Role"), lambda seat: _(ROLES[seat.role]), sort=Seat.role),
            Column("holder", _l("Holder"), lambda seat: seat.holder.name if seat.holder else ""),
            Column(
                "since",
                _l("Since"),
                lambda seat: shown_date(seat.holder.started_on) if seat.holder else "",
                typed=lambda seat: seat.holder and seat.holder.started_on,
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
                {role: _(ROLES[role]) for role in ROLES if role != "council_member"},
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
            ),
        ],
        default_sort="body",
        options=[
            joinedload(Seat.organisation),
            selectinload(Seat.tenures).joinedload(Tenure.person),
        ],
    )


@dataclass(frozen=True)
class _SeatSearch(BodySearch):
    """Words of the body, the seat, or whoever holds or held it."""

    def found(self, word: str) -> Iterable[ColumnElement[bool]]:
        person = exists().where(
            Tenure.seat_id == Seat.id,
            Person.id == Tenure.person_id,
            Person.search_text.contains(word, autoescape=True),
        )
        return [person, *super().found(word)]


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
