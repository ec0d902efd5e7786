"""An officer's checklist grows while applications come in, and one is returned, mended and accepted by it."""

from __future__ import annotations

import re

import pytest

from app.applications.models import Application
from app.db import db
from app.programmes.checklist import default_checklist
from tests import factories
from tests.factories.applications import holder
from tests.reading import events, words_of


@pytest.mark.tells("call.change_checklist")
def test_a_remark_goes_there_and_back_and_the_checklist_is_ticked_for_each_submission(sign_in_as):
    application = factories.application(
        "submitted", call=factories.call(code="R5", checklist=default_checklist())
    )
    db.session.commit()
    page, body = f"/applications/{application.id}", application.organisation
    officer, _ = sign_in_as("officer")
    editor, _ = sign_in_as(tenure=holder("municipality_editor", body))
    approver, _ = sign_in_as(tenure=holder("municipality_approver", body))

    listed = f"/calls/{application.call_id}/checklist"
    version = re.search(r'name="version"[^>]*value="(\d+)"', words_of(officer.get(listed))).group(1)
    item = {"version": version, "items-0-key": "files", "items-0-label": "添付資料の内容", "items-0-help": ""}
    assert officer.post(listed, data=item).status_code == 302
    assert events(application.call)[0] == "checklist_changed"

    ticks = re.search(r'action="([^"]+/checks)"', words_of(officer.get(page))).group(1)
    officer.post(ticks, data={"check-files": "not_ok"})
    due = {"due_in": "other", "due_at": "2023-03-10 17:00"}
    officer.post(f"{page}/correction-request", data={"defect-summary": "地域名を加える。", **due})

    assert "要補正：概要" in words_of(editor.get("/"))
    basics = words_of(editor.get(f"{page}/basics"))
    assert 'name="summary"' in basics and 'name="title"' not in basics
    editor.post(f"{page}/basics", data={"version": "1", "summary": "岩見沢市で行う。"})
    assert "変更済み：概要" in words_of(approver.get("/"))
    assert editor.post(f"{page}/approval-request").status_code == 302
    assert approver.post(f"{page}/resubmission").status_code == 302

    shown = words_of(officer.get(page))
    assert "前回の提出：不適" in shown
    assert shown.index("地域名を加える。") < shown.index('class="sides"')
    asked = words_of(officer.post(f"{page}/acceptance"))
    assert "添付資料の内容" in asked and "未確認" in asked
    officer.post(f"{page}/acceptance", data={"confirmed": "1"})
    assert db.session.get(Application, application.id).state == "accepted"
