"""The office chooses a body that it gives something to: more time, an exception. It knows no draft, so it looks for the body."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from app import calendar
from app.applications import graces
from app.organisations.models import Organisation
from app.organisations.search import read_code
from app.programmes.models import Call
from app.web.lists import LONGEST_SEARCH
from app.web.records import look_up

FOUND_MAX = 20


def chosen_body() -> Organisation | None:
    """The body that this request names; None while none is chosen. One that there is not is 404."""
    chosen = request.args.get("organisation_id", "")
    if not chosen:
        return None
    return look_up(Organisation, int(chosen) if chosen.isdecimal() and len(chosen) < 10 else 0)


def choose_body(template: str, call: Call, **more: Any) -> str:
    """The page that looks for one among those that can lead an application to the call."""
    words = request.args.get("q", "").strip()[:LONGEST_SEARCH]
    found = graces.candidates(call, words, at=calendar.now(), limit=FOUND_MAX + 1) if words else []
    return render_template(
        template,
        call=call,
        q=words,
        found=found[:FOUND_MAX],
        more=len(found) > FOUND_MAX,
        reading=read_code(words),
        **more,
    )
