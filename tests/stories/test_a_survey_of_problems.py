"""A survey from its draft to its published figures: asked, answered late, mended, tallied over two numbers."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from app.calendar import JST
from app.correspondence.models import Mail
from app.db import db
from app.jobs import run_daily
from app.surveys.models import BODIES, INITIATIVES, Survey, SurveyAnswer
from app.surveys.tally import tally_of
from tests import factories
from tests.factories.applications import holder
from tests.factories.surveys import answer_of, filled_in
from tests.reading import words_of

CLOSES = datetime(2023, 3, 15, 17, 0, tzinfo=JST)
ITEM = "infrastructure"


@pytest.mark.tells(
    *(f"survey.{it}" for it in ("edit", "edit_form", "open", "extend", "close", "publish", "take_back")),
    *(f"survey_answer.{it}" for it in ("submit", "submit_again", "reopen")),
)
def test_the_problems_of_four_bodies_and_their_six_initiatives(app, at, move_clock, sign_in_as, client):
    projects = [factories.project() for _ in range(4)]
    for project, count in zip(projects, (2, 2, 1, 1), strict=True):
        for number in range(count):
            factories.initiative(project, f"取組{number + 1}")
        holder("municipality_editor", project.lead)
    db.session.commit()
    office = sign_in_as("officer")[0]
    values = {"title": "令和4年度 課題に関するアンケート", "fiscal_year": "2022", "selected_until": "2022"}
    made = office.post("/surveys/new", data={**values, "start": "problems"}).headers["Location"]
    asking = db.session.scalars(select(Survey)).one()
    edited = {**values, "introduction": "改善のためにお聞きします。", "version": str(asking.version_id)}
    assert office.post(f"{made}/edit", data=edited).status_code == 302
    gone = office.post(f"{made}/forms/bodies/questions/wishes/removal")
    assert gone.status_code == 302 and "wishes" not in asking.bodies_form.newest.form.questions
    assert "4" in words_of(office.get(f"{made}/opening"))
    assert office.post(f"{made}/opening", data={"closes_at": "2023-03-10 17:00"}).status_code == 302
    asked = db.session.scalars(select(Mail).where(Mail.about_kind == "survey_answer")).all()
    assert len(asked) == 4 and all("令和5年3月10日（金）17時" in it.body for it in asked)
    office.post(f"{made}/more-time", data={"closes_at": "2023-03-15 17:00"})
    assert db.session.get_one(Survey, asking.id).closes_at == CLOSES

    answers = [answer_of(asking, project) for project in projects]
    for answer in answers[:3]:
        filled_in(answer, infrastructure="発生（対応中）", bottlenecks=["インフラ整備の主体検討と費用確保"])
        db.session.commit()
        body = sign_in_as(tenure=holder("municipality_editor", answer.project.lead))[0]
        assert body.post(f"/survey-answers/{answer.id}/submission").status_code == 302
    filled_in(answers[0], infrastructure="発生（対応済み）")
    db.session.commit()
    first = sign_in_as(tenure=holder("municipality_editor", projects[0].lead))[0]
    assert "提出した後に変更された回答があります" in words_of(first.get(f"/survey-answers/{answers[0].id}"))
    assert first.post(f"/survey-answers/{answers[0].id}/submission").status_code == 302

    move_clock(CLOSES + timedelta(days=1))
    run_daily((CLOSES + timedelta(days=1)).date())
    silent = select(Mail.subject).where(Mail.about_kind == "survey_answer", Mail.about_id == answers[3].id)
    assert any(it.startswith("【再度の御依頼】") for it in db.session.scalars(silent))
    assert "回答の受付を終了する、又は期限を延長する" in words_of(office.get("/"))
    late = sign_in_as(tenure=holder("municipality_editor", projects[3].lead))[0]
    filled_in(answers[3], at=CLOSES + timedelta(days=1))
    db.session.commit()
    assert late.post(f"/survey-answers/{answers[3].id}/submission").status_code == 302
    assert office.post(f"{made}/closing").status_code == 302

    mended = {"until": "2023-03-31 17:00", "reason": "インフラの項目を見直してください。"}
    assert office.post(f"/survey-answers/{answers[3].id}/reopening", data=mended).status_code == 302
    assert "調査の回答を修正する" in words_of(late.get("/"))
    assert office.post(f"{made}/publication").status_code == 422, "somebody is still mending"
    filled_in(answers[3], infrastructure="発生（対応中）", at=CLOSES + timedelta(days=2))
    db.session.commit()
    assert late.post(f"/survey-answers/{answers[3].id}/submission").status_code == 302

    found = tally_of(db.session.get_one(Survey, asking.id))
    assert found.asked == found.answered == {BODIES: 4, INITIATIVES: 6}
    assert (found.item(BODIES, ITEM).n, found.item(BODIES, ITEM).occurred) == (4, 4)
    assert found.item(INITIATIVES, "bottlenecks").ranked[0] == ("インフラ整備の主体検討と費用確保", 6)
    assert "N=6取組（4団体）" in words_of(office.get(f"{made}/tally"))
    assert office.post(f"{made}/publication").status_code == 302
    public = words_of(client.get(f"/survey-results/{asking.id}"))
    assert "N=4団体" in public and projects[0].lead.name not in public
    assert {it.state for it in db.session.scalars(select(SurveyAnswer))} == {"handed_in"}
    office.post(f"{made}/taking-back", data={"reason": "表題の誤り"})
    assert client.get(f"/survey-results/{asking.id}").status_code == 404
