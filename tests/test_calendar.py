"""Eras, fiscal years, business days and typed dates, against the programme's own calendar."""

import json
import threading
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from app import calendar

VECTORS = json.loads((Path(__file__).parent / "data" / "test_vectors.json").read_text())
WAREKI = [pytest.param(row, id=row["iso"]) for row in VECTORS["wareki"]]
PERIODS = [pytest.param(row, id=row["selection_fy"]) for row in VECTORS["support_periods"]]


@pytest.mark.parametrize("row", WAREKI)
def test_a_day_is_written_in_its_era_with_its_weekday_and_read_back(row):
    day = date.fromisoformat(row["iso"])
    assert calendar.era_date(day) == row["wareki"]
    assert calendar.era_date(day, weekday=True) == f"{row['wareki']}（{row['weekday']}）"
    assert calendar.fiscal_year(day) == row["fiscal_year_ad"]
    for text in (row["iso"], row["wareki"], calendar.era_date(day, weekday=True)):
        assert calendar.parse_date(text) == day


@pytest.mark.parametrize("row", PERIODS)
def test_support_periods_end_on_31_march_and_the_notice_goes_out_on_a_business_day(row):
    selected = calendar.parse_date(row["selection_fy"] + ".10.1").year
    assert calendar.era_short(selected) == row["selection_fy"]
    assert calendar.fiscal_year_start(selected).isoformat() == row["start"][:10]
    assert calendar.fiscal_year_end(selected + 2).isoformat() == row["base3_end"]
    end = calendar.fiscal_year_end(selected + 4)
    assert end.isoformat() == row["max5_end"]
    assert calendar.era_date(end, weekday=True) == f"{row['max5_end_wareki']}（{row['weekday']}）"
    assert calendar.drafting_day(selected + 4) == date(end.year, 3, 1)
    assert calendar.support_end_notice_day(selected + 4).isoformat() == row["last_weekday_on_or_before"]


@pytest.mark.parametrize(
    ("year", "long", "short"),
    [
        (2022, "令和4年度", "R4"),
        (2020, "令和2年度", "R2"),
        (2019, "令和元年度", "R1"),
        (2018, "平成30年度", "H30"),
        (1989, "平成元年度", "H1"),
        (1988, "昭和63年度", "S63"),
    ],
)
def test_a_fiscal_year_takes_the_name_of_the_era_it_ends_the_calendar_year_in(year, long, short):
    assert (calendar.era_fiscal_year(year), calendar.era_short(year)) == (long, short)


@pytest.mark.parametrize(
    ("utc", "text"),
    [
        (datetime(2023, 3, 17, 3, 0, tzinfo=UTC), "令和5年3月17日（金）12時"),
        (datetime(2023, 3, 17, 3, 30, tzinfo=UTC), "令和5年3月17日（金）12時30分"),
        (datetime(2023, 3, 16, 15, 0, tzinfo=UTC), "令和5年3月17日（金）0時"),
        (datetime(2019, 4, 30, 14, 59, tzinfo=UTC), "平成31年4月30日（火）23時59分"),
        (datetime(2019, 4, 30, 15, 0, tzinfo=UTC), "令和元年5月1日（水）0時"),
    ],
)
def test_an_instant_is_written_in_japanese_time(utc, text):
    assert calendar.era_instant(utc) == text


def test_an_instant_kept_in_utc_counts_for_its_day_in_japan():
    evening = datetime(2023, 3, 31, 15, 0, tzinfo=UTC)
    assert calendar.day_of(evening) == date(2023, 4, 1)
    assert calendar.fiscal_year(evening) == 2023
    assert calendar.days_until(evening, since=date(2023, 3, 31)) == 1
    with pytest.raises(ValueError, match="no time zone"):
        calendar.fiscal_year(datetime(2023, 3, 31, 15, 0))


def test_days_before_the_eras_known_here_have_no_era():
    assert calendar.era_date(date(1926, 12, 25)) == "昭和元年12月25日"
    with pytest.raises(ValueError, match="before 昭和"):
        calendar.era_date(date(1926, 12, 24))


@pytest.mark.parametrize(
    ("day", "holiday"),
    [
        ("2022-12-28", False),
        ("2022-12-29", True),
        ("2023-01-03", True),
        ("2023-01-04", False),
        ("2023-01-09", True),
        ("2023-03-21", True),
        ("2023-03-25", True),
        ("2023-03-31", False),
        ("2026-05-06", True),
        ("2019-05-02", True),
        ("2020-02-24", True),
        ("2020-02-23", True),
    ],
)
def test_government_holidays_are_weekends_national_holidays_and_the_turn_of_the_year(day, holiday):
    assert calendar.is_government_holiday(date.fromisoformat(day)) is holiday
    assert calendar.is_business_day(date.fromisoformat(day)) is (not holiday)


