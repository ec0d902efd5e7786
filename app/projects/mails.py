"""The mails of this context, put into the outbox within the transaction of what they tell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from app.correspondence import outbox
from app.organisations.contacts import mailboxes_of, office_mailboxes
from app.permissions import DIRECTOR, OFFICER
from app.projects.models import Project


def support_end_escalation(waiting: Sequence[tuple[int, date, int]], *, on: date, at: datetime) -> int:
    """What waits for approval, one mail to each mailbox of officers and directors; how many were queued.

    `waiting` holds (fiscal year, notice day, letters).
    """
    return _escalation("support_end_escalation", waiting, to=[OFFICER, DIRECTOR], on=on, at=at)


def extension_unrecorded(waiting: Sequence[tuple[int, date, int]], *, on: date, at: datetime) -> int:
    """Whose extension is not recorded, one mail to each mailbox of officers; how many were queued.

    `waiting` holds (last base year, record by, projects).
    """
    return _escalation("extension_unrecorded", waiting, to=[OFFICER], on=on, at=at)


def support_will_end(project: Project, *, key: str, days: int, on: date, at: datetime) -> None:
    """What happens next, to each applicant body of `project` and to the officers; `days` are left.

    Each body's mail speaks of that body alone. A body without a contact gets a parked mail, for staff to see to.
    """
    mailboxes = mailboxes_of(project.acting_organisation_ids, on=on)
    url = outbox.absolute_url("projects.show", project_id=project.id)
    for body in project.bodies:
        subject, text = outbox.compose(
            _template_of_end(project),
            project=project,
            on=on,
            days=days,
            url=url,
            addressee=f"{body.addressee}　殿\n（御担当者様）",
            bodies=[],
        )
        outbox.queue(
            f"{key}:{body.id}",
            to_address=mailboxes.get(body.id, ""),
            to_name=body.name,
            subject=subject,
            body=text,
            about=project,
            organisation_id=body.id,
            at=at,
        )
    bodies = [body.full_name for body in project.bodies]
    subject, text = outbox.compose(
        "support_will_end", project=project, days=days, url=url, addressee="担当者各位", bodies=bodies
    )
    for mailbox in office_mailboxes([OFFICER], on=on):
        outbox.queue(f"{key}:{mailbox}", to_address=mailbox, subject=subject, body=text, about=project, at=at)


def _template_of_end(project: Project) -> str:
    """A project that can still be extended is told how; not that it has nothing to do."""
    return "support_will_end_extendable" if project.awaits_extension else "support_will_end"


def _escalation(
    template: str, waiting: Sequence[tuple[int, date, int]], *, to: Sequence[str], on: date, at: datetime
) -> int:
    """Once a day: the key names the day and the mailbox."""
    subject, body = outbox.compose(
        template,
        waiting=waiting,
        total=sum(count for _, _, count in waiting),
        on=on,
        url=outbox.absolute_url("projects.ending", fiscal_year=waiting[0][0]),
    )
    queued = 0
    for mailbox in office_mailboxes(to, on=on):
        key = f"{template.replace('_', '-')}:{on}:{mailbox}"
        queued += outbox.queue(key, to_address=mailbox, subject=subject, body=body, at=at) is not None
    return queued
