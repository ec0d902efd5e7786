"""Once support is over nobody is asked for a council any more: no button, and who sends it anyway reads why."""

from __future__ import annotations

from datetime import date

import pytest

from app.councils import operations
from app.db import db
from tests import factories

OVER = "この事業の支援は、既に終了しています。"


@pytest.fixture
def council(app, at):
    officer = factories.tenure("officer")
    made = operations.form(factories.project(), name="見本協議会", actor=officer, at=at)
    operations.ask(
        made,
        organisation_name="見本大学",
        post="教授",
        role="会長",
        mailbox="member@example.jp",
        reply_by=date(2023, 3, 1),
        actor=officer,
        at=at,
    )
    db.session.commit()
    return made


def test_while_support_goes_on_members_are_asked(council, sign_in_as):
    client, _ = sign_in_as("officer")
    page = client.get(f"/projects/{council.project_id}/council").get_data(as_text=True)
    assert f"/councils/{council.id}/members" in page and "/request" in page
    assert f"/councils/{council.id}/meetings" in page
    assert f"/councils/{council.id}/activation" not in page  # nobody has agreed


def test_once_it_is_over_nobody_is_and_a_meeting_can_still_be_recorded(council, sign_in_as):
    council.project.state = "ended"
    (membership,) = council.memberships
    db.session.commit()
    client, _ = sign_in_as("officer")
    page = client.get(f"/projects/{council.project_id}/council").get_data(as_text=True)
    assert f"/councils/{council.id}/members" not in page and "/request" not in page
    assert f"/councils/{council.id}/meetings" in page
    member = {"organisation_name": "見本協会", "post": "会長", "role": "構成員", "mailbox": "b@example.jp"}
    for url, data in (
        (f"/councils/{council.id}/members", {**member, "reply_by": "2023-03-01"}),
        (f"/memberships/{membership.id}/request", {"mailbox": "c@example.jp", "reply_by": "2023-03-01"}),
    ):
        answer = client.post(url, data=data)
        assert answer.status_code == 409 and OVER in answer.get_data(as_text=True), url


def test_somebody_has_to_have_agreed_before_it_is_set_up(council, sign_in_as):
    client, _ = sign_in_as("officer")
    answer = client.post(f"/councils/{council.id}/activation", follow_redirects=True)
    assert "構成員が1名以上承諾すると" in answer.get_data(as_text=True)
    db.session.expire_all()
    assert council.state == "forming"
