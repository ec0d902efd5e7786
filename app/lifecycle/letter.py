"""A letter (文書): drafted, approved by a director, issued with a number; corrected by another letter alone."""

from __future__ import annotations

from typing import Any

from app.lifecycle.table import (
    ASKS,
    CAUTION,
    N_,
    OFFICE,
    OFFICE_ACTS,
    PRIMARY,
    SYSTEM_ACTS,
    Lifecycle,
    guard,
)

LETTER = Lifecycle("letter")
state, move, act, says = LETTER.state, LETTER.move, LETTER.act, LETTER.says

state("drafted", N_("Drafted"), "warning", OFFICE_ACTS)
state("sent_back", N_("Sent back"), "warning", OFFICE_ACTS)
state("approved", N_("Approved"), "progress", SYSTEM_ACTS)
state("issued", N_("Issued"), "success")
state("discarded", N_("Discarded"))
REPLACED = LETTER.derive("replaced", N_("Replaced by another letter"), "warning")
WITHDRAWN = LETTER.derive("withdrawn", N_("Withdrawn by another letter"), "warning")

LETTER.path = ("drafted", "approved", "issued")
LETTER.beside = {"sent_back": "drafted", REPLACED: "issued", WITHDRAWN: "issued"}

TO_APPROVE = LETTER.group("drafted")
SENT_BACK = LETTER.group("sent_back")
UNAPPROVED = LETTER.group("drafted", "sent_back")  # no director has put their name to it
APPROVED = LETTER.group("approved")
UNISSUED = LETTER.group("drafted", "sent_back", "approved")
ISSUED = LETTER.group("issued")
DISCARDED = LETTER.group("discarded")


@guard(N_("Another letter supersedes this one already, or is being prepared to."))
def stands(letter: Any, _known: Any) -> bool:
    return letter.superseder_id is None


@guard(N_("This letter withdraws another one; put a letter with the right contents in its place."))
def withdraws_none(letter: Any, _known: Any) -> bool:
    return not letter.is_withdrawal


move("approve", TO_APPROVE, "approved", "letter.approve", only=OFFICE)
says("approve", N_("Approve"), N_("Letter approved"), PRIMARY)

move("send_back", TO_APPROVE, "sent_back", "letter.approve", only=OFFICE)
says("send_back", N_("Send back with a remark"), N_("Letter sent back"), ASKS)

move("put_forward", SENT_BACK, "drafted", "letter.put_forward", only=OFFICE)
says("put_forward", N_("Put forward again"), N_("Letter put forward again"), ASKS, PRIMARY)

move("issue", APPROVED, "issued", "letter.issue", makes="document number, frozen PDF, mail")
says("issue", N_("Issue"), N_("Letter issued"))

move("discard", UNISSUED, "discarded", "letter.discard", only=OFFICE)
says("discard", N_("Discard"), N_("Letter discarded"), ASKS, CAUTION)

act("replace", ISSUED, "letter.supersede", stands, event="supersession_drafted", only=OFFICE, makes="letter")
says("replace", N_("Send a letter with the right contents"), N_("Replacement drafted"), ASKS)

act("withdraw", ISSUED, "letter.supersede", stands, withdraws_none, event="supersession_drafted", only=OFFICE)
says("withdraw", N_("Withdraw this letter"), N_("Withdrawal drafted"), ASKS, CAUTION)
