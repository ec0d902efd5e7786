"""What a call asks, from last year's form to a change while applicants write, as those concerned do it in the browser."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from app.applications.models import Application
from app.correspondence.models import Mail
from app.db import db
from app.programmes.models import Call
from tests import factories
from tests.factories.applications import holder
from tests.programmes.test_form_editor import entries_of
from tests.programmes.test_routes import FILLED
from tests.reading import events
from tests.stories.walking import post


@pytest.mark.tells("call.edit_form", "call.publish_form")
def test_a_form_is_taken_over_changed_published_and_changed_again_while_it_is_answered(
    sign_in_as, move_clock, at
):
    officer, _ = sign_in_as("officer")
    factories.call(title="昨年度の募集", selection_fy=2021)
    body = factories.organisation()
    db.session.commit()
    window = {"opens_at": "2023-02-20 9:00", "closes_at": "2023-04-20 12:00"}
    post(officer, "/calls/new", **{**FILLED, **window})
    call = db.session.scalars(select(Call).where(Call.code == "R5")).one()
    base = f"/calls/{call.id}/form"
    earlier = re.search(r'value="(\d+)"[^>]*>\s*<label[^>]*>昨年度', page_of(officer, f"{base}/copy"))[1]
    post(officer, f"{base}/copy", earlier=earlier)
    post(officer, f"{base}/sections/basics/questions?kind=number", **{
        "label_ja": "人口", "section": "basics", "criterion": "", "settings-unit": "人", "required": "y",
    })  # fmt: skip
    post(officer, f"/calls/{call.id}/publication")
    key = next(it.key for it in again(call).asks.questions.values() if it.label.ja == "人口")

    entries = entries_of(page_of(officer, f"{base}/questions/{key}"))
    post(officer, f"{base}/questions/{key}", **{**entries, "help_ja": "住民基本台帳による。"})
    publish(officer, call)
    assert again(call).form.published.number == 1  # it has not opened

    move_clock(again(call).opens_at)
    editor, _ = sign_in_as(tenure=holder("municipality_editor", body))
    approver, _ = sign_in_as(tenure=holder("municipality_approver", body))
    post(editor, f"/calls/{call.id}/applications")
    draft = db.session.scalars(select(Application).where(Application.call_id == call.id)).one()
    basics = page_of(editor, f"/applications/{draft.id}/basics")
    assert "住民基本台帳" in basics
    post(
        editor,
        f"/applications/{draft.id}/basics",
        version="0",
        form_version="1",
        title="見守り",
        summary="概要",
        **{key: "12000"},
    )

    post(officer, f"{base}/questions/{key}/removal")
    post(officer, f"{base}/sections/basics/questions?kind=short_text", **{
        "label_ja": "担当課の名称", "section": "basics", "criterion": "", "settings-max_chars": "40", "required": "y",
    })  # fmt: skip
    assert "担当課" not in page_of(editor, f"/applications/{draft.id}/basics")
    publish(officer, call)
    mailed = db.session.scalars(select(Mail).where(Mail.subject.contains("様式が変更"))).all()
    assert len(mailed) == 2 and all("・担当課の名称" in it.body for it in mailed)
    late = editor.post(
        f"/applications/{draft.id}/basics",
        data={"version": "1", "form_version": "1", "title": "別の題", "summary": "別"},
    )
    assert late.status_code == 409 and "別の題" in late.get_data(as_text=True)
    tasks = page_of(editor, f"/applications/{draft.id}")
    assert "担当課の名称" in tasks and "人口" in tasks
    assert "12,000人" in page_of(editor, f"/applications/{draft.id}/former-answers")
    post(editor, f"/applications/{draft.id}/form-changes", number="2")
    new = next(it.key for it in again(call).asks.questions.values() if it.label.ja == "担当課の名称")
    version = str(db.session.get_one(Application, draft.id).version_of("basics"))
    post(
        editor,
        f"/applications/{draft.id}/basics",
        **{"version": version, "form_version": "2", "title": "見守り", "summary": "概要", new: "企画課"},
    )
    fill_in_the_rest(editor, draft)
    post(editor, f"/applications/{draft.id}/approval-request")
    post(approver, f"/applications/{draft.id}/submission")
    submitted = db.session.get_one(Application, draft.id).submissions[-1]
    assert submitted.content["form"]["version"] == 2 and submitted.said.values[new] == "企画課"
    assert events(again(call))[:3] == ["form_published", "form_edited", "form_edited"]


def fill_in_the_rest(editor, draft) -> None:
    post(editor, f"/applications/{draft.id}/technologies", version="0", technologies="自動運転")
    post(editor, f"/applications/{draft.id}/joint-applicants/confirmation")
    draft = db.session.get_one(Application, draft.id)
    for question in factories.own_questions(draft.call):
        post(
            editor,
            f"/applications/{draft.id}/answers/{question.id}",
            version="0",
            text="移動手段が不足している。",
        )


def publish(officer, call) -> None:
    address = f"/calls/{call.id}/form/publication"
    post(
        officer,
        address,
        seen=re.search(r'name="seen" type="hidden" value="([^"]*)"', page_of(officer, address))[1],
    )


def page_of(client, address: str) -> str:
    return client.get(address).get_data(as_text=True)


def again(call) -> Call:
    db.session.expire_all()
    return db.session.get_one(Call, call.id)
