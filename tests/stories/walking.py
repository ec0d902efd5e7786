"""What the stories do again and again, as a browser would."""

from __future__ import annotations

import io
import re
from datetime import datetime, timedelta

from sqlalchemy import select

from app import calendar, jobs
from app.applications.models import Application
from app.correspondence.models import Mail
from app.db import db
from app.schedule import work
from app.web.manifest import brought
from tests.correspondence.common import as_received
from tests.factories.answers import sent

PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"


def post(client, url: str, **data):
    """Send a form and follow where it leads; the page after it, which must not be a refusal."""
    answer = client.post(url, data=data, follow_redirects=True, content_type="multipart/form-data")
    assert answer.status_code == 200, f"{url}: {answer.status}\n{_told(answer)}"
    return answer


def fill_in(editor, application: Application, title: str, *, basics: int = 0) -> None:
    """Every section of the task list, one page each."""
    base = f"/applications/{application.id}"
    post(editor, f"{base}/basics", version=str(basics), title=title, summary="市内の公共交通を補う。")
    post(editor, f"{base}/technologies", version="0", technologies="自動運転")
    post(editor, f"{base}/joint-applicants/confirmation")
    form = application.answered.form
    for section in form.sections:
        if section.key not in ("basics", "technologies", "joint-applicants", "attachments"):
            version = str(application.version_of(section.key))
            post(editor, f"{base}/sections/{section.key}", version=version, **sent(form, section))
    post(editor, f"{base}/attachments", file=(io.BytesIO(PDF), "計画.pdf"))


def do_waiting_work() -> None:
    """What the worker does within a second or two."""
    db.session.commit()
    while done := work.run_next(brought("work"), at=calendar.now()):
        assert not done.error, done.error
    db.session.expire_all()


def let_days_pass(move_clock, until: datetime) -> list[dict]:
    """Each day's jobs in order, up to and including `until`."""
    done = []
    today = calendar.today()
    while today < until.date():
        today += timedelta(days=1)
        move_clock(datetime.combine(today, until.timetz()))
        db.session.commit()
        done.append(jobs.run_daily(today))
    return done


def link_to(address: str, pattern: str) -> str:
    """The newest link of this shape that was mailed to `address`."""
    mails = db.session.scalars(
        select(Mail).where(Mail.to_address == address, Mail.link_id.is_not(None)).order_by(Mail.id.desc())
    )
    for mail in mails:
        if found := re.search(rf"https?://[^/\s]+({pattern})", as_received(mail)):
            return found.group(1)
    raise AssertionError(f"no mail to {address} with a link like {pattern}")


def _told(answer) -> str:
    text = re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))
    return re.sub(r"\s+", " ", text)[:1500]
