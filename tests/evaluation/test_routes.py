"""The pages of evaluation meetings, without a script."""

from __future__ import annotations

import re

import pytest

from app.db import db
from app.evaluation.form import GRADES
from tests import factories
from tests.factories.applications import holder
from tests.reading import pdf_text, words_of


@pytest.fixture
def office(app, sign_in_as):
    return sign_in_as(tenure=holder("officer"))[0]


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'name="(version|form_version)"[^>]*value="(\d*)"', page))


def test_a_stale_tab_is_shown_both_answers_and_nothing_is_lost(office):
    evaluation = factories.evaluation()
    db.session.commit()
    address = f"/evaluations/{evaluation.id}/findings/whole"
    old = hidden(office.get(address).text)
    office.post(address, data={**old, "whole-grade": GRADES[1], "whole-results": "先に保存した意見"})
    answer = office.post(address, data={**old, "whole-grade": GRADES[2], "whole-results": "後から書いた意見"})
    page = words_of(answer)
    assert answer.status_code == 409 and "先に保存した意見" in page and "後から書いた意見" in page
    json = office.post(
        address,
        data={**hidden(page), "whole-results": "自動で保存した意見"},
        headers={"Accept": "application/json"},
    )
    assert json.status_code == 200 and evaluation.rows[0].on_results == "自動で保存した意見"


def test_a_meeting_that_takes_place_nowhere_is_refused_with_what_was_typed(office):
    facts = {"name": "令和4年度 会議", "fiscal_year": "2021", "held_on": "R5.2.15", "place": " "}
    answer = office.post("/evaluation-meetings/new", data=facts)
    page = words_of(answer)
    assert answer.status_code == 422 and "オンラインで開催することを選択" in page and "令和4年度 会議" in page
    assert office.post("/evaluation-meetings/new", data={**facts, "online": "y"}).status_code == 302


def test_a_reason_that_comes_too_late_is_kept_on_the_page_that_refuses_it(office):
    evaluation = factories.evaluation(state="responded", published=True)
    db.session.commit()
    answer = office.post(f"/evaluations/{evaluation.id}/taking-back", data={"reason": "誤記があったため"})
    assert answer.status_code == 409 and "誤記があったため" in words_of(answer)
    meeting = f"/evaluation-meetings/{evaluation.meeting_id}"
    answer = office.post(f"{meeting}/remarks", data={"remarks": "遅れて書いた意見", "version": "0"})
    assert answer.status_code == 409 and "遅れて書いた意見" in words_of(answer)
    assert office.get(f"{meeting}/edit").status_code == 302


def test_the_table_and_the_print_have_what_was_graded_and_said(office):
    project = factories.project(title="雪道の見守り")
    kpi = factories.kpi(project, name="来場者数", baseline="647人")
    factories.kpi_actual(kpi, 2022, "5,253人")
    evaluation = factories.evaluation(project, opinion="着実に増えている。", state="asked")
    db.session.commit()
    meeting = f"/evaluation-meetings/{evaluation.meeting_id}"
    for address in (f"{meeting}?format=csv", "/evaluation-meetings/grades?format=csv"):
        found = words_of(office.get(address))
        for word in (GRADES[0], "着実に増えている。", "647人", "5,253人", "来場者数"):
            assert word in found, word
    assert "来場者数" not in words_of(office.get(f"/evaluation-meetings/grades?grade={GRADES[0]}"))
    assert office.get(f"{meeting}?format=xlsx").status_code == 200
    best_first = words_of(office.get("/evaluation-meetings/grades?sort=grade&format=csv"))
    assert best_first.index(GRADES[0]) < best_first.index("来場者数"), "what has no grade comes last"
    assert evaluation.meeting.name in words_of(office.get("/evaluation-meetings?year=2022&state=held"))
    text = pdf_text(office.get(f"{meeting}/evaluation.pdf").data)
    for word in (GRADES[0], "着実に増えている。", "5,253人", "公表前の案", "まだ回答がありません"):
        assert word in text.replace("\n", ""), word


def test_a_ministry_reads_what_was_put_to_a_body_and_never_what_the_body_is_writing(app, office, sign_in_as):
    asked = factories.evaluation(state="asked", opinion="着実に増えている。")
    inside = factories.evaluation(asked.project, opinion="記録中の意見")
    editor = sign_in_as(tenure=holder("municipality_editor", asked.project.lead))[0]
    page = editor.get(f"/evaluations/{asked.id}/response").text
    editor.post(f"/evaluations/{asked.id}/response", data={**hidden(page), "to-results": "書きかけの回答"})
    ministry = sign_in_as("ministry_officer")[0]
    assert "着実に増えている。" in words_of(ministry.get(f"/evaluations/{asked.id}"))
    assert ministry.get(f"/evaluations/{inside.id}").status_code == 404
    of_project = words_of(ministry.get(f"/projects/{asked.project_id}/evaluations"))
    assert f"/evaluations/{asked.id}" in of_project and f"/evaluations/{inside.id}" not in of_project
    for reader in (ministry, office):
        assert "書きかけの回答" not in words_of(reader.get(f"/evaluations/{asked.id}"))
    assert "書きかけの回答" in words_of(editor.get(f"/evaluations/{asked.id}"))
    everybody = app.test_client()
    assert "着実に増えている。" not in words_of(everybody.get("/published-evaluations"))


def test_a_meeting_chooses_projects_of_its_own_programme_that_were_under_support_in_its_year(office):
    mine = factories.project(title="対象の事業")
    other = factories.project(
        title="別の制度の事業", call=factories.call(programme=factories.programme("transport"))
    )
    early = factories.project(title="まだ選定前の事業", call=factories.call(selection_fy=2023, base_years=5))
    meeting = factories.evaluation_meeting(programme=mine.programme)
    db.session.commit()
    address = f"/evaluation-meetings/{meeting.id}/projects"
    page = words_of(office.get(address))
    assert "対象の事業" in page and "別の制度の事業" not in page and "まだ選定前の事業" not in page
    assert office.post(address, data={}).status_code == 422
    for project in (other, early):
        assert office.post(address, data={"projects": project.id}).status_code == 422
    assert meeting.looked_at == []
