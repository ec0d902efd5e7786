"""What was answered, to be read: sections with their answers, of a response as it stands or as it was frozen. Knows no case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any

from app.questions.definition import Words
from app.questions.freezing import FrozenAnswer, answers_in, files_in


@dataclass(frozen=True)
class AnsweredSection:
    """A section with its answers, as a page shows it."""

    key: str
    label: Words
    heading: Words
    answers: tuple[FrozenAnswer, ...]

    @property
    def is_one_question(self) -> bool:
        """Whether it is one text and bears the words of its question."""
        return (
            len(self.answers) == 1
            and self.answers[0].question.kind.endswith("_text")
            and self.answers[0].label == self.label
        )


@dataclass(frozen=True)
class Group:
    """Sections that are read together beneath one heading."""

    heading: str
    sections: list[AnsweredSection]

    @property
    def lists_questions(self) -> bool:
        return self.sections[0].is_one_question


class AnsweredContent:
    """What was frozen, or what `freezing.content_of` makes of a response. A context adds what it froze besides."""

    def __init__(self, plain: Mapping[str, Any]) -> None:
        self.plain = plain

    @property
    def in_sections(self) -> Mapping[str, Any]:
        """The plain content in sections."""
        return self.plain

    @cached_property
    def sections(self) -> list[AnsweredSection]:
        found: dict[str, list[FrozenAnswer]] = {
            section["key"]: [] for section in self.in_sections["sections"]
        }
        for answer in answers_in(self.in_sections):
            found[answer.section].append(answer)
        return [
            AnsweredSection(
                section["key"],
                label := Words.of(section["label"]),
                Words.of(section.get("heading")) or label,
                tuple(found[section["key"]]),
            )
            for section in self.in_sections["sections"]
        ]

    @property
    def groups(self) -> list[Group]:
        by_heading = groupby(self.sections, key=lambda section: str(section.heading))
        return [Group(heading, list(sections)) for heading, sections in by_heading]

    @cached_property
    def values(self) -> dict[str, Any]:
        """Question's key → frozen value."""
        sections = self.in_sections["sections"]
        return {answer["key"]: answer["value"] for section in sections for answer in section["answers"]}

    def section(self, key: str) -> AnsweredSection | None:
        return next((section for section in self.sections if section.key == key), None)

    @property
    def attachments(self) -> list[dict[str, Any]]:
        """Every file that was handed in, whichever question it answers."""
        return list(files_in(self.in_sections))
