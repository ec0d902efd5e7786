"""A number with its unit. What is typed is read exactly, as Japanese offices write it, or refused; never guessed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import Optional

from app.lifecycle import N_
from app.questions.kind import Fault, Grid, Kind, Problem, Settings, Unreadable
from app.questions.limits import NUMBER, Limit
from app.web.forms import AtMost, Between, WholeNumberField, half_width
from app.web.i18n import sentence_of
from app.widths import TooLong, plain

MOST_DIGITS = 30
LONGEST_TYPED = 100  # characters
_SIGNS = str.maketrans(dict.fromkeys("−‐‑‒–—ー△▲", "-") | {"，": ",", "．": "."})
_NUMBER = re.compile(r"([+-]?)(\d+|\d{1,3}(?:,\d{3})+)(\.\d+)?", re.ASCII)


class NumberField(StringField):
    """A number as it is typed; `.data` is its plain form, or what stands in the way of one is told."""

    def __init__(self, *args: Any, kind: Number, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return grouped(self.data) if self.data else ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = ""
        if valuelist:
            try:
                self.data = self.kind.parse(valuelist[0])
            except Unreadable as problem:
                raise ValueError(sentence_of(problem)) from problem


class NumberSettings(Settings):
    unit = StringField(_l("Unit"), [AtMost(20)])
    least = StringField(_l("At least"), [AtMost(30)], filters=[half_width])
    most = StringField(_l("At most"), [AtMost(30)], filters=[half_width])
    places = WholeNumberField(_l("Decimal places"), [Optional(), Between(0, 10)], filters=[half_width])


class Number(Kind):
    name = "number"
    label = N_("Number with unit")
    partial = "number"
    in_tables = True
    settings_form = NumberSettings
    defaults = {"unit": "", "least": "", "most": "", "places": 10}

    def fields(self) -> dict[str, Any]:
        return {self.question.name: NumberField(**self.as_asked, kind=self)}

    def faults(self) -> Iterator[Fault]:
        limits = [_decimal(self.settings[name]) for name in ("least", "most") if self.settings[name] != ""]
        if None in limits:
            yield N_("The limits of “%(question)s” must be numbers."), {}
        elif len(limits) == 2 and limits[0] > limits[1]:  # type: ignore[operator]
            yield N_("The limits of “%(question)s” leave no number."), {}
        places = self.settings["places"]
        if type(places) is not int or not 0 <= places <= 10:
            yield N_("“%(question)s” can have from 0 to 10 decimal places."), {}

    def parse(self, entered: Any) -> str:
        """The number in plain digits: １，２３４人 → 1234, ▲1.50 → -1.5."""
        if entered is None:
            return ""
        if isinstance(entered, bool) or not isinstance(entered, str | int | float | Decimal):
            raise Unreadable(_NO_NUMBER)
        if isinstance(entered, float):
            entered = repr(entered) if abs(entered) < 1e15 else f"{entered:f}"
        try:
            text = plain(str(entered), most=LONGEST_TYPED).translate(_SIGNS)
        except (TooLong, ValueError) as problem:  # also an int with more digits than Python writes out
            raise Unreadable(N_("This is too long for a number.")) from problem
        text = re.sub(r"\s", "", text)
        unit = re.sub(r"\s", "", plain(self.settings["unit"]))
        if unit and text.endswith(unit):
            text = text.removesuffix(unit)
        if not text:
            return ""
        found = _NUMBER.fullmatch(text)
        if not found:
            raise Unreadable(_NO_NUMBER)
        whole, digits = found[2].replace(",", "").lstrip("0") or "0", (found[3] or "").rstrip("0").rstrip(".")
        if len(whole) + len(digits) > MOST_DIGITS:
            raise Unreadable(N_("This is too long for a number."))
        sign = "-" if found[1] == "-" and (whole != "0" or digits) else ""
        return f"{sign}{whole}{digits}"

    def faults_of(self, value: Any, section: str) -> Iterator[Problem]:
        number, least, most = (_decimal(it) for it in (value, self.settings["least"], self.settings["most"]))
        if number is None:
            yield self.problem(section, "", N_("“%(question)s” is no number."))
            return
        if least is not None and number < least:
            limit = grouped(str(least))
            yield self.problem(section, "", N_("“%(question)s” is at least %(limit)s."), limit=limit)
        if most is not None and number > most:
            limit = grouped(str(most))
            yield self.problem(section, "", N_("“%(question)s” is at most %(limit)s."), limit=limit)
        places = len(value.partition(".")[2])
        if places > self.settings["places"]:
            msgid = N_("“%(question)s” has too many decimal places; at most %(places)s are asked for.")
            yield self.problem(section, "", msgid, places=self.settings["places"])

    def length(self, value: Any) -> int:
        return 0

    def freeze(self, value: Any) -> Any:
        return {"number": value, "unit": self.settings["unit"]} if value else None

    def thaw(self, frozen: Any) -> Any:
        return frozen["number"] if frozen else self.empty

    def shown(self, frozen: Any) -> str:
        return f"{grouped(frozen['number'])}{frozen['unit']}" if frozen else ""

    def cells(self, value: Any) -> Grid:
        return [[Decimal(value) if value else None]]

    def limit(self, place: int) -> Limit | None:
        return Limit(NUMBER, str(self.settings["least"]), str(self.settings["most"]))

    @property
    def hint(self) -> str:
        return _("In %(unit)s", unit=self.settings["unit"]) if self.settings["unit"] else ""

    def data(self, frozen: Any) -> list[Any]:
        return [_for_a_sheet(frozen["number"]) if frozen else None]

    def columns(self) -> list[str]:
        return [f"({self.settings['unit']})" if self.settings["unit"] else ""]


_NO_NUMBER = N_("This is not a number: write it in digits, such as 1,234.5.")


def grouped(number: str) -> str:
    """1234567.5 → 1,234,567.5."""
    sign, digits = ("-", number[1:]) if number.startswith("-") else ("", number)
    whole, point, places = digits.partition(".")
    return f"{sign}{int(whole):,}{point}{places}"


def _decimal(text: Any) -> Decimal | None:
    try:
        found = Decimal(str(text)) if text != "" else None
    except InvalidOperation:
        return None
    return found if found is not None and found.is_finite() else None


def _for_a_sheet(number: str) -> int | float:
    return float(number) if "." in number else int(number)
