"""What a restored database does not know: the letters numbered, mails sent and applications received since the backup.

So nothing leaves until a person has compared the last numbers with the world outside and lifted the halt; mails that
waited at the time of the backup are parked, since they may have gone out; links to set a password that were out are
used up, since one of them may have been used; and everybody signs in anew.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from app import halting
from app.correspondence.delivery import MAY_HAVE_BEEN_SENT_SINCE
from app.correspondence.models import Mail
from app.db import db
from app.organisations import links, sessions
from app.organisations.operations import PASSWORD
from app.permissions import SYSTEM


def begin(manifest: dict[str, Any], *, at: datetime) -> dict[str, Any]:
    """Halt the work, park what waits, end what was open; the facts of the halt. The caller commits."""
    facts = {
        "backup_made_at": manifest["made_at"],
        "registers": manifest["registers"],
        "calls": manifest["calls"],
        "mails_parked": _park_waiting_mails(at),
        "links_revoked": links.revoke_all(PASSWORD, at=at),
        # One may have been ended since, on a computer that was lost.
        "sessions_ended": sessions.end_everybodys("restored"),
    }
    halt = halting.halt(halting.RESTORED, at=at, facts=facts)
    if halt.facts != facts:  # the backup was itself made while the work was halted after a restore
        halt.facts = facts
        halt.record("halted", actor=SYSTEM, at=at, changes={"why": halt.reason, **facts}, audience="office")
    return facts


def _park_waiting_mails(at: datetime) -> int:
    waiting = select(Mail).where(or_(Mail.next_attempt_at.is_not(None), Mail.claimed_at.is_not(None)))
    parked = 0
    for mail in db.session.scalars(waiting.where(Mail.sent_at.is_(None), Mail.kept_path.is_(None))):
        mail.parked_at, mail.claimed_at, mail.next_attempt_at = at, None, None
        mail.last_error = MAY_HAVE_BEEN_SENT_SINCE
        changes = {"reason": MAY_HAVE_BEEN_SENT_SINCE}
        mail.record("mail_parked", actor=SYSTEM, at=at, changes=changes, audience="office")
        parked += 1
    return parked
