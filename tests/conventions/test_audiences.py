"""Who is told what of a lifecycle, written by hand and not by its table: before the announcement nobody learns how far the office is."""

from __future__ import annotations

import pytest

from app.lifecycle import AUDIENCES, LIFECYCLES
from app.lifecycle.table import (
    APPLICANT_ACTS,
    BODY_ACTS,
    COUNCIL_ACTS,
    JOINT_ACTS,
    LEAD_ACTS,
    OFFICE_ACTS,
    SYSTEM_ACTS,
)

OUTSIDE = AUDIENCES[1:]

# What the office calls otherwise than everybody else: state → its word, theirs.
CALLED_OTHERWISE = {
    "call.decided": ("Decided", "Under review"),
    "application.submitted": ("To be checked", "Submitted"),
    "continuation.checked": ("Checked, to be decided", "Submitted"),
    "application.provisional": ("Provisional result recorded", "Under review"),
    "report.submitted": ("Report to be checked", "Submitted"),
}
# Of these alone the other side reads nothing: what bodies do among themselves, what the office does before it tells.
TOLD_TO_THE_APPLICANT = (
    {
        f"application.{name}"
        for name in (
            "edit",
            "let_in",
            "hand_over",
            "take_back",
            "send_back",
            "report_mended",
            "refuse_mended",
        )
    }
    | {f"report.{name}" for name in ("edit", "hand_over", "take_back", "send_back")}
    | {f"continuation.{name}" for name in ("edit", "hand_over", "take_back", "send_back")}
    | {"change_request.edit"}
    | {"delegation.choose_day", "delegation.revoke"}
    | {f"joint_applicant.{name}" for name in ("ask", "consent", "decline", "file")}
)
TOLD_TO_THE_OFFICE = {
    "call.edit", "call.edit_form", "call.change_checklist", "call.decide", "application.record_result", "application.change_result",
    "call.ask_grace", "call.record_exception", "grace.grant", "continuation.check", "grace.refuse", "obstacle.share",
    "survey.edit", "survey.edit_form",
    "evaluation.take_off", "evaluation.put_on",
    *(f"letter.{name}" for name in ("approve", "send_back", "put_forward", "discard", "replace", "withdraw")),
}  # fmt: skip
# Guards whose sentence would tell an applicant that the results are decided.
SAID_TO_THE_OFFICE = {"undecided"}

