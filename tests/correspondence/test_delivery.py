"""Mail leaves once: over a real SMTP server that accepts, defers, refuses and breaks off where it hurts."""

from __future__ import annotations

import hashlib
import ssl
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from itertools import pairwise

import pytest

from app import create_app
from app.correspondence import delivery
from app.correspondence.smtp import Server
from app.db import db
from app.history import HistoryEntry
from app.storage import storage
from tests.correspondence.common import a_mail
from tests.correspondence.smtp_server import (
    ACCEPT,
    ACCEPT_AND_DROP,
    DROP_IN_THE_MIDDLE,
    DROP_UNANSWERED,
    GREYLIST,
    REFUSE,
    smtp_server,
)
from tests.reading import events

# Accepted


def test_an_accepted_mail_is_sent_and_never_sent_again(app, at):
    path = storage().put(b"%PDF-1.7 a letter", ".pdf")
    digest = hashlib.sha256(b"%PDF-1.7 a letter").hexdigest()
    mail = a_mail(
        to_address="kikaku@example.jp",
        to_name="北海道岩見沢市",
        subject="【未来技術社会実装事業】支援の終了について（通知）（4未技第1号）",
        body="文書を発出しました。\n髙﨑 𠮷田\n.\n..終わり\n",
        attachments=[
            {
                "filename": "4未技第1号_岩見沢市長.pdf",
                "path": path,
                "media_type": "application/pdf",
                "sha256": digest,
            }
        ],
    )
    with smtp_server() as server:
        app.config["SMTP_URL"] = server.url
        assert delivery.deliver_due(at=at)["sent"] == 1
        assert delivery.deliver_due(at=at)["sent"] == 0
        assert delivery.deliver_due(at=at + timedelta(days=1))["sent"] == 0
    (message,) = server.accepted
    assert server.recipients == ["kikaku@example.jp"]
    assert message["To"] == "北海道岩見沢市 <kikaku@example.jp>"
    assert message["From"].addresses[0].addr_spec == "banso@example.jp"
    assert message["Subject"] == mail.subject
    assert message["Date"].datetime == at.replace(microsecond=0)
    assert message["Message-ID"] == mail.message_id
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_body(("plain",)).get_content().splitlines() == mail.body.splitlines()
    (attachment,) = message.iter_attachments()
    assert attachment.get_filename() == "4未技第1号_岩見沢市長.pdf"
    assert hashlib.sha256(attachment.get_content()).hexdigest() == digest
    assert mail.state == "sent"
    assert (mail.attempts, mail.next_attempt_at, mail.claimed_at) == (1, None, None)
    assert events(mail) == ["mail_sent"]
    assert db.session.scalars(HistoryEntry.of(mail)).one().changes["answer"] == ACCEPT


def test_a_connection_that_breaks_after_the_acceptance_does_not_make_a_second_mail(app, at):
    first, second = a_mail(), a_mail()
    with smtp_server(ACCEPT_AND_DROP) as server:
        app.config["SMTP_URL"] = server.url
        assert delivery.deliver_due(at=at)["sent"] == 2
        assert delivery.deliver_due(at=at + timedelta(hours=1))["sent"] == 0
    assert server.seen == [first.message_id, second.message_id]
    assert server.connections == 2


def test_many_mails_go_over_one_connection(app, at):
    for _ in range(5):
        a_mail()
    with smtp_server() as server:
        app.config["SMTP_URL"] = server.url
        assert delivery.deliver_due(at=at)["sent"] == 5
    assert server.connections == 1


def test_a_mail_that_is_not_due_yet_waits(app, at):
    a_mail(next_attempt_at=at + timedelta(minutes=1))
    with smtp_server() as server:
        app.config["SMTP_URL"] = server.url
        assert delivery.deliver_due(at=at)["sent"] == 0


# Deferred


@pytest.mark.parametrize("trouble", [GREYLIST, DROP_IN_THE_MIDDLE, DROP_UNANSWERED])
def test_what_is_not_accepted_is_tried_again_later_as_the_same_mail(app, at, trouble):
    mail = a_mail(body="長い本文\n" * 5000)
    with smtp_server(trouble) as server:
        app.config["SMTP_URL"] = server.url
        assert delivery.deliver_due(at=at)["deferred"] == 1
        assert mail.state == "queued"
        assert mail.last_error
        assert at + timedelta(seconds=45) < mail.next_attempt_at < at + timedelta(seconds=80)
        assert delivery.deliver_due(at=at) == {"sent": 0, "kept": 0, "deferred": 0, "parked": 0}
        assert server.accepted == []
        assert delivery.deliver_due(at=at + timedelta(minutes=2))["sent"] == 1
    assert [message["Message-ID"] for message in server.accepted] == [mail.message_id]
    assert (mail.state, mail.attempts, mail.last_error) == ("sent", 2, "")
    assert events(mail) == ["mail_sent", "mail_deferred"]


