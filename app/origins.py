"""Where a request comes from, for whoever counts: a subscriber, not each of their addresses."""

from __future__ import annotations

import ipaddress

LONGEST = 64


def network_of(origin: str) -> str:
    """The address itself; of IPv6 the network, since a subscriber has 2^64 addresses and counts as one."""
    try:
        address = ipaddress.ip_address(origin)
    except ValueError:
        return origin[:LONGEST]
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
