"""Names, kana and old characters in one form for comparing: what a person types is found however they typed it. Pure.

The old forms of kanji come from the list of the Cabinet (常用漢字表, by the package joyokanji). What names of
places and people have beside it stands here: 檜原村 is typed 桧原, 鰺ヶ沢町 鯵ヶ沢, 塩竈市 塩釜.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

import joyokanji

from app.widths import LONGEST, plain

# The first of each line is the form that the others are compared as; beyond the Cabinet's list.
_ALSO_WRITTEN = (
    "檜桧", "鰺鯵", "吉𠮷", "高髙", "崎﨑嵜碕", "辺邉邊", "島嶋嶌", "富冨", "淵渕渊", "籠篭", "壺壷", "浜濵濱",
    "斉齊斎齋", "釜竈竃", "曽曾", "館舘", "藪薮", "梼檮", "頸頚", "砺礪", "諫諌", "磯礒", "靭靱", "頴穎", "槙槇",
    "尭堯", "晋晉", "亘亙", "凜凛", "瑶瑤", "遥遙", "蛎蠣", "麹麴", "鴎鷗", "祇祗", "祢禰", "莱萊", "弥彌", "郷鄕",
    "徳德", "増增", "清淸", "青靑", "真眞", "緒緖", "黒黑", "瀬瀨", "横橫", "内內", "戸戶", "弁辨瓣辯", "欠缺", "吸吸", "教敎", "飲飮",
)  # fmt: skip
_FORMS = str.maketrans({other: line[0] for line in _ALSO_WRITTEN for other in line[1:]})
# ぁ (3041) to ゖ (3096) stand 0x60 below ァ to ヶ.
_TO_KATAKANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}
_LARGE_KANA = str.maketrans("ァィゥェォッャュョヮヵヶ", "アイウエオツヤユヨワカケ")
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")  # which of its shapes a character takes: 葛󠄀
_KANJI = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
# 袖ケ浦, 袖ヶ浦, 袖が浦: the same sound between two kanji, however it is written.
_BETWEEN_KANJI = re.compile(f"(?<=[{_KANJI}])[カガ](?=[{_KANJI}])")


def fold(text: str) -> str:
    """One form for comparing; twice folded is once folded.

    いわみざわ, ｲﾜﾐｻﾞﾜ → イワミザワ (small letters made large: シジョウ → シジヨウ); 岩見澤 → 岩見沢; 茅ヶ崎 → 茅ケ崎;
    ０１２ → 012; ABC → abc; 葛󠄀 → 葛, whichever shape was asked for. What stands beyond LONGEST is not compared.
    """
    kana = fold_kana(_one_shape(text).translate(_TO_KATAKANA))
    return _BETWEEN_KANJI.sub("ケ", joyokanji.convert(kana).translate(_FORMS).casefold())


def _one_shape(text: str) -> str:
    return _SELECTORS.sub("", plain(text[:LONGEST]))


def fold_kana(kana: str) -> str:
    """Katakana for comparing: small letters made large, as old lists write them (シジョウ → シジヨウ)."""
    return kana.translate(_LARGE_KANA)


def words_of(text: str) -> list[str]:
    """The words of a search, folded, each once; parted by spaces of any width."""
    return list(dict.fromkeys(fold(text).split()))


def only_marks(text: str) -> bool:
    """Whether there is something, but no letter and no digit in it: ー, ゛, ・, %."""
    return bool(text.strip()) and not any(unicodedata.category(sign)[:2] in _LETTERS for sign in text)


_LETTERS = ("Lu", "Ll", "Lt", "Lo", "Nd", "Nl", "No")


def read_alike(text: str) -> list[str]:
    """The old or variant kanji of `text`, each with all that are compared as the same: 澤 → 澤沢, 辨 → 辨弁瓣辯."""
    return [
        sign + "".join(other for other in _families().get(fold(sign), "") if other != sign)
        for sign in dict.fromkeys(_one_shape(text))
        if re.match(f"[{_KANJI}]", sign) and fold(sign) != sign
    ]


@cache
def _families() -> dict[str, str]:
    """The form that is compared → all characters read as it, itself first."""
    found: dict[str, str] = {}
    for code in (*range(0x4E00, 0xA000), *(ord(sign) for line in _ALSO_WRITTEN for sign in line)):
        sign = chr(code)
        if (form := fold(sign)) != sign and sign not in found.get(form, ""):
            found[form] = found.get(form, form) + sign
    return found
