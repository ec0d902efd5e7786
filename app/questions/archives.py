"""What a ZIP archive holds, found without unpacking it: its own list of contents, and the first bytes of each.

Office files are such archives too. What is refused would be dangerous, or of no use, to whoever opens it in an office:
a bomb, a name that leaves its folder, a password, a program, macros, an archive within.
"""

from __future__ import annotations

import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import Any

from app.explained import Explained
from app.lifecycle import N_
from app.lines import one_line
from app.questions.signatures import ARCHIVES, OLD_OFFICE, PROGRAM_NAMES, PROGRAMS, ZIP
from app.storage import Incoming, pieces_of
from app.storage.incoming import PIECE

MEBIBYTE = 1024 * 1024
MOST_MEMBERS = 2000
MOST_UNPACKED = 1024 * MEBIBYTE
THINNEST = 200  # times its own size; a text of one letter packs a thousandfold, a spreadsheet at most fifty
SMALL = MEBIBYTE  # a small one may be as thin as it likes
LONGEST_LIST = 2 * MEBIBYTE  # bytes of the list of contents, which is read whole
END, END_64 = b"PK\x05\x06", b"PK\x06\x07"
_END_WITHIN = 65_557  # bytes: the longest comment behind it
MACROS = re.compile(rb"vbaproject\.bin|vbadata\.xml|xl/macrosheets/", re.IGNORECASE)
MACRO_NAMES = {
    ".docm",
    ".dotm",
    ".xlsm",
    ".xltm",
    ".xlam",
    ".xlsb",
    ".pptm",
    ".potm",
    ".ppsm",
    ".ppam",
    ".sldm",
}
_OVERLAP = 64  # bytes that are looked at twice, so that a word across two pieces is found
_SYMLINK_SHIFT = 16


class Unwelcome(Explained):
    """Why the archive is not taken; `inside` is what of it the sentence is about. Its name is for whoever knows it."""

    def __init__(self, msgid: str, **values: Any) -> None:
        super().__init__(msgid, **{"name": "", **values})


class Broken(Exception):
    """It is no archive that could be read."""


def names_in(file: Incoming) -> list[str]:
    """The names of its members, once all of them may be taken. Raises Unwelcome, Broken."""
    with _opened(file) as archive:
        members = archive.infolist()
        _refuse_bomb(file, members)
        for member in members:
            _refuse_member(member)
        for member in members:
            if not member.is_dir():
                _refuse_content(archive, member)
                _refuse_lie(file, member)
        return [member.filename for member in members]


@contextmanager
def _opened(file: Incoming) -> Iterator[zipfile.ZipFile]:
    _refuse_long_list(file)
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive
    except Unwelcome:
        raise
    # Whatever the standard library stumbles over in a file that was made to be stumbled over.
    except (
        zipfile.BadZipFile,
        ValueError,
        NotImplementedError,
        EOFError,
        OverflowError,
        RuntimeError,
        OSError,
    ) as why:
        raise Broken from why
    except Exception as why:  # zlib.error, lzma.LZMAError, struct.error …
        raise Broken from why


def _refuse_long_list(file: Incoming) -> None:
    """Before anything reads the list of contents: how long it is."""
    start = max(0, file.size - _END_WITHIN)
    file.seek(start)
    tail = file.read(_END_WITHIN)
    place = tail.rfind(END)
    if place < 0 or len(tail) < place + 20:
        raise Broken
    if (
        tail[max(0, place - 20) :].startswith(END_64)
        or int.from_bytes(tail[place + 10 : place + 12], "little") > MOST_MEMBERS
    ):
        raise _too_many()
    if int.from_bytes(tail[place + 12 : place + 16], "little") > LONGEST_LIST:
        raise _too_many()


def _too_many() -> Unwelcome:
    return Unwelcome(N_("“%(name)s” holds more than %(max)s files. Pack fewer into it."), max=MOST_MEMBERS)


