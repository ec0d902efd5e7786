"""Who may do what, over which records, as two tables. Pure.

REACHES says of each kind of record how far each role reaches: what it sees, which is also all that it may act on.
PERMISSIONS says what a permission means, which roles hold it, over records of which kinds, and for some that it is held
over less than what is seen. Roles are those of the programme (domain.md §8).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.actors import Actor
from app.reach import (
    EVERYTHING,
    ISSUED_TO_OWN_BODY,
    LED_BY_OWN_BODY,
    LET_IN,
    NOTHING,
    OWN_BODY,
    OWN_PART,
    OWN_PART_OR_LED,
    OWN_SEAT,
    PUBLISHED,
    SHARED_WITH_OWN_BODY,
    SHOWN,
    SHOWN_TO_OWN_BODY,
    SUBMITTED,
    Reach,
)

EDITOR = "municipality_editor"
APPROVER = "municipality_approver"
CONSULTANT = "consultant"  # of a company, let in by a body to write one application until a day (ADR 44)
OFFICER = "officer"
DIRECTOR = "director"
REVIEWER = "reviewer"
MINISTRY = "ministry_officer"
MEMBER = "council_member"
ADMINISTRATOR = "administrator"
AUTOMATIC = "system"

MUNICIPAL = frozenset({EDITOR, APPROVER})
APPLICANT = MUNICIPAL | {CONSULTANT}  # who writes an application: the body, and whom it lets in
OFFICE = frozenset({OFFICER, DIRECTOR})
SEATED = (
    APPLICANT | OFFICE | {REVIEWER, MINISTRY, ADMINISTRATOR}
)  # roles that sign in; a member only has a link


PUBLIC = "public"  # the declared permission of a page for everyone; the role of whoever is not signed in


def _reaching(roles_of: dict[Reach, frozenset[str]]) -> dict[str, Reach]:
    """Role → reach, of what is written the other way round. Raises ValueError for a role that is named twice."""
    found = {role: reach for reach, roles in roles_of.items() for role in roles}
    if len(found) < sum(map(len, roles_of.values())):
        raise ValueError("a role has one reach into a kind")
    return found


_SYSTEM = frozenset({AUTOMATIC})
_ONES_OWN = _reaching({EVERYTHING: frozenset({ADMINISTRATOR}), OWN_SEAT: SEATED - {ADMINISTRATOR}})

REACHES: dict[str, dict[str, Reach]] = {  # kind → role → reach; who is not named reaches nothing
    "programme": _reaching({EVERYTHING: OFFICE | _SYSTEM}),
    "call": _reaching({EVERYTHING: OFFICE | _SYSTEM, PUBLISHED: SEATED - OFFICE | {MEMBER, PUBLIC}}),
    "grace": _reaching({EVERYTHING: OFFICE}),  # a body reads of its own on its application
    "application": _reaching(
        {OWN_BODY: MUNICIPAL, LET_IN: frozenset({CONSULTANT}), SUBMITTED: OFFICE, EVERYTHING: _SYSTEM}
    ),
    "delegation": _reaching({OWN_BODY: MUNICIPAL}),  # the office is not told who writes for a body
    "joint_applicant": _reaching({OWN_PART_OR_LED: MUNICIPAL}),
    # Opened by a body for its draft, it shows the office what was written and who wrote, and nothing of the draft.
    "conversation": _reaching({OWN_BODY: MUNICIPAL, EVERYTHING: OFFICE}),
    "project": _reaching({OWN_BODY: MUNICIPAL, EVERYTHING: OFFICE | _SYSTEM | {MINISTRY}}),
    # A body's draft is its own; what was handed in is read by the ministries beside the project too.
    "report": _reaching(
        {OWN_BODY: MUNICIPAL, EVERYTHING: OFFICE | _SYSTEM, SUBMITTED: frozenset({MINISTRY})}
    ),
    # The office sees nothing of an application for an extension, nor of a change request, before it is submitted.
    "continuation": _reaching({OWN_BODY: MUNICIPAL, SUBMITTED: OFFICE, EVERYTHING: _SYSTEM}),
    "change_request": _reaching({OWN_BODY: MUNICIPAL, SUBMITTED: OFFICE}),
    "kpi": _reaching({OWN_BODY: MUNICIPAL, EVERYTHING: OFFICE | {MINISTRY}}),
    "council": _reaching({OWN_BODY: MUNICIPAL, EVERYTHING: OFFICE | {MINISTRY}}),
    "membership": _reaching(
        {OWN_BODY: MUNICIPAL, EVERYTHING: OFFICE | {MINISTRY}, OWN_SEAT: frozenset({MEMBER})}
    ),
    "survey": _reaching({EVERYTHING: OFFICE | _SYSTEM}),  # a body reads what it is asked on its answers
    "survey_answer": _reaching({OWN_BODY: MUNICIPAL, EVERYTHING: OFFICE | _SYSTEM}),
    # What the office writes within the office stays there; the body and a ministry read all else about a project.
    "log_entry": _reaching({SHOWN_TO_OWN_BODY: MUNICIPAL, EVERYTHING: OFFICE, SHOWN: frozenset({MINISTRY})}),
    "obstacle": _reaching({OWN_BODY: MUNICIPAL, EVERYTHING: OFFICE | {MINISTRY}}),
    "knowledge_item": _reaching(
        {SHARED_WITH_OWN_BODY: MUNICIPAL, EVERYTHING: OFFICE, PUBLISHED: frozenset({MINISTRY})}
    ),
    "evaluation_meeting": _reaching(
        {EVERYTHING: OFFICE}
    ),  # what is published everybody reads as it was frozen
    # While officers record it, nobody else sees it.
    "evaluation": _reaching({SHOWN_TO_OWN_BODY: MUNICIPAL, EVERYTHING: OFFICE, SHOWN: frozenset({MINISTRY})}),
    "wish": _reaching({OWN_BODY: MUNICIPAL, EVERYTHING: OFFICE}),
    "letter": _reaching({ISSUED_TO_OWN_BODY: MUNICIPAL, EVERYTHING: OFFICE | _SYSTEM}),
    "mail": _reaching({EVERYTHING: frozenset({OFFICER, ADMINISTRATOR})}),
    "organisation": _reaching({EVERYTHING: SEATED}),  # the register of local governments is public fact
    "seat_check": _reaching({OWN_BODY: MUNICIPAL, EVERYTHING: OFFICE | {ADMINISTRATOR} | _SYSTEM}),
    "seat": _ONES_OWN,
    "person": _ONES_OWN,
    "tenure": _ONES_OWN,
    "session": _ONES_OWN,
    "reminder": _reaching({EVERYTHING: OFFICE | {ADMINISTRATOR}}),
    "work": _reaching({EVERYTHING: OFFICE | {ADMINISTRATOR}}),
    "halt": _reaching({EVERYTHING: frozenset({DIRECTOR, ADMINISTRATOR, AUTOMATIC})}),
    "security_event": _reaching({EVERYTHING: frozenset({ADMINISTRATOR, DIRECTOR})}),
}

_OF_THEIR_BODY = dict.fromkeys(MUNICIPAL, OWN_BODY)
_OF_THEIR_PART = dict.fromkeys(MUNICIPAL, OWN_PART)
_OF_THEIR_LEAD = dict.fromkeys(MUNICIPAL, LED_BY_OWN_BODY)
_OF_THEMSELVES = dict.fromkeys(SEATED, OWN_SEAT)


@dataclass(frozen=True)
class Permission:
    """What holding it lets a person do; the roles that hold it; over what, within what they reach."""

    means: str
    roles: frozenset[str]
    over: tuple[str, ...] = ()  # kinds of records, where its name does not begin with the one
    within: Mapping[str, Reach] = field(default_factory=dict)  # role → less than what it sees


PERMISSIONS: dict[str, Permission] = {
    # people and seats
    "session.use": Permission(
        "Be signed in: home, own password, change of seat, sign-out",
        SEATED,
        ("session", "tenure"),
        _OF_THEMSELVES,
    ),
    "organisation.search": Permission("Look up local governments by name, kana or code", SEATED),
    "organisation.set_address": Permission(
        "Enter the general address of a body, where mail goes while nobody holds a seat",
        frozenset({OFFICER, ADMINISTRATOR}),
    ),
    "organisation.merge": Permission(
        "Enter that a body merges into another, and take it back before the day",
        frozenset({OFFICER, ADMINISTRATOR}),
    ),
    "seat.view": Permission(
        "See the seats of a body and who holds them",
        MUNICIPAL | OFFICE | {ADMINISTRATOR},
        ("organisation",),
        _OF_THEIR_BODY,
    ),
    "seat.manage": Permission(
        "Make seats, hand them over, close them",
        frozenset({ADMINISTRATOR}),
        ("organisation", "seat", "tenure", "person"),
    ),
    "session.manage": Permission(
        "See and end the sessions of others", frozenset({ADMINISTRATOR}), ("person",)
    ),
    # programmes
    "programme.view": Permission(
        "See what each programme says of itself in letters, mails and pages", OFFICE
    ),
    "programme.manage": Permission(
        "Begin a programme and write what it says of itself", frozenset({OFFICER})
    ),
    # calls; whoever reads sees those within their reach, without a permission
    "call.manage": Permission("Draft and edit a call before it is published", frozenset({OFFICER})),
    "call.edit_form": Permission("Edit what a call asks of applicants", frozenset({OFFICER})),
    "call.publish": Permission("Publish a call", OFFICE),
    "call.publish_form": Permission("Publish a new version of what a published call asks", OFFICE),
    "call.record_past": Permission(
        "Enter what the published record tells of a call: its opening, its results", frozenset({AUTOMATIC})
    ),
    "call.extend": Permission("Move a published call's closing instant later, for all", OFFICE),
    "grace.ask": Permission(
        "Ask a director to grant one applicant more time", frozenset({OFFICER}), ("call",)
    ),
    "grace.view": Permission("See who was granted more time, and why", OFFICE),
    "grace.decide": Permission("Grant one applicant more time, or not (決裁)", frozenset({DIRECTOR})),
    "call.record_exception": Permission(
        "Let one body submit to a call against one of its rules, for a reason", frozenset({OFFICER})
    ),
    "call.set_extension_deadline": Permission(
        "Say by when an extension of support (継続申請) is asked for", OFFICE
    ),
    "call.clarify": Permission(
        "Publish questions of general interest with their answers, edit, order and withdraw them",
        frozenset({OFFICER}),
    ),
    # applications
    "application.view": Permission(
        "Read an application of one's own body; the office: what was submitted",
        SEATED - {ADMINISTRATOR, REVIEWER, MINISTRY},
    ),
    "application.start": Permission("Start an application of one's own body", MUNICIPAL),
    "application.edit": Permission("Draft and mend an application", APPLICANT | {AUTOMATIC}),
    "application.copy": Permission("Copy answers from another application of one's own body", MUNICIPAL),
    "application.hand_over": Permission(
        "Hand a draft to the approver, or tell that a correction is mended", MUNICIPAL
    ),
    "application.take_back": Permission(
        "Take back what one has handed to the approver (引戻し)", frozenset({EDITOR})
    ),
    "application.submit": Permission(
        "Submit, resubmit, or send back with a reason (決裁)", frozenset({APPROVER})
    ),
    "application.withdraw": Permission("Withdraw before the announcement", frozenset({APPROVER})),
    "application.check": Permission("Accept a submission or return it for correction", frozenset({OFFICER})),
    "application.note": Permission("Read and write the office's notes on an application", OFFICE),
    "application.lapse": Permission(
        "Record that a returned application was not resubmitted in time", frozenset({AUTOMATIC})
    ),
    "application.list": Permission("See lists of applications, each in one's own reach", APPLICANT | OFFICE),
    "delegation.view": Permission(
        "See which consultants are let into an application, and until when",
        MUNICIPAL,
        ("application", "delegation"),
    ),
    "delegation.manage": Permission(
        "Let a consultant into an application until a day, choose another day, end it",
        frozenset({APPROVER}),
        ("application", "delegation"),
    ),
    # joint applicants: the lead asks, each body consents to what it takes part in
    "joint_applicant.ask": Permission(
        "Ask a joint applicant of one's own application to consent, or file its written consent",
        MUNICIPAL,
        within=_OF_THEIR_LEAD,
    ),
    "joint_applicant.view": Permission(
        "Read an application that one's body was asked to consent to", MUNICIPAL, within=_OF_THEIR_PART
    ),
    "joint_applicant.consent": Permission(
        "Consent, or not, to an application as a joint applicant (決裁)",
        frozenset({APPROVER}),
        within=_OF_THEIR_PART,
    ),
    # messages between applicant and office about an application
    "conversation.view": Permission("Read the messages about an application", MUNICIPAL | OFFICE),
    "conversation.write": Permission(
        "Write to the other side about an application: the office about one that was submitted, or whose body has written",
        MUNICIPAL | {OFFICER},
        ("conversation", "application"),
    ),
    # selection
    "selection.view": Permission("See a call's results before they are announced", OFFICE, ("call",)),
    "selection.record": Permission(
        "Put an application under review and record its provisional result",
        frozenset({OFFICER}),
        ("application", "call"),
    ),
    "selection.decide": Permission("Decide the results of a call (決裁)", frozenset({DIRECTOR}), ("call",)),
    "selection.announce": Permission("Release a decided call's results to all at once", OFFICE, ("call",)),
    "selection.release": Permission(
        "Give an application its announced result", OFFICE | {AUTOMATIC}, ("application",)
    ),
    # projects, their indicators and councils
    "project.list": Permission(
        "See lists of projects, each in one's own reach", MUNICIPAL | OFFICE | {MINISTRY}
    ),
    "project.view": Permission("Read a supported project", MUNICIPAL | OFFICE | {MINISTRY}),
    "project.oversee": Permission(
        "See how all projects stand on one page: what is late, where, until when", OFFICE | {MINISTRY}
    ),
    "project.record_extension": Permission("Record what became of a project's extension (継続申請)", OFFICE),
    "project.cancel": Permission("Cancel a project before its end", frozenset({DIRECTOR})),
    "project.reinstate": Permission(
        "Put a project that was ended or cancelled by mistake under support again", frozenset({DIRECTOR})
    ),
    "project.change": Permission(
        "Change title, technologies or period of a project as its bodies have asked", frozenset({DIRECTOR})
    ),
    "continuation.list": Permission(
        "See the applications for an extension of support, each in one's own reach", MUNICIPAL | OFFICE
    ),
    "continuation.view": Permission(
        "Read an application for an extension (継続申請)", MUNICIPAL | OFFICE, ("continuation", "project")
    ),
    "continuation.start": Permission("Start an application for an extension", MUNICIPAL, ("project",)),
    "continuation.edit": Permission("Write an application for an extension", MUNICIPAL),
    "continuation.hand_over": Permission("Hand it to the approver", frozenset({EDITOR})),
    "continuation.take_back": Permission(
        "Take back what lies with the approver (引戻し)", frozenset({EDITOR})
    ),
    "continuation.submit": Permission(
        "Submit it, or send it back with a reason (決裁)", frozenset({APPROVER})
    ),
    "continuation.withdraw": Permission("Withdraw it before it is decided", frozenset({APPROVER})),
    "continuation.check": Permission(
        "Check an application for an extension, or return it for correction", frozenset({OFFICER})
    ),
    "continuation.decide": Permission("Certify an extension, or not (決裁)", frozenset({DIRECTOR})),
    "change_request.list": Permission(
        "See requests to change projects, each in one's own reach", MUNICIPAL | OFFICE
    ),
    "change_request.view": Permission(
        "Read a request to change a project (変更申請)", MUNICIPAL | OFFICE, ("change_request", "project")
    ),
    "change_request.start": Permission("Start a request to change a project", MUNICIPAL, ("project",)),
    "change_request.edit": Permission("Write a request to change a project", MUNICIPAL),
    "change_request.submit": Permission("Submit a request to change a project (決裁)", frozenset({APPROVER})),
    "change_request.withdraw": Permission("Withdraw it before it is decided", frozenset({APPROVER})),
    "change_request.decide": Permission(
        "Approve or refuse a change of a project (決裁)", frozenset({DIRECTOR})
    ),
    "project.end": Permission("End support when the period is over", frozenset({AUTOMATIC})),
    "room.view": Permission(
        "Read the room of a project: initiatives, ministries, plan, grants, documents",
        MUNICIPAL | OFFICE | {MINISTRY},
        ("project",),
    ),
    "room.edit": Permission(
        "Write into the room of a project while it is under support", MUNICIPAL | OFFICE, ("project",)
    ),
    "room.manage": Permission(
        "Write which ministries and schemes stand beside a project, also once its support is over",
        OFFICE,
        ("project",),
    ),
    "kpi.view": Permission(
        "Read a project's indicators and what was measured of them",
        MUNICIPAL | OFFICE | {MINISTRY},
        ("project", "kpi"),
    ),
    "kpi.edit": Permission(
        "Enter indicators and what was measured of them: a municipality of its own project under support",
        MUNICIPAL | {OFFICER},
        ("project", "kpi"),
    ),
    "kpi.list": Permission("See the indicators of all projects and compare them", OFFICE | {MINISTRY}),
    "kpi.import": Permission("Store a table of indicators of several projects", frozenset({OFFICER})),
    "council.view": Permission(
        "Read a project's council and its members", MUNICIPAL | OFFICE | {MINISTRY}, ("project",)
    ),
    "council.manage": Permission(
        "Name members, ask them again, record meetings",
        MUNICIPAL | {OFFICER},
        ("project", "council", "membership"),
    ),
    "council.activate": Permission("Declare a council set up", MUNICIPAL | {OFFICER}),
    "membership.answer": Permission(
        "Agree to or decline a seat in a council, by one's own link",
        frozenset({MEMBER}),
    ),
    "seat_check.list": Permission("See which bodies have confirmed their seats", OFFICE | {ADMINISTRATOR}),
    "seat_check.view": Permission(
        "Read whether the seats of a body are held as the record has it", MUNICIPAL | OFFICE | {ADMINISTRATOR}
    ),
    "seat_check.answer": Permission("Confirm the seats of one's body, or report a change", MUNICIPAL),
    "seat_check.settle": Permission(
        "Say that a reported change of seats is entered", frozenset({ADMINISTRATOR})
    ),
    # surveys (調査), asked of projects and of their initiatives
    "survey.view": Permission("See surveys, how far they are answered, and what was answered", OFFICE),
    "survey.manage": Permission(
        "Draft a survey, say what it asks, open it, give more time, close it", frozenset({OFFICER})
    ),
    "survey.publish": Permission(
        "Publish the figures of a closed survey, without small groups, or take them off", OFFICE
    ),
    "survey_answer.view": Permission("Read what a project answered to a survey", MUNICIPAL | OFFICE),
    "survey_answer.list": Permission(
        "See which surveys a project is asked", MUNICIPAL | OFFICE, ("project",)
    ),
    "survey_answer.answer": Permission("Answer a survey for a project of one's own body", MUNICIPAL),
    "survey_answer.reopen": Permission(
        "Let a project mend what it has answered to a survey", frozenset({OFFICER})
    ),
    # the accompaniment log (伴走記録), obstacles (課題), and what others can use of them (知見)
    "log.view": Permission(
        "Read a project's accompaniment log", MUNICIPAL | OFFICE | {MINISTRY}, ("project", "log_entry")
    ),
    "log.write": Permission(
        "Write into a project's accompaniment log", MUNICIPAL | {OFFICER, MINISTRY}, ("project",)
    ),
    "log_entry.correct": Permission(
        "Correct or withdraw an entry of the log that was written from one's own seat",
        MUNICIPAL | {OFFICER, MINISTRY},
        within=dict.fromkeys(MUNICIPAL | {OFFICER, MINISTRY}, OWN_SEAT),
    ),
    "obstacle.view": Permission("Read an obstacle of a project", MUNICIPAL | OFFICE | {MINISTRY}),
    "obstacle.list": Permission("See the obstacles of all projects", OFFICE | {MINISTRY}),
    "obstacle.raise": Permission(
        "Put an obstacle of a project on record", MUNICIPAL | {OFFICER, MINISTRY}, ("project",)
    ),
    "obstacle.settle": Permission(
        "Correct an obstacle, record what became of it, take it up again", MUNICIPAL | {OFFICER, MINISTRY}
    ),
    "knowledge.view": Permission(
        "Read what other projects have learnt", MUNICIPAL | OFFICE | {MINISTRY}, ("knowledge_item",)
    ),
    "knowledge.publish": Permission(
        "Share an entry of the log or a resolved obstacle with all bodies, without names",
        frozenset({OFFICER}),
        ("log_entry", "obstacle"),
    ),
    "knowledge_item.edit": Permission("Reword what is shared, and withdraw it", frozenset({OFFICER})),
    # evaluation meetings (効果検証会議)
    "evaluation_meeting.view": Permission(
        "See the evaluation meetings, also what is not published of them", OFFICE
    ),
    "evaluation_meeting.manage": Permission(
        "Plan a meeting, enter who takes part, say that it was held or call it off", frozenset({OFFICER})
    ),
    "evaluation_meeting.publish": Permission(
        "Publish what a meeting found, with the responses of the local governments", OFFICE
    ),
    "evaluation.view": Permission(
        "Read how a meeting has evaluated a project, and the response",
        MUNICIPAL | OFFICE | {MINISTRY},
        ("evaluation", "project"),
    ),
    "evaluation.list": Permission("See the grades and opinions of all meetings", OFFICE),
    "evaluation.record": Permission(
        "Record what a meeting says of a project, and put it to its local governments",
        frozenset({OFFICER}),
        ("evaluation", "evaluation_meeting"),
    ),
    "evaluation.answer": Permission("Write the response to an evaluation", MUNICIPAL),
    "evaluation.respond": Permission("Send the response to an evaluation (決裁)", frozenset({APPROVER})),
    # what bodies wish for the time after support
    "wish.view": Permission(
        "Read what a body wishes for the time after support", MUNICIPAL | OFFICE, ("project", "wish")
    ),
    "wish.give": Permission(
        "Say what one's own body wishes for the time after support", MUNICIPAL, ("project", "wish")
    ),
    "wish.list": Permission("See what all bodies wish for the time after support", OFFICE),
    # annual reports (年次報告) and final reports (取りまとめ)
    "report.view": Permission(
        "Read the reports of a project: one's own, and of others what was submitted",
        MUNICIPAL | OFFICE | {MINISTRY},
        ("report", "project"),
    ),
    "report.list": Permission(
        "See the reports of all projects, and a year of them as a book", OFFICE | {MINISTRY}
    ),
    "report.request": Permission(
        "Ask for the report of a project's fiscal year", frozenset({OFFICER, AUTOMATIC}), ("project",)
    ),
    "report.edit": Permission("Draft and mend a report of one's own body", MUNICIPAL),
    "report.hand_over": Permission("Hand a report to the approver", MUNICIPAL),
    "report.take_back": Permission(
        "Take back the report that one has handed to the approver (引戻し)", frozenset({EDITOR})
    ),
    "report.submit": Permission(
        "Submit or resubmit a report, or send it back with a reason (決裁)", frozenset({APPROVER})
    ),
    "report.check": Permission(
        "Accept a report, return it for correction, give more time for it", frozenset({OFFICER})
    ),
    # letters and mail
    "letter.list": Permission("See the office's letters, drafts included", OFFICE),
    "letter.view": Permission(
        "Read an issued letter addressed to one's own body; the office: all",
        MUNICIPAL | OFFICE,
        ("letter", "organisation"),
        _OF_THEIR_BODY,
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
        ("halt",),
    ),
    "work.view": Permission("Follow long work, whoever started it", OFFICE | {ADMINISTRATOR}),
    "demo.clock": Permission("Move the demo's clock", frozenset({ADMINISTRATOR})),
}


def allows(actor: Actor | None, name: str, record: Any = None) -> bool:
    """Whether `actor` (None: nobody signed in) holds permission `name`, over `record` if one is given.

    Raises KeyError for a name that is not in the table, and for a record of a kind that the permission is not about: a
    typing error must not read as a refusal, nor as a leave.
    """
    if name == PUBLIC:
        return True
    permission = PERMISSIONS[name]
    if record is not None and record.kind not in kinds_of(name):
        raise KeyError(f"{name} is not about a {record.kind}")
    if actor is None or actor.role not in permission.roles:
        return False
    if record is None:
        return True
    narrower = permission.within.get(actor.role, EVERYTHING)
    return reach_of(record.kind, actor).holds(record, actor) and narrower.holds(record, actor)


def kinds_of(name: str) -> tuple[str, ...]:
    """The kinds of records that permission `name` is about: `application.edit` is about an application."""
    return PERMISSIONS[name].over or (name.partition(".")[0],)


def reach_of(kind: str, actor: Actor | None) -> Reach:
    """How far `actor` (None: nobody signed in) reaches into the records of `kind`. Raises KeyError for a kind without."""
    return REACHES[kind].get(PUBLIC if actor is None else actor.role, NOTHING)


@dataclass(frozen=True)
class SeatlessActor:
    """Somebody who acts without a seat: the system itself, or a council member with a link."""

    name: str
    role: str
    membership_id: int | None = None
    person_id: int | None = None
    seat_id: int | None = None
    organisation_id: int | None = None
    former_body_ids: tuple[int, ...] = ()

    def may(self, permission: str, record: Any = None) -> bool:
        return allows(self, permission, record)


SYSTEM = SeatlessActor(name="Banso", role=AUTOMATIC)
