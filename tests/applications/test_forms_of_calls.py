"""What a call asks is data: a question of any kind is asked, answered, returned and handed in like the others."""

from __future__ import annotations

import hashlib
import io
import json
import re
from dataclasses import replace

import pytest
from sqlalchemy import select

from app.applications import checking, submission
from app.applications.content import Content
from app.applications.models import Application, Submission
from app.db import db
from app.proof.verification import verify
from app.questions import carrying, publishing
from app.questions.definition import Condition, Section, Words
from app.seals import canonical
from tests import factories
from tests.factories.applications import PDF, holder
from tests.questions.forms import question
from tests.reading import as_it_reads_now


@pytest.fixture
def asked():
    """A section that an officer thought of: a table, a number, and a question that depends on a choice."""
    where = question("short_text", "where", condition=Condition("area", ("一部の地区",)), required=True)
    return Section(
        "plan",
        Words("実施計画", "Plan of work"),
        (
            question("table", "budget", label=Words("予算"), required=True),
            question("number", "people", label=Words("受益者数")),
            question("one_choice", "area", label=Words("対象地域"), required=True),
            where,
        ),
    )


@pytest.fixture
def call(app, asked, at):
    made = factories.call()
    form = made.form.newest.form
    publishing.change(
        made.form, replace(form, sections=(*form.sections[:3], asked, *form.sections[3:])), at=at
    )
    db.session.commit()
    return made


ENTRIES = {
    "version": "0",
    "budget-0-item": "機材",
    "budget-0-amount": "１，２００",
    "people": "300人",
    "area": "市内全域",
}


def page(answer) -> str:
    return answer.get_data(as_text=True)


def test_a_section_of_any_kinds_is_filled_in_returned_and_handed_in(call, sign_in_as, at):
    made = factories.application(call=call, others=False)
    editor, _ = sign_in_as(tenure=holder("municipality_editor", made.organisation))
    approver = holder("municipality_approver", made.organisation)
    address = f"/applications/{made.id}/sections/plan"
    tasks = page(editor.get(f"/applications/{made.id}"))
    assert f'href="{address}"' in tasks and "実施計画" in tasks
    assert "対象地域" in page(editor.get(address))
    missing = page(editor.post(f"/applications/{made.id}/approval-request"))
    assert f'href="{address}#budget-0-item"' in missing
    assert editor.post(address, data=ENTRIES).status_code == 302
    check = page(editor.get(f"/applications/{made.id}/check"))
    assert "機材" in check and "300人" in check and "1,200" in check
    with_where = {**ENTRIES, "version": "1", "where": "白根地区"}
    refused = editor.post(address, data=with_where)
    assert refused.status_code == 422 and "白根地区" in page(refused)
    assert editor.post(address, data={**with_where, "area": "一部の地区"}).status_code == 302
    made = db.session.get_one(Application, made.id)
    first = submission.submit(made, actor=approver, at=at)
    assert first.said.values["people"] == {"number": "300", "unit": "人"}

    officer, tenure = sign_in_as("officer")
    db.session.commit()
    shown = page(officer.get(f"/applications/{made.id}"))
    assert "実施計画" in shown and "白根地区" in shown
    assert 'name="defect-people"' in page(officer.get(f"/applications/{made.id}/correction-request"))
    due = made.call.closes_at
    checking.return_for_correction(made, defects={"people": "積算を。"}, due_at=due, actor=tenure, at=at)
    db.session.commit()
    assert "積算を。" in page(editor.get(address))
    editor.post(address, data={**with_where, "version": "2", "area": "一部の地区", "people": "301"})
    made = db.session.get_one(Application, made.id)
    submission.resubmit(made, actor=approver, at=at)
    db.session.commit()
    told = page(officer.get(f"/applications/{made.id}"))
    assert "301人" in told and "変更" in told
    assert [part.name for part in verify() if not part.holds] == []


def test_a_file_that_answers_a_question_of_the_call_is_opened_from_the_page_of_all_answers(
    app, sign_in_as, at
):
    call = factories.call()
    form = call.form.newest.form
    drawing = Section("map", Words("図面"), (question("file", "drawing"),))
    publishing.change(call.form, replace(form, sections=(*form.sections, drawing)), at=at)
    db.session.commit()
    made = factories.application(call=call, files={"計画.pdf": PDF})
    editor, _ = sign_in_as(tenure=holder("municipality_editor", made.organisation))
    sent = {"version": "0", "drawing": (io.BytesIO(PDF + b"%"), "図面.pdf")}
    assert editor.post(f"/applications/{made.id}/sections/map", data=sent).status_code == 302
    check = page(editor.get(f"/applications/{made.id}/check"))
    links = re.findall(r'href="(/applications/\d+/attachments/\d+)">([^<]+)<', check)
    assert {name: editor.get(address).data for address, name in links} == {
        "計画.pdf": PDF,
        "図面.pdf": PDF + b"%",
    }
    stranger, _ = sign_in_as("municipality_editor")
    assert [stranger.get(address).status_code for address, _name in links] == [404, 404]


