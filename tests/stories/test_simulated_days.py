"""Half a year of the demo, day by day, held to the rules that script/simulate holds thirteen years to."""

from __future__ import annotations

from datetime import date

import pytest

from app import calendar
from app.calendar import is_business_day
from tests.simulation import rules
from tests.simulation.course import approve_all, approve_all_but_one, let_happen


@pytest.fixture
def demo(app):
    """The demo's own clock, from the autumn before the first projects end."""
    app.config.update(PINNED_CLOCK=None, TODAY=date(2022, 9, 28), DEMO=True)
    calendar.pin(None)
    return app


def test_half_a_year_of_jobs_breaks_no_rule(demo):
    acts = {date(2023, 3, 15): approve_all_but_one, date(2023, 4, 8): approve_all}  # the 8th is a Saturday
    course = let_happen(acts, date(2023, 4, 11))
    assert {rule: breaks for rule, breaks in rules.every_rule(course).items() if breaks} == {}
    letters = rules.issued()
    days = [letter.issued_on for letter in letters]
    assert sorted(days) == [date(2023, 3, 31)] * 11 + [date(2023, 4, 10)]
    assert (rules.count_of_projects_ended(2022), len(letters)) == rules.published()[2022] == (9, 12)
    reminders = [
        mail for mail in rules.mails_since(course) if rules.occasion_of(mail).startswith("support_end:")
    ]
    told = sorted({calendar.day_of(mail.queued_at) for mail in reminders})
    assert told == [date(2022, 10, 3), date(2023, 1, 4), date(2023, 3, 1)]
    assert all(map(is_business_day, told))


def test_a_rule_that_is_broken_is_told(demo):
    saturday, monday = date(2023, 4, 8), date(2023, 4, 10)
    assert rules.closed([("a", saturday), ("b", monday)]) == ["a on Saturday 2023-04-08"]