ACTS_NEXT = {
    OFFICE_ACTS: (
        "call.draft call.decided call.closed application.submitted application.accepted application.under_review "
        "application.provisional grace.asked letter.drafted letter.sent_back seat_check.reported report.submitted "
        "survey.draft survey.closed "
        "evaluation_meeting.planned evaluation_meeting.held evaluation.recorded "
        "continuation.submitted continuation.checked change_request.submitted"
    ),
    APPLICANT_ACTS: (
        "call.published application.draft application.in_approval application.returned "
        "project.supported council.forming council.active seat_check.asked evaluation.asked report.requested report.returned "
        "continuation.drafted continuation.returned change_request.drafted"
    ),
    BODY_ACTS: "survey.open survey_answer.asked survey_answer.reopened",
    JOINT_ACTS: "joint_applicant.asked",
    LEAD_ACTS: "joint_applicant.outdated",  # who asks for it again
    COUNCIL_ACTS: "membership.asked",
    SYSTEM_ACTS: "letter.approved",
}
CALLED_IN_THE_HISTORY = {
    "call.edit": "edited",
    "call.edit_form": "form_edited",
    "call.publish_form": "form_published",
    "call.change_checklist": "checklist_changed",
    "call.extend": "deadline_extended",
    "call.ask_grace": "grace.grace_asked",
    "call.record_exception": "exception_recorded",
    "call.set_extension_deadline": "extension_deadline_set",
    "application.edit": "section_saved",
    "application.let_in": "delegation.let_in",
    "delegation.choose_day": "day_chosen",
    "application.report_mended": "reported_mended",
    "application.refuse_mended": "correction_sent_back",
    "application.change_result": "result_changed",
    "joint_applicant.ask": "consent_asked",
    "joint_applicant.decline": "consent_declined",
    "council.ask": "membership.asked",
    "council.record_meeting": "meeting_held",
    "survey.edit": "survey_edited",
    "survey.edit_form": "survey_form_edited",
    "survey.open": "survey_opened",
    "survey.extend": "survey_extended",
    "survey.close": "survey_closed",
    "survey.publish": "survey_published",
    "survey.take_back": "survey_taken_back",
    "survey_answer.submit": "survey_answered",
    "survey_answer.submit_again": "survey_answered_again",
    "survey_answer.reopen": "survey_reopened",
    "project.change": "project_changed",
    "continuation.edit": "section_saved",
    "continuation.submit": "continuation_submitted",
    "change_request.edit": "change_request_edited",
    "change_request.submit": "change_request_submitted",
    "obstacle.revise": "obstacle_revised",
    "obstacle.share": "obstacle_shared",
    "report.edit": "section_saved",
    "report.submit": "report_submitted",
    "report.resubmit": "report_resubmitted",
    "letter.replace": "supersession_drafted",
    "letter.withdraw": "supersession_drafted",
}  # the others by their name
# The strip over a case: its steps, and what stands at the place of one of them.
STEPS = {
    "call": ("draft published decided announced", "closed decided"),
    "grace": ("asked granted", ""),
    "application": (
        "draft submitted accepted under_review selected",
        "in_approval draft, returned submitted, provisional under_review",
    ),
    "joint_applicant": (
        "unasked asked consented",
        "declined consented, filed consented, outdated consented",
    ),
    "delegation": ("running ended", ""),
    "project": ("supported ended", ""),
    "continuation": ("drafted submitted certified", "returned drafted, checked submitted"),
    "change_request": ("drafted submitted approved", ""),
    "obstacle": ("outstanding resolved", ""),
    "report": ("requested submitted accepted", "returned submitted"),
    "council": ("forming active", ""),
    "membership": ("asked agreed", ""),
    "seat_check": ("asked confirmed", "reported confirmed, settled confirmed"),
    "survey": ("draft open closed published", ""),
    "survey_answer": ("asked handed_in", "reopened asked"),
    "evaluation_meeting": ("planned held published", "called_off planned"),
    "evaluation": ("recorded asked responded", "taken_off recorded"),
    "letter": ("drafted approved issued", "sent_back drafted, replaced issued, withdrawn issued"),
}
STATES = {
    f"{table.kind}.{state.name}": state
    for table in LIFECYCLES.values()
    for state in (*table.states.values(), *table.derived.values())
}
MOVES = {f"{table.kind}.{step.name}": step for table in LIFECYCLES.values() for step in table.moves.values()}


def test_a_state_has_one_name_for_all_but_for_those_that_tell_how_far_the_office_is():
    found = {
        name: (state.labels["office"], state.labels[who])
        for name, state in STATES.items()
        for who in OUTSIDE
        if state.labels[who] != state.labels["office"]
    }
    assert found == CALLED_OTHERWISE
    assert all(state.tones["office"] == state.tones[who] for state in STATES.values() for who in OUTSIDE)


def test_a_move_is_told_to_all_but_for_those_of_one_side():
    one_side = {"applicant": TOLD_TO_THE_APPLICANT, "office": TOLD_TO_THE_OFFICE}
    for name, step in MOVES.items():
        alone = next((who for who, names in one_side.items() if name in names), "all")
        assert step.audience == alone, name
    assert MOVES.keys() > TOLD_TO_THE_APPLICANT | TOLD_TO_THE_OFFICE


@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_closed_guard_says_nothing_that_tells_of_a_decision(audience):
    guards = {guard for step in MOVES.values() for guard in step.guards}
    silent = {guard.name for guard in guards if not guard.told_to(audience)}
    assert silent == (set() if audience == "office" else SAID_TO_THE_OFFICE)


def test_the_history_goes_on_calling_a_move_what_it_has_always_called_it():
    """Entries of years ago are told by the same words; they cannot be renamed."""
    found = {name: step.event for name, step in MOVES.items() if step.event != step.name}
    assert found == CALLED_IN_THE_HISTORY


def test_who_is_to_act_next_is_who_holds_it():
    for name, state in STATES.items():
        expected = next((who for who, names in ACTS_NEXT.items() if name in names.split()), "")
        assert state.acts_next == expected, name


@pytest.mark.parametrize("kind", LIFECYCLES)
def test_the_strip_shows_the_usual_way(kind):
    path, beside = STEPS[kind]
    table = LIFECYCLES[kind]
    assert table.path == tuple(path.split())
    assert table.beside == dict(pair.split() for pair in beside.split(",") if pair)
