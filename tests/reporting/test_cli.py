"""flask projects, as a program that reads it meets it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from app.db import db
from tests import factories


@pytest.fixture
def project(app, at):
    made = factories.project([factories.organisation("岩見沢市", code="012106")], number=7)
    factories.room(made)
    factories.initiative(made)
    factories.kpi_actual(factories.kpi(made, name="来場者数"), raw="1,200人")
    factories.obstacle(made, due_on=at.date() + timedelta(days=3))
    db.session.commit()
    return made


def ask(app, *words: str):
    return app.test_cli_runner().invoke(args=["projects", *words])


def test_a_project_is_told_with_all_that_is_written_about_it(app, project):
    told = json.loads(ask(app, "show", "7", "--json").output)
    assert told["ends_on"] == project.ends_on.isoformat()
    assert told["support_rule"]["base_years"] == project.call.base_years
    assert told["extension"] == {"outcome": None, "on": None, "years": 0, "applications": []}
    assert (told["changes"], told["cancellation"]) == ([], None)
    assert [it["name"] for it in told["initiatives"]] == ["自動運転バスの実証"]
    assert told["kpis"][0]["indicator"] == "来場者数" and told["kpis"][0]["actuals"][0]["raw"] == "1,200人"
    assert told["ministries"] == ["国土交通省", "総務省"]
    assert told["obstacles"][0]["state"] == "outstanding"
    assert told["bodies"] == [{"code": "012106", "name": "北海道岩見沢市"}]
    assert "ends_on" in ask(app, "show", "7").output


def test_projects_are_listed_and_narrowed_by_state(app, project):
    factories.project(state="ended", number=8)
    db.session.commit()
    assert [it["number"] for it in json.loads(ask(app, "list", "--json").output)] == [7, 8]
    assert [it["number"] for it in json.loads(ask(app, "list", "--state", "ended", "--json").output)] == [8]
    assert "岩見沢市" in ask(app, "list").output


@pytest.mark.parametrize("number", ["9", "x", "７", "9" * 40, "-1"])
def test_a_number_that_is_none_is_told_in_a_sentence(app, project, number):
    answer = ask(app, "show", "--", number)
    assert answer.exit_code == 2 and number[:5] in answer.output and "Traceback" not in answer.output


def test_a_number_of_two_programmes_asks_which(app, project):
    elsewhere = factories.call(programme=factories.programme("another"))
    factories.project([factories.organisation("更別村")], call=elsewhere, number=7)
    db.session.commit()
    assert "--programme" in ask(app, "show", "7").output
    told = json.loads(ask(app, "show", "7", "--programme", elsewhere.programme.key, "--json").output)
    assert told["bodies"][0]["name"].endswith("更別村")
