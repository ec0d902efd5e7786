"""The outbox is emptied here, mail by mail: claimed, handed to SMTP (or kept as a file), and marked at once.

The claim is committed before the server is spoken to, and the outcome right after, so that no two workers send the
same mail and no transaction is open while a server thinks. A worker that dies in between leaves a claim: nobody can
know whether the server accepted that mail, so it is parked for a person to decide, and never sent again blindly.
"""

from __future__ import annotations

import logging
import os
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import func, or_, select

import private
from app import halting
from app.correspondence import messages
from app.correspondence.messages import Unsendable
from app.correspondence.models import Mail
from app.correspondence.smtp import Line, Refused, Server, ServerAway, TryLater
from app.db import db, held
from app.lifecycle import N_
from app.organisations import links
from app.permissions import SYSTEM
from app.seals import seal_of

log = logging.getLogger(__name__)

FIRST_WAIT = timedelta(minutes=1)  # doubled after each attempt …
LONGEST_WAIT = timedelta(hours=6)  # … up to this
ATTEMPTS = 20  # with these waits, about three days
CLAIM_HOLDS = timedelta(minutes=15)

MAY_HAVE_BEEN_SENT = N_(
    "The worker stopped while it was handing this mail to the server, so it may have been sent. "
    "Ask the addressee, then send it again or set it aside."
)


MAY_HAVE_BEEN_SENT_SINCE = N_(
    "This mail waited when the backup was made from which the system was restored, so it may have been sent since. "
    "Ask the addressee, then send it again or set it aside."
)


def deliver_due(*, at: datetime) -> dict[str, int]:
    """Deliver every mail that is due at `at`; how many were sent, kept (no SMTP server), deferred and parked.

    Commits after each mail. Stops early while the server is away: those that are left stay due. None leaves while a
    halt holds mails back. Raises ValueError for a BANSO_SMTP_URL that cannot be used.
    """
    counts: Counter[str] = Counter({"sent": 0, "kept": 0, "deferred": 0, "parked": 0})
    waits = halting.mail_waits()
    db.session.commit()  # no transaction is open while a server thinks
    if waits:
        return dict(counts)
    clock = _running_clock(at)
    url = current_app.config["SMTP_URL"]
    if not url:
        _let_go_of_abandoned(clock())
        while (claimed := _claim(at, clock())) is not None:
            counts[_keep(claimed, clock())] += 1
        return dict(counts)
    with Line(Server.at(url)) as line:
        counts["parked"] += _park_abandoned(clock())
        while (claimed := _claim(at, clock())) is not None:
            outcome, server_away = _send(line, claimed, clock)
            counts[outcome] += 1
            if server_away:
                break
    return dict(counts)


@dataclass(frozen=True)
class _Claimed:
    """What has to be known of a mail while no transaction is open."""

    id: int
    attempt: int
    recipient: str
    message: bytes
    token: str = ""  # of the one-time link in it, if there is one
    pointless: str = ""  # why nobody needs it any more
    problem: str = ""  # why it cannot be sent as it is
    passing: bool = False  # … and whether that may mend itself


def count_waiting() -> int:
    """How many mails are to be sent, now or later."""
    waiting = select(func.count()).select_from(Mail).where(Mail.next_attempt_at.is_not(None))
    return db.session.scalar(waiting) or 0


