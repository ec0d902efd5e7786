"""Which characters a text may hold that is kept or shown: what breaks a line, turns its direction, or is not seen. Pure.

A title with a line break in it forges a line of a letter; one with a control of direction (U+202E) shows other words
than it holds. In a text of one line both are refused (`fault_of`); wherever a text is kept or leaves the house it is
neutral, whatever the database holds from before: `neutral` for a text of several lines, `one_line` for one of one.

Judged one by one, of what nobody sees: variation selectors stay, since names need them (葛󠄀, U+E0100 to U+E01EF, and
U+FE00 to U+FE0F), and so does the joiner U+200D of emoji. Everything else goes: soft hyphen, zero-width spaces, the
mark U+FEFF, fillers of Hangul, ruby controls (U+FFF9 to U+FFFB), tags (U+E0000 to U+E007F), the selectors of Mongolian.
"""

from __future__ import annotations

import re
from typing import Any

LINE_ENDS = "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
DIRECTIONS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_UNSEEN = (
    "\xad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200c\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0"
    "\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
)
_NOT_TYPED = "\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef" + "".join(
    chr(plane + last) for plane in range(0, 0x110000, 0x10000) for last in (0xFFFE, 0xFFFF)
)

_LINE_END = re.compile(f"\r\n|[{LINE_ENDS}]")
_DIRECTION = re.compile(f"[{DIRECTIONS}]")
_NO_KEYBOARD = re.compile(f"[{_NOT_TYPED}\x0b\x0c]")
_GONE = re.compile(f"[{_NOT_TYPED}{_UNSEEN}{DIRECTIONS}]")
# One look at a text tells whether there is anything to do; nearly always there is not.
_SEVERAL = re.compile(f"[{_NOT_TYPED}{_UNSEEN}{DIRECTIONS}{LINE_ENDS.replace(chr(10), '')}]")
_ONE = re.compile(f"[{_NOT_TYPED}{_UNSEEN}{DIRECTIONS}{LINE_ENDS}\t]")
_BLANKS = re.compile(r"(\s)\s+")
_WITHIN = str.maketrans("「」", "『』")

BREAK, DIRECTION = "break", "direction"


def typed(text: str) -> str:
    """`text` without control characters (tabs and line ends stay), surrogates and non-characters."""
    return _NO_KEYBOARD.sub("", text)


def fault_of(text: str) -> str:
    """What a text of one line must not hold: BREAK, DIRECTION, or nothing."""
    if _LINE_END.search(text):
        return BREAK
    return DIRECTION if _DIRECTION.search(text) else ""


def neutral(text: str) -> str:
    """A text of several lines with plain line ends, in the direction in which it is written, and all of it to be seen."""
    if not _SEVERAL.search(text):
        return text
    return _GONE.sub("", _LINE_END.sub("\n", text))


def one_line(text: str) -> str:
    """The same on one line; where a line ended there is a blank."""
    if not _ONE.search(text):
        return text
    words = _LINE_END.sub("\n", text).replace("\t", "\n").split("\n")
    return _GONE.sub("", " ".join(word for word in map(str.strip, words) if word))


def quoted(text: str) -> str:
    """What somebody else named, within 「」, so that it cannot be read as words of the one who quotes it.

    Brackets in it become 『』, as Japanese is set; a row of blanks, with which a line might be filled up, becomes one.
    """
    named = _BLANKS.sub(r"\1", one_line(text)).strip()
    return f"「{named.translate(_WITHIN)}」"


def neutral_in(value: Any) -> Any:
    """Plain values (of JSON) with every text in them neutral."""
    if isinstance(value, str):
        return neutral(value)
    if isinstance(value, dict):
        return {neutral_in(key): neutral_in(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [neutral_in(each) for each in value]
    return value
