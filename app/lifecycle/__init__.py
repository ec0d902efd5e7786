"""Every state of a record and every move between states, one table per kind, each a page. Pure.

A state is what a person or a date decides; what can be derived (support year, "closed", "overdue") is no state.
Where a derived standing has a name of its own, `derived` holds the name, and the record says so by `standing`.
A move names its permission and its guards, so that the buttons a person sees are the moves open to that person now; a
closed guard says its sentence. Labels and tones are given per audience (the office, everybody else), because what the
office has decided may not be told yet. `move()` is the only code that assigns a state, and nothing outside compares
one: it asks for a group (`record in call.ANNOUNCED`). A test reads the whole source to prove both.
"""

from app.lifecycle import (
    application,
    call,
    change_request,
    continuation,
    council,
    delegation,
    evaluation,
    evaluation_meeting,
    grace,
    joint_applicant,
    letter,
    membership,
    obstacle,
    project,
    report,
    seat_check,
    survey,
    survey_answer,
)
from app.lifecycle.application import APPLICATION
from app.lifecycle.call import CALL
from app.lifecycle.change_request import CHANGE_REQUEST
from app.lifecycle.continuation import CONTINUATION
from app.lifecycle.council import COUNCIL
from app.lifecycle.delegation import DELEGATION
from app.lifecycle.evaluation import EVALUATION
from app.lifecycle.evaluation_meeting import EVALUATION_MEETING
from app.lifecycle.grace import GRACE
from app.lifecycle.joint_applicant import JOINT_APPLICANT
from app.lifecycle.letter import LETTER
from app.lifecycle.membership import MEMBERSHIP
from app.lifecycle.moving import (
    LIFECYCLES,
    NotAllowed,
    closed_guard,
    group_tests,
    is_open,
    move,
    must_be_open,
    open_moves,
)
from app.lifecycle.obstacle import OBSTACLE
from app.lifecycle.project import PROJECT
from app.lifecycle.report import REPORT
from app.lifecycle.seat_check import SEAT_CHECK
from app.lifecycle.survey import SURVEY
from app.lifecycle.survey_answer import SURVEY_ANSWER
from app.lifecycle.table import AUDIENCES, N_, Group, Guard, Lifecycle, Move, State

__all__ = [
    "APPLICATION",
    "AUDIENCES",
    "CALL",
    "CHANGE_REQUEST",
    "CONTINUATION",
    "COUNCIL",
    "DELEGATION",
    "EVALUATION",
    "EVALUATION_MEETING",
    "GRACE",
    "JOINT_APPLICANT",
    "LETTER",
    "LIFECYCLES",
    "MEMBERSHIP",
    "N_",
    "OBSTACLE",
    "PROJECT",
    "REPORT",
    "SEAT_CHECK",
    "SURVEY",
    "SURVEY_ANSWER",
    "Group",
    "Guard",
    "Lifecycle",
    "Move",
    "NotAllowed",
    "State",
    "closed_guard",
    "group_tests",
    "is_open",
    "move",
    "must_be_open",
    "open_moves",
]

# The groups stand in the modules; a table has them by name too, for templates.
for _module in (
    application, call, change_request, continuation, council, delegation, evaluation, evaluation_meeting, grace,
    joint_applicant, letter, membership, obstacle, project, report, seat_check, survey, survey_answer,
):  # fmt: skip
    for _name, _group in vars(_module).items():
        if isinstance(_group, Group):
            LIFECYCLES[_group.kind].groups[_name.lower()] = _group
