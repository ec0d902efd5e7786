"""Nothing typed is lost, and what is wrong is said where it is wrong: the enhancements, and what is beneath them."""

from __future__ import annotations

import http.client
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Dialog, Page, Route, expect

from app.demo.accounts import MUNICIPALITY, PASSWORD
from tests.browser import axe
from tests.browser.instance import Instance
from tests.browser.moments import application_of
from tests.browser.people import sign_in, window_of
from tests.browser.steps import enter, headed, press, told
from tests.browser.words import said

pytestmark = pytest.mark.browser

TYPED = "接続が切れても残る文章。"
SIGNED_OUT = said(
    "You have been signed out. What you typed is kept on this computer: sign in again in another tab, then save here."
)
CONFLICT = said(
    "Somebody else saved this in the meantime. Automatic saving has stopped; what you typed is kept on this computer. "
    "Open the newest version in another tab before you save."
)
MEBIBYTE = 1024 * 1024


@pytest.fixture(scope="module")
def draft(instance: Instance) -> str:
    """The path of the draft that 岩見沢市 has begun."""
    with instance.inside():
        return f"/applications/{application_of(MUNICIPALITY, 'draft').id}"


def test_a_draft_saves_itself(editor: Page, draft: str):
    editor.goto(f"{draft}/basics")
    enter(editor, summary="自動で保存される文章。")
    told(editor, said("Saved at %(time)s", time="").strip())
    editor.goto(f"{draft}/basics")  # nothing asks: there is nothing unsaved
    expect(editor.locator("[name=summary]")).to_have_value("自動で保存される文章。")
    assert not axe.examined(editor)


def test_the_first_word_about_saving_moves_no_button_from_under_the_pointer(editor: Page, draft: str):
    editor.goto(f"{draft}/basics")
    save = editor.get_by_role("button", name=said("Save and back to the list"))
    before = save.bounding_box()
    enter(editor, summary="一字")
    told(editor, said("Not saved yet"))
    assert save.bounding_box() == before


def test_the_note_about_saving_never_lies_over_the_field_being_typed_in(editor: Page, draft: str):
    editor.set_viewport_size({"width": 375, "height": 360})  # a phone with its keyboard open
    editor.goto(f"{draft}/basics")
    summary, note = editor.locator("[name=summary]"), editor.locator(".autosave__status")
    summary.evaluate("(it) => window.scrollTo(0, it.getBoundingClientRect().top + window.scrollY - 120)")
    before = summary.bounding_box()
    enter(editor, summary="一行目。\n二行目。")
    told(editor, said("Saved at %(time)s", time="").strip())
    summary.evaluate("(it) => window.scrollTo(0, it.getBoundingClientRect().top + window.scrollY - 120)")
    typing, told_at = summary.bounding_box(), note.bounding_box()
    assert typing and told_at
    assert told_at["y"] >= typing["y"] + typing["height"] or told_at["y"] + told_at["height"] <= typing["y"]
    assert typing == before  # nor did it move


def test_boxes_stand_in_line_with_their_labels(editor: Page, draft: str):
    editor.goto(f"{draft}/technologies")
    box = editor.locator(".option__input").first.bounding_box()
    label = editor.locator(".option__label").first
    line = label.evaluate("""(it) => {
        const words = document.createRange();
        words.selectNodeContents(it);
        const { top, bottom } = words.getClientRects()[0];
        return (top + bottom) / 2;
    }""")
    legend = editor.locator("legend").first.bounding_box()
    assert box and legend
    assert abs(box["y"] + box["height"] / 2 - line) <= 1
    assert abs(box["x"] - legend["x"]) <= 1