def _refuse_bomb(file: Incoming, members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MOST_MEMBERS:
        raise _too_many()
    unpacked = sum(member.file_size for member in members)
    thin = any(it.file_size > SMALL and it.file_size > THINNEST * it.compress_size for it in members)
    # Members that lie upon each other unpack the same bytes again and again.
    packed = sum(member.compress_size for member in members)
    if (
        thin
        or unpacked > MOST_UNPACKED
        or packed > file.size
        or (unpacked > SMALL and unpacked > THINNEST * file.size)
    ):
        raise _bomb()


def _bomb() -> Unwelcome:
    return Unwelcome(
        N_(
            "“%(name)s” would become far larger when it is unpacked than it is, as a ZIP bomb does. Attach the files "
            "one by one."
        )
    )


def _refuse_lie(file: Incoming, member: zipfile.ZipInfo) -> None:
    """It unpacks to what its list declares, and no byte more. Nothing is kept of it."""
    if member.compress_type == zipfile.ZIP_STORED and member.compress_size == member.file_size:
        return
    if member.compress_type != zipfile.ZIP_DEFLATED:
        raise Broken
    file.seek(member.header_offset + 26)
    name, extra = (int.from_bytes(file.read(2), "little") for _ in range(2))
    file.seek(member.header_offset + 30 + name + extra)
    unpacks, packed, unpacked = zlib.decompressobj(-zlib.MAX_WBITS), member.compress_size, 0
    while packed > 0 and not unpacks.eof and (piece := file.read(min(PIECE, packed))):
        packed -= len(piece)
        while piece and not unpacks.eof:
            unpacked += len(unpacks.decompress(piece, PIECE))
            piece = unpacks.unconsumed_tail
            if unpacked > member.file_size:
                raise _bomb()


def _refuse_member(member: zipfile.ZipInfo) -> None:
    """By what the list says of it."""
    name = member.orig_filename
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if (
        "\x00" in name
        or ".." in parts
        or name.startswith(("/", "\\"))
        or re.match(r"[A-Za-z]:", name)
        or stat.S_ISLNK(member.external_attr >> _SYMLINK_SHIFT)
    ):
        raise _about(
            member,
            N_(
                "“%(name)s” holds “%(inside)s”, whose name leads out of the folder it is unpacked into. Pack it anew with "
                "plain names."
            ),
        )
    if member.flag_bits & 1:
        raise _about(
            member,
            N_(
                "“%(name)s” is locked with a password: the office could not open it. Pack it anew without one."
            ),
        )
    suffix = PurePosixPath(name.lower()).suffix
    if suffix in PROGRAM_NAMES:
        raise _program(member)
    if suffix in MACRO_NAMES or MACROS.search(name.encode(errors="replace")):
        raise _macros(member)


def _refuse_content(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """By its bytes: of most the first ones, of an archive all, in pieces."""
    with archive.open(member) as content:
        first = content.read(512)
        if first.startswith(PROGRAMS):
            raise _program(member)
        if first.startswith(OLD_OFFICE):
            if PurePosixPath(member.filename).parts[:1] in (("word",), ("xl",), ("ppt",)):
                return  # what is embedded in an Office file
            raise _about(
                member,
                N_(
                    "“%(name)s” holds “%(inside)s”, an Office file of the old kind or with a password. Save it as .docx, "
                    ".xlsx or .pptx without one, or as PDF."
                ),
            )
        if first.startswith(ARCHIVES):
            raise _archive(member)
        if first.startswith(ZIP):
            _refuse_nested(member, content, first)


def _refuse_nested(member: zipfile.ZipInfo, content: Any, first: bytes) -> None:
    """Of archives within, only Office files without macros are taken: their list stands in them in plain letters."""
    is_office, before = False, first
    for piece in pieces_of(content):
        looked_at = before + piece
        if MACROS.search(looked_at):
            raise _macros(member)
        is_office = is_office or b"[Content_Types].xml" in looked_at
        before = looked_at[-_OVERLAP:]
    if MACROS.search(before):
        raise _macros(member)
    if not (is_office or b"[Content_Types].xml" in before or b"[Content_Types].xml" in first):
        raise _archive(member)


def _program(member: zipfile.ZipInfo) -> Unwelcome:
    return _about(member, N_("“%(name)s” holds a program: “%(inside)s”. Take it out and pack the rest anew."))


def _macros(member: zipfile.ZipInfo) -> Unwelcome:
    return _about(
        member, N_("“%(name)s” holds macros: “%(inside)s”. Save that file without macros, or as PDF.")
    )


def _archive(member: zipfile.ZipInfo) -> Unwelcome:
    return _about(
        member,
        N_(
            "“%(name)s” holds another archive: “%(inside)s”. Put its files straight into the ZIP, or attach them one by one."
        ),
    )


def _about(member: zipfile.ZipInfo, msgid: str) -> Unwelcome:
    return Unwelcome(msgid, inside=one_line(member.orig_filename.replace("\x00", "·"))[-120:])
