"""Staff see that the work is halted on every page, and those who may look and let it go on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app import halting
from app.applications.models import Application
from app.correspondence.models import Letter
from app.db import db
from app.programmes.models import Call
from app.projects.announcing import announce
from app.schedule.work import WorkFailed
from tests import factories
from tests.reading import page_at

NOTICE = "自動処理を停止しています"


@pytest.fixture
def halted(app, at):
    facts = {"clock": at.isoformat(), "last_known": (at - timedelta(days=40)).isoformat()}
    made = halting.halt("clock_ahead", at=at, facts=facts)
    db.session.commit()
    return made


@pytest.mark.parametrize("role", ["officer", "director", "administrator"])
def test_every_page_of_staff_says_that_the_work_is_halted(halted, sign_in_as, role):
    client, _ = sign_in_as(role)
    for url in ("/", "/calls", "/schedule"):
        assert NOTICE in page_at(client, url), url
    halting.lift(halting.current(), actor=factories.tenure("director"), at=halted.since, remark="確認した。")
    db.session.commit()
    assert NOTICE not in page_at(client, "/calls")


@pytest.mark.parametrize("role", ["municipality_editor", "reviewer", "ministry_officer"])
def test_nobody_else_is_told(halted, sign_in_as, client, role):
    theirs, _ = sign_in_as(role)
    assert NOTICE not in page_at(theirs, "/")
    assert NOTICE not in page_at(client, "/calls")
    assert theirs.get("/halt").status_code == 403


def test_the_first_page_has_it_as_a_task_with_the_way_to_lift_it(halted, sign_in_as):
    director, _ = sign_in_as("director")
    officer, _ = sign_in_as("officer")
    assert 'href="/halt/resumption"' in page_at(director, "/")
    assert 'href="/halt/resumption"' not in page_at(officer, "/")
    assert 'href="/halt"' in page_at(officer, "/")


def test_the_page_tells_the_clock_the_last_instant_and_what_will_go_out(halted, sign_in_as):
    factories.letter(state="approved", fiscal_year=2021)
    factories.project(call=factories.call(selection_fy=2016, base_years=5))
    factories.mail()
    client, _ = sign_in_as("administrator")
    shown = page_at(client, "/halt/resumption")
    assert "令和5年1月6日" in shown and "令和5年2月15日" in shown
    for line in ("発出される支援終了通知：1", "支援を終了する事業：1", "送信待ちのメール：1"):
        assert line in shown, line


def test_who_lifts_it_ticks_that_they_have_looked_and_says_what_was_found(halted, sign_in_as, at):
    client, tenure = sign_in_as("director")
    assert client.post("/halt/resumption", data={"remark": "確認した。"}).status_code == 422
    assert client.post("/halt/resumption", data={"seen": "y"}).status_code == 422
    assert halting.current() is not None
    done = client.post(
        "/halt/resumption", data={"seen": "y", "remark": "停電による停止。"}, follow_redirects=True
    )
    assert "停電による停止。" in done.get_data(as_text=True), "among the earlier halts"
    assert halting.current() is None
    assert db.session.get_one(halting.Halt, halted.id).lifted_by == tenure.name
    assert client.get("/halt/resumption").status_code == 302


def test_of_two_halts_each_is_looked_at(halted, sign_in_as, at):
    halting.halt("restored", at=at)
    client, _ = sign_in_as("director")
    client.post("/halt/resumption", data={"seen": "y", "remark": "時計は正しい。"})
    assert [halt.reason for halt in halting.open_halts()] == ["restored"]
    assert "バックアップ" in page_at(client, "/halt")


def test_an_officer_sees_the_page_but_cannot_lift_it(halted, sign_in_as):
    client, _ = sign_in_as("officer")
    assert "/halt/resumption" not in page_at(client, "/halt")
    assert client.post("/halt/resumption", data={"seen": "y", "remark": "x"}).status_code == 403


def test_no_result_is_announced_while_the_work_is_halted(halted, sign_in_as, at):
    call = factories.call(state="decided", closes_at=at - timedelta(days=9))
    client, officer = sign_in_as("officer")
    answer = client.post(f"/calls/{call.id}/announcement")
    assert answer.status_code == 409 and NOTICE in answer.get_data(as_text=True)
    with pytest.raises(WorkFailed, match="halted"):
        announce({"call_id": call.id}, actor=officer, at=at, progress=lambda done, total: None)
    assert db.session.get_one(Call, call.id).state == "decided"
    assert db.session.scalar(select(Letter.id)) is None and db.session.scalar(select(Application.id)) is None


def test_after_a_restore_the_page_says_what_the_backup_knows_and_what_to_do(app, at, sign_in_as):
    facts = {
        "backup_made_at": at.isoformat(),
        "registers": [{"fiscal_year": 2022, "last": 45}],
        "calls": [{"code": "R5", "last": 7}],
        "mails_parked": 3,
        "links_revoked": 1,
    }
    halting.halt("restored", at=at + timedelta(days=1), facts=facts)
    db.session.commit()
    for role in ("officer", "director", "administrator"):
        client, _ = sign_in_as(role)
        shown = page_at(client, "/halt")
        assert "令和5年2月15日" in shown and ">45<" in shown and ">7<" in shown
        assert "/mails?state=parked" in shown
        assert "flask registers skip --fiscal-year 2022" in shown and "--call R5" in shown
