"""Full-width letters, digits and signs as they were meant (Unicode NFKC): Ａ → A, ２０２３ → 2023, ㌢ → センチ. Pure.

One character can become eighteen (U+FDFA), and whoever sends millions of them would have the server work for
seconds. So the length is looked at first, and nothing else in the product asks for NFKC.
"""

from __future__ import annotations

import unicodedata

LONGEST = 4000  # characters


class TooLong(ValueError):
    """A text that is too long for what it should be; nothing was done with it."""

    def __init__(self, length: int, most: int) -> None:
        super().__init__(f"{length} characters, at most {most} are looked at")
        self.length, self.most = length, most


def plain(text: str, most: int = LONGEST) -> str:
    """`text` in its plain form. Raises TooLong for more than `most` characters, before any work."""
    if len(text) > most:
        raise TooLong(len(text), most)
    return unicodedata.normalize("NFKC", text)
