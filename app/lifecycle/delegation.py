"""A delegation (編集の許可): a body has let a consultant into one of its applications, until a day that is the last one."""

from __future__ import annotations

from typing import Any

from app import calendar
from app.lifecycle.table import APPLICANT, ASKS, CAUTION, N_, Lifecycle, guard

DELEGATION = Lifecycle("delegation")
state, move, act, says = DELEGATION.state, DELEGATION.move, DELEGATION.act, DELEGATION.says

state("running", N_("Can edit"), "success")
state("ended", N_("Ended before its day"))
OVER = DELEGATION.derive("over", N_("Time is over"))  # nobody acts for it: its last day has passed

DELEGATION.path = ("running", "ended")

RUNNING = DELEGATION.group("running")


@guard(N_("Its last day has passed. Let the consultant in anew."))
def still_runs(delegation: Any, known: Any) -> bool:
    return delegation.runs_on(calendar.day_of(known.at))


act("choose_day", RUNNING, "delegation.manage", still_runs, event="day_chosen", only=APPLICANT)
says("choose_day", N_("Choose another day"), N_("Another day chosen for the consultant"), ASKS)

move("revoke", RUNNING, "ended", "delegation.manage", still_runs, only=APPLICANT)
says("revoke", N_("End it now"), N_("The consultant's access was ended"), CAUTION)
