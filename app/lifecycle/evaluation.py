"""The evaluation of one project by one meeting: recorded by officers, put to its local government, responded to."""

from __future__ import annotations

from typing import Any

from app.lifecycle.evaluation_meeting import HELD, UNSETTLED
from app.lifecycle.table import APPLICANT_ACTS, ASKS, N_, OFFICE, OFFICE_ACTS, PRIMARY, Lifecycle, guard

EVALUATION = Lifecycle("evaluation")
state, move, says = EVALUATION.state, EVALUATION.move, EVALUATION.says

state("recorded", N_("Being recorded"), "progress", OFFICE_ACTS)
state("asked", N_("Response asked for"), "warning", APPLICANT_ACTS)
state("responded", N_("Response received"), "success")
state("taken_off", N_("Not looked at"))

EVALUATION.path = ("recorded", "asked", "responded")
EVALUATION.beside = {"taken_off": "recorded"}

RECORDED = EVALUATION.group("recorded")
ASKED_TO_RESPOND = EVALUATION.group("asked")
RESPONDED = EVALUATION.group("responded")
PUT_TO_BODY = EVALUATION.group("asked", "responded")  # its bodies read it
TAKEN_OFF = EVALUATION.group("taken_off")
LOOKED_AT = EVALUATION.all_but(TAKEN_OFF)


@guard(N_("The meeting has not been held yet, or is closed."))
def meeting_was_held(evaluation: Any, _known: Any) -> bool:
    return evaluation.meeting in HELD


@guard(N_("The evaluation is published: nothing about it changes any more."))
def meeting_is_open(evaluation: Any, _known: Any) -> bool:
    return evaluation.meeting in UNSETTLED


@guard(N_("No grade has been recorded."))
def is_graded(evaluation: Any, _known: Any) -> bool:
    return evaluation.is_graded


TO_BODIES, TO_OFFICE = "mail: to the bodies", "mail: to the officers"

move("put", RECORDED, "asked", "evaluation.record", meeting_was_held, is_graded, makes=TO_BODIES)
says("put", N_("Ask for a response"), N_("Response of the local government asked for"), ASKS, PRIMARY)

move("take_back", ASKED_TO_RESPOND, "recorded", "evaluation.record", meeting_is_open, makes=TO_BODIES)
says("take_back", N_("Take it back to correct it"), N_("Taken back to be corrected"), ASKS)

move("respond", ASKED_TO_RESPOND, "responded", "evaluation.respond", meeting_is_open, makes=TO_OFFICE)
says("respond", N_("Send the response"), N_("Response sent"), PRIMARY)

move("ask_once_more", RESPONDED, "asked", "evaluation.record", meeting_is_open, makes=TO_BODIES)
says("ask_once_more", N_("Ask for another response"), N_("Another response asked for"), ASKS)

move("take_off", RECORDED, "taken_off", "evaluation.record", meeting_is_open, only=OFFICE)
says("take_off", N_("Take it off the meeting"), N_("Taken off the meeting"))

move("put_on", TAKEN_OFF, "recorded", "evaluation.record", meeting_is_open, only=OFFICE)
says("put_on", N_("Put it on the meeting again"), N_("Put on the meeting again"))
