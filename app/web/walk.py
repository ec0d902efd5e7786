"""From a list to its cases, from case to case, and back to the same list.

A list says in the address of a case where the person comes from (`?list=…`, its own address: `Listing.here`). The
case's page asks `walk_of(record)` for its neighbours in exactly that list. The address is never followed as it
stands: it must be that of a list declared with `leads_to`, and is written anew from what the list understood of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import current_app, request
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException

from app.web.access import can, declared_permission
from app.web.entries import Entries
from app.web.lists import Listing
from app.web.paging import Neighbours

PARAMETER = "list"
LONGEST = 600  # characters: the address of a page is kept with what was typed on it, and may not be endless

_lists: dict[str, tuple[str, Callable[..., Listing]]] = {}


def leads_to(kind: str, endpoint: str) -> Callable:
    """Declare what makes the list at `endpoint`, called with its parameters; its rows are cases of `kind`."""

    def declare(make: Callable[..., Listing]) -> Callable[..., Listing]:
        _lists[endpoint] = (kind, make)
        return make

    return declare


@dataclass(frozen=True)
class Walk:
    """Where a case stands in the list that it was opened from. `found` is None once it has left the list."""

    listing: Listing
    found: Neighbours | None

    @property
    def place(self) -> int | None:
        """None behind the rows that are counted."""
        return self.found.place if self.found else None

    @property
    def before(self) -> int | None:
        """The id of the case before it."""
        return self.found.before if self.found else None

    @property
    def after(self) -> int | None:
        return self.found.after if self.found else None

    @property
    def label(self) -> str:
        caption = str(self.listing.caption)
        return _("%(list)s (filtered)", list=caption) if self.listing.chosen else caption

    @property
    def back(self) -> str:
        """The list, at the page on which the case stands."""
        page = self.listing.page if self.place is None else -(-self.place // self.listing.per_page)
        return self.listing.address(page=page if page > 1 else None)


def walk_of(record: Any) -> Walk | None:
    """Where `record` stands in the list that this request names; None when it names none."""
    listing = named_list(record.kind)
    if listing is None:
        return None
    return Walk(listing, listing.neighbours(record))


def in_list() -> dict[str, Any]:
    """For `url_for`: keeps the list in the address of another page of the case, or of its neighbour."""
    named = request.args.get(PARAMETER, "")
    return {PARAMETER: named} if 0 < len(named) <= LONGEST else {}


def named_list(kind: str) -> Listing | None:
    """The list of cases of `kind` that this request names, if this person may see it."""
    address = urlsplit(in_list().get(PARAMETER, ""))
    if address.scheme or address.netloc:
        return None
    try:
        endpoint, values = current_app.url_map.bind("").match(address.path, method="GET")
        listed, make = _lists.get(endpoint, ("", None))
        if make is None or listed != kind or not can(declared_permission(current_app, endpoint) or ""):
            return None
        listing = make(Entries(parse_qsl(address.query, max_num_fields=50)), **values)
    except (HTTPException, ValueError):
        return None  # no such page, or not this person's
    listing.endpoint, listing.view_args = endpoint, dict(values)
    return listing
