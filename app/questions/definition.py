"""What a form asks: sections and their questions, as one plain value that is kept, compared and never half changed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from flask_babel import force_locale
from flask_babel import gettext as _

from app.lifecycle import N_
from app.seals import canonical
from app.web.i18n import japanese

if TYPE_CHECKING:
    from app.questions.kind import Kind

KEY = re.compile(r"[a-z][a-z0-9_-]{0,59}")


class BadDefinition(ValueError):
    """A form that cannot be asked; `faults` says why, as (msgid, values)."""

    def __init__(self, faults: list[tuple[str, dict[str, Any]]]) -> None:
        super().__init__("; ".join(msgid % values for msgid, values in faults))
        self.faults = faults


@dataclass(frozen=True)
class Words:
    """A text in Japanese, and in English where it has one."""

    ja: str
    en: str = ""

    def __str__(self) -> str:
        """In the language of whoever reads."""
        return self.ja if japanese() or not self.en else self.en

    def __bool__(self) -> bool:
        return bool(self.ja or self.en)

    def to_json(self) -> dict[str, str]:
        return {"ja": self.ja, **({"en": self.en} if self.en else {})}

    @classmethod
    def of(cls, plain: Any) -> Words:
        return cls(**plain) if isinstance(plain, Mapping) else cls(str(plain or ""))


def in_both(msgid: str) -> Words:
    """A message of the catalogue in both languages: a form keeps its words when the catalogue changes."""
    with force_locale("ja"):
        return Words(ja=_(msgid), en=msgid)


@dataclass(frozen=True)
class Condition:
    """A question is asked only while another one, `question`, is answered with any of `answers`."""

    question: str
    answers: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        return {"question": self.question, "answers": list(self.answers)}


@dataclass(frozen=True)
class Question:
    """One thing that is asked. `key` stays the same in every version of the form; an answer belongs to it.

    `entry` is the name of its entry on its section's page. `words` replaces sentences of its kind ("missing",
    "too_long") by others.
    """

    key: str
    kind: str
    label: Words
    help: Words = Words("")
    required: bool = False
    settings: dict[str, Any] = field(default_factory=dict)
    criterion: str = ""
    condition: Condition | None = None
    entry: str = ""
    words: dict[str, Words] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.entry or self.key

    @cached_property
    def asked(self) -> Kind:
        """How it is asked and read, by its kind. KeyError for a kind that there is not."""
        from app.questions.kinds import KINDS

        return KINDS[self.kind](self)

    def to_json(self) -> dict[str, Any]:
        plain: dict[str, Any] = {"key": self.key, "kind": self.kind, "label": self.label.to_json()}
        plain |= {"required": self.required, "settings": self.settings}
        optional = {
            "help": self.help and self.help.to_json(),
            "criterion": self.criterion,
            "condition": self.condition and self.condition.to_json(),
            "entry": self.entry,
            "words": {name: words.to_json() for name, words in self.words.items()},
        }
        return plain | {name: value for name, value in optional.items() if value}

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Question:
        condition = plain.get("condition")
        return cls(
            key=plain["key"],
            kind=plain["kind"],
            label=Words.of(plain["label"]),
            help=Words.of(plain.get("help")),
            required=bool(plain.get("required", False)),
            settings=dict(plain.get("settings", {})),
            criterion=plain.get("criterion", ""),
            condition=Condition(condition["question"], tuple(condition["answers"])) if condition else None,
            entry=plain.get("entry", ""),
            words={name: Words.of(words) for name, words in plain.get("words", {}).items()},
        )


@dataclass(frozen=True)
class Section:
    """Questions that are answered on one page. Sections with the same `heading` are read together beneath it."""

    key: str
    label: Words
    questions: tuple[Question, ...]
    help: Words = Words("")
    heading: Words = Words("")

    @property
    def takes_files(self) -> bool:
        return any(question.kind == "file" for question in self.questions)

    def to_json(self) -> dict[str, Any]:
        plain: dict[str, Any] = {"key": self.key, "label": self.label.to_json()}
        plain |= {"questions": [question.to_json() for question in self.questions]}
        optional = {"help": self.help, "heading": self.heading}
        return plain | {name: words.to_json() for name, words in optional.items() if words}

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Section:
        questions = tuple(Question.of(each) for each in plain["questions"])
        label, *words = (Words.of(plain.get(name)) for name in ("label", "help", "heading"))
        return cls(plain["key"], label, questions, *words)


@dataclass(frozen=True)
class Definition:
    """All that a version of a form asks."""

    sections: tuple[Section, ...]

    def to_json(self) -> dict[str, Any]:
        return {"sections": [section.to_json() for section in self.sections]}

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Definition:
        return cls(tuple(Section.of(each) for each in plain["sections"]))

    @property
    def sha256(self) -> str:
        return hashlib.sha256(canonical(self.to_json())).hexdigest()

    @cached_property
    def questions(self) -> dict[str, Question]:
        return {question.key: question for section in self.sections for question in section.questions}

    @cached_property
    def section_of(self) -> dict[str, str]:
        """A question's key → its section's."""
        return {question.key: section.key for section in self.sections for question in section.questions}

    def section(self, key: str) -> Section:
        """Raises KeyError."""
        return next((section for section in self.sections if section.key == key), None) or _no_section(key)

    def with_section(self, section: Section) -> Definition:
        """The same form with this section in the place of its namesake, or at the end."""
        keys = [each.key for each in self.sections]
        if section.key not in keys:
            return replace(self, sections=(*self.sections, section))
        return replace(self, sections=tuple(section if it.key == section.key else it for it in self.sections))

    @property
    def faults(self) -> list[tuple[str, dict[str, Any]]]:
        """What could not be asked, answered or kept, as (msgid, values)."""
        return list(_faults(self))

    def faults_of(self, key: str) -> list[tuple[str, dict[str, Any]]]:
        """Of one question, where it stands."""
        asked = list(self.questions)
        before = {each: self.questions[each] for each in asked[: asked.index(key)]}
        return list(_faults_of(self.questions[key], before))

    def check(self) -> None:
        """Raises BadDefinition for what could not be asked, answered or kept."""
        if faults := self.faults:
            raise BadDefinition(faults)


def _no_section(key: str) -> Section:
    raise KeyError(key)


def _faults(form: Definition) -> Iterator[tuple[str, dict[str, Any]]]:
    yield from _faults_of_names(form)
    before: dict[str, Question] = {}
    for section in form.sections:
        for question in section.questions:
            yield from _faults_of(question, before)
            before[question.key] = question


def _faults_of_names(form: Definition) -> Iterator[tuple[str, dict[str, Any]]]:
    if not form.sections or not form.questions:
        yield N_("Ask at least one question."), {}
    keys: list[str] = [section.key for section in form.sections]
    keys += [f"{question.key}?" for each in form.sections for question in each.questions]
    for key in dict.fromkeys(keys):
        if not KEY.fullmatch(key.removesuffix("?")):
            yield N_("“%(key)s” cannot be a key: use small letters, digits, - and _."), {"key": key}
        if keys.count(key) > 1:
            yield N_("The key “%(key)s” is used twice."), {"key": key.removesuffix("?")}
    for section in form.sections:
        if not section.questions:
            yield (
                N_("The section “%(section)s” asks nothing: add a question, or remove it."),
                {"section": section.label.ja or section.key},
            )
        if not section.label:
            yield N_("Name the section “%(key)s”."), {"key": section.key}
        names = [name for question in section.questions for name in _fields_of(question)]
        for name in sorted(set(names) & taken_names()):
            yield N_("“%(name)s” cannot be the name of an entry: the page uses it itself."), {"name": name}
        for name in dict.fromkeys(name for name in names if names.count(name) > 1):
            yield (
                N_("Two entries of the section “%(key)s” are called “%(name)s”."),
                {
                    "key": section.key,
                    "name": name,
                },
            )


def taken_names() -> set[str]:
    """What the form of a page calls something else by."""
    from app.questions.forms import SectionForm

    return {*dir(SectionForm), "csrf_token", "form", "section", "stored", "values", "for_now", "next", "add"}


def _fields_of(question: Question) -> list[str]:
    try:
        return list(question.asked.names)
    except KeyError:
        return [question.name]


def _faults_of(question: Question, before: dict[str, Question]) -> Iterator[tuple[str, dict[str, Any]]]:
    values = {"question": question.label.ja or question.key}
    try:
        asked = question.asked
    except KeyError:
        yield N_("There is no kind of question “%(kind)s”."), {"kind": question.kind}
        return
    if not question.label:
        yield N_("Write the question “%(key)s”."), {"key": question.key}
    yield from ((msgid, values | more) for msgid, more in asked.faults())
    if question.condition is None:
        return
    other = before.get(question.condition.question)
    if other is None:
        yield N_("“%(question)s” depends on a question that does not stand before it."), values
    elif not set(question.condition.answers) <= set(other.asked.choices_for_conditions()) or (
        not question.condition.answers
    ):
        yield N_("“%(question)s” depends on an answer that cannot be given."), values


def asked_now(form: Definition, values: Mapping[str, Any]) -> set[str]:
    """The keys of the questions that are asked when the answers are `values` (key → value).

    What depends on a question that is not asked itself is not asked either.
    """
    asked: set[str] = set()
    for key, question in form.questions.items():
        condition = question.condition
        if condition is None:
            asked.add(key)
        elif condition.question in asked:
            other = form.questions[condition.question].asked
            given = other.given_for_conditions(values.get(condition.question, other.empty))
            if given & set(condition.answers):
                asked.add(key)
    return asked
