"""Any of several choices, kept in the order in which they are offered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _
from wtforms import SelectMultipleField, widgets

from app.lifecycle import N_
from app.lines import one_line
from app.questions.kind import Fault, Grid, Kind, Problem, Unreadable, joined
from app.questions.kinds.one_choice import MOST, ChoiceSettings, faults_of_choices, known
from app.questions.limits import TEXT, Limit
from app.web.forms import choices

_SEPARATORS = re.compile(r"[、,，;；\n]")
LONGEST_TYPED = 20_000  # characters


class SeveralChoices(Kind):
    name = "several_choices"
    label = N_("Several choices")
    settings_form = ChoiceSettings
    defaults = {"choices": []}
    empty: Any = []

    def fields(self) -> dict[str, Any]:
        return {
            self.question.name: SelectMultipleField(
                **self.as_asked,
                choices=choices({name: name for name in self.settings["choices"]}),
                validate_choice=False,
                widget=widgets.ListWidget(prefix_label=False),
                option_widget=widgets.CheckboxInput(),
            )
        }

    @property
    def anchor(self) -> str:
        return f"{self.question.name}-0"

    def faults(self) -> Iterator[Fault]:
        yield from faults_of_choices(self.settings["choices"])

    def parse(self, entered: Any) -> list[str]:
        offered = self.settings["choices"]
        chosen = {known(text, offered) for text in texts_of(entered, offered)}
        return [name for name in offered if name in chosen]

    def faults_of(self, value: Any, section: str) -> Iterator[Problem]:
        if not set(value) <= set(self.settings["choices"]):
            yield self.problem(section, "", N_("Choose among the answers to “%(question)s”."))

    def choices_for_conditions(self) -> list[str]:
        return list(self.settings["choices"])

    def given_for_conditions(self, value: Any) -> set[str]:
        return set(value)

    def shown(self, frozen: Any) -> str:
        return joined(frozen or ())

    def limit(self, place: int) -> Limit | None:
        return Limit(TEXT)

    @property
    def hint(self) -> str:
        return _("Any of these, with 、 between them: %(choices)s", choices=joined(self.settings["choices"]))

    def cells(self, value: Any) -> Grid:
        return [[joined(value) or None]]


def texts_of(entered: Any, offered: list[str]) -> list[str]:
    """The single names in what was entered: a list, or a text with 、 or line breaks between them.

    Choices that hold such a mark themselves are looked for first.
    """
    if entered is None:
        return []
    if isinstance(entered, str):
        if len(entered) > LONGEST_TYPED:
            raise Unreadable(
                N_("This is too long: at most %(max)s characters can be read here."), max=LONGEST_TYPED
            )
        found, rest = [], entered
        for name in sorted((it for it in offered if _SEPARATORS.search(it)), key=len, reverse=True):
            if name in rest:
                found.append(name)
                rest = rest.replace(name, "、")
        entered = found + _SEPARATORS.split(rest)
    if not isinstance(entered, list | tuple) or not all(isinstance(it, str) for it in entered):
        raise Unreadable(N_("This is not a list of choices."))
    if len(entered) > MOST * 2:
        raise Unreadable(N_("These are more than there are choices."))
    return [text for text in (one_line(it).strip(" 　") for it in entered) if text]
