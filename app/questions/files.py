"""Files that answer a question: what is taken, and how it is looked at.

A file's name is not believed: its first bytes must be those of its kind. Programs are refused whatever they are
called, archives too, because municipal networks strip them on the way (domain.md §8) and nobody could open them.
"""

from __future__ import annotations

import io
import unicodedata
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath, PurePosixPath

from app.lifecycle import N_
from app.lines import one_line
from app.questions.kind import Unreadable

NAME_MAX = 120
LONGEST_SENT = 1000  # characters of a name that are looked at, from its end
MEBIBYTE = 1024 * 1024


class Refused(Unreadable):
    """A file that is not taken; the sentence says why and what to do."""


@dataclass(frozen=True)
class FileKind:
    name: str
    media_type: str
    looks_right: Callable[[bytes], bool]


def clean_name(filename: str) -> str:
    """The file's name without folders and invisible characters (which can make an .exe look like a .pdf)."""
    last = PurePosixPath(filename[-LONGEST_SENT:].replace("\\", "/")).name
    composed = unicodedata.normalize("NFC", last)  # macOS sends が as か and a mark
    visible = one_line("".join(mark for mark in composed if unicodedata.category(mark)[0] != "C")).strip(" .")
    stem, suffix = PurePath(visible).stem, PurePath(visible).suffix
    return stem[: NAME_MAX - len(suffix)] + suffix if visible else ""


def kind_of(name: str, content: bytes, max_bytes: int) -> FileKind:
    """What kind of file it is, by its name and by its bytes. Raises Refused."""
    if not name:
        raise Refused(N_("Choose a file."))
    if not content:
        raise Refused(N_("“%(name)s” is empty. Choose the file again."), name=name)
    if len(content) > max_bytes:
        raise Refused(
            N_("“%(name)s” is larger than %(max)s MB. Make it smaller, or split it."),
            name=name,
            max=max_bytes // MEBIBYTE,
        )
    kind = KINDS.get(PurePath(name).suffix.lower())
    if kind and content.startswith(PROGRAMS):
        raise Refused(
            N_("“%(name)s” cannot be attached: it is named like a file of %(kind)s, but it is a program."),
            name=name,
            kind=kind.name,
        )
    if kind is None:
        raise Refused(
            N_("“%(name)s” cannot be attached. Attach a file of one of these kinds: %(kinds)s."),
            name=name,
            kinds=" / ".join(dict.fromkeys(known.name for known in KINDS.values())),
        )
    if not kind.looks_right(content):
        raise Refused(
            N_(
                "“%(name)s” is named like a file of %(kind)s, but its content is not one. A file with a password or "
                "macros cannot be taken: save it again without, or as PDF."
            ),
            name=name,
            kind=kind.name,
        )
    return kind


def _starts_with(*marks: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(marks)


def _is_pdf(content: bytes) -> bool:
    return b"%PDF-" in content[:1024]  # ISO 32000: readers accept a little before it


def _is_office_file(folder: str) -> Callable[[bytes], bool]:
    def looks_right(content: bytes) -> bool:
        try:
            names = zipfile.ZipFile(io.BytesIO(content)).namelist()
        except (zipfile.BadZipFile, ValueError, NotImplementedError):
            return False
        has_macros = any(name.lower().endswith("vbaproject.bin") for name in names)
        return (
            "[Content_Types].xml" in names
            and any(name.startswith(folder) for name in names)
            and not has_macros
        )

    return looks_right


_OPEN_XML = "application/vnd.openxmlformats-officedocument."
_JPEG = FileKind("JPEG", "image/jpeg", _starts_with(b"\xff\xd8\xff"))
KINDS = {
    ".pdf": FileKind("PDF", "application/pdf", _is_pdf),
    ".docx": FileKind("Word", _OPEN_XML + "wordprocessingml.document", _is_office_file("word/")),
    ".xlsx": FileKind("Excel", _OPEN_XML + "spreadsheetml.sheet", _is_office_file("xl/")),
    ".pptx": FileKind("PowerPoint", _OPEN_XML + "presentationml.presentation", _is_office_file("ppt/")),
    ".jpg": _JPEG,
    ".jpeg": _JPEG,
    ".png": FileKind("PNG", "image/png", _starts_with(b"\x89PNG\r\n\x1a\n")),
}
PROGRAMS = (b"MZ", b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"#!")
