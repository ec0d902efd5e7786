"""An officer's home: what waits, how much there is, what comes and what happened, each linked to its list."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import pytest

from app import calendar
from app.applications import checking
from app.councils import operations as councils
from app.lifecycle import move
from tests import factories
from tests.factories.applications import holder
from tests.home.page import page_of

JST = calendar.JST


@pytest.fixture
def home_of(sign_in_as):
    """The home of somebody of a role, as a tree."""

    def read(role="officer", organisation=None, path="/"):
        client, _ = sign_in_as(role, organisation)
        return page_of(client.get(path).get_data(as_text=True))

    return read


def figure(page, number):
    return page.all(".figure")[number]


def test_the_head_says_the_day_and_what_is_left_of_the_fiscal_year(app, home_of):
    head = home_of().one(".desk-head")
    assert head.words == "令和5年2月15日（水） 令和4年度 残り44日"


def test_what_waits_is_counted_and_red_only_when_a_day_has_passed(app, home_of, move_clock, at):
    call = factories.call()
    factories.application("submitted", call=call)
    factories.application("returned", call=call)
    waiting = figure(home_of(), 0)
    assert waiting.one(".figure__value").words == "1"
    assert "figure--late" not in waiting.classes
    move_clock(at + timedelta(days=8))
    waiting = figure(home_of(), 0)
    assert waiting.one(".figure__value").words == "2"
    assert "figure--late" in waiting.classes and "1件" in waiting.one(".figure__note").words


def test_the_figure_of_applications_is_the_length_of_the_list_it_leads_to(app, home_of, at):
    call = factories.call()
    for state in ("draft", "submitted", "returned", "accepted", "under_review", "withdrawn"):
        factories.application(state, call=call)
    lapsed = factories.application("returned").call  # announced without it: nobody works on it any more
    for name, role in (("decide", "director"), ("announce", "officer")):
        move(lapsed, name, actor=factories.tenure(role), at=at, missing=[])
    checked = figure(home_of(), 1)
    assert checked.one(".figure__value").words == "4"
    assert "提出期限まで30日" in checked.one(".figure__note").words
    listed = home_of(path=checked["href"])
    assert len(listed.all("tbody tr")) == 4


def test_projects_are_counted_with_councils_that_have_not_met(app, home_of, at):
    met, _not_met = factories.project(), factories.project()
    factories.project(state="cancelled")
    council = factories.council(met)
    councils.record_meeting(
        council, held_on=date(2023, 1, 20), place="", note="", actor=factories.tenure("officer"), at=at
    )
    supported = figure(home_of(), 2)
    assert supported.one(".figure__value").words == "2"
    assert "1件" in supported.one(".figure__note").words
    assert len(home_of(path=supported["href"]).all("tbody tr")) == 2


def test_projects_ending_are_counted_with_their_bodies_and_letters(app, home_of):
    ends = factories.call(selection_fy=2018, base_years=5)
    factories.project([factories.organisation(), factories.organisation()], call=ends)
    factories.project()
    factories.letter(fiscal_year=2022)
    factories.letter(fiscal_year=2022, state="approved")
    ending = figure(home_of(), 3)
    assert ending.one(".figure__number").words == "1 件 2団体"
    assert "1件" in ending.one(".figure__note").words
    assert len(home_of(path=ending["href"]).all("tbody tr")) == 1


def test_the_bar_of_states_says_its_numbers_and_links_each_to_its_list(app, home_of):
    call = factories.call()
    for state in ("draft", "in_approval", "submitted", "returned", "returned"):
        factories.application(state, call=call)
    page = home_of()
    bar = page.one(".stacked")
    assert bar.one(".stacked__bar")["role"] == "img"
    assert bar.one("desc").words.startswith("作成中 2、")
    legend = [item.words for item in bar.all(".stacked__legend li")]
    assert [text.split()[-1] for text in legend] == ["2", "1", "2", "0", "0", "0"]
    assert [link["href"] for link in bar.all("a")] == [
        f"/applications?call={call.id}&state=submitted",
        f"/applications?call={call.id}&state=returned",
    ]
    for link in bar.all("a"):
        assert len(home_of(path=link["href"]).all("tbody tr")) == int(link.one("strong").words)
    assert [cell.words for cell in bar.all("details td")] == ["2", "1", "2", "0", "0", "0", "5"]
    widths = [float(part["width"]) for part in bar.all(".stacked__part")]
    assert widths == [400, 200, 400]


def test_years_of_support_are_bars_that_lead_to_their_projects(app, home_of):
    for selected, count in ((2022, 2), (2018, 1)):
        call = factories.call(selection_fy=selected, base_years=5)
        for _ in range(count):
            factories.project(call=call)
    rows = home_of().all(".bars tbody tr")
    assert [row.words for row in rows] == ["1年目（R4） 2", "5年目（H30） 1 今年度末で終了"]
    for row, count in zip(rows, (2, 1), strict=True):
        assert len(home_of(path=row.one("a")["href"]).all("tbody tr")) == count


def test_the_month_marks_today_closed_days_and_days_with_a_date(app, home_of):
    factories.call(title="追加募集", closes_at=datetime(2023, 2, 24, 12, 0, tzinfo=JST))
    month = home_of().one(".month")
    assert month.one("caption").words == "令和5年2月"
    today = month.one(".month__day--today")
    assert today.words == "15" and today["aria-current"] == "date"
    closed = [day.words for day in month.all(".month__day--closed time")]
    assert closed == ["4", "5", "11", "12", "18", "19", "23", "25", "26"]  # 23 February: a holiday
    asking, marked = month.all(".month__day--marked")
    assert asking.one("time")["datetime"] == "2023-02-01", "of the programme's own days"
    assert marked.one("time")["datetime"] == "2023-02-24" and marked.words.endswith("12時 追加募集 提出期限")


def test_the_next_dates_are_listed_in_order(app, home_of):
    call = factories.call(title="追加募集")
    factories.letter(fiscal_year=2022)
    rows = home_of().all(".dated li")
    days = [row.one("time")["datetime"] for row in rows]
    assert days == ["2023-03-01", "2023-03-17", "2023-03-31", "2023-04-01"]
    assert rows[1].one("a")["href"] == f"/calls/{call.id}"
    assert [bool(row.all(".tag")) for row in rows] == [False, False, True, False]  # letters wait for approval


def test_tasks_carry_their_due_day_and_a_passed_one_is_red(app, home_of, move_clock):
    call = factories.call()
    application = factories.application("returned", call=call)
    move_clock(application.correction_due_at + timedelta(hours=1))
    tag = home_of().one(".task__status .tag")
    assert tag.words == "本日10時 期限切れ" and "tag--error" in tag.classes


def test_what_changed_last_is_told_once_for_each_case(app, home_of, at):
    call = factories.call()
    first = factories.application("submitted", call=call)
    factories.application("submitted", call=call)
    checking.accept(first, actor=holder("officer"), at=at)
    rows = home_of().all(".dated--brief li")
    assert len(rows) == 2
    assert first.number in rows[0].words and "受理" in rows[0].words
    assert rows[0].one("a")["href"] == f"/applications/{first.id}"


def test_a_municipality_sees_only_what_happened_to_its_own_cases(app, home_of, at):
    own = factories.application("submitted")
    other = factories.application("submitted")
    page = home_of("municipality_editor", own.organisation)
    changed = page.one(".dated--brief").words
    assert own.number in changed and other.number not in changed
    assert not page.all(".figure") + page.all(".stacked") + page.all(".bars")


def test_what_the_office_alone_is_told_does_not_show_at_a_municipality(app, home_of):
    own = factories.application("provisional")
    before = home_of("municipality_editor", own.organisation)
    assert not re.search("審査結果|仮の結果", before.one(".dated--brief").words)


@pytest.mark.parametrize(
    "role", ["administrator", "reviewer", "ministry_officer", "municipality_approver", "director"]
)
def test_every_role_has_a_day_a_month_and_its_tasks(app, home_of, role):
    factories.project()
    page = home_of(role)
    assert page.one(".desk-head h1") and page.one(".month") and page.one("#tasks-heading")
    assert bool(page.all(".figure")) == (role == "director")


def test_a_reviewer_reads_of_the_calls_under_way_and_when_each_closes(app, home_of, at, move_clock):
    call = factories.call(title="春の募集")  # until 17 March 2023
    later = factories.call(
        title="夏の募集", opens_at=at + timedelta(days=40), closes_at=at + timedelta(days=60)
    )
    factories.call(title="済んだ募集", state="announced", announced_on=at.date())
    factories.call(title="準備中", state="draft")
    page = home_of("reviewer")
    first, second = page.all(".desk__main .task")
    assert "春の募集" in first.words and "受付中" in first.words and "令和5年3月17日" in first.words
    assert "夏の募集" in second.words and "受付開始" in second.words
    assert [link["href"] for link in first.all("a")] == [f"/calls/{call.id}", f"/calls/{call.id}#criteria"]
    assert home_of("reviewer", path=f"/calls/{call.id}").one("#criteria")
    ahead = [row.one("a")["href"] for row in page.all(".dated li")]
    assert ahead == [f"/calls/{call.id}", f"/calls/{later.id}"]
    move_clock(call.closes_at)
    assert "審査中" in home_of("reviewer").all(".desk__main .task")[0].words


def test_a_reviewer_without_a_call_is_told_what_will_be_there(app, home_of):
    empty = home_of("reviewer").all(".desk__main .empty")
    assert len(empty) == 2 and "審査基準" in empty[1].words and empty[1].one("a")["href"] == "/calls"


def test_an_empty_office_has_a_home_too(app, home_of):
    page = home_of()
    assert [value.words for value in page.all(".figure__value")] == ["0"] * 5
    assert not page.all(".stacked") + page.all(".bars")
