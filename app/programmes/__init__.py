"""Programmes and their calls.

A programme (事業) says in whose name, with which signature and which numbers its letters and mails go out (voice.py).

A call (募集) carries everything that differs from round to round as data: when it opens and closes (instants), for
which fiscal year it selects, how long support lasts and whether it can be extended, who may apply, the questions
they answer and the criteria they are judged by. Nothing downstream hard-codes five years.
"""

from app.lifecycle import N_
from app.permissions import PUBLIC
from app.programmes import clarification_routes, form_routes, programme_routes
from app.programmes.apart import in_list
from app.programmes.routes import programmes
from app.programmes.voice import voice_of
from app.web.manifest import Manifest, Page, Place

__all__ = [
    "clarification_routes",
    "form_routes",
    "programme_routes",
]  # they add their routes to programmes

CALLS = Place("programmes.index", N_("Calls"), PUBLIC)

MANIFEST = Manifest(
    blueprint=programmes,
    places=(CALLS,),
    outside=(CALLS,),
    pages={
        "call": Page("programmes.show", "call_id"),
        "programme": Page("programmes.programme", "programme_id"),
    },
    within={"programmes": "programmes.index"},
    answers={"voice": voice_of, "programme in a list": in_list},
)
