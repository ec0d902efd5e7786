"""Letters of one run printed ahead, each with the number that it will have if nothing comes between (ADR 0033).

What is foreseen decides nothing. `letters.issue` numbers and words each letter as ever, and then finds its PDF printed
already, or has it printed: the HTML, number and all, is what is looked for. Where the numbers turn out others (a letter has
failed, another worker has issued one), the rest is foreseen anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date

from flask import current_app
from sqlalchemy import select

from app import calendar
from app.correspondence import registers
from app.correspondence.letters import content_of
from app.correspondence.models import Letter
from app.correspondence.numbering import format_number
from app.correspondence.rendering import font_path, html_of, print_here
from app.correspondence.voice import voice_of
from app.db import db
from app.lifecycle.letter import APPROVED
from press import Printer
from press.room import Room

FEWEST = 20  # letters for which it pays to start presses
AT_ONCE = 8  # letters that are foreseen in one look; at most twice as many are kept in memory


class Ahead:
    """The letters `ids`, which are issued one after the other on `on`; what issues them takes `printer`."""

    def __init__(self, room: Room | None, ids: Sequence[int], on: date) -> None:
        self.printer: Printer = print_here if room is None else room.print_pdf
        self._room, self._ids, self._on = room, ids, on
        self._seen = 0  # how many of `ids` have been looked at
        self._last: dict[str, int] = {}  # the last number foreseen of each mark

    def look(self, place: int) -> None:
        """Before the letter at `place` has its turn: see to it that it and those behind it are being printed."""
        if self._room is None:
            return
        if self._room.surprised:
            self._room.surprised = False
            self._seen, self._last = place, {}
        if self._room.waiting <= AT_ONCE:
            ids = self._ids[self._seen : self._seen + AT_ONCE]
            self._seen += len(ids)
            for html in self._foreseen(ids):
                self._room.expect(html)

    def wait(self) -> None:
        """Until the next letter is printed: whoever waits here, outside a transaction, keeps nobody else waiting."""
        if self._room is not None:
            self._room.wait()

    def _foreseen(self, ids: Sequence[int]) -> Iterator[str]:
        fiscal_year = calendar.fiscal_year(self._on)
        approved = select(Letter).where(Letter.id.in_(ids), APPROVED.of(Letter))
        found = {letter.id: letter for letter in db.session.scalars(approved)}
        for letter in (found[it] for it in ids if it in found):
            mark = voice_of(letter).mark
            sequence = self._last.get(mark, registers.last_in(mark, fiscal_year)) + 1
            number = format_number(fiscal_year, sequence, mark)
            try:
                yield html_of(content_of(letter).issued(number=number, on=self._on))
            except (KeyError, TypeError, ValueError):  # it will fail when it has its turn, and take no number
                continue
            self._last[mark] = sequence


@contextmanager
def printed_ahead(ids: Sequence[int], *, on: date) -> Iterator[Ahead]:
    """Presses for a run of letters, where there are enough of them; they end with the block."""
    font, presses = font_path(), current_app.config["PRESSES"]
    if font is None or not presses or len(ids) < FEWEST:
        yield Ahead(None, ids, on)
        return
    with Room(font, presses) as room:
        yield Ahead(room, ids, on)
