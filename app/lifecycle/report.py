"""A report of a project's year (年次報告, 取りまとめ): asked for, drafted and handed in by the body, checked, accepted."""

from __future__ import annotations

from typing import Any

from app.lifecycle import project
from app.lifecycle.table import (
    APPLICANT,
    APPLICANT_ACTS,
    ASKS,
    N_,
    OFFICE_ACTS,
    PRIMARY,
    Lifecycle,
    guard,
)

REPORT = Lifecycle("report")
state, move, act, says = REPORT.state, REPORT.move, REPORT.act, REPORT.says

state("requested", N_("Asked for"), "warning", APPLICANT_ACTS)
state("submitted", N_("Report to be checked"), "info", OFFICE_ACTS, outside=N_("Submitted"))
state("returned", N_("Returned for correction"), "warning", APPLICANT_ACTS)
state("accepted", N_("Accepted"), "success")

REPORT.path = ("requested", "submitted", "accepted")
REPORT.beside = {"returned": "submitted"}

REQUESTED = REPORT.group("requested")
RETURNED = REPORT.group("returned")
TO_HAND_IN = REPORT.group("requested", "returned")  # the body owes it
TO_CHECK = REPORT.group("submitted")
RETURNABLE = REPORT.group("submitted", "accepted")
ACCEPTED = REPORT.group("accepted")


@guard(N_("The project was cancelled: no report of it is asked for any more."))
def wanted(report: Any, _known: Any) -> bool:
    return report.project in project.CARRIED_THROUGH


@guard(N_("It lies with the approver, and nobody changes what they are reading."))
def being_written(report: Any, _known: Any) -> bool:
    return not report.is_with_approver


@guard(N_("It does not lie with the approver."))
def with_approver(report: Any, _known: Any) -> bool:
    return bool(report.is_with_approver)


act("edit", TO_HAND_IN, "report.edit", wanted, being_written, event="section_saved", only=APPLICANT)
says("edit", N_("Edit"), N_("Edited"))

act("hand_over", TO_HAND_IN, "report.hand_over", wanted, being_written, only=APPLICANT)
says("hand_over", N_("Ask the approver to submit"), N_("Handed to the approver"), PRIMARY)

act("take_back", TO_HAND_IN, "report.take_back", with_approver, only=APPLICANT)
says("take_back", N_("Back to drafting"), N_("Taken back to drafting"))

act("send_back", TO_HAND_IN, "report.submit", with_approver, only=APPLICANT)
says("send_back", N_("Send back"), N_("Sent back by the approver"), ASKS)

move("submit", REQUESTED, "submitted", "report.submit", wanted, event="report_submitted", makes="mail")
says("submit", N_("Submit"), N_("Report submitted"), ASKS, PRIMARY)

move("resubmit", RETURNED, "submitted", "report.submit", wanted, event="report_resubmitted", makes="mail")
says("resubmit", N_("Resubmit"), N_("Report resubmitted"), ASKS, PRIMARY)

move("return_for_correction", RETURNABLE, "returned", "report.check", wanted, makes="mail: defects")
says("return_for_correction", N_("Return for correction"), N_("Correction asked for"), ASKS)

move("accept", TO_CHECK, "accepted", "report.check", makes="mail: acceptance")
says("accept", N_("Accept"), N_("Report accepted"), PRIMARY)

act("give_more_time", TO_HAND_IN, "report.check", wanted, makes="mail: due instant")
says("give_more_time", N_("Give more time"), N_("More time given"), ASKS)
