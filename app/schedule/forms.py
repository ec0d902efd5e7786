"""The days of a rule, as people say them: 14, 3, 1 days before."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import ValidationError

from app.schedule.rules import Rule
from app.web.forms import Form, half_width

MOST_DAYS = 400


class DaysField(StringField):
    """Numbers of days, apart by commas or spaces. `.data` is a list of them, the largest first."""

    data: Any

    def _value(self) -> str:
        if self.raw_data:
            return self.raw_data[0]
        return ", ".join(str(days) for days in self.data or ())

    def process_formdata(self, valuelist: list[str]) -> None:
        words = re.split(r"[,、，;\s]+", half_width(valuelist[0]) if valuelist else "")
        self.data = []
        for word in filter(None, words):
            if not word.isdecimal() or int(word) > MOST_DAYS:
                raise ValueError(
                    _("“%(word)s” is not a number of days: write numbers from 0 to %(most)s, such as 14, 3, 1.",
                      word=word, most=MOST_DAYS)
                )  # fmt: skip
            self.data.append(int(word))
        self.data = sorted(set(self.data), reverse=True)


class RuleForm(Form):
    before = DaysField(
        _l("Days before"), description=_l("Several are set apart by commas; 0 is the day itself.")
    )
    after = DaysField(_l("Days after"))

    @classmethod
    def of(cls, rule: Rule) -> RuleForm:
        """The form, filled from `rule` unless it was sent."""
        return cls(
            data={
                "before": [-days for days in rule.days if days <= 0],
                "after": sorted((days for days in rule.days if days > 0), reverse=True),
            }
        )

    def validate_before(self, field: DaysField) -> None:
        if not field.data and not self.after.data and not self.after.errors:
            raise ValidationError(_("Enter at least one day, before or after."))

    @property
    def days(self) -> list[int]:
        return sorted({-days for days in self.before.data} | set(self.after.data))
