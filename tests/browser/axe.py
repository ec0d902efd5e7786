"""What axe finds on a page, and whether the page fits a phone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import BrowserContext, Page

from tests.browser.people import DESK, PHONE

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_BEGIN = """tags => {
    const only = { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"], preload: false, selectors: false };
    window.found = axe.run(document, only).then(({ violations }) =>
        violations.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id} (${help}): ${html.slice(0, 200)}`)));
}"""
_WAY_OUT = "document.documentElement.scrollWidth - window.innerWidth"
_ENHANCED = "html[data-enhanced]"

Problems = list[str]


def prepare(context: BrowserContext) -> None:
    """Put axe into every page of the context."""
    context.add_init_script(AXE_SCRIPT)


def examined(page: Page) -> Problems:
    """What is wrong with the page that is open, at a desk and on a phone."""
    problems: Problems = []
    for _ in _examination(page, "", problems):
        pass
    return problems


def examine_all(context: BrowserContext, addresses: Iterable[tuple[str, str]]) -> Problems:
    """What is wrong with the pages at `addresses` (name, path), two of them at a time."""
    problems: Problems = []
    waiting = iter(addresses)
    running = [_visits(context.new_page(), waiting, problems) for _ in range(2)]
    while running:
        running = [visits for visits in running if next(visits, "over") != "over"]
    return problems


def _visits(page: Page, waiting: Iterator[tuple[str, str]], problems: Problems) -> Iterator[str]:
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: told.append(str(error)))
    for name, path in waiting:
        answer = page.goto(path)
        if answer is None or answer.status >= 500 or answer.request.redirected_from:
            problems.append(f"{name} at {path}: {answer.status if answer else 'no answer'}, {page.url}")
            continue
        yield from _examination(page, f"{name} at {path}", problems)
        # Chromium itself reports that the answer was 404, 409 or 410, which is what was asked for.
        problems += [
            f"{name} at {path}, console: {text}" for text in told if "the server responded with" not in text
        ]
        told.clear()
    page.close()


def _examination(page: Page, name: str, problems: Problems) -> Iterator[str]:
    page.wait_for_selector(_ENHANCED, state="attached")
    for size in (DESK, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.evaluate(_BEGIN, TAGS)
        yield "axe is at work"
        found: list[Any] = page.evaluate("window.found")
        problems += [f"{name}, {size['width']} px: {problem}" for problem in found]
        if (out := page.evaluate(_WAY_OUT)) > 0:
            problems.append(f"{name}, {size['width']} px: {out} px stick out at the side")
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
