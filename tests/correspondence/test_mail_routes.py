"""The outbox as staff see it, and what they decide about mails that did not get through."""

from __future__ import annotations

import csv
import hashlib
import io
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from sqlalchemy import event

from app.correspondence import delivery, outbox
from app.correspondence.mail_routes import with_links
from app.correspondence.models import Mail
from app.db import db
from app.history import HistoryEntry
from app.organisations import links
from app.permissions import SYSTEM
from app.storage import storage
from tests import factories
from tests.reading import text_of


def parked(at, **values) -> Mail:
    return factories.mail(
        **{
            "parked_at": at,
            "next_attempt_at": None,
            "last_error": "550 5.1.1 no such user",
            "attempts": 1,
            **values,
        }
    )


def with_link(at) -> tuple[Mail, str]:
    """A mail that asks somebody for an answer by a link, and the link's token."""
    link = links.make("membership", 7, expires_at=at + timedelta(days=1))
    address = outbox.absolute_url("councils.reply", token=links.place_of(link))
    mail = factories.mail(body=f"次のURLから御回答ください。\n{address}\n", link_id=link.id)
    db.session.commit()
    return mail, links.token_of(link)


def text_in(message: bytes) -> str:
    text = message_from_bytes(message, policy=default).get_body(("plain",)).get_content()
    return text.replace("\r\n", "\n")


def last_entry(mail) -> HistoryEntry:
    return db.session.scalars(HistoryEntry.of(mail)).first()


def attachment(content: bytes = b"%PDF-1.7 a letter") -> dict[str, str]:
    return {
        "filename": "4未技第1号_見本市長.pdf",
        "path": storage().put(content, ".pdf"),
        "media_type": "application/pdf",
        "sha256": hashlib.sha256(content).hexdigest(),
    }


# Reading


def test_the_list_narrows_by_state_and_words(sign_in_as, at):
    factories.mail(subject="待っているメール")
    factories.mail(subject="送ったメール", sent_at=at, next_attempt_at=None)
    parked(at, subject="届かないメール", to_address="nobody@example.jp")
    client, _ = sign_in_as("officer")
    for query, subject in (
        ("state=queued", "待って"),
        ("state=sent", "送った"),
        ("state=parked", "届かない"),
        ("q=nobody", "届かない"),
    ):
        rows = list(
            csv.DictReader(io.StringIO(client.get(f"/mails?{query}&format=csv").data.decode("utf-8-sig")))
        )
        assert [row["件名"][:3] for row in rows] == [subject[:3]], query
    assert "550 5.1.1 no such user" in text_of(client.get("/mails"))


def test_the_list_asks_the_database_no_more_often_for_more_mails(sign_in_as, at):
    client, _ = sign_in_as("administrator")

    def queries() -> int:
        count = []

        def note(*_args):
            count.append(1)

        client.get("/mails")  # once for what is remembered from then on
        event.listen(db.engine, "before_cursor_execute", note)
        client.get("/mails")
        event.remove(db.engine, "before_cursor_execute", note)
        return len(count)

    factories.mail()
    few = queries()
    for _ in range(10):
        factories.mail()
    assert queries() == few


@pytest.mark.parametrize("role", ["director", "municipality_approver", "ministry_officer"])
def test_nobody_else_reads_the_outbox(sign_in_as, at, role):
    mail = factories.mail()
    client, _ = sign_in_as(role)
    assert client.get("/mails").status_code == 403
    assert client.get(f"/mails/{mail.id}").status_code == 403


def test_a_mail_is_shown_with_its_text_and_attachments(sign_in_as, at):
    mail = factories.mail(body="下記の文書を発出しました。\n<b>\n", attachments=[attachment()])
    client, _ = sign_in_as("officer")
    page = text_of(client.get(f"/mails/{mail.id}"))
    for text in (
        mail.to_address,
        mail.message_id.strip("<>"),
        "発出しました。",
        "&lt;b&gt;",
        "4未技第1号_見本市長.pdf",
    ):
        assert text in page
    answer = client.get(f"/mails/{mail.id}/attachments/1")
    assert (answer.mimetype, answer.data) == ("application/pdf", b"%PDF-1.7 a letter")
    assert client.get(f"/mails/{mail.id}/attachments/2").status_code == 404
    assert client.get(f"/mails/{mail.id}/attachments/0").status_code == 404


def test_what_a_mail_server_answered_is_shown_as_it_was_and_never_as_markup(sign_in_as, at):
    answer = "550 5.1.1 <kikaku@example.jp>: <script>alert(1)</script> 100% unknown"
    mail = parked(at, last_error=answer)
    mail.record("mail_parked", actor=SYSTEM, at=at, changes={"reason": answer}, audience="office")
    mail.record(
        "mail_deferred", actor=SYSTEM, at=at, changes={"error": answer, "attempt": 1}, audience="office"
    )
    client, _ = sign_in_as("officer")
    for page in (text_of(client.get(f"/mails/{mail.id}")), text_of(client.get("/mails"))):
        assert "<script>alert" not in page
        assert (
            "550 5.1.1 &lt;kikaku@example.jp&gt;: &lt;script&gt;alert(1)&lt;/script&gt; 100% unknown" in page
        )


