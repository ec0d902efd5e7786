"""Old kanji, kana and widths in one form, whichever of them was typed."""

import pytest

from app.folding import fold, only_marks, read_alike, words_of

ALIKE = (  # how people type it, how the register has it
    ("岩見澤市", "岩見沢市"),
    ("四条畷市", "四條畷市"),
    ("竜ケ崎市", "龍ケ崎市"),
    ("龍が崎市", "龍ケ崎市"),
    ("桧原村", "檜原村"),
    ("鯵ヶ沢町", "鰺ヶ沢町"),
    ("𠮷野町", "吉野町"),
    ("葛󠄀城市", "葛城市"),
    ("塩釜市", "塩竈市"),
    ("梼原町", "檮原町"),
    ("袖が浦市", "袖ケ浦市"),
    ("髙﨑", "高崎"),
    ("渡邊", "渡辺"),
    ("渡邉", "渡辺"),
    ("齊藤", "斎藤"),
    ("しじょうなわて", "シジョウナワテ"),
    ("ｼｼﾞﾖｳﾅﾜﾃ", "シジョウナワテ"),
    ("ＤＸ", "dx"),
)


@pytest.mark.parametrize(("typed", "kept"), ALIKE)
def test_what_is_read_alike_is_folded_alike(typed, kept):
    assert fold(typed) == fold(kept)
    assert fold(fold(typed)) == fold(typed)


@pytest.mark.parametrize(
    ("one", "other"),
    [("大阪", "大坂"), ("埼玉", "崎玉"), ("ハ", "バ"), ("府中市", "国府市"), ("竜王", "竜玉")],
)
def test_what_is_another_name_stays_another(one, other):
    assert fold(one) != fold(other)


def test_the_sound_between_two_kanji_alone_is_written_in_many_ways():
    assert fold("ガス") == "ガス" and fold("茅ガ崎") == "茅ケ崎"


def test_an_old_kanji_tells_all_that_it_is_read_as():
    assert read_alike("岩見澤市") == ["澤沢"]
    assert [sorted(it) for it in read_alike("齊藤")] == [sorted("齊斉斎齋")]
    assert [sorted(it) for it in read_alike("辨天")] == [sorted("辨弁瓣辯")]
    assert read_alike("岩見沢市") == []


@pytest.mark.parametrize("typed", ["ー", "゛゜", "・", "%", "  ー ", "。、", "ヽヾ"])
def test_marks_alone_are_no_word(typed):
    assert only_marks(typed)


@pytest.mark.parametrize("typed", ["", "ア", "ーア", "1", "龍", "a%"])
def test_anything_with_a_letter_is_one(typed):
    assert not only_marks(typed)


def test_words_are_parted_by_spaces_of_any_width():
    assert words_of("府中　広島") == ["府中", "広島"]
