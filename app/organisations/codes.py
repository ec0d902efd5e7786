"""The six-digit code of a local government (全国地方公共団体コード): its check digit, its mending, its kind.

Two digits name the prefecture, three the body within it, the last is a check digit. Codes arrive from
spreadsheets, which eat the leading zero of the first nine prefectures, and from lists that leave the
check digit out. What is certain is mended, and said; what can be read in two ways is refused. Pure.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from app.explained import N_, Explained
from app.widths import plain

_PREFECTURE_NAMES = """
    北海道 青森県 岩手県 宮城県 秋田県 山形県 福島県 茨城県 栃木県 群馬県 埼玉県 千葉県
    東京都 神奈川県 新潟県 富山県 石川県 福井県 山梨県 長野県 岐阜県 静岡県 愛知県 三重県
    滋賀県 京都府 大阪府 兵庫県 奈良県 和歌山県 鳥取県 島根県 岡山県 広島県 山口県 徳島県
    香川県 愛媛県 高知県 福岡県 佐賀県 長崎県 熊本県 大分県 宮崎県 鹿児島県 沖縄県
"""
PREFECTURES = {f"{number:02}": name for number, name in enumerate(_PREFECTURE_NAMES.split(), start=1)}
# 地方自治法 article 252-19: the cabinet order names them; their wards have the numbers that follow.
DESIGNATED_CITIES = frozenset(
    "01100 04100 11100 12100 14100 14130 14150 15100 22100 22130 "
    "23100 26100 27100 27140 28100 33100 34100 40100 40130 43100".split()
)
TOKYO = "13"
LONGEST_TYPED = 100  # characters; six digits with whatever a spreadsheet put around them


class CodeError(Explained, ValueError):
    """A text that is not a code."""


@dataclass(frozen=True)
class Note:
    """What was mended, a Sentence (app/explained.py); str() for a log."""

    msgid: str
    values: dict[str, str] = field(hash=False)

    def __str__(self) -> str:
        return self.msgid % self.values


@dataclass(frozen=True)
class Mended:
    code: str
    notes: tuple[Note, ...] = ()


def check_digit(code5: str) -> str:
    """The sixth digit: (11 − sum mod 11) mod 10 with the weights 6, 5, 4, 3, 2."""
    weighted = sum(weight * int(digit) for weight, digit in zip((6, 5, 4, 3, 2), code5, strict=True))
    return str((11 - weighted % 11) % 10)


def with_check_digit(code5: str) -> str:
    return code5 + check_digit(code5)


def mend_code(text: str | int, known: Collection[str] | None = None) -> Mended:
    """The six-digit code that `text` means, and what had to be mended.

    Full-width digits, spaces and hyphens are taken as they are meant. Five digits are a code that lost
    its leading zero (10006 → 010006) when the check digit fits, else one without its check digit
    (13000 → 130001); `known` codes decide where both readings exist. Raises CodeError with the reason.
    """
    digits = _digits(str(text))
    if len(digits) == 6:
        _refuse_unsound(digits)
        return Mended(digits)
    if len(digits) != 5:
        raise CodeError(
            N_("“%(text)s” has %(length)s digits: a local government code has six."),
            text=digits,
            length=len(digits),
        )
    readings = [reading for reading in _readings_of_five(digits) if known is None or reading.code in known]
    if not readings:
        raise CodeError(N_("“%(text)s” has five digits and fits no code: write all six digits."), text=digits)
    if len(readings) > 1:
        raise CodeError(
            N_("“%(text)s” can mean %(first)s or %(second)s: write all six digits."),
            text=digits,
            first=readings[0].code,
            second=readings[1].code,
        )
    return readings[0]


def prefecture_of(code: str) -> str:
    """北海道 for 012106 (five digits will do). Raises CodeError for a prefecture number beyond 01–47."""
    try:
        return PREFECTURES[code[:2]]
    except KeyError:
        raise CodeError(
            N_("%(code)s begins with %(prefecture)s: prefectures have the numbers 01 to 47."),
            code=code,
            prefecture=code[:2],
        ) from None


def kind_of(code: str) -> str:
    """prefecture, designated_city, ward (of one), special_ward, city, town_or_village or association.

    An association is a 一部事務組合 or 広域連合 (numbers from 800). The number alone does not tell a town
    from a village. Raises CodeError for a number that no body has.
    """
    prefecture_of(code)
    number = int(code[2:5])
    if number == 0:
        return "prefecture"
    if 100 <= number < 200:
        if code[:2] == TOKYO:
            return "special_ward"
        return "designated_city" if code[:5] in DESIGNATED_CITIES else "ward"
    if 200 < number < 300:
        return "city"
    if 300 < number < 800:
        return "town_or_village"
    if number > 800:
        return "association"
    raise CodeError(
        N_("No body has the number %(number)s of the code %(code)s."), number=code[2:5], code=code
    )


def _digits(text: str) -> str:
    if len(text) > LONGEST_TYPED:
        raise CodeError(N_("This is too long: a local government code is six digits."))
    mended = re.sub(r"[\s‐‑–—−ー-]", "", plain(text)).removeprefix("'")
    if not mended:
        raise CodeError(N_("The code is missing."))
    other = re.search(r"[^0-9]", mended)
    if other:
        raise CodeError(
            N_("“%(text)s” contains “%(other)s”: a local government code is six digits."),
            text=text.strip(),
            other=other[0],
        )
    return mended


def _refuse_unsound(code: str) -> None:
    expected = check_digit(code[:5])
    if code[5] != expected:
        raise CodeError(
            N_("The check digit of %(code)s does not fit: after %(first_five)s it is %(expected)s."),
            code=code,
            first_five=code[:5],
            expected=expected,
        )
    kind_of(code)


def _readings_of_five(digits: str) -> list[Mended]:
    readings = []
    lost_zero = "0" + digits
    if digits[0] != "0" and check_digit(lost_zero[:5]) == lost_zero[5] and _names_a_body(lost_zero):
        note = Note(
            N_("%(text)s was read as %(code)s: its leading zero had been lost."), _values(digits, lost_zero)
        )
        readings.append(Mended(lost_zero, (note,)))
    complete = with_check_digit(digits)
    if _names_a_body(complete):
        note = Note(
            N_("%(text)s was read as %(code)s: the check digit was added."), _values(digits, complete)
        )
        readings.append(Mended(complete, (note,)))
    return readings


def _names_a_body(code: str) -> bool:
    """Wards of designated cities have codes, but are not bodies that anything is addressed to."""
    try:
        return kind_of(code) != "ward"
    except CodeError:
        return False


def _values(text: str, code: str) -> dict[str, str]:
    return {"text": text, "code": code}
