"""What waits for a person: to finish, approve, mend; for officers, to check."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from itertools import groupby
from textwrap import shorten
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import contains_eager, selectinload

from app.actors import Actor, all_bodies_of
from app.applications import consents, correcting, graces
from app.applications.assigning import officers
from app.applications.delegations import own_last_day
from app.applications.models import ANSWERED, Application
from app.applications.progress import NOT_OPENED, Waiting, waiting
from app.lifecycle.application import BEFORE_SUBMISSION, IN_APPROVAL, LAPSED, RETURNED, TO_CHECK
from app.lifecycle.call import IN_PROCESS, UNDECIDED
from app.memory import CASES, HOUSE, remembered, remembered_records
from app.permissions import APPLICANT, APPROVER, MUNICIPAL, reach_of
from app.programmes.models import Call
from app.questions.correcting import Remark
from app.web.i18n import shown_day, shown_instant
from app.web.records import shared_by
from app.web.tasks import Task

PLACES_SHOWN = 60  # characters of the names of what is to be corrected
REASON_SHOWN = 80  # characters of the reason in the line of a task; the page has it whole


def tasks(actor: Actor, at: datetime) -> list[Task]:
    if actor.role in APPLICANT:
        begun = _of_applicant(actor, at)
        if actor.role not in MUNICIPAL:
            return begun
        return [*begun, *_to_begin(actor, at), *_to_consent(actor, at)]
    found = _of_officer(actor, at) if actor.may("application.check") else []
    return found + _of_graces() if actor.may("grace.decide") else found


def _of_applicant(actor: Actor, at: datetime) -> list[Task]:
    """Drafts until their call closes, returned ones until their due instant, lapsed ones until the announcement."""
    key = "applications that wait", shared_by(actor), at.replace(second=0, microsecond=0)
    found = remembered_records(key, partial(_waiting, actor, at), HOUSE, CASES)
    last_day = own_last_day(actor) if found else None
    return [_task(application, actor, at, last_day) for application in found]


def _waiting(actor: Actor, at: datetime) -> Select[Application]:
    return (
        select(Application)
        .join(Application.call)
        .where(
            reach_of(Application.kind, actor).finds(Application, actor),
            or_(
                Application.lapsed_by(at) & IN_PROCESS.of(Call),
                RETURNED.of(Application) & UNDECIDED.of(Call),
                BEFORE_SUBMISSION.of(Application) & UNDECIDED.of(Call) & (Application.closes_at > at),
            ),
        )
        .options(
            contains_eager(Application.call).options(*Call.KNOWN_WITH),
            selectinload(Application.corrections),
            selectinload(Application.submissions),
            *ANSWERED,
        )
        .order_by(Application.id)
    )


def _to_begin(actor: Actor, at: datetime) -> list[Task]:
    """A body that was given more time and has no draft yet: nothing else would tell it on its pages."""
    minute = at.replace(second=0, microsecond=0)
    rows = remembered(
        ("graces not used", shared_by(actor), minute),
        lambda: graces.unused_of(all_bodies_of(actor), at),
        HOUSE,
        CASES,
    )
    return [
        Task(
            _("Your body has more time (grace): start the application"),
            url_for("applications.start", call_id=row.call_id),
            row.call,
            row.until,
        )
        for row in rows
    ]


def _to_consent(actor: Actor, at: datetime) -> list[Task]:
    """What others lead and this body takes part in waits for its approver."""
    if not actor.may("joint_applicant.consent"):
        return []
    minute = at.replace(second=0, microsecond=0)
    rows = remembered(
        ("consents awaited", shared_by(actor), minute),
        lambda: consents.awaited_of(all_bodies_of(actor), at),
        HOUSE,
        CASES,
    )
    return [
        Task(
            _("Consent to the application that %(lead)s leads", lead=row.lead),
            url_for("applications.joint_applicant", joint_applicant_id=row.id),
            row.title or row.call,
            row.due,
        )
        for row in rows
    ]


def _of_graces() -> list[Task]:
    return [
        Task(
            _("Decide whether one applicant gets more time: %(body)s", body=row.body),
            url_for("applications.grace", grace_id=row.id),
            row.call,
            row.until,
        )
        for row in graces.waiting()
    ]


def _task(application: Application, actor: Actor, at: datetime, last_day: date | None) -> Task:
    about = application.title or application.call.title
    if application.has_lapsed(at):
        title = _("See what follows: the application was not resubmitted in time")
        show = url_for("applications.show", application_id=application.id)
        return Task(title, show, about, application.correction_due_at)
    returned, approves = application in RETURNED, actor.role == APPROVER
    to_approver = approves and application.is_with_approver
    page = ("applications.resubmit" if returned else "applications.submit") if to_approver else None
    return Task(
        _title(application, approves, at),
        url_for(page or "applications.show", application_id=application.id),
        about,
        application.due_at,
        note=_note(application, last_day),
    )


def _note(application: Application, last_day: date | None) -> str:
    """`last_day` is that of a consultant who reads."""
    parts = [_("You can edit it until %(day)s", day=shown_day(last_day))] if last_day else []
    if application in RETURNED:
        parts.append(_to_mend(application))
    elif application.grace_until and application in BEFORE_SUBMISSION:
        parts.append(_("Your body has more time (grace)."))
    return _(", ").join(filter(None, parts))


def _to_mend(application: Application) -> str:
    """Where a correction is asked for and nothing was changed yet, and where something was."""
    waiting, mended = correcting.to_mend_and_mended(application)
    parts = []
    if waiting:
        parts.append(_("to be corrected: %(questions)s", questions=_named(waiting)))
    if mended:
        parts.append(_("changed: %(questions)s", questions=_named(mended)))
    return _(", ").join(parts)


def _named(remarks: Sequence[Remark]) -> str:
    return shorten("、".join(str(it.label) for it in remarks), PLACES_SHOWN, placeholder="…")


def _title(application: Application, approves: bool, at: datetime) -> str:
    """What waits, said to the one who is to do it and to the one who waits for the other."""
    if application.is_with_approver:
        return _of_approver(application, at) if approves else _("The application waits for your approver")
    if application.is_sent_back:
        reason = shorten(application.sent_back_reason, REASON_SHOWN, placeholder="…")
        return (
            _("You sent it back to the editor, who is to mend it")
            if approves
            else _("Sent back by the approver: %(reason)s", reason=reason)
        )
    if application in RETURNED:
        return _("Mend and resubmit the returned application")
    return _("Finish the application")


def _of_approver(application: Application, at: datetime) -> str:
    if application.call.opens_after(at) and application in IN_APPROVAL:
        opens = shown_instant(application.call.opens_at)
        return _("The application can be submitted from %(instant)s on", instant=opens)
    if application in RETURNED:
        return _("The correction is done: approve and resubmit the application")
    if application.sent_back_at:
        return _("What you sent back has been mended: approve and submit the application")
    return _("Approve and submit the application")


def _of_officer(actor: Actor, at: datetime) -> list[Task]:
    """A line a call, since hundreds of applications would bury everything else: first what is assigned to this officer,
    then what lies with all. What another officer has is no task of theirs."""
    found = []
    for (call_id, title, what), rows in groupby(waiting(at), key=lambda it: (it.call_id, it.title, it.what)):
        mine, everybodys = [], []
        for row in rows:
            if row.assignee_id == actor.seat_id:
                mine.append(row)
            elif row.assignee_id not in officers():
                everybodys.append(row)
        for those, assignee in ((mine, "mine"), (everybodys, "nobody")):
            if those:
                found.append(_waits(what, call_id, title, those, assignee))
    return sorted(found, key=lambda task: task.due is not None)


def _waits(what: str, call_id: int, about: str, rows: Sequence[Waiting], assignee: str) -> Task:
    count, mine = sum(row.count for row in rows), assignee == "mine"
    narrowed = {"correction": "unopened_long"} if what == NOT_OPENED else {"state": what}
    place: dict[str, Any] = {"call": call_id, "assignee": assignee, **narrowed}
    listed = url_for("applications.index", **place)
    if what in TO_CHECK:
        title = (
            _("Check the applications assigned to you: %(count)s", count=count)
            if mine
            else _("Check submitted applications: %(count)s", count=count)
        )
        oldest = min(row.oldest for row in rows if row.oldest)
        return Task(title, listed, about, note=_("the oldest of %(day)s", day=shown_day(oldest)))
    due = min(row.due for row in rows if row.due)
    if what in LAPSED:
        title = _("Returned applications not resubmitted in time: %(count)s", count=count)
    else:
        title = _("Returned applications that the applicant has not opened: %(count)s", count=count)
    return Task(title, listed, about, due, note=_("assigned to oneself") if mine else "")
