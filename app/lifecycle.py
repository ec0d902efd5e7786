"""Every state of a case and every move between states, on one page. Pure.

A state is what a person or a date decides; what can be derived (support year, "closed", "overdue") is no state.
Where a derived standing has a name of its own, `derived` holds the name, and the record says so by `standing`.
A move names its permission, so the buttons a person sees are the moves available to that person now. Labels are
given per audience (the office, the applicant, the public), because what the office has decided may not be told yet.
`move()` is the only code that assigns a state; a test reads the whole source to prove it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

AUDIENCES = ("office", "applicant", "public")


def N_(text: str) -> str:
    """Marks a text for the catalogue; it is translated where it is shown."""
    return text


class NotAllowed(Exception):
    """The move is not open: the record has moved on, or it is not this person's to make."""

    def __init__(self, record: Any, name: str, why: str) -> None:
        super().__init__(f"{name} on {record.kind} {record.id}: {why}")
        self.record, self.name, self.why = record, name, why


@dataclass(frozen=True)
class State:
    name: str
    labels: dict[str, str]
    tone: str = "neutral"  # neutral | info | progress | success | warning | error
    acts_next: str = ""  # who is to act while it stands here


@dataclass(frozen=True)
class Move:
    """`sources` → `target`, who may, what the button says, what the timeline says to each audience."""

    name: str
    sources: tuple[str, ...]
    target: str
    permission: str
    action: str
    told: dict[str, str]
    asks: bool = False  # the button opens a page (a reason, a confirmation) instead of acting at once
    audience: str = (
        "all"  # "office": not shown to the applicant before the announcement; "applicant": theirs alone
    )
    produces: str = ""  # the letter or mail it makes, for the diagram
    style: str = "secondary"


@dataclass(frozen=True)
class Lifecycle:
    kind: str
    states: dict[str, State]
    moves: dict[str, Move]
    path: tuple[str, ...] = field(default=())  # the states of the strip, in the usual order
    beside: dict[str, str] = field(default_factory=dict)  # a state off the path → the step it stands at
    derived: dict[str, State] = field(default_factory=dict)  # what a record may be called without being in it

    @property
    def initial(self) -> str:
        return next(iter(self.states))

    def standing_of(self, record: Any) -> State:
        """What the record is called: by what is derived of it, else by its state."""
        return self.named(getattr(record, "standing", record.state))

    def named(self, name: str) -> State:
        return self.derived.get(name) or self.states[name]


def say(office: str, applicant: str | None = None, public: str | None = None) -> dict[str, str]:
    applicant = applicant or office
    return {"office": office, "applicant": applicant, "public": public or applicant}


def _lifecycle(
    kind: str,
    states: list[State],
    moves: list[Move],
    path: tuple[str, ...],
    beside: dict[str, str] | None = None,
    derived: tuple[State, ...] = (),
) -> Lifecycle:
    named = {state.name: state for state in derived}
    return Lifecycle(kind, {s.name: s for s in states}, {m.name: m for m in moves}, path, beside or {}, named)


OFFICE_ACTS = N_("Cabinet Office")
APPLICANT_ACTS = N_("Applicant")
COUNCIL_ACTS = N_("Council member")
SYSTEM_ACTS = N_("Automatic")

CALL = _lifecycle(
    "call",
    [
        State("draft", say(N_("Draft call")), "neutral", OFFICE_ACTS),
        State("published", say(N_("Published")), "info", APPLICANT_ACTS),
        State("decided", say(N_("Decided"), N_("Under review")), "progress", OFFICE_ACTS),
        State("announced", say(N_("Announced")), "success"),
    ],
    [
        Move(
            "publish",
            ("draft",),
            "published",
            "call.publish",
            N_("Publish"),
            say(N_("Call published")),
            asks=True,
            style="primary",
        ),
        Move(
            "decide",
            ("published",),
            "decided",
            "selection.decide",
            N_("Decide the results"),
            say(N_("Results decided"), N_("Review finished")),
            asks=True,
            audience="office",
            produces="letter: selection, non-selection (approved)",
            style="primary",
        ),
        Move(
            "announce",
            ("decided",),
            "announced",
            "selection.announce",
            N_("Announce the results"),
            say(N_("Results announced")),
            asks=True,
            produces="letters, mails, projects, public register",
            style="primary",
        ),
        Move(
            "record_opening",
            ("draft",),
            "published",
            "call.record_past",
            N_("Record the opening of a call"),
            say(N_("Call published (entered from the published record)")),
        ),
        Move(
            "record_past",
            ("draft", "published"),
            "announced",
            "call.record_past",
            N_("Record a past call"),
            say(N_("Entered from the published record")),
        ),
    ],
    ("draft", "published", "decided", "announced"),
    {"closed": "decided"},
    (State("closed", say(N_("Under review")), "progress", OFFICE_ACTS),),
)