def test_what_is_typed_after_the_session_was_lost_is_kept_and_offered_again(editor: Page, draft: str):
    editor.goto(f"{draft}/basics")
    saved = editor.locator("[name=summary]").input_value()
    editor.context.clear_cookies()
    enter(editor, summary=TYPED)
    told(editor, SIGNED_OUT)
    assert not axe.examined(editor)

    again = editor.context.new_page()  # the same computer, later
    sign_in(again, "editor")
    again.goto(f"{draft}/basics")
    expect(again.locator("[name=summary]")).to_have_value(saved)
    told(again, TYPED)  # one reads what it is before one takes it
    assert not axe.examined(again)
    press(again, "Restore it")
    expect(again.locator("[name=summary]")).to_have_value(TYPED)
    press(again, "Save and back to the list")
    again.wait_for_url(f"**{draft}")
    again.goto(f"{draft}/basics")
    expect(again.locator("[name=summary]")).to_have_value(TYPED)
    expect(again.get_by_role("button", name=said("Restore it"))).to_have_count(0)


def test_a_form_sent_after_the_session_was_lost_is_sent_once_one_has_signed_in(
    browser: Browser, instance: Instance
):
    officer = window_of(browser, instance, "officer")
    officer.goto("/calls/new")
    enter(officer, title="途中で切れた募集")
    officer.context.clear_cookies()
    press(officer, "Save the draft")
    headed(officer, said("Sign in"))
    officer.locator("#email").fill("officer@example.jp")
    officer.locator("#password").fill(PASSWORD)
    officer.locator("#password").press("Enter")
    headed(officer, said("Your entries were kept"))
    told(officer, "途中で切れた募集")
    assert not axe.examined(officer)
    officer.on("dialog", lambda dialog: dialog.accept())  # it is nowhere else, and the browser asks
    officer.reload()
    headed(officer, said("Nothing is kept any more"))
    told(officer, "途中で切れた募集")  # the tab has it still
    assert not axe.examined(officer)
    press(officer, "Send again")
    expect(officer.locator("[name=title]")).to_have_value("途中で切れた募集")
    officer.context.close()


def test_what_another_person_typed_is_not_in_the_tab_for_who_signs_in_next(
    browser: Browser, instance: Instance
):
    officer = window_of(browser, instance, "officer")
    officer.goto("/calls/new")
    enter(officer, title="前の担当者の募集")
    officer.context.clear_cookies()
    press(officer, "Save the draft")
    officer.locator("#email").fill("officer@example.jp")
    officer.locator("#password").fill(PASSWORD)
    officer.locator("#password").press("Enter")
    told(officer, "前の担当者の募集")
    officer.context.clear_cookies()
    officer.on("dialog", lambda dialog: dialog.accept())
    officer.reload()
    sign_in(officer, "director")
    officer.go_back()
    assert "前の担当者の募集" not in officer.locator("body").inner_text()
    officer.context.close()


def test_what_does_not_fit_on_the_server_stays_on_the_page_until_one_has_signed_in(
    browser: Browser, instance: Instance
):
    officer = window_of(browser, instance, "officer")
    officer.goto("/calls/new")
    text = "長い案内文です。" * 10_000
    enter(officer, title="長い募集", description=text)
    officer.context.clear_cookies()
    press(officer, "Save the draft")
    told(officer, "この画面を開いたまま")
    assert not axe.examined(officer)
    with officer.expect_popup() as opened:
        officer.get_by_role("link", name=said("Sign in in another tab")).click()
    opened.value.locator("#email").fill("officer@example.jp")
    opened.value.locator("#password").fill(PASSWORD)
    opened.value.locator("#password").press("Enter")
    opened.value.wait_for_url("**/")
    press(officer, "Send again")
    headed(officer, said("This page had been open for too long"))  # its token was of the session before
    press(officer, "Send again")
    expect(officer.locator("[name=title]")).to_have_value("長い募集")
    expect(officer.locator("[name=description]")).to_have_value(text)
    officer.context.close()


def test_leaving_with_unsaved_entries_asks_first(browser: Browser, instance: Instance):
    """Also where they were typed before the script that asks had come: a slow line holds it back here."""
    officer = window_of(browser, instance, "officer")
    held: list[Route] = []
    officer.route("**/assets/*.js", lambda route: held.append(route))
    officer.goto("/calls/new", wait_until="commit")
    enter(officer, title="書きかけの募集")
    expect(officer.locator("html[data-enhanced]")).to_have_count(0)
    held[0].continue_()
    expect(officer.locator("html[data-enhanced]")).to_have_count(1)
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    officer.once("dialog", stay)
    officer.get_by_role("navigation").get_by_role("link", name=said("Home"), exact=True).click(
        no_wait_after=True
    )
    expect(officer.locator("[name=title]")).to_have_value("書きかけの募集")
    assert asked == ["beforeunload"]
    assert officer.url.endswith("/calls/new")
    officer.context.close()


