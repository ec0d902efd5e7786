"""The mails of a council: the request with its link, the reminder, the confirmation, and what the secretariat is told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app import calendar
from app.correspondence.outbox import absolute_url, compose, queue
from app.councils.models import Council, Membership
from app.lifecycle.membership import AGREED, ASKED
from app.organisations.contacts import mailboxes_of
from app.organisations.links import place_of
from app.organisations.models import OneTimeLink
from app.projects.models import Project
from app.projects.naming import called

NOT_MET_NOTE = (
    "地域実装協議会の開催の記録がないことを知らせ、開催を促しました。開催の見込みを確かめ、"
    "必要に応じて日程の調整等の支援をお願いします。"
)


def requested(membership: Membership, *, link: OneTimeLink, at: datetime) -> None:
    """就任依頼: the council, the role, the term, until when to answer, and the link (domain.md §6)."""
    key = f"membership:{membership.id}:asked:{membership.times_asked}"
    _to_member(membership, key, "council_membership_requested", at=at, link=link)


def reminded(membership: Membership, *, key: str, link: OneTimeLink, at: datetime) -> None:
    _to_member(
        membership,
        key,
        "council_membership_reminder",
        at=at,
        link=link,
        days=_days_left(membership, at),
    )


def answered(membership: Membership, *, at: datetime) -> None:
    """To the member, what they answered; to the secretariat (the lead body), the same."""
    key = f"membership:{membership.id}:answered:{membership.times_asked}"
    _to_member(membership, key, "council_membership_answered", at=at)
    lead = membership.council.project.lead
    subject, body = compose(
        "council_answer_received", lead=lead, url=council_url(membership.council.project), **_told(membership)
    )
    queue(
        f"{key}:{lead.id}",
        to_address=mailboxes_of([lead.id], on=calendar.day_of(at)).get(lead.id, ""),
        to_name=lead.full_name,
        subject=subject,
        body=body,
        about=membership,
        organisation_id=lead.id,
        at=at,
    )


def not_met(project: Project, council: Council | None, *, key: str, announced_on: Any, at: datetime) -> None:
    """To each body of the project: its council has not met since the announcement. The officers get the day's copy."""
    on = calendar.day_of(at)
    contacts = mailboxes_of((body.id for body in project.bodies), on=on)
    for body in project.bodies:
        subject, text = compose(
            "council_not_met",
            project=project,
            called=called(project, body),
            body=body,
            number=project.reference,
            council=council,
            announced_on=announced_on,
            on=on,
            days=(on - announced_on).days,
            url=council_url(project),
        )
        queue(
            f"{key}:{body.id}",
            to_address=contacts.get(body.id, ""),
            to_name=body.full_name,
            subject=subject,
            body=text,
            about=project,
            organisation_id=body.id,
            copy_note=NOT_MET_NOTE,
            at=at,
        )


def council_url(project: Project) -> str:
    return absolute_url("councils.show", project_id=project.id)


def _to_member(
    membership: Membership,
    key: str,
    template: str,
    *,
    at: datetime,
    link: OneTimeLink | None = None,
    **values: Any,
) -> None:
    """With a `link` the mail has the address of its page, under which the token is put as the mail leaves."""
    if link is not None:
        values["url"] = absolute_url("councils.reply", token=place_of(link))
    subject, body = compose(template, **_told(membership), **values)
    queue(
        key,
        to_address=membership.mailbox,
        to_name=membership.named,
        subject=subject,
        body=body,
        about=membership,
        link=link,
        at=at,
    )


def _told(membership: Membership) -> dict[str, Any]:
    council = membership.council
    return {
        "membership": membership,
        "council": council,
        "project": council.project,
        "called": called(council.project),
        "number": council.project.reference,
        "answer": "" if membership in ASKED else "承諾" if membership in AGREED else "辞退",
        "reply_by": calendar.era_date(membership.reply_by, weekday=True),
        "term": calendar.era_date(council.term_ends_on),
    }


def _days_left(membership: Membership, at: datetime) -> int:
    return calendar.days_until(membership.reply_by, at)
