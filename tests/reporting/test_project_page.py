"""A page for each announced project, for everybody: what is public, as of a day, and nothing else."""

from __future__ import annotations

from datetime import date

import pytest

from app.db import db
from tests import factories
from tests.conventions.pages import main_of


@pytest.fixture
def joint(rounds, bodies):
    project = factories.project(
        [bodies["北海道"], bodies["岩見沢市"], bodies["更別村"]],
        number=900001, call=rounds["H30"], title=None, technologies_raw="自動運転、ロボット、ドローン等",
        technologies_etc=True, road_linked=True, opened_on=None,
    )  # fmt: skip
    db.session.commit()
    return project


def test_a_project_has_a_page_without_signing_in(joint, client):
    text = main_of(client, "/register/900001")
    for said in (
        "北海道岩見沢市", "北海道更別村", "自動運転、ロボット、ドローン等", "自動運転サービス導入支援事業と連携",
        "平成30年度", "5年目（令和4年度）", "令和5年3月31日", "今年度末で終了", "令和5年2月15日（水）現在", "令和4年12月時点",
    ):  # fmt: skip
        assert said in text, said
    assert f"/calls/{joint.call_id}" in text


def test_the_list_leads_to_each_page_and_keeps_the_day(joint, client):
    assert 'href="/register/900001"' in main_of(client, "/register?q=更別")
    text = main_of(client, "/register?on=2023-04-01&q=更別")
    assert 'href="/register/900001?on=2023-04-01"' in text


def test_the_page_is_as_of_the_day_asked_for(joint, client):
    after = main_of(client, "/register/900001?on=R5.4.1")
    assert "令和5年4月1日（土）現在" in after and "将来の日付です" in after
    assert 'tag--neutral">支援終了<' in after and "今年度末で終了" not in after
    assert 'href="/register?on=R5.4.1"' in after
    before = main_of(client, "/register/900001?on=2019-05-01")
    assert "令和元年5月1日（水）時点" in before and 'tag--success">支援中<' in before
    assert 'aria-current="step"' in before.split("2年目（令和元年度）")[0].split("1年目")[1]


def test_a_later_cancellation_is_not_told_of_an_earlier_day(joint, client):
    joint.cancelled_on, joint.state, joint.cancel_reason = date(2023, 2, 1), "cancelled", "内部の理由"
    db.session.commit()
    today = main_of(client, "/register/900001")
    assert "令和5年2月1日" in today and "内部の理由" not in today
    assert "令和5年2月1日" not in main_of(client, "/register/900001?on=2023-01-31")


@pytest.mark.parametrize(
    "address", ["/register/900001?on=2018-03-31", "/register/0", "/register/99999999999999999999"]
)
def test_what_is_not_there_is_not_found(rounds, client, address):
    assert client.get(address).status_code == 404


def test_a_project_is_not_there_before_its_announcement(rounds, client):
    early = factories.project(number=900007, call=rounds["R3"], opened_on=date(2021, 8, 24))
    secret = factories.project(number=900008, call=factories.call(state="decided"), title="秘密の事業")
    db.session.commit()
    assert client.get(f"/register/{secret.number}").status_code == 404
    assert client.get(f"/register/{early.number}?on=2021-08-23").status_code == 404
    assert client.get(f"/register/{early.number}?on=2021-08-24").status_code == 200


def test_nothing_internal_is_on_the_page(joint, bodies, client):
    seat = factories.seat("municipality_approver", bodies["岩見沢市"])
    holder = factories.tenure("municipality_editor", bodies["岩見沢市"])
    factories.letter(organisation=bodies["岩見沢市"])
    db.session.commit()
    text = client.get("/register/900001").get_data(as_text=True)
    for internal in (
        seat.mailbox,
        holder.person.name,
        holder.person.email,
        "/projects/",
        "/letters/",
        "timeline__entry",
    ):
        assert internal not in text, internal


def test_only_who_may_open_the_case_is_led_to_it(joint, bodies, sign_in_as, client):
    link = f'href="/projects/{joint.id}"'
    for role, body, led in (
        ("officer", None, True),
        ("municipality_editor", bodies["更別村"], True),
        ("municipality_editor", bodies["大阪府"], False),
        ("reviewer", None, False),
    ):
        signed_in, _ = sign_in_as(role, body)
        assert (link in main_of(signed_in, "/register/900001")) is led, (role, body)
    assert link not in main_of(client, "/register/900001")


def test_support_that_may_be_extended_is_not_said_to_end(app, client):
    call = factories.call(
        code="R7", selection_fy=2025, base_years=3, extension_years=2, state="announced", announced_on=date(2025, 4, 11),
    )  # fmt: skip
    factories.project(number=900010, call=call, opened_on=call.announced_on)
    certified = factories.project(number=900011, call=call, opened_on=call.announced_on, extended_years=2)
    db.session.commit()
    third_year = main_of(client, "/register/900010?on=2028-01-10")
    assert "今年度末で終了" not in third_year and "令和12年3月31日" in third_year
    assert "今年度末で終了" not in main_of(client, "/register?on=2028-01-10")
    assert certified.ends_on == date(2030, 3, 31)
    assert "今年度末で終了" in main_of(client, "/register/900011?on=2030-01-10")


def test_what_was_made_up_is_marked(client, app):
    call = factories.call(selection_fy=2022, state="announced", announced_on=date(2022, 9, 1), is_sample=True)
    project = factories.project(call=call, title="（見本）試しの事業")
    db.session.commit()
    text = main_of(client, f"/register/{project.number}")
    assert "見本：" in text and "令和4年12月時点" not in text


def test_the_page_reads_in_english(joint, client):
    client.get("/language/en")
    text = main_of(client, "/register/900001?on=2023-02-15")
    assert "Year 5 (FY2022)" in text and "Ends this fiscal year" in text
    assert '<bdi class="name" lang="ja">北海道岩見沢市</bdi>' in text
