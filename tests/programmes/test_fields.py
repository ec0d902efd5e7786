"""A field of a call is named once: what the form asks is saved, told by the history, and asked again when it is edited."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from wtforms import StringField

from app.calendar import JST
from app.db import db
from app.history import HistoryEntry
from app.programmes import operations
from app.programmes.fields import FIELDS, Asked
from app.programmes.forms import CallForm
from app.programmes.models import Call
from tests import factories

ENTERED: dict[str, tuple[Any, Any]] = {  # field → what is typed, and what is kept
    "title": ("別の募集", "別の募集"),
    "code": ("Ｒ９", "R9"),
    "selection_fy": ("2027", 2027),
    "opens_at": ("R9.4.1 9:00", datetime(2027, 4, 1, 9, 0, tzinfo=JST)),
    "closes_at": ("R9.5.31 正午", datetime(2027, 5, 31, 12, 0, tzinfo=JST)),
    "base_years": ("4", 4),
    "extension_years": ("1", 1),
    "eligible_kinds": (["village"], ["village"]),
    "rule_upgrade": ("off", "off"),
    "rule_same_content": ("flag", "flag"),
    "rule_active_project": ("refuse", "refuse"),
    "joint_consent": ("not_asked", "not_asked"),
    "description": ("応募の手引", "応募の手引"),
}
ROWS = {"questions", "criteria"}
OF_THE_PAGE = {"version", "csrf_token"}


def edited(client, call: Call, **entered: Any) -> HistoryEntry:
    sent = {"version": str(call.version_id), **{name: typed for name, (typed, _kept) in ENTERED.items()}}
    answer = client.post(f"/calls/{call.id}/edit", data={**sent, **entered})
    assert answer.status_code == 302
    db.session.refresh(call)
    return db.session.scalars(HistoryEntry.of(call)).first()


def test_whatever_the_form_asks_is_saved_and_told(app, sign_in_as):
    with app.test_request_context():
        asked = {field.name for field in CallForm()}
    assert asked - ROWS - OF_THE_PAGE == ENTERED.keys()
    call = factories.call(state="draft", joint_consent="required")
    client, _officer = sign_in_as("officer")
    entry = edited(client, call)
    assert {name: getattr(call, name) for name in ENTERED} == {
        name: kept for name, (_typed, kept) in ENTERED.items()
    }
    assert entry.event == "edited" and entry.changes.keys() == ENTERED.keys()
    assert entry.changes["selection_fy"] == [2022, 2027]


def test_a_line_in_the_table_is_all_that_a_new_field_needs(app, sign_in_as, monkeypatch):
    added = Asked(StringField("窓口の注記"), {"size": "short"}, fact=lambda call: f"〔{call.window_note}〕")
    monkeypatch.setitem(FIELDS, "window_note", added)
    monkeypatch.setattr(CallForm, "window_note", added.field, raising=False)
    call = factories.call(state="draft")
    client, _officer = sign_in_as("officer")
    assert 'name="window_note"' in client.get(f"/calls/{call.id}/edit").get_data(as_text=True)
    entry = edited(client, call, window_note="時刻は不明")
    assert call.window_note == "時刻は不明"
    assert entry.changes["window_note"] == ["", "時刻は不明"]
    page = client.get(f"/calls/{call.id}").get_data(as_text=True)
    assert "窓口の注記" in page and "〔時刻は不明〕" in page


def test_what_is_not_changed_is_not_told(app, sign_in_as):
    call = factories.call(state="draft")
    client, _officer = sign_in_as("officer")
    edited(client, call)
    assert edited(client, call, title="また別の募集").changes == {"title": ["別の募集", "また別の募集"]}


def test_nothing_but_its_fields_is_edited(app, at):
    call = factories.call(state="draft")
    officer = factories.tenure("officer")
    with pytest.raises(ValueError, match="announced_count"):
        operations.edit_call(call, criteria=[], announced_count=9, actor=officer, at=at)