def test_the_last_business_day_looks_back_over_a_run_of_holidays():
    assert calendar.last_business_day_on_or_before(date(2023, 1, 3)) == date(2022, 12, 28)
    assert calendar.last_business_day_on_or_before(date(2026, 5, 6)) == date(2026, 5, 1)
    assert calendar.last_business_day_on_or_before(date(2023, 3, 31)) == date(2023, 3, 31)


def test_the_first_business_day_looks_forward_over_a_run_of_holidays():
    assert calendar.first_business_day_on_or_after(date(2022, 12, 29)) == date(2023, 1, 4)
    assert calendar.first_business_day_on_or_after(date(2026, 5, 2)) == date(2026, 5, 7)
    assert calendar.first_business_day_on_or_after(date(2023, 3, 31)) == date(2023, 3, 31)


@pytest.mark.parametrize(
    "text",
    [
        "2023-03-31",
        "2023/3/31",
        "2023.3.31",
        "2023年3月31日",
        "20230331",
        "２０２３－０３－３１",
        "2023‐3‐31",
        "2023ー03ー31",
        "R5.3.31",
        "r5.3.31",
        "R5/3/31",
        "Ｒ５．３．３１",
        "R５・３・３１",
        "令5.3.31",
        "令和5年3月31日",
        "令和５年３月３１日（金）",
        "令和 5 年 3 月 31 日 (金曜日)",
        "㋿5年3月31日",
        "　2023-03-31 ",
        "R05.03.31",
    ],
)
def test_a_date_is_read_however_people_write_it(text):
    assert calendar.parse_date(text) == date(2023, 3, 31)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("H31.4.30", date(2019, 4, 30)),
        ("平成31年4月30日", date(2019, 4, 30)),
        ("令和元年5月1日", date(2019, 5, 1)),
        ("R元.5.1", date(2019, 5, 1)),
        ("令和1年5月1日", date(2019, 5, 1)),
        ("S64.1.7", date(1989, 1, 7)),
        ("平成元年1月8日", date(1989, 1, 8)),
        ("令和6年2月29日", date(2024, 2, 29)),
    ],
)
def test_a_date_is_read_at_the_edges_of_the_eras(text, day):
    assert calendar.parse_date(text) == day


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "missing"),
        ("　", "missing"),
        ("来週", "“来週” is not a date"),
        ("5.3.31", "is not a date"),
        ("2023-3", "is not a date"),
        ("31/3/2023", "is not a date"),
        ("2023-03/31", "is not a date"),
        ("202303311", "is not a date"),
        ("2023-02-29", "no day 29 in 2/2023"),
        ("令和5年2月29日", "no day 29 in 2/2023"),
        ("2023-13-01", "no month 13"),
        ("20231301", "no month 13"),
        ("2023-00-01", "no month 0"),
        ("2023-03-31まで", "“まで” after the date"),
        ("平成32年3月31日", "平成 ended on 2019-04-30; 2020-03-31 is 令和2年3月31日"),
        ("H31.5.1", "2019-05-01 is 令和元年5月1日"),
        ("令和元年4月30日", "令和 began on 2019-05-01; 2019-04-30 is 平成31年4月30日"),
        ("昭和64年1月8日", "昭和 ended on 1989-01-07; 1989-01-08 is 平成元年1月8日"),
        ("昭和元年12月24日", "昭和 began on 1926-12-25; 1926-12-24 is 大正"),
        ("令和0年5月1日", "no year 0"),
        ("大正15年12月24日", "大正 is too long ago"),
        ("M45.1.1", "M is too long ago"),
        ("令和5年3月31日（木）", "2023-03-31 is not （木） but （金）"),
        ("0203-03-31", "out of reach"),
        ("R999.1.1", "out of reach"),
        ("9999-12-31", "out of reach"),
    ],
)
def test_a_text_that_is_no_date_is_refused_with_the_reason(text, reason):
    with pytest.raises(ValueError, match=reason) as refused:
        calendar.parse_date(text)
    assert refused.value.msgid % refused.value.values == str(refused.value)


@pytest.mark.parametrize(
    ("text", "hour", "minute"),
    [
        ("2023-03-17 12:00", 12, 0),
        ("2023-03-17T12:00", 12, 0),
        ("2023-03-17T12:00:00", 12, 0),
        ("2023-03-17T03:00:00+00:00", 12, 0),
        ("2023-03-17T03:00Z", 12, 0),
        ("R5.3.17 正午", 12, 0),
        ("令和5年3月17日（金）正午", 12, 0),
        ("令和5年3月17日（金）12時", 12, 0),
        ("令和５年３月１７日　１２：００", 12, 0),
        ("令和5年3月17日12時30分", 12, 30),
        ("20230317 15:05", 15, 5),
        ("2023/3/17 午後3時5分", 15, 5),
        ("2023/3/17 午前9時", 9, 0),
        ("2023/3/17 0:00", 0, 0),
    ],
)
def test_an_instant_is_read_as_a_day_and_a_time_in_japan(text, hour, minute):
    read = calendar.parse_instant(text)
    assert read == datetime(2023, 3, 17, hour, minute, tzinfo=calendar.JST)
    assert read.utcoffset() == timedelta(hours=9)


