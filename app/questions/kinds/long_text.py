"""A text of several lines, with a limit in characters as the Japanese count them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import Optional

from app.lifecycle import N_
from app.lines import neutral
from app.questions.kind import Fault, Kind, Problem, Settings, text_of
from app.questions.kinds.short_text import faults_of_limit
from app.questions.limits import TEXT, Limit
from app.web.forms import AtMost, Between, WholeNumberField, half_width, tidy

LONGEST = 20_000
TIMES = 4  # an unfinished text may be so many times as long as the question asks for
AT_LEAST = 10_000


class LimitSettings(Settings):
    max_chars = WholeNumberField(
        _l("At most (characters)"), [Optional(), Between(1, LONGEST)], filters=[half_width]
    )


class LongText(Kind):
    name = "long_text"
    label = N_("Long text")
    partial = "long_text"
    settings_form = LimitSettings
    defaults = {"max_chars": 2000, "rows": 16}

    def fields(self) -> dict[str, Any]:
        found = self.as_asked
        found["validators"].append(AtMost(self.settings["max_chars"]))
        return {self.question.name: TextAreaField(**found)}

    def faults(self) -> Iterator[Fault]:
        yield from faults_of_limit(self.settings["max_chars"], LONGEST)

    def parse(self, entered: Any) -> str:
        return neutral(tidy(text_of(entered))).strip("\n")

    def faults_of(self, value: Any, section: str) -> Iterator[Problem]:
        over = len(value) - self.settings["max_chars"]
        if over > 0:
            msgid = N_("“%(question)s” is too long. Characters too many: %(over)s.")
            yield self.problem(section, "too_long", msgid, over=over)

    def fits(self, value: Any) -> bool:
        return isinstance(value, str)

    def limit(self, place: int) -> Limit | None:
        return Limit(TEXT, most=str(self.settings["max_chars"]))

    @property
    def hint(self) -> str:
        return _("At most %(most)s characters", most=f"{self.settings['max_chars']:,}")

    def room(self) -> int:
        return max(TIMES * int(self.settings["max_chars"]), AT_LEAST)
