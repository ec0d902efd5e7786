"""A text of one line: a name, a title."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import Optional

from app.lifecycle import N_
from app.lines import BREAK, fault_of, one_line
from app.questions.kind import Fault, Kind, Problem, Settings, Unreadable, text_of
from app.questions.limits import TEXT, Limit
from app.storage import Incoming
from app.web.forms import LONGEST_LINE, AtMost, Between, WholeNumberField, half_width, tidy


class LimitSettings(Settings):
    max_chars = WholeNumberField(
        _l("At most (characters)"), [Optional(), Between(1, LONGEST_LINE)], filters=[half_width]
    )


class ShortText(Kind):
    name = "short_text"
    label = N_("Short text")
    in_tables = True
    settings_form = LimitSettings
    defaults = {"max_chars": 200}

    def fields(self) -> dict[str, Any]:
        found = self.as_asked
        found["validators"].append(AtMost(self.settings["max_chars"]))
        return {self.question.name: StringField(**found)}

    def faults(self) -> Iterator[Fault]:
        yield from faults_of_limit(self.settings["max_chars"], LONGEST_LINE)

    def parse(self, entered: Any) -> str:
        text = tidy(text_of(entered))
        if fault := fault_of(text):
            raise Unreadable(
                N_("Line breaks cannot be used here.")
                if fault == BREAK
                else N_("Invisible characters that turn the direction of writing cannot be used here.")
            )
        return one_line(text).strip()

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

    def settle(self, value: Any, before: Any, sent: dict[str, Incoming]) -> Any:
        return one_line(value)

    def room(self) -> int:
        return LONGEST_LINE


def faults_of_limit(limit: Any, most: int) -> Iterator[Fault]:
    if type(limit) is not int or not 1 <= limit <= most:
        yield N_("“%(question)s” needs a limit from 1 to %(most)s characters."), {"most": most}