def test_only_addresses_of_pages_become_links(app):
    text = (
        "電子メール：mirai@example.jp 次のページ（https://banso.example.jp/letters/1?a=1&b=2）からどうぞ。<b>"
    )
    assert with_links(text) == (
        "電子メール：mirai@example.jp 次のページ（"
        '<a href="https://banso.example.jp/letters/1?a=1&amp;b=2">https://banso.example.jp/letters/1?a=1&amp;b=2</a>'
        "）からどうぞ。&lt;b&gt;"
    )


def test_a_damaged_attachment_is_not_given_out(sign_in_as, at):
    mail = factories.mail(attachments=[{**attachment(), "sha256": "0" * 64}])
    client, _ = sign_in_as("officer")
    answer = client.get(f"/mails/{mail.id}/attachments/1", follow_redirects=True)
    assert "破損しています" in text_of(answer)


@pytest.mark.parametrize("role", ["officer", "administrator"])
def test_nobody_in_the_office_reads_a_one_time_link_before_its_mail_leaves_or_after(sign_in_as, at, role):
    mail, token = with_link(at)
    client, _ = sign_in_as(role)
    for _ in range(2):
        page = text_of(client.get(f"/mails/{mail.id}"))
        assert "御回答ください。\n（一度だけ使えるリンク。宛先の方だけに送られます）\n" in page
        assert token not in page and "/c/" not in page
        delivery.deliver_due(at=at)
    assert mail.state == "kept"


def test_the_file_of_a_mail_has_words_in_place_of_its_link(sign_in_as, at):
    mail, token = with_link(at)
    officer, _ = sign_in_as("officer")
    assert officer.get(f"/mails/{mail.id}.eml").status_code == 403
    client, _ = sign_in_as("administrator")
    for _ in range(2):
        text = text_in(client.get(f"/mails/{mail.id}.eml").data)
        assert "（一度だけ使えるリンク。宛先の方だけに送られます）" in text
        assert token not in text and "/c/" not in text
        delivery.deliver_due(at=at)
    assert f"http://127.0.0.1:8000/c/{token}\n" in text_in(delivery.kept_file(mail.id).read_bytes())


def test_a_demo_shows_its_links_since_it_sends_nothing(app, sign_in_as, at):
    app.config["DEMO"] = True
    mail, token = with_link(at)
    client, _ = sign_in_as("administrator")
    for _ in range(2):
        assert f'href="http://127.0.0.1:8000/c/{token}"' in text_of(client.get(f"/mails/{mail.id}"))
        assert token in text_in(client.get(f"/mails/{mail.id}.eml").data)
        delivery.deliver_due(at=at)
    assert mail.state == "kept"


def test_a_demo_keeps_a_mail_whose_link_was_used_before_it_could_leave(app, at):
    app.config["DEMO"] = True
    mail, token = with_link(at)
    links.revoke("membership", 7, at=at)
    db.session.commit()
    delivery.deliver_due(at=at)
    assert mail.state == "kept"
    text = text_in(delivery.kept_file(mail.id).read_bytes())
    assert "（使用済みのリンク）" in text and token not in text


def test_a_rehearsal_that_sends_mails_shows_no_link(app, sign_in_as, at):
    app.config.update(DEMO=True, SMTP_URL="smtp://127.0.0.1:1")
    mail, token = with_link(at)
    client, _ = sign_in_as("administrator")
    assert token not in text_of(client.get(f"/mails/{mail.id}"))
    assert token not in text_in(client.get(f"/mails/{mail.id}.eml").data)


def test_a_parked_mail_whose_link_is_no_longer_good_is_not_sent_again_and_says_what_to_do(
    sign_in_as, at, move_clock
):
    mail, _token = with_link(at)
    mail.next_attempt_at, mail.parked_at = None, at
    client, _ = sign_in_as("officer")
    assert "再送する" in text_of(client.get(f"/mails/{mail.id}"))
    move_clock(mail.link.expires_at)
    page = text_of(client.get(f"/mails/{mail.id}"))
    assert "再送する" not in page and "新しいリンクを作成してください" in page
    answer = client.post(f"/mails/{mail.id}/attempt", data={"to": mail.to_address}, follow_redirects=True)
    assert "新しいリンクを作成してください" in text_of(answer)
    assert mail.state == "parked"


def test_a_mail_that_is_set_aside_forgets_its_token_and_the_link_stays_good(at, app):
    mail, token = with_link(at)
    mail.next_attempt_at, mail.parked_at = None, at
    outbox.set_aside(mail, reason="届いていた", actor=factories.tenure("officer"), at=at)
    with pytest.raises(links.LinkGone):
        links.token_of(mail.link)
    assert links.find("membership", token, at=at).id == mail.link_id


