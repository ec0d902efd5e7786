"""The page of files that somebody has to see to: missing, changed, or waiting for a check that nobody makes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from flask import current_app, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import func, select

from app import calendar
from app.actors import Actor
from app.db import db
from app.home.routes import home
from app.memory import CASES, remembered
from app.safekeeping import checking
from app.safekeeping.models import StoredFile
from app.web.access import needs
from app.web.i18n import shown_number
from app.web.tasks import Task

SHOWN = 100


def safekeeping_tasks(who: Actor, at: datetime) -> Iterator[Task]:
    if not who.may("schedule.view"):
        return
    if count := remembered("files at fault", _at_fault, CASES):
        yield Task(
            _("See to files that are missing or were changed: %(n)s", n=shown_number(count)),
            url_for("home.files"),
        )
    key = "files that wait too long", at.replace(second=0, microsecond=0)
    if count := remembered(key, lambda: checking.waiting_too_long(at), CASES):
        yield Task(
            _("See to the check for malware: files that wait for it: %(n)s", n=shown_number(count)),
            url_for("home.files"),
        )


def _at_fault() -> int:
    return db.session.scalar(select(func.count()).select_from(StoredFile).where(StoredFile.fault != "")) or 0


@home.get("/files")
@needs("schedule.view")
def files() -> str:
    at_fault = (
        select(StoredFile).where(StoredFile.fault != "").order_by(StoredFile.fault_since, StoredFile.id)
    )
    waiting = select(StoredFile).where(checking.waiting()).order_by(StoredFile.asked_at, StoredFile.id)
    return render_template(
        "home/files.html",
        faults=db.session.scalars(at_fault.limit(SHOWN)).all(),
        fault_count=_at_fault(),
        waiting=db.session.scalars(waiting.limit(SHOWN)).all(),
        late=checking.waiting_too_long(calendar.now()),
        checked=bool(current_app.config["CLAMD"]),
    )
