"""The mail that tells staff of a halt. Its mails may leave: they do no harm, and somebody has to look."""

from __future__ import annotations

from datetime import datetime

from app.correspondence import outbox
from app.halting import BY_HAND, CLOCK_AHEAD, CLOCK_BEHIND, RESTORED, Halt
from app.organisations.contacts import office_mailboxes
from app.permissions import ADMINISTRATOR, DIRECTOR, OFFICER

WHY = {  # templates/mail is in Japanese alone; the pages say it by halting.REASONS
    CLOCK_AHEAD: "サーバーの時計が、最後に確認した日時より1日を超えて進んでいます。システムが停止していたか、時計が誤っています。",
    CLOCK_BEHIND: "サーバーの時計が、記録済みの日時より前に戻っています。",
    RESTORED: "データベースをバックアップから復元しました。バックアップの作成後に発出した文書及びメールは、システムに記録されていません。",
    BY_HAND: "職員が自動処理を停止しました。",
}


def tell_staff(halt: Halt, *, at: datetime) -> int:
    """One mail to each mailbox of officers, directors and administrators, once for each halt; how many were queued."""
    return outbox.send(
        "jobs_halted",
        to=outbox.mailboxes(office_mailboxes([OFFICER, DIRECTOR, ADMINISTRATOR], on=at.date())),
        to_office=True,
        about=halt,
        at=at,
        values={
            "why": WHY[halt.reason],
            "since": halt.since,
            "remark": halt.facts.get("remark", ""),
            "last_known": _instant(halt.facts.get("last_known")),
            "url": outbox.absolute_url("home.halt"),
        },
    )


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
