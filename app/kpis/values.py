"""A value of a KPI as people write it: 5,000人程度, ▲12.3％, 5～10件, R5:120人 (domain.md §5). Pure.

What is certain is read, what is not is left and said: nothing is guessed. The raw text is kept beside what was read of it,
so that a person can decide.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from app.calendar import ERAS
from app.kpis.words import (
    ABOUT,
    AT_LEAST,
    AT_MOST,
    BACKWARDS,
    BRACKETED,
    CHANGE,
    CHANGES,
    COMMAS,
    COMMON,
    COUNTED,
    DASHES,
    DATE,
    DATED,
    DIGITS,
    EXACT,
    HYPHEN,
    IS_A_RANGE,
    LIMITS,
    LONGEST,
    MEANT,
    MINUS,
    NO_NUMBER,
    NONE_YET,
    NOTE,
    NOTHING,
    NUMBER,
    ONLY_A_YEAR,
    PART,
    RANGE,
    SAID,
    SEVERAL,
    SEVERAL_OF,
    TILDE,
    TIMES,
    TOO_LONG,
    UNIT,
    UNREAD,
    VAGUE,
    YEAR,
)
from app.widths import TooLong, plain


@dataclass(frozen=True)
class Value:
    """What was read of a text. `value` is None where no single number is certain, and `why` says so.

    `unit` is as written, but for multiples, which are in the number: 1,200千円 is 1,200,000 円. `year` is a fiscal year by
    the Western year in which it begins. `start` and `end` are the limits of a range.
    """

    raw: str
    value: Decimal | None = None
    unit: str | None = None
    qualifier: str | None = None
    start: Decimal | None = None
    end: Decimal | None = None
    year: int | None = None
    why: str = ""

    def to_json(self) -> dict[str, Any]:
        return {
            "raw": self.raw,
            "value": _as_number(self.value),
            "unit": self.unit,
            "qualifier": self.qualifier,
            "from": _as_number(self.start),
            "to": _as_number(self.end),
            "year": self.year,
            "why": self.why,
        }


class _Unclear(Exception):
    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def read_value(raw: str) -> Value:
    """What `raw` says. Never raises: what cannot be read has its reason in `why`."""
    found = Value(raw)
    try:
        text = plain(raw, LONGEST).strip()
    except TooLong:
        return replace(found, why=TOO_LONG)
    if not text:
        return replace(found, why=NOTHING)
    if not text.strip(DASHES + ". "):
        return replace(found, why=NONE_YET)
    text = text.strip("※†* ")
    if (only := fiscal_year_of(text.rstrip(":"))) is not None:
        return replace(found, year=only, why=ONLY_A_YEAR)
    text, year = _without_year(text)
    if why := SAID.get(text.lower().strip("()「」。 ")):
        return replace(found, year=year, why=why)
    try:
        return replace(_read(found, text), year=year)
    except _Unclear as unclear:
        return replace(found, year=year, why=unclear.why)


def _read(found: Value, text: str) -> Value:
    """Of a text without its year. Raises _Unclear."""
    if DATED.search(text):
        raise _Unclear(DATE)
    for minus, sign in MINUS.items():
        text = re.sub(rf"{minus}\s*(?=\d)", sign, text)
    text = _in_digits(text)
    text, noted = _without_note(text)
    if re.fullmatch(r"\([^()]*\d[^()]*\)", text):
        raise _Unclear(BRACKETED)
    if not re.search(r"\d", text):
        raise _Unclear(VAGUE if SEVERAL_OF.search(text) else NO_NUMBER)
    if re.search(rf"\d[^\d~〜]*({TILDE})[^\d~〜]*[-+]?\d", text):
        return _read_range(found, text, noted)
    if two := re.fullmatch(r"(.*?以上)(.*(?:以下|以内|まで))", text):
        return _between(found, *(_one(part, noted) for part in two.groups()))
    number, unit, qualifier = _one(text, noted)
    return replace(found, value=number, unit=unit, qualifier=qualifier)


def _one(text: str, noted: str | None) -> tuple[Decimal, str | None, str]:
    """The one number of `text` with its unit and how it is meant. Raises _Unclear."""
    text, qualifier = _qualified(text.strip())
    text, counted = _counted(text)
    text, again = _qualified(text)
    if again != EXACT:
        if qualifier not in (EXACT, again):
            raise _Unclear(LIMITS)
        qualifier = again
    found = NUMBER.match(text)
    if not found:
        raise _Unclear(_why_not(text))
    number, rest = _sum(found["parts"]), text[found.end() :].strip()
    if found["sign"] == "-":
        number = -number
    if re.match(r"[,.]?\d", rest):
        raise _Unclear(COMMAS if rest.startswith((",", ".")) else SEVERAL)
    unit = _unit_of(rest) if rest else noted
    return number, counted.format(unit or "") or None if unit or counted != "{}" else None, qualifier


def _why_not(text: str) -> str:
    numbers = re.findall(r"\d[\d,.]*", text)
    return SEVERAL if len(numbers) > 1 else UNREAD


def _unit_of(rest: str) -> str:
    found = UNIT.fullmatch(rest)
    if not found:
        if re.match(r"[-‐]", rest) and re.search(r"\d", rest):
            raise _Unclear(HYPHEN)
        raise _Unclear(SEVERAL if re.search(r"\d", rest) else UNREAD)
    if rest.startswith("-"):
        raise _Unclear(UNREAD)
    if CHANGES.search(rest):
        raise _Unclear(CHANGE)
    return rest


def _read_range(found: Value, text: str, noted: str | None) -> Value:
    parts = re.split(TILDE, text)
    if len(parts) != 2:
        raise _Unclear(SEVERAL)
    (start, first, how), (end, unit, also) = (_one(part, None) for part in parts)
    if (how, also) != (EXACT, EXACT) and not (how == EXACT and also == ABOUT):
        raise _Unclear(LIMITS)
    if first and unit and first != unit:
        raise _Unclear(LIMITS)
    return _between(found, (start, first or unit or noted, AT_LEAST), (end, unit or first or noted, AT_MOST))


def _between(found: Value, low: tuple, high: tuple) -> Value:
    (start, first, how), (end, unit, also) = low, high
    if (how, also) != (AT_LEAST, AT_MOST) or (first and unit and first != unit):
        raise _Unclear(LIMITS)
    if start > end:
        raise _Unclear(BACKWARDS)
    return replace(found, start=start, end=end, unit=unit or first, qualifier=RANGE, why=IS_A_RANGE)


def _qualified(text: str) -> tuple[str, str]:
    """Without the words that say how it is meant. Raises _Unclear for two that say different things."""
    meant = set()
    for qualifier, words in MEANT:
        without = re.sub(words, "", text, count=1)
        if without != text:
            text = without
            meant.add(qualifier)
    if len(meant) > 1:
        raise _Unclear(LIMITS)
    return text, next(iter(meant), EXACT)


def _counted(text: str) -> tuple[str, str]:
    for word, counted in COUNTED.items():
        if text.startswith(word):
            return text.removeprefix(word).strip(" :"), counted
    return text, "{}"


def _without_note(text: str) -> tuple[str, str | None]:
    """Without brackets behind the number: 100(人) names the unit, other remarks stay in the raw text alone."""
    found = NOTE.search(text)
    if not found or not re.search(r"\d", text[: found.start()]):
        return text, None
    note = found[1].strip()
    return text[: found.start()].strip(), note if note in COMMON else None


def _without_year(text: str) -> tuple[str, int | None]:
    """`text` without the fiscal year that it names before its value or in brackets behind it, and that year."""
    ahead = re.match(r"\(([^()]*)\)\s*(?=\S)", text)
    if ahead and (year := fiscal_year_of(ahead[1].strip())) is not None:
        return text[ahead.end() :], year
    note = NOTE.search(text)
    if note and (year := fiscal_year_of(note[1].strip())) is not None:
        return text[: note.start()].strip(), year
    found = YEAR.match(text)
    if not found or not text[found.end() :].strip():
        return text, None
    named = found["era"] or found["fy"] == "年度"
    if not named or not (found["mark"] or found["fy"] == "年度" or found["of"]):
        return text, None
    year = fiscal_year_of(text[: found.end()].rstrip(": は"))
    return (text, None) if year is None else (text[found.end() :].strip(": "), year)


def fiscal_year_of(text: str) -> int | None:
    """The fiscal year that `text` is the name of: R5, 令和5年度末, 2023年度. None for anything else, also a calendar year."""
    found = YEAR.fullmatch(text)
    if not found:
        return None
    number = 1 if found["year"] == "元" else int(found["year"])
    if found["era"] is None:
        return number if found["fy"] == "年度" and 1989 <= number <= 2100 else None
    for kanji, letter, first_day, _before in ERAS:
        if found["era"].upper() in (kanji, letter) and 1 <= number < 65:
            return int(first_day.year) + number - 1
    return None


def _in_digits(text: str) -> str:
    """五件 → 5件, 三千人 → 3千人, 百人 → 1百人; other characters that happen to be digits stay."""
    if re.search(r"\d", text):
        return text
    found = re.match(r"(約|およそ|年間|延べ|累計)?([〇一二三四五六七八九十百千万億]+)(?=\D|$)", text)
    if not found or "数" in text or found[2] == "〇" or re.fullmatch(r"[十百千万億]+円", text):
        return text  # 〇 is a mark as well, and 千円 the unit of a column
    figures = "".join(DIGITS.get(it, it) for it in found[2])
    figures = re.sub(r"(?<![\d])(?=[十百千])", "1", figures)
    return text[: found.start(2)] + figures + text[found.end(2) :]


def _sum(parts: str) -> Decimal:
    """1億2,345万 → 123450000. Raises _Unclear where the parts do not get smaller."""
    total, before = Decimal(0), Decimal(10**20)
    for part in PART.finditer(parts):
        figure = Decimal(part["figure"].replace(",", ""))
        times = Decimal(TIMES[part["time"]] if part["time"] else 1)
        if times >= before or (before < 10**20 and figure * times >= before):
            raise _Unclear(SEVERAL)
        total, before = total + figure * times, times
    return total


def _as_number(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)
