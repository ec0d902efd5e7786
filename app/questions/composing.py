"""How a form is put together in the code: sections, questions, and the columns of a table, in both languages."""

from __future__ import annotations

from typing import Any

from app.questions.definition import Condition, Question, Section, Words


def section(key: str, ja: str, en: str, *questions: Question) -> Section:
    return Section(key, Words(ja, en), questions)


def ask(
    key: str,
    kind: str,
    ja: str,
    en: str,
    criterion: str = "",
    *,
    required: bool = True,
    when: Condition | None = None,
    guidance: tuple[str, str] = ("", ""),
    **settings: Any,
) -> Question:
    return Question(key, kind, Words(ja, en), Words(*guidance), required, settings, criterion, when)


def text(key: str, ja: str, en: str, most: int, criterion: str, **more: Any) -> Question:
    return ask(key, "long_text", ja, en, criterion, max_chars=most, rows=max(4, most // 100), **more)


def table(
    key: str, ja: str, en: str, criterion: str, most: int, *columns: dict[str, Any], **more: Any
) -> Question:
    return ask(key, "table", ja, en, criterion, most=most, columns=[*columns], **more)


def column(
    key: str, ja: str, en: str, kind: str = "short_text", *, required: bool = False, **settings: Any
) -> dict[str, Any]:
    label = Words(ja, en).to_json()
    return {"key": key, "kind": kind, "label": label, "required": required, "settings": settings}
