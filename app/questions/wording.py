"""Two texts side by side, the words that differ marked on each. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

# A word is a row of letters and digits, or of katakana; of other Japanese each character counts by itself.
_WORD = re.compile(r"[0-9A-Za-z０-９Ａ-Ｚａ-ｚ]+|[ァ-ヺー]+|\s+|.", re.DOTALL)
_SENTENCE = re.compile(r"[^。\n]*[。\n]|[^。\n]+")
MOST_WORDS = 4000  # of both texts together that are compared one by one; longer ones by their sentences


@dataclass(frozen=True)
class Piece:
    """A part of a text; `changed` when the other text does not have it there."""

    text: str
    changed: bool = False


def marked(old: str, new: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Both texts in pieces."""
    start, end = _common(old, new)
    middle_old, middle_new = old[start : len(old) - end], new[start : len(new) - end]
    words = _WORD.findall(middle_old), _WORD.findall(middle_new)
    if len(words[0]) + len(words[1]) > MOST_WORDS:
        words = _SENTENCE.findall(middle_old), _SENTENCE.findall(middle_new)
    if len(words[0]) + len(words[1]) > MOST_WORDS:
        words = [middle_old] if middle_old else [], [middle_new] if middle_new else []
    left, right = [Piece(old[:start])], [Piece(new[:start])]
    for what, a, b, c, d in SequenceMatcher(None, *words, autojunk=False).get_opcodes():
        left.append(Piece("".join(words[0][a:b]), what != "equal"))
        right.append(Piece("".join(words[1][c:d]), what != "equal"))
    left.append(Piece(old[len(old) - end :]))
    right.append(Piece(new[len(new) - end :]))
    return _joined(left), _joined(right)


def in_one(old: tuple[Piece, ...], new: tuple[Piece, ...]) -> list[tuple[str, str]]:
    """Both sides as one text: (what became of it: "", "gone" or "new", text), in order."""
    left, right = ([(piece.text, piece.changed) for piece in side] for side in (old, new))
    found: list[tuple[str, str]] = []
    while left or right:
        if left and left[0][1]:
            found.append(("gone", left.pop(0)[0]))
        elif right and right[0][1]:
            found.append(("new", right.pop(0)[0]))
        else:  # what both have, as far as the shorter piece of it goes
            most = min(len(side[0][0]) for side in (left, right) if side)
            found.append(("", (right or left)[0][0][:most]))
            for side in (left, right):
                if side:
                    text, _changed = side.pop(0)
                    if text[most:]:
                        side.insert(0, (text[most:], False))
    return found


def _common(old: str, new: str) -> tuple[int, int]:
    """How many characters both begin and end with."""
    most = min(len(old), len(new))
    start = next((place for place in range(most) if old[place] != new[place]), most)
    most -= start
    end = next((place for place in range(most) if old[-1 - place] != new[-1 - place]), most)
    return start, end


def _joined(pieces: list[Piece]) -> tuple[Piece, ...]:
    found: list[Piece] = []
    for piece in pieces:
        if not piece.text:
            continue
        if found and found[-1].changed == piece.changed:
            piece = Piece(found.pop().text + piece.text, piece.changed)
        found.append(piece)
    return tuple(found)
