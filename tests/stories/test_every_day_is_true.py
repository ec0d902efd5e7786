"""On every day of the demo's clock the pages say what was known by that day, and nothing of what came later."""

from __future__ import annotations

import re
from datetime import date, datetime

import pytest
from sqlalchemy import select

from app import calendar
from app.applications.models import Application
from app.correspondence.models import Letter
from app.db import db
from app.demo.following import follow_the_record
from app.history import HistoryEntry
from app.organisations.models import Seat
from app.permissions import SYSTEM
from app.programmes.models import Call
from app.projects.models import Project
from app.projects.operations import open_project
from tests import factories
from tests.stories.demo import told_out_of_order
from tests.stories.walking import fill_in, post

# day → calls of the record that are known (the state of each), projects under support, projects ended
KNOWN = {
    date(2018, 4, 1): ({"H30": "announced"}, 9, 0),
    date(2020, 7, 31): ({"H30": "announced", "R1": "announced", "R2": "announced"}, 26, 0),
    date(2023, 2, 15): (dict.fromkeys(("H30", "R1", "R2", "R3", "R4"), "announced"), 45, 0),
    date(2023, 4, 20): (
        dict.fromkeys(("H30", "R1", "R2", "R3", "R4"), "announced") | {"R5": "published"}, 36, 9
    ),
    date(2025, 4, 11): (
        dict.fromkeys(("H30", "R1", "R2", "R3", "R4", "R5", "R6", "R7"), "announced"), 19, 26
    ),
}  # fmt: skip
LATER = re.compile(r"(?:令和|平成)(元|\d+)年度 (?:近未来技術等|未来技術)社会実装事業の募集")


@pytest.mark.parametrize("day", KNOWN, ids=str)
def test_nothing_of_a_later_day_is_on_record_and_every_readers_pages_agree(demo_on, day):
    demo = demo_on(day)
    _nothing_of_a_later_day_is_on_record(day)
    _every_readers_pages_agree(demo, day)


def _nothing_of_a_later_day_is_on_record(day):
    calls, supported, ended = KNOWN[day]
    found = db.session.scalars(select(Call).where(~Call.is_sample))
    assert {call.code: call.state for call in found} == calls
    states = [project.state for project in db.session.scalars(select(Project))]
    assert (states.count("supported"), states.count("ended"), len(states)) == (
        supported,
        ended,
        supported + ended,
    )
    assert {it.state for it in db.session.scalars(select(Letter))} <= {"drafted"}, "nothing has gone out"
    assert all(it.starts_on <= day for it in db.session.scalars(select(Project)))
    assert all(not it.announced_on or it.announced_on <= day for it in db.session.scalars(select(Call)))
    assert not told_out_of_order()


def _every_readers_pages_agree(demo, day):
    calls, supported, ended = KNOWN[day]
    listed = supported + ended
    # Everybody who may read calls finds the same ones, a sample among them.
    for account in ("officer", "editor", "ministry", "reviewer"):
        assert _rows(demo.as_(account).get("/calls?format=csv")) == len(calls) + 1
    for reader in (demo.as_("officer"), demo.as_("ministry")):
        assert _rows(reader.get("/projects?format=csv")) == listed
        assert _rows(reader.get("/projects?state=supported&format=csv")) == supported
    anybody = demo.anybody()
    assert _rows(anybody.get("/register?format=csv")) == listed
    told = anybody.get("/register.json").get_json()
    assert {it["call"] for it in told["rounds"]} == {
        code for code, state in calls.items() if state == "announced"
    }
    assert (told["totals"]["listed"], len(told["projects"])) == (listed, listed)
    assert told["totals"]["ended"] >= ended
    # No page names a round that lies ahead, nor a later day on which something had ended.
    titles = {call.title for call in db.session.scalars(select(Call))}
    for client, path in (
        (demo.as_("officer"), "/"),
        (demo.as_("officer"), "/calls"),
        (demo.as_("director"), "/schedule"),
        (demo.as_("approver"), "/"),
        (anybody, "/"),
        (anybody, "/register"),
    ):
        page = client.get(path).get_data(as_text=True)
        named = {match[0] for match in LATER.finditer(page)}
        assert named <= titles, path
    register = anybody.get("/register").get_data(as_text=True)
    assert ("令和3年3月31日" in register) == (day > date(2021, 3, 31))


def test_past_projects_are_opened_on_their_own_day_in_the_history(demo_on):
    demo_on()
    opened = {
        project.number: next(
            entry for entry in db.session.scalars(HistoryEntry.of(project)) if entry.event == "opened"
        ).at.date()
        for project in db.session.scalars(select(Project))
    }
    assert opened[10] == date(2021, 8, 24)  # 前橋市, R3
    assert opened[8] == date(2020, 7, 31)
    assert opened[1] == date(2018, 4, 1) and opened[6] == date(
        2019, 4, 1
    )  # the sources give no day: by the rule
    assert opened[3] == date(2022, 7, 13)


