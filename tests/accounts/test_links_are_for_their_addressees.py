"""A one-time link is for the eyes of its addressee alone: not in the database, the log, the files' names or a page."""

from __future__ import annotations

import html
import json
import logging
import re
from collections import Counter
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from app.correspondence import copies, delivery, messages
from app.correspondence.models import Mail
from app.councils import operations as councils
from app.councils import reminders
from app.db import db
from app.organisations import links
from app.organisations.models import OneTimeLink
from app.schedule.reminders import DueReminder, Subject
from app.schedule.rules import RULES
from tests import factories
from tests.correspondence.common import as_received
from tests.correspondence.smtp_server import REFUSE_AND_QUOTE, smtp_server

TOKEN = re.compile(r"/(?:password|c)/([A-Za-z0-9_-]{43})(?![A-Za-z0-9_-])")
NEW = {"new_password": "correct horse battery", "new_password_again": "correct horse battery"}


@pytest.fixture
def office(sign_in_as) -> dict:
    return {role: sign_in_as(role)[0] for role in ("administrator", "officer", "director")}


@pytest.fixture
def asked_for(app, client, office, at) -> list[Mail]:
    """A mail with each kind of link: forgotten, invited, seat handed over, asked into a council, reminded, asked again."""
    director = factories.tenure("director")
    client.post("/password/forgotten", data={"email": director.person.email})
    invited = factories.tenure("officer").person
    office["administrator"].post(f"/people/{invited.id}/password-link")
    seat = factories.tenure("municipality_approver", factories.organisation("岩見沢市", "012106")).seat
    handed = {"email": "taro@example.jp", "name": "後任 太郎", "on": "令和5年4月1日"}
    office["administrator"].post(f"/seats/{seat.id}/holder", data=handed)
    council = factories.council(factories.project([seat.organisation]))
    asked = {"organisation_name": "北海道運輸局", "post": "課長", "role": "会長", "reply_by": "R5.3.1"}
    for number in (1, 2):
        member = {**asked, "mailbox": f"member{number}@example.jp"}
        office["officer"].post(f"/councils/{council.id}/members", data=member)
    first, second = council.memberships
    subject = Subject(first.kind, first.id, anchor=first.reply_by)
    reminders.remind_of_answer(DueReminder(RULES["membership_unanswered"], subject, 14), at)
    councils.ask_again(
        second,
        mailbox="member3@example.jp",
        reply_by=first.reply_by,
        actor=factories.tenure("officer"),
        at=at,
    )
    db.session.commit()
    found = list(db.session.scalars(select(Mail).where(Mail.link_id.is_not(None)).order_by(Mail.id)))
    assert len(found) == 7
    return found


def tokens_in(mails) -> set[str]:
    """Those that the links still have."""
    return {found for mail in mails if mail.link.nonce for found in TOKEN.findall(as_received(mail))}


def everything_kept() -> Iterator[tuple[str, str]]:
    for table in db.metadata.sorted_tables:
        for row in db.session.execute(select(table)).mappings():
            for column, value in row.items():
                yield f"{table.name}.{column}", str(value)
                yield f"{table.name}.{column}", json.dumps(value, default=str, ensure_ascii=False)


def crawled(client) -> Iterator[tuple[str, str]]:
    """What leads on from the first page: every mail, and of each other kind of page and file the first few."""
    ahead, seen, kinds = ["/", "/mails", "/mails?format=csv", "/mails?format=xlsx"], set(), Counter()
    while ahead:
        path = ahead.pop()
        kind = re.sub(r"\d+", "N", path.partition("?")[0])
        if path in seen or kind.startswith(("/static", "/language")):
            continue
        seen.add(path)
        kinds[kind] += 1
        if kinds[kind] > 3 and not kind.startswith("/mails/"):
            continue
        answer = client.get(path)
        said = answer.get_data(as_text=answer.mimetype == "text/html")
        yield path, said if isinstance(said, str) else said.decode("utf-8", "replace")
        if answer.mimetype == "text/html":
            ahead += [html.unescape(found) for found in re.findall(r'href="(/[^"#]*)', said)]
    assert "/mails" in seen


def our_lines(caplog) -> str:
    """Without those of the mail server that stands in the test's own process."""
    return "\n".join(it.getMessage() for it in caplog.records if it.name != "mail.log")


def everything_shown(office) -> Iterator[tuple[str, str]]:
    for role, client in office.items():
        if role == "director":
            assert client.get("/mails").status_code == 403
        yield from ((f"{role} {path}", said) for path, said in crawled(client))


def test_no_table_page_file_or_line_of_the_log_has_a_link_before_it_is_mailed(app, office, asked_for, caplog):
    caplog.set_level(logging.DEBUG)
    tokens = tokens_in(asked_for)
    assert len(tokens) == 6  # asked again, the member's first link is gone
    for where, said in [*everything_kept(), *everything_shown(office), ("the log", our_lines(caplog))]:
        assert not [token for token in tokens if token in said], where
        assert not TOKEN.search(said), where


