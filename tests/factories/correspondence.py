"""Letters and mails."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from app.calendar import JST, now
from app.correspondence.models import Letter, Mail
from app.correspondence.rendering import Item, LetterContent
from app.db import db
from app.permissions import DIRECTOR, SeatlessActor
from tests.factories.numbers import Numbers
from tests.factories.organisations import organisation
from tests.factories.programmes import programme

_numbers = Numbers()


def letter_content(addressee: str = "見本市長", **values: Any) -> LetterContent:
    defaults: dict[str, Any] = {
        "form": "通知",
        "number": None,
        "issued_on": None,
        "addressee": addressee,
        "honorific": "殿",
        "issuer": "内閣府地方創生推進事務局長",
        "subject": "未来技術社会実装事業に係る支援の終了について",
        "body": ("下記のとおり通知します。",),
        "items": (Item("支援終了日", "令和5年3月31日（金）"),),
        "contact": ("電子メール：mirai@example.jp",),
        "draft": True,
    }
    return LetterContent(**{**defaults, **values})


def letter(**values: Any) -> Letter:
    """A drafted support-end letter of FY2022 to a body of its own; with state="approved" approved as well."""
    number = next(_numbers)
    body = values.pop("organisation", None) or organisation()
    content = values.pop("content", None) or letter_content(body.addressee)
    defaults: dict[str, Any] = {
        "key": f"support-end:{number}",
        "letter_kind": "support-end",
        "about_kind": "project",
        "about_id": number,
        "about_number": str(number),
        "programme_id": programme().id,
        "fiscal_year": 2022,
        "organisation": body,
        "addressee": content.addressee,
        "subject": content.subject + content.suffix,
        "content": content.to_json(),
    }
    if values.get("state") == "approved":
        defaults |= {"approved_by": "見本 局長", "approved_at": now()}
    then = {name: values.pop(name) for name in ("state",) if name in values}
    made = Letter(**{**defaults, **values})
    db.session.add(made)
    db.session.flush()
    for name, value in then.items():  # every letter begins as a draft
        setattr(made, name, value)
    db.session.flush()
    if then.get("state") == "approved":
        approver = SeatlessActor(role=DIRECTOR, name=made.approved_by)
        made.record("approve", actor=approver, at=made.approved_at, audience="office")
    return made


def mail(**values: Any) -> Mail:
    """A mail that waits in the outbox since the tests' instant."""
    number = next(_numbers)
    at = datetime(2023, 2, 15, 10, 0, tzinfo=JST)
    defaults: dict[str, Any] = {
        "key": f"mail:{number}",
        "to_address": f"kikaku{number}@example.jp",
        "to_name": "見本市",
        "subject": f"見本のお知らせ{number}",
        "body": "お知らせします。\n",
        "queued_at": at,
        "next_attempt_at": at,
        "message_id": f"<{uuid.uuid4().hex}@example.jp>",
    }
    made = Mail(**{**defaults, **values})
    db.session.add(made)
    db.session.flush()
    return made
