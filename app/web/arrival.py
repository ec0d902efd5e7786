"""When a request arrived: deadlines are decided by that instant, not by when a thread had time for the request.

The server stamps each request as its last byte comes in (serving/). Behind a proxy that reads requests whole, the
last byte reached the proxy earlier; BANSO_ARRIVAL_HEADER names the header in which it says when.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from flask import current_app, has_request_context, request

from app import calendar
from serving import ARRIVED_AT

# Longer than a request waits for a thread or on its way from the proxy, even where a thousand come at once: an earlier
# arrival is not believed. What a passed instant makes final waits as long, so that nothing in time comes too late.
LONGEST_WAIT = timedelta(minutes=10)

_WRITTEN = re.compile(r"(?:t=)?(\d{10})(?:(\d{3})(\d{3})?|\.(\d{1,9}))?", re.ASCII)


def arrived() -> datetime:
    """The instant (JST) at which the last byte of this request came in; now, where nobody has stamped it.

    With a pinned clock it is as long before the pinned instant as the request has waited. Never later than now, and
    never earlier than LONGEST_WAIT before.
    """
    stamp = _stamp()
    machine = calendar.machine_now()
    now = calendar.now()
    if stamp is None:
        return now
    if calendar.pinned() is not None:
        return now - min(max(machine - stamp, timedelta()), LONGEST_WAIT)
    return max(min(stamp, now), now - LONGEST_WAIT)


def settled(at: datetime) -> datetime:
    """The instant before which nothing can still arrive at `at`: all that did has been dealt with."""
    return at - LONGEST_WAIT


def _stamp() -> datetime | None:
    if not has_request_context():
        return None
    stamp = request.environ.get(ARRIVED_AT)
    ours = datetime.fromtimestamp(stamp, calendar.JST) if isinstance(stamp, int | float) else None
    name = current_app.config["ARRIVAL_HEADER"]
    if not (name and current_app.config["TRUSTED_PROXIES"]):
        return ours
    latest = ours or calendar.machine_now()
    theirs = _instant(request.headers.get(name, ""))
    # A proxy whose clock is ahead or far behind says nothing that could be used.
    return theirs if theirs is not None and settled(latest) <= theirs <= latest else ours


def _instant(text: str) -> datetime | None:
    """Seconds (nginx: $msec), milliseconds or microseconds since 1970, also after `t=`; None for anything else."""
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        return None
    seconds, thousandths, millionths, decimals = found.groups()
    fraction = decimals or f"{thousandths or ''}{millionths or ''}"
    whole = datetime.fromtimestamp(int(seconds), UTC)
    return (whole + timedelta(microseconds=int(fraction[:6].ljust(6, "0") or 0))).astimezone(calendar.JST)
