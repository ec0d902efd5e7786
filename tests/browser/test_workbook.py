"""The form filled in with Excel: downloaded, filled, uploaded, looked at and saved, with a script and without."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, expect

from app.demo.accounts import MUNICIPALITY
from app.programmes.form import SUMMARY, TITLE
from tests.applications.sheets import address, cell
from tests.browser import axe
from tests.browser.instance import Instance
from tests.browser.moments import application_of
from tests.browser.people import PHONE, window_of
from tests.browser.steps import press, told
from tests.browser.words import said

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scripts", [True, False], ids=["with a script", "without"])
def test_a_form_goes_to_excel_and_comes_back(
    browser: Browser, instance: Instance, tmp_path: Path, scripts: bool
):
    with instance.inside():
        draft = f"/applications/{application_of(MUNICIPALITY, 'draft').id}"
    page = window_of(browser, instance, "municipality_editor", scripts=scripts)
    page.goto(draft)
    with page.expect_download() as download:
        page.get_by_role("link", name=said("Download the form as Excel (filled so far)")).click()
    path = tmp_path / "様式.xlsx"
    download.value.save_as(path)
    book = openpyxl.load_workbook(path)
    title = f"Excelで書いた事業名（{'有' if scripts else '無'}）"
    cell(book, TITLE).value, cell(book, SUMMARY).value = title, "=A1"
    book.save(path)

    page.get_by_role("link", name=said("Upload a filled form")).click()
    page.locator("input[type=file]").set_input_files(path)
    press(page, "Read the file")
    expect(page).to_have_url(instance.url + f"{draft}/workbook/changes")
    expect(page.locator("main")).to_contain_text(address(book, SUMMARY))
    expect(page.locator("main")).to_contain_text(address(book, TITLE))
    expect(page.locator("ins").first).to_be_visible()
    if scripts:
        assert not axe.examined(page)
        page.set_viewport_size(PHONE)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    press(page, "Save what is chosen")
    told(page, "1件の回答を保存しました")
    page.goto(f"{draft}/basics")
    assert page.locator(f"[name={TITLE}]").input_value() == title
    page.context.close()
