"""Who may do what, as one table: a permission's name → what it means, which roles hold it, over which records.

Roles are those of the programme (domain.md §8). A record is also fetched through a query scoped to the person,
so what is not theirs is not found at all; the predicates here are the second lock on the same door. Pure.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

EDITOR = "municipality_editor"
APPROVER = "municipality_approver"
OFFICER = "officer"
DIRECTOR = "director"
REVIEWER = "reviewer"
MINISTRY = "ministry_officer"
MEMBER = "council_member"
ADMINISTRATOR = "administrator"
AUTOMATIC = "system"

MUNICIPAL = frozenset({EDITOR, APPROVER})
OFFICE = frozenset({OFFICER, DIRECTOR})
SEATED = (
    MUNICIPAL | OFFICE | {REVIEWER, MINISTRY, ADMINISTRATOR}
)  # roles that sign in; a member only has a link


def _anyones(actor: Any, record: Any) -> bool:
    return True


def _own_body(actor: Any, record: Any) -> bool:
    """Municipal seats act for their own body only; the office acts for all."""
    return actor.role not in MUNICIPAL or actor.organisation_id in record.acting_organisation_ids


def _own_seat_in_council(actor: Any, record: Any) -> bool:
    return actor.membership_id == record.id


@dataclass(frozen=True)
class Permission:
    """What holding it lets a person do; the roles that hold it; the records it reaches."""

    means: str
    roles: frozenset[str]
    reaches: Callable[[Any, Any], bool] = _anyones


PUBLIC = "public"  # the declared permission of a page for everyone, signed in or not

PERMISSIONS: dict[str, Permission] = {
    # people and seats
    "session.use": Permission("Be signed in: home, own password, change of seat, sign-out", SEATED),
    "organisation.search": Permission("Look up local governments by name, kana or code", SEATED),
    "seat.view": Permission(
        "See the seats of a body and who holds them", MUNICIPAL | OFFICE | {ADMINISTRATOR}, _own_body
    ),
    "seat.manage": Permission("Make seats, hand them over, close them", frozenset({ADMINISTRATOR})),
    "session.manage": Permission("See and end the sessions of others", frozenset({ADMINISTRATOR})),
    # calls; whoever reads sees those that Call.visible_to lets them see, without a permission
    "call.manage": Permission("Draft and edit a call before it is published", frozenset({OFFICER})),
    "call.publish": Permission("Publish a call", OFFICE),
    "call.record_past": Permission(
        "Enter what the published record tells of a call: its opening, its results", frozenset({AUTOMATIC})
    ),
    "call.extend": Permission("Move a published call's closing instant later, for all", OFFICE),
    "call.set_extension_deadline": Permission(
        "Say by when an extension of support (継続申請) is asked for", OFFICE
    ),
    # applications
    "application.view": Permission(
        "Read an application of one's own body; the office: what was submitted",
        SEATED - {ADMINISTRATOR, REVIEWER, MINISTRY},
        _own_body,
    ),
    "application.edit": Permission("Draft and mend an application", MUNICIPAL, _own_body),
    "application.hand_over": Permission(
        "Hand a draft to the approver, or tell that a correction is mended", MUNICIPAL, _own_body
    ),
    "application.take_back": Permission(
        "Take back what one has handed to the approver (引戻し)", frozenset({EDITOR}), _own_body
    ),
    "application.submit": Permission(
        "Submit, resubmit, or send back with a reason (決裁)", frozenset({APPROVER}), _own_body
    ),
    "application.withdraw": Permission("Withdraw before the announcement", frozenset({APPROVER}), _own_body),
    "application.check": Permission("Accept a submission or return it for correction", frozenset({OFFICER})),
    "application.lapse": Permission(
        "Record that a returned application was not resubmitted in time", frozenset({AUTOMATIC})
    ),
    "application.list": Permission("See lists of applications, each in one's own reach", MUNICIPAL | OFFICE),
    # selection
    "selection.view": Permission("See a call's results before they are announced", OFFICE),
    "selection.record": Permission(
        "Put an application under review and record its provisional result", frozenset({OFFICER})
    ),
    "selection.decide": Permission("Decide the results of a call (決裁)", frozenset({DIRECTOR})),
    "selection.announce": Permission("Release a decided call's results to all at once", OFFICE),
    "selection.release": Permission("Give an application its announced result", OFFICE | {AUTOMATIC}),
    # projects and councils
    "project.list": Permission(
        "See lists of projects, each in one's own reach", MUNICIPAL | OFFICE | {MINISTRY}
    ),
    "project.view": Permission("Read a supported project", MUNICIPAL | OFFICE | {MINISTRY}, _own_body),
    "project.record_extension": Permission("Record what became of a project's extension (継続申請)", OFFICE),
    "project.cancel": Permission("Cancel a project before its end", frozenset({DIRECTOR})),
    "project.reinstate": Permission(
        "Put a project that was ended or cancelled by mistake under support again", frozenset({DIRECTOR})
    ),
    "project.end": Permission("End support when the period is over", frozenset({AUTOMATIC})),
    "council.view": Permission(
        "Read a project's council and its members", MUNICIPAL | OFFICE | {MINISTRY}, _own_body
    ),
    "council.manage": Permission(
        "Name members, ask them again, record meetings", MUNICIPAL | {OFFICER}, _own_body
    ),
    "council.activate": Permission("Declare a council set up", MUNICIPAL | {OFFICER}, _own_body),
    "membership.answer": Permission(
        "Agree to or decline a seat in a council, by one's own link",
        frozenset({MEMBER}),
        _own_seat_in_council,
    ),
    # letters and mail
    "letter.list": Permission("See the office's letters, drafts included", OFFICE),
    "letter.view": Permission(
        "Read an issued letter addressed to one's own body; the office: all", MUNICIPAL | OFFICE, _own_body
    ),
    "letter.approve": Permission("Approve drafted letters (決裁)", frozenset({DIRECTOR})),
    "letter.put_forward": Permission(
        "Answer a director's remark on a letter and put it forward again", frozenset({OFFICER})
    ),
    "letter.supersede": Permission("Draft the letter that replaces or withdraws an issued one", OFFICE),
    "letter.discard": Permission("Take a letter that must not go out from the list", OFFICE | {AUTOMATIC}),
    "letter.issue": Permission("Number, freeze and send an approved letter", frozenset({AUTOMATIC})),
    "mail.list": Permission("See the outbox", frozenset({ADMINISTRATOR, OFFICER})),
    "mail.retry": Permission(
        "Send a parked mail again, or set it aside", frozenset({ADMINISTRATOR, OFFICER})
    ),
    "mail.download": Permission("Download a mail as a file", frozenset({ADMINISTRATOR})),
    # running the office
    "schedule.view": Permission(
        "See the rules of reminders, what they will send and have sent, and why the work is halted",
        OFFICE | {ADMINISTRATOR},
    ),
    "schedule.manage": Permission(
        "Change the days of a reminder's rule", frozenset({OFFICER, ADMINISTRATOR})
    ),
    "security.read": Permission(
        "Read the security log: sign-ins, refusals, who read what is not announced, changed seats",
        frozenset({ADMINISTRATOR, DIRECTOR}),
    ),
    "jobs.resume": Permission(
        "Confirm that the automatic work may go on after a halt",
        frozenset({DIRECTOR, ADMINISTRATOR, AUTOMATIC}),
    ),
    "work.view": Permission("Follow long work, whoever started it", OFFICE | {ADMINISTRATOR}),
    "demo.clock": Permission("Move the demo's clock", frozenset({ADMINISTRATOR})),
}


def allows(actor: Any, name: str, record: Any = None) -> bool:
    """Whether `actor` (None: nobody signed in) holds permission `name`, over `record` if one is given.

    Raises KeyError for a name that is not in the table: a typing error must not read as a refusal.
    """
    if name == PUBLIC:
        return True
    permission = PERMISSIONS[name]
    if actor is None or actor.role not in permission.roles:
        return False
    return record is None or permission.reaches(actor, record)


@dataclass(frozen=True)
class Actor:
    """Somebody who acts without a seat: the system itself, or a council member with a link."""

    name: str
    role: str
    membership_id: int | None = None
    person_id: int | None = None
    seat_id: int | None = None
    organisation_id: int | None = None

    def may(self, permission: str, record: Any = None) -> bool:
        return allows(self, permission, record)


SYSTEM = Actor(name="Banso", role=AUTOMATIC)
