"""The README's two walks, as their readers take them: with JavaScript, without it, and by keyboard alone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from app import calendar
from app.db import db
from app.demo.accounts import PASSWORD
from app.questions import answering
from tests import factories
from tests.browser.instance import Instance
from tests.browser.moments import acting
from tests.browser.people import open_context, window_of
from tests.browser.steps import (
    enter,
    fill_the_sections,
    follow,
    go_to,
    headed,
    move_the_clock,
    press,
    told,
    wait_for_work,
)
from tests.browser.words import said

pytestmark = pytest.mark.browser

SAMPLE = "（見本）雪道の見守りドローン"
TITLE = "（見本）冬の見守り"


def test_the_notices_of_march_2023_go_out_with_nobody_having_to_remember(
    browser: Browser, own_instance: Instance
):
    administrator = window_of(browser, own_instance, "administrator")
    move_the_clock(administrator, "令和5年3月1日")
    expect(administrator.get_by_role("banner")).to_contain_text("令和5年3月1日")

    director = window_of(browser, own_instance, "director")
    follow(director, said("Approve letters: %(n)s", n=12))
    expect(director.locator("main").get_by_role("checkbox", checked=True)).to_have_count(12)
    told(director, "北海道岩見沢市長　殿")
    press(director, "Approve the letters ticked")
    told(director, said("Letters approved: %(n)s.", n=12))

    move_the_clock(administrator, "2023-03-30")
    officer = window_of(browser, own_instance, "officer")
    officer.goto("/letters?state=issued")
    expect(officer.locator("tbody tr")).to_have_count(0)

    move_the_clock(administrator, "2023-03-31")
    go_to(administrator, "Mail")
    administrator.get_by_role("searchbox").fill("支援の終了について")
    press(administrator, "Show")
    expect(administrator.locator("tbody tr")).to_have_count(12)
    follow(administrator, re.compile("文書をお送りします"))
    expect(
        administrator.locator("main").get_by_role("link", name=re.compile(r"第\d+号.*\.pdf"))
    ).to_be_visible()

    officer.goto("/letters?kind=support-end&state=issued")
    rows = officer.locator("tbody tr")
    expect(rows).to_have_count(12)
    numbers = re.findall(r"4未技第(\d+)号", "\n".join(rows.all_inner_texts()))
    assert sorted(map(int, numbers)) == list(range(1, 13))
    expect(rows.first).to_contain_text("令和5年3月31日")

    approver = window_of(browser, own_instance, "municipality_approver")
    go_to(approver, "Letters")
    expect(approver.locator("tbody tr")).to_have_count(1)
    with approver.expect_response(re.compile(r"/letters/\d+\.pdf$")) as file:
        approver.locator("tbody").get_by_role("link", name=re.compile("^PDF")).click()
    assert file.value.headers["content-type"] == "application/pdf"

    administrator.goto("/")
    administrator.get_by_role("banner").get_by_role("link", name=said("Move the date")).click()
    press(administrator, "Let one day pass")
    wait_for_work(administrator)
    officer.goto("/projects?state=ended")
    expect(officer.locator("tbody tr")).to_have_count(9)


def test_an_application_goes_from_draft_to_council(browser: Browser, own_instance: Instance):
    editor = window_of(browser, own_instance, "municipality_editor")
    approver = window_of(browser, own_instance, "municipality_approver")
    officer = window_of(browser, own_instance, "officer")
    director = window_of(browser, own_instance, "director")
    administrator = window_of(browser, own_instance, "administrator")

    # drafted, handed to the approver, submitted
    follow(editor, SAMPLE)
    fill_the_sections(editor)
    press(editor, "Check your answers")
    press(editor, "Ask the approver to submit")
    told(editor, said("Your approver has been asked by mail to submit the application."))
    approver.reload()
    follow(approver, said("Approve and submit the application"))
    press(approver, "Submit")
    headed(approver, said("The application was received"))
    number = _number_on(approver)

    # returned by the office, mended, resubmitted
    go_to(officer, "Applications")
    officer.get_by_role("searchbox").fill(number)
    press(officer, "Show")
    follow(officer, SAMPLE)
    case = officer.url
    press(officer, "Return for correction")
    officer.locator("[name=defect-summary]").fill("概要に、実施する地域の名称を加えてください。")
    officer.get_by_label(said("Enter a date and time"), exact=True).check()
    enter(officer, due_at="R5.3.10 17:00")
    press(officer, "Return for correction")
    editor.goto("/")
    follow(editor, said("Mend and resubmit the returned application"))
    told(editor, "実施する地域の名称を加えてください。")
    follow(editor, said("Title and summary"))
    enter(editor, summary="岩見沢市の全域で、冬の見守りを行う。")
    press(editor, "Save and back to the list")
    press(editor, "Check your answers")
    press(editor, "Tell the approver that it is corrected")
    approver.goto("/")
    follow(approver, said("The correction is done: approve and resubmit the application"))
    press(approver, "Resubmit")
    headed(approver, said("The application was received"))
    assert _number_on(approver) == number

    # accepted, reviewed in silence
    officer.goto(case)
    press(officer, "Accept")
    press(officer, "Accept all the same")  # nobody has ticked its checklist
    _give_every_application_its_result(officer)
    approver.goto("/")
    assert "先導性" not in approver.content()

    # decided, announced in one act
    move_the_clock(administrator, "2023-03-20")
    director.goto("/")
    follow(director, said("Decide the results"))
    press(director, "Decide these results")
    officer.goto("/")
    follow(officer, said("Announce the results"))
    press(officer, "Announce the results")
    wait_for_work(officer)
    visitor = open_context(browser, own_instance).new_page()
    visitor.goto("/register?q=雪道の見守り")
    expect(visitor.locator("tbody")).to_contain_text(["", SAMPLE])

    # a member of its council answers by a link, without an account
    go_to(approver, "Projects")
    follow(approver, SAMPLE)
    approver.get_by_role("link", name=said("Council"), exact=True).click()
    press(approver, "Form the council")
    press(approver, "Name a member")
    enter(approver, organisation_name="（見本）見本大学", post="教授", mailbox="kyoju@example.jp")
    press(approver, "Ask this member")
    told(approver, said("Asked"))
    go_to(administrator, "Mail")
    administrator.get_by_role("searchbox").fill("kyoju@example.jp")
    press(administrator, "Show")
    administrator.locator("tbody a").first.click()
    link = administrator.locator("main a[href*='/c/']").get_attribute("href")
    member = open_context(browser, own_instance).new_page()
    member.goto(str(link))
    member.get_by_label(said("I agree to take the seat")).check()
    press(member, "Send the answer")
    told(member, said("Agreed"))
    approver.reload()
    expect(approver.locator("tbody tr").filter(has_text="見本大学")).to_contain_text(said("Agreed"))


def test_without_javascript_an_application_is_filled_in_and_submitted(
    browser: Browser, own_instance: Instance
):
    editor = window_of(browser, own_instance, "municipality_editor", scripts=False)
    follow(editor, re.compile("追加募集"))
    press(editor, "Start an application")
    editor.locator("main [name=another]").check()
    press(editor, "Start a new application")
    fill_the_sections(editor, title=TITLE)
    press(editor, "Check your answers")
    press(editor, "Ask the approver to submit")

    approver = window_of(browser, own_instance, "municipality_approver", scripts=False)
    follow(approver, said("Approve and submit the application"))
    told(approver, TITLE)
    press(approver, "Submit")
    headed(approver, said("The application was received"))
    assert _number_on(approver)


def test_by_keyboard_alone_a_section_is_filled_in_and_the_application_submitted(
    browser: Browser, own_instance: Instance
):
    with own_instance.inside():
        approver = acting("approver")
        application = factories.application(organisation=approver.organisation, title=TITLE, files={})
        answering.put(application.answered, "summary", "", at=calendar.now())
        db.session.commit()
        path = f"/applications/{application.id}"
    page = open_context(browser, own_instance).new_page()
    page.goto("/sign-in")
    _tab_to(page, "#email")
    page.keyboard.type("approver@example.jp")
    _tab_to(page, "#password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/")
    _tab_to(page, f"main a[href$='{path}']")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{path}")
    _tab_to(page, "main a[href$='/basics']")
    page.keyboard.press("Enter")
    _tab_to(page, "[name=summary]")
    page.keyboard.type("市内全域で、冬の見守りを行う。")
    _tab_to(page, f"main button:has-text('{said('Save and back to the list')}')")
    page.keyboard.press("Space")
    page.wait_for_url(f"**{path}")
    _tab_to(page, "main a[href$='/check']")
    page.keyboard.press("Enter")
    _tab_to(page, f"main button:has-text('{said('Submit')}')")
    page.keyboard.press("Enter")
    headed(page, said("The application was received"))


def _number_on(page: Page) -> str:
    """The number that the receipt gives."""
    found = re.search(r"R4S-\d{4}", page.locator("main").inner_text())
    assert found, page.locator("main").inner_text()
    return found[0]


def _give_every_application_its_result(officer: Page) -> None:
    """The office checks what was submitted, puts it under review and records a result with its reasons."""
    officer.goto("/applications?state=submitted")
    for box in officer.locator("tbody").get_by_role("checkbox").all():
        box.check()
    press(officer, "Accept those chosen")
    press(officer, "Accept these")
    expect(officer.locator("tbody tr")).to_have_count(0)
    officer.goto("/")
    follow(officer, re.compile(said("Put accepted applications under review: %(count)s").partition("（")[0]))
    officer.locator("main form button").first.click()
    told(officer, said("Applications put under review: %(count)s").partition("%")[0])
    waiting = officer.locator("tbody a[href*='/result']").filter(has_text=said("Record"))
    while waiting.count():
        waiting.first.click()
        officer.get_by_label(said("Select"), exact=True).check()
        enter(officer, reasons="先導性が認められる。")
        press(officer, "Record the result")
        officer.wait_for_url("**/selection*")


def _tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is there, where it must be seen."""
    wanted = page.locator(selector).first
    wanted.wait_for()
    for _ in range(80):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            break
    else:
        raise AssertionError(f"the keyboard does not reach {selector}")
    expect(wanted).to_be_in_viewport()
    outline = wanted.evaluate("element => getComputedStyle(element).outlineStyle")
    assert outline == "solid", f"{selector}: the focus is not seen"
