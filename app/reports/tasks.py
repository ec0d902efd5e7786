"""What waits around reports: for the bodies of a project to write or to submit one, for the officers to check and to chase."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import func, literal, select, union_all

from app import calendar
from app.actors import Actor
from app.db import db
from app.lifecycle.project import CARRIED_THROUGH
from app.lifecycle.report import RETURNED, TO_CHECK, TO_HAND_IN
from app.memory import CASES, HOUSE, remembered
from app.permissions import APPROVER, MUNICIPAL
from app.programmes.voice import told_apart
from app.projects.models import Project
from app.reports.models import Report
from app.web.i18n import shown_fiscal_year
from app.web.records import shared_by, within_reach
from app.web.tasks import Task


def tasks(actor: Actor, at: datetime) -> Iterator[Task]:
    """Of a joint project each body has it, until one of them has handed it in; by mail the lead alone is asked."""
    if actor.role in MUNICIPAL:
        yield from _of_body(actor)
    elif actor.may("report.check"):
        yield from _of_officer(at)


class _Owed(NamedTuple):
    report_id: int
    state: str
    fiscal_year: int
    due_at: datetime
    with_approver: datetime | None
    sent_back: datetime | None
    programme_id: int
    number: int


def _of_body(actor: Actor) -> Iterator[Task]:
    for it in remembered(("reports owed", shared_by(actor)), lambda: _owed(actor), HOUSE, CASES):
        if (actor.role == APPROVER) != (it.with_approver is not None):
            continue  # what an editor writes is no task of the approver, and the other way round
        number = told_apart(it.programme_id) + _("No. %(number)s", number=it.number)
        about = f"{number}　{shown_fiscal_year(it.fiscal_year)}"
        endpoint = "reports.check" if actor.role == APPROVER else "reports.show"
        yield Task(_title(actor, it), url_for(endpoint, report_id=it.report_id), about, it.due_at)


def _title(actor: Actor, it: _Owed) -> str:
    if actor.role == APPROVER:
        return _("Check and submit the report of the year")
    if it.sent_back:
        return _("Mend what your approver has sent back: the report of the year")
    return _("Correct the report of the year") if it in RETURNED else _("Write the report of the year")


def _owed(actor: Actor) -> list[_Owed]:
    query = (
        within_reach(Report, actor)
        .join(Report.project)
        .where(TO_HAND_IN.of(Report), CARRIED_THROUGH.of(Project))
        .order_by(Report.due_at, Report.id)
        .with_only_columns(
            Report.id,
            Report.state,
            Report.fiscal_year,
            Report.due_at,
            Report.handed_over_at,
            Report.sent_back_at,
            Project.programme_id,
            Project.number,
        )
    )
    return [_Owed(*row) for row in db.session.execute(query)]


def _of_officer(at: datetime) -> Iterator[Task]:
    to_check, late = remembered(
        ("reports to check, and late", calendar.day_of(at)), lambda: _counts(at), HOUSE, CASES
    )
    if to_check:
        url = url_for("reports.index", state=TO_CHECK.only)
        yield Task(_("Check reports of the year: %(count)s", count=to_check), url)
    if late:
        url = url_for("reports.index", late="late")
        yield Task(_("Ask after reports that are late: %(count)s", count=late), url)


def _counts(at: datetime) -> tuple[int, int]:
    to_check = select(literal(1), func.count(Report.id)).where(TO_CHECK.of(Report))
    late = select(literal(2), func.count(Report.id)).join(Report.project).where(Report.late(at))
    found = {which: int(count) for which, count in db.session.execute(union_all(to_check, late))}
    return found[1], found[2]
