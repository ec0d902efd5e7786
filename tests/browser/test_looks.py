"""What a page looks like where colours are forced, where there is little room, and on paper."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import axe
from tests.browser.instance import Instance, served
from tests.browser.people import PHONE, window_of
from tests.browser.steps import follow, headed, press
from tests.browser.words import said

pytestmark = pytest.mark.browser

MOMENT = "march-20"  # every application has its result

A_BIT_NARROW = {"width": 900, "height": 800}
TRANSPARENT = "rgba(0, 0, 0, 0)"
_BORDER = "(it) => getComputedStyle(it).borderBottomColor"
_ONE_LINE = """(selector) => [...document.querySelectorAll(selector)]
    .filter((it) => it.getClientRects().length && it.textContent.trim())
    .filter((it) => new Set([...it.getClientRects()].map((rect) => Math.round(rect.top))).size > 1
        || it.getBoundingClientRect().height > 2 * parseFloat(getComputedStyle(it).fontSize) * 1.6)
    .map((it) => it.textContent.trim())"""


@pytest.fixture
def officer(browser: Browser, instance: Instance) -> Iterator[Page]:
    page = window_of(browser, instance, "officer")
    yield page
    page.context.close()


@pytest.fixture
def director(browser: Browser, instance: Instance) -> Iterator[Page]:
    page = window_of(browser, instance, "director")
    yield page
    page.context.close()


def test_forced_colours_leave_nothing_that_axe_finds(officer: Page):
    officer.emulate_media(forced_colors="active")
    for path in ("/", "/projects", "/projects/1", "/letters/review", "/register"):
        officer.goto(path)
        assert not axe.examined_as_built(officer), path
    officer.goto("/calls/new")
    press(officer, "Save the draft")
    assert not axe.examined_as_built(officer), "a form with errors"


def test_a_field_with_an_error_and_the_button_that_sends_stand_out_in_forced_colours(officer: Page):
    officer.emulate_media(forced_colors="active")
    officer.goto("/calls/new")
    press(officer, "Save the draft")
    width = "(it) => parseFloat(getComputedStyle(it).borderTopWidth)"
    wrong = officer.locator("main .input[aria-invalid=true]").first.evaluate(width)
    right = officer.locator("main .input:not([aria-invalid=true])").first.evaluate(width)
    assert wrong > right > 0
    assert officer.locator("main .button--primary").first.evaluate(width) >= 3


def test_where_one_is_shows_in_forced_colours(officer: Page):
    officer.emulate_media(forced_colors="active")
    officer.goto("/projects/1")
    for kind in ("main-nav", "subnav"):
        links = officer.locator(f".{kind}__link")
        here = officer.locator(f".{kind}__link[aria-current]").evaluate(_BORDER)
        others = {links.nth(n).evaluate(_BORDER) for n in range(links.count())} - {here}
        page = officer.evaluate("getComputedStyle(document.body).backgroundColor")
        assert others == {page}, f"{kind}: a line beneath what is not open: {others}"


def test_the_parts_of_charts_and_the_day_of_today_show_in_forced_colours(officer: Page):
    officer.emulate_media(forced_colors="active")
    officer.goto("/")
    for selector in (".stacked__part", ".bars__part"):
        stroke = officer.locator(selector).first.evaluate("(it) => getComputedStyle(it).stroke")
        assert stroke not in ("none", "rgb(255, 255, 255)"), selector
    filled = "(it) => getComputedStyle(it).backgroundColor"
    today = officer.locator(".month__day--today .month__number").evaluate(filled)
    other = officer.locator(".month__day:not(.month__day--today) .month__number").first.evaluate(filled)
    assert today not in (other, TRANSPARENT)


def test_a_list_is_printed_on_its_side_and_a_case_upright(officer: Page):
    for path, wider in (("/projects", True), ("/projects/1", False)):
        officer.goto(path)
        sheets = re.findall(rb"/MediaBox ?\[0 0 ([\d.]+) ([\d.]+)\]", officer.pdf(prefer_css_page_size=True))
        assert sheets
        assert all((float(width) > float(height)) is wider for width, height in sheets), path


def test_a_printed_list_is_a_table_with_its_head_on_every_sheet_and_nothing_to_click(officer: Page):
    officer.goto("/projects?state=supported")
    officer.emulate_media(media="print")
    officer.set_viewport_size({"width": 700, "height": 990})  # upright paper: still no cards
    style = "(it, name) => getComputedStyle(it).getPropertyValue(name)"
    shown = lambda selector: officer.locator(selector).first.evaluate(style, "display")
    assert shown("main table") == "table" and shown("main thead") == "table-header-group"
    for gone in (".main-nav", ".filters__panel", ".pagination", ".export-links", ".account"):
        assert shown(gone) == "none", gone
    link = officer.locator("main tbody a").first
    assert link.evaluate(style, "text-decoration-line") == "none"
    assert link.evaluate("(it) => getComputedStyle(it, '::after').content") == "none"


def test_names_with_titles_and_days_are_not_broken_in_a_column(director: Page):
    director.set_viewport_size(A_BIT_NARROW)
    director.goto("/projects/ending")
    assert director.evaluate(_ONE_LINE, "td li bdi") == []
    director.goto("/applications")
    assert director.evaluate(_ONE_LINE, "td time") == []
    director.goto("/projects/1")
    assert director.evaluate(_ONE_LINE, "td bdi") == []


def test_numbers_of_documents_are_not_broken_in_a_column_or_on_a_phone(
    browser: Browser, folder_at: Callable[[str], Path], tmp_path: Path
):
    with served(Path(shutil.copytree(folder_at("april-3"), tmp_path / "data"))) as later:
        page = window_of(browser, later, "officer")
        for size in (A_BIT_NARROW, PHONE):
            page.set_viewport_size(size)
            for path, numbers in (
                ("/letters?state=issued", "td .nowrap"),
                ("/projects/ending?fiscal_year=2022", "td li a.nowrap"),
            ):
                page.goto(path)
                assert re.search(r"未技第\d+号", page.locator(f"main table {numbers}").first.inner_text()), (
                    path
                )
                assert page.evaluate(_ONE_LINE, f"main table {numbers}") == [], (path, size)
        page.context.close()


def test_a_list_of_long_titles_fits_a_desk(officer: Page):
    officer.goto("/projects")
    place = officer.locator(".table-place").first
    assert place.evaluate("(it) => it.scrollWidth - it.clientWidth") <= 1  # of rounding


def test_the_two_tables_of_the_decision_have_the_same_columns(director: Page):
    director.goto("/")
    follow(director, said("Decide the results"))
    headed(director, said("Decide the results"))
    tables = director.locator("main table")
    assert tables.count() == 2
    widths = [
        tables.nth(n).evaluate(
            "(it) => [...it.rows[0].cells].map((cell) => Math.round(cell.getBoundingClientRect().width))"
        )
        for n in range(2)
    ]
    assert widths[0] == widths[1]


def test_a_notice_under_the_chips_of_a_list_stands_off_from_them(officer: Page):
    officer.goto(
        "/projects?q=゛"
    )  # a mark without a letter: nothing can be searched by it, and the list says so
    above = (
        "(it) => it.getBoundingClientRect().top - it.previousElementSibling.getBoundingClientRect().bottom"
    )
    assert officer.locator("main .filters > .notice").evaluate(above) >= 16


def test_a_form_stands_in_the_middle_and_a_list_takes_the_width(officer: Page):
    sides = """() => {
        const { left, right } = document.querySelector("main > .container").getBoundingClientRect();
        return [Math.round(left), Math.round(window.innerWidth - right), right - left];
    }"""
    officer.goto("/calls/new")
    left, right, form = officer.evaluate(sides)
    assert abs(left - right) <= 1 and form < 850
    officer.goto("/projects")
    assert officer.evaluate(sides)[2] > 1100
