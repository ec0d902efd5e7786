"""Made-up answers to the check of seats: one body confirmed, one reported a change, one is silent."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from app.db import db
from app.demo import people
from app.demo.accounts import MUNICIPALITY
from app.demo.call_content import MARK
from app.organisations.models import Organisation
from app.permissions import APPROVER, EDITOR
from app.rotation import operations as rotation

CONFIRMED, REPORTED, SILENT = MUNICIPALITY, "072028", "052159"  # codes of the bodies
REPORT = f"{MARK}企画課の主査が見本 次郎（jiro@example.jp）に替わりました。"


def load(*, at: datetime, day: date) -> int:
    """As if April had been today; how many were asked."""
    codes = (CONFIRMED, REPORTED, SILENT)
    for code in codes:
        body = db.session.scalars(select(Organisation).where(Organisation.code == code)).one()
        check = rotation.ask_body(body, on=day, at=at)
        if code == SILENT:
            continue
        holder = people.holder_of(EDITOR, body) or people.holder_of(APPROVER, body)
        assert holder is not None, "whoever applied in the demo has a seat"
        if code == CONFIRMED:
            rotation.confirm(check, actor=holder, at=at)
        else:
            rotation.report(check, report=REPORT, actor=holder, at=at)
    return len(codes)
