"""What becomes of a mail is on record: sent, kept, put off, parked, set aside; who is told how many there were."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from sqlalchemy import select

from app import halting
from app.correspondence import delivery, messages
from app.correspondence.models import Mail
from app.db import db
from app.history import HistoryEntry
from app.organisations import links
from app.organisations.models import OneTimeLink
from app.seals import seal_of
from tests import factories
from tests.correspondence.common import a_mail
from tests.correspondence.smtp_server import GREYLIST, REFUSE, smtp_server


def last(mail: Mail) -> HistoryEntry:
    return db.session.scalars(HistoryEntry.of(mail)).first()


def asking(at) -> tuple[Mail, OneTimeLink]:
    """A mail that asks somebody for an answer by a link."""
    link = links.make("membership", 7, expires_at=at + timedelta(days=1))
    return a_mail(body=f"https://banso.example.jp/{links.place_of(link)}", link_id=link.id), link


@pytest.mark.parametrize("smtp", [True, False], ids=["by a server", "as files"])
def test_a_mail_whose_link_was_used_before_it_left_is_set_aside_and_counted(app, at, smtp):
    mail, link = asking(at)
    links.use(link, at=at)
    db.session.commit()
    with smtp_server() as server:
        app.config["SMTP_URL"] = server.url if smtp else ""
        assert delivery.deliver_due(at=at)["set_aside"] == 1
    assert server.seen == []
    assert (mail.state, mail.last_error, mail.attempts) == ("set_aside", messages.LINK_USED, 1)
    assert abs(mail.set_aside_at - at) < timedelta(minutes=1)
    entry = last(mail)
    assert (entry.event, entry.audience, entry.actor_role) == ("mail_set_aside", "office", "system")
    assert entry.changes == {"reason": messages.LINK_USED, "seal": seal_of(mail)}


@pytest.mark.parametrize("smtp", [True, False], ids=["by a server", "as files"])
def test_a_token_is_in_the_mail_that_leaves_and_forgotten_afterwards(app, at, smtp):
    mail, link = asking(at)
    token = links.token_of(link)
    with smtp_server() as server:
        app.config["SMTP_URL"] = server.url if smtp else ""
        delivery.deliver_due(at=at)
    if smtp:
        [message] = server.accepted
        assert token in message.get_content() and mail.state == "sent"
    else:
        message = message_from_bytes(delivery.kept_file(mail.id).read_bytes(), policy=default)
        assert token in message.get_content() and mail.state == "kept"
    with pytest.raises(links.LinkGone):
        links.token_of(link)


@pytest.mark.parametrize(
    ("answer", "event", "told"),
    [
        ("", "mail_sent", {"answer"}),
        (GREYLIST, "mail_deferred", {"error", "attempt"}),
        (REFUSE, "mail_parked", {"reason"}),
    ],
)
def test_every_outcome_is_sealed_with_the_mail_as_it_then_is(app, at, answer, event, told):
    mail = a_mail()
    with smtp_server(*([answer] if answer else [])) as server:
        app.config["SMTP_URL"] = server.url
        delivery.deliver_due(at=at)
    entry = last(mail)
    assert (entry.event, entry.changes.keys()) == (event, {*told, "seal"})
    assert entry.changes["seal"] == seal_of(mail)
    assert mail.claimed_at is None


def test_what_waits_is_counted_and_nothing_leaves_while_a_halt_holds_mails_back(app, at):
    a_mail(), a_mail(next_attempt_at=at + timedelta(hours=1))
    factories.mail(next_attempt_at=None, parked_at=at)
    db.session.commit()
    assert delivery.count_waiting() == 2
    held_back = next(name for name, reason in halting.REASONS.items() if reason.stops_mail)
    halting.halt(held_back, at=at)
    db.session.commit()
    before = delivery.count_waiting()
    assert delivery.deliver_due(at=at) == {"sent": 0, "kept": 0, "deferred": 0, "parked": 0}
    assert delivery.count_waiting() == before


def test_a_claim_of_a_worker_that_died_is_given_up_after_a_quarter_of_an_hour_and_never_sent_again(app, at):
    """Nobody knows whether the server accepted it."""
    lost = a_mail(claimed_at=at - timedelta(minutes=15, seconds=1), attempts=1)
    fresh = a_mail(claimed_at=at - timedelta(minutes=14), attempts=1)
    with smtp_server() as server:
        app.config["SMTP_URL"] = server.url
        assert delivery.deliver_due(at=at) == {"sent": 0, "kept": 0, "deferred": 0, "parked": 1}
    assert server.seen == []
    assert (lost.state, lost.last_error) == ("parked", delivery.MAY_HAVE_BEEN_SENT)
    assert (lost.claimed_at, lost.next_attempt_at) == (None, None)
    entry = last(lost)
    assert (entry.event, entry.audience) == ("mail_parked", "office")
    assert entry.changes == {"reason": delivery.MAY_HAVE_BEEN_SENT}
    assert fresh.state == "sending"
    assert db.session.scalar(select(Mail.attempts).where(Mail.id == fresh.id)) == 1
