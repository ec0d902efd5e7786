"""What waits for whom, and until when."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from app.applications.tasks import tasks
from app.calendar import JST
from tests import factories
from tests.factories.applications import holder

CLOSES = datetime(2023, 3, 17, 12, 0, tzinfo=JST)


@pytest.fixture
def told(app):
    """The tasks of an actor, as English msgids: outside a page there is no language to translate into."""

    def of(actor, at):
        with app.test_request_context():
            return tasks(actor, at)

    return of


@pytest.fixture
def call(app):
    return factories.call(closes_at=CLOSES)


def test_a_draft_is_to_be_finished_before_the_call_closes(told, call, at):
    application = factories.application(call=call)
    for role in ("municipality_editor", "municipality_approver"):
        (task,) = told(holder(role, application.organisation), at)
        assert (task.url, task.about, task.due) == (
            f"/applications/{application.id}",
            application.title,
            CLOSES,
        )
    assert told(holder("municipality_editor", application.organisation), CLOSES) == []


def test_what_was_handed_over_waits_for_the_approver(told, call, at):
    application = factories.application("in_approval", call=call)
    (task,) = told(holder("municipality_approver", application.organisation), at)
    assert task.url == f"/applications/{application.id}/submission"
    (task,) = told(holder("municipality_editor", application.organisation), at)
    assert task.url == f"/applications/{application.id}"


def test_a_returned_one_stays_a_task_and_turns_late(told, call, at):
    application = factories.application("returned", call=call)
    editor = holder("municipality_editor", application.organisation)
    (task,) = told(editor, at)
    assert task.due == application.correction_due_at and not task.is_late(at)
    (task,) = told(editor, at + timedelta(days=30))
    assert task.is_late(at + timedelta(days=30))


def test_nobody_elses_application_is_a_task(told, call, at):
    factories.application(call=call)
    assert told(factories.tenure("municipality_editor"), at) == []
    assert told(factories.tenure("director"), at) == []


@pytest.mark.parametrize("state", ["submitted", "accepted", "withdrawn"])
def test_what_the_office_has_is_no_task_of_the_municipality(told, call, at, state):
    application = factories.application(state, call=call)
    assert told(holder("municipality_editor", application.organisation), at) == []


def test_officers_have_one_line_for_each_call_with_what_is_to_be_checked(told, call, at):
    for state in ("submitted", "submitted", "accepted", "draft", "returned"):
        factories.application(state, call=call)
    (task,) = told(holder("officer"), at)
    assert task.url == f"/applications?call={call.id}&assignee=nobody&state=submitted"
    assert "2" in task.title and task.about == call.title
    overdue = told(holder("officer"), at + timedelta(days=8))[1]
    assert overdue.url == f"/applications?call={call.id}&assignee=nobody&state=lapsed"
    assert overdue.is_late(at + timedelta(days=8))
