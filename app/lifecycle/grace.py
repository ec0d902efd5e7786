"""A grace (猶予): more time for one applicant to a call, asked for by an officer, granted or refused by a director."""

from __future__ import annotations

from typing import Any

from app.lifecycle import call
from app.lifecycle.table import ASKS, N_, OFFICE, OFFICE_ACTS, PRIMARY, Lifecycle, guard

GRACE = Lifecycle("grace")
state, move, says = GRACE.state, GRACE.move, GRACE.says

state("asked", N_("Awaiting the director's decision"), "warning", OFFICE_ACTS)
state("granted", N_("Granted"), "success")
state("refused", N_("Not granted"))

GRACE.path = ("asked", "granted")

ASKED = GRACE.group("asked")
GRANTED = GRACE.group("granted")
NOT_REFUSED = GRACE.group("asked", "granted")  # while its time runs, its call is not decided


@guard(N_("The results of its call are decided already."))
def undecided(grace: Any, _known: Any) -> bool:
    return grace.call in call.UNDECIDED


@guard(N_("The time that was asked for has passed, or the call itself is open for as long by now."))
def gives_time(grace: Any, known: Any) -> bool:
    return grace.until > known.at and not grace.is_no_longer_than_the_call


move("grant", ASKED, "granted", "grace.decide", undecided, gives_time, only=OFFICE, makes="mail: to the body")
says("grant", N_("Grant the grace"), N_("Grace granted"), PRIMARY)

move("refuse", ASKED, "refused", "grace.decide", only=OFFICE, makes="mail: to the officers")
says("refuse", N_("Do not grant it"), N_("Grace not granted"), ASKS)
