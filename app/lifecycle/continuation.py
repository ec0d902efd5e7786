"""An application for an extension of support (継続申請): drafted by the body, checked by an officer, decided by a director."""

from __future__ import annotations

from typing import Any

from app.lifecycle import project
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

CONTINUATION = Lifecycle("continuation")
state, move, act, says = CONTINUATION.state, CONTINUATION.move, CONTINUATION.act, CONTINUATION.says

state("drafted", N_("Draft"), "neutral", APPLICANT_ACTS)
state("submitted", N_("Submitted"), "info", OFFICE_ACTS)
state("returned", N_("Returned for correction"), "warning", APPLICANT_ACTS)
state("checked", N_("Checked, to be decided"), "info", OFFICE_ACTS, outside=N_("Submitted"))
state("certified", N_("Certified"), "success")
state("refused", N_("Not certified"), "error")
state("withdrawn", N_("Withdrawn"))

CONTINUATION.path = ("drafted", "submitted", "certified")
CONTINUATION.beside = {"returned": "drafted", "checked": "submitted"}

DRAFTED = CONTINUATION.group("drafted")
EDITABLE = CONTINUATION.group("drafted", "returned")  # it lies with the body
RETURNED = CONTINUATION.group("returned")
TO_CHECK = CONTINUATION.group("submitted")
TO_DECIDE = CONTINUATION.group("checked")
WITH_OFFICE = CONTINUATION.group("submitted", "checked")
OPEN = CONTINUATION.group("drafted", "submitted", "returned", "checked")
CERTIFIED = CONTINUATION.group("certified")
REFUSED = CONTINUATION.group("refused")
DECIDED = CONTINUATION.group("certified", "refused")
WITHDRAWN = CONTINUATION.group("withdrawn")
SUBMITTED = "continuation_submitted"  # as the history calls it


@guard(N_("Support of this project is over already."))
def supported(continuation: Any, _known: Any) -> bool:
    return continuation.project in project.UNDER_SUPPORT


@guard(N_("What became of the extension of this project is recorded already."))
def unrecorded(continuation: Any, _known: Any) -> bool:
    return continuation.project.awaits_extension


@guard(N_("It lies with the approver. Take it back to go on writing."))
def with_editor(continuation: Any, _known: Any) -> bool:
    return not continuation.is_with_approver


@guard(N_("It does not lie with the approver."))
def with_approver(continuation: Any, _known: Any) -> bool:
    return continuation.is_with_approver


GOES_ON = (supported, unrecorded)

act("edit", EDITABLE, "continuation.edit", *GOES_ON, with_editor, event="section_saved", only=APPLICANT)
says("edit", N_("Write"), N_("Edited"))

act("hand_over", EDITABLE, "continuation.hand_over", *GOES_ON, with_editor, only=APPLICANT, makes="mail")
says("hand_over", N_("Ask the approver to submit"), N_("Handed to the approver"), PRIMARY)

act("take_back", EDITABLE, "continuation.take_back", with_approver, only=APPLICANT)
says("take_back", N_("Back to drafting"), N_("Taken back to drafting"))

act("send_back", EDITABLE, "continuation.submit", with_approver, only=APPLICANT, makes="mail: sent back")
says("send_back", N_("Send back"), N_("Sent back by the approver"), ASKS)

move("submit", EDITABLE, "submitted", "continuation.submit", *GOES_ON, event=SUBMITTED, makes="mail: receipt")
says("submit", N_("Check and submit"), N_("Application for an extension submitted"), ASKS, PRIMARY)

move("check", TO_CHECK, "checked", "continuation.check", *GOES_ON, only=OFFICE)
says("check", N_("Record the check"), N_("Checked; to be decided by a director"), ASKS, PRIMARY)

move("return_for_correction", WITH_OFFICE, "returned", "continuation.check", *GOES_ON, makes="mail: defects")
says("return_for_correction", N_("Return for correction"), N_("Correction asked for"), ASKS)

move("certify", TO_DECIDE, "certified", "continuation.decide", *GOES_ON, makes="new end; letter")
says("certify", N_("Certify"), N_("Extension certified"), ASKS, PRIMARY)

move("refuse", TO_DECIDE, "refused", "continuation.decide", *GOES_ON, makes="letter")
says("refuse", N_("Do not certify"), N_("Extension not certified"), ASKS, CAUTION)

move("withdraw", OPEN, "withdrawn", "continuation.withdraw", makes="mail: to the officers")
says("withdraw", N_("Withdraw"), N_("Application withdrawn"), ASKS, CAUTION)
