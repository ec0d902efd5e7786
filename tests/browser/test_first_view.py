"""What comes over the line: little at the first view of any page, and afterwards pages alone."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.instance import Instance
from tests.browser.pages import NOBODY
from tests.browser.people import window_of

pytestmark = pytest.mark.browser

MOMENT = "march-1"  # applications stand in every state

MOST = 100 * 1024  # bytes, with the headers of all answers
_CAME = """() => performance.getEntries().filter((it) => "transferSize" in it)
    .map(({ name, initiatorType, transferSize }) => ({ name, initiatorType, transferSize }))"""
PAGES = (
    (NOBODY, "/"),
    ("officer", "/"),
    ("municipality_editor", "/"),
    (NOBODY, "/register"),
    (NOBODY, "/calls"),
    ("officer", "/applications"),
    ("officer", "/applications/8"),
    ("officer", "/projects"),
    ("officer", "/projects/45"),
    ("officer", "/organisations"),
    ("director", "/letters"),  # what is to be reviewed is as long as the letters are
    ("municipality_editor", "/applications/1/basics"),
)


def came(page: Page, path: str) -> list[dict[str, Any]]:
    """What the browser got over the line to show the page: each address, and how many bytes; none from its cache."""
    answer = page.goto(path, wait_until="networkidle")
    assert answer and answer.ok, path
    return [it for it in page.evaluate(_CAME) if it["transferSize"]]


@pytest.mark.parametrize(("role", "path"), PAGES)
def test_the_first_view_of_a_page_is_small_and_the_next_one_is_the_page_alone(
    browser: Browser, instance: Instance, role: str, path: str
):
    page = window_of(browser, instance, role)
    page.context.new_cdp_session(page).send("Network.clearBrowserCache")
    first = came(page, path)
    assert sum(it["transferSize"] for it in first) <= MOST, first
    asked = [it["initiatorType"] for it in first]
    assert [asked.count(it) for it in ("navigation", "link", "script")] == [1, 1, 1], first
    again = came(page, path)
    assert [it["initiatorType"] for it in again] == ["navigation"], again
    page.context.close()
