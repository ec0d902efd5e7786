"""What people do on the way through the programme, by the buttons and links they see."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import FilePayload, Locator, Page, expect

from app.programmes.default_form import default_form
from tests.browser.words import said
from tests.factories.answers import sent
from tests.factories.applications import PDF

PLAN: FilePayload = {"name": "計画.pdf", "mimeType": "application/pdf", "buffer": PDF}
LONG_WORK = 60_000  # milliseconds


def press(page: Page, label: str) -> None:
    """A button, or a link that looks like one, by its English message."""
    _button(page, said(label)).first.click()


def follow(page: Page, label: str | re.Pattern[str]) -> None:
    """A link in the page, by its words on the screen."""
    page.locator("main").get_by_role("link", name=label).first.click()


def go_to(page: Page, place: str) -> None:
    """A place of the main navigation, by its English message."""
    page.get_by_role("navigation").get_by_role("link", name=said(place), exact=True).click()


def told(page: Page, text: str) -> None:
    """Somewhere in the page it says so."""
    expect(page.locator("main")).to_contain_text(text)


def headed(page: Page, text: str) -> None:
    expect(page.locator("h1")).to_contain_text(text)


def enter(page: Page, **entries: str) -> None:
    """Into the fields of these names."""
    for name, text in entries.items():
        page.locator(f"main [name={name}]:not([type=hidden])").fill(text)


def fill_the_sections(page: Page, *, title: str | None = None) -> None:
    """Each section that the task list asks for, from the task list and back to it."""
    follow(page, said("Title and summary"))
    if title:
        enter(page, title=title)
    enter(page, summary="市内全域で、冬の見守りを行う。")
    press(page, "Save and back to the list")
    follow(page, said("Future technologies"))
    page.get_by_label("ドローン", exact=True).check()
    press(page, "Save and back to the list")
    follow(page, said("Joint applicants"))
    press(page, "There are none: we apply alone")
    form = default_form()
    for section in form.sections:
        if section.key not in ("basics", "technologies", "joint-applicants", "attachments"):
            follow(page, section.label.ja)
            _answer(page, sent(form, section))
            press(page, "Save and back to the list")
    if page.locator("main").get_by_role("link", name=said("Re-application")).count():
        follow(page, said("Re-application"))
        page.get_by_label(said("None of them: the content has nothing to do with an earlier project")).check()
        press(page, "Save and back to the list")
    follow(page, said("Attachments"))
    attach(page)
    follow(page, said("To the list of sections"))


def attach(page: Page) -> None:
    page.locator("main [name=file]").set_input_files(PLAN)
    press(page, "Attach")
    told(page, PLAN["name"])


def move_the_clock(page: Page, day: str) -> None:
    """By the banner at the top, until the work is done; the administrator then stands on their first page."""
    page.get_by_role("banner").get_by_role("link", name=said("Move the date")).click()
    enter(page, day=day)
    press(page, "Move the clock")
    wait_for_work(page)


def wait_for_work(page: Page) -> None:
    """Long work finishes in the worker; the page renews itself and goes on."""
    expect(page).not_to_have_url(re.compile(r"/work/\d+"), timeout=LONG_WORK)


def _button(page: Page, label: str) -> Locator:
    main = page.locator("main")
    return main.get_by_role("button", name=label, exact=True).or_(
        main.get_by_role("link", name=label, exact=True)
    )


def _answer(page: Page, entries: dict[str, Any]) -> None:
    """What a browser would send under these names, entered as a person does."""
    for name, entry in entries.items():
        for value in entry if isinstance(entry, list) else [entry]:
            field = page.locator(f"main [name='{name}']")
            if field.first.get_attribute("type") in ("radio", "checkbox"):
                page.locator(f"main [name='{name}'][value='{value}']").check()
            elif field.first.evaluate("it => it.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)
