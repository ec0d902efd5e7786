"""A form that asks something of every kind, as a test needs it: nothing of the product asks with it."""

from __future__ import annotations

from typing import Any

from app.organisations.models import Organisation
from app.questions.definition import Condition, Definition, Question, Section, Words
from app.questions.kind import Upload
from tests.factories.applications import PDF

CHOICES = ["市内全域", "一部の地区", "未定"]
TAGS = ["AI", "ドローン", "VR/AR"]
COLUMNS = [
    {"key": "item", "kind": "short_text", "label": "費目", "required": True},
    {"key": "amount", "kind": "number", "label": "金額", "settings": {"unit": "千円"}},
    {"key": "due", "kind": "date", "label": "期日"},
    {"key": "kind", "kind": "one_choice", "label": "区分", "settings": {"choices": ["国費", "地方費"]}},
]


def question(kind: str, key: str = "", **values: Any) -> Question:
    """One question of a kind, with the settings that it cannot do without."""
    settings = {
        "one_choice": {"choices": CHOICES},
        "several_choices": {"choices": CHOICES},
        "technologies": {"choices": TAGS},
        "table": {"columns": COLUMNS, "most": 5},
        "number": {"unit": "人"},
    }.get(kind, {})
    values.setdefault("label", Words(f"{kind}の問い", f"A question of {kind}"))
    given = values.pop("settings", {})
    return Question(key=key or kind, kind=kind, settings={**settings, **given}, **values)


def of_all_kinds(kinds: Any) -> Definition:
    """Two sections with a question of each kind, all required but the file; and one more that depends on a choice."""
    asked = [question(kind, required=kind != "file") for kind in sorted(kinds)]
    half = len(asked) // 2
    where = question("short_text", "where", condition=Condition("one_choice", ("一部の地区",)), required=True)
    return Definition(
        (
            Section("first", Words("前半", "First half"), tuple(asked[:half])),
            Section("second", Words("後半", "Second half"), (*asked[half:], where)),
        )
    )


def answers(body: Organisation) -> dict[str, Any]:
    """What somebody enters for each kind, as they would type it."""
    return {
        "short_text": " 雪道の見守り ",
        "long_text": "冬の見守りを行う。\r\n二行目。",
        "number": "１，２３４人",
        "date": "令和5年3月31日",
        "period": "R5.4.1～R6.3.31",
        "one_choice": "市内全域",
        "several_choices": ["未定", "市内全域"],
        "technologies": {"names": ["ドローン", "AI"], "etc": True, "other": "量子センサ"},
        "local_governments": body.full_name,
        "table": [["機材", "1,200", "R5.6.30", "国費"], ["", "", "", ""], ["人件費", "▲50", "", "地方費"]],
        "file": Upload("計画.pdf", PDF),
        "confirmation": "はい",
    }


def entered(form: Definition, section: str, given: dict[str, Any]) -> dict[str, Any]:
    """The values of a section's answers, as `save_section` takes them."""
    return {
        question.key: question.asked.parse(given[question.key])
        for question in form.section(section).questions
        if question.key in given
    }
