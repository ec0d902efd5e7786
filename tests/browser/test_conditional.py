"""A question that is asked only after a certain answer: out of sight until then, and always there without JavaScript."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from app.questions.definition import Condition, Section, Words
from tests.browser import axe
from tests.browser.instance import Instance
from tests.browser.moments import asked_besides
from tests.browser.people import window_of
from tests.browser.steps import enter, press, told
from tests.browser.words import said
from tests.questions.forms import question

pytestmark = pytest.mark.browser

PLAN = Section(
    "flying",
    Words("飛行の計画"),
    (
        question("one_choice", "zone", label=Words("対象地域")),
        question("short_text", "where", label=Words("地区の名称"), condition=Condition("zone", ("一部の地区",))),
        question("confirmation", "drones", label=Words("飛行の許可を要する")),
        question("several_choices", "flights", label=Words("飛行の範囲"), condition=Condition("drones", ("yes",))),
        question("long_text", "why", label=Words("飛行の理由"), condition=Condition("flights", ("未定",))),
    ),
)  # fmt: skip


@pytest.fixture(scope="module")
def plan(instance: Instance) -> str:
    """The page of a section with such questions, in the draft that 岩見沢市 has begun."""
    return asked_besides(instance, PLAN)


def field(page: Page, label: str) -> Locator:
    return page.get_by_role("textbox", name=label)


def test_it_is_out_of_sight_until_the_answer_is_given(editor: Page, plan: str):
    editor.goto(plan)
    expect(editor.get_by_role("radio", name="市内全域")).to_be_visible()
    for hidden in ("地区の名称", "飛行の理由"):
        expect(field(editor, hidden)).to_be_hidden()
    editor.get_by_role("radio", name="一部の地区").check()
    expect(field(editor, "地区の名称")).to_be_visible()
    assert not axe.examined(editor)
    editor.get_by_role("radio", name="市内全域").check()
    expect(field(editor, "地区の名称")).to_be_hidden()


def test_what_depends_on_what_is_not_asked_is_not_asked_either(editor: Page, plan: str):
    editor.goto(plan)
    reason = field(editor, "飛行の理由")
    editor.get_by_role("checkbox", name="飛行の許可を要する").check()
    expect(reason).to_be_hidden()
    editor.get_by_role("checkbox", name="未定").check()
    expect(reason).to_be_visible()
    press(editor, "Save for now")
    told(editor, said("Saved for now. What is missing can be added until the deadline."))
    expect(reason).to_be_visible()
    editor.get_by_role("checkbox", name="飛行の許可を要する").uncheck()
    expect(reason).to_be_hidden()


def test_what_was_typed_stays_in_sight_when_the_answer_changes(editor: Page, plan: str):
    editor.goto(plan)
    editor.get_by_role("radio", name="一部の地区").check()
    enter(editor, where="白根地区")
    editor.get_by_role("radio", name="市内全域").check()
    expect(field(editor, "地区の名称")).to_have_value("白根地区")
    expect(field(editor, "地区の名称")).to_be_visible()
    enter(editor, where="")
    expect(field(editor, "地区の名称")).to_be_hidden()


def test_without_scripts_it_is_there_and_says_to_which_answer_it_belongs(
    browser: Browser, instance: Instance, plan: str
):
    page = window_of(browser, instance, "municipality_editor", scripts=False)
    page.goto(plan)
    expect(field(page, "地区の名称")).to_be_visible()
    when = said(
        "Only if “%(question)s” is answered with: %(answers)s.", question="対象地域", answers="一部の地区"
    )
    expect(page.get_by_role("group", name=when)).to_contain_text("地区の名称")
    enter(page, where="白根地区")
    press(page, "Save for now")
    expect(field(page, "地区の名称")).to_have_value("白根地区")  # refused, and still there
    page.get_by_role("radio", name="一部の地区").check()
    press(page, "Save for now")
    told(page, said("Saved for now. What is missing can be added until the deadline."))
    page.context.close()