def _claim(due: datetime, now: datetime) -> _Claimed | None:
    """Take the mail that has waited longest, so that no other worker does.

    No mail is ever put off by more than LONGEST_WAIT: one that seems to be was queued by a clock that has been set
    back since, and it is due.
    """
    waiting = (
        select(Mail)
        .where(or_(Mail.next_attempt_at <= due, Mail.next_attempt_at > due + LONGEST_WAIT))
        .where(Mail.claimed_at.is_(None))
        .order_by(Mail.next_attempt_at, Mail.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    mail = db.session.scalars(waiting).one_or_none()
    if mail is None:
        db.session.rollback()
        return None
    mail.claimed_at, mail.attempts = now, mail.attempts + 1
    claimed = _prepared(mail, now)
    db.session.commit()
    return claimed


def _prepared(mail: Mail, now: datetime) -> _Claimed:
    message, token, problem, passing = b"", "", "", False
    try:
        messages.refuse_gone_link(mail, at=now)
        token = links.token_of(mail.link) if mail.link else ""
        message = messages.message_of(mail, messages.with_token(mail, token), at=now).as_bytes()
    except messages.Pointless as why:
        if messages.shows_links():
            # A demo enters what happened in one go: the answer before the mail could leave.
            text = messages.text_to_read(mail, instead="（使用済みのリンク）")
            message = messages.message_of(mail, text, at=now).as_bytes()
            return _Claimed(mail.id, mail.attempts, mail.to_address, message)
        return _Claimed(mail.id, mail.attempts, mail.to_address, b"", pointless=str(why))
    except (Unsendable, ValueError) as why:
        problem = str(why)
    except OSError as why:
        problem, passing = f"{type(why).__name__}: {why}", True
    return _Claimed(mail.id, mail.attempts, mail.to_address, message, token, problem=problem, passing=passing)


def _send(line: Line, claimed: _Claimed, clock: Callable[[], datetime]) -> tuple[str, bool]:
    """Its outcome, and whether the server is away for all mails."""
    if claimed.pointless:
        return _set_aside(claimed, clock()), False
    try:
        _raise_problem(claimed)
        answer = line.hand_in(
            claimed.message, sender=current_app.config["MAIL_FROM"], recipient=claimed.recipient
        )
    except (Refused, Unsendable) as why:
        return _park(claimed, _without_token(str(why), claimed), clock()), False
    except TryLater as why:
        return _defer(claimed, _without_token(str(why), claimed), clock()), isinstance(why, ServerAway)
    return _mark_sent(claimed, _without_token(answer, claimed), clock()), False


def _without_token(answer: str, claimed: _Claimed) -> str:
    """Servers quote the address of a page that their filter does not like."""
    return answer.replace(claimed.token, "…") if claimed.token else answer


def _keep(claimed: _Claimed, now: datetime) -> str:
    """Without an SMTP server: write the mail as a file that any mail program opens."""
    if claimed.pointless:
        return _set_aside(claimed, now)
    try:
        _raise_problem(claimed)
        path = kept_file(claimed.id)
        private.folder(path.parent)
        half = path.with_suffix(f".{os.getpid()}")
        with open(half, "wb", opener=private.opener) as file:
            file.write(claimed.message)
        half.replace(path)
    except Unsendable as why:
        return _park(claimed, str(why), now)
    except (TryLater, OSError) as why:
        return _defer(claimed, str(why), now)
    mail = _reload(claimed)
    if not messages.shows_links():
        links.forget(mail.link_id)  # the file has the token, for whoever runs the server
    mail.kept_path = str(path.relative_to(current_app.config["DATA_DIR"]))
    return _done(mail, "kept", now, {})


def kept_file(mail_id: int) -> Path:
    return current_app.config["DATA_DIR"] / "mail" / f"{mail_id:08d}.eml"


def _raise_problem(claimed: _Claimed) -> None:
    if claimed.problem:
        raise (TryLater if claimed.passing else Unsendable)(claimed.problem)


def _mark_sent(claimed: _Claimed, answer: str, now: datetime) -> str:
    mail = _reload(claimed)
    links.forget(mail.link_id)
    mail.sent_at, mail.parked_at, mail.last_error = now, None, ""
    return _done(mail, "sent", now, {"answer": answer})


def _defer(claimed: _Claimed, why: str, now: datetime) -> str:
    if claimed.attempt >= ATTEMPTS:
        return _park(claimed, why, now)
    mail = _reload(claimed)
    if mail.parked_at:  # this took so long that the mail was given up for abandoned: now it is for staff
        return _park(claimed, why, now)
    mail.last_error, next_attempt = why, now + wait_after(claimed.attempt)
    _done(mail, "deferred", now, {"error": why, "attempt": claimed.attempt}, next_attempt)
    log.warning("mail %s deferred: %s", claimed.id, why)
    return "deferred"


def _set_aside(claimed: _Claimed, now: datetime) -> str:
    mail = _reload(claimed)
    mail.set_aside_at, mail.last_error = now, claimed.pointless
    return _done(mail, "set_aside", now, {"reason": claimed.pointless})


def _park(claimed: _Claimed, why: str, now: datetime) -> str:
    mail = _reload(claimed)
    mail.parked_at, mail.last_error = now, why
    log.error("mail %s parked: %s", claimed.id, why)
    return _done(mail, "parked", now, {"reason": why})


def _done(
    mail: Mail, outcome: str, now: datetime, changes: dict[str, Any], next_attempt: datetime | None = None
) -> str:
    mail.claimed_at, mail.next_attempt_at = None, next_attempt
    changes = {**changes, "seal": seal_of(mail)}
    mail.record(f"mail_{outcome}", actor=SYSTEM, at=now, changes=changes, audience="office")
    db.session.commit()
    return outcome


def _reload(claimed: _Claimed) -> Mail:
    return held(db.session.get_one(Mail, claimed.id))


def wait_after(attempt: int) -> timedelta:
    """How long to wait after the `attempt`th failure: 1, 2, 4 … minutes up to 6 hours, a fifth more or less.

    The random part keeps many mails that failed together from coming back together.
    """
    wait = min(FIRST_WAIT * 2 ** min(attempt - 1, 16), LONGEST_WAIT)
    return min(wait * random.uniform(0.8, 1.2), LONGEST_WAIT)  # noqa: S311 (no secret)


def _park_abandoned(now: datetime) -> int:
    abandoned = db.session.scalars(_abandoned(now)).all()
    for mail in abandoned:
        mail.parked_at, mail.claimed_at, mail.next_attempt_at = now, None, None
        mail.last_error = MAY_HAVE_BEEN_SENT
        mail.record(
            "mail_parked", actor=SYSTEM, at=now, changes={"reason": MAY_HAVE_BEEN_SENT}, audience="office"
        )
    db.session.commit()
    return len(abandoned)


def _let_go_of_abandoned(now: datetime) -> None:
    """Where mails are only written as files, writing one again does no harm."""
    for mail in db.session.scalars(_abandoned(now)):
        mail.claimed_at = None
    db.session.commit()


def _abandoned(now: datetime) -> Any:
    """Claims that no worker can be at any more; one from the future was made by a clock that has been set back since.

    Locked, and none that another worker deals with at this moment.
    """
    left = or_(Mail.claimed_at < now - CLAIM_HOLDS, Mail.claimed_at > now + CLAIM_HOLDS)
    return (
        select(Mail).where(left, Mail.sent_at.is_(None)).order_by(Mail.id).with_for_update(skip_locked=True)
    )


def _running_clock(at: datetime) -> Callable[[], datetime]:
    """The time now, for a run that began at `at`: a long run must not claim in the past."""
    began = time.monotonic()
    return lambda: at + timedelta(seconds=time.monotonic() - began)
