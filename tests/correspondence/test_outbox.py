"""The outbox: mails queued once, composed whole, gone with a rollback."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.correspondence import delivery, outbox
from app.correspondence.models import Mail
from app.db import db
from app.programmes.voice import house
from tests import factories
from tests.correspondence.smtp_server import (
    smtp_server,
)


def queue(at, key="receipt:1", **values):
    return outbox.queue(
        key,
        **{
            "to_address": "kikaku@example.jp",
            "subject": "受付",
            "body": "受け付けました。",
            "at": at,
            **values,
        },
    )


def test_a_mail_is_queued_once_for_its_key(app, at):
    first = queue(at, about=factories.call())
    assert queue(at) is None
    db.session.commit()
    assert db.session.scalars(select(Mail)).all() == [first]
    assert (first.state, first.about_kind, first.next_attempt_at) == ("queued", "call", at)


def test_what_is_rolled_back_is_not_sent(app, at):
    with smtp_server() as server:
        app.config["SMTP_URL"] = server.url
        queue(at)
        db.session.rollback()
        assert delivery.deliver_due(at=at) == {"sent": 0, "kept": 0, "deferred": 0, "parked": 0}
    assert server.seen == []


def test_a_composed_mail_has_its_first_line_as_subject_and_ends_with_the_signature(app, at):
    values = {
        "subject": "支援の終了について\n（通知）", "number": "4未技第1号", "issued_on": at.date(),
        "addressed": "北海道岩見沢市長　殿", "told": [], "url": "https://banso.example.jp/letters/1",
    }  # fmt: skip
    subject, body = outbox.compose("letter_issued", voice=house(), **values)
    assert "\n" not in subject
    assert "4未技第1号" in subject
    assert "https://banso.example.jp/letters/1" in body
    assert body.rstrip().endswith("御連絡ください。")


def test_a_mail_with_a_hole_in_it_is_not_composed(app):
    with pytest.raises(Exception, match="undefined"):
        outbox.compose("letter_issued", voice=house(), subject="件名")


def test_links_in_mails_are_those_of_the_installation_within_a_request_and_without(app):
    app.config["BASE_URL"] = "https://banso.example.jp/mirai"
    expected = "https://banso.example.jp/mirai/letters/7"
    assert outbox.absolute_url("correspondence.letter", letter_id=7) == expected
    with app.test_request_context("/", base_url="http://10.0.0.1:8000"):
        assert outbox.absolute_url("correspondence.letter", letter_id=7) == expected
