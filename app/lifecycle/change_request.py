"""A request to change a project (変更申請): drafted by the body, decided by a director, applied to the project by that."""

from __future__ import annotations

from typing import Any

from app.lifecycle import project
from app.lifecycle.table import (
    APPLICANT,
    APPLICANT_ACTS,
    ASKS,
    CAUTION,
    N_,
    OFFICE_ACTS,
    PRIMARY,
    Lifecycle,
    guard,
)

CHANGE_REQUEST = Lifecycle("change_request")
state, move, act, says = CHANGE_REQUEST.state, CHANGE_REQUEST.move, CHANGE_REQUEST.act, CHANGE_REQUEST.says

state("drafted", N_("Draft"), "neutral", APPLICANT_ACTS)
state("submitted", N_("Submitted"), "info", OFFICE_ACTS)
state("approved", N_("Change approved"), "success")
state("refused", N_("Change not approved"), "error")
state("withdrawn", N_("Withdrawn"))

CHANGE_REQUEST.path = ("drafted", "submitted", "approved")

DRAFTED = CHANGE_REQUEST.group("drafted")
TO_DECIDE = CHANGE_REQUEST.group("submitted")
OPEN = CHANGE_REQUEST.group("drafted", "submitted")
APPROVED = CHANGE_REQUEST.group("approved")
REFUSED = CHANGE_REQUEST.group("refused")
WITHDRAWN = CHANGE_REQUEST.group("withdrawn")
SUBMITTED = "change_request_submitted"  # as the history calls it


@guard(N_("Support of this project is over already."))
def supported(request: Any, _known: Any) -> bool:
    return request.project in project.UNDER_SUPPORT


act("edit", DRAFTED, "change_request.edit", supported, event="change_request_edited", only=APPLICANT)
says("edit", N_("Edit"), N_("Edited"))

move("submit", DRAFTED, "submitted", "change_request.submit", supported, event=SUBMITTED, makes="mail")
says("submit", N_("Submit"), N_("Change request submitted"), PRIMARY)

move("approve", TO_DECIDE, "approved", "change_request.decide", supported, makes="the change; mail")
says("approve", N_("Approve the change"), N_("Change approved"), ASKS, PRIMARY)

move("refuse", TO_DECIDE, "refused", "change_request.decide", makes="mail: reasons")
says("refuse", N_("Do not approve the change"), N_("Change not approved"), ASKS, CAUTION)

move("withdraw", OPEN, "withdrawn", "change_request.withdraw")
says("withdraw", N_("Withdraw"), N_("Change request withdrawn"), ASKS, CAUTION)
