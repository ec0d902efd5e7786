"""Lines of a mail: 36 full-width characters, broken as Japanese is set (禁則処理).

A mail program that does not break lines shows a paragraph as one line of hundreds of characters; one that breaks
them itself knows neither indents nor 禁則. A character counts by its East Asian Width: 2 columns or 1. Pure.
"""

from __future__ import annotations

import re
import unicodedata

COLUMNS = 72
KNOWN_AT_MOST = 20_000  # characters; a text of all that there are takes no more memory for good
NO_START = frozenset(
    "、。，．・：；？！゛゜ヽヾゝゞ々ー’”）〕］｝〉》」』】〟～〜‐…‥％℃"
    "ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ,.:;?!)]}%｡､｣･ﾞﾟ"
)
NO_END = frozenset("‘“（〔［｛〈《「『【〝([{｢￥＄№第約")
COUNTED = frozenset("年月日時分秒件通名人か号条項点字％%")  # not parted from the digit before it

_WHOLE = re.compile(r"https?://[!-;=?-~]+|[!-~]+")  # an address of a page; other runs of ASCII
_ADDRESS = re.compile(r"https?://")
# What stands before the text of a line and is not repeated: 「事業名　：」, 「（1）」, 「1　」, 「・」, 「※」.
_HEAD = re.compile(r"[\s　]*(?:(?:[^：。、\s　][^：。、\n]{0,17})：|（\d{1,3}）|\d{1,3}[　.．]\s*|[・■●※○])?")
_INDENT = re.compile(r"[\s　]*")
_QUOTED = re.compile(r"[\s　]*＞")  # before each line of what somebody else wrote (wording.continued)


def wrap(text: str, columns: int = COLUMNS) -> str:
    """`text` with every line that is longer than `columns` broken; the lines it has already stay.

    What goes on keeps the indent of its line, or stands under the value of a labelled or numbered one. An address
    of a page is never broken. No character is lost: a blank at a break stays at the end of its line, where it
    takes no room.
    """
    return "\n".join(piece for line in text.split("\n") for piece in _broken(line, columns))


def width(text: str) -> int:
    """How many columns `text` takes."""
    return sum(map(_COLUMNS_OF.__getitem__, text))


def _broken(line: str, columns: int) -> list[str]:
    if width(line.rstrip()) <= columns:
        return [line]
    indent, under = _blank(_INDENT.match(line)), _blank(_HEAD.match(line))
    if width(under) > columns // 2:
        under = indent
    if quoted := _QUOTED.match(line):
        indent = under = quoted[0]  # no line of it goes without its mark
    lines: list[str] = []
    current, pieces = "", _pieces(line)
    while pieces:
        piece = pieces.pop(0)
        if width((current + piece).rstrip()) <= columns:
            current += piece
        elif _has_a_line_of_its_own(piece, columns - width(under), columns - width(indent)):
            first = not lines and not current.strip()
            lines += [current] if current.strip() else []
            current = (current if first else indent) + piece
        elif len(piece) > 1 and width(piece) > columns - width(under):
            pieces[:0] = list(piece)  # longer than any line
        else:
            stays, carried = _part(current, piece, under)
            if stays:
                lines.append(stays)
                current = under + carried + piece
            else:
                current += piece  # nowhere to part it: too long rather than wrongly parted
    return [*lines, current]


def _has_a_line_of_its_own(piece: str, room: int, most: int) -> bool:
    """Addresses of pages always; other runs of ASCII where they stand whole at the indent and not under the value."""
    return bool(_ADDRESS.match(piece)) or (len(piece) > 1 and room < width(piece) <= most)


def _part(current: str, piece: str, under: str) -> tuple[str, str]:
    """`current` parted where a line may end, so that `piece` may follow what is carried over to the next line.

    ("", "") where there is no such place.
    """
    tokens, carried = _pieces(current), ""
    while tokens and not _may_break("".join(tokens), carried + piece):
        carried = tokens.pop() + carried
    stays = "".join(tokens)
    if stays.strip() and width(stays) > width(under):
        return stays, carried
    # A row of nothing but brackets and full stops, as no text has it: parted by force.
    return ("", "") if _ADDRESS.search(current) else (current, "")


def _may_break(before: str, after: str) -> bool:
    end, start = before.rstrip(" ")[-1:], after[:1]
    if start in (" ", "　") or start in NO_START or end in NO_END:
        return False
    return not (end.isascii() and end.isdigit() and start in COUNTED)


def _pieces(text: str) -> list[str]:
    """What is not parted: runs of ASCII, a character with the marks that belong to it, two dashes in a row."""
    pieces: list[str] = []
    place = 0
    while place < len(text):
        found = _WHOLE.match(text, place)
        piece = found[0] if found else text[place]
        place += len(piece)
        while place < len(text) and (
            not _COLUMNS_OF[text[place]] or (text[place] in "―—…‥" and piece[-1] == text[place])
        ):
            piece += text[place]
            place += 1
        pieces.append(piece)
    return pieces


def _blank(found: re.Match[str] | None) -> str:
    """As wide as what was found: full-width blanks, and a half-width one where it takes that."""
    columns = width(found[0]) if found else 0
    return "　" * (columns // 2) + " " * (columns % 2)


class _ColumnsOf(dict[str, int]):
    """A character → its columns; looked up once each, since every line is measured several times."""

    def __missing__(self, character: str) -> int:
        if unicodedata.category(character) in ("Mn", "Me", "Cf", "Cc"):
            columns = 0
        else:
            columns = 2 if unicodedata.east_asian_width(character) in "WFA" else 1
        if len(self) < KNOWN_AT_MOST:
            self[character] = columns
        return columns


_COLUMNS_OF = _ColumnsOf()
