"""The head of the history is mailed each working day to people who do not hold the server."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from app import calendar, head, jobs
from app.correspondence import letters
from app.correspondence.models import Mail
from app.db import db
from app.permissions import SYSTEM
from app.proof import daily
from tests import factories
from tests.correspondence.common import unwrapped
from tests.proof.common import verified

MONDAY = date(2023, 2, 20)


@pytest.fixture
def people(app, at):
    director = factories.tenure("director")
    administrator = factories.tenure("administrator")
    factories.tenure("officer")
    director.person.record("noted", actor=SYSTEM, at=at)
    db.session.commit()
    return director, administrator


def mailed() -> list[Mail]:
    return list(
        db.session.scalars(select(Mail).where(Mail.key.startswith("history-head:")).order_by(Mail.id))
    )


def nine(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=calendar.JST)


def test_directors_and_administrators_get_it_once_a_working_day(people):
    for day in (MONDAY, MONDAY, MONDAY + timedelta(days=1)):
        daily.mail_head(on=day, at=nine(day))
        db.session.commit()
    assert sorted(mail.to_address for mail in mailed()) == sorted(
        2 * [tenure.seat.mailbox for tenure in people]
    )


@pytest.mark.parametrize(
    "closed", [date(2023, 2, 18), date(2023, 2, 19), date(2023, 2, 23), date(2022, 12, 29)]
)
def test_nobody_gets_it_on_a_closed_day(people, closed):
    assert daily.mail_head(on=closed, at=nine(closed)) == 0
    assert mailed() == []


def test_the_setting_names_others(app, people):
    app.config["HISTORY_MAIL"] = "audit@example.jp, kansa@example.jp"
    assert daily.mail_head(on=MONDAY, at=nine(MONDAY)) == 2
    assert [mail.to_address for mail in mailed()] == ["audit@example.jp", "kansa@example.jp"]


def test_it_says_the_head_how_many_entries_and_the_last_numbers(app, people, at):
    for day in (date(2023, 3, 31), date(2023, 4, 3)):
        for _ in range(2):
            letters.issue(factories.letter(state="approved"), on=day, at=at)
    db.session.commit()
    daily.mail_head(on=MONDAY, at=nine(MONDAY))
    body = unwrapped(mailed()[0].body)
    assert f"履歴の件数：{head.last().id}件" in body
    assert "最後の文書番号：5未技第2号、4未技第2号" in body


def test_the_line_of_the_mail_stands_whole_on_a_line_and_is_what_verify_takes(app, people, at):
    daily.mail_head(on=MONDAY, at=nine(MONDAY))
    db.session.commit()
    lines = [line for line in mailed()[0].body.splitlines() if re.fullmatch(r"\d+:[0-9a-f]+:[0-9a-f]+", line)]
    assert lines == [head.signed(head.Head(1, head.last().hash), at).line] or len(lines) == 1
    assert verified(app, "--head", lines[0]) == (0, {})


def test_it_is_one_of_the_daily_jobs_and_comes_with_the_first_run_of_the_day(people):
    done = jobs.run_daily(MONDAY)
    assert done["mail_history_head"] == {"mails_queued": 2}
    assert jobs.run_daily(MONDAY)["mail_history_head"] == {"mails_queued": 0}
    assert all(mail.kept_path for mail in mailed())


def test_without_a_history_or_anybody_to_send_it_to_nothing_is_sent(app):
    assert daily.mail_head(on=MONDAY, at=nine(MONDAY)) == 0
