"""One of several choices. What is kept is the choice's own words: a choice that is reworded is another one.

Those of a form in the code may have English words beside them (`english`), for whoever reads in English.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, TextAreaField

from app.lifecycle import N_
from app.lines import one_line
from app.questions.definition import Words
from app.questions.kind import Fault, Kind, Problem, Settings, Unreadable, lines_of, text_of
from app.questions.limits import TEXT, Limit
from app.web.forms import AtMost, choices, tidy
from app.widths import TooLong, plain

MOST = 100
LONGEST = 200  # characters


class ChoiceSettings(Settings):
    choices = TextAreaField(_l("Choices"), [AtMost(MOST * LONGEST)], description=_l("One on each line."))


class OneChoice(Kind):
    name = "one_choice"
    label = N_("One choice")
    in_tables = True
    settings_form = ChoiceSettings
    defaults = {"choices": [], "english": {}}

    def fields(self) -> dict[str, Any]:
        offered = choices({name: self.shown_choice(name) for name in self.settings["choices"]})
        # What is none of them is told in words by `parse`.
        return {self.question.name: RadioField(**self.as_asked, choices=offered, validate_choice=False)}

    def cell_fields(self) -> dict[str, Any]:
        offered = choices({"": "", **{name: self.shown_choice(name) for name in self.settings["choices"]}})
        return {
            self.question.name: SelectField(str(self.question.label), choices=offered, validate_choice=False)
        }

    @property
    def anchor(self) -> str:
        return f"{self.question.name}-0"

    def faults(self) -> Iterator[Fault]:
        yield from faults_of_choices(self.settings["choices"])

    def parse(self, entered: Any) -> str:
        text = one_line(tidy(text_of(entered)))
        if not text:
            return ""
        in_japanese = {en: name for name, en in self.settings["english"].items()}
        return known(in_japanese.get(text, text), self.settings["choices"])

    def faults_of(self, value: Any, section: str) -> Iterator[Problem]:
        if value not in self.settings["choices"]:
            yield self.problem(section, "", N_("Choose one of the answers to “%(question)s”."))

    def length(self, value: Any) -> int:
        return 0

    def shown_choice(self, choice: str) -> str:
        return in_words(choice, self.settings["english"])

    def shown(self, frozen: Any) -> str:
        return self.shown_choice(super().shown(frozen))

    def choices_for_conditions(self) -> list[str]:
        return list(self.settings["choices"])

    def given_for_conditions(self, value: Any) -> set[str]:
        return {value} if value else set()

    def limit(self, place: int) -> Limit | None:
        return Limit(TEXT)

    def offered(self, place: int) -> list[str]:
        return list(self.settings["choices"])


def faults_of_choices(offered: Any) -> Iterator[Fault]:
    if not isinstance(offered, list) or not all(isinstance(it, str) for it in offered):
        yield N_("“%(question)s” needs choices, one on each line."), {}
        return
    if len(offered) < 1 or len(offered) > MOST:
        yield N_("“%(question)s” needs choices: at least one, at most %(most)s."), {"most": MOST}
    if len(set(offered)) < len(offered) or offered != lines_of("\n".join(offered)):
        yield N_("The choices of “%(question)s” must differ from each other."), {}
    if any(len(it) > LONGEST for it in offered):
        yield N_("A choice of “%(question)s” is too long: at most %(most)s characters."), {"most": LONGEST}


def in_words(choice: str, english: Mapping[str, str]) -> str:
    """A choice in the language of whoever reads, where it has words in both."""
    return str(Words(choice, english.get(choice, "")))


def known(text: str, offered: list[str]) -> str:
    """The choice that is meant, also in other widths; Unreadable for what is none of them."""
    if text in offered:
        return text
    try:
        meant = [it for it in offered if plain(it) == plain(text, most=LONGEST)]
    except TooLong:
        meant = []
    if len(meant) != 1:
        raise Unreadable(N_("“%(text)s” is not among the choices."), text=text[:100])
    return meant[0]
