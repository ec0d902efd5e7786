"""The mails of this context, put into the outbox within the transaction of what they tell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from app.correspondence import outbox
from app.organisations.contacts import office_mailboxes
from app.permissions import DIRECTOR, OFFICER
from app.programmes.models import Programme
from app.programmes.voice import house
from app.projects.models import Project
from app.projects.naming import called
from app.web.manifest import answer

ENDING_NOTE = (
    "支援期間の終了と今後の流れを知らせました。終了後の希望（協議会の継続、メールマガジンの配信等）の登録があったときは、"
    "対応をお願いします。"
)
EXTENDABLE_NOTE = (
    "支援期間の延長（継続申請）の手続と期限を知らせました。申請があったときは、その結果を事業のページに"
    "登録してください。"
)


def support_end_escalation(
    programme: Programme, waiting: Sequence[tuple[int, date, int]], *, on: date, at: datetime
) -> int:
    """What waits for approval, one mail to each mailbox of officers and directors; how many were queued.

    `waiting` holds (fiscal year, notice day, letters).
    """
    return _escalation("support_end_escalation", programme, waiting, to=[OFFICER, DIRECTOR], on=on, at=at)


def extension_unrecorded(
    programme: Programme, waiting: Sequence[tuple[int, date, int]], *, on: date, at: datetime
) -> int:
    """Whose extension is not recorded, one mail to each mailbox of officers; how many were queued.

    `waiting` holds (last base year, record by, projects).
    """
    return _escalation("extension_unrecorded", programme, waiting, to=[OFFICER], on=on, at=at)


def support_will_end(project: Project, *, occasion: str, days: int, on: date, at: datetime) -> None:
    """What happens next, to each applicant body of `project`; `days` are left. The officers get the day's copy.

    A body without a contact gets a parked mail, for staff to see to.
    """
    outbox.send(
        _template_of_end(project),
        to=outbox.contacts_of(project.bodies, on=on),
        about=project,
        occasion=occasion,
        at=at,
        values={
            "project": project,
            "on": on,
            "number": project.reference,
            "days": days,
            "url": outbox.absolute_url("projects.show", project_id=project.id),
            "bodies": [each.full_name for each in project.bodies],
            "wishes": answer("wishes at the end of support")(project),
        },
        of_body=lambda body: {
            "body": body,
            "called": called(project, body),
            "addressee": f"{body.addressee}　殿\n（御担当者様）",
        },
        copy_note=EXTENDABLE_NOTE if project.awaits_extension else ENDING_NOTE,
    )


def _template_of_end(project: Project) -> str:
    """A project that can still be extended is told how; not that it has nothing to do."""
    return "support_will_end_extendable" if project.awaits_extension else "support_will_end"


def _escalation(
    template: str,
    programme: Programme,
    waiting: Sequence[tuple[int, date, int]],
    *,
    to: Sequence[str],
    on: date,
    at: datetime,
) -> int:
    """Once a day: the key names the day and the mailbox, and each programme but the first."""
    of_programme = "" if programme.id == house().id else f":{programme.key}"
    return outbox.send(
        template,
        to=outbox.mailboxes(office_mailboxes(to, on=on)),
        to_office=True,
        voice=programme,
        occasion=f"{template.replace('_', '-')}:{on}{of_programme}",
        at=at,
        values={
            "waiting": waiting,
            "total": sum(count for _, _, count in waiting),
            "on": on,
            "url": outbox.absolute_url("projects.ending", fiscal_year=waiting[0][0]),
        },
    )
