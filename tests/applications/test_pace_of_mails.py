"""What editor and approver pass to each other does not become a mail each time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.applications import mails, submission
from app.correspondence.models import Mail
from app.db import db
from tests import factories
from tests.factories.applications import holder


@pytest.fixture
def draft(app):
    return factories.application()


@pytest.fixture
def editor(draft):
    return holder("municipality_editor", draft.organisation)


@pytest.fixture
def approver(draft):
    return holder("municipality_approver", draft.organisation)


def queued(kind: str) -> int:
    return db.session.scalar(select(func.count()).where(Mail.key.contains(f":{kind}:"))) or 0


def test_handing_over_and_taking_back_in_turn_tells_the_approver_once_an_hour(draft, editor, approver, at):
    told = []
    for minute in range(0, 120, 2):
        now = at + timedelta(minutes=minute)
        told.append(submission.hand_over(draft, actor=editor, at=now))
        submission.take_back(draft, actor=editor, at=now)
    assert queued("approval-requested") == told.count(True) == 2


def test_what_was_sent_back_is_news_when_it_is_handed_over_again(draft, editor, approver, at):
    submission.hand_over(draft, actor=editor, at=at)
    submission.send_back(draft, reason="題名", actor=approver, at=at + timedelta(minutes=5))
    assert submission.hand_over(draft, actor=editor, at=at + timedelta(minutes=10))
    assert (queued("approval-requested"), queued("sent-back")) == (2, 1)


def test_editor_and_approver_together_cause_no_more_than_so_many_mails_a_day(draft, editor, approver, at):
    for minute in range(0, 200, 2):
        submission.hand_over(draft, actor=editor, at=at + timedelta(minutes=minute))
        submission.send_back(draft, reason="もう一度", actor=approver, at=at + timedelta(minutes=minute + 1))
    assert queued("approval-requested") == queued("sent-back") == mails.MOST_A_DAY
    later = at + timedelta(days=1, hours=4)
    assert submission.hand_over(draft, actor=editor, at=later)


def test_a_correction_reported_as_mended_again_and_again_tells_the_approver_once_an_hour(at, app):
    returned = factories.application("returned")
    editor = holder("municipality_editor", returned.organisation)
    holder("municipality_approver", returned.organisation)
    for minute in range(0, 50, 5):
        submission.report_mended(returned, actor=editor, at=at + timedelta(minutes=minute))
    assert queued("approval-requested") == 1


def test_the_page_says_when_no_further_mail_is_sent(draft, sign_in_as, approver, editor):
    client, _ = sign_in_as(tenure=editor)
    for sentence in ("依頼をメールで送りました", "改めてメールは送信しません"):
        page = client.post(f"/applications/{draft.id}/approval-request", follow_redirects=True)
        assert sentence in page.get_data(as_text=True)
        client.post(f"/applications/{draft.id}/drafting")
