"""Mails that a clock has dated ahead do not wait for it to come round again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.correspondence import delivery, outbox
from app.db import db
from tests import factories

MONTH = timedelta(days=30)


def test_a_mail_queued_before_the_clock_was_set_back_leaves_at_once(app, at):
    outbox.queue("early", to_address="a@example.jp", subject="見本", body="見本\n", at=at + MONTH)
    db.session.commit()
    assert delivery.deliver_due(at=at)["kept"] == 1


@pytest.mark.parametrize("wait", [timedelta(minutes=1), delivery.LONGEST_WAIT])
def test_a_mail_that_was_put_off_still_waits_its_time(app, at, wait):
    factories.mail(next_attempt_at=at + wait)
    db.session.commit()
    assert delivery.deliver_due(at=at)["kept"] == 0
    assert delivery.deliver_due(at=at + wait)["kept"] == 1


def test_a_claim_from_before_the_clock_was_set_back_is_given_up(app, at):
    mail = factories.mail(claimed_at=at + MONTH)
    fresh = factories.mail(claimed_at=at - timedelta(minutes=1))
    db.session.commit()
    assert delivery.deliver_due(at=at)["kept"] == 1
    assert (mail.state, fresh.state) == ("kept", "sending")