def test_an_administrator_downloads_the_mail_as_it_was_kept(sign_in_as, at):
    mail = factories.mail(attachments=[attachment()])
    db.session.commit()
    delivery.deliver_due(at=at)
    client, _ = sign_in_as("administrator")
    answer = client.get(f"/mails/{mail.id}.eml")
    assert answer.mimetype == "message/rfc822"
    assert answer.data == (delivery.kept_file(mail.id)).read_bytes()
    message = message_from_bytes(answer.data, policy=default)
    assert [part.get_filename() for part in message.iter_attachments()] == ["4未技第1号_見本市長.pdf"]


def test_a_mail_that_cannot_be_put_together_says_so(sign_in_as, at):
    mail = parked(at, to_address="", last_error="")
    client, _ = sign_in_as("administrator")
    answer = client.get(f"/mails/{mail.id}.eml", follow_redirects=True)
    assert answer.status_code == 200
    assert "メールを作成できません" in text_of(answer)


# Deciding


def test_a_parked_mail_is_sent_again_to_the_same_address(sign_in_as, at):
    mail = parked(at)
    client, officer = sign_in_as("officer")
    assert "550 5.1.1 no such user" in text_of(client.get(f"/mails/{mail.id}"))
    client.post(f"/mails/{mail.id}/attempt", data={"to": mail.to_address})
    assert (mail.state, mail.next_attempt_at, mail.attempts, mail.last_error) == ("queued", at, 0, "")
    assert (last_entry(mail).event, last_entry(mail).actor_name) == ("mail_retried", officer.name)
    db.session.commit()
    assert delivery.deliver_due(at=at)["kept"] == 1


def test_a_parked_mail_is_sent_to_the_mailbox_that_the_body_has_now(sign_in_as, at):
    seat = factories.tenure("municipality_approver").seat
    mail = parked(at, to_address="", organisation_id=seat.organisation_id)
    client, _ = sign_in_as("officer")
    assert seat.mailbox in text_of(client.get(f"/mails/{mail.id}"))
    client.post(f"/mails/{mail.id}/attempt", data={"to": seat.mailbox})
    assert (mail.state, mail.to_address) == ("queued", seat.mailbox)
    assert last_entry(mail).changes["to_address"] == ["", seat.mailbox]


@pytest.mark.parametrize("to", ["", "elsewhere@example.jp"])
def test_a_mail_goes_to_no_address_that_was_not_offered(sign_in_as, at, to):
    mail = parked(at)
    client, _ = sign_in_as("officer")
    answer = client.post(f"/mails/{mail.id}/attempt", data={"to": to}, follow_redirects=True)
    assert answer.status_code == 200
    assert mail.state == "parked"


def test_a_mail_without_any_mailbox_cannot_be_sent_and_says_why(sign_in_as, at):
    mail = parked(at, to_address="", organisation_id=factories.organisation().id)
    client, _ = sign_in_as("officer")
    assert "送信先のメールアドレスがありません" in text_of(client.get(f"/mails/{mail.id}"))
    client.post(f"/mails/{mail.id}/attempt", data={})
    assert mail.state == "parked"


def test_a_parked_mail_is_set_aside_with_a_reason(sign_in_as, at):
    mail = parked(at)
    client, _ = sign_in_as("administrator")
    assert client.post(f"/mails/{mail.id}/set-aside", data={"reason": ""}).status_code == 422
    assert mail.state == "parked"
    client.post(f"/mails/{mail.id}/set-aside", data={"reason": "電話で伝達済み"})
    assert mail.state == "set_aside"
    assert (last_entry(mail).event, last_entry(mail).changes["reason"]) == (
        "mail_set_aside",
        "電話で伝達済み",
    )
    db.session.commit()
    assert delivery.deliver_due(at=at)["kept"] == 0
    assert "電話で伝達済み" in text_of(client.get(f"/mails/{mail.id}"))


def test_the_second_of_two_people_finds_the_mail_decided(sign_in_as, at):
    mail = parked(at)
    first, _ = sign_in_as("officer")
    second, _ = sign_in_as("administrator")
    first.post(f"/mails/{mail.id}/attempt", data={"to": mail.to_address})
    again = second.post(f"/mails/{mail.id}/attempt", data={"to": mail.to_address}, follow_redirects=True)
    aside = second.post(f"/mails/{mail.id}/set-aside", data={"reason": "伝達済み"}, follow_redirects=True)
    assert "この間に処理されています" in text_of(again)
    assert "未達のメールのみ" in text_of(aside)
    assert mail.state == "queued"
    assert [entry.event for entry in db.session.scalars(HistoryEntry.of(mail))] == ["mail_retried"]


@pytest.mark.parametrize("state", ["sent", "queued"])
def test_a_mail_that_is_sent_or_waits_is_neither_sent_again_nor_set_aside(sign_in_as, at, state):
    mail = factories.mail(**({"sent_at": at, "next_attempt_at": None} if state == "sent" else {}))
    client, _ = sign_in_as("officer")
    client.post(f"/mails/{mail.id}/attempt", data={"to": mail.to_address})
    client.post(f"/mails/{mail.id}/set-aside", data={"reason": "理由"})
    assert mail.state == state
