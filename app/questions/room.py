"""How much an unfinished answer may hold: more than can be handed in, but not without end.

An answer may be four times as long as its question asks for, and short questions leave room all the same; all answers
together have room for twice what their form asks for. Beyond that nothing is saved, and what was saved before stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.explained import Explained
from app.lifecycle import N_
from app.questions.definition import Definition

OF_ALL_AT_LEAST = 100_000  # characters
EXCERPT = 200
BEFORE = 20  # characters before the place that changed


class TooMuch(Explained, ValueError):
    """A text that is not saved; `name` is its field."""

    def __init__(self, name: str, msgid: str, **values: Any) -> None:
        super().__init__(msgid, **values)
        self.name = name


def refuse_too_much(form: Definition, before: Mapping[str, Any], new: Mapping[str, Any]) -> None:
    """Raises TooMuch when one of the `new` answers, or all of them together, are too long to keep."""
    for key, value in new.items():
        asked = form.questions[key].asked
        most, length = asked.room(), asked.length(value)
        if length > most:
            raise TooMuch(
                asked.names[0],
                N_(
                    "This was not saved: it has %(length)s characters, and there is room for %(most)s. "
                    "What was saved before is kept. Shorten it here, or hand it in as an attachment."
                ),
                length=f"{length:,}",
                most=f"{most:,}",
            )
    most, held = room_of_all(form), _held(form, {**before, **new})
    if new and held > max(most, _held(form, before)):  # what is shortened is taken
        raise TooMuch(
            form.questions[next(iter(new))].asked.names[0],
            N_(
                "This was not saved: with it the application would have %(length)s characters, and there is room for "
                "%(most)s. What was saved before is kept. Shorten this or another section."
            ),
            length=f"{held:,}",
            most=f"{most:,}",
        )


def room_of_all(form: Definition) -> int:
    asked = sum(question.settings.get("max_chars", 0) for question in form.questions.values())
    return max(2 * asked, OF_ALL_AT_LEAST)


def _held(form: Definition, values: Mapping[str, Any]) -> int:
    return sum(
        form.questions[key].asked.length(value) for key, value in values.items() if key in form.questions
    )


def what_changed(old: Any, new: Any) -> list[Any]:
    """[old, new] as the history keeps it: of long texts some words from where they begin to differ."""
    if not isinstance(old, str) or not isinstance(new, str) or max(len(old), len(new)) <= EXCERPT:
        return [old, new]
    pairs = enumerate(zip(old, new, strict=False))
    same = next((place for place, (was, now) in pairs if was != now), min(len(old), len(new)))
    start = max(same - BEFORE, 0)
    return [_excerpt(text, start) for text in (old, new)]


def _excerpt(text: str, start: int) -> str:
    end = start + EXCERPT
    return ("…" if start else "") + text[start:end] + ("…" if end < len(text) else "")
