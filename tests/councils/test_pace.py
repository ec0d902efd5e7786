"""The pace of a council's requests: in the operation, on its pages, and with several people at once."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app import calendar
from app.correspondence.models import Mail
from app.councils import operations, pace
from app.councils.models import Council, Membership
from app.councils.tasks import tasks
from app.db import db
from app.organisations.operations import Refused
from tests import factories

MAILBOX = "kotsu@example.jp"


@pytest.fixture
def council(app) -> Council:
    return factories.council(factories.project([factories.organisation("岩見沢市")]))


@pytest.fixture
def approver(council):
    return factories.tenure("municipality_approver", council.project.lead)


def ask(council, actor, at, mailbox=MAILBOX) -> Membership:
    return operations.ask(
        council, organisation_name="北海道運輸局", post="課長", role="構成員", mailbox=mailbox,
        reply_by=date(2023, 4, 1), actor=actor, at=at,
    )  # fmt: skip


def ask_again(membership, actor, at, mailbox=MAILBOX) -> None:
    operations.ask_again(membership, mailbox=mailbox, reply_by=date(2023, 4, 1), actor=actor, at=at)


def requests_sent() -> int:
    return db.session.scalar(select(func.count()).where(Mail.key.like("membership:%:asked:%"))) or 0


def test_the_same_mailbox_is_asked_again_after_three_working_days(council, approver, at):
    membership = ask(council, approver, at)
    for early in (at, at + timedelta(days=2), at + timedelta(days=4)):  # Wednesday, Friday, Sunday
        with pytest.raises(Refused, match="from 2023-02-20"):
            ask_again(membership, approver, early)
    ask_again(membership, approver, at + timedelta(days=5))
    assert requests_sent() == 2


def test_a_request_that_could_not_be_delivered_is_sent_again_at_once(council, approver, at):
    membership = ask(council, approver, at)
    mail = db.session.scalars(select(Mail)).one()
    mail.next_attempt_at, mail.parked_at, mail.last_error = None, at, "550 no such user"
    ask_again(membership, approver, at + timedelta(minutes=5))
    assert requests_sent() == 2


def test_a_corrected_address_is_asked_at_once_but_not_two_addresses_in_turn(council, approver, at):
    membership = ask(council, approver, at)
    ask_again(membership, approver, at, "right@example.jp")
    for mailbox in (MAILBOX, "right@example.jp"):
        with pytest.raises(Refused, match="a request already"):
            ask_again(membership, approver, at + timedelta(hours=1), mailbox)
    with pytest.raises(Refused, match="a request already"):
        ask(council, approver, at)  # nor under another name
    assert requests_sent() == 2


def test_a_council_sends_so_many_requests_a_day_and_goes_on_the_next(council, approver, at):
    members = [ask(council, approver, at, f"m{place}@example.jp") for place in range(pace.PER_DAY - 1)]
    ask_again(members[0], approver, at, "corrected@example.jp")
    for act in (
        lambda: ask(council, approver, at, "one-more@example.jp"),
        lambda: ask_again(members[1], approver, at, "another@example.jp"),
    ):
        with pytest.raises(Refused, match=r"as many as it may\. It can go on from 2023-02-16"):
            act()
    assert requests_sent() == pace.PER_DAY
    ask(council, approver, at + timedelta(days=1), "one-more@example.jp")
    ask(factories.council(), factories.tenure("officer"), at)  # another council has a pace of its own


def test_no_more_than_so_many_members_are_asked_at_once(council, approver, at):
    for _ in range(pace.OPEN_AT_ONCE):
        factories.membership(council)
    with pytest.raises(Refused, match="have not answered yet"):
        ask(council, approver, at)
    first = council.memberships[0]
    ask_again(first, approver, at, "corrected@example.jp")  # it is open already
    first.state, first.answered_at = "declined", at  # as their answer leaves it
    ask(council, approver, at)


def test_of_many_requests_at_once_none_slips_past_the_pace(council, approver, at):
    for place in range(pace.PER_DAY - 2):
        ask(council, approver, at, f"m{place}@example.jp")
    council_id, tenure_id = council.id, approver.id
    db.session.commit()
    together = threading.Barrier(6)
    told: list[str] = []

    def send(place: int) -> None:
        from app.organisations.models import Tenure

        with council_app.app_context():
            calendar.pin(at)
            found, actor = db.session.get_one(Council, council_id), db.session.get_one(Tenure, tenure_id)
            db.session.rollback()
            together.wait(timeout=20)
            try:
                ask(found, actor, at, f"late{place}@example.jp")
                db.session.commit()
                told.append("asked")
            except Refused:
                db.session.rollback()
                told.append("refused")
            db.session.remove()

    from flask import current_app

    council_app: Any = current_app._get_current_object()  # type: ignore[attr-defined]
    threads = [threading.Thread(target=send, args=(place,)) for place in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(told) == ["asked"] * 2 + ["refused"] * 4
    assert requests_sent() == pace.PER_DAY


def test_the_page_says_from_when_a_member_can_be_asked_again_and_offers_to_correct_the_address(
    council, sign_in_as, at, approver
):
    membership = ask(council, approver, at)
    client, _ = sign_in_as(tenure=approver)
    page = client.get(f"/projects/{council.project_id}/council").get_data(as_text=True)
    assert "2月20日から依頼可" in page and "アドレスを訂正する" in page
    form = client.get(f"/memberships/{membership.id}/request").get_data(as_text=True)
    assert "令和5年2月20日（月）" in form and "<button" in form
    sent = {"mailbox": MAILBOX, "reply_by": "2023-04-01"}
    refused = client.post(f"/memberships/{membership.id}/request", data=sent)
    assert refused.status_code == 422 and "令和5年2月20日（月）" in refused.get_data(as_text=True)


def test_a_council_that_has_sent_all_its_requests_of_the_day_is_offered_no_button(
    council, sign_in_as, at, approver, monkeypatch
):
    monkeypatch.setattr(pace, "PER_DAY", 1)
    membership = ask(council, approver, at)
    client, _ = sign_in_as(tenure=approver)
    page = client.get(f"/projects/{council.project_id}/council").get_data(as_text=True)
    assert "令和5年2月16日（木）から" in page
    assert (
        f"/councils/{council.id}/members" not in page and f"/memberships/{membership.id}/request" not in page
    )
    for address in (f"/councils/{council.id}/members", f"/memberships/{membership.id}/request"):
        told = client.get(address).get_data(as_text=True)
        assert "令和5年2月16日（木）から" in told and 'name="mailbox"' not in told
    sent = {
        "organisation_name": "x",
        "post": "x",
        "role": "構成員",
        "mailbox": "b@example.jp",
        "reply_by": "2023-04-01",
    }
    refused = client.post(f"/councils/{council.id}/members", data=sent)
    assert refused.status_code == 422 and "b@example.jp" in refused.get_data(as_text=True)


def test_the_task_to_ask_again_waits_until_it_can_be_done(council, approver, at, app):
    operations.ask(
        council, organisation_name="北海道運輸局", post="課長", role="構成員", mailbox=MAILBOX,
        reply_by=at.date(), actor=approver, at=at,
    )  # fmt: skip
    with app.test_request_context():
        told = {
            days: any("改めて依頼" in task.title for task in tasks(approver, at + timedelta(days=days)))
            for days in (1, 5)
        }
    assert told == {1: False, 5: True}
