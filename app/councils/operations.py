"""What is done with a council: form it, ask its members and hear their answers, declare it set up, record meetings."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from app import calendar, security
from app.actors import Actor
from app.councils import mails, pace
from app.councils.models import ROLES, Council, Meeting, Membership
from app.db import db, held
from app.lifecycle import N_, NotAllowed, move, must_be_open
from app.lifecycle.membership import AGREED
from app.lifecycle.project import UNDER_SUPPORT
from app.organisations import links
from app.organisations.models import OneTimeLink
from app.organisations.operations import Refused, checked_address
from app.permissions import MEMBER, SeatlessActor
from app.projects.models import Project

PURPOSE = "membership"


def form(project: Project, *, name: str, actor: Actor, at: datetime) -> Council:
    """Begin the council of `project`, which has one only.

    Raises NotAllowed unless the project is under support, Refused when it has a council already.
    """
    held(project)
    if project not in UNDER_SUPPORT:
        raise NotAllowed(project, "form a council", f"it is {project.state}")
    if council_of(project):
        raise Refused(N_("This project has a council already."))
    council = Council(project=project, name=name, created_at=at)
    db.session.add(council)
    db.session.flush()
    council.record("council_formed", actor=actor, at=at, changes={"name": name})
    return council


def council_of(project: Project) -> Council | None:
    return db.session.scalar(select(Council).where(Council.project_id == project.id))


def ask(
    council: Council,
    *,
    organisation_name: str,
    post: str,
    person_name: str = "",
    role: str,
    mailbox: str,
    reply_by: date,
    actor: Actor,
    at: datetime,
) -> Membership:
    """Name a member and ask them by mail, with a link that needs no account, to answer by the end of `reply_by`.

    The seat belongs to the post; `person_name` may be empty. Raises NotAllowed when support is over, Refused for a
    mailbox that is none or that has been asked already, for an unknown role, for a day that has passed, and beyond
    the pace of a council (pace.py).
    """
    held(council)
    must_be_open(council, "ask", actor=actor, at=at)
    address = checked_address(mailbox)
    if role not in ROLES:
        raise Refused(N_("There is no role %(role)s in a council."), role=role)
    _refuse_past(reply_by, at)
    _refuse_taken(council, address)
    pace.refuse_hasty(council, address, at=at)
    pace.refuse_full(council, at=at)
    membership = Membership(
        council=council,
        organisation_name=organisation_name,
        post=post,
        person_name=person_name,
        role=role,
        mailbox=address,
        asked_at=at,
        asked_by=_asking(actor),
        reply_by=reply_by,
        created_at=at,
    )
    db.session.add(membership)
    db.session.flush()
    membership.record(
        "asked", actor=actor, at=at, changes={"member": membership.named, "role": role, "reply_by": reply_by}
    )
    mails.requested(membership, link=new_link(membership), at=at)
    return membership


def ask_again(membership: Membership, *, mailbox: str, reply_by: date, actor: Actor, at: datetime) -> None:
    """Ask a member who has not answered, or who declined, once more; the links of before open nothing any more.

    `mailbox` mends an address that was wrong. Raises NotAllowed when the member agreed or support is over, Refused
    as `ask` does.
    """
    held(membership.council)
    held(membership)
    must_be_open(membership, "ask_again", actor=actor, at=at)
    address = checked_address(mailbox)
    _refuse_past(reply_by, at)
    _refuse_taken(membership.council, address, besides=membership)
    pace.refuse_hasty(membership.council, address, at=at, asked=membership)
    pace.refuse_full(membership.council, at=at, besides=membership)
    changes: dict[str, Any] = {"member": membership.named, "reply_by": reply_by}
    if address != membership.mailbox:
        changes["mailbox"] = [membership.mailbox, address]
    if membership.answer_note:
        changes["answer_note"] = [membership.answer_note, ""]
    move(membership, "ask_again", actor=actor, at=at, changes=changes)
    membership.mailbox, membership.reply_by = address, reply_by
    membership.asked_at, membership.asked_by = at, _asking(actor)
    membership.answered_at, membership.answer_note = None, ""
    membership.times_asked += 1
    links.revoke(PURPOSE, membership.id, at=at)
    mails.requested(membership, link=new_link(membership), at=at)


def answer_by_link(
    link: OneTimeLink, membership: Membership, agree: bool, note: str, *, at: datetime
) -> None:
    """The member's answer through `link`, which is used up by it. Raises LinkGone, also when another link was quicker."""
    held(membership)  # before the link: two links to one member are answered one after the other
    links.use(link, at=at)
    member = SeatlessActor(name=membership.named, role=MEMBER, membership_id=membership.id)
    security.note("link_used", actor=member, at=at, about=links.OPENS[PURPOSE])
    try:
        answer(membership, agree, note, actor=member, at=at)
    except NotAllowed as problem:
        raise links.LinkGone("used", link) from problem


def answer(membership: Membership, agree: bool, note: str, *, actor: Actor, at: datetime) -> None:
    """Agree to the seat or decline it; the member gets a confirmation, the secretariat is told.

    Raises NotAllowed when it has been answered, when support is over, and for anybody but this member.
    """
    held(membership)
    changes = {"member": membership.named, "role": membership.role, **({"note": note} if note else {})}
    move(membership, "agree" if agree else "decline", actor=actor, at=at, changes=changes)
    membership.answered_at, membership.answer_note = at, note
    links.revoke(PURPOSE, membership.id, at=at)
    mails.answered(membership, at=at)


def activate(council: Council, *, actor: Actor, at: datetime) -> None:
    """Declare the council set up. Raises NotAllowed while nobody has agreed, and when it is active."""
    held(council)
    agreed = sum(member in AGREED for member in council.memberships)
    move(council, "activate", actor=actor, at=at, changes={"members": agreed})


def record_meeting(
    council: Council, *, held_on: date, place: str, note: str, actor: Actor, at: datetime
) -> Meeting:
    """Put a meeting that was held on record. Raises Refused for a day to come, or one already on record."""
    if held_on > calendar.day_of(at):
        raise Refused(N_("Record a meeting once it has been held; this day is still to come."))
    held(council)
    if any(meeting.held_on == held_on for meeting in council.meetings):
        raise Refused(N_("A meeting on this day is on record already."))
    meeting = Meeting(council=council, held_on=held_on, place=place, note=note, created_at=at)
    db.session.add(meeting)
    move(council, "record_meeting", actor=actor, at=at, changes={"held_on": held_on, "place": place})
    return meeting


def new_link(membership: Membership) -> OneTimeLink:
    """One more link for a member, beside those that are out: a reminder needs one, since only hashes are kept."""
    return links.make(PURPOSE, membership.id, expires_at=membership.link_expires_at)


def _refuse_past(reply_by: date, at: datetime) -> None:
    if reply_by < calendar.day_of(at):
        raise Refused(N_("The day to reply by has passed already."))


def _refuse_taken(council: Council, address: str, besides: Membership | None = None) -> None:
    found = db.session.scalar(
        select(Membership).where(Membership.council_id == council.id, Membership.mailbox == address)
    )
    if found is not None and found is not besides:
        raise Refused(
            N_("%(mailbox)s has been asked for this council already (%(member)s)."),
            mailbox=address,
            member=found.named,
        )


def _asking(actor: Actor) -> str:
    """Who asks, as the member is told: the body and the seat, not the person who happens to hold it."""
    names = (getattr(actor, "organisation_name", ""), getattr(actor, "seat_name", ""))
    return " ".join(part for part in names if part) or actor.name
