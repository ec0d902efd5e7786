"""`flask doctor`: what this machine lacks."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
from contextlib import contextmanager

import pytest

from app.correspondence import smtp
from app.db import db
from app.doctor import checks
from tests import factories
from tests.correspondence.smtp_server import smtp_server


def test_the_doctor_finds_the_database_well_after_reading_the_demos_clock_from_it(app):
    """A connection of its own would wait half a minute for the one that read, and then call the database locked."""
    db.session.commit()
    told = app.test_cli_runner().invoke(args=["doctor"]).output
    assert "ok       database\n" in told


def test_the_doctor_tells_of_a_setting_that_the_programmes_page_has_taken_over(app):
    what = "what the first programme says"
    assert dict(checks())[what] == ""
    app.config.update(SAID_BY_SETTINGS=("ISSUER", "NUMBER_MARK"), ISSUER="見本局長")
    assert dict(checks())[what] == ""  # nobody has taken it over yet
    programme = factories.programme()
    assert dict(checks())[what] == ""
    programme.issuer = "別の局長"
    told = dict(checks())[what]
    assert "BANSO_ISSUER" in told and "BANSO_NUMBER_MARK" not in told


# The mail server


@pytest.fixture
def told_of(app, monkeypatch):
    """What the doctor says of the mail server at an address."""
    monkeypatch.setitem(smtp.trial.__kwdefaults__, "timeout", 0.5)

    def tell(url: str) -> str:
        app.config["SMTP_URL"] = url
        return dict(checks())["mail server"]

    return tell


@pytest.fixture
def certificate(tmp_path):
    """Made by nobody whom anybody trusts."""
    key, made = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = (
        f"openssl req -x509 -newkey rsa:2048 -nodes -keyout {key} -out {made} -days 2 -subj /CN=localhost"
    )
    subprocess.run(command.split(), check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made, key)
    return context


def test_the_doctor_really_asks_the_mail_server_and_sends_no_mail(told_of):
    with smtp_server() as server:
        assert told_of(server.url) == ""
        assert server.connections == 1 and server.seen == []


def test_the_doctor_says_that_nothing_listens_at_the_mail_servers_address(told_of):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    told = told_of(f"smtp://127.0.0.1:{port}")
    assert f"127.0.0.1:{port}" in told and "refused" in told


def test_the_doctor_waits_only_a_moment_for_a_mail_server_that_is_silent(told_of):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        told = told_of(f"smtp://127.0.0.1:{silent.getsockname()[1]}")
    assert "does not answer in time" in told


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_the_doctor_signs_in_as_a_mail_would(told_of):
    with smtp_server(login=("banso", "right")) as server:
        known = server.url.replace("//", "//banso:{}@")
        assert told_of(known.format("right")) == ""
        told = told_of(known.format("wrong"))
        assert "user and password" in told and "535" in told and "wrong" not in told


def test_the_doctor_says_that_the_mail_server_does_not_encrypt_as_it_is_asked_to(told_of):
    with smtp_server() as server:
        assert "does not offer" in told_of(f"{server.url}?starttls=1")
        assert "no encrypted connection" in told_of(server.url.replace("smtp:", "smtps:"))


def test_the_doctor_says_that_the_mail_servers_certificate_is_not_trusted(told_of, certificate):
    with smtp_server(tls=certificate) as server:
        assert "certificate" in told_of(server.url.replace("smtp:", "smtps:"))


def test_the_doctor_names_an_address_that_is_none(told_of):
    assert "BANSO_SMTP_URL" in told_of("mail.example.jp")
    assert "name in BANSO_SMTP_URL" in told_of("smtp://no-such-host.invalid")


def test_the_doctor_hears_a_server_that_turns_everybody_away(told_of):
    with turned_away() as port:
        told = told_of(f"smtp://127.0.0.1:{port}")
    assert "554" in told and "not today" in told


@contextmanager
def turned_away():
    with socket.create_server(("127.0.0.1", 0)) as door:

        def answer() -> None:
            caller, _ = door.accept()
            with caller:
                caller.sendall(b"554 not today\r\n")

        answering = threading.Thread(target=answer)
        answering.start()
        yield door.getsockname()[1]
        answering.join(10)
