"""An evaluation meeting (効果検証会議): planned, held, published with what the local governments answered; or called off."""

from __future__ import annotations

from typing import Any

from app import calendar
from app.lifecycle.table import ASKS, CAUTION, N_, OFFICE_ACTS, PRIMARY, Lifecycle, guard

EVALUATION_MEETING = Lifecycle("evaluation_meeting")
state, move, act, says = (
    EVALUATION_MEETING.state,
    EVALUATION_MEETING.move,
    EVALUATION_MEETING.act,
    EVALUATION_MEETING.says,
)

state("planned", N_("To be held"), "info", OFFICE_ACTS)
state("held", N_("Held"), "progress", OFFICE_ACTS)
state("published", N_("Evaluation published"), "success")
state("called_off", N_("Called off"))

EVALUATION_MEETING.path = ("planned", "held", "published")
EVALUATION_MEETING.beside = {"called_off": "planned"}

PLANNED = EVALUATION_MEETING.group("planned")
HELD = EVALUATION_MEETING.group("held")
UNSETTLED = EVALUATION_MEETING.group("planned", "held")  # what it is about can still change
EVALUATION_PUBLISHED = EVALUATION_MEETING.group("published")

PUBLIC = "public page, mails"


@guard(N_("Its day has not come yet."))
def day_has_come(meeting: Any, known: Any) -> bool:
    return meeting.held_on <= calendar.day_of(known.at)


@guard(N_("Nobody is entered who took part."))
def members_are_named(meeting: Any, _known: Any) -> bool:
    return bool(meeting.members)


@guard(N_("It has looked at no project."))
def has_projects(meeting: Any, _known: Any) -> bool:
    return bool(meeting.looked_at)


@guard(N_("A project is still being recorded, or its local government may still respond."))
def nothing_waits(meeting: Any, known: Any) -> bool:
    """Who has let the day pass without a response holds back nobody else."""
    return not any(it.waits_on(calendar.day_of(known.at)) for it in meeting.looked_at)


act("revise", UNSETTLED, "evaluation_meeting.manage")
says("revise", N_("Change the meeting"), N_("Meeting changed"), ASKS)

move("hold", PLANNED, "held", "evaluation_meeting.manage", day_has_come, members_are_named)
says("hold", N_("It was held"), N_("Evaluation meeting held"), PRIMARY)

move("call_off", PLANNED, "called_off", "evaluation_meeting.manage")
says("call_off", N_("Call the meeting off"), N_("Meeting called off"), ASKS, CAUTION)

move("publish", HELD, "published", "evaluation_meeting.publish", has_projects, nothing_waits, makes=PUBLIC)
says("publish", N_("Publish the evaluation"), N_("Evaluation published"), ASKS, PRIMARY)
