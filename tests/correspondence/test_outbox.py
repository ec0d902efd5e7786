"""The outbox: mails queued once, composed whole, gone with a rollback."""

from __future__ import annotations

import re
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from jinja2 import UndefinedError
from sqlalchemy import select

from app.correspondence import delivery, outbox
from app.correspondence.models import Mail
from app.correspondence.outbox import mailboxes
from app.db import db
from app.history import HistoryEntry
from app.lifecycle import NotAllowed
from app.organisations import links
from app.programmes.voice import house
from tests import factories
from tests.correspondence.smtp_server import (
    smtp_server,
)
from tests.reading import events


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


def test_a_mail_is_kept_with_all_that_it_was_queued_with(app, at):
    call, body = factories.call(), factories.organisation()
    link = links.make("password", 1, expires_at=at + timedelta(days=1))
    file = {"filename": "x.pdf", "path": "x", "media_type": "application/pdf", "sha256": "x"}
    mail = queue(
        at, to_address=" kikaku@example.jp ", to_name="企画課", subject="受付\nBcc: x", about=call,
        body=f"リンク {links.place_of(link)}", link=link, organisation_id=body.id, attachments=[file],
        copy_note="写し", audience="applicant",
    )  # fmt: skip
    db.session.commit()
    assert (mail.to_address, mail.to_name, mail.subject) == ("kikaku@example.jp", "企画課", "受付 Bcc: x")
    assert (mail.about_kind, mail.about_id, mail.organisation_id) == ("call", call.id, body.id)
    assert (mail.link_id, mail.attachments) == (link.id, [file])
    assert (mail.copy_note, mail.audience) == ("写し", "applicant")
    assert (mail.queued_at, mail.parked_at, mail.last_error) == (at, None, "")
    assert re.fullmatch(r"<[0-9a-f]{32}@example\.jp>", mail.message_id)
    assert events(mail) == []


def test_a_mail_about_nothing_to_nobody_in_particular_is_for_all_to_read(app, at):
    mail = queue(at)
    assert (mail.about_kind, mail.about_id, mail.organisation_id, mail.link_id) == ("", None, None, None)
    assert (mail.to_name, mail.attachments, mail.copy_note, mail.audience) == ("", [], "", "all")


def test_a_mail_without_an_address_is_parked_at_once_and_the_history_says_why(app, at):
    mail = queue(at, to_address="  ")
    assert (mail.state, mail.parked_at, mail.next_attempt_at) == ("parked", at, None)
    assert mail.last_error == outbox.NO_MAILBOX
    assert events(mail) == ["mail_parked"]
    entry = db.session.scalars(HistoryEntry.of(mail)).one()
    assert (entry.changes, entry.audience) == ({"reason": outbox.NO_MAILBOX}, "office")


def test_a_mail_with_a_link_has_a_place_for_it(app, at):
    link = links.make("password", 1, expires_at=at + timedelta(days=1))
    with pytest.raises(ValueError, match="has a place"):
        queue(at, link=link)


def test_a_parked_mail_begins_anew_and_its_new_address_is_on_record(app, at):
    officer = factories.tenure("officer")
    mail = factories.mail(
        to_address="old@example.jp", parked_at=at, next_attempt_at=None, attempts=7, last_error="x"
    )
    later = at + timedelta(hours=1)
    outbox.retry(mail, to_address=" new@example.jp ", actor=officer, at=later)
    assert (mail.to_address, mail.state, mail.next_attempt_at) == ("new@example.jp", "queued", later)
    assert (mail.attempts, mail.last_error, mail.parked_at) == (0, "", None)
    mail.parked_at, mail.next_attempt_at = later, None
    outbox.retry(mail, actor=officer, at=later)
    assert events(mail) == ["mail_retried", "mail_retried"]
    same, moved = db.session.scalars(HistoryEntry.of(mail))
    assert (moved.changes, same.changes) == ({"to_address": ["old@example.jp", "new@example.jp"]}, {})
    assert {same.audience, moved.audience} == {"office"}


def test_a_mail_without_any_address_is_not_tried_again(app, at):
    mail = queue(at, to_address="")
    with pytest.raises(ValueError, match="without an address"):
        outbox.retry(mail, actor=factories.tenure("officer"), at=at)


