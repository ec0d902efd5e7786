"""What a newer version of a form asks otherwise than the one before: for officers before they publish it, and for whoever
goes on with it."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from app.questions.definition import Definition, Question, Section
from app.questions.forms import condition_in_words
from app.questions.wording import Piece, marked


@dataclass(frozen=True)
class Reworded:
    """A question that both versions ask, with the lines that tell of it: before, and now."""

    question: Question
    section: Section
    old: tuple[Piece, ...]
    new: tuple[Piece, ...]


@dataclass(frozen=True)
class Moved:
    question: Question
    before: Section
    section: Section


@dataclass(frozen=True)
class Placed:
    """A question that only one of the versions asks, where it stands there."""

    question: Question
    section: Section


@dataclass(frozen=True)
class Changes:
    new: tuple[Placed, ...]
    gone: tuple[Placed, ...]
    moved: tuple[Moved, ...]
    changed: tuple[Reworded, ...]
    sections: tuple[
        tuple[tuple[Piece, ...], tuple[Piece, ...]], ...
    ]  # names and order of the sections, where they differ

    def __bool__(self) -> bool:
        return bool(self.new or self.gone or self.moved or self.changed or self.sections)


def changes_between(old: Definition, new: Definition) -> Changes:
    """In the order of the newer form; what is gone in that of the older one."""
    both = [key for key in new.questions if key in old.questions]
    return Changes(
        new=tuple(_placed(new, key) for key in new.questions if key not in old.questions),
        gone=tuple(_placed(old, key) for key in old.questions if key not in new.questions),
        moved=tuple(
            Moved(new.questions[key], _section(old, key), _section(new, key))
            for key in both
            if old.section_of[key] != new.section_of[key]
        ),
        changed=tuple(
            Reworded(new.questions[key], _section(new, key), *marked(in_words(old, key), in_words(new, key)))
            for key in both
            if in_words(old, key) != in_words(new, key)
        ),
        sections=tuple(
            [marked(*outlines)]
            if (outlines := (_outline(old, new), _outline(new, old)))[0] != outlines[1]
            else []
        ),
    )


def in_words(form: Definition, key: str) -> str:
    """All that a question says and asks for, a line each."""
    question = form.questions[key]
    lines = [
        question.label.ja,
        question.label.en,
        question.help.ja,
        question.help.en,
        _("Required") if question.required else _("Optional"),
        *question.asked.told_settings(),
        condition_in_words(form, question) if question.condition else "",
        _("Criterion: %(name)s", name=question.criterion) if question.criterion else "",
    ]
    return "\n".join(line for line in lines if line)


def _outline(form: Definition, other: Definition) -> str:
    """The sections with what they say, and the order of those questions that both forms ask in the same section."""
    found = []
    for section in form.sections:
        found += [section.label.ja, section.label.en, section.help.ja, section.help.en]
        found += [
            f"・{it.label.ja}"
            for it in section.questions
            if other.section_of.get(it.key) == section.key
            and in_words(form, it.key) == in_words(other, it.key)
        ]
    return "\n".join(line for line in found if line)


def _placed(form: Definition, key: str) -> Placed:
    return Placed(form.questions[key], _section(form, key))


def _section(form: Definition, key: str) -> Section:
    return form.section(form.section_of[key])
