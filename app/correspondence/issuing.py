"""Many approved letters issued one by one: each is committed by itself, and one that fails keeps no other back."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import select

from app import calendar
from app.correspondence import letters
from app.correspondence.ahead import printed_ahead
from app.correspondence.models import Letter
from app.db import db
from app.halting import Halted
from app.lifecycle.letter import APPROVED
from app.permissions import SYSTEM
from press import Printer

log = logging.getLogger(__name__)


class NotAllIssued(Exception):
    """Some letters could not be issued; all others were. The next run tries them again."""


def issue_each(letter_ids: Iterable[int], *, on: date, at: datetime, called: str = "letters") -> int:
    """Number, freeze and mail those of the letters that are approved; none on a closed day. The number issued.

    Commits per letter. One that fails is logged, and after the others NotAllIssued is raised.
    """
    issued, failed = 0, 0
    if not calendar.is_business_day(on):
        return issued
    ids = list(letter_ids)
    with printed_ahead(ids, on=on) as ahead:
        for place, letter_id in enumerate(ids):
            try:
                ahead.look(place)
                db.session.commit()
                ahead.wait()
                issued += _issue(letter_id, on=on, at=at, printer=ahead.printer)
                db.session.commit()
            except Halted:
                raise
            except Exception:
                db.session.rollback()
                failed += 1
                log.exception("the letter %s could not be issued", letter_id)
    if failed:
        raise NotAllIssued(f"{failed} {called} could not be issued; {issued} were")
    return issued


def _issue(letter_id: int, *, on: date, at: datetime, printer: Printer) -> int:
    # Claimed: what another worker has at this moment is passed over, not waited for.
    approved = select(Letter).where(Letter.id == letter_id, APPROVED.of(Letter))
    letter = db.session.scalars(approved.with_for_update(skip_locked=True, of=Letter)).one_or_none()
    if letter is None:
        return 0
    letters.issue(letter, on=on, actor=SYSTEM, at=at, printer=printer)
    return 1
