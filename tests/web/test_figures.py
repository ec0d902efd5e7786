"""Counts, sizes and times of day, as a reader of Japanese or of English writes them: one way on every page."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

import pytest
from flask import g

from app import calendar
from app.schedule.lists import subject_named
from app.schedule.routes import told_days
from app.schedule.rules import RULES
from app.web import i18n
from tests import factories

MORNING = datetime(2023, 3, 17, 6, 44, 3, tzinfo=calendar.JST)


@pytest.fixture
def reading(app):
    """The world as a reader of a language gets it."""

    @contextmanager
    def read_in(language: str):
        for kept in list(g):  # what the reader before was found to read
            g.pop(kept)
        with app.test_request_context(headers={"Cookie": f"language={language}"}):
            yield app.jinja_env

    return read_in


@pytest.mark.parametrize(
    ("size", "shown"),
    [(0, "0 B"), (1023, "1023 B"), (1024, "1 KB"), (1536, "1.5 KB"), (20 * 2**20, "20 MB"), (25 * 2**20, "25 MB")],
)  # fmt: skip
def test_a_size_has_a_decimal_only_where_it_says_something(size, shown):
    assert i18n.shown_size(size) == shown


def test_a_time_of_day_is_written_as_in_letters_or_as_english_has_it(reading):
    with reading("ja"):
        assert i18n.shown_instant(MORNING) == "令和5年3月17日（金）6時44分"
        assert i18n.shown_time(MORNING) == "6時44分3秒"
    with reading("en"):
        assert i18n.shown_instant(MORNING) == "17 March 2023 (Fri), 06:44 JST"
        assert i18n.shown_time(MORNING) == "06:44:03 JST"


def test_a_count_agrees_with_its_noun(reading):
    rule = replace(RULES["deadline"], days=(-14, -1, 0, 1))
    with reading("en") as pages:
        assert told_days(rule) == "14 days before, 1 day before, on the day, 1 day after"
        remaining = pages.get_template("components/remaining.html").module.remaining
        assert ">1 day left<" in remaining(1) and ">2 days left<" in remaining(2)
        assert ">1 day late<" in remaining(-1) and ">1,200 days left<" in remaining(1200)
    with reading("ja") as pages:
        assert told_days(rule) == "14日前、1日前、当日、1日後"


def test_a_fiscal_year_that_a_reminder_is_about_is_named_in_the_readers_language(reading):
    with reading("ja"):
        assert subject_named("fiscal_year", 2022, "令和4年度") == "令和4年度"
    with reading("en"):
        assert subject_named("fiscal_year", 2022, "令和4年度") == "FY2022"
        assert subject_named("project", 7, "7 更別村") == "7 更別村"
        assert subject_named("project", 7, "") == "project 7"


def test_a_limit_is_told_with_its_thousands(client, sign_in_as):
    call = factories.call()
    page = sign_in_as("officer")[0].get(f"/calls/{call.id}").get_data(as_text=True)
    assert "1,000</p>" in page and "1000</p>" not in page
