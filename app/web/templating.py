"""Where templates are found and what they know by themselves."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from flask.templating import Environment


class Templates(Environment):
    """All templates have the same globals. Jinja lays a map over them for each, which is slow to look through: a page
    imports a dozen components, and each import looks through all of them.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return {**self.globals, **d} if d else self.globals
