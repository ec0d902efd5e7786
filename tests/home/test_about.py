"""What everybody may ask of the site: front page, contact, personal data, accessibility; in both languages."""

from __future__ import annotations

import re
from datetime import date

import pytest

from app.db import db
from app.organisations import throttle
from app.web import keeping
from tests import factories
from tests.reading import page_at

ABOUT = ("/contact", "/privacy", "/accessibility")


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("address", ABOUT)
def test_everybody_reads_it_and_finds_whom_to_ask(app, client, address, language):
    client.get(f"/language/{language}")
    text = page_at(client, address).split("<main")[1]
    assert 'href="mailto:mirai@example.jp"' in text
    assert "未来技術実装担当" in text


@pytest.mark.parametrize("role", ["", "officer", "municipality_editor"])
def test_every_page_leads_there_from_its_foot(app, client, sign_in_as, role):
    if role:
        client, _ = sign_in_as(role)
    for address in ("/", "/calls", "/sign-in" if not role else "/account", "/nowhere"):
        foot = client.get(address).get_data(as_text=True).split("<footer")[1]
        for about in ABOUT:
            assert f'href="{about}"' in foot, (address, about)


def test_what_is_not_set_up_is_not_said(app, client):
    text = page_at(client, "/contact")
    assert "電話" not in text.split("<main")[1] and "受付時間" not in text
    app.config.update(CONTACT_TELEPHONE="03-0000-0000", CONTACT_HOURS="平日 9時30分～18時15分")
    app.extensions["everybodys"].forget()  # settings change with a new start alone
    text = page_at(client, "/contact")
    assert 'href="tel:03-0000-0000"' in text and "平日 9時30分～18時15分" in text


def test_the_page_on_personal_data_tells_the_times_of_the_code(app, client):
    text = page_at(client, "/privacy")
    for span in (throttle.KEPT_FOR, keeping.KEPT_FOR_A_PERSON):
        assert f"{int(span.total_seconds() // 3600)}時間保有" in text
    assert f"「{app.config['SESSION_COOKIE_NAME']}」" in text


def test_a_visitor_gets_the_one_cookie_that_the_page_names(app, client):
    client.get("/language/en")
    names = {cookie.partition("=")[0] for cookie in client.get("/").headers.getlist("Set-Cookie")}
    assert names == {app.config["SESSION_COOKIE_NAME"]}


def test_no_public_page_loads_anything_from_elsewhere(app, client):
    for address in ("/", "/calls", "/register", *ABOUT):
        loaded = re.findall(
            r'<(?:link|script|img|iframe)\b[^>]*(?:href|src)="([^"]*)"', page_at(client, address)
        )
        assert loaded and all(source.startswith(("/static/", "/assets/")) for source in loaded), address


def test_the_public_finds_its_places_in_the_navigation(app, client):
    for address, label in (
        ("/", "事業の概要"),
        ("/calls", "募集"),
        ("/register", "選定事業"),
        ("/contact", "問合せ先"),
    ):
        nav = page_at(client, address).split('id="main-nav"')[1].split("</nav>")[0]
        assert f'href="{address}" aria-current="page">{label}<' in nav
        assert nav.count("<li>") == 4


def test_who_is_signed_in_keeps_the_navigation_of_the_work(app, sign_in_as):
    client, _ = sign_in_as("reviewer")
    nav = page_at(client, "/").split('id="main-nav"')[1].split("</nav>")[0]
    assert "ホーム" in nav and "事業の概要" not in nav


@pytest.mark.parametrize(("address", "status"), [("/nowhere", 404), ("/calls/999", 404), ("/letters", 403)])
def test_who_is_signed_in_goes_on_by_the_navigation_from_a_page_that_is_not_theirs(
    app, client, sign_in_as, address, status
):
    reviewer, tenure = sign_in_as("reviewer")
    answer = reviewer.get(address)
    head = answer.get_data(as_text=True).split("<main")[0]
    assert answer.status_code == status
    assert 'href="/">ホーム<' in head and 'action="/sign-out"' in head and tenure.name in head
    page = client.get(address, follow_redirects=True).get_data(as_text=True)
    assert tenure.name not in page and 'action="/sign-out"' not in page


def test_the_front_page_tells_the_figures_of_the_day(app, client):
    call = factories.call(
        selection_fy=2020, state="announced", announced_count=12, announced_on=date(2020, 7, 31), base_years=5
    )
    for _ in range(12):
        factories.project(call=call, opened_on=call.announced_on)
    db.session.commit()
    text = page_at(client, "/").split("<main")[1]
    assert re.findall(r'figure__value">(\d+)<', text) == ["12", "12", "0"]
    assert 'href="/register?state=supported"' in text
