"""Lines of mails: 36 full-width characters, 禁則, indents kept, addresses whole, nothing lost."""

from __future__ import annotations

import re

import pytest

from app.correspondence.wrapping import COLUMNS, NO_START, width, wrap

URL = "https://banso.example.jp/applications/12345/submissions/67890/files/" + "0123456789abcdef" * 4
SENTENCE = (
    "支援期間の終了後も、協議会の継続を希望し、各構成員の了承が得られた場合は、継続することができます。"
)


def lines(text: str) -> list[str]:
    return wrap(text).split("\n")


def said(text: str) -> str:
    """What is said, whatever the lines: without line ends and indents."""
    return re.sub(r"\n[ 　]*", "", text)


def test_no_line_is_longer_than_36_full_width_characters():
    wrapped = lines("　" + SENTENCE * 5)
    assert len(wrapped) > 5
    assert all(width(line.rstrip()) <= COLUMNS for line in wrapped)
    assert max(width(line) for line in wrapped) >= COLUMNS - 4  # and they are filled


def test_half_width_characters_count_half_and_marks_nothing():
    assert width("岩見沢市 R5-0001") == 8 + 1 + 7
    assert width("葛\U000e0100城") == 4  # an ideographic variation selector
    assert width("か\u3099") == 2


def test_a_short_text_and_its_own_line_ends_stay_as_they_are():
    text = "　一行目\n\n　　・二行目  \n"
    assert wrap(text) == text


@pytest.mark.parametrize("sign", sorted(NO_START))
def test_no_line_begins_with_what_may_not_stand_there(sign):
    for before in range(30, 38):
        wrapped = lines("あ" * before + sign + "い" * 40)
        assert not any(line.startswith(sign) for line in wrapped)
        assert "".join(wrapped) == "あ" * before + sign + "い" * 40


@pytest.mark.parametrize("sign", "（「『【〔")
def test_no_line_ends_with_an_opening_bracket(sign):
    for before in range(30, 38):
        wrapped = lines("あ" * before + sign + "い" * 40)
        assert not any(line.endswith(sign) for line in wrapped)


def test_several_signs_in_a_row_go_over_together():
    wrapped = lines("あ" * 34 + "終）」。" + "次の文。")
    assert wrapped == ["あ" * 34, "終）」。次の文。"]


def test_an_address_is_never_broken_and_what_follows_it_neither_begins_wrongly():
    for text in (
        f"　{URL}",
        f"　次のページ（{URL}）を御覧ください。",
        f"　事業のページ（ログインが必要です）：{URL}",
    ):
        wrapped = wrap(text)
        assert URL in wrapped
        assert said(wrapped) == said(text)
        assert not any(line.strip(" 　")[:1] in NO_START for line in wrapped.split("\n") if line.strip(" 　"))


def test_what_goes_on_keeps_its_indent():
    first, *others = lines("　　　" + SENTENCE * 2)
    assert first.startswith("　　　支援") and others
    assert all(re.match(r"　　　[^　]", line) for line in others)


def test_a_labelled_line_goes_on_under_its_value():
    _, second = lines(
        "　事業名　：" + "雪道の見守りドローンと人工知能による高齢者の冬期の移動支援及び除雪の効率化事業"
    )
    assert re.match(r"　{6}[^　]", second)
    for mark in ("　（1）", "　2　", "　・"):
        _, *others = lines(mark + SENTENCE * 2)
        assert others
        assert all(width(re.match("[ 　]*", line)[0]) == width(mark) for line in others)


def test_a_hash_stands_whole_at_the_indent_rather_than_broken_under_its_label():
    digest = "0123456789abcdef" * 4
    wrapped = wrap(f"　添付資料のSHA-256：{digest}")
    assert f"\n　{digest}" in wrapped


def test_a_number_is_not_parted_from_its_unit():
    for before in range(28, 38):
        assert not re.search(r"\d\n", wrap("あ" * before + "令和5年3月31日12時までに提出"))


def test_nothing_that_somebody_wrote_is_lost():
    for text in (
        "Please see  the annex " * 12,
        "𠮷野家と葛\U000e0100城市" * 20,
        "）" * 100,
        "（" * 100,
        "a" * 300,
        "―" * 100,
        "二つの  空白　と " * 15,
        f"{URL}{SENTENCE}{URL}",
    ):
        wrapped = wrap(text)
        assert wrapped.replace("\n", "") == text
        assert all(width(line.rstrip()) <= COLUMNS or URL in line for line in wrapped.split("\n"))
