"""A body whose support has ended applies again: it links to the old project, and has to say what is new."""

from __future__ import annotations

import pytest

from app.applications.models import Application
from app.db import db
from tests import factories
from tests.factories.applications import holder
from tests.reading import page_at
from tests.stories.walking import fill_in, post


@pytest.mark.tells("call.record_exception")
def test_a_body_goes_on_alone_with_new_technology(sign_in_as):
    body = factories.organisation("河内長野市")
    factories.project(
        [factories.organisation("大阪府", body_kind="prefecture"), body], title="丘の生活拠点", state="ended"
    )
    call = factories.call(code="R4")
    editor, _ = sign_in_as(tenure=factories.tenure("municipality_editor", body))
    approver, _ = sign_in_as(tenure=factories.tenure("municipality_approver", body))
    officer, _ = sign_in_as(tenure=holder("officer"))
    started = editor.post(f"/calls/{call.id}/applications").headers["Location"]
    application = db.session.get(Application, int(started.rpartition("/")[2]))
    fill_in(editor, application, "丘の生活拠点")
    post(editor, f"{started}/technologies", version="1", technologies="AI")

    # the section stands in the task list; the link alone does not do, and the same content neither
    section = f"{started}/sections/earlier-project"
    assert section in page_at(editor, started)
    name = application.answered.form.questions["reapplication_project"].settings["choices"][0]
    assert name.startswith("丘の生活拠点")
    post(editor, section, version="1", reapplication_project=name, reapplication_upgrade="", for_now="1")
    told = page_at(editor, f"{started}/check")
    assert "高度化・深化が記載されていません" in told and "とほぼ同じで" in told
    assert editor.post(f"{started}/approval-request").status_code == 422

    # the upgrade is stated; the office lets the same title pass, for a reason that both read
    post(editor, section, version="2", reapplication_project=name, reapplication_upgrade="自動運転を加える。")
    assert "高度化・深化が記載されていません" not in page_at(editor, f"{started}/check")
    exceptions = f"/calls/{call.id}/exceptions"
    assert f"{exceptions}?organisation_id={body.id}" in page_at(officer, f"{exceptions}?q=河内長野市")
    reason = "地区の名称を事業名とするため"
    post(officer, f"{exceptions}?organisation_id={body.id}", rule="rule_same_content", reason=reason)
    assert reason in page_at(editor, f"{started}/check")
    post(editor, f"{started}/approval-request")
    post(approver, f"{started}/submission")

    # it is frozen with the submission, and the officer reads the findings on the case
    case = page_at(officer, started)
    assert "自動運転を加える。" in case and reason in case
    said = db.session.get(Application, application.id).last_submission.said
    assert said.values["reapplication_project"] == name
