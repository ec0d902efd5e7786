"""Where a request comes from, for whoever counts: a subscriber, not each of their addresses."""

from __future__ import annotations

import hashlib
import ipaddress

LONGEST_ORIGIN = 45  # an IPv6 address written out; a proxy may hand on anything


def on_record(handed_on: str | None) -> str:
    """Where a request comes from, short enough for every column: an address without its port and zone.

    A proxy may hand on anything in X-Forwarded-For, of any length. What is no address is cut to what can be read.
    """
    text = (handed_on or "").strip()
    inside = text[1:].partition("]")[0] if text.startswith("[") else text
    without_port = inside.rpartition(":")[0] if inside.count(":") == 1 else inside
    try:
        return str(ipaddress.ip_address(without_port.partition("%")[0]))
    except ValueError:
        return "".join(character for character in text[:1000] if "!" <= character <= "~")[:LONGEST_ORIGIN]


def networks(origin: str) -> tuple[str, str]:
    """The network that counts as one place, and its neighbourhood; whatever was handed on as the origin.

    An IPv6 subscriber has 2^64 addresses, and easily 2^16 such networks: /64 and /48. An IPv4 address is one place.
    """
    try:
        address = ipaddress.ip_address(origin[:LONGEST_ORIGIN])
        if isinstance(address, ipaddress.IPv6Address):
            if address.ipv4_mapped is None:
                near, wide = (ipaddress.ip_network((int(address), bits), strict=False) for bits in (64, 48))
                return str(near), str(wide)
            address = address.ipv4_mapped
        return str(address), str(address)
    except ValueError:
        unreadable = hashlib.sha256(origin[:LONGEST_ORIGIN].encode(errors="replace")).hexdigest()[:16]
        return f"?{unreadable}", f"?{unreadable}"
