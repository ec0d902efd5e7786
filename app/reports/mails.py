"""The mails of a report: one function for each, queued in the transaction of what it tells.

What the office writes goes to the lead applicant, which is asked (ADR 50); what editor and approver tell each other stays
within their body.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from app import calendar
from app.actors import Actor
from app.correspondence import outbox
from app.db import db
from app.organisations.contacts import seat_mailboxes
from app.organisations.models import Organisation
from app.permissions import APPROVER, EDITOR, MUNICIPAL
from app.projects.naming import called
from app.questions.models import FrozenResponse
from app.reports.correcting import remarks
from app.reports.letters import named
from app.reports.models import Report, ReportCorrection

PAUSE = timedelta(hours=1)
MOST_A_DAY = 10  # of what editor and approver pass to each other
LATE_NOTE = "年次報告の提出期限が過ぎていることを知らせました。期限が大きく過ぎているときは、電話などでの連絡を御検討ください。"


def asked(report: Report, *, at: datetime) -> None:
    """At once, by mail; the letter follows when a director has approved it."""
    _send(report, "asked", "report_asked", at=at, to=_lead(report, MUNICIPAL, at))


def approval_requested(report: Report, *, actor: Actor, at: datetime) -> bool:
    """To every approver of the body that hands it over. Whether they are told: until they have sent it back, one mail an hour."""
    lately = outbox.queued_lately(report, "approval-requested", at)
    sent = outbox.queued_lately(report, "sent-back", at)
    if len(lately) >= MOST_A_DAY or (lately and lately[-1] > max([at - PAUSE, *sent])):
        return False
    _within_body(
        report,
        f"approval-requested:{at.isoformat()}",
        "report_approval_requested",
        actor,
        APPROVER,
        at,
        asked_by=actor.name,
        url=outbox.absolute_url("reports.check", report_id=report.id),
    )
    return True


def sent_back(report: Report, *, actor: Actor, at: datetime) -> bool:
    """差戻し: to every editor of the body. Whether they are told by mail."""
    if len(outbox.queued_lately(report, "sent-back", at)) >= MOST_A_DAY:
        return False
    _within_body(
        report,
        f"sent-back:{at.isoformat()}",
        "report_sent_back",
        actor,
        EDITOR,
        at,
        sent_back_by=actor.name,
        reason=report.sent_back_reason,
    )
    return True


def received(report: Report, frozen: FrozenResponse, *, at: datetime) -> None:
    """受付: when, and the SHA-256 of what was handed in."""
    _send(
        report,
        f"received:{frozen.id}",
        "report_received",
        at=at,
        received_at=frozen.frozen_at,
        sha256=frozen.sha256,
        again=len(report.answered.frozen) > 1,
    )


def correction_requested(report: Report, correction: ReportCorrection, *, at: datetime) -> None:
    """補正依頼: each defect by question, and until when."""
    defects = [(it.label.ja, it.text) for it in remarks(report, correction)]
    _send(
        report,
        f"correction:{len(report.corrections)}",
        "report_correction_requested",
        at=at,
        to=_lead(report, MUNICIPAL, at),
        defects=defects,
    )


def more_time(report: Report, *, reason: str, at: datetime) -> None:
    _send(report, f"more-time:{report.due_at.isoformat()}", "report_more_time", at=at, reason=reason)


def accepted(report: Report, *, at: datetime) -> None:
    _send(report, f"accepted:{len(report.answered.frozen)}", "report_accepted", at=at)


def reminder(report: Report, *, occasion: str, at: datetime) -> None:
    """Before its day, and once it is late: then the officers read of it in the copy of the day."""
    late = report.is_late(at)
    _send(
        report,
        occasion,
        "report_overdue" if late else "report_reminder",
        at=at,
        to=_lead(report, MUNICIPAL if late else (APPROVER if report.is_with_approver else EDITOR,), at),
        copy_note=LATE_NOTE if late else "",
        days=calendar.days_until(report.due_at, at),
        waits=report.is_with_approver,
    )


def _lead(report: Report, roles: Iterable[str], at: datetime) -> list[outbox.Recipient]:
    """The held seats of these roles at the lead, each mailbox once; where there is none, its contact, known or not."""
    lead, on = report.project.lead, calendar.day_of(at)
    found = outbox.mailboxes(seat_mailboxes(lead.id, tuple(roles), on))
    return found or [outbox.contact_of(lead, on=on)]


def _within_body(
    report: Report, occasion: str, template: str, actor: Actor, role: str, at: datetime, **values: Any
) -> None:
    body = db.session.get_one(Organisation, actor.organisation_id)  # of a joint project not the lead perhaps
    to = outbox.mailboxes(seat_mailboxes(body.id, (role,), calendar.day_of(at)))
    _send(report, occasion, template, at=at, to=to, audience="applicant", body=body, **values)


def _send(
    report: Report,
    occasion: str,
    template: str,
    *,
    at: datetime,
    to: outbox.Recipient | list[outbox.Recipient] | None = None,
    copy_note: str = "",
    audience: str = "all",
    **values: Any,
) -> None:
    """To `to`; without, to the contact of the lead."""
    project, body = report.project, report.project.lead
    outbox.send(
        template,
        to=outbox.contact_of(body, on=calendar.day_of(at)) if to is None else to,
        about=report,
        occasion=occasion,
        at=at,
        values={
            "report": report,
            "project": project,
            "body": body,
            "called": called(project),
            "named": named(report),
            "year": calendar.era_fiscal_year(report.fiscal_year),
            "due": report.due_at,
            "url": outbox.absolute_url("reports.show", report_id=report.id),
            **values,
        },
        copy_note=copy_note,
        audience=audience,
    )
