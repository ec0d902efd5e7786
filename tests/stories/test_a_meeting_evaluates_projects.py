"""A meeting evaluates what projects have effected; the local governments respond, and everybody reads both."""

from __future__ import annotations

import re
from datetime import date, datetime

import pytest
from sqlalchemy import select

from app.calendar import JST
from app.correspondence.models import Mail
from app.db import db
from app.evaluation.models import Evaluation, EvaluationMeeting, EvaluationPublication
from app.jobs import run_daily
from app.reporting.portfolio import standing
from tests import factories
from tests.factories.applications import holder
from tests.reading import words_of

FACTS = {
    "name": "令和4年度効果検証会議",
    "fiscal_year": "2021",
    "held_on": "2023-02-15",
    "place": "見本会議室",
}
MEMBER = {"members-0-name": "見本 花子", "members-0-post": "教授", "members-0-organisation": "見本大学", "members-0-part": "座長"}  # fmt: skip


@pytest.mark.tells(
    "evaluation_meeting.revise", "evaluation_meeting.hold", "evaluation_meeting.publish", "evaluation.put",
    "evaluation.respond", "evaluation.take_back", "evaluation.ask_once_more",
)  # fmt: skip
def test_grades_are_recorded_answered_and_published(app, at, move_clock, sign_in_as):
    project = factories.project(
        [factories.organisation("会津若松市")],
        title="見本の事業",
        call=factories.call(selection_fy=2020, base_years=5),
    )
    kpi = factories.kpi(project, name="来場者数", initiative="1-1 アート事業", baseline="647人")
    factories.kpi_actual(kpi, 2021, "5,253人")
    run_daily(at.date())
    office = sign_in_as(tenure=holder("officer"))[0]
    editor = sign_in_as(tenure=holder("municipality_editor", project.lead))[0]
    approver = sign_in_as(tenure=holder("municipality_approver", project.lead))[0]

    address = office.post("/evaluation-meetings/new", data=FACTS).location
    meeting = db.session.scalars(select(EvaluationMeeting)).one()
    assert meeting.name in words_of(office.get(address))
    revised = {**FACTS, "online": "y", "version": meeting.version_id}
    office.post(f"{address}/edit", data=revised)
    assert meeting.online
    assert office.post(f"{address}/holding").status_code == 409, "nobody is entered who took part"
    page = office.get(f"{address}/members").text
    office.post(f"{address}/members", data={**_hidden(page), **MEMBER})
    office.post(f"{address}/projects", data={"projects": project.id})
    evaluation = db.session.scalars(select(Evaluation)).one()
    own = f"/evaluations/{evaluation.id}"
    assert editor.get(own).status_code == 404, "nobody but the office sees what is recorded"
    assert office.post(f"{own}/request", data={"due_on": "2023-03-08"}).status_code == 409, "not held yet"
    office.post(f"{address}/holding")

    item = evaluation.findings.form.sections[1]
    key = item.questions[0].key
    page = office.get(f"{own}/findings/{item.key}").text
    said = {
        key: "非常に効果があった",
        item.questions[1].key: "着実に増えている。",
        item.questions[2].key: "PRに力を入れてほしい。",
        f"kpi-{kpi.id}-grade": "相当程度効果があった",
    }
    assert office.post(f"{own}/findings/{item.key}", data={**_hidden(page), **said}).status_code == 302
    assert [row.grade for row in evaluation.rows if row.grade] == [
        "非常に効果があった",
        "相当程度効果があった",
    ]
    office.post(f"{own}/request", data={"due_on": "2023-03-08"})
    assert any("回答をお願いします（期限 3月8日）" in it for it in _subjects())

    assert "事業の評価に回答する" in words_of(editor.get("/"))
    text = words_of(editor.get(own))
    assert "着実に増えている。" in text and "5,253人" in text and "相当程度効果があった" in text
    assert approver.post(f"{own}/sending").location.endswith("/response"), "it says nothing yet"
    page = editor.get(f"{own}/response").text
    editor.post(f"{own}/response", data={**_hidden(page), "to-results": "周知に努めます。"})
    assert editor.post(f"{own}/sending").status_code == 403, "an approver sends it"
    assert "周知に努めます" not in words_of(office.get(own)), "the office reads it once it is sent"

    office.post(f"{own}/taking-back", data={"reason": "指標の評価に誤りがあったため"})
    assert editor.get(own).status_code == 404 and any("取り下げます" in it for it in _subjects())
    office.post(f"{own}/request", data={"due_on": "2023-03-08"})
    assert office.get(f"{address}/publication").status_code == 302, "the body may still respond"
    assert approver.post(f"{own}/sending").status_code == 302
    assert "周知に努めます。" in words_of(office.get(own))
    office.post(f"{own}/another-request", data={"reason": "目標値への言及がないため", "due_on": "2023-03-10"})
    page = editor.get(f"{own}/response").text
    assert "周知に努めます。" in page
    editor.post(f"{own}/response", data={**_hidden(page), "to-results": "目標値を見直します。"})

    move_clock(datetime(2023, 3, 13, 9, 0, tzinfo=JST))
    assert standing(datetime(2023, 3, 13, 9, 0, tzinfo=JST)).late["evaluation"] == 1
    run_daily(date(2023, 3, 13))
    assert any("回答の期限を過ぎています（期限 3月10日）" in it for it in _subjects())
    approver.post(f"{own}/sending")
    everybody = app.test_client()
    assert everybody.get(f"/published-evaluations/{meeting.id}").status_code == 404
    assert "目標値を見直します。" in words_of(office.get(f"{address}/publication"))
    office.post(f"{address}/publication")
    public = words_of(everybody.get(f"/published-evaluations/{meeting.id}"))
    for word in ("見本 花子", "着実に増えている。", "PRに力を入れてほしい。", "非常に効果があった", "目標値を見直します。", "5,253人"):  # fmt: skip
        assert word in public, word
    assert "周知に努めます。" not in public
    assert meeting.name in words_of(everybody.get("/published-evaluations"))
    frozen = db.session.scalars(select(EvaluationPublication)).one()
    assert frozen.sha256 in public
    assert (
        approver.post(f"{own}/sending").status_code == 409
        and office.post(f"{own}/taking-back", data={"reason": "x"}).status_code == 409
    ), "what is published stays"
    assert any("事業の評価を公表しました" in it for it in _subjects())
    assert db.session.scalar(select(Mail.id).where(Mail.about_kind == "evaluation").limit(1))


@pytest.mark.tells("evaluation_meeting.call_off", "evaluation.take_off", "evaluation.put_on")
def test_a_project_is_taken_off_and_put_on_again_and_a_meeting_is_called_off(app, sign_in_as):
    meeting = factories.evaluation_meeting()
    evaluation = factories.evaluation(meeting=meeting)
    db.session.commit()
    office = sign_in_as(tenure=holder("officer"))[0]
    own, address = f"/evaluations/{evaluation.id}", f"/evaluation-meetings/{meeting.id}"
    office.post(f"{own}/taking-off")
    assert "会議から外した事業" in words_of(office.get(address))
    office.post(f"{own}/putting-on")
    assert evaluation.rows[0].grade, "what was recorded is kept"
    office.post(f"{address}/calling-off", data={"reason": "定足数に満たないため"})
    assert "定足数に満たないため" in words_of(office.get(address))
    assert office.post(f"{own}/taking-off").status_code == 409


def _hidden(page: str) -> dict[str, str]:
    """The versions that a page carries along."""
    return dict(re.findall(r'name="(version|form_version)"[^>]*value="(\d*)"', page))


def _subjects() -> list[str]:
    return list(db.session.scalars(select(Mail.subject)))
