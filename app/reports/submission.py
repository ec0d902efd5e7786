"""Handing in: an editor drafts section by section and hands over, the approver submits or sends back with a reason.

What is handed in is frozen with what is on record beside it (known.py). That the report lies with the approver is a mark
on it, and while it is there nobody edits. No instant refuses a report: one that comes late is taken.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.actors import Actor
from app.db import db, held
from app.lifecycle import move, must_be_open
from app.lifecycle.report import REQUESTED
from app.questions import answering
from app.questions.answering import problems_of
from app.questions.freezing import Incomplete, content_of, freeze
from app.questions.models import FrozenResponse
from app.reports import correcting, mails
from app.reports.content import BESIDE
from app.reports.known import known_of
from app.reports.models import Report
from app.seals import canonical


class ChangedSinceSeen(Exception):
    """It was changed after whoever decides opened the page: by a save, on record beside it, or handed in anew."""


def save(
    report: Report,
    section: str,
    values: Mapping[str, Any],
    *,
    version: int | None,
    form: int | None = None,
    quietly: bool = False,
    actor: Actor,
    at: datetime,
) -> bool:
    """Keep answers of one section; whether anything was new.

    Raises NotAllowed while it cannot be edited, Locked for what a return does not open, else as `answering.save_section`.
    """
    report = held(report)
    must_be_open(report, "edit", actor=actor, at=at)
    return answering.save_section(
        report.answered,
        section,
        values,
        version=version,
        form=form,
        quietly=quietly,
        locked=correcting.of(report).locked,
        about=report,
        audience="applicant",
        actor=actor,
        at=at,
    )


def content_now(report: Report) -> dict[str, Any]:
    """What would be frozen: the answers, and what is on record beside them."""
    return {**content_of(report.answered), BESIDE: known_of(report.project, report.fiscal_year)}


def fingerprint(content: Mapping[str, Any]) -> str:
    """Shows whether the approver has read what is submitted."""
    return hashlib.sha256(canonical(content)).hexdigest()


def hand_over(report: Report, *, actor: Actor, at: datetime) -> bool:
    """Give it to the approver; from now nobody edits it. Whether they are told by mail: see mails.py.

    Raises Incomplete while something is missing, NotAllowed.
    """
    report = _held_with_answers(report)
    must_be_open(report, "hand_over", actor=actor, at=at)
    _refuse_incomplete(report)
    move(report, "hand_over", actor=actor, at=at)
    report.handed_over_at, report.handed_over_by = at, actor.name
    return mails.approval_requested(report, actor=actor, at=at)


def take_back(report: Report, *, actor: Actor, at: datetime) -> None:
    """引戻し: the editor goes on drafting. Raises NotAllowed."""
    report = held(report)
    move(report, "take_back", actor=actor, at=at)
    _no_longer_with_approver(report)
    _forget_sending_back(report)  # what was asked then had been mended and handed over


def send_back(report: Report, *, reason: str, actor: Actor, at: datetime) -> bool:
    """差戻し: the approver gives it back to the editor, who sees why. Whether they are told by mail.

    Raises ValueError without a reason, NotAllowed when it does not lie with the approver or `actor` is none.
    """
    if not reason.strip():
        raise ValueError("sending back needs a reason")
    report = held(report)
    move(report, "send_back", actor=actor, at=at, changes={"reason": reason.strip()})
    _no_longer_with_approver(report)
    report.sent_back_at, report.sent_back_by, report.sent_back_reason = at, actor.name, reason.strip()
    return mails.sent_back(report, actor=actor, at=at)


def submit(report: Report, *, seen: str | None = None, actor: Actor, at: datetime) -> FrozenResponse:
    """Hand it in, for the first time or upon a return: it is frozen, and a receipt is mailed.

    `seen` is the fingerprint of what the approver read. Raises Incomplete, ChangedSinceSeen, NotAllowed.
    """
    report = _held_with_answers(report)
    name = submitting(report)
    must_be_open(report, name, actor=actor, at=at)
    _refuse_incomplete(report)
    content = content_now(report)
    if seen is not None and seen != fingerprint(content):
        raise ChangedSinceSeen
    frozen = freeze(report.answered, beside=content[BESIDE], actor=actor, at=at)
    report.submitted_at = at
    late = at >= report.due_at
    move(report, name, actor=actor, at=at, changes={"sha256": frozen.sha256, "late": late})
    _no_longer_with_approver(report)
    _forget_sending_back(report)
    if correction := (report.corrections[-1] if report.corrections else None):
        correction.resubmitted_at = correction.resubmitted_at or at
    db.session.flush()
    mails.received(report, frozen, at=at)
    return frozen


def submitting(report: Report) -> str:
    """The move by which it is handed in."""
    return "submit" if report in REQUESTED else "resubmit"


def _no_longer_with_approver(report: Report) -> None:
    report.handed_over_at, report.handed_over_by = None, ""


def _forget_sending_back(report: Report) -> None:
    report.sent_back_at, report.sent_back_by, report.sent_back_reason = None, "", ""


def _refuse_incomplete(report: Report) -> None:
    if problems := problems_of(report.answered):
        raise Incomplete(problems)


def _held_with_answers(report: Report) -> Report:
    """First itself, as every save of a section does: in another order the two would wait for each other."""
    report = held(report)
    held(report.answered)
    return report
