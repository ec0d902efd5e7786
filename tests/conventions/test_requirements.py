"""What is installed is what is pinned, on the day of the pin and on every day after it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).parents[2]
NAME = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(\[(?P<extras>[^]]+)\])?")
# As pip finds them by itself; a marker like `extra == "…"` asks for it only where somebody names that extra.
ASKS_FOR_AN_EXTRA = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)\[(?P<extras>[^]]+)\]")


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned() -> dict[str, set[str]]:
    """Name of each pinned package → the extras it is pinned with."""
    found: dict[str, set[str]] = {}
    for file in ("requirements.txt", "requirements-dev.txt"):
        for line in (ROOT / file).read_text().splitlines():
            if "==" in line and (match := NAME.match(line)):
                found.setdefault(plain(match["name"]), set()).update(
                    (match["extras"] or "").replace(" ", "").split(",")
                )
    return found


def asked_for() -> Iterator[tuple[str, re.Match[str]]]:
    """Package, and what it asks for with an extra. A package for another platform is not here to be asked."""
    for distribution in metadata.distributions():
        for line in distribution.requires or []:
            asked = ASKS_FOR_AN_EXTRA.match(line)
            if asked and "extra ==" not in line:
                yield distribution.name, asked


def test_an_extra_that_a_package_asks_for_is_pinned_by_its_name() -> None:
    """Else the next release of what has the extra stops every new installation: it has no hash."""
    pins = pinned()
    missing = [
        f"{package} asks for {asked[0]}"
        for package, asked in asked_for()
        if plain(package) in pins
        and not set(asked["extras"].split(",")) <= pins.get(plain(asked["name"]), set())
    ]
    assert not missing