APPLICATION = _lifecycle(
    "application",
    [
        State("draft", say(N_("Draft")), "neutral", APPLICANT_ACTS),
        State("in_approval", say(N_("Awaiting approval")), "warning", APPLICANT_ACTS),
        State("submitted", say(N_("To be checked"), N_("Submitted")), "info", OFFICE_ACTS),
        State("returned", say(N_("Returned for correction")), "warning", APPLICANT_ACTS),
        State("lapsed", say(N_("Not resubmitted in time")), "neutral"),
        State("accepted", say(N_("Accepted")), "info", OFFICE_ACTS),
        State("under_review", say(N_("Under review")), "progress", OFFICE_ACTS),
        State(
            "provisional", say(N_("Provisional result recorded"), N_("Under review")), "progress", OFFICE_ACTS
        ),
        State("selected", say(N_("Selected")), "success"),
        State("not_selected", say(N_("Not selected")), "neutral"),
        State("withdrawn", say(N_("Withdrawn")), "neutral"),
    ],
    [
        Move(
            "hand_over",
            ("draft",),
            "in_approval",
            "application.hand_over",
            N_("Ask the approver to submit"),
            say(N_("Handed to the approver")),
            audience="applicant",
            style="primary",
        ),
        Move(
            "take_back",
            ("in_approval",),
            "draft",
            "application.take_back",
            N_("Back to drafting"),
            say(N_("Taken back to drafting")),
            audience="applicant",
        ),
        Move(
            "send_back",
            ("in_approval",),
            "draft",
            "application.submit",
            N_("Send back"),
            say(N_("Sent back by the approver")),
            asks=True,
            audience="applicant",
            produces="mail: sent back",
        ),
        Move(
            "submit",
            ("draft", "in_approval"),
            "submitted",
            "application.submit",
            N_("Submit"),
            say(N_("Application submitted")),
            asks=True,
            produces="mail: receipt",
            style="primary",
        ),
        Move(
            "return_for_correction",
            ("submitted", "accepted"),
            "returned",
            "application.check",
            N_("Return for correction"),
            say(N_("Correction asked for")),
            asks=True,
            produces="mail: correction request",
        ),
        Move(
            "resubmit",
            ("returned",),
            "submitted",
            "application.submit",
            N_("Resubmit"),
            say(N_("Application resubmitted")),
            asks=True,
            produces="mail: receipt",
            style="primary",
        ),
        Move(
            "extend_correction",
            ("returned", "lapsed"),
            "returned",
            "application.check",
            N_("Give more time"),
            say(N_("More time given for the correction")),
            asks=True,
            produces="mail: new due instant",
        ),
        Move(
            "lapse",
            ("returned",),
            "lapsed",
            "application.lapse",
            N_("Record that the time for the correction is over"),
            say(N_("Not resubmitted in time")),
            produces="mail: takes no part; another at the announcement",
        ),
        Move(
            "accept",
            ("submitted",),
            "accepted",
            "application.check",
            N_("Accept"),
            say(N_("Application accepted")),
            produces="mail: acceptance",
            style="primary",
        ),
        Move(
            "start_review",
            ("accepted",),
            "under_review",
            "selection.record",
            N_("Put under review"),
            say(N_("Review started")),
            style="primary",
        ),
        Move(
            "record_result",
            ("under_review",),
            "provisional",
            "selection.record",
            N_("Record the provisional result"),
            say(N_("Provisional result recorded"), N_("Reviewed")),
            asks=True,
            audience="office",
            style="primary",
        ),
        Move(
            "select",
            ("provisional",),
            "selected",
            "selection.release",
            N_("Select"),
            say(N_("Selected")),
            produces="letter: selection; project",
        ),
        Move(
            "decline_to_select",
            ("provisional",),
            "not_selected",
            "selection.release",
            N_("Do not select"),
            say(N_("Not selected")),
            produces="letter: non-selection",
        ),
        Move(
            "withdraw",
            (
                "draft",
                "in_approval",
                "submitted",
                "returned",
                "lapsed",
                "accepted",
                "under_review",
                "provisional",
            ),
            "withdrawn",
            "application.withdraw",
            N_("Withdraw"),
            say(N_("Application withdrawn")),
            asks=True,
            produces="mail: withdrawal noted",
            style="warning",
        ),
    ],
    ("draft", "submitted", "accepted", "under_review", "selected"),
    {"in_approval": "draft", "returned": "submitted", "provisional": "under_review"},
)

PROJECT = _lifecycle(
    "project",
    [
        State("supported", say(N_("Supported")), "success", APPLICANT_ACTS),
        State("ended", say(N_("Support ended")), "neutral"),
        State("cancelled", say(N_("Cancelled")), "error"),
    ],
    [
        Move(
            "record_extension",
            ("supported",),
            "supported",
            "project.record_extension",
            N_("Record the extension"),
            say(N_("Extension recorded")),
            asks=True,
            produces="new end of support, or the support-end letter in March",
        ),
        Move("end", ("supported",), "ended", "project.end", N_("End support"), say(N_("Support ended"))),
        Move(
            "cancel",
            ("supported",),
            "cancelled",
            "project.cancel",
            N_("Cancel the project"),
            say(N_("Project cancelled")),
            asks=True,
            style="warning",
        ),
        Move(
            "reinstate",
            ("ended", "cancelled"),
            "supported",
            "project.reinstate",
            N_("Reinstate the project"),
            say(N_("Project reinstated")),
            asks=True,
            produces="letter: withdrawal of the support-end letter (drafted)",
        ),
    ],
    ("supported", "ended"),
)