def test_the_summary_of_what_is_wrong_takes_the_focus_and_leads_to_the_fields(
    browser: Browser, instance: Instance
):
    officer = window_of(browser, instance, "officer")
    officer.goto("/calls/new")
    enter(officer, opens_at="令和5年2月30日")
    press(officer, "Save the draft")
    assert officer.title().startswith(said("Error: "))
    summary = officer.locator(".error-summary")
    expect(summary).to_be_focused()
    summary.get_by_role("link", name=re.compile(said("Title"))).first.click()
    field = officer.locator("[name=title]")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    told_by = (field.get_attribute("aria-describedby") or "").split()
    assert told_by
    expect(officer.locator(f"#{told_by[0]}")).to_be_visible()
    expect(officer.locator("[name=opens_at]")).to_have_value("令和5年2月30日")
    assert not axe.examined(officer)
    officer.context.close()


def test_somebody_elses_save_in_the_meantime_is_told_and_nothing_is_lost(
    browser: Browser, instance: Instance, editor: Page, draft: str
):
    approver = window_of(browser, instance, "municipality_approver")
    editor.goto(f"{draft}/basics")
    approver.goto(f"{draft}/basics")
    enter(approver, summary="先に保存した文章。")
    press(approver, "Save for now")
    approver.context.close()
    enter(editor, summary="後から保存した文章。")
    told(editor, CONFLICT)
    press(editor, "Save and back to the list")
    headed(editor, said("Somebody else saved this section in the meantime"))
    told(editor, "先に保存した文章。")
    expect(editor.locator("[name=summary]")).to_have_value("後から保存した文章。")
    assert not axe.examined(editor)


def test_a_file_that_is_too_large_is_told_before_it_is_sent(editor: Page, draft: str, tmp_path: Path):
    large = tmp_path / "大きな計画.pdf"
    with large.open("wb") as file:
        file.truncate(21 * MEBIBYTE)
    sent: list[str] = []
    editor.on("request", lambda request: sent.append(request.method))
    editor.goto(f"{draft}/attachments")
    editor.locator("[name=file]").set_input_files(large)
    told(editor, "21.0 MB")
    expect(editor.locator("[name=file]")).to_have_attribute("aria-invalid", "true")
    assert not axe.examined(editor)
    press(editor, "Attach")
    expect(editor.locator("[name=file]")).to_be_focused()
    assert "POST" not in sent


def test_three_hundred_megabytes_get_an_answer_and_not_a_broken_line(
    editor: Page, draft: str, instance: Instance
):
    cookie = "; ".join(f"{it['name']}={it['value']}" for it in editor.context.cookies())
    status, page = _send_much(instance.url, f"{draft}/attachments", cookie, 300 * MEBIBYTE)
    assert status == 413
    assert said("The file is too large") in page
    # As a browser without scripts would show it.
    editor.route(
        "**/attachments", lambda route: route.fulfill(status=413, content_type="text/html", body=page)
    )
    editor.goto(f"{draft}/attachments")
    assert not axe.examined(editor)


def _send_much(url: str, path: str, cookie: str, length: int) -> tuple[int, str]:
    """A file of `length` bytes, as a browser sends it: all of it before it reads the answer."""
    start = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
    end = b"\r\n--x--\r\n"
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=120)
    connection.putrequest("POST", path)
    connection.putheader("Cookie", cookie)
    connection.putheader("Content-Type", "multipart/form-data; boundary=x")
    connection.putheader("Content-Length", str(len(start) + length + len(end)))
    connection.endheaders()
    connection.send(start)
    block = bytes(MEBIBYTE)
    for _ in range(length // MEBIBYTE):
        connection.send(block)
    connection.send(end)
    answer = connection.getresponse()
    page = answer.read().decode()
    connection.close()
    return answer.status, page