@pytest.mark.tells("call.record_opening", "call.record_past", "project.end")
def test_the_call_of_2023_opens_is_reviewed_and_announced_as_the_clock_passes_its_days(demo_on):
    demo = demo_on()
    approver, officer, anybody = demo.as_("approver"), demo.as_("officer"), demo.anybody()
    demo.run("jobs", "run", "--on", "2023-04-04")
    assert _call("R5") is None and "令和5年度" not in officer.get("/calls").get_data(as_text=True)

    demo.run("demo", "clock", "2023-04-05")
    call = _call("R5")
    assert call.is_open and call.closes_at == _jst(2023, 5, 10, 12)
    for client in (approver, anybody):
        assert call.title in client.get("/").get_data(as_text=True)
    assert approver.get(f"/calls/{call.id}/applications").status_code == 200

    demo.run("jobs", "run", "--on", "2023-05-11")
    call = _call("R5")
    assert (call.state, call.is_open) == ("published", False)
    for client in (approver, officer):
        assert "審査中" in client.get(f"/calls/{call.id}").get_data(as_text=True)
    assert call.announced_count is None and call.announced_on is None

    demo.run("demo", "clock", "2023-06-30")
    call = _call("R5")
    assert (call.state, call.announced_count, call.announced_on) == ("announced", 2, date(2023, 6, 30))
    entries = [(entry.event, entry.at.date()) for entry in db.session.scalars(HistoryEntry.of(call))]
    assert entries == [
        ("record_past", date(2023, 6, 30)),
        ("record_opening", date(2023, 4, 5)),
        ("drafted", date(2023, 4, 5)),
    ]
    assert not call.asks_more  # what was made up so that one could apply is gone with the call
    assert db.session.scalar(select(Project).where(Project.call_id == call.id)) is None  # never one invented
    assert not told_out_of_order()


def test_the_record_leaves_a_call_alone_that_somebody_has_applied_to(demo_on):
    demo = demo_on()
    demo.run("demo", "clock", "2023-04-05")
    call, approver = _call("R5"), demo.as_("approver")
    post(approver, f"/calls/{call.id}/applications")
    application = _application_to(call)
    fill_in(approver, application, "見本の取組")
    page = approver.get(f"/applications/{application.id}/submission").get_data(as_text=True)
    seen = re.search(r'name="seen"[^>]*value="([^"]*)"', page)
    post(approver, f"/applications/{application.id}/submission", seen=seen[1] if seen else "")
    assert _application_to(call).state == "submitted"
    demo.run("jobs", "run", "--on", "2023-07-01")
    call = _call("R5")
    assert (call.state, call.announced_count) == ("published", None)
    assert call.asks_more


def test_the_record_leaves_a_code_alone_that_the_office_has_taken(demo_on):
    demo = demo_on()
    factories.call(code="R5", state="draft", title="（見本）別の募集")
    db.session.commit()
    demo.run("jobs", "run", "--on", "2023-07-01")
    assert (_call("R5").title, _call("R5").state) == ("（見本）別の募集", "draft")


def test_passing_the_days_comes_to_the_same_as_loading_on_the_last_of_them(demo_on):
    demo = demo_on(date(2018, 4, 1))
    for day in ("2019-04-01", "2020-04-01", "2020-08-01", "2023-03-31", "2023-04-20"):
        demo.run("jobs", "run", "--on", day)
    calls, supported, ended = KNOWN[date(2023, 4, 20)]
    found = db.session.scalars(select(Call).where(~Call.is_sample))
    assert {call.code: call.state for call in found} == calls
    states = [project.state for project in db.session.scalars(select(Project))]
    assert (states.count("supported"), states.count("ended")) == (supported, ended)
    assert [it.number for it in db.session.scalars(select(Project).order_by(Project.number))] == [
        *range(1, 46)
    ]
    assert db.session.scalar(select(Seat).where(Seat.mailbox == "452033@example.jp"))  # 延岡市, since R3
    assert not told_out_of_order()


def test_a_project_of_the_demos_own_takes_no_number_of_the_published_list(demo_on):
    demo = demo_on(date(2018, 4, 1))
    call, body = _call("H30S"), factories.organisation()
    own = open_project(call=call, applicants=[body], actor=SYSTEM, at=calendar.now())
    db.session.commit()
    assert own.number == 46
    demo.run("jobs", "run", "--on", "2022-08-01")
    assert db.session.query(Project).count() == 46


def test_a_database_that_is_no_demo_does_not_follow_the_record(app, at):
    assert follow_the_record(_jst(2023, 7, 1, 9)) == 0
    assert db.session.scalar(select(Call)) is None


def _application_to(call: Call):
    db.session.expire_all()
    return db.session.scalars(select(Application).where(Application.call_id == call.id)).one()


def _call(code: str) -> Call:
    db.session.expire_all()
    return db.session.scalar(select(Call).where(Call.code == code))


def _rows(answer) -> int:
    assert answer.status_code == 200
    return len(answer.get_data(as_text=True).strip().splitlines()) - 1


def _jst(*parts: int):
    return datetime(*parts, tzinfo=calendar.JST)
