"""What axe finds on a page, whether the page fits a phone, and whether it uses the width of a desk."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, ViewportSize

from tests.browser.people import DESK, NARROW, PHONE

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_RUN = """([tags, but]) => {
    const rules = but ? { [but]: { enabled: false } } : {};
    const only = { runOnly: { type: "tag", values: tags }, rules, resultTypes: ["violations"], preload: false, selectors: false };
    return axe.run(document, only).then(({ violations }) =>
        violations.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id} (${help}): ${html.slice(0, 200)}`)));
}"""
_WAY_OUT = "document.documentElement.scrollWidth - window.innerWidth"
_USED = """() => {
    const place = document.querySelector("main > .container");
    const style = getComputedStyle(place);
    const box = place.getBoundingClientRect();
    const [left, right] = [box.left + parseFloat(style.paddingLeft), box.right - parseFloat(style.paddingRight)];
    const head = ".page-head, .identity, .lifecycle, .subnav, .breadcrumbs, .back";
    let used = left;
    const nodes = document.createTreeWalker(place, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    while (nodes.nextNode()) {
        const node = nodes.currentNode;
        const element = node.nodeType === Node.TEXT_NODE ? node.parentElement : node;
        if (element.closest(head) || element.closest(".visually-hidden")) continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        const seen = node !== element ? node.data.trim() && range
            : getComputedStyle(element).backgroundColor !== "rgba(0, 0, 0, 0)"
                || parseFloat(getComputedStyle(element).borderRightWidth) ? element : null;
        if (seen) for (const rect of seen.getClientRects()) used = Math.max(used, rect.right);
    }
    return [right - left, (used - left) / (right - left)];
}"""
"""How wide the place of the content is, and the part of it that words, fields and cards reach into from the left."""
WIDE = 900  # pixels: what is narrower stands as a column in the middle
_ENHANCED = "html[data-enhanced]"

Problems = list[str]


def examined(page: Page) -> Problems:
    """What is wrong with the page that is open, at a desk and on a phone."""
    narrow = _fits(page, NARROW)
    page.set_viewport_size(PHONE)
    return [*narrow, *_found(page, PHONE), *_fits(page, DESK), *_found(page, DESK)]


def examined_as_built(page: Page) -> Problems:
    """The same of a page whose colours and sizes are known from another, so that only how it is put together is new."""
    return [*fits_a_phone(page), *_found(page, DESK, but="color-contrast")]


def fits_a_phone(page: Page) -> Problems:
    """What sticks out at the side of the page that is open. What fits the narrowest window fits a phone: the style
    sheets tell neither from the other (conventions/test_styles)."""
    return [problem for size in (NARROW, DESK) for problem in _fits(page, size)]


def tour(page: Page, stops: Iterable[tuple[str, str, Callable[[Page], Problems]]]) -> Problems:
    """What is wrong with the pages at `stops`: their name, their path and what is to be asked of them."""
    problems: Problems = []
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: told.append(str(error)))
    for name, path, examine in stops:
        answer = page.goto(path)
        if answer is None or answer.status >= 500 or answer.request.redirected_from:
            problems.append(f"{name} at {path}: {answer.status if answer else 'no answer'}, {page.url}")
            continue
        found = examine(page)
        # Chromium itself reports that the answer was 404, 409 or 410, which is what was asked for.
        found += [f"console: {text}" for text in told if "the server responded with" not in text]
        told.clear()
        problems += [f"{name} at {path}, {problem}" for problem in found]
    return problems


def _fits(page: Page, size: ViewportSize) -> Problems:
    page.wait_for_selector(_ENHANCED, state="attached")
    page.set_viewport_size(size)
    out = page.evaluate(_WAY_OUT)
    problems = [f"{size['width']} px: {out} px stick out at the side"] if out > 0 else []
    return problems + (_uses_the_width(page) if size is DESK else [])


def _uses_the_width(page: Page) -> Problems:
    """Nothing but a column in the middle leaves the right third of a desk's window empty."""
    width, used = page.evaluate(_USED)
    empty = width > WIDE and used < 2 / 3
    return [f"its right {1 - used:.0%} is empty: use it, or let it be a column"] if empty else []


def _found(page: Page, size: ViewportSize, but: str = "") -> Problems:
    if page.evaluate("!window.axe"):
        page.evaluate(AXE_SCRIPT)
    return [f"{size['width']} px: {problem}" for problem in page.evaluate(_RUN, [TAGS, but])]
