"""Filling in a draft beside others, and from a spreadsheet."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from app.demo.accounts import MUNICIPALITY
from app.questions.definition import Section, Words
from tests.browser import axe
from tests.browser.instance import Instance
from tests.browser.moments import application_of, asked_besides
from tests.browser.people import PHONE, window_of
from tests.browser.steps import enter, press, told
from tests.browser.words import said
from tests.questions.forms import question

pytestmark = pytest.mark.browser

BUDGET = Section("pasted", Words("予算"), (question("table", "costs", label=Words("経費の内訳")),))
COPIED = '費目\t金額（千円）\t期日\t区分\r\n"機材と\t工事"\t１，２００\tR5.3.31\t国費\r\n人件費\t300\t\t地方費\r\n旅費\t20\t\t\r\n会議費\t5\t\t\r\n'
PASTE = """(field, text) => {
    const data = new DataTransfer();
    data.setData("text/plain", text);
    field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


@pytest.fixture(scope="module")
def budget(instance: Instance) -> str:
    """The page of a section with a table, in the draft that 岩見沢市 has begun."""
    return asked_besides(instance, BUDGET)


def cell(page: Page, row: int, column: str) -> str:
    return page.locator(f"[name=costs-{row}-{column}]").input_value()


def test_rows_copied_in_a_spreadsheet_are_dealt_out_over_the_cells(editor: Page, budget: str):
    editor.goto(budget)
    rows = editor.locator(".table--entries tbody tr")
    before = rows.count()
    editor.locator("[name=costs-0-item]").evaluate(PASTE, COPIED)
    expect(rows).to_have_count(max(before, 4))
    assert cell(editor, 0, "item") == "機材と\t工事"
    assert [cell(editor, 3, name) for name in ("item", "amount")] == ["会議費", "5"]
    assert cell(editor, 1, "kind") == "地方費"
    told(editor, said("Cells filled from what was pasted: %(n)s", n="16"))
    told(editor, said("Saved at %(time)s", time="").strip())
    assert not axe.examined(editor)
    editor.set_viewport_size(PHONE)
    editor.goto(budget)
    assert cell(editor, 0, "amount") == "1,200"
    assert cell(editor, 0, "due") == "2023-03-31"


def test_rows_that_find_no_room_wait_beneath_the_table(editor: Page, budget: str):
    editor.goto(budget)
    editor.locator("[name=costs-0-item]").evaluate(PASTE, "\n".join(f"費目{n}\t{n}" for n in range(12)))
    told(editor, said("There was no room for these rows: they stand in the box beneath the table."))
    assert editor.locator("[name=costs-paste]").input_value().endswith("費目11\t11")
    assert not axe.examined(editor)


def test_they_are_added_without_a_script(browser: Browser, instance: Instance, budget: str):
    page = window_of(browser, instance, "municipality_editor", scripts=False)
    page.goto(budget)
    page.locator("summary", has_text=said("Paste rows from a spreadsheet")).click()
    enter(page, **{"costs-paste": "機材\t七\n"})
    press(page, "Save for now")
    told(page, "1行目の「金額」")
    assert page.locator("[name=costs-paste]").input_value() == "機材\t七\n"
    enter(page, **{"costs-paste": "機材\t７\n"})
    press(page, "Save for now")
    told(page, said("Saved for now. What is missing can be added until the deadline."))
    assert page.locator("[name=costs-paste]").input_value() == ""
    items = page.locator("[name^=costs-][name$=-item]")
    assert "機材" in [items.nth(place).input_value() for place in range(items.count())]
    page.context.close()


def test_two_people_in_one_draft_see_each_other(browser: Browser, instance: Instance, editor: Page):
    with instance.inside():
        draft = f"/applications/{application_of(MUNICIPALITY, 'draft').id}"
    editor.goto(f"{draft}/basics")
    approver = window_of(browser, instance, "municipality_approver")
    approver.goto(f"{draft}/basics")
    expect(approver.locator(".others")).to_contain_text("さんもこの項目を開いています")
    assert not axe.examined(approver)
    approver.context.close()
