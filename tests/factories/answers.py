"""Answers to whatever a form asks: as they are entered, and as a browser sends them."""

from __future__ import annotations

from typing import Any

from app.questions.definition import Definition, Question, Section, asked_now

_OF_KIND: dict[str, Any] = {
    "short_text": "見本の名称",
    "long_text": "高齢化が進み、移動手段が不足している。",
    "number": "12",
    "date": "R6.4.1",
    "period": "R6.4.1～R7.3.31",
    "confirmation": "はい",
}


def entered(question: Question) -> Any:
    """What somebody enters who answers it; the first of what there is to choose."""
    choices = question.settings.get("choices", [])
    if question.kind == "technologies":
        return {"names": choices[:1]}
    if question.kind == "local_governments":
        return {"bodies": [], "complete": bool(question.asked.settings["confirm"])}
    if question.kind == "table":
        return [[entered(column) for column in question.asked.asked_in]]
    if choices:
        return choices[0] if question.kind == "one_choice" else choices[:1]
    return _OF_KIND[question.kind]


def given(form: Definition) -> dict[str, Any]:
    """Question's key → value, of all that the form asks when it is answered so; files are not."""
    found: dict[str, Any] = {}
    for question in form.questions.values():
        if question.kind != "file" and question.key in asked_now(form, found):
            found[question.key] = question.asked.parse(entered(question))
    return found


def sent(form: Definition, section: Section) -> dict[str, Any]:
    """The entries of a section's page, as a browser sends these answers."""
    entries: dict[str, Any] = {}
    values = given(form)
    for question in section.questions:
        if question.key in values:
            entries |= _sent(question, values[question.key])
    return entries


def _sent(question: Question, value: Any) -> dict[str, Any]:
    if question.kind == "table":
        return {
            f"{question.name}-{place}-{column.name}": row.get(column.key, "")
            for place, row in enumerate(value)
            for column in question.asked.asked_in
        }
    filled = question.asked.entries(value)
    return {
        name: "y" if entry is True else str(entry) if not isinstance(entry, list) else entry
        for name, entry in filled.items()
        if entry not in (None, False)
    }
