"""A body asks, the office answers and publishes what is of interest to all; a stranger reads it. With JavaScript and without."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import axe
from tests.browser.instance import Instance
from tests.browser.pages import NOBODY
from tests.browser.people import PHONE, window_of
from tests.browser.steps import enter, follow, press, told
from tests.browser.words import said

pytestmark = pytest.mark.browser


def window(browser: Browser, instance: Instance, role: str, *, scripts: bool) -> Page:
    return window_of(browser, instance, role, scripts=scripts)


def examined(page: Page, scripts: bool = True) -> None:
    """By axe where scripts run; what is narrow is asked of both."""
    if scripts:
        page.reload()  # axe is put into what is opened from now on
        assert not axe.examined(page)


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without"])
def test_a_question_goes_to_the_office_and_its_answer_to_everybody(
    browser: Browser, instance: Instance, scripts: bool
):
    word = "甲" if scripts else "乙"
    editor = window(browser, instance, "municipality_editor", scripts=scripts)
    editor.goto("/applications")
    follow(editor, re.compile("雪道の見守りドローン"))
    follow(editor, said("Read and write messages"))
    press(editor, "Send the message")
    told(editor, said("Enter this; it is required."))
    enter(editor, text=f"（見本）{word}町の施設も対象になりますか。")
    press(editor, "Send the message")
    told(editor, f"（見本）{word}町の施設も対象になりますか。")
    told(editor, said("Not read yet"))
    conversation = editor.url.partition("#")[0]

    officer = window(browser, instance, "officer", scripts=scripts)
    officer.get_by_role("link", name=re.compile("申請団体からの連絡を確認")).first.click()
    officer.goto(conversation)
    told(officer, f"（見本）{word}町の施設も対象になりますか。")
    told(officer, said("New"))
    assert "雪道の見守りドローン" not in officer.locator("main").inner_text(), "nothing of the draft"
    enter(officer, text=f"（見本）{word}町の施設も対象です。")
    press(officer, "Send the message")
    told(officer, f"（見本）{word}町の施設も対象です。")

    officer.get_by_role(
        "link", name=re.compile("^" + said("Publish as a question with its answer"))
    ).last.click()
    enter(
        officer, question=f"（見本）町の施設は対象になりますか（{word}）。", answer="（見本）対象になります。"
    )
    press(officer, "Publish on the page of the call")
    told(officer, f"（見本）町の施設は対象になりますか（{word}）。")

    stranger = window(browser, instance, NOBODY, scripts=scripts)
    stranger.goto("/")
    stranger.get_by_role("link", name=said("Questions and answers"), exact=True).first.click()
    told(stranger, f"（見本）町の施設は対象になりますか（{word}）。")
    told(stranger, said("What is asked"))
    examined(stranger, scripts)
    stranger.set_viewport_size(PHONE)
    assert stranger.evaluate("document.documentElement.scrollWidth <= innerWidth")

    editor.goto(conversation)
    told(editor, f"（見本）{word}町の施設も対象です。")
    expect(editor.locator("main")).to_contain_text(re.compile("既読"))
    examined(editor, scripts)
    editor.set_viewport_size(PHONE)
    assert editor.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_what_is_published_is_edited_ordered_and_withdrawn(browser: Browser, instance: Instance):
    officer = window(browser, instance, "officer", scripts=True)
    officer.goto("/calls")
    officer.get_by_role("link", name=said("Questions and answers"), exact=True).first.click()
    follow(officer, said("Edit, order or withdraw them"))
    examined(officer)
    first = officer.locator("section.clarification").first
    first.get_by_role("button", name=re.compile("^" + said("Move down"))).click()
    expect(officer.locator("section.clarification").nth(1)).to_contain_text(said("Q%(number)s", number="1"))
    officer.get_by_role("link", name=re.compile(said("Edit") + " " + said("Q%(number)s", number="1"))).click()
    enter(officer, answer="（見本）改めた回答です。")
    press(officer, "Save")
    told(officer, "（見本）改めた回答です。")


def test_a_body_without_a_seat_finds_the_way_from_the_front_page(browser: Browser, instance: Instance):
    stranger = window(browser, instance, NOBODY, scripts=True)
    stranger.goto("/")
    follow(stranger, said("How a local government gets its first seat"))
    told(stranger, said("What to send"))
    examined(stranger)
    follow(stranger, said("See the calls"))
    told(stranger, said("Calls open now"))