def test_while_the_server_is_away_one_mail_is_tried_and_the_others_stay_due(app, at):
    mails = [a_mail() for _ in range(3)]
    with smtp_server() as server:
        app.config["SMTP_URL"] = server.url
    assert delivery.deliver_due(at=at) == {"sent": 0, "kept": 0, "deferred": 1, "parked": 0}
    assert [mail.attempts for mail in mails] == [1, 0, 0]
    assert "Connection refused" in mails[0].last_error


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_a_wrong_password_is_no_reason_to_give_a_mail_up(app, at):
    mail = a_mail()
    with smtp_server(login=("banso", "p@ss/word")) as server:
        app.config["SMTP_URL"] = f"smtp://banso:wrong@127.0.0.1:{server.port}"
        assert delivery.deliver_due(at=at)["deferred"] == 1
        assert mail.last_error.startswith("535")
        app.config["SMTP_URL"] = f"smtp://banso:p%40ss%2Fword@127.0.0.1:{server.port}"
        assert delivery.deliver_due(at=at + timedelta(minutes=2))["sent"] == 1


def test_encryption_that_was_asked_for_and_is_not_offered_keeps_the_mail_back(app, at):
    mail = a_mail()
    with smtp_server() as server:
        app.config["SMTP_URL"] = f"{server.url}?starttls=1"
        assert delivery.deliver_due(at=at)["deferred"] == 1
    assert server.seen == []
    assert mail.state == "queued"


def test_mail_goes_over_an_encrypted_line_only_when_the_certificate_is_trusted(
    app, at, tmp_path, monkeypatch
):
    a_mail()
    context, certificate = _certificate_for("127.0.0.1", tmp_path)
    with smtp_server(tls=context) as server:
        app.config["SMTP_URL"] = f"smtps://127.0.0.1:{server.port}"
        assert delivery.deliver_due(at=at)["deferred"] == 1
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert delivery.deliver_due(at=at + timedelta(minutes=2))["sent"] == 1
    assert len(server.seen) == 1


def test_the_waits_double_up_to_six_hours_and_last_about_three_days(app):
    waits = [delivery.wait_after(attempt) for attempt in range(1, delivery.ATTEMPTS)]
    assert timedelta(seconds=48) <= waits[0] <= timedelta(seconds=72)
    for earlier, later in pairwise(waits[:8]):
        assert 1.3 < later / earlier < 3.1
    assert max(waits) <= timedelta(hours=6)
    assert timedelta(days=2, hours=12) < sum(waits, timedelta()) < timedelta(days=3, hours=12)
    assert len({delivery.wait_after(5) for _ in range(10)}) > 1


def test_a_mail_that_never_gets_through_is_parked_for_staff(app, at):
    mail = a_mail(attempts=delivery.ATTEMPTS - 1)
    with smtp_server(GREYLIST) as server:
        app.config["SMTP_URL"] = server.url
        assert delivery.deliver_due(at=at)["parked"] == 1
        assert delivery.deliver_due(at=at + timedelta(days=9))["sent"] == 0
    assert (mail.state, mail.last_error) == ("parked", GREYLIST)
    assert events(mail) == ["mail_parked"]


def test_while_the_storage_is_away_the_mail_waits(app, at, monkeypatch):
    mail = a_mail(
        attachments=[
            {"filename": "a.pdf", "path": "aa/a.pdf", "media_type": "application/pdf", "sha256": "0"}
        ]
    )

    class Away:
        def get(self, path):
            raise ConnectionError("the bucket does not answer")

    monkeypatch.setattr("app.storage.storage", Away)
    with smtp_server() as server:
        app.config["SMTP_URL"] = server.url
        assert delivery.deliver_due(at=at)["deferred"] == 1
    assert mail.state == "queued"
    assert "does not answer" in mail.last_error


# Refused