def test_24_o_clock_is_the_end_of_the_day():
    assert calendar.parse_instant("2023-03-31 24:00") == datetime(2023, 4, 1, tzinfo=calendar.JST)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2023-03-17", "time is missing"),
        ("令和5年3月17日（金）", "time is missing"),
        ("2023-03-17 noon", "“noon” is not a time"),
        ("2023-03-17 12:0", "is not a time"),
        ("2023-03-17 12:00まで", "is not a time"),
        ("2023-03-17 25:00", "no time 25:00"),
        ("2023-03-17 24:01", "no time 24:01"),
        ("2023-03-17 12:60", "no time 12:60"),
        ("2023-03-17 午後12時", "two ways"),
        ("2023-03-17T99:00+09:00", "is not a date"),
        ("0001-01-01T00:00+09:00", "out of reach"),
        ("2023-02-30 12:00", "no day 30"),
        ("12:00", "is not a date"),
        ("", "missing"),
    ],
)
def test_a_text_that_is_no_instant_is_refused_with_the_reason(text, reason):
    with pytest.raises(calendar.UnreadableDate, match=reason):
        calendar.parse_instant(text)


def test_what_the_office_writes_can_be_typed_back():
    instant = datetime(2023, 3, 17, 12, 30, tzinfo=calendar.JST)
    assert calendar.parse_instant(calendar.era_instant(instant)) == instant


def test_the_clock_runs_in_japan():
    before = datetime.now(UTC)
    assert before <= calendar.now() <= datetime.now(UTC)
    assert calendar.now().utcoffset() == timedelta(hours=9)
    assert calendar.pinned() is None


def test_a_pinned_day_keeps_the_real_time_of_day():
    with calendar.pinned_to(date(2023, 2, 15)):
        assert calendar.today() == date(2023, 2, 15)
        pinned = calendar.now()
        behind = datetime.now(calendar.JST) - pinned
        assert behind % timedelta(days=1) < timedelta(seconds=5)
        assert calendar.days_until(date(2023, 3, 31)) == 44


@pytest.mark.parametrize("value", [datetime(2023, 3, 30, 15, 0, tzinfo=UTC), datetime(2023, 3, 31, 0, 0)])
def test_a_pinned_instant_stands_still_in_japanese_time(value):
    with calendar.pinned_to(value):
        assert calendar.now() == calendar.now() == datetime(2023, 3, 31, tzinfo=calendar.JST)
        assert calendar.now().time() == time(0, 0)
        assert calendar.today() == date(2023, 3, 31)


def test_the_pin_is_put_back_even_after_an_error_and_can_be_let_go():
    calendar.pin(date(2023, 2, 15))
    try:
        with pytest.raises(RuntimeError), calendar.pinned_to(date(2023, 3, 1)):
            raise RuntimeError
        assert calendar.pinned() == date(2023, 2, 15)
    finally:
        calendar.pin(None)
    assert calendar.pinned() is None


def test_a_pin_holds_in_its_own_thread_only():
    seen = []
    with calendar.pinned_to(date(2023, 2, 15)):
        thread = threading.Thread(target=lambda: seen.append(calendar.pinned()))
        thread.start()
        thread.join()
    assert seen == [None]


@pytest.mark.parametrize(
    ("day", "last"),
    [
        (date(2022, 10, 31), date(2022, 11, 30)),
        (date(2022, 11, 10), date(2022, 12, 28)),
        (date(2022, 12, 1), date(2023, 1, 31)),
        (date(2023, 1, 4), date(2023, 2, 28)),
        (date(2024, 1, 4), date(2024, 2, 29)),
    ],
)
def test_the_last_business_day_of_the_next_month_is_found_over_the_turn_of_the_year(day, last):
    assert calendar.last_business_day_of_next_month(day) == last


def test_a_date_may_have_a_hundred_characters_and_no_more():
    day = "2023-03-31"
    assert calendar.parse_date(day + " " * (calendar.LONGEST_DATE - len(day))) == date(2023, 3, 31)
    with pytest.raises(calendar.UnreadableDate, match="too long"):
        calendar.parse_date(day + " " * (101 - len(day)))
    assert calendar.LONGEST_DATE == 100
