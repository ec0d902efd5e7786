"""A member's link: what it opens, and why it opens nothing any more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.councils.models import Council, Membership
from app.councils.operations import PURPOSE
from app.db import db
from app.lifecycle.membership import ASKED
from app.lifecycle.project import UNDER_SUPPORT
from app.organisations import links
from app.organisations.contacts import reached_at
from app.organisations.links import LinkGone
from app.organisations.models import OneTimeLink
from app.programmes.voice import ministry_of
from app.projects.models import Project


@dataclass(frozen=True)
class Contact:
    """Whom a member writes to: the secretariat of the lead body where there is one, and the ministry."""

    body: str
    mailbox: str | None
    ministry: str  # in the language of the page
    office_mailbox: str


def opened(token: str, *, at: datetime) -> tuple[OneTimeLink, Membership]:
    """The link of this token and the member it is for. Raises LinkGone, also when there is nothing to answer."""
    link = links.find(PURPOSE, token, at=at)
    membership = _member_of(link)
    if membership not in ASKED or membership.council.project not in UNDER_SUPPORT:
        raise LinkGone("used", link)
    return link, membership


def why_gone(gone: LinkGone) -> tuple[str, Membership | None]:
    """unknown; or, with the member: answered, over (support has ended), expired, replaced (asked again since)."""
    if gone.link is None:
        return "unknown", None
    membership = _member_of(gone.link)
    if membership not in ASKED:
        return "answered", membership
    if membership.council.project not in UNDER_SUPPORT:
        return "over", membership
    return "expired" if gone.reason == "expired" else "replaced", membership


def contact_of(membership: Membership) -> Contact:
    lead = membership.council.project.lead
    reached = reached_at([lead.id]).get(lead.id)
    return Contact(
        body=lead.full_name,
        mailbox=reached.address if reached else None,
        ministry=ministry_of(membership),
        office_mailbox=membership.programme.contact_address,
    )


def _member_of(link: OneTimeLink) -> Membership:
    project = joinedload(Membership.council).joinedload(Council.project).joinedload(Project.call)
    return db.session.scalars(
        select(Membership).where(Membership.id == link.subject_id).options(project)
    ).one()
