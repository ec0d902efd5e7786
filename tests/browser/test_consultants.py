"""A consultant is let in, writes, and is shown out, with scripts switched off; each new page is examined with them on."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from app.demo.accounts import PASSWORD
from tests.browser import axe
from tests.browser.instance import Instance
from tests.browser.people import PHONE, window_of
from tests.browser.steps import enter, follow, headed, press, told
from tests.browser.words import said

pytestmark = pytest.mark.browser
DRAFT = re.compile("雪道の見守りドローン")


def test_without_javascript_a_consultant_is_let_in_writes_and_is_shown_out(
    browser: Browser, own_instance: Instance
):
    approver = window_of(browser, own_instance, "municipality_approver", scripts=False)
    approver.goto("/applications")
    follow(approver, DRAFT)
    follow(approver, said("Let a consultant in"))
    enter(approver, company="見本設計事務所", name="見本 九郎", email="見本＠")
    press(approver, "Let the consultant in")
    expect(approver.locator("main [name=company]")).to_have_value("見本設計事務所")
    enter(approver, email="editor@example.jp")
    press(approver, "Let the consultant in")
    told(approver, said("%(name)s holds a seat of your body, and can edit it already.", name="見本 一郎"))
    enter(approver, email="consultant@example.jp")
    press(approver, "Let the consultant in")
    told(approver, said("This address is let in already. To choose another day, do it here."))
    press(approver, "Choose another day")
    enter(approver, until="令和5年3月31日")
    press(approver, "Save")
    told(approver, "3月31日")

    consultant = window_of(browser, own_instance, "consultant", scripts=False)
    follow(consultant, said("Finish the application"))
    told(consultant, "令和5年3月31日")
    follow(consultant, said("Title and summary"))
    enter(consultant, summary="（見本）コンサルタントが書いた概要です。")
    press(consultant, "Save and back to the list")
    told(consultant, "見本コンサルティング株式会社")
    press(consultant, "Check your answers")
    told(consultant, "（見本）コンサルタントが書いた概要です。")
    expect(consultant.get_by_role("button", name=said("Ask the approver to submit"))).to_have_count(0)

    press(approver, "End it now")
    told(approver, said("Ended before its day"))
    consultant.reload()
    expect(consultant).to_have_url(re.compile("/sign-in"))
    consultant.locator("#email").fill("consultant@example.jp")
    consultant.locator("#password").fill(PASSWORD)
    consultant.locator("#password").press("Enter")
    told(consultant, "編集の期間は終わりました")


def test_each_of_its_pages_can_be_used_by_all(browser: Browser, instance: Instance):
    approver = window_of(browser, instance, "municipality_approver")
    approver.goto("/applications")
    follow(approver, DRAFT)
    for label in (said("Let a consultant in"), re.compile("見本コンサルティング株式会社")):
        case = approver.url
        follow(approver, label)
        approver.reload()
        assert not axe.examined(approver)
        approver.set_viewport_size(PHONE)
        assert approver.evaluate("document.documentElement.scrollWidth <= innerWidth")
        approver.goto(case)
    consultant = window_of(browser, instance, "consultant")
    consultant.goto("/applications")
    follow(consultant, DRAFT)
    headed(consultant, "雪道の見守りドローン")
    consultant.reload()
    assert not axe.examined(consultant)
