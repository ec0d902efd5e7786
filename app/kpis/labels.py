"""The words of an indicator in the reader's language."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from app.explained import N_
from app.kpis.measures import Measure, differs_in_unit, in_unit
from app.kpis.models import DOWN, UP, Kpi
from app.kpis.progress import NOT_REACHED, REACHED, STANDINGS, Progress
from app.kpis.words import ABOUT, AT_LEAST, AT_MOST, OVER, UNDER
from app.web import shown
from app.web.i18n import in_the_readers_words, shown_figure, shown_fiscal_year, shown_fiscal_year_short

DIRECTION_LABELS = {UP: _l("Up is good"), DOWN: _l("Down is good")}
TONES = {REACHED: "success", NOT_REACHED: "warning"}
_MEANT = {
    ABOUT: N_("about %(number)s"),
    AT_LEAST: N_("%(number)s or more"),
    AT_MOST: N_("%(number)s or less"),
    OVER: N_("more than %(number)s"),
    UNDER: N_("less than %(number)s"),
}


def shown_direction(direction: str | None) -> str:
    return str(DIRECTION_LABELS[direction]) if direction else _("Not said yet")


def shown_unit(unit: str) -> str:
    return unit or _("(no unit)")


def read_as(measure: Measure, unit: str) -> str:
    """What was read of a text, in the indicator's unit: 5,000 or more. Why nothing was read, where it says no number."""
    if not measure.raw and not measure.has_figure:
        return ""
    found = in_unit(measure, unit)
    if found is None and measure.has_figure:
        return _("%(value)s (another unit)", value=_figure(measure) + measure.unit)
    if found is None:
        return in_the_readers_words(measure.why) if measure.why else ""
    if measure.by_hand:
        return _("%(value)s (entered by a person)", value=_figure(found))
    return _figure(found)


def _figure(measure: Measure) -> str:
    if measure.value is None:
        assert measure.start is not None and measure.end is not None
        return f"{shown_figure(measure.start)}～{shown_figure(measure.end)}"
    meant = _MEANT.get(measure.qualifier or "")
    number = shown_figure(measure.value)
    return in_the_readers_words(meant) % {"number": number} if meant else number


def asks_for_a_number(measure: Measure) -> bool:
    """Whether something is written and no number is known: then a person may type it."""
    return bool(measure.raw) and not measure.has_figure


def is_of_another_unit(measure: Measure, kpi: Kpi) -> bool:
    return differs_in_unit(measure, kpi.unit)


def shown_standing(progress: Progress) -> str:
    return in_the_readers_words(STANDINGS[progress.standing])


def shown_why(progress: Progress) -> str:
    return in_the_readers_words(progress.why) if progress.why else ""


def with_year(raw: str, fiscal_year: int | None) -> str:
    """5件以上 (FY2026): where there is little room."""
    if not raw or fiscal_year is None:
        return raw
    return _("%(value)s (%(year)s)", value=raw, year=shown_fiscal_year_short(fiscal_year))


def tone_of(progress: Progress) -> str:
    """Of the tag that tells how it stands."""
    return TONES.get(progress.standing, "neutral")


WHAT = {
    "initiative": _l("Initiative"),
    "category": _l("Class"),
    "name": _l("Indicator"),
    "unit": _l("Unit"),
    "direction": _l("What is good"),
    "baseline": _l("Baseline"),
    "baseline_raw": _l("Baseline"),
    "baseline_number": _l("Number of the baseline"),
    "baseline_fy": _l("Fiscal year of the baseline"),
    "target": _l("Target"),
    "target_raw": _l("Target"),
    "target_number": _l("Number of the target"),
    "target_fy": _l("Fiscal year of the target"),
    "note": _l("How it is counted, and source"),
    "actual": _l("Actual"),
}


def what(name: str) -> str:
    """What is told of an indicator, as its form calls it."""
    return str(WHAT[name])


def shown_value(value: object, name: str) -> Markup | str:
    """A value as the history or a preview has it: years and directions as the reader writes them, texts as they are."""
    if value in (None, ""):
        return ""
    if name.endswith("_fy"):
        return shown_fiscal_year(int(str(value)))
    return shown_direction(str(value)) if name == "direction" else shown.own_direction(str(value))
