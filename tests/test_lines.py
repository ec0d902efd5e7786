"""What breaks a line, turns its direction or is not seen, and what of it names need."""

from __future__ import annotations

import sys
import unicodedata

import pytest

from app.lines import DIRECTIONS, LINE_ENDS, fault_of, neutral, neutral_in, one_line, quoted, typed

NEEDED = (
    "葛\U000e0100城市",
    "辻\U000e0101",
    "神\ufe00",
    "👨\u200d👩\u200d👧",
    "が\u3099",
    "𠮷野",
    "雪道　見守り",
    "a b",
)
UNSEEN = "\xad\u034f\u115f\u1160\u180b\u180e\u200b\u200c\u2060\u2064\u206f\u3164\ufeff\uffa0\ufff9\ufffa\ufffb\U000e0041"


@pytest.mark.parametrize("text", NEEDED)
def test_what_names_need_survives(text):
    assert one_line(text) == neutral(text) == typed(text) == text
    assert not fault_of(text)


@pytest.mark.parametrize("end", [*LINE_ENDS, "\r\n"])
def test_every_line_end_is_a_plain_one_in_a_text_and_a_blank_in_a_line(end):
    assert neutral(f"雪道{end}支援") == "雪道\n支援"
    assert one_line(f"雪道{end}支援") == "雪道 支援"
    assert fault_of(f"雪道{end}支援") == "break"


def test_the_line_ends_are_those_at_which_python_ends_a_line():
    ends = {chr(code) for code in range(sys.maxunicode + 1) if len(f"a{chr(code)}b".splitlines()) > 1}
    assert ends == set(LINE_ENDS)


@pytest.mark.parametrize("control", DIRECTIONS)
def test_a_control_of_direction_is_a_fault_and_goes(control):
    assert fault_of(f"円億{control}１金") == "direction"
    assert neutral(f"円億{control}１金") == one_line(f"円億{control}１金") == "円億１金"


def test_every_control_of_direction_that_unicode_knows_is_one_of_ours():
    known = {
        chr(code)
        for code in range(sys.maxunicode + 1)
        if unicodedata.bidirectional(chr(code))
        in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
    }
    assert known | {"\u061c", "\u200e", "\u200f"} == set(DIRECTIONS)


@pytest.mark.parametrize("unseen", UNSEEN)
def test_what_nobody_sees_goes_without_a_word(unseen):
    assert one_line(f"見{unseen}守") == neutral(f"見{unseen}守") == "見守"
    assert not fault_of(f"見{unseen}守")


@pytest.mark.parametrize(
    "text", ["", "\n", "a\n\nb", "a\tb", " x ", "\u202e\n\u202e", "a\r\r\nb", UNSEEN, LINE_ENDS]
)
def test_twice_is_once(text):
    assert neutral(neutral(text)) == neutral(text)
    assert one_line(one_line(text)) == one_line(text)
    assert len(one_line(text).splitlines()) < 2


def test_a_name_stays_within_its_brackets():
    assert quoted("雪道") == "「雪道」"
    assert quoted("雪道」\n　支援金額　金１億円「") == "「雪道』 支援金額　金１億円『」"
    assert quoted("雪道" + "　" * 40 + "支援金額") == "「雪道　支援金額」", "no blanks that fill up a line"


def test_plain_values_are_neutral_all_through():
    told = {"reason": ["a\u202eb", {"c\u2028": 1}], "due": None, "n": 2}
    assert neutral_in(told) == {"reason": ["ab", {"c\n": 1}], "due": None, "n": 2}