def test_a_refused_mail_is_parked_at_once_and_the_next_one_still_goes(app, at):
    refused, next_one = a_mail(), a_mail()
    with smtp_server(REFUSE) as server:
        app.config["SMTP_URL"] = server.url
        assert delivery.deliver_due(at=at) == {"sent": 1, "kept": 0, "deferred": 0, "parked": 1}
        assert delivery.deliver_due(at=at + timedelta(days=3))["sent"] == 0
    assert (refused.state, refused.last_error, refused.parked_at) == ("parked", REFUSE, refused.parked_at)
    assert refused.next_attempt_at is None
    assert next_one.state == "sent"
    assert events(refused) == ["mail_parked"]
    assert server.seen == [refused.message_id, next_one.message_id]


@pytest.mark.parametrize(
    "fault",
    [
        {"to_address": "企画課@example.jp"},
        {"to_address": "no address at all"},
        {
            "attachments": [
                {"filename": "a.pdf", "path": "aa/none.pdf", "media_type": "application/pdf", "sha256": "0"}
            ]
        },
    ],
)
def test_what_no_server_could_be_given_is_parked_and_does_not_hold_up_the_others(app, at, fault):
    faulty, sound = a_mail(**fault), a_mail()
    with smtp_server() as server:
        app.config["SMTP_URL"] = server.url
        assert delivery.deliver_due(at=at) == {"sent": 1, "kept": 0, "deferred": 0, "parked": 1}
    assert (faulty.state, sound.state) == ("parked", "sent")
    assert faulty.last_error
    assert server.seen == [sound.message_id]


def test_a_damaged_attachment_is_not_sent(app, at):
    path = storage().put(b"%PDF as issued", ".pdf")
    mail = a_mail(
        attachments=[{"filename": "a.pdf", "path": path, "media_type": "application/pdf", "sha256": "0" * 64}]
    )
    with smtp_server() as server:
        app.config["SMTP_URL"] = server.url
        assert delivery.deliver_due(at=at)["parked"] == 1
    assert server.seen == []
    assert "SHA-256" in mail.last_error


# Without a server


def test_without_an_smtp_server_mails_are_kept_as_files_that_a_mail_program_opens(app, at):
    mail = a_mail(subject="選定結果について", body="選定しました。\n")
    assert delivery.deliver_due(at=at) == {"sent": 0, "kept": 1, "deferred": 0, "parked": 0}
    assert delivery.deliver_due(at=at)["kept"] == 0
    (file,) = (app.config["DATA_DIR"] / "mail").iterdir()
    assert mail.kept_path == f"mail/{file.name}"
    message = message_from_bytes(file.read_bytes(), policy=default)
    assert message["Subject"] == "選定結果について"
    assert message.get_content().splitlines() == ["選定しました。"]
    assert mail.state == "kept"
    assert events(mail) == ["mail_kept"]


def test_without_an_smtp_server_a_file_left_half_written_is_written_again(app, at):
    mail = a_mail(claimed_at=at - timedelta(minutes=20), attempts=1)
    assert delivery.deliver_due(at=at)["kept"] == 1
    assert mail.state == "kept"


def test_a_full_disk_only_puts_a_kept_mail_off(app, at):
    mail = a_mail()
    (app.config["DATA_DIR"] / "mail").write_text("in the way")
    assert delivery.deliver_due(at=at)["deferred"] == 1
    assert mail.state == "queued"
    (app.config["DATA_DIR"] / "mail").unlink()
    assert delivery.deliver_due(at=at + timedelta(minutes=2))["kept"] == 1


# The address of the server


def test_the_address_of_the_server_carries_port_encryption_and_login():
    assert Server.at("smtp://mail.example.jp") == Server("mail.example.jp", 25)
    assert Server.at("smtp://mail.example.jp?starttls=1") == Server("mail.example.jp", 587, starttls=True)
    assert Server.at("smtps://a%40b:c%2Fd@mail.example.jp") == Server(
        "mail.example.jp", 465, user="a@b", password="c/d", encrypted=True
    )
    assert Server.at("smtp://mail.example.jp:2525?starttls=0").port == 2525


@pytest.mark.parametrize(
    "url", ["mail.example.jp:25", "http://mail.example.jp", "smtp://", "smtp://mail.example.jp:99999"]
)
def test_an_address_that_cannot_be_used_is_told(url):
    with pytest.raises(ValueError, match="BANSO_SMTP_URL"):
        Server.at(url)


def test_an_application_with_such_an_address_does_not_start(tmp_path):
    with pytest.raises(SystemExit, match="BANSO_SMTP_URL must look like"):
        create_app({"SMTP_URL": "mail.example.jp:25", "DATA_DIR": tmp_path, "SECRET_KEY": "a test's"})


def _certificate_for(host: str, folder):
    from datetime import UTC, datetime
    from ipaddress import ip_address

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    certificate, private = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, private)
    return context, certificate
