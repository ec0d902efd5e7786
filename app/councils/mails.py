"""The mails of a council: the request with its link, the reminder, the confirmation, and what the secretariat is told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app import calendar
from app.correspondence import outbox
from app.councils.models import Council, Membership
from app.lifecycle.membership import AGREED, ASKED
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
    occasion = f"asked:{membership.times_asked}"
    _to_member(membership, occasion, "council_membership_requested", at=at, link=link)


def reminded(membership: Membership, *, occasion: str, link: OneTimeLink, at: datetime) -> None:
    days = calendar.days_until(membership.reply_by, at)
    _to_member(membership, occasion, "council_membership_reminder", at=at, link=link, days=days)


def answered(membership: Membership, *, at: datetime) -> None:
    """To the member, what they answered; to the secretariat (the lead body), the same."""
    occasion = f"answered:{membership.times_asked}"
    _to_member(membership, occasion, "council_membership_answered", at=at)
    lead = membership.council.project.lead
    outbox.send(
        "council_answer_received",
        to=[outbox.contact_of(lead, on=calendar.day_of(at))],
        about=membership,
        occasion=occasion,
        at=at,
        values={"lead": lead, "url": council_url(membership.council.project), **_told(membership)},
    )


def not_met(
    project: Project, council: Council | None, *, occasion: str, announced_on: Any, at: datetime
) -> None:
    """To each body of the project: its council has not met since the announcement. The officers get the day's copy."""
    on = calendar.day_of(at)
    outbox.send(
        "council_not_met",
        to=outbox.contacts_of(project.bodies, on=on),
        about=project,
        occasion=occasion,
        at=at,
        values={
            "project": project,
            "number": project.reference,
            "council": council,
            "announced_on": announced_on,
            "on": on,
            "days": (on - announced_on).days,
            "url": council_url(project),
        },
        of_body=lambda body: {"body": body, "called": called(project, body)},
        copy_note=NOT_MET_NOTE,
    )


def council_url(project: Project) -> str:
    return outbox.absolute_url("councils.show", project_id=project.id)


def _to_member(
    membership: Membership,
    occasion: str,
    template: str,
    *,
    at: datetime,
    link: OneTimeLink | None = None,
    **values: Any,
) -> None:
    """With a `link` the mail has the address of its page, under which the token is put as the mail leaves."""
    if link is not None:
        values["url"] = outbox.absolute_url("councils.reply", token=place_of(link))
    outbox.send(
        template,
        to=outbox.Recipient(membership.mailbox, membership.named),
        about=membership,
        occasion=occasion,
        at=at,
        values={**_told(membership), **values},
        link=link,
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
