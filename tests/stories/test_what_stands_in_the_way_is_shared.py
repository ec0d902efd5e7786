"""A town's bus may not be watched from afar: a ministry is asked, the obstacle is solved, and other bodies read how."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from app.accompaniment.models import KnowledgeItem, Obstacle
from app.calendar import JST
from app.correspondence.models import Mail
from app.db import db
from app.schedule.reminders import send_due
from app.web.manifest import brought
from tests import factories
from tests.factories.applications import holder
from tests.stories.walking import post

BEGAN = datetime(2023, 2, 15, 10, 0, tzinfo=JST)


@pytest.mark.tells(
    "obstacle.revise", "obstacle.resolve", "obstacle.give_up", "obstacle.reopen", "obstacle.share"
)
def test_from_a_visit_to_what_all_can_read(app, sign_in_as, move_clock):
    move_clock(BEGAN)
    town, other = factories.organisation("更別村"), factories.organisation("岩見沢市")
    project = factories.project([town], title="村の自動運転バス")
    factories.project([other])
    ministry_body = factories.office()
    officer, _ = sign_in_as(tenure=holder("officer"))
    editor, _ = sign_in_as(tenure=holder("municipality_editor", town))
    ministry, _ = sign_in_as("ministry_officer")
    reader, _ = sign_in_as(tenure=holder("municipality_editor", other))
    holder("municipality_approver", town)
    send_due(brought("reminders"), at=BEGAN)
    log = f"/projects/{project.id}/log"

    # the officer visits, and writes down what was seen; one remark stays within the office
    visit = {"held_on": "R5.2.14", "entry_kind": "visit", "participants": "更別村、内閣府"}
    post(officer, f"{log}/new", **visit, text="バスに乗った。")
    post(officer, f"{log}/new", **visit, text="体制を案じる。", within_office="y")
    page = editor.get(log).get_data(as_text=True)
    assert "バスに乗った。" in page and "体制を案じる。" not in page

    # the town says what stands in the way; it is to draw a map by the 20th, and forgets
    facts = {"title": "遠隔監視の基準", "obstacle_kind": "regulatory", "text": "更別村では、1名で監視できない。", "ministry_id": "",
             "acts": "body", "acts_name": "企画課", "due_on": "2023-02-20"}  # fmt: skip
    post(editor, f"/projects/{project.id}/obstacles/new", **facts)
    obstacle = db.session.scalars(select(Obstacle)).one()
    at = f"/obstacles/{obstacle.id}"
    assert "遠隔監視の基準" in editor.get("/").get_data(as_text=True)
    move_clock(BEGAN + timedelta(days=6))
    send_due(brought("reminders"), at=BEGAN + timedelta(days=6))
    mail = db.session.scalars(select(Mail).where(Mail.about_kind == "obstacle")).one()
    assert "遠隔監視の基準" in mail.subject
    assert "期限超過" in officer.get("/obstacles").get_data(as_text=True)

    # the map is there; now a ministry must act
    version = {"version": str(obstacle.version_id)}
    asked = {**facts, "acts": "ministry", "ministry_id": str(ministry_body.id), "due_on": "2023-02-24"}
    post(officer, f"{at}/edit", **asked, **version)
    assert "acts=ministry" in ministry.get("/").get_data(as_text=True)

    # it gives up first, is asked again, and then finds a way
    post(ministry, f"{at}/giving-up", outcome="現行の基準では認められない。")
    post(editor, f"{at}/reopening", reason="区間を限る案に改めた。", due_on="2023-03-10")
    post(ministry, f"{at}/resolution", outcome="更別村の区間を限れば、1名で監視できる。")
    told = editor.get(at).get_data(as_text=True)
    assert "現行の基準では認められない。" in told and "区間を限る案に改めた。" in told

    # an officer shares it with all; the town's name is refused until it is taken out
    words = {"topic": "regulatory", "question": "1名で遠隔監視できるか", "technologies": "自動運転"}
    refused = officer.post(f"{at}/knowledge", data={**words, "answer": obstacle.outcome})
    assert refused.status_code == 422 and "「更別村」" in refused.get_data(as_text=True)
    post(officer, f"{at}/knowledge", **words, answer="区間を限れば、1名で監視できる。")
    item = db.session.scalars(select(KnowledgeItem)).one()
    page = reader.get(f"/knowledge/{item.id}").get_data(as_text=True)
    assert (
        "区間を限れば、1名で監視できる。" in page and "更別村" not in page and "村の自動運転バス" not in page
    )
    assert "知見として共有" in officer.get(at).get_data(as_text=True)
    assert "知見として共有" not in editor.get(at).get_data(as_text=True), "the office alone is told"
