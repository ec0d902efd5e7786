"""Whoever sits before the browser: a signed-in role, in one language, with or without scripts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from app.demo.accounts import PASSWORD
from tests.browser.chromium import CONTEXT
from tests.browser.instance import Instance, session_cookie
from tests.browser.pages import ACCOUNTS, NOBODY

DESK: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 375, "height": 800}
NARROW: ViewportSize = {"width": 320, "height": 800}  # a desk at 400 %


def open_context(
    browser: Browser,
    instance: Instance,
    *,
    language: str = "ja",
    scripts: bool = True,
    cookies: Sequence[Any] = (),
) -> BrowserContext:
    """A private window on the instance, at a desk."""
    context = browser.new_context(
        **CONTEXT,
        base_url=instance.url,
        viewport=DESK,
        java_script_enabled=scripts,
    )
    context.set_default_timeout(15_000)
    context.add_cookies(cookies)
    if language != "ja":
        context.request.get(f"/language/{language}")
    return context


def sign_in(page: Page, account: str) -> None:
    """By the form, as people do; on their first page afterwards."""
    page.goto("/sign-in")
    page.locator("#email").fill(f"{account}@example.jp")
    page.locator("#password").fill(PASSWORD)
    page.locator("#password").press("Enter")
    page.wait_for_url("**/")


def window_of(
    browser: Browser, instance: Instance, role: str, *, language: str = "ja", scripts: bool = True
) -> Page:
    """A page of a new context in which `role` (or nobody) is signed in."""
    cookies = [_cookie_of(instance, role)] if role != NOBODY else []
    context = open_context(browser, instance, language=language, scripts=scripts, cookies=cookies)
    page = context.new_page()
    if role != NOBODY:
        page.goto("/")
    return page


def _cookie_of(instance: Instance, role: str) -> dict[str, Any]:
    """Everybody is signed in already in the demo of which all instances are copies."""
    return {
        "name": "banso",
        "value": session_cookie(instance.folder, ACCOUNTS[role]),
        "url": instance.url,
        "httpOnly": True,
        "sameSite": "Lax",
    }
