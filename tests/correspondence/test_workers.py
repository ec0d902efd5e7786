"""Workers that deliver at once, and workers that die: no mail is sent twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError

from app.correspondence import delivery
from app.correspondence.models import Mail
from app.correspondence.smtp import Line
from app.db import db
from app.history import first_broken_entry
from tests.correspondence.common import a_mail
from tests.correspondence.smtp_server import (
    smtp_server,
)
from tests.reading import events


def test_workers_that_deliver_at_once_send_every_mail_once(app, at):
    ids = [a_mail().id for _ in range(20)]
    db.session.commit()

    def work():
        with app.app_context():
            return delivery.deliver_due(at=at)["sent"]

    with smtp_server() as server:
        app.config["SMTP_URL"] = server.url
        with ThreadPoolExecutor(3) as pool:
            counts = [future.result(timeout=120) for future in [pool.submit(work) for _ in range(3)]]
    assert sum(counts) == len(ids)
    assert len(server.seen) == len(set(server.seen)) == len(ids)
    assert {mail.state for mail in db.session.scalars(select(Mail))} == {"sent"}
    assert first_broken_entry() is None


def test_a_mail_left_by_a_dead_worker_is_not_sent_blindly_but_parked_for_staff(app, at):
    abandoned = a_mail(claimed_at=at - timedelta(minutes=16), attempts=1)
    in_hand = a_mail(claimed_at=at - timedelta(minutes=5), attempts=1)
    with smtp_server() as server:
        app.config["SMTP_URL"] = server.url
        assert delivery.deliver_due(at=at) == {"sent": 0, "kept": 0, "deferred": 0, "parked": 1}
    assert server.seen == []
    assert (abandoned.state, in_hand.state) == ("parked", "sending")
    assert abandoned.last_error == delivery.MAY_HAVE_BEEN_SENT
    assert events(abandoned) == ["mail_parked"]


@pytest.mark.parametrize("end", ["the database goes away", "the worker is killed"])
def test_what_was_accepted_in_the_last_moment_of_a_worker_is_never_sent_twice(app, at, monkeypatch, end):
    mail = a_mail()
    with smtp_server() as server:
        app.config["SMTP_URL"] = server.url
        if end == "the worker is killed":
            hand_in = Line.hand_in

            def accepted_and_killed(*args, **kwargs):
                hand_in(*args, **kwargs)
                raise SystemExit

            with monkeypatch.context() as dying:
                dying.setattr(Line, "hand_in", accepted_and_killed)
                with pytest.raises(SystemExit):
                    delivery.deliver_due(at=at)
        else:

            def away(*_args):
                raise OperationalError("UPDATE", {}, Exception("the server closed the connection"))

            engine = db.engine
            server.on_acceptance = lambda: event.listen(engine, "before_cursor_execute", away)
            try:
                with pytest.raises(OperationalError):
                    delivery.deliver_due(at=at)
            finally:
                event.remove(db.engine, "before_cursor_execute", away)
                server.on_acceptance = lambda: None
        db.session.rollback()
        assert len(server.accepted) == 1
        assert mail.state == "sending"
        for minutes in (1, 10, 16, 60):
            delivery.deliver_due(at=at + timedelta(minutes=minutes))
    assert len(server.accepted) == 1
    assert mail.state == "parked"


def test_no_transaction_is_open_while_the_server_thinks(app, at):
    a_mail()
    open_then, pool = [], db.engine.pool
    with smtp_server() as server:
        server.on_acceptance = lambda: open_then.append(pool.checkedout())
        app.config["SMTP_URL"] = server.url
        delivery.deliver_due(at=at)
    assert open_then == [0]
