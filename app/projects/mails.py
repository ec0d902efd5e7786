"""The mails of this context, put into the outbox within the transaction of what they tell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from app.correspondence import outbox
from app.organisations.contacts import mailboxes_of, office_mailboxes
from app.permissions import DIRECTOR, OFFICER
from app.projects.models import Project
from app.projects.naming import called

ENDING_NOTE = (
    "支援期間の終了と今後の流れを知らせました。協議会の継続又はメールマガジンの配信を希望する連絡があったときは、"
    "対応をお願いします。"
)
EXTENDABLE_NOTE = (
    "支援期間の延長（継続申請）の手続と期限を知らせました。申請があったときは、その結果を事業のページに"
    "登録してください。"
)


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
    """What happens next, to each applicant body of `project`; `days` are left. The officers get the day's copy.

    A body without a contact gets a parked mail, for staff to see to.
    """
    mailboxes = mailboxes_of(project.acting_organisation_ids, on=on)
    for body in project.bodies:
        subject, text = outbox.compose(
            _template_of_end(project),
            project=project,
            on=on,
            called=called(project, body),
            body=body,
            number=project.reference,
            days=days,
            url=outbox.absolute_url("projects.show", project_id=project.id),
            addressee=f"{body.addressee}　殿\n（御担当者様）",
            bodies=[each.full_name for each in project.bodies],
        )
        outbox.queue(
            f"{key}:{body.id}",
            to_address=mailboxes.get(body.id, ""),
            to_name=body.full_name,
            subject=subject,
            body=text,
            about=project,
            organisation_id=body.id,
            copy_note=EXTENDABLE_NOTE if project.awaits_extension else ENDING_NOTE,
            at=at,
        )


def _template_of_end(project: Project) -> str:
    """A project that can still be extended is told how; not that it has nothing to do."""
    return "support_will_end_extendable" if project.awaits_extension else "support_will_end"


def _escalation(
    template: str, waiting: Sequence[tuple[int, date, int]], *, to: Sequence[str], on: date, at: datetime
) -> int:
    """Once a day: the key names the day and the mailbox."""
    subject, body = outbox.compose(
        template,
        to_office=True,
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
