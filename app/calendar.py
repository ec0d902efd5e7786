"""The programme's time: a JST clock that can be pinned, fiscal years, Japanese eras, business days.

Nothing else in the product asks the machine for the time. A fiscal year is named by the Western year
it begins in: FY2022 runs from 1 April 2022 to 31 March 2023 and is 令和4年度. Days are days in Japan:
a `datetime` given where a day is wanted is first brought to JST, so an instant kept in UTC at 15:30
counts for the next day. Pure: besides `explained` and `widths` the standard library and jpholiday, imported only when a holiday is asked.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from app.explained import N_, Explained
from app.widths import TooLong, plain

JST = ZoneInfo("Asia/Tokyo")

# Newest first: (kanji, letter, first day, year before its first year).
ERAS = (
    ("令和", "R", date(2019, 5, 1), 2018),
    ("平成", "H", date(1989, 1, 8), 1988),
    ("昭和", "S", date(1926, 12, 25), 1925),
)
FIRST_DAY = ERAS[-1][2]
LAST_DAY = date(2199, 12, 31)
WEEKDAYS = "月火水木金土日"


class UnreadableDate(Explained, ValueError):
    """A text that is not a date or an instant."""


# The clock

_pinned: ContextVar[date | datetime | None] = ContextVar("banso_pinned_clock", default=None)


def now() -> datetime:
    """The present instant, aware, in JST."""
    value = _pinned.get()
    if isinstance(value, datetime):
        return value
    real = machine_now()
    return real if value is None else datetime.combine(value, real.timetz())


def machine_now() -> datetime:
    """What the machine's own clock says. Tests put another in its place; nothing else asks it."""
    return datetime.now(JST)


def today() -> date:
    return now().date()


def pin(value: date | datetime | None) -> None:
    """Hold the clock of this context (thread or task) at a day or an instant; None lets it go.

    A day keeps the real time of day running; an instant stands still. A datetime without a time zone
    is taken as JST.
    """
    _pinned.set(_pin_value(value))


def pinned() -> date | datetime | None:
    return _pinned.get()


@contextmanager
def pinned_to(value: date | datetime | None) -> Iterator[None]:
    """The clock held for the length of a block, and put back as it was."""
    token = _pinned.set(_pin_value(value))
    try:
        yield
    finally:
        _pinned.reset(token)


def _pin_value(value: date | datetime | None) -> date | datetime | None:
    if not isinstance(value, datetime):
        return value
    return value.replace(tzinfo=JST) if value.tzinfo is None else value.astimezone(JST)


def day_of(moment: date | datetime) -> date:
    """The day in Japan. Raises ValueError for a datetime without a time zone: its day is not known."""
    if not isinstance(moment, datetime):
        return moment
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone, so its day in Japan is not known")
    return moment.astimezone(JST).date()


def days_until(moment: date | datetime, since: date | datetime | None = None) -> int:
    """Calendar days from `since` (default: today) to `moment`; negative once it has passed."""
    return (day_of(moment) - (today() if since is None else day_of(since))).days


def time_until(moment: datetime, since: datetime | None = None) -> tuple[int, int, int]:
    """Whole days, hours and minutes from `since` (default: now) to `moment`; all 0 once it has come."""
    left = max(moment - (since or now()), timedelta())
    hours, rest = divmod(left.seconds, 3600)
    return left.days, hours, rest // 60


# Fiscal years


class FiscalYear(int):
    """A fiscal year that a sentence names: whoever shows it writes it as the reader does (令和8年度, FY2026)."""


def fiscal_year(moment: date | datetime) -> int:
    day = day_of(moment)
    return day.year if day.month >= 4 else day.year - 1


def fiscal_year_start(year: int) -> date:
    return date(year, 4, 1)


def fiscal_year_end(year: int) -> date:
    return date(year + 1, 3, 31)


# Eras


@lru_cache(maxsize=4096)
def era_date(moment: date | datetime, weekday: bool = False) -> str:
    """令和5年3月31日, with `weekday` 令和5年3月31日（金）. Raises ValueError before 昭和."""
    day = day_of(moment)
    kanji, _, year = _era_of(day)
    text = f"{kanji}{_first_year(year)}年{day.month}月{day.day}日"
    return f"{text}（{WEEKDAYS[day.weekday()]}）" if weekday else text


def era_instant(moment: datetime) -> str:
    """令和5年3月17日（金）12時, or 12時30分 when there are minutes; always in JST."""
    day = era_date(moment, weekday=True)
    local = moment.astimezone(JST)
    return f"{day}{local.hour}時" + (f"{local.minute}分" if local.minute else "")


@lru_cache(maxsize=512)
def era_fiscal_year(year: int) -> str:
    """平成30年度, 令和元年度: FY2019 and FY1989 take the name of the era that began in them."""
    kanji, _, number = _era_of_fiscal_year(year)
    return f"{kanji}{_first_year(number)}年度"


