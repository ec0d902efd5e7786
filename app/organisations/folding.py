"""Names and kana in one form for comparing: what a person types is found however they typed it. Pure."""

from __future__ import annotations

import unicodedata

from app.organisations.directory import fold_kana

# ぁ (3041) to ゖ (3096) stand 0x60 below ァ to ヶ.
_TO_KATAKANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}


def fold(text: str) -> str:
    """Full-width katakana, small letters made large, half-width digits: いわみざわ, ｲﾜﾐｻﾞﾜ → イワミザワ; 茅ヶ崎 → 茅ケ崎."""
    return fold_kana(unicodedata.normalize("NFKC", text).translate(_TO_KATAKANA)).casefold()
