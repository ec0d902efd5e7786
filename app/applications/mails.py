"""The mails of an application: one function for each, queued in the transaction of what it tells.

Plain text and links: municipal networks strip attachments on the way (domain.md §8). What is for the applicant goes
to the one contact mailbox of the lead; what joint applicants are told: consent_mails.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from app import calendar
from app.actors import Actor
from app.applications.correcting import remarks_of
from app.applications.models import Application, Correction, Submission
from app.correspondence import outbox
from app.lifecycle.application import IN_APPROVAL
from app.lifecycle.call import ANNOUNCED
from app.organisations.contacts import office_mailboxes, seat_mailboxes
from app.permissions import APPROVER, EDITOR, OFFICER
from app.questions.models import ReceivedFile

PAUSE = timedelta(hours=1)
MOST_A_DAY = 10  # of what editor and approver pass to each other


def approval_requested(application: Application, *, actor: Actor, at: datetime) -> bool:
    """To every approver of the body: somebody asks for the decision to submit. Whether they are told by mail.

    Who takes it back and hands it over again tells them nothing new: until they have sent it back, one mail an hour.
    """
    asked, sent = (
        outbox.queued_lately(application, "approval-requested", at),
        outbox.queued_lately(application, "sent-back", at),
    )
    if len(asked) >= MOST_A_DAY or (asked and asked[-1] > max([at - PAUSE, *sent])):
        return False
    page = "applications.submit" if application in IN_APPROVAL else "applications.resubmit"
    _send(
        application,
        f"approval-requested:{at.isoformat()}",
        "application_approval_requested",
        at=at,
        to=_mailboxes(application, APPROVER, at),
        audience="applicant",
        url=outbox.absolute_url(page, application_id=application.id),
        asked_by=actor.name,
        due=application.due_at,
    )
    return True


def sent_back(application: Application, *, at: datetime) -> bool:
    """差戻し: to every editor of the body, with what the approver wrote. Whether they are told by mail."""
    if len(outbox.queued_lately(application, "sent-back", at)) >= MOST_A_DAY:
        return False
    _send(
        application,
        f"sent-back:{at.isoformat()}",
        "application_sent_back",
        at=at,
        to=_mailboxes(application, EDITOR, at),
        audience="applicant",
        sent_back_by=application.sent_back_by,
        reason=application.sent_back_reason,
        due=application.due_at,
    )
    return True


def receipt(application: Application, submission: Submission, *, at: datetime) -> None:
    """受付: number, received instant, files with their SHA-256 (domain.md §6)."""
    _send(
        application,
        f"receipt:{submission.id}",
        "application_receipt",
        at=at,
        url=outbox.absolute_url("applications.receipt", application_id=application.id),
        received=to_the_second(submission.received_at),
        received_at=submission.received_at,
        files=submission.said.attachments,
        sha256=submission.sha256,
        again=len(application.submissions) > 1,
    )


def accepted(application: Application, *, at: datetime) -> None:
    _send(application, f"accepted:{len(application.submissions)}", "application_accepted", at=at)


def correction_requested(application: Application, correction: Correction, *, at: datetime) -> None:
    """補正依頼: each defect by question, the due instant, how to resubmit (domain.md §6)."""
    _send(
        application,
        f"correction:{len(application.corrections)}",
        "application_correction_requested",
        at=at,
        due=correction.due_at,
        defects=told_defects(application, correction),
    )


def correction_extended(
    application: Application, correction: Correction, *, reason: str, at: datetime
) -> None:
    _send(
        application,
        f"correction-extended:{correction.due_at.isoformat()}:{len(application.corrections)}",
        "application_correction_extended",
        at=at,
        due=correction.due_at,
        reason=reason,
    )


def correction_unopened(
    application: Application, correction: Correction, *, occasion: str, at: datetime
) -> None:
    """To everybody of the body who could open it; the office reads in its copy that nobody has."""
    to = [*_mailboxes(application, EDITOR, at), *_mailboxes(application, APPROVER, at)]
    _send(
        application,
        occasion,
        "application_correction_unopened",
        at=at,
        to=list(dict.fromkeys(to)) or None,
        copy_note=UNOPENED_NOTE,
        asked=correction.asked_at,
        due=correction.due_at,
    )


def correction_lapsed(application: Application, correction: Correction, *, at: datetime) -> None:
    """At once: what has happened, that it takes no part in the selection, and whom to turn to."""
    _send(
        application,
        f"correction-lapsed:{correction.due_at.isoformat()}:{len(application.corrections)}",
        "application_correction_lapsed",
        at=at,
        copy_note=LAPSED_NOTE,
        due=correction.due_at,
        over=application.call in ANNOUNCED,  # until then nobody is told whether it is decided
    )


def announced_without(application: Application, *, at: datetime) -> None:
    """At the announcement, to an applicant whose correction lapsed: the results are out, and it was not reviewed."""
    due = application.corrections[-1].due_at
    _send(application, "announced-without", "application_announced_without", at=at, due=due, on=at)


def malware_found(application: Application, file: ReceivedFile, *, finding: str, at: datetime) -> None:
    """To whoever fills it in: which file, what was found, and that nobody is given it."""
    _send(
        application,
        f"malware:{file.sha256}",
        "application_malware_found",
        at=at,
        to=_mailboxes(application, EDITOR, at) or None,
        audience="applicant",
        filename=file.filename,
        finding=finding,
        sha256=file.sha256,
        received=to_the_second(file.received_at),
    )


def withdrawn(application: Application, *, at: datetime) -> None:
    """To the applicant, that it is noted; to the officers, that there is one less to look at."""
    reason = application.withdrawal_reason
    _send(application, "withdrawn", "application_withdrawn", at=at, reason=reason)
    officers = office_mailboxes((OFFICER,), calendar.day_of(at))
    _send(
        application,
        "withdrawn-office",
        "application_withdrawn_office",
        at=at,
        to=officers,
        to_office=True,
        reason=reason,
    )


def form_changed(application: Application, *, at: datetime) -> None:
    """To every editor of the body, and its approvers: the call asks otherwise now, and their draft goes on with it."""
    carried = application.answered.carried or {}
    form = application.answered.form
    labels = [form.questions[key].label.ja for key in carried.get("new", ()) if key in form.questions]
    to = {*_mailboxes(application, EDITOR, at), *_mailboxes(application, APPROVER, at)}
    _send(
        application,
        f"form-changed:{carried['to']}",
        "application_form_changed",
        at=at,
        to=sorted(to) or None,
        audience="applicant",
        url=outbox.absolute_url("applications.form_changes", application_id=application.id),
        due=application.due_at,
        number=carried["to"],
        new=labels,
        gone=len(carried["gone"]),
    )


def deadline_reminder(application: Application, *, occasion: str, at: datetime) -> None:
    _remind(application, occasion, "application_deadline_reminder", application in IN_APPROVAL, at)


def correction_reminder(application: Application, *, waits: bool, occasion: str, at: datetime) -> None:
    """`waits`: it is mended, and lies with the approver."""
    _remind(application, occasion, "application_correction_reminder", waits, at)


def _remind(application: Application, occasion: str, template: str, waits: bool, at: datetime) -> None:
    """To whom it lies with: the approvers once it waits for their decision, until then the editors.

    A mailbox that several seats share gets it once; a body that has no seat of that role gets it at its contact.
    """
    due = application.due_at
    assert due is not None
    to = _mailboxes(application, APPROVER if waits else EDITOR, at) or None
    days = calendar.days_until(due, at)
    _send(
        application, occasion, template, at=at, to=to, audience="applicant", due=due, days=days, waits=waits
    )


def told_defects(application: Application, correction: Correction) -> list[tuple[str, str]]:
    """(question's name, what is wrong there), in the order of the task list; Japanese, as a mail wants it."""
    last = application.last_submission
    assert last is not None  # what is returned was submitted
    return [(remark.label.ja, remark.text) for remark in remarks_of(correction, last.said)]


def to_the_second(instant: datetime) -> str:
    """令和5年3月17日（金）11時59分58秒: a receipt counts seconds, because a deadline is an instant."""
    local = instant.astimezone(calendar.JST)
    return f"{calendar.era_date(local, weekday=True)}{local.hour}時{local.minute}分{local.second}秒"


UNOPENED_NOTE = (
    "補正の依頼が、申請団体でまだ開かれていません。期限が近いときは、電話などでの連絡を御検討ください。"
)
LAPSED_NOTE = (
    "再提出期限までに再提出がなかったことを、申請団体に知らせました。事情の申出があったときは、"
    "選定結果の決定前であれば、申請のページで提出期限を延ばすことができます。"
)


def _send(
    application: Application,
    occasion: str,
    template: str,
    *,
    at: datetime,
    to: Iterable[str] | None = None,
    copy_note: str = "",
    audience: str = "all",
    to_office: bool = False,
    **values: Any,
) -> None:
    """To the mailboxes `to`; without, to the contact of the lead.

    `audience` is "applicant" for what stays within the body: a mail that tells what it has not submitted.
    """
    body = application.organisation
    url = outbox.absolute_url("applications.show", application_id=application.id)
    outbox.send(
        template,
        to=outbox.contact_of(body, on=calendar.day_of(at)) if to is None else outbox.mailboxes(to),
        to_office=to_office,
        about=application,
        occasion=occasion,
        at=at,
        values={"application": application, "body": body, "call": application.call, "url": url, **values},
        copy_note=copy_note,
        audience=audience,
    )


def _mailboxes(application: Application, role: str, at: datetime) -> list[str]:
    """Of the held seats of this role at the lead, each once."""
    return seat_mailboxes(application.organisation_id, (role,), calendar.day_of(at))