def test_kept_entries_are_called_as_the_form_calls_them(call, sign_in_as, app):
    from app.web.labels import labelled

    made = factories.application(call=call)
    tenure = holder("municipality_editor", made.organisation)
    sign_in_as(tenure=tenure)
    with app.test_request_context():
        from flask_login import login_user

        login_user(tenure, force=True)
        entries = [*ENTRIES.items(), ("budget-1-item", "人件費"), ("form_version", "12")]
        told = labelled(entries, f"/applications/{made.id}/sections/plan")
        assert dict(told)["受益者数"] == "300人"
        assert ("予算 費目", "人件費") in told
        assert "12" not in [value for _label, value in told]
        ticked = labelled([("technologies_etc", "y")], f"/applications/{made.id}/technologies")
        assert ticked == [("ほかにもある（「等」を付ける）", "はい")]


def test_a_draft_goes_on_with_a_newer_form_and_a_page_from_before_is_told(call, sign_in_as, at):
    made = factories.application(call=call, others=False)
    editor, tenure = sign_in_as(tenure=holder("municipality_editor", made.organisation))
    address = f"/applications/{made.id}/sections/plan"
    editor.post(address, data=ENTRIES)
    form = call.form.newest.form
    publishing.change(call.form, replace(form, sections=form.sections[:3] + form.sections[4:]), at=at)
    version = publishing.publish(call.form, actor=factories.tenure("officer"), at=at)
    made = db.session.get_one(Application, made.id)
    carrying.carry_over(made.answered, version, about=made, audience="applicant", actor=tenure, at=at)
    db.session.commit()
    assert editor.get(address).status_code == 404
    assert [it.label for it in carrying.former_answers(made.answered)] == [
        "予算",
        "受益者数",
        "対象地域",
    ]
    stale = editor.post(
        f"/applications/{made.id}/basics",
        data={"version": "1", "form_version": "1", "title": "別の題", "summary": "別の概要"},
    )
    assert stale.status_code == 409 and "別の題" in page(stale)
    told = page(editor.get(f"/applications/{made.id}"))
    assert "様式が変更されました（第1版から第2版）" in told


def _content_of_scheme_1(made: Application) -> dict:
    """As it was frozen before there were forms in versions."""
    return {
        "schema": 1, "number": made.number, "received_at": "2023-02-15T10:00:00+09:00", "submitted_by": "見本 太郎",
        "call": {"code": made.call.code, "title": made.call.title},
        "lead": {"code": None, "name": made.organisation.full_name},
        "joint_applicants": [{"code": "132063", "name": "東京都府中市"}],
        "title": "雪道の見守り", "summary": "概要の文", "technologies": ["AI", "5G"], "technologies_etc": True,
        "technologies_other": "量子センサ",
        "answers": [{"question_id": 1, "question": "地域の課題", "text": "課題の文"}],
        "attachments": [{"filename": "計画.pdf", "media_type": "application/pdf", "size": 26, "sha256": "a" * 64,
                         "path": f"aa/{'a' * 64}.pdf"}],
    }  # fmt: skip


def test_a_submission_of_the_scheme_before_reads_the_same_and_keeps_its_bytes(app, sign_in_as, at):
    made = factories.application("submitted")
    content = _content_of_scheme_1(made)
    old = Submission(
        application=made, received_at=at, submitted_by="見本 太郎", content=content, sha256="", created_at=at
    )
    old.sha256 = hashlib.sha256(canonical(content)).hexdigest()
    db.session.add(old)
    db.session.commit()
    said = Content(content)
    assert (said.title, said.summary, said.joint_applicants[0]["name"]) == (
        "雪道の見守り",
        "概要の文",
        "東京都府中市",
    )
    assert said.answers == [("地域の課題", "課題の文")]
    assert [section.key for section in said.sections] == [
        "basics", "technologies", "joint-applicants", "answers-1", "attachments",
    ]  # fmt: skip
    officer, _ = sign_in_as("officer")
    shown = as_it_reads_now(page(officer.get(f"/applications/{made.id}/submissions/{old.id}")))
    for words in ("AI、5G、量子センサ 等", "東京都府中市", "課題の文", "計画.pdf", "概要の文"):
        assert words in shown, words
    bytes_of = officer.get(f"/applications/{made.id}/submissions/{old.id}.json").data
    assert (json.loads(bytes_of), old.is_intact) == (content, True)
    again = db.session.scalars(select(Submission).where(Submission.id == old.id)).one()
    assert again.canonical == bytes_of
