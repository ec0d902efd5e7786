"""The security log as a list."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from app.actors import Actor
from app.organisations.labels import ROLES
from app.security import KINDS, SecurityEvent
from app.web.i18n import shown_instant
from app.web.lists import Choice, Column, Listing, Search
from app.web.periods import FromDay, ToDay
from app.web.records import within_reach


def security_list(actor: Actor, args: MultiDict) -> Listing:
    """The security log, the last entry first."""
    kinds = {kind: _(label) for kind, label in KINDS.items()}
    return Listing(
        within_reach(SecurityEvent, actor),
        args,
        caption=_l("Security log"),
        columns=[
            Column(
                "at",
                _l("When"),
                lambda row: shown_instant(row.at),
                sort=SecurityEvent.at,
                typed=lambda row: row.at,
            ),
            Column("kind", _l("What happened"), lambda row: kinds[row.kind], sort=SecurityEvent.kind),
            Column("who", _l("Who"), _who, sort=SecurityEvent.name),
            Column("role", _l("Role"), lambda row: _(ROLES[row.role]) if row.role in ROLES else ""),
            Column("origin", _l("From the network"), lambda row: row.origin, sort=SecurityEvent.origin),
            Column("about", _l("About"), lambda row: _(row.about) if row.about else ""),
            Column("detail", _l("Details"), lambda row: _(row.detail) if row.detail else ""),
        ],
        filters=[
            Search("q", _l("Person, page or seat"), [SecurityEvent.search_text]),
            Choice("kind", _l("What happened"), kinds, SecurityEvent.kind),
            Search("origin", _l("Network address"), [SecurityEvent.origin]),
            FromDay("from", _l("From (day)"), [SecurityEvent.at]),
            ToDay("until", _l("Until (day)"), [SecurityEvent.at]),
        ],
        default_sort="-at",
    )


def _who(row: SecurityEvent) -> str:
    if row.name:
        return row.name
    return _("unknown address %(mark)s", mark=row.address_mark) if row.address_mark else _("not signed in")
