"""What people do around the intake of applications, in a browser with scripts switched off: the check, more time, copying, applying again."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.instance import Instance
from tests.browser.people import window_of
from tests.browser.steps import enter, follow, headed, press, told
from tests.browser.words import said

pytestmark = pytest.mark.browser


def test_without_javascript_more_time_is_asked_for_and_granted(browser: Browser, own_instance: Instance):
    officer = window_of(browser, own_instance, "officer", scripts=False)
    officer.goto("/calls?q=R4S")
    officer.locator("tbody a").first.click()
    press(officer, "Grant one applicant more time")
    enter(officer, q="函館市")
    press(officer, "Search")
    follow(officer, said("Choose %(name)s", name="北海道函館市"))
    enter(officer, until="2023-03-17 11:00", reason="見本：庁舎の停電のため")
    press(officer, "Ask the director")
    told(officer, said("Choose a time in the future that is later than the closing of the call."))
    expect(officer.locator("[name=reason]")).to_have_value("見本：庁舎の停電のため")
    enter(officer, until="令和5年3月17日 15時")
    press(officer, "Ask the director")
    headed(officer, "北海道函館市")

    director = window_of(browser, own_instance, "director", scripts=False)
    follow(director, said("Decide whether one applicant gets more time: %(body)s", body="北海道函館市"))
    press(director, "Grant the grace")
    told(director, said("Granted"))


def test_without_javascript_answers_are_copied_from_another_application(
    browser: Browser, own_instance: Instance
):
    editor = window_of(browser, own_instance, "municipality_editor", scripts=False)
    editor.goto("/calls?q=R4S")
    editor.locator("tbody a").first.click()
    press(editor, "Start an application")
    editor.locator("main [name=another]").check()
    press(editor, "Start a new application")
    follow(editor, said("Copy answers from an earlier application"))
    editor.locator("main .task__link").first.click()
    expect(editor.locator("main [name=question]").first).to_be_checked()
    press(editor, "Copy what is ticked")
    headed(editor, "（見本）雪道の見守りドローン")
    told(editor, said("Answers copied: %(count)s. Check whether they still hold.", count=3))


def test_without_javascript_who_applies_again_is_told_what_is_missing(
    browser: Browser, own_instance: Instance
):
    editor = window_of(browser, own_instance, "municipality_editor", scripts=False)
    follow(editor, said("Finish the application"))
    follow(editor, said("Re-application"))
    editor.locator("main [name=reapplication_project]").first.check()
    press(editor, "Save and back to the list")
    expect(editor.locator("main .error-summary")).to_contain_text(
        "高度化・深化"
    )  # not to be handed in without
    press(editor, "Save for now")
    follow(editor, said("To the list of sections"))
    press(editor, "Check your answers")
    told(editor, "高度化・深化が記載されていません")
    told(editor, said("Link to an earlier project without an upgrade"))
    told(editor, said("Project under support"))
    editor.go_back()
    follow(editor, said("Re-application"))
    enter(editor, reapplication_upgrade="見本：新たに映像の解析を加える。")
    press(editor, "Save and back to the list")
    press(editor, "Check your answers")
    expect(editor.locator("main")).not_to_contain_text("高度化・深化が記載されていません")
    told(editor, said("Project under support"))


def test_without_javascript_officers_check_an_application_together(browser: Browser, own_instance: Instance):
    officer = window_of(browser, own_instance, "officer", scripts=False)
    officer.goto("/applications?state=submitted")
    officer.locator("tbody a").first.click()
    case = officer.url
    officer.locator("[name=check-files][value=ok]").check()
    press(officer, "Save the checklist")
    officer.goto(case)
    expect(officer.locator("[name=check-files][value=ok]")).to_be_checked()
    officer.locator("main summary", has_text=said("Change who checks it")).click()
    press(officer, "Assign")
    expect(officer.locator("main [name=assignee] option[selected]")).to_have_text("見本 三子")
    press(officer, "Keep the note")
    told(officer, said("Enter this; it is required."))
    enter(officer, text="見本：電話で確認した。")
    press(officer, "Keep the note")
    told(officer, "見本：電話で確認した。")
    press(officer, "Return for correction")
    press(officer, "Return for correction")
    told(officer, said("There is a problem with what was entered"))
    officer.locator("[name=defect-summary]").fill("見本：実施する地域の名称を加えてください。")
    press(officer, "Return for correction")
    officer.goto(case)
    told(officer, "見本：実施する地域の名称を加えてください。")
    told(officer, said("Nobody of the applicant has opened it yet."))


@pytest.mark.parametrize("scripts", [True, False], ids=["with a script", "without"])
def test_after_an_act_the_keyboard_goes_on_from_what_is_told(
    browser: Browser, instance: Instance, scripts: bool
):
    officer = window_of(browser, instance, "officer", scripts=scripts)
    officer.goto("/applications")
    officer.locator("main [name=application]").first.focus()
    officer.keyboard.press("Space")
    officer.get_by_role("button", name=said("Assign"), exact=True).focus()
    officer.keyboard.press("Enter")
    message = officer.locator("main .notice").first
    expect(message).to_be_focused()
    officer.keyboard.press("Tab")  # on from there, not from the top of the page
    assert officer.evaluate("document.querySelector('main').contains(document.activeElement)")
    officer.context.close()
