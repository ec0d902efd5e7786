"""flask jobs: no day to come is run outside a demo; a halt by hand, and who lifts it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app import halting, timekeeping
from app.correspondence.models import Letter, Mail
from app.db import db
from app.installation import Setting
from app.organisations.models import Person
from app.projects.models import Project
from app.web import clock
from tests import factories


@pytest.fixture
def run(app):
    timekeeping.forget()

    def invoke(*words: str, status: int = 0) -> str:
        db.session.commit()
        done = app.test_cli_runner().invoke(args=["jobs", *words])
        db.session.expire_all()
        assert done.exit_code == status, done.output
        return done.output

    yield invoke
    timekeeping.forget()


def test_a_day_to_come_is_refused_and_the_refusal_says_how_to_rehearse(app, run):
    factories.letter(state="approved")
    project = factories.project(call=factories.call(selection_fy=2018, base_years=5))
    said = run("run", "--on", "2023-04-03", status=2)
    assert "2023-04-03 is still to come (today is 2023-02-15)" in said
    assert "BANSO_TODAY" in said and "script/simulate" in said
    assert db.session.scalars(select(Letter.state)).one() == "approved"
    assert db.session.get_one(Project, project.id).state == "supported"


def test_the_clock_of_a_demo_cannot_be_moved_where_there_is_no_demo(app):
    """It would be the other way to run days that are still to come."""
    factories.letter(state="approved")
    project = factories.project(call=factories.call(selection_fy=2018, base_years=5))
    db.session.commit()
    done = app.test_cli_runner().invoke(args=["demo", "clock", "2023-04-03"])
    db.session.expire_all()
    assert done.exit_code == 2 and "this is no demo" in done.output
    assert db.session.scalars(select(Letter.state)).one() == "approved"
    assert db.session.get_one(Project, project.id).state == "supported"
    assert Setting.get(clock.NAME) is None, "the clock goes on"


def test_a_demo_is_not_loaded_into_an_office(app):
    app.config["ENV"] = "production"
    done = app.test_cli_runner().invoke(args=["demo", "load"])
    assert done.exit_code == 2 and "this is no demo" in done.output
    assert db.session.scalar(select(Person.id).limit(1)) is None
    assert Setting.get(clock.NAME) is None


@pytest.mark.parametrize("day", ["2023-02-15", "2023-02-14"])
def test_today_and_days_that_have_passed_are_run(run, day):
    assert day in run("run", "--on", day)


def test_what_is_run_for_today_is_done_at_this_instant_not_at_nine(app, run, at, move_clock):
    move_clock(at.replace(hour=7))
    run("run")
    assert halting.current() is None
    run("run")
    assert halting.current() is None, "nothing was written ahead of the clock"


def test_a_clock_that_has_leapt_is_found_before_the_jobs_run(app, run, at, move_clock):
    factories.letter(state="approved")
    run("run")
    timekeeping.forget()  # each command is a process of its own
    move_clock(at + timedelta(days=400))
    assert "issue_support_end_letters: halted 1" in run("run")
    assert halting.current().reason == "clock_ahead"
    assert db.session.scalars(select(Letter.state)).one() == "approved"


def test_in_a_demo_a_day_to_come_is_run_and_the_clock_follows(app, run):
    app.config["PINNED_CLOCK"], app.config["TODAY"] = None, date(2023, 2, 15)
    assert "2023-03-01" in run("run", "--on", "2023-03-01")


def test_the_work_is_halted_by_hand_staff_are_told_and_somebody_lifts_it(app, run):
    director = factories.tenure("director")
    director.seat.mailbox = "director@example.jp"
    said = run("halt", "--reason", "庁舎の移転のため")
    assert "halted" in said
    halt = halting.current()
    assert (halt.reason, halt.facts) == ("by_hand", {"remark": "庁舎の移転のため"})
    mail = db.session.scalars(select(Mail)).one()
    assert mail.to_address == "director@example.jp" and "庁舎の移転のため" in mail.body
    assert "halted 1" in run("run")
    said = run("resume", "--as", director.person.email, "--remark", "移転が済んだ。")
    assert "by_hand" in said
    assert halting.current() is None
    assert (halt.lifted_by, halt.remark) == (director.name, "移転が済んだ。")
    assert "halted" not in run("run")


@pytest.mark.parametrize(
    ("words", "says", "status"),
    [
        (["halt", "--reason", " "], "say why", 2),
        (["resume", "--as", "nobody@example.jp", "--remark", "x"], "nobody", 2),
        (["resume", "--as", "OFFICER", "--remark", "x"], "may not lift", 2),
        (["resume", "--as", "DIRECTOR", "--remark", " "], "say what was found", 2),
    ],
)
def test_what_is_not_understood_changes_nothing(app, run, at, words, says, status):
    people = {"OFFICER": factories.tenure("officer"), "DIRECTOR": factories.tenure("director")}
    halting.halt("clock_ahead", at=at)
    assert says in run(
        *[people[word].person.email if word in people else word for word in words], status=status
    )
    assert [halt.reason for halt in halting.open_halts()] == ["clock_ahead"]


def test_there_is_nothing_to_lift_where_nothing_is_halted(app, run):
    director = factories.tenure("director")
    assert "not halted" in run("resume", "--as", director.person.email, "--remark", "x", status=1)