def test_a_mail_is_set_aside_for_a_reason_by_whoever_may(app, at):
    mail = queue(at, to_address="")
    with pytest.raises(ValueError, match="for a reason"):
        outbox.set_aside(mail, reason=" ", actor=factories.tenure("officer"), at=at)
    with pytest.raises(NotAllowed, match="not permitted"):
        outbox.set_aside(mail, reason="電話済み", actor=factories.tenure("director"), at=at)
    outbox.set_aside(mail, reason=" 電話済み ", actor=factories.tenure("officer"), at=at)
    assert (mail.state, mail.set_aside_at) == ("set_aside", at)
    assert events(mail) == ["mail_set_aside", "mail_parked"]
    entry = db.session.scalars(HistoryEntry.of(mail)).first()
    assert (entry.changes, entry.audience) == ({"reason": "電話済み"}, "office")
    with pytest.raises(NotAllowed, match="it is set_aside"):
        outbox.retry(mail, actor=factories.tenure("officer"), at=at)


def test_a_mail_to_the_office_does_not_ask_it_to_write_to_itself(app, at):
    contact = app.config["CONTACT_ADDRESS"]
    _, outside = outbox.compose("letter_issued", voice=house(), **LETTER)
    _, inside = outbox.compose("letter_issued", voice=house(), to_office=True, **LETTER)
    assert contact in outside and contact not in inside
    outbox.send(
        "letter_issued", to=mailboxes(["a@example.jp"]), occasion="x", at=at, values=LETTER, to_office=True
    )
    [mail] = db.session.scalars(select(Mail))
    assert mail.body == inside


def test_the_lines_of_a_template_s_own_leave_no_gap_in_a_mail(app):
    items = [
        SimpleNamespace(heading="支援終了日", text="令和5年3月31日"),
        SimpleNamespace(heading="期限", text="甲\n乙"),
    ]
    _, body = outbox.compose("letter_issued", voice=house(), **{**LETTER, "items": items})
    assert "　支援終了日：\n　　令和5年3月31日\n\n　期限：\n　　甲\n　　乙\n\n　文書（PDF）は" in body
    assert "\n\n\n" not in body and "{" not in body


def test_what_is_said_in_a_mail_is_plain_text_on_its_own_line(app):
    _, body = outbox.compose(
        "letter_issued", voice=house(), **{**LETTER, "addressed": "A & B <市長>\n　偽の行"}
    )
    assert body.startswith("A & B <市長> 偽の行\n（御担当者様）\n")


def test_what_is_rolled_back_is_not_sent(app, at):
    with smtp_server() as server:
        app.config["SMTP_URL"] = server.url
        queue(at)
        db.session.rollback()
        assert delivery.deliver_due(at=at) == {"sent": 0, "kept": 0, "deferred": 0, "parked": 0}
    assert server.seen == []


LETTER = {
    "subject": "支援の終了について\n（通知）", "number": "4未技第1号", "issued_on": date(2023, 3, 31),
    "addressed": "北海道岩見沢市長　殿", "items": [], "url": "https://banso.example.jp/letters/1",
}  # fmt: skip


def test_a_composed_mail_has_its_first_line_as_subject_and_ends_with_the_signature(app, at):
    subject, body = outbox.compose("letter_issued", voice=house(), **LETTER)
    assert "\n" not in subject
    assert "4未技第1号" in subject
    assert "https://banso.example.jp/letters/1" in body
    assert body.rstrip().endswith("御連絡ください。")


@pytest.mark.parametrize("hole", ["subject", "number", "addressed", "url"])
def test_a_mail_with_a_hole_in_it_is_not_composed(app, hole):
    """Each of these is only printed: without it the mail would go out with nothing in its place."""
    rest = {name: value for name, value in LETTER.items() if name != hole}
    with pytest.raises(UndefinedError, match=f"'{hole}' is undefined"):
        outbox.compose("letter_issued", voice=house(), **rest)


def test_links_in_mails_are_those_of_the_installation_within_a_request_and_without(app):
    app.config["BASE_URL"] = "https://banso.example.jp/mirai"
    expected = "https://banso.example.jp/mirai/letters/7"
    assert outbox.absolute_url("correspondence.letter", letter_id=7) == expected
    with app.test_request_context("/", base_url="http://10.0.0.1:8000"):
        assert outbox.absolute_url("correspondence.letter", letter_id=7) == expected
