"""The portfolio: how all projects under support stand, for the office and the ministries."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest

from app.db import db
from app.reporting.portfolio import ANY, latenesses, standing
from tests import factories
from tests.factories.applications import holder
from tests.reading import words_of


def body(name: str, code: str, prefecture: str):
    return factories.organisation(name, code=code, prefecture=prefecture)


@pytest.fixture
def projects(app, at):
    """Of three bodies: one with nothing late, one whose council has not met, one that nobody acts for; and one that is over."""
    fresh = factories.project(
        [body("岩見沢市", "012106", "北海道")], opened_on=at.date() - timedelta(days=10)
    )
    silent = factories.project([body("更別村", "016390", "北海道")], opened_on=at.date() - timedelta(days=91))
    alone = factories.project(
        [body("会津若松市", "072028", "福島県")], opened_on=at.date() - timedelta(days=10)
    )
    for project in (fresh, silent):
        holder("municipality_editor", project.lead)
    over = factories.project([body("府中市", "132063", "東京都")], state="ended")
    factories.room(fresh)
    db.session.commit()
    return {"fresh": fresh, "silent": silent, "alone": alone, "over": over}


@pytest.fixture
def officer(sign_in_as):
    return sign_in_as("officer")[0]


def listed(client, query: str = "") -> set[int]:
    rows = csv.DictReader(
        io.StringIO(client.get(f"/portfolio?format=csv{query}").get_data().decode("utf-8-sig"))
    )
    return {int(next(iter(row.values()))) for row in rows}


def test_what_is_late_is_counted_by_kind_and_a_project_once_in_all(projects, at):
    found = standing(at)
    assert found.supported == 3
    assert (found.late["council_not_met"], found.late["no_contact"], found.late["extension"]) == (1, 1, 0)
    assert found.late[ANY] == 2
    both = projects["silent"].applicants[0].organisation.seats[0]
    for tenure in both.tenures:
        tenure.ended_on = at.date() - timedelta(days=1)
    db.session.commit()
    found = standing(at)
    assert (found.late["council_not_met"], found.late["no_contact"], found.late[ANY]) == (1, 2, 2)


def test_an_extension_that_is_not_recorded_is_late_in_the_last_base_year(app, at):
    call = factories.call(selection_fy=2021, base_years=2, extension_years=2, state="announced")
    factories.project(call=call, opened_on=at.date())
    db.session.commit()
    assert standing(at).late["extension"] == 1


def test_a_council_is_late_after_ninety_days_and_not_before(app, at):
    factories.project(opened_on=at.date() - timedelta(days=89))
    db.session.commit()
    assert standing(at).late["council_not_met"] == 0
    assert standing(at + timedelta(days=1)).late["council_not_met"] == 1


def test_an_obstacle_past_its_day_makes_its_project_late_until_it_is_settled(projects, at):
    factories.obstacle(projects["fresh"], due_on=at.date())
    factories.obstacle(projects["silent"], due_on=at.date() + timedelta(days=1))
    factories.obstacle(projects["alone"], "resolved", due_on=at.date())
    db.session.commit()
    assert standing(at).late["obstacle"] == 0
    assert standing(at + timedelta(days=1)).late["obstacle"] == 1


def test_places_and_years_are_counted_of_what_is_under_support(projects, at):
    found = standing(at)
    assert found.by_prefecture == {"01": 2, "07": 1}
    assert sum(found.by_round.values()) == 3


def test_the_list_narrows_by_what_is_late_and_by_ministry(projects, officer):
    number = {name: it.number for name, it in projects.items()}
    assert listed(officer) == set(number.values())
    assert listed(officer, "&late=council_not_met") == {number["silent"]}
    assert listed(officer, "&late=no_contact") == {number["alone"]}
    assert listed(officer, f"&late={ANY}") == {number["silent"], number["alone"]}
    assert listed(officer, "&ministry=国土交通省") == {number["fresh"]}
    assert listed(officer, "&lead=07") == {number["alone"]}
    assert listed(officer, "&late=nonsense") == set(number.values())


def test_the_page_says_of_each_project_what_is_late_and_who_stands_beside_it(projects, officer):
    page = words_of(officer.get("/portfolio"))
    assert "協議会未開催（90日超）" in page and "国土交通省、総務省" in page
    rows = list(
        csv.DictReader(io.StringIO(officer.get("/portfolio?format=csv").get_data().decode("utf-8-sig")))
    )
    assert [row["遅れているもの"] for row in rows].count("協議会未開催（90日超）") == 1


def test_a_case_opened_from_it_leads_back_to_it(projects, officer):
    page = words_of(officer.get(f"/projects/{projects['silent'].id}?list=%2Fportfolio%3Flate%3Dany"))
    assert "/portfolio?late=any" in page


def test_a_municipality_has_no_portfolio_and_a_ministry_has(projects, sign_in_as):
    assert sign_in_as("municipality_editor", projects["fresh"].lead)[0].get("/portfolio").status_code == 403
    assert sign_in_as("ministry_officer")[0].get("/portfolio").status_code == 200


def test_it_sends_the_same_statements_for_many_as_for_few(projects, officer, count_queries, at):
    officer.get("/portfolio")
    few = count_queries(lambda: officer.get("/portfolio"))
    for _ in range(12):
        factories.room(factories.project(opened_on=at.date() - timedelta(days=100)))
    db.session.commit()
    officer.get("/portfolio")
    assert count_queries(lambda: officer.get("/portfolio")) <= few <= 12


def test_every_kind_of_lateness_is_of_projects_under_support(projects, at):
    over = projects["over"].id
    for name, it in latenesses().items():
        assert over not in {project.id for project in db.session.scalars(it.projects(at))}, name