COUNCIL = _lifecycle(
    "council",
    [
        State("forming", say(N_("Forming")), "warning", APPLICANT_ACTS),
        State("active", say(N_("Active")), "success", APPLICANT_ACTS),
    ],
    [
        Move(
            "activate",
            ("forming",),
            "active",
            "council.activate",
            N_("Declare the council set up"),
            say(N_("Council set up")),
            style="primary",
        ),
    ],
    ("forming", "active"),
)

MEMBERSHIP = _lifecycle(
    "membership",
    [
        State("asked", say(N_("Asked")), "info", COUNCIL_ACTS),
        State("agreed", say(N_("Agreed")), "success"),
        State("declined", say(N_("Declined")), "neutral"),
    ],
    [
        Move(
            "agree",
            ("asked",),
            "agreed",
            "membership.answer",
            N_("Agree"),
            say(N_("Agreed to the seat")),
            style="primary",
        ),
        Move(
            "decline",
            ("asked",),
            "declined",
            "membership.answer",
            N_("Decline"),
            say(N_("Declined the seat")),
        ),
        Move(
            "ask_again",
            ("asked", "declined"),
            "asked",
            "council.manage",
            N_("Ask again"),
            say(N_("Asked again")),
            asks=True,
            produces="mail: request with a new link",
        ),
    ],
    ("asked", "agreed"),
)

LETTER = _lifecycle(
    "letter",
    [
        State("drafted", say(N_("Drafted")), "warning", OFFICE_ACTS),
        State("sent_back", say(N_("Sent back")), "warning", OFFICE_ACTS),
        State("approved", say(N_("Approved")), "progress", SYSTEM_ACTS),
        State("issued", say(N_("Issued")), "success"),
        State("discarded", say(N_("Discarded")), "neutral"),
    ],
    [
        Move(
            "approve",
            ("drafted",),
            "approved",
            "letter.approve",
            N_("Approve"),
            say(N_("Letter approved")),
            style="primary",
            audience="office",
        ),
        Move(
            "send_back",
            ("drafted",),
            "sent_back",
            "letter.approve",
            N_("Send back with a remark"),
            say(N_("Letter sent back")),
            asks=True,
            audience="office",
        ),
        Move(
            "put_forward",
            ("sent_back",),
            "drafted",
            "letter.put_forward",
            N_("Put forward again"),
            say(N_("Letter put forward again")),
            asks=True,
            style="primary",
            audience="office",
        ),
        Move(
            "issue",
            ("approved",),
            "issued",
            "letter.issue",
            N_("Issue"),
            say(N_("Letter issued")),
            produces="document number, frozen PDF, mail",
        ),
        Move(
            "discard",
            ("drafted", "sent_back", "approved"),
            "discarded",
            "letter.discard",
            N_("Discard"),
            say(N_("Letter discarded")),
            asks=True,
            style="warning",
            audience="office",
        ),
    ],
    ("drafted", "approved", "issued"),
    {"sent_back": "drafted", "replaced": "issued", "withdrawn": "issued"},
    (
        State("replaced", say(N_("Replaced by another letter")), "warning"),
        State("withdrawn", say(N_("Withdrawn by another letter")), "warning"),
    ),
)
UNAPPROVED = ("drafted", "sent_back")  # letters that no director has put their name to
UNISSUED = (*UNAPPROVED, "approved")

LIFECYCLES = {table.kind: table for table in (CALL, APPLICATION, PROJECT, COUNCIL, MEMBERSHIP, LETTER)}


def move(record: Any, name: str, *, actor: Any, at: datetime, changes: dict[str, Any] | None = None) -> None:
    """Apply the move `name` to `record` and write it into the history.

    Raises NotAllowed when the record does not stand at a source of the move or `actor` may not make it,
    KeyError for a move that does not exist.
    """
    step = LIFECYCLES[record.kind].moves[name]
    if record.state not in step.sources:
        raise NotAllowed(record, name, f"it is {record.state}")
    if not actor.may(step.permission, record):
        raise NotAllowed(record, name, "not permitted")
    before, record.state = record.state, step.target
    record.record(
        name,
        actor=actor,
        at=at,
        audience=step.audience,
        changes={"state": [before, step.target], **(changes or {})},
    )


def open_moves(record: Any, actor: Any) -> list[Move]:
    """The moves that `actor` may make on `record` as it stands now, in the table's order."""
    return [
        step
        for step in LIFECYCLES[record.kind].moves.values()
        if record.state in step.sources and actor.may(step.permission, record)
    ]
