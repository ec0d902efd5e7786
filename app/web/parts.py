"""The parts of a case, each on a page of its own: the contexts above the one that has the case bring theirs."""

from __future__ import annotations

from typing import Any

from flask import current_app, request, url_for
from flask_babel import gettext as _

from app.web.access import can, declared_permission
from app.web.manifest import manifests


def parts_of(record: Any) -> list[dict[str, Any]]:
    """For `subnav`: the parts of `record` that are open to whoever reads, the one that is read marked as current.

    A page that lies deeper (a form of that part) marks it too: it belongs to the same blueprint.
    """
    found = [part for it in manifests() for part in it.parts.get(record.kind, ())]
    here = request.endpoint or ""
    blueprint = (request.blueprint or "") + "."
    exact = any(part.endpoint == here for part in found)
    return [
        {
            "label": _(part.label),
            "url": url_for(part.endpoint, **{f"{record.kind}_id": record.id}),
            "current": part.endpoint == here if exact else part.endpoint.startswith(blueprint),
        }
        for part in found
        if (part.when is None or part.when(record) or part.endpoint == here)
        and can(declared_permission(current_app, part.endpoint) or "")
    ]
