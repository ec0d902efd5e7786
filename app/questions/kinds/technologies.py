"""Future technologies: tags of the programme's own lists, what no tag names, and 「等」 for more than is named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectMultipleField, StringField, widgets
from wtforms.validators import ValidationError

from app.lifecycle import N_
from app.lines import BREAK, fault_of, one_line
from app.questions.kind import Fault, Grid, Kind, Problem, Unreadable, joined, text_of
from app.questions.kinds.one_choice import ChoiceSettings, faults_of_choices, known
from app.questions.kinds.several_choices import texts_of
from app.questions.limits import TEXT, Limit
from app.storage import Incoming
from app.web.forms import LONGEST_LINE, AtMost, choices, tidy

OTHER_MAX = 200
NOTHING: dict[str, Any] = {"names": [], "etc": False, "other": ""}


class Technologies(Kind):
    name = "technologies"
    label = N_("Future technologies")
    partial = "technologies"
    settings_form = ChoiceSettings
    defaults = {"choices": []}
    empty: Any = NOTHING

    @property
    def names(self) -> tuple[str, ...]:
        name = self.question.name
        return name, f"{name}_other", f"{name}_etc"

    @property
    def anchor(self) -> str:
        return f"{self.question.name}-0"

    def fields(self) -> dict[str, Any]:
        name, other, etc = self.names
        return {
            name: SelectMultipleField(
                **{**self.as_asked, "validators": [self._some_named] if self.question.required else []},
                choices=choices({tag: tag for tag in self.settings["choices"]}),
                validate_choice=False,
                widget=widgets.ListWidget(prefix_label=False),
                option_widget=widgets.CheckboxInput(),
            ),
            etc: BooleanField(
                _l("And others (等)"), description=_l("Tick this if there are more than those named here.")
            ),
            other: StringField(
                _l("Technologies that are not in the list"),
                [AtMost(OTHER_MAX)],
                description=_l("Separate them with 、"),
            ),
        }

    def _some_named(self, form: Any, field: Any) -> None:
        if not field.data and not form[self.names[1]].data:
            raise ValidationError(_("Choose at least one technology, or name another."))

    def entries(self, value: Any) -> dict[str, Any]:
        value = {**NOTHING, **(value or {})}
        return dict(zip(self.names, (value["names"], value["other"], value["etc"]), strict=True))

    def gather(self, entries: dict[str, Any], now: Any) -> Any:
        chosen, other, etc = (entries.get(name) for name in self.names)
        return {"names": chosen or [], "other": other or "", "etc": bool(etc)}

    def faults(self) -> Iterator[Fault]:
        yield from faults_of_choices(self.settings["choices"])

    def parse(self, entered: Any) -> Any:
        """From {"names", "other", "etc"}, or from a text: known tags are ticked, the others are named, 等 is understood."""
        if entered is None or entered == "":
            return NOTHING
        if isinstance(entered, str):
            return self._of_text(entered)
        if not isinstance(entered, Mapping) or not isinstance(entered.get("etc", False), bool):
            raise Unreadable(N_("This is not a list of technologies."))
        offered = self.settings["choices"]
        chosen = {known(text, offered) for text in texts_of(entered.get("names"), offered)}
        other = tidy(text_of(entered.get("other")))
        if fault := fault_of(other):
            raise Unreadable(
                N_("Line breaks cannot be used here.")
                if fault == BREAK
                else N_("Invisible characters that turn the direction of writing cannot be used here."),
                entry=self.names[1],
            )
        return {
            "names": [tag for tag in offered if tag in chosen],
            "etc": entered.get("etc", False),
            "other": one_line(other),
        }

    def _of_text(self, text: str) -> Any:
        offered, chosen, others = self.settings["choices"], set(), []
        etc = text.strip(" 　\n").endswith("等")
        for name in texts_of(text.strip(" 　\n").removesuffix("等"), offered):
            try:
                chosen.add(known(name, offered))
            except Unreadable:
                others.append(name)
        return {
            "names": [tag for tag in offered if tag in chosen],
            "etc": etc,
            "other": joined(dict.fromkeys(others)),
        }

    def is_empty(self, value: Any) -> bool:
        return not value or not (value["names"] or value["other"])

    def faults_of(self, value: Any, section: str) -> Iterator[Problem]:
        if (over := len(value["other"]) - OTHER_MAX) > 0:
            msgid = N_("The other technologies are too long. Characters too many: %(over)s.")
            yield self.problem(section, "", msgid, anchor=self.names[1], over=over)

    def problems(self, value: Any, section: str = "") -> Iterator[Problem]:
        if self.is_empty(value) and self.question.required:
            sentence = N_("Choose at least one technology, or name another.")
            yield self.problem(section, "missing", sentence)
        elif value:
            yield from self.faults_of(value, section)

    def fits(self, value: Any) -> bool:
        return isinstance(value, Mapping) and set(value["names"]) <= set(self.settings["choices"])

    def length(self, value: Any) -> int:
        return len(value["other"]) if value else 0

    def room(self) -> int:
        return LONGEST_LINE

    def settle(self, value: Any, before: Any, sent: dict[str, Incoming]) -> Any:
        return {**value, "other": one_line(value["other"])}

    def choices_for_conditions(self) -> list[str]:
        return list(self.settings["choices"])

    def given_for_conditions(self, value: Any) -> set[str]:
        return set(value["names"]) if value else set()

    def freeze(self, value: Any) -> Any:
        return {**NOTHING, **(value or {})}

    def shown(self, frozen: Any) -> str:
        if not frozen or self.is_empty(frozen):
            return ""
        named = [*frozen["names"], *([frozen["other"]] if frozen["other"] else [])]
        return joined(named) + (" 等" if frozen["etc"] else "")

    def shown_entries(self, value: Any) -> dict[str, str]:
        value = {**NOTHING, **(value or {})}
        texts = joined(value["names"]), value["other"], _("Yes") if value["etc"] else _("No")
        return dict(zip(self.names, texts, strict=True))

    def limit(self, place: int) -> Limit | None:
        return Limit(TEXT)

    @property
    def hint(self) -> str:
        return _(
            "Any of these, with 、 between them: %(choices)s. Others can be added; 等 at the end says that there are more.",
            choices=joined(self.settings["choices"]),
        )

    def cells(self, value: Any) -> Grid:
        return [[self.shown(value) or None]]

    def columns(self) -> list[str]:
        return ["", _("Technologies that are not in the list"), _("And others (等)")]

    def data(self, frozen: Any) -> list[Any]:
        frozen = {**NOTHING, **(frozen or {})}
        return [joined(frozen["names"]), frozen["other"], _("Yes") if frozen["etc"] else ""]
