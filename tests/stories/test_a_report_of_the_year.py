"""In February a report is asked for; it is drafted, approved, handed in, returned, handed in anew, accepted; one that is late is chased."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from sqlalchemy import select

from app.calendar import JST
from app.correspondence import approval
from app.correspondence.models import Letter, Mail
from app.db import db
from app.installation import Setting
from app.jobs import run_daily
from app.reporting.portfolio import standing
from app.reports.models import Report
from tests import factories
from tests.factories.answers import sent
from tests.factories.applications import holder
from tests.reading import words_of

FIRST = datetime(2023, 2, 1, 9, 0, tzinfo=JST)
LATER = datetime(2023, 4, 3, 9, 0, tzinfo=JST)


@pytest.mark.tells(
    "report.edit",
    "report.hand_over",
    "report.take_back",
    "report.send_back",
    "report.submit",
    "report.return_for_correction",
    "report.resubmit",
    "report.accept",
    "report.give_more_time",
)
def test_a_report_from_its_letter_to_its_acceptance(app, move_clock, sign_in_as):
    Setting.put("reminders_since", "2022-10-01")
    project = factories.project([factories.organisation("岩見沢市")], created_at=FIRST)
    silent = factories.project([factories.organisation("更別村")], created_at=FIRST)
    factories.kpi(project, name="乗客数")
    people = {it: holder(it, project.lead) for it in ("municipality_editor", "municipality_approver")}
    holder("municipality_editor", silent.lead)
    officer, director = holder("officer"), holder("director")
    db.session.commit()
    move_clock(FIRST)
    assert run_daily(FIRST.date())["ask_for_reports"] == {"asked": 2}
    approval.approve(db.session.scalars(select(Letter)).all(), actor=director, at=FIRST)
    db.session.commit()
    assert run_daily(FIRST.date())["issue_report_letters"] == {"issued": 2}

    report = db.session.scalars(select(Report).where(Report.project_id == project.id)).one()
    page = f"/reports/{report.id}"
    editor = sign_in_as(tenure=people["municipality_editor"])[0]
    approver = sign_in_as(tenure=people["municipality_approver"])[0]
    assert "年次報告を作成する" in words_of(editor.get("/"))
    shown = words_of(editor.get(page))
    assert "令和4年度の実績値が入力されていない指標" in shown and "乗客数" in shown
    assert editor.post(f"{page}/approval-request").status_code == 422, "it is not complete"
    form = report.answered.form
    for section in form.sections:
        sending = {"version": 0, "form_version": 1, **sent(form, section)}
        assert editor.post(f"{page}/sections/{section.key}", data=sending).status_code == 302, section.key
    editor.post(f"{page}/approval-request")
    editor.post(f"{page}/drafting")
    editor.post(f"{page}/approval-request")
    assert "年次報告を確認し、提出する" in words_of(approver.get("/"))
    approver.post(f"{page}/sending-back", data={"reason": "成果をもう少し詳しく。"})
    assert "成果をもう少し詳しく。" in words_of(editor.get(page))
    editor.post(f"{page}/approval-request")
    before = words_of(approver.get(f"{page}/check"))
    seen = re.search(r'name="seen"[^>]*value="([0-9a-f]{64})"', before)[1]
    assert approver.post(f"{page}/submission", data={"seen": seen}).status_code == 302

    office = sign_in_as(tenure=officer)[0]
    assert f'href="{page}' in words_of(office.get("/reports?year=2022"))
    assert "高齢化が進み" in words_of(office.get(page))
    due = {"due_in": "other", "due_at": "2023-02-20 17:00"}
    asked = {**due, "defect-results": "乗客数をお書きください。"}
    assert office.post(f"{page}/correction-request", data=due).status_code == 422, "it names nothing"
    assert office.post(f"{page}/correction-request", data=asked).status_code == 302
    assert "乗客数をお書きください。" in words_of(editor.get(f"{page}/sections/year"))
    refused = editor.post(
        f"{page}/sections/troubles", data={"version": 1, "form_version": 1, "troubles": "変えた"}
    )
    assert refused.status_code in (302, 422)
    mended = {"version": 1, "form_version": 1, "results": "乗客は1,200人でした。"}
    assert editor.post(f"{page}/sections/year", data=mended).status_code == 302
    approver.post(f"{page}/resubmission", data={})
    assert "乗客は1,200人でした。" in words_of(office.get(page))
    office.post(f"{page}/acceptance", data={})
    db.session.expire_all()
    assert report.state == "accepted" and len(report.answered.frozen) == 2
    assert "受理" in words_of(editor.get(page))
    assert office.get(f"{page}/submissions/{report.answered.frozen[0].id}.json").data.startswith(b"{")

    late = db.session.scalars(select(Report).where(Report.project_id == silent.id)).one()
    move_clock(LATER)
    run_daily(LATER.date())
    assert standing(LATER).late["report"] == 1
    told = db.session.scalars(
        select(Mail.subject).where(Mail.about_id == late.id, Mail.about_kind == "report")
    )
    assert any(it.startswith("【再度の御依頼】") for it in told)
    assert "期限を過ぎた年次報告" in words_of(office.get("/"))
    more = {"due_at": "2023-04-28 17:00", "reason": "年度末の繁忙のため"}
    assert office.post(f"/reports/{late.id}/due", data=more).status_code == 302
    assert standing(LATER).late["report"] == 0
    assert editor.get(f"/reports/{late.id}").status_code == 404, "a neighbour's is nobody else's"