def era_short(year: int) -> str:
    """H30, R1: the fiscal year as the programme's tables write it."""
    _, letter, number = _era_of_fiscal_year(year)
    return f"{letter}{number}"


def _era_of(day: date) -> tuple[str, str, int]:
    for kanji, letter, first_day, before in ERAS:
        if day >= first_day:
            return kanji, letter, day.year - before
    raise ValueError(f"{day.isoformat()} lies before {ERAS[-1][0]}, the first era known here")


def _era_of_fiscal_year(year: int) -> tuple[str, str, int]:
    return _era_of(date(year, 12, 31))


def _first_year(year: int) -> str:
    return "元" if year == 1 else str(year)


# Business days of the government: 行政機関の休日に関する法律, article 1


def is_government_holiday(moment: date | datetime) -> bool:
    """Saturdays, Sundays, national holidays, and 29 December to 3 January."""
    day = day_of(moment)
    if day.weekday() >= 5 or (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3):
        return True
    import jpholiday  # 30 ms at first: most processes and requests never ask

    return bool(jpholiday.is_holiday(day))


def is_business_day(moment: date | datetime) -> bool:
    return not is_government_holiday(moment)


def last_business_day_on_or_before(moment: date | datetime) -> date:
    day = day_of(moment)
    while is_government_holiday(day):
        day -= timedelta(days=1)
    return day


def first_business_day_on_or_after(moment: date | datetime) -> date:
    day = day_of(moment)
    while is_government_holiday(day):
        day += timedelta(days=1)
    return day


