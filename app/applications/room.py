"""How much a draft may hold. It is kept while it is too long to be submitted, but not without end.

An answer may be four times as long as its question asks for, and short questions leave room all the same; the whole
draft has room for twice what its questions ask for. Beyond that nothing is saved, and what was saved before stays.
"""

from __future__ import annotations

from typing import Any

from app.applications.models import Application
from app.applications.sections import SUMMARY_MAX
from app.lifecycle import N_
from app.programmes.models import Question
from app.web.forms import LONGEST_LINE

TIMES = 4
AT_LEAST = 10_000  # characters of one text
OF_ALL_AT_LEAST = 100_000
EXCERPT = 200
BEFORE = 20  # characters before the place that changed


class TooMuch(ValueError):
    """A text that is not saved: `name` is its field, `msgid` and `values` are for the catalogue."""

    def __init__(self, name: str, msgid: str, **values: Any) -> None:
        super().__init__(msgid % values)
        self.name, self.msgid, self.values = name, msgid, values


def refuse_too_much(
    application: Application, texts: dict[str, str], *, question: Question | None = None
) -> None:
    """Raises TooMuch when one of the texts (name of the field → text), or the draft with them, is too long to keep."""
    for name, text in texts.items():
        most = cap_of(name, question)
        if len(text) > most:
            raise TooMuch(
                name,
                N_(
                    "This was not saved: it has %(length)s characters, and there is room for %(most)s. "
                    "What was saved before is kept. Shorten it here, or hand it in as an attachment."
                ),
                length=f"{len(text):,}",
                most=f"{most:,}",
            )
    now = {"title": application.title, "summary": application.summary}
    now["technologies_other"] = application.technologies_other
    now |= {f"answer {answer.question_id}": answer.text for answer in application.answers}
    then = now | ({f"answer {question.id}": texts["text"]} if question else texts)
    most, held = cap_of_all(application), sum(map(len, then.values()))
    if held > max(most, sum(map(len, now.values()))):  # what is shortened is taken
        raise TooMuch(
            next(iter(texts)),
            N_(
                "This was not saved: with it the application would have %(length)s characters, and there is room for "
                "%(most)s. What was saved before is kept. Shorten this or another section."
            ),
            length=f"{held:,}",
            most=f"{most:,}",
        )


def cap_of(name: str, question: Question | None = None) -> int:
    """Characters that a field of a draft may hold."""
    if question is not None:
        return max(TIMES * question.max_chars, AT_LEAST)
    return max(TIMES * SUMMARY_MAX, AT_LEAST) if name == "summary" else LONGEST_LINE


def cap_of_all(application: Application) -> int:
    asked = SUMMARY_MAX + sum(question.max_chars for question in application.call.questions)
    return max(2 * asked, OF_ALL_AT_LEAST)


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
