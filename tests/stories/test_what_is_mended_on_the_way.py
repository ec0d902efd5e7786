"""What is changed while a case goes on: the call before and after it opens, a correction, a result, the council's record."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select

from app.applications.models import Application
from app.calendar import JST
from app.councils.models import Council
from app.db import db
from app.history import HistoryEntry
from app.programmes.models import Call
from tests import factories
from tests.factories.applications import holder
from tests.programmes.test_routes import FILLED
from tests.stories.walking import post


@pytest.mark.tells("call.edit", "call.publish", "call.extend", "call.set_extension_deadline")
def test_a_call_is_edited_before_it_is_published_and_only_its_days_afterwards(sign_in_as):
    officer, _ = sign_in_as("officer")
    call = factories.call(state="draft", selection_fy=2022, base_years=1, extension_years=2)
    db.session.commit()
    edit = f"/calls/{call.id}/edit"
    post(
        officer,
        edit,
        **{**FILLED, "version": str(call.version_id), "title": "見本の公募（改）", "base_years": "1"},
    )
    assert db.session.get(Call, call.id).title == "見本の公募（改）"
    post(officer, f"/calls/{call.id}/publication")
    page = post(officer, edit).get_data(as_text=True)
    assert "公示した募集は修正できません" in page
    post(officer, f"/calls/{call.id}/deadline", closes_at="2023-05-17 12:00", reason="大雪のため")
    post(officer, f"/calls/{call.id}/extension-deadline", due_on="2024-03-01")
    call = db.session.get(Call, call.id)
    assert (call.closes_at, call.extension_due_on.isoformat()) == (
        datetime(2023, 5, 17, 12, tzinfo=JST),
        "2024-03-01",
    )
    assert events(call) == ["extension_deadline_set", "deadline_extended", "publish", "edited"]


@pytest.mark.tells("application.report_mended", "application.refuse_mended", "application.edit")
def test_a_correction_goes_between_editor_and_approver_and_stays_returned(sign_in_as):
    application = factories.application("returned")
    editor, _ = sign_in_as(tenure=holder("municipality_editor", application.organisation))
    approver, _ = sign_in_as(tenure=holder("municipality_approver", application.organisation))
    at, version = f"/applications/{application.id}", str(application.version_of("basics"))
    post(editor, f"{at}/basics", version=version, title="見守り", summary="市内全域で行う。")
    assert approver.get(f"{at}/sending-back").status_code == 409  # nobody has reported it
    post(editor, f"{at}/approval-request")
    post(approver, f"{at}/sending-back", reason="地区の名前も書いてください。")
    post(editor, f"{at}/approval-request")
    application = db.session.get(Application, application.id)
    assert application.state == "returned" and application.is_with_approver
    assert events(application)[:4] == [
        "reported_mended",
        "correction_sent_back",
        "reported_mended",
        "section_saved",
    ]


@pytest.mark.tells("application.change_result")
def test_a_result_is_changed_until_the_call_is_decided(sign_in_as):
    application = factories.application("under_review")
    officer, _ = sign_in_as("officer")
    page = f"/applications/{application.id}/result"
    post(officer, page, version="0", result="yes", reasons="先導性がある。")
    result = db.session.get(Application, application.id).result
    post(officer, page, version=str(result.version_id), result="no", reasons="実現性に欠ける。")
    application = db.session.get(Application, application.id)
    assert (application.state, application.result.selected) == ("provisional", False)
    assert events(application)[:2] == ["result_changed", "record_result"]


@pytest.mark.tells("council.record_meeting")
def test_a_meeting_is_put_on_record(sign_in_as):
    project = factories.project()
    officer, _ = sign_in_as("officer")
    post(officer, f"/projects/{project.id}/council", name="見本協議会")
    council = db.session.scalars(select(Council)).one()
    post(officer, f"/councils/{council.id}/meetings", held_on="2023-02-10", place="市役所", note="")
    assert events(council) == ["meeting_held", "council_formed"]


def events(record) -> list[str]:
    return [entry.event for entry in db.session.scalars(HistoryEntry.of(record))]
