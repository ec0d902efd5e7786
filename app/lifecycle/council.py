"""A council (地域実装協議会) beside a project: being formed, then set up."""

from __future__ import annotations

from typing import Any

from app.lifecycle import membership, project
from app.lifecycle.table import APPLICANT_ACTS, ASKS, N_, PRIMARY, Lifecycle, guard

COUNCIL = Lifecycle("council")
state, move, act, says = COUNCIL.state, COUNCIL.move, COUNCIL.act, COUNCIL.says

state("forming", N_("Forming"), "warning", APPLICANT_ACTS)
state("active", N_("Active"), "success", APPLICANT_ACTS)

COUNCIL.path = ("forming", "active")

FORMING = COUNCIL.group("forming")
ACTIVE = COUNCIL.group("active")
EITHER = COUNCIL.group(*COUNCIL.states)


@guard(N_("Support of this project is over already."))
def under_support(council: Any, _known: Any) -> bool:
    return council.project in project.UNDER_SUPPORT


@guard(N_("A council is set up when at least one member has agreed."))
def somebody_agreed(council: Any, _known: Any) -> bool:
    return any(member in membership.AGREED for member in council.memberships)


move("activate", FORMING, "active", "council.activate", somebody_agreed)
says("activate", N_("Declare the council set up"), N_("Council set up"), PRIMARY)

act("ask", EITHER, "council.manage", under_support, event="membership.asked", makes="mail")
says("ask", N_("Name a member"), N_("Asked"), ASKS, PRIMARY)

act("record_meeting", EITHER, "council.manage", event="meeting_held")
says("record_meeting", N_("Record a meeting"), N_("Meeting held"), ASKS)
