"""A seat in a council: whoever holds the post is asked, and answers by a link."""

from __future__ import annotations

from typing import Any

from app.lifecycle import project
from app.lifecycle.table import ASKS, COUNCIL_ACTS, N_, PRIMARY, Lifecycle, guard

MEMBERSHIP = Lifecycle("membership")
state, move, says = MEMBERSHIP.state, MEMBERSHIP.move, MEMBERSHIP.says

state("asked", N_("Asked"), "info", COUNCIL_ACTS)
state("agreed", N_("Agreed"), "success")
state("declined", N_("Declined"))

MEMBERSHIP.path = ("asked", "agreed")

ASKED = MEMBERSHIP.group("asked")
AGREED = MEMBERSHIP.group("agreed")


@guard(N_("Support of this project is over already."))
def under_support(member: Any, _known: Any) -> bool:
    return member.council.project in project.UNDER_SUPPORT


move("agree", ASKED, "agreed", "membership.answer", under_support)
says("agree", N_("Agree"), N_("Agreed to the seat"), PRIMARY)

move("decline", ASKED, "declined", "membership.answer", under_support)
says("decline", N_("Decline"), N_("Declined the seat"))

move("ask_again", ("asked", "declined"), "asked", "council.manage", under_support, makes="mail: a new link")
says("ask_again", N_("Ask again"), N_("Asked again"), ASKS)
