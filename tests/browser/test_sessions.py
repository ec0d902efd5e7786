"""Where one is signed in, as a person sees and ends it: by keyboard, without scripts, in both languages."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import axe
from tests.browser.instance import Instance
from tests.browser.people import open_context, sign_in, window_of

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_session_elsewhere_is_seen_and_ended_by_the_keyboard_alone(
    browser: Browser, own_instance: Instance, language
):
    elsewhere = open_context(browser, own_instance, scripts=False).new_page()
    sign_in(elsewhere, "officer")
    here = window_of(browser, own_instance, "officer", language=language)
    here.goto("/account")
    rows = here.locator("table tbody tr")
    expect(rows).to_have_count(2)
    assert not axe.examined(here)
    ending = rows.locator("button").first
    while not ending.evaluate("button => button === document.activeElement"):
        here.keyboard.press("Tab")
    here.keyboard.press("Enter")
    expect(rows).to_have_count(1)
    elsewhere.goto("/account")
    expect(elsewhere).to_have_url(f"{own_instance.url}/sign-in?next=/account")
    elsewhere.context.close()
    here.context.close()


@pytest.mark.parametrize("language", ["ja", "en"])
def test_an_administrator_ends_somebodys_sessions_without_scripts(
    browser: Browser, own_instance: Instance, language
):
    officer = window_of(browser, own_instance, "officer")
    admin = window_of(browser, own_instance, "administrator", language=language, scripts=False)
    admin.goto("/seats?q=officer%40example.jp")
    admin.locator("main table tbody a[href^='/seats/']").first.click()
    admin.locator("a[href$='/sessions']").first.click()
    expect(admin.locator("main table tbody tr")).to_have_count(1)
    admin.locator("main form[action$='/sessions/end'] button").click()
    expect(admin.locator("main table")).to_have_count(0)
    officer.goto("/account")
    expect(officer).to_have_url(f"{own_instance.url}/sign-in?next=/account")
    for page in (officer, admin):
        page.context.close()


@pytest.mark.parametrize("language", ["ja", "en"])
def test_axe_finds_nothing_on_the_page_of_somebodys_sessions(browser: Browser, instance: Instance, language):
    admin = window_of(browser, instance, "administrator", language=language)
    admin.goto("/seats?q=officer%40example.jp")
    admin.locator("main table tbody a[href^='/seats/']").first.click()
    admin.locator("a[href$='/sessions']").first.click()
    expect(admin.locator("main table tbody tr")).to_have_count(1)
    assert not axe.examined(admin)
    admin.context.close()
