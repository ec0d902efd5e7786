"""A list as a file: all of its rows, as CSV or XLSX.

A file is made whole before its first byte is sent, in memory and from a megabyte on in a file on the disk (ADR 0035). So who
reads slowly holds neither the database nor a thread, what fails half-way is a page that says so and no shorter file, and
memory holds some hundred rows, however many there are.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from itertools import islice
from tempfile import SpooledTemporaryFile
from threading import BoundedSemaphore, Lock
from typing import IO, TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

from flask import Response, current_app, jsonify, make_response, render_template, request
from flask_babel import gettext as _
from werkzeug.http import dump_options_header
from werkzeug.wsgi import wrap_file

from app import calendar, security
from app.lines import neutral
from app.web.access import actor_or_none
from app.widths import plain

if TYPE_CHECKING:
    from app.web.lists import Listing

T = TypeVar("T")
Write = Callable[[IO[bytes], "Listing", Iterable[Any]], None]
IN_MEMORY = 1024 * 1024  # bytes
PIECE = 64 * 1024  # bytes
SHORT = 1_000  # rows of a file that is made at once; for a longer one a turn is waited for
AT_ONCE, WAITING = 2, 1  # long files of those signed in, in each worker: threads must be left for pages …
STRANGERS_AT_ONCE, STRANGERS_WAITING = 1, 0  # … and turns for the office, whatever the public asks for
PATIENCE = 10  # seconds until whoever waits is asked to come again
_LATER = {"Retry-After": str(PATIENCE)}


class Busy(Exception):
    """As many long files are being made, and waited for, as may be."""


def answer(listing: Listing, kind: str, name: str) -> Response:
    """The list as a file of this kind, one of KINDS; or a page that says why there is none."""
    from app.web.sheets import MOST_ROWS, TooLong

    media_type, write = KINDS[kind]
    stamp = calendar.today().strftime("%Y%m%d")
    headers = {
        "Content-Type": media_type,
        "Content-Disposition": f'attachment; filename="{stamp}_{name}.{kind}"',
    }
    if request.method == "HEAD":
        return Response(headers=headers)
    try:
        file = _made_of_rows(listing, write)
    except Busy:
        page = render_template("errors/file_later.html", listing=listing, again=request.full_path)
        return make_response(page, 503, _LATER)
    except TooLong:
        page = render_template("errors/file_too_long.html", listing=listing, most=MOST_ROWS)
        return make_response(page, 422)
    if who := actor_or_none():
        security.note_after("exported", actor=who, about=f"{request.path} ({kind})", once=request.full_path)
    return sent(file, headers)


def json_answer(
    listing: Listing, around: dict[str, Any], key: str, entry: Callable[[Any], dict[str, Any]]
) -> Response:
    """`around` for machines, with all rows of the list under `key`, each as `entry` tells it."""
    dumps = partial(current_app.json.dumps, separators=(",", ":"))
    before, after = dumps({**around, key: []}).split(f"{dumps(key)}:[]")

    def write(out: IO[bytes], _listing: Listing, rows: Iterable[Any]) -> None:
        out.write(f"{before}{dumps(key)}:[".encode())
        for place, row in enumerate(rows):
            out.write((("," if place else "") + dumps(entry(row))).encode())
        out.write(f"]{after}\n".encode())

    try:
        return sent(_made_of_rows(listing, write), {"Content-Type": "application/json"})
    except Busy:
        return make_response(jsonify(error="busy"), 503, _LATER)


def _made_of_rows(listing: Listing, write: Write) -> IO[bytes]:
    turns = _turns()
    if turns.are_taken and listing.total > SHORT:  # refusing must cost little, or it keeps pages waiting too
        raise Busy
    with closing(listing.every_row()) as found, turns.taken_for(found) as rows:
        return made(lambda out: write(out, listing, rows))


def made(write: Callable[[IO[bytes]], None]) -> IO[bytes]:
    """What `write` writes into it. Where that fails there is no file."""
    out: Any = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 (whoever sends it closes it)
    try:
        write(out)
    except BaseException:
        out.close()
        raise
    return out


def sent(file: IO[bytes], headers: dict[str, str]) -> Response:
    """The file as an answer: its bytes, or what reads them off the disk as the reader takes them."""
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    if size <= IN_MEMORY:
        with file:
            return Response(file.read(), headers=headers)
    pieces = wrap_file(request.environ, file, PIECE)
    return Response(pieces, headers={**headers, "Content-Length": str(size)}, direct_passthrough=True)


def download(file: IO[bytes], name: str, media_type: str) -> Response:
    """What somebody has sent, as a file to keep under its name: never shown, and never run within our pages."""
    in_ascii = plain(name).encode("ascii", "ignore").decode() or "file"
    names = {"filename": in_ascii, "filename*": f"UTF-8''{quote(name, safe='')}"}
    return sent(
        file,
        {
            "Content-Type": media_type,
            "Content-Disposition": dump_options_header("attachment", names),
            "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
        },
    )


def _csv(out: IO[bytes], listing: Listing, rows: Iterable[Any]) -> None:
    cells = [column.text for column in listing.columns]
    text = io.TextIOWrapper(out, "utf-8-sig", newline="")  # the mark makes Excel read it as UTF-8
    try:
        lines = csv.writer(text)
        lines.writerow(map(harmless, listing.header))
        lines.writerows([harmless(cell(row)) for cell in cells] for row in rows)
    finally:
        text.detach()


def _xlsx(out: IO[bytes], listing: Listing, rows: Iterable[Any]) -> None:
    from app.web.sheets import write_sheet  # what a page never needs is not loaded for it

    cells = [column.typed or column.text for column in listing.columns]
    title = str(listing.caption) or _("List")
    write_sheet(out, title, listing.header, ([cell(row) for cell in cells] for row in rows))


KINDS: dict[str, tuple[str, Write]] = {
    "csv": ("text/csv; charset=utf-8", _csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _xlsx),
}


class Turns:
    """Of long files so many are made at once, and so many are waited for; who comes then is told to come again."""

    def __init__(self, at_once: int, waiting: int) -> None:
        self._room, self._taken, self._lock = at_once + waiting, 0, Lock()
        self._places = BoundedSemaphore(at_once)

    @property
    def are_taken(self) -> bool:
        """Whether nobody more may even wait."""
        return self._taken >= self._room

    @contextmanager
    def taken_for(self, rows: Iterable[T]) -> Iterator[Iterator[T]]:
        """The rows; where they are many, the first that is one too many waits for its turn. Raises Busy."""
        with ExitStack() as held:

            def all_of_them() -> Iterator[T]:
                coming = iter(rows)
                yield from islice(coming, SHORT)
                for row in coming:
                    held.enter_context(self._a_turn())
                    yield row
                    yield from coming

            yield all_of_them()

    @contextmanager
    def _a_turn(self) -> Iterator[None]:
        with self._lock:
            if self.are_taken:
                raise Busy
            self._taken += 1
        try:
            if not self._places.acquire(timeout=PATIENCE):
                raise Busy
            try:
                yield
            finally:
                self._places.release()
        finally:
            with self._lock:
                self._taken -= 1


def _turns() -> Turns:
    turns: dict[bool, Turns] = current_app.extensions.setdefault(
        "turns",
        {True: Turns(AT_ONCE, WAITING), False: Turns(STRANGERS_AT_ONCE, STRANGERS_WAITING)},
    )
    return turns[actor_or_none() is not None]


def harmless(value: Any) -> Any:
    """A cell of a CSV that a spreadsheet would run as a formula is kept as text, by a ' before it.

    Excel in Japanese takes ＝ for =, and blanks, quotes and what nobody sees may stand before it. A negative number stays
    one; a telephone number that begins with + would be reckoned out (+81-3-5555-1234 is -6705), and is a text.
    """
    if value is None or isinstance(value, _NUMBERS):
        return value
    text = neutral(str(value))
    return "'" + text if _FORMULA.match(text) and not _NEGATIVE.fullmatch(text) else text


_NUMBERS = (int, float)
_FORMULA = re.compile(
    r"""[\s"'`´‘’“”＂＇\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef]*[=+\-@＝＋－＠−﹢﹣﹦﹫⁼⁺⁻]|[\t\n]"""
)
_NEGATIVE = re.compile(r"-(\d+|\d{1,3}(,\d{3})+)(\.\d+)?%?")
