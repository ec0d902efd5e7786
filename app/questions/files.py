"""Files that answer a question: what is taken, and how it is looked at.

A file's name is not believed: what it is, its bytes tell. Programs are refused whatever they are called. Of a ZIP archive,
which some municipal networks strip on the way (domain.md §8), only what whoever opens it in an office can use is taken:
archives.py.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from pathlib import PurePath, PurePosixPath

from app.lifecycle import N_
from app.lines import one_line
from app.questions import signatures
from app.questions.archives import Broken, Unwelcome, names_in
from app.questions.kind import Unreadable
from app.storage import Incoming

NAME_MAX = 120
LONGEST_SENT = 1000  # characters of a name that are looked at, from its end
MEBIBYTE = 1024 * 1024
BEGINNING = 1024  # bytes


class Refused(Unreadable):
    """A file that is not taken; the sentence says why and what to do."""


@dataclass(frozen=True)
class FileKind:
    name: str
    media_type: str
    suffixes: tuple[str, ...]


def clean_name(filename: str) -> str:
    """The file's name without folders and invisible characters (which can make an .exe look like a .pdf)."""
    last = PurePosixPath(filename[-LONGEST_SENT:].replace("\\", "/")).name
    composed = unicodedata.normalize("NFC", last)  # macOS sends が as か and a mark
    visible = one_line("".join(mark for mark in composed if unicodedata.category(mark)[0] != "C")).strip(" .")
    stem, suffix = PurePath(visible).stem, PurePath(visible).suffix
    return stem[: NAME_MAX - len(suffix)] + suffix if visible else ""


def kind_of(name: str, file: Incoming, max_bytes: int) -> FileKind:
    """What kind of file it is by its bytes, which its name must be right about. Raises Refused."""
    if not name:
        raise Refused(N_("Choose a file."))
    if not file.size:
        raise Refused(N_("“%(name)s” is empty. Choose the file again."), name=name)
    if file.size > max_bytes:
        raise Refused(
            N_("“%(name)s” is larger than %(max)s MB. Make it smaller, or split it."),
            name=name,
            max=max_bytes // MEBIBYTE,
        )
    suffix = PurePath(name).suffix.lower()
    named = BY_SUFFIX.get(suffix)
    beginning = file.beginning(BEGINNING)
    if named and beginning.startswith(signatures.PROGRAMS):
        raise Refused(
            N_("“%(name)s” cannot be attached: it is named like a file of %(kind)s, but it is a program."),
            name=name,
            kind=named.name,
        )
    if named is None:
        raise Refused(
            N_("“%(name)s” cannot be attached. Attach a file of one of these kinds: %(kinds)s."),
            name=name,
            kinds=" / ".join(kind.name for kind in KINDS),
        )
    found = _by_content(name, file, beginning)
    if found is named:
        return named
    if found is not None:
        raise Refused(
            N_(
                "“%(name)s” is named like a file of %(kind)s, but by its content it is one of %(found)s. Give it a name "
                "that ends in %(suffix)s, or choose the right file."
            ),
            name=name,
            kind=named.name,
            found=found.name,
            suffix=found.suffixes[0],
        )
    raise Refused(
        N_(
            "“%(name)s” is named like a file of %(kind)s, but its content is not one. A file with a password or "
            "macros cannot be taken: save it again without, or as PDF."
        ),
        name=name,
        kind=named.name,
    )


def _by_content(name: str, file: Incoming, beginning: bytes) -> FileKind | None:
    if beginning.startswith(signatures.ZIP):
        return _by_members(name, file)
    if beginning.startswith(signatures.PNG):
        return PNG
    if beginning.startswith(signatures.JPEG):
        return JPEG
    # ISO 32000: readers accept a little before it. A page for a browser that says so within is none.
    before, mark, _rest = beginning.partition(signatures.PDF)
    if mark and not any(markup in before.lower() for markup in signatures.MARKUP):
        return PDF
    return None


def _by_members(name: str, file: Incoming) -> FileKind | None:
    try:
        names = names_in(file)
    except Broken:
        return None
    except Unwelcome as problem:
        raise Refused(problem.msgid, **{**problem.values, "name": name}) from problem
    if "[Content_Types].xml" not in names:
        return ARCHIVE
    return next((kind for folder, kind in OFFICE.items() if any(it.startswith(folder) for it in names)), None)


_OPEN_XML = "application/vnd.openxmlformats-officedocument."
PDF = FileKind("PDF", "application/pdf", (".pdf",))
WORD = FileKind("Word", _OPEN_XML + "wordprocessingml.document", (".docx",))
EXCEL = FileKind("Excel", _OPEN_XML + "spreadsheetml.sheet", (".xlsx",))
POWERPOINT = FileKind("PowerPoint", _OPEN_XML + "presentationml.presentation", (".pptx",))
JPEG = FileKind("JPEG", "image/jpeg", (".jpg", ".jpeg"))
PNG = FileKind("PNG", "image/png", (".png",))
ARCHIVE = FileKind("ZIP", "application/zip", (".zip",))
OFFICE = {"word/": WORD, "xl/": EXCEL, "ppt/": POWERPOINT}
KINDS = (PDF, WORD, EXCEL, POWERPOINT, JPEG, PNG, ARCHIVE)
BY_SUFFIX = {suffix: kind for kind in KINDS for suffix in kind.suffixes}
ACCEPTED = ",".join(BY_SUFFIX)  # for a browser's chooser
