"""A draft can lie there before its call opens: who submits too early is told when it opens, never that it is too late."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from app.applications import submission
from app.applications.submission import TooEarly
from app.applications.tasks import tasks
from app.calendar import JST
from app.db import db
from tests import factories
from tests.factories.applications import holder
from tests.reading import text_of

OPENS = datetime(2023, 2, 15, 9, 0, tzinfo=JST)
NIGHT = datetime(2023, 2, 15, 3, 0, tzinfo=JST)
TOLD = "令和5年2月15日（水）9時"
NEVER = ("提出の期限", "提出期限を過ぎ", "締め切られた", "期限を過ぎ")


@pytest.fixture
def application(app):
    return factories.application("in_approval", call=factories.call(opens_at=OPENS))


@pytest.fixture
def people(application, sign_in_as, move_clock):
    signed_in = {
        role: sign_in_as(tenure=holder(f"municipality_{role}", application.organisation))[0]
        for role in ("editor", "approver")
    }
    move_clock(NIGHT)
    return signed_in


def test_a_submission_before_the_opening_is_told_when_the_call_opens(application, people):
    with pytest.raises(TooEarly) as refused:
        submission.submit(
            application, actor=holder("municipality_approver", application.organisation), at=NIGHT
        )
    assert refused.value.opens_at == OPENS
    answer = people["approver"].post(f"/applications/{application.id}/submission")
    assert answer.status_code == 422 and TOLD in text_of(answer)
    assert not any(words in text_of(answer) for words in NEVER)
    db.session.refresh(application)
    assert (application.state, application.number) == ("in_approval", None)


def test_the_page_of_the_submission_says_when_the_call_opens_and_offers_no_button(application, people):
    shown = text_of(people["approver"].get(f"/applications/{application.id}/submission"))
    assert TOLD in shown and not any(words in shown for words in NEVER)
    assert not re.search(rf'action="/applications/{application.id}/submission"', shown)


def test_nothing_is_handed_over_before_the_opening_and_the_editor_is_told_when_it_opens(application, people):
    editor = people["editor"]
    editor.post(f"/applications/{application.id}/drafting")
    answer = editor.post(f"/applications/{application.id}/approval-request")
    assert answer.status_code == 422 and TOLD in text_of(answer)
    assert db.session.get(type(application), application.id).state == "draft"
    for address in ("check", ""):
        shown = text_of(editor.get(f"/applications/{application.id}/{address}".rstrip("/")))
        assert TOLD in shown and not any(words in shown for words in NEVER)
    assert "approval-request" not in text_of(editor.get(f"/applications/{application.id}/check"))


def test_the_task_of_the_approver_says_when_the_call_opens(application, people, app):
    with app.test_request_context():
        (task,) = tasks(holder("municipality_approver", application.organisation), NIGHT)
    assert TOLD in task.title


def test_a_call_that_has_not_opened_says_so_to_who_wants_to_start(application, people):
    answer = people["editor"].get(f"/calls/{application.call_id}/applications")
    assert f"{TOLD}から" in text_of(answer)
