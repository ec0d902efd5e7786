"""An officer edits a call's form: by plain pages without JavaScript, and with a preview that follows what is typed."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from app.db import db
from app.programmes.models import Call
from tests.browser.instance import Instance
from tests.browser.moments import OPEN
from tests.browser.people import window_of
from tests.browser.steps import enter, follow, headed, press, told
from tests.browser.words import said

pytestmark = pytest.mark.browser


def call_id(instance: Instance) -> int:
    with instance.inside():
        return db.session.scalars(select(Call.id).where(Call.code == OPEN)).one()


def test_without_javascript_a_question_is_added_looked_at_moved_and_published_to_drafts(
    browser: Browser, own_instance: Instance
):
    number = call_id(own_instance)
    officer = window_of(browser, own_instance, "officer", scripts=False)
    officer.goto(f"/calls/{number}")
    press(officer, "Edit the form")
    officer.locator("#section-work").get_by_role("link", name=re.compile(said("Add a question"))).click()
    officer.locator("[name=kind]").select_option("one_choice")
    press(officer, "Next")
    enter(officer, label_ja="運用の主体")
    officer.locator("[name='settings-choices']").fill("団体\n事業者")
    press(officer, "See how it looks")
    expect(officer.locator("#preview").get_by_label("事業者")).to_be_visible()
    press(officer, "Save")
    place = officer.locator("#section-work li").filter(has_text="運用の主体")
    place.get_by_role("button", name=re.compile(said("Up"))).click()
    expect(officer.locator("#section-work li").nth(2)).to_contain_text("運用の主体")
    officer.locator("#section-basics li").first.get_by_role("link").first.click()
    told(officer, said("It cannot be removed."))
    officer.go_back()
    press(officer, "Compare and publish")
    told(officer, "運用の主体")
    press(officer, "Publish this form")
    told(officer, said("What has happened"))

    editor = window_of(browser, own_instance, "municipality_editor", scripts=False)
    follow(editor, re.compile("雪道の見守り"))
    told(editor, "運用の主体")
    follow(editor, said("See the changes word for word"))
    headed(editor, said("What was changed in the form"))
    press(editor, "I have looked at it")
    expect(editor.get_by_role("button", name=said("I have looked at it"))).to_have_count(0)


def test_the_preview_follows_what_is_typed_and_nothing_is_saved_by_it(
    browser: Browser, own_instance: Instance
):
    number = call_id(own_instance)
    officer = window_of(browser, own_instance, "officer")
    officer.goto(f"/calls/{number}/form/questions/area")
    preview = officer.locator("#preview")
    expect(preview).to_contain_text("取組を行う地域")
    officer.locator("main [name=label_ja]").fill("どこで行いますか")
    expect(preview).to_contain_text("どこで行いますか")
    officer.locator("[name='settings-choices']").fill("山\n海")
    expect(preview.get_by_label("海", exact=True)).to_be_visible()

    officer.goto(f"/calls/{number}/form")
    expect(officer.locator("#section-problem")).to_contain_text("取組を行う地域")


def test_by_keyboard_a_question_is_reworded(browser: Browser, own_instance: Instance):
    number = call_id(own_instance)
    officer = window_of(browser, own_instance, "officer")
    officer.goto(f"/calls/{number}/form/questions/spread")
    officer.locator("main [name=label_ja]").focus()
    officer.keyboard.press("Control+A")
    officer.keyboard.type("Spread")
    officer.keyboard.press("Enter")
    expect(officer.locator("#section-spread")).to_contain_text("Spread")
