"""The security log as a list."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from app.actors import Actor
from app.organisations.labels import ROLES
from app.security import KINDS, SecurityEvent
from app.web import shown
from app.web.i18n import shown_instant, translated
from app.web.lists import Choice, Column, Listing, Search
from app.web.periods import FromDay, ToDay
from app.web.records import within_reach


def security_list(actor: Actor, args: MultiDict) -> Listing:
    """The security log, the last entry first."""
    kinds = {kind: _(label) for kind, label in KINDS.items()}
    roles = {role: _(label) for role, label in ROLES.items()}
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
                shown=lambda row: shown.moment(row.at),
                short=False,
            ),
            Column("kind", _l("What happened"), lambda row: kinds[row.kind], sort=SecurityEvent.kind),
            Column(
                "who",
                _l("Who"),
                _who,
                sort=SecurityEvent.name,
                shown=lambda row: shown.their_own(row.name) if row.name else _who(row),
            ),
            Column("role", _l("Role"), lambda row: roles.get(row.role, "")),
            Column("origin", _l("From the network"), lambda row: row.origin, sort=SecurityEvent.origin),
            Column(
                "about",
                _l("About"),
                lambda row: translated(row.about),
                shown=lambda row: (
                    shown.their_own(translated(row.about), "break-anywhere") if row.about else "–"
                ),
            ),
            Column("detail", _l("Details"), lambda row: translated(row.detail)),
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
