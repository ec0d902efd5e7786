"""Two people in one draft: each is told who else is there, and at which section."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app import calendar
from app.db import db
from app.permissions import APPROVER, EDITOR
from app.questions import presence
from tests import factories


@pytest.fixture
def draft(app):
    return factories.application("draft")


def _say(client, draft, section):
    return client.post(f"/applications/{draft.id}/presence", data={"section": section}).get_json()["others"]


def test_each_is_told_of_the_other_and_of_the_section(draft, sign_in_as):
    first, one = sign_in_as(EDITOR, draft.organisation)
    assert _say(first, draft, "basics") == []
    second, other = sign_in_as(APPROVER, draft.organisation)
    assert _say(second, draft, "technologies") == [
        f"{one.name}さんもこの申請を開いています（「事業名・概要」）。"
    ]
    [told] = _say(first, draft, "technologies")
    assert told.startswith(f"{other.name}さんもこの項目を開いています")
    page = first.get(f"/applications/{draft.id}/technologies").get_data(as_text=True)
    assert told in page
    assert f"{other.name}さんもこの申請を開いています" in first.get(f"/applications/{draft.id}").get_data(
        as_text=True
    )


def test_who_says_nothing_any_more_is_gone(draft, sign_in_as, monkeypatch):
    first, _one = sign_in_as(EDITOR, draft.organisation)
    _say(first, draft, "basics")
    second, _other = sign_in_as(APPROVER, draft.organisation)
    assert len(_say(second, draft, "basics")) == 1
    later = calendar.machine_now() + presence.GONE_AFTER + timedelta(seconds=1)
    monkeypatch.setattr(calendar, "machine_now", lambda: later)
    assert _say(second, draft, "basics") == []


def test_a_save_without_a_script_tells_of_who_saved(draft, sign_in_as):
    first, one = sign_in_as(EDITOR, draft.organisation)
    entries = {"version": draft.version_of("basics"), "title": "別の題名", "summary": "要約", "for_now": "1"}
    first.post(f"/applications/{draft.id}/basics", data=entries)
    second, _other = sign_in_as(APPROVER, draft.organisation)
    assert one.name in second.get(f"/applications/{draft.id}/basics").get_data(as_text=True)


def test_another_body_is_told_nothing_and_notes_nothing(draft, sign_in_as):
    stranger, _tenure = sign_in_as(EDITOR)
    assert stranger.post(f"/applications/{draft.id}/presence", data={"section": "basics"}).status_code == 404
    assert db.session.scalars(db.select(presence.Presence)).all() == []


def test_a_section_that_is_none_is_the_list_of_sections(draft, sign_in_as):
    first, one = sign_in_as(EDITOR, draft.organisation)
    _say(first, draft, "nothing\x00" * 50)
    second, _other = sign_in_as(APPROVER, draft.organisation)
    assert _say(second, draft, "") == [f"{one.name}さんもこの申請を開いています。"]
