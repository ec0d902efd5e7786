"""What everybody sees, in high contrast, by keyboard and without scripts."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import axe
from tests.browser.chromium import CONTEXT
from tests.browser.instance import Instance
from tests.browser.pages import NOBODY
from tests.browser.people import DESK, PHONE, open_context, window_of
from tests.browser.words import said

pytestmark = pytest.mark.browser
PUBLIC_PAGES = (
    "/", "/calls", "/register", "/register?lead=27&on=2023-04-01", "/register?on=2025-05-01", "/register/1",
    "/contact", "/privacy", "/accessibility",
)  # fmt: skip


@pytest.mark.parametrize("language", ["ja", "en"])
def test_axe_finds_nothing_in_forced_colours(browser: Browser, instance: Instance, language):
    context = browser.new_context(**CONTEXT, base_url=instance.url, viewport=DESK, forced_colors="active")
    context.request.get(f"/language/{language}")
    stops = [(f"forced colours, {language}", path, axe.examined) for path in PUBLIC_PAGES]
    problems = axe.tour(context.new_page(), stops)
    context.close()
    assert not problems, "\n".join(problems)


def test_a_tile_is_reached_and_followed_by_the_keyboard_and_is_marked_then(
    browser: Browser, instance: Instance
):
    page = window_of(browser, instance, NOBODY)
    page.goto("/register")
    tile = page.locator("a.tile").first
    page.locator(".tile-map").focus()
    page.keyboard.press("Tab")
    expect(tile).to_be_focused()
    name = tile.get_attribute("aria-label") or ""
    page.keyboard.press("Enter")
    expect(page.locator("a.tile[aria-current=true]")).to_have_attribute("aria-label", name)
    expect(page.locator(".chips")).to_contain_text(name.partition("：")[0])
    expect(page.locator("#list")).to_be_in_viewport()
    page.context.close()


def test_without_scripts_every_picture_opens_its_table_and_the_day_can_be_changed(
    browser: Browser, instance: Instance
):
    context = open_context(browser, instance, scripts=False)
    page = context.new_page()
    page.goto("/register")
    for table in page.locator("details.chart-table").all():
        table.locator("summary").click()
        expect(table.locator("table")).to_be_visible()
    page.get_by_text(said("See another day"), exact=True).click()
    page.locator("#as-of").fill("R5.4.1")
    page.locator(".as-of__form button").click()
    expect(page.locator(".page-head")).to_contain_text("令和5年4月1日")
    context.close()


def test_on_a_phone_the_register_is_a_third_of_what_it_was(browser: Browser, instance: Instance):
    page = window_of(browser, instance, NOBODY)
    page.set_viewport_size(PHONE)
    page.goto("/register")
    assert page.evaluate("document.documentElement.scrollHeight") < 8000, "it was 19,000 pixels long"
    page.context.close()
