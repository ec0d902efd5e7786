"""The addresses of pages: `url_for`, of which a page asks thirty, without asking the map of all routes for each anew.

The map is asked once for each route and place of the application; a further address of it differs by numbers, words and
parameters, which are put in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask import Flask
from flask.globals import request_ctx
from werkzeug.routing import BuildError

SAFE = "!$'()*,/:;?@"  # in parameters, as Werkzeug has them
_PLAIN = re.compile(r"[A-Za-z0-9_-]+")  # stands in an address as it is
_NUMBERS = 2_147_483_000  # from here on: stand in an address where the numbers of records will


class Way(NamedTuple):
    """To the pages of one route: what stands before, between and behind what it takes, of which some may be `words`."""

    takes: tuple[str, ...]
    parts: tuple[str, ...]
    words: frozenset[str]

    def to(self, values: Mapping[str, Any]) -> str | None:
        """The address; None where it takes more than numbers, plain words and plain parameters."""
        address, *further = self.parts
        for name, part in zip(self.takes, further, strict=True):
            value = values.get(name)
            is_number = type(value) is int and value >= 0
            if not is_number and not (name in self.words and type(value) is str and _PLAIN.fullmatch(value)):
                return None
            address += f"{value}{part}"
        if len(values) == len(self.takes):
            return address
        asked = [(n, v) for n, v in values.items() if v is not None and n not in self.takes]
        if not all(type(value) in (str, int) for _name, value in asked):
            return None
        return f"{address}?{urlencode(asked, safe=SAFE)}" if asked else address


class House(Flask):
    """Flask, with such addresses, and without looking for coroutines."""

    def url_for(
        self,
        /,
        endpoint: str,
        *,
        _anchor: str | None = None,
        _method: str | None = None,
        _scheme: str | None = None,
        _external: bool | None = None,
        **values: Any,
    ) -> str:
        further = _anchor or _method or _scheme or _external
        way = None if further else self._way(endpoint)
        found = way.to(values) if way else None
        if found is not None:
            return found
        return super().url_for(
            endpoint, _anchor=_anchor, _method=_method, _scheme=_scheme, _external=_external, **values
        )

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """None of our functions is a coroutine; Flask looks whether each is, twenty times a request."""
        return func

    def _way(self, endpoint: str) -> Way | None:
        """None where there is none: outside requests, for files, and for routes of more than one address."""
        request = request_ctx._get_current_object() if request_ctx else None  # type: ignore[attr-defined]
        if request is None or request.url_adapter is None or endpoint[:1] == "." or endpoint == "static":
            return None
        place = request.url_adapter.script_name
        ways: dict[tuple[str, str], Way | None] = self.extensions.setdefault("ways", {})
        if (endpoint, place) not in ways:
            ways[endpoint, place] = self._found(endpoint)
        return ways[endpoint, place]

    def _found(self, endpoint: str) -> Way | None:
        rules = list(self.url_map.iter_rules(endpoint)) if endpoint in self.view_functions else []
        if len(rules) != 1 or rules[0].defaults:
            return None
        marks: dict[str, Any] = {
            name: _NUMBERS + place for place, name in enumerate(sorted(rules[0].arguments))
        }
        try:
            address = super().url_for(endpoint, **marks)
        except (BuildError, ValueError):
            return None  # it takes one of few words
        takes = sorted(marks, key=lambda name: address.index(str(marks[name])))
        words = frozenset(name for name in takes if self._is_word(endpoint, name, marks))
        parts = []
        for name in takes:
            part, _, address = address.partition(str(marks[name]))
            parts.append(part)
        return Way(tuple(takes), (*parts, address), words)

    def _is_word(self, endpoint: str, name: str, marks: Mapping[str, Any]) -> bool:
        worded: dict[str, Any] = {**marks, name: "word"}
        try:
            super().url_for(endpoint, **worded)
        except (BuildError, ValueError):
            return False
        return True
