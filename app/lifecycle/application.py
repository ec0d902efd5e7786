"""An application (申請): from the first draft to the announced result, or off that way."""

from __future__ import annotations

from typing import Any

from app.lifecycle import call
from app.lifecycle.table import (
    APPLICANT,
    APPLICANT_ACTS,
    ASKS,
    CAUTION,
    N_,
    OFFICE,
    OFFICE_ACTS,
    PRIMARY,
    Lifecycle,
    guard,
)

APPLICATION = Lifecycle("application")
state, move, act, says = APPLICATION.state, APPLICATION.move, APPLICATION.act, APPLICATION.says

state("draft", N_("Draft"), "neutral", APPLICANT_ACTS)
state("in_approval", N_("Awaiting approval"), "warning", APPLICANT_ACTS)
state("submitted", N_("To be checked"), "info", OFFICE_ACTS, outside=N_("Submitted"))
state("returned", N_("Returned for correction"), "warning", APPLICANT_ACTS)
state("lapsed", N_("Not resubmitted in time"))
state("accepted", N_("Accepted"), "info", OFFICE_ACTS)
state("under_review", N_("Under review"), "progress", OFFICE_ACTS)
state("provisional", N_("Provisional result recorded"), "progress", OFFICE_ACTS, outside=N_("Under review"))
state("selected", N_("Selected"), "success")
state("not_selected", N_("Not selected"))
state("withdrawn", N_("Withdrawn"))

APPLICATION.path = ("draft", "submitted", "accepted", "under_review", "selected")
APPLICATION.beside = {"in_approval": "draft", "returned": "submitted", "provisional": "under_review"}

group = APPLICATION.group
DRAFT = group("draft")
IN_APPROVAL = group("in_approval")
BEFORE_SUBMISSION = group("draft", "in_approval")
WITH_APPLICANT = group("draft", "in_approval", "returned")
EDITABLE = group("draft", "returned")  # while it lies with the approver, nobody changes what they are reading
RETURNED = group("returned")
LAPSED = group("lapsed")
TO_CORRECT = group("returned", "lapsed")  # the office asked for a correction, and has none
TO_CHECK = group("submitted")
RETURNABLE = group("submitted", "accepted")
ACCEPTED = group("accepted")
TO_REVIEW = group("accepted", "under_review")  # it waits for the officers in the selection
UNDER_REVIEW = group("under_review")
PROVISIONAL = group("provisional")  # with a result that only the office knows
IN_SELECTION = group("accepted", "under_review", "provisional")
WITH_THE_OFFICE = group("submitted", "returned", "accepted", "under_review", "provisional")
BEFORE_RESULT = group(*BEFORE_SUBMISSION, *WITH_THE_OFFICE, *LAPSED)
SELECTED = group("selected")
NOT_SELECTED = group("not_selected")
RESULT_TOLD = group("selected", "not_selected")
WITH_RESULT = group("provisional", "selected", "not_selected")
WITHDRAWN = group("withdrawn")
OVER = group("selected", "not_selected", "withdrawn")  # for good
# Whatever else may be added to the states above holds the decision up, until it is put here.
LETS_DECIDE = group("provisional", "withdrawn", "lapsed")
MISSING = {  # state → what is missing before its call can be decided
    "submitted": N_("Not checked yet: accept it, or return it for correction."),
    "returned": N_("With the applicant for correction."),
    "accepted": N_("Not under review yet."),
    "under_review": N_("No provisional result yet."),
}
MISSING_ELSE = N_("Not ready for the decision.")


@guard(N_("The results of its call are decided already."), only=OFFICE)
def undecided(application: Any, _known: Any) -> bool:
    return application.call in call.UNDECIDED


@guard(N_("The results of its call are announced already."))
def unannounced(application: Any, _known: Any) -> bool:
    return application.call not in call.ANNOUNCED


@guard(N_("It does not lie with the approver."))
def mended(application: Any, _known: Any) -> bool:
    return application.is_with_approver


act("edit", EDITABLE, "application.edit", event="section_saved", only=APPLICANT)
says("edit", N_("Edit"), N_("Edited"))

act("let_in", WITH_APPLICANT, "delegation.manage", event="delegation.let_in", only=APPLICANT, makes="mail")
says("let_in", N_("Let a consultant in"), N_("A consultant was let in"), ASKS)

move("hand_over", "draft", "in_approval", "application.hand_over", only=APPLICANT)
says("hand_over", N_("Ask the approver to submit"), N_("Handed to the approver"), PRIMARY)

move("take_back", "in_approval", "draft", "application.take_back", only=APPLICANT)
says("take_back", N_("Back to drafting"), N_("Taken back to drafting"))

move("send_back", "in_approval", "draft", "application.submit", only=APPLICANT, makes="mail: sent back")
says("send_back", N_("Send back"), N_("Sent back by the approver"), ASKS)

move("submit", BEFORE_SUBMISSION, "submitted", "application.submit", makes="mail: receipt")
says("submit", N_("Submit"), N_("Application submitted"), ASKS, PRIMARY)

move("return_for_correction", RETURNABLE, "returned", "application.check", undecided, makes="mail: defects")
says("return_for_correction", N_("Return for correction"), N_("Correction asked for"), ASKS)

act("report_mended", RETURNED, "application.hand_over", event="reported_mended", only=APPLICANT)
says("report_mended", N_("Tell the approver that it is corrected"), N_("Reported as corrected"), PRIMARY)

act("refuse_mended", TO_CORRECT, "application.submit", mended, event="correction_sent_back", only=APPLICANT)
says("refuse_mended", N_("Send back"), N_("Sent back by the approver"), ASKS)

move("resubmit", RETURNED, "submitted", "application.submit", undecided, makes="mail: receipt")
says("resubmit", N_("Resubmit"), N_("Application resubmitted"), ASKS, PRIMARY)

move("extend_correction", TO_CORRECT, "returned", "application.check", undecided, makes="mail: due instant")
says("extend_correction", N_("Give more time"), N_("More time given for the correction"), ASKS)

move("lapse", RETURNED, "lapsed", "application.lapse", makes="mail; another at the announcement")
says("lapse", N_("Record that the time for the correction is over"), N_("Not resubmitted in time"))

move("accept", TO_CHECK, "accepted", "application.check", undecided, makes="mail: acceptance")
says("accept", N_("Accept"), N_("Application accepted"), PRIMARY)

move("start_review", ACCEPTED, "under_review", "selection.record", undecided)
says("start_review", N_("Put under review"), N_("Review started"), PRIMARY)

move("record_result", UNDER_REVIEW, "provisional", "selection.record", undecided, only=OFFICE)
says("record_result", N_("Record the provisional result"), N_("Provisional result recorded"), ASKS, PRIMARY)

act("change_result", PROVISIONAL, "selection.record", undecided, event="result_changed", only=OFFICE)
says("change_result", N_("Change"), N_("Provisional result changed"), ASKS)

move("select", PROVISIONAL, "selected", "selection.release", makes="letter: selection; project")
says("select", N_("Select"), N_("Selected"))

move("decline_to_select", PROVISIONAL, "not_selected", "selection.release", makes="letter: non-selection")
says("decline_to_select", N_("Do not select"), N_("Not selected"))

move("withdraw", BEFORE_RESULT, "withdrawn", "application.withdraw", unannounced, makes="mail: noted")
says("withdraw", N_("Withdraw"), N_("Application withdrawn"), ASKS, CAUTION)
