"""The schedule's page: rules, what they will send, what they sent."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlalchemy import select

from app.calendar import JST
from app.db import db
from app.history import HistoryEntry
from app.schedule.models import Reminder, RuleDays
from app.schedule.reminders import rules_in_force, send_due, start_from
from app.schedule.rules import RULES
from app.web.manifest import brought
from tests import factories
from tests.reading import text_of


def ended_projects(**values) -> None:
    bodies = [factories.organisation("岩見沢市"), factories.organisation("更別村")]
    call = factories.call(selection_fy=2018, base_years=5)
    factories.project(bodies, call=call, number=1, created_at=datetime(2023, 2, 1, tzinfo=JST), **values)


@pytest.fixture(autouse=True)
def since_the_demos_first_day(app):
    start_from(date(2023, 2, 15))


def test_every_rule_is_wired_to_somebody_who_gives_its_subjects(app):
    assert set(brought("reminders")) == set(RULES)
    assert {name for name, (_, send) in brought("reminders").items() if send is None} == {
        name for name, rule in RULES.items() if rule.fixed
    }


def test_the_page_shows_rules_what_will_be_sent_and_the_days_on_which_the_programme_acts(sign_in_as):
    client, _ = sign_in_as("officer")
    ended_projects()
    page = text_of(client.get("/schedule"))
    for words in ("14日前、3日前、1日前", "90日後", "180日前、90日前、30日前", "最後の1週間は毎開庁日"):
        assert words in page
    for day in ("2023-03-01", "2023-03-31", "2023-04-01", "2023-03-27"):
        assert f'<time datetime="{day}">' in page
    assert "1 岩見沢市、更別村" in page
    assert "2022-10-02" not in page  # due before the office began


def test_the_page_and_the_ledger_show_what_was_sent(sign_in_as):
    client, _ = sign_in_as("director")
    ended_projects()
    start_from(date(2022, 4, 1))
    for row in db.session.scalars(select(Reminder)):
        db.session.delete(row)
    db.session.commit()
    projects = {"support_end": brought("reminders")["support_end"]}
    assert send_due(projects, at=datetime(2023, 3, 2, 9, tzinfo=JST)) == {"support_end": 1}
    assert "1 岩見沢市、更別村" in text_of(client.get("/schedule/reminders?rule=support_end&outcome=sent"))
    lines = text_of(client.get("/schedule/reminders?format=csv")).splitlines()
    assert len(lines) == 2 and lines[1].endswith("送信済み")
    assert client.get("/schedule/reminders?outcome=overtaken").status_code == 200


def test_an_officer_changes_the_days_of_a_rule(sign_in_as):
    client, officer = sign_in_as("officer")
    page = text_of(client.get("/schedule/rules/support_end"))
    assert 'value="180, 90, 30"' in page
    answer = client.post("/schedule/rules/support_end", data={"before": "１８０、60 ,30", "after": ""})
    assert answer.headers["Location"] == "/schedule"
    assert rules_in_force()["support_end"].days == (-180, -60, -30)
    row = db.session.scalars(select(RuleDays)).one()
    entry = db.session.scalars(HistoryEntry.of(row)).one()
    assert (entry.event, entry.actor_name) == ("days_changed", officer.name)
    client.post("/schedule/rules/support_end", data={"before": "0", "after": "7"})
    assert "当日、7日後" in text_of(client.get("/schedule"))


@pytest.mark.parametrize(
    "entered", [{"before": "二週間"}, {"before": "14, -3"}, {"before": "401"}, {"before": "", "after": ""}]
)
def test_days_that_are_none_are_refused_and_kept(sign_in_as, entered):
    client, _ = sign_in_as("administrator")
    answer = client.post("/schedule/rules/deadline", data=entered)
    assert answer.status_code == 422
    assert 'href="#before"' in text_of(answer)
    assert f'value="{entered.get("before", "")}"' in text_of(answer)
    assert rules_in_force()["deadline"].days == (-14, -3, -1)


@pytest.mark.parametrize("name", ["nonsense", "letters_unapproved"])
def test_a_rule_that_is_none_or_is_fixed_has_no_page(sign_in_as, name):
    client, _ = sign_in_as("officer")
    assert client.get(f"/schedule/rules/{name}").status_code == 404


def test_a_director_reads_the_schedule_and_does_not_change_it(sign_in_as):
    client, _ = sign_in_as("director")
    assert "/schedule/rules/" not in text_of(client.get("/schedule"))
    assert client.get("/schedule/rules/deadline").status_code == 403


def test_who_may_not_open_a_case_is_told_its_name_alone(sign_in_as):
    ended_projects()
    for role, may_open in (("officer", True), ("administrator", False)):
        client, _ = sign_in_as(role)
        page = text_of(client.get("/schedule"))
        assert "1 岩見沢市、更別村" in page
        assert ('href="/projects/' in page) is may_open, role


def test_a_municipality_sees_no_schedule(sign_in_as):
    client, _ = sign_in_as("municipality_approver")
    assert client.get("/schedule").status_code == 403


def test_an_empty_world_has_an_empty_year(sign_in_as):
    client, _ = sign_in_as("administrator")
    assert "今後1年間に予定されている通知はありません" in text_of(client.get("/schedule"))
    assert "まだ送信していません" in text_of(client.get("/schedule/reminders"))
