"""The forms of indicators: one indicator, all actuals of a year, a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import FileField, HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import ValidationError

from app import calendar
from app.kpis.labels import DIRECTION_LABELS
from app.kpis.measures import Measure, contradicts, measured, number_of, plain_unit
from app.kpis.models import Kpi
from app.kpis.operations import Entered
from app.kpis.values import fiscal_year_of, read_value
from app.kpis.words import LONGEST
from app.web.forms import AtMost, Form, Required, VersionField, choices, half_width, tidy
from app.web.i18n import shown_figure

FIRST_FY, LAST_FY = 1989, 2100
NOT_READ = _l("Where the text above is read as no number: type the number, or leave this empty.")


class FiscalYearField(StringField):
    """A fiscal year, typed as R8, 令和8年度 or 2026. `.data` is the Western year in which it begins."""

    data: Any

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return calendar.era_short(self.data) if self.data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = half_width(valuelist[0]) if valuelist else ""
        self.data = None
        if text:
            year = (
                int(text) if text.isascii() and text.isdecimal() and len(text) == 4 else fiscal_year_of(text)
            )
            if year is None or not FIRST_FY <= year <= LAST_FY:
                raise ValueError(_("Write a fiscal year, such as R8, 令和8年度 or 2026."))
            self.data = year


class NumberField(StringField):
    """The number that a person reads in a text: 1,234.5. `.data` is a Decimal."""

    data: Any

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return f"{self.data:f}" if self.data is not None else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = tidy(valuelist[0]) if valuelist else ""
        self.data = None
        try:
            self.data = number_of(text)
        except ValueError:
            raise ValueError(_("Write a number without a unit, such as 1,200 or -3.5.")) from None


def _refuse_other_number(raw: str, number: Decimal | None) -> None:
    if contradicts(raw, number):
        found = read_value(raw).value
        assert found is not None
        raise ValidationError(
            _("The text beside it says %(number)s. Correct one of the two.", number=shown_figure(found))
        )


class KpiForm(Form):
    version = VersionField()
    initiative = StringField(
        _l("Initiative"),
        [AtMost(200)],
        description=_l("Where the project has several: which of them it belongs to."),
    )
    category = StringField(
        _l("Class"), [AtMost(100)], description=_l("As your plan has it, for example 総合戦略におけるKPI.")
    )
    name = StringField(_l("Indicator"), [Required(), AtMost(300)])
    unit = StringField(
        _l("Unit"),
        [AtMost(30)],
        description=_l("For example 人, 件 or %. Left empty, it is the unit that the target names."),
        filters=[plain_unit],
    )
    direction = RadioField(
        _l("What is good"),
        choices=choices(DIRECTION_LABELS),
        validators=[Required(_l("Choose whether up or down is good."))],
    )
    baseline_raw = StringField(
        _l("Baseline"),
        [AtMost(LONGEST)],
        description=_l("As it is written in your documents: 647人, 約1万2千人."),
    )
    baseline_number = NumberField(_l("Number of the baseline"), description=NOT_READ)
    baseline_fy = FiscalYearField(
        _l("Fiscal year of the baseline"), description=_l("For example R1. It may lie before the selection.")
    )
    target_raw = StringField(
        _l("Target"),
        [AtMost(LONGEST)],
        description=_l("As it is written in your documents: 5件以上, 5,000人程度."),
    )
    target_number = NumberField(_l("Number of the target"), description=NOT_READ)
    target_fy = FiscalYearField(_l("Fiscal year of the target"), description=_l("For example R8."))
    note = TextAreaField(_l("How it is counted, and source"), [AtMost(1000)])

    @classmethod
    def of(cls, kpi: Kpi) -> KpiForm:
        """Filled from the indicator."""
        numbers = {
            f"{name}_number": measure.value if measure.by_hand else None
            for name, measure in (("baseline", kpi.baseline), ("target", kpi.target))
        }
        names = (
            "initiative",
            "category",
            "name",
            "unit",
            "direction",
            "baseline_raw",
            "baseline_fy",
            "target_raw",
            "target_fy",
            "note",
        )
        form = cls(**{name: getattr(kpi, name) for name in names}, **numbers)
        if not form.is_submitted():
            form.version.data = kpi.version_id
        return form

    def validate_baseline_number(self, field: NumberField) -> None:
        _refuse_other_number(self.baseline_raw.data or "", field.data)

    def validate_target_number(self, field: NumberField) -> None:
        _refuse_other_number(self.target_raw.data or "", field.data)

    @property
    def entered(self) -> Entered:
        texts = {name: self[name].data or "" for name in ("name", "initiative", "category", "unit", "note")}
        return Entered(
            **texts,
            direction=self.direction.data,
            baseline=measured(self.baseline_raw.data or "", self.baseline_number.data),
            baseline_fy=self.baseline_fy.data,
            target=measured(self.target_raw.data or "", self.target_number.data),
            target_fy=self.target_fy.data,
        )


class RetirementForm(Form):
    reason = TextAreaField(
        _l("Reason"),
        [Required(), AtMost(1000)],
        description=_l("Kept in the history, which the project's own local governments can read."),
    )


class ActualsForm(Form):
    """All indicators of a project in one fiscal year; its fields are made for the indicators: see `actuals_form`."""

    kpis: tuple[Kpi, ...] = ()

    def entries(self) -> Iterator[tuple[Kpi, Measure, str, int | None]]:
        """Of each indicator what was typed, its remark, and the version of what the page showed."""
        for kpi in self.kpis:
            raw, number, note, version = (
                self[f"{name}_{kpi.id}"].data for name in ("raw", "number", "note", "version")
            )
            yield kpi, measured(raw or "", number), note or "", version

    def validate(self, extra_validators: Any = None) -> bool:
        sound: bool = super().validate(extra_validators)
        for kpi in self.kpis:
            field = self[f"number_{kpi.id}"]
            if not field.errors:
                try:
                    _refuse_other_number(self[f"raw_{kpi.id}"].data or "", field.data)
                except ValidationError as problem:
                    field.errors = [str(problem)]
                    sound = False
        return sound


def actuals_form(kpis: Iterable[Kpi], fiscal_year: int) -> ActualsForm:
    """The form for these indicators, filled with what stands there now."""
    shown = tuple(kpis)
    fields: dict[str, Any] = {}
    filled: dict[str, Any] = {}
    for kpi in shown:
        actual = kpi.actual_of(fiscal_year)
        fields |= {
            f"raw_{kpi.id}": StringField(_l("Actual"), [AtMost(LONGEST)]),
            f"number_{kpi.id}": NumberField(_l("As a number"), description=NOT_READ),
            f"note_{kpi.id}": StringField(_l("Remark"), [AtMost(500)]),
            f"version_{kpi.id}": VersionField(),
        }
        filled[f"version_{kpi.id}"] = actual.version_id if actual else 0
        if actual:
            filled[f"raw_{kpi.id}"], filled[f"note_{kpi.id}"] = actual.raw, actual.note
            filled[f"number_{kpi.id}"] = actual.value if actual.by_hand else None
    made: ActualsForm = type("ActualsOfAYear", (ActualsForm,), {**fields, "kpis": shown})(**filled)
    return made


class KpiFileForm(Form):
    file = FileField(_l("Choose the table (.xlsx or .csv)"))


class TakeKpisForm(Form):
    """`seen` is the mark of what the page showed: what was changed meanwhile is shown anew."""

    seen = HiddenField()
    direction = RadioField(
        _l("New indicators of which the file does not say whether up or down is good"),
        choices=choices({**DIRECTION_LABELS, "": _l("Say it later for each")}),
        default="",
    )