def test_nor_after_it_was_mailed_refused_and_mailed_again(app, office, asked_for, at, caplog):
    caplog.set_level(logging.DEBUG)
    tokens = tokens_in(asked_for)
    with smtp_server(*[REFUSE_AND_QUOTE] * 2) as server:
        app.config["SMTP_URL"] = server.url
        delivery.deliver_due(at=at)
        refused = [mail for mail in asked_for if mail.state == "parked" and "links to" in mail.last_error]
        assert len(refused) == 2 and all("…" in mail.last_error for mail in refused)
        for mail in refused:
            office["officer"].post(f"/mails/{mail.id}/attempt", data={"to": mail.to_address})
        delivery.deliver_due(at=at)
    copies.send(on=at.date(), at=at)
    db.session.commit()
    received = [message.get_body(("plain",)).get_content().replace("\r", "") for message in server.accepted]
    assert {found for text in received for found in TOKEN.findall(text)} == tokens
    for where, said in [*everything_kept(), *everything_shown(office), ("the log", our_lines(caplog))]:
        assert not [token for token in tokens if token in said], where
        assert not TOKEN.search(said), where
    assert db.session.scalars(select(OneTimeLink.nonce)).all() == [None] * len(asked_for)


def test_a_link_that_was_mailed_opens_its_page_and_nobody_can_make_its_token_again(
    app, client, asked_for, at
):
    with smtp_server() as server:
        app.config["SMTP_URL"] = server.url
        delivery.deliver_due(at=at)
    with pytest.raises(links.LinkGone):
        links.token_of(asked_for[0].link)
    text = server.accepted[0].get_body(("plain",)).get_content().replace("\r", "")
    token = TOKEN.findall(text)[0]
    assert f"\n　http://127.0.0.1:8000/password/{token}\n" in text
    assert client.post(f"/password/{token}", data=NEW).status_code == 302


def test_a_mail_that_waited_until_its_link_was_over_is_parked_and_says_what_to_do(app, asked_for, at):
    first = asked_for[0]
    with smtp_server() as server:
        app.config["SMTP_URL"] = server.url
        delivery.deliver_due(at=first.link.expires_at)
    assert (first.state, first.last_error) == ("parked", messages.LINK_GONE)
    assert first.message_id not in server.seen


def test_a_mail_whose_link_was_replaced_before_it_left_is_set_aside_by_itself(app, office, asked_for, at):
    first = asked_for[0]
    links.revoke(first.link.purpose, first.link.subject_id, at=at)
    db.session.commit()
    with smtp_server() as server:
        app.config["SMTP_URL"] = server.url
        delivery.deliver_due(at=at)
    assert (first.state, first.last_error) == ("set_aside", messages.LINK_USED)
    assert first.message_id not in server.seen
    page = office["officer"].get(f"/mails/{first.id}").get_data(as_text=True)
    assert "使用された" in page


def test_an_administrator_does_not_read_a_directors_link_in_the_outbox(app, client, sign_in_as):
    director = factories.tenure("director")
    db.session.commit()
    client.post("/password/forgotten", data={"email": director.person.email})
    mail = db.session.scalars(select(Mail)).one()
    administrator, _ = sign_in_as("administrator")
    page = administrator.get(f"/mails/{mail.id}").get_data(as_text=True)
    assert not TOKEN.search(page) and not TOKEN.search(mail.body)


def test_with_another_key_of_the_server_no_mail_leaves_with_a_link_that_opens_nothing(app, asked_for, at):
    app.config["SECRET_KEY"] = "another"
    with smtp_server() as server:
        app.config["SMTP_URL"] = server.url
        delivery.deliver_due(at=at)
    assert [mail.state for mail in asked_for if mail.link.used_at is None] == ["parked"] * 6
    assert not set(server.seen) & {mail.message_id for mail in asked_for}


def test_nobody_who_asks_a_member_can_lead_the_token_to_another_address(app, office, at):
    """What stands for the token in the text is made with the link, so nobody can have typed it before."""
    council = factories.council()
    asked = {
        "organisation_name": "http://evil.example.jp/~",
        "post": "課長",
        "role": "会長",
        "reply_by": "R5.3.1",
    }
    for number in (1, 2):
        office["officer"].post(
            f"/councils/{council.id}/members", data={**asked, "mailbox": f"m{number}@example.jp"}
        )
    first, second = db.session.scalars(select(Mail).where(Mail.link_id.is_not(None)).order_by(Mail.id))
    assert links.place_of(first.link) != links.place_of(second.link)
    assert as_received(first).count(links.token_of(first.link)) == 1