def last_business_day_of_next_month(moment: date | datetime) -> date:
    day = day_of(moment)
    after_next = date(day.year + (day.month + 1) // 12, (day.month + 1) % 12 + 1, 1)
    return last_business_day_on_or_before(after_next - timedelta(days=1))


def business_days_after(moment: date | datetime, count: int) -> date:
    """The `count`th business day after a day, which itself does not count."""
    day = day_of(moment)
    for _ in range(count):
        day = first_business_day_on_or_after(day + timedelta(days=1))
    return day


def drafting_day(year: int) -> date:
    """The day from which the support-end letters of fiscal year `year` are drafted: 1 March, a month before its end."""
    return date(year + 1, 3, 1)


def support_end_notice_day(year: int) -> date:
    """The day the support-end notices of fiscal year `year` go out (S4)."""
    return last_business_day_on_or_before(fiscal_year_end(year))


# Reading what people type

LONGEST_DATE = 100  # characters; with a time, a weekday and spaces between them
_SAME = str.maketrans(dict.fromkeys("‐‑‒–—―−ー─", "-") | dict.fromkeys("。・", "."))
_ERA_NAMES = {name: era for era in ERAS for name in (era[0], era[0][0], era[1])}
_WEEKDAY = r"(?:\s*\((?P<weekday>[月火水木金土日])(?:曜日?)?\))?"
_DAY = re.compile(
    r"\s*(?:(?P<era>令和|平成|昭和|大正|明治|[令平昭大明RHSTM])\s*(?P<era_year>元|\d{1,3})|(?P<year>\d{4}))"
    r"\s*(?:年|(?P<mark>[-/.]))\s*(?P<month>\d{1,2})\s*(?:月|(?P=mark))\s*(?P<day>\d{1,2})\s*日?" + _WEEKDAY,
    re.IGNORECASE,
)
_EIGHT_DIGITS = re.compile(r"\s*(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})(?!\d)" + _WEEKDAY)
_TIME = re.compile(
    r"(?P<noon>正午)|(?P<half>午前|午後)?\s*(?P<hour>\d{1,2})\s*"
    r"(?:時\s*(?:(?P<min_kanji>\d{1,2})\s*分)?|:(?P<min_colon>\d{2})(?::00(?:\.0+)?)?)"
)


def parse_date(text: str) -> date:
    """A day as people write it: 2023-03-31, 2023/3/31, 20230331, R5.3.31, 令和5年3月31日（金）.

    Full-width digits, hyphens and dots are mended. Raises UnreadableDate, a ValueError that names what
    is wrong: a day that does not exist, an era that had ended or not begun, a weekday that does not fit.
    """
    mended = _mend(text)
    day, rest = _read_day(mended)
    if rest.strip():
        raise UnreadableDate(N_("“%(rest)s” after the date cannot be understood."), rest=rest.strip())
    return day


def parse_instant(text: str) -> datetime:
    """A day and a time in JST: 2023-03-17 12:00, R5.3.17 正午, 令和5年3月17日（金）午後3時30分.

    24時 is the end of the day. An ISO text with an offset is brought to JST. Raises UnreadableDate.
    """
    mended = _mend(text)
    if re.search(r"\d(?:Z|[+-]\d{2}:?\d{2})$", mended):
        return _read_iso(mended)
    day, rest = _read_day(mended)
    found = _TIME.fullmatch(rest.strip().removeprefix("T").strip())
    if not found:
        if not rest.strip():
            raise UnreadableDate(N_("The time is missing: write it after the date, such as 12:00 or 正午."))
        raise UnreadableDate(
            N_("“%(rest)s” is not a time: write it as 12:00, 12時 or 正午."), rest=rest.strip()
        )
    return datetime.combine(day, time(), JST) + _since_midnight(found)


def _mend(text: str) -> str:
    try:
        mended = plain(text, most=LONGEST_DATE).translate(_SAME).strip()
    except TooLong as problem:
        raise UnreadableDate(
            N_("This is too long for a date: write it as 2023-03-31, R5.3.31 or 令和5年3月31日.")
        ) from problem
    if not mended:
        raise UnreadableDate(N_("The date is missing."))
    return mended


def _not_a_date(text: str) -> UnreadableDate:
    return UnreadableDate(
        N_("“%(text)s” is not a date: write it as 2023-03-31, R5.3.31 or 令和5年3月31日."), text=text.strip()
    )


def _read_iso(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise _not_a_date(text) from error
    _refuse_out_of_reach(moment.date())
    return moment.astimezone(JST)


def _read_day(text: str) -> tuple[date, str]:
    found = _DAY.match(text) or _EIGHT_DIGITS.match(text)
    if not found:
        raise _not_a_date(text)
    parts = found.groupdict()
    if parts.get("era"):
        day = _era_day(parts["era"], parts["era_year"], int(parts["month"]), int(parts["day"]))
    else:
        day = _existing_day(int(parts["year"]), int(parts["month"]), int(parts["day"]))
    _refuse_out_of_reach(day)
    weekday = WEEKDAYS[day.weekday()]
    if parts["weekday"] and parts["weekday"] != weekday:
        raise UnreadableDate(
            N_("%(date)s is not （%(written)s） but （%(weekday)s）: please check the day."),
            date=day,
            written=parts["weekday"],
            weekday=weekday,
        )
    return day, text[found.end() :]


def _refuse_out_of_reach(day: date) -> None:
    if not FIRST_DAY <= day <= LAST_DAY:
        raise UnreadableDate(
            N_("%(date)s is out of reach: dates from %(first)s to %(last)s are understood."),
            date=day,
            first=FIRST_DAY,
            last=LAST_DAY,
        )


def _existing_day(year: int, month: int, day: int) -> date:
    if not 1 <= month <= 12:
        raise UnreadableDate(N_("There is no month %(month)s."), month=month)
    try:
        return date(year, month, day)
    except ValueError as error:
        raise UnreadableDate(
            N_("There is no day %(day)s in %(month)s/%(year)s."), day=day, month=month, year=year
        ) from error


def _era_day(name: str, year_text: str, month: int, day: int) -> date:
    if name.upper() not in _ERA_NAMES:
        raise UnreadableDate(
            N_("The era %(era)s is too long ago: dates from 昭和 on are understood."), era=name
        )
    kanji, _, first_day, before = _ERA_NAMES[name.upper()]
    year = 1 if year_text == "元" else int(year_text)
    if year == 0:
        raise UnreadableDate(N_("%(era)s has no year 0: its first year is 元年."), era=kanji)
    read = _existing_day(before + year, month, day)
    if read < first_day:
        raise UnreadableDate(
            N_("%(era)s began on %(first)s; %(date)s is %(right)s."),
            era=kanji,
            first=first_day,
            date=read,
            right=era_date(read) if read >= FIRST_DAY else "大正",
        )
    if read <= LAST_DAY and _era_of(read)[0] != kanji:
        last = next(newer for older, newer in zip(ERAS[1:], ERAS, strict=False) if older[0] == kanji)[2]
        raise UnreadableDate(
            N_("%(era)s ended on %(last)s; %(date)s is %(right)s."),
            era=kanji,
            last=(last - timedelta(days=1)),
            date=read,
            right=era_date(read),
        )
    return read


def _since_midnight(found: re.Match[str]) -> timedelta:
    if found["noon"]:
        return timedelta(hours=12)
    hour, minute = int(found["hour"]), int(found["min_kanji"] or found["min_colon"] or 0)
    if found["half"] and hour >= 12:
        raise UnreadableDate(
            N_("“%(text)s” can be read in two ways: write 0時, 12時 or 正午."), text=found[0]
        )
    if found["half"] == "午後":
        hour += 12
    if minute > 59 or hour > 24 or (hour == 24 and minute):
        raise UnreadableDate(N_("There is no time %(text)s."), text=found[0])
    return timedelta(hours=hour, minutes=minute)
