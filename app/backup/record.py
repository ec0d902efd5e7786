"""What a snapshot says of itself, asked in plain SQL: it may be older or newer than the models of this program."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from app.storage import path_of

Ask = Callable[[str], Sequence[Sequence[Any]]]
"""Rows of a statement, asked of the snapshot."""
Each = Callable[[str], Iterable[Sequence[Any]]]
"""The same one after the other: there may be more of them than the memory holds."""

REVISIONS = "alembic_version"  # made by the migrations, not data


@dataclass(frozen=True)
class NamedFile:
    path: str
    sha256: str
    of: str  # what names it, for people


REGISTERS_HAVE_MARKS = "0019"  # the migration from which on each mark has registers of its own


def facts(ask: Ask) -> dict[str, Any]:
    """How far everything had come: the migration, the head of the history, the last number of each register."""
    head = ask("SELECT id, hash FROM history ORDER BY id DESC LIMIT 1")
    revision = ask(f"SELECT version_num FROM {REVISIONS}")[0][0]  # noqa: S608 (a constant)
    mark = "mark, " if revision >= REGISTERS_HAVE_MARKS else ""
    return {
        "revision": revision,
        "history": {"entries": head[0][0], "head": head[0][1]} if head else {"entries": 0, "head": ""},
        "registers": [
            {**({"mark": marks[0]} if marks else {}), "fiscal_year": year, "last": last}
            for *marks, year, last in ask(
                f"SELECT {mark}fiscal_year, last FROM number_registers ORDER BY {mark}fiscal_year"  # noqa: S608 (as above)
            )
        ],
        "calls": [
            {"code": code, "last": last}
            for code, last in ask(
                "SELECT calls.code, max(applications.sequence) FROM calls JOIN applications "
                "ON applications.call_id = calls.id WHERE applications.sequence IS NOT NULL "
                "GROUP BY calls.code ORDER BY calls.code"
            )
        ],
    }


ANSWERS_HAVE_FILES = (
    "0018"  # the migration from which on files are answers; before, applications had attachments
)


def named_files(each: Each, revision: str) -> dict[str, NamedFile]:
    """Every file that a record of the snapshot names, by its path in the storage. `revision`: the snapshot's migration."""
    return {file.path: file for file in _named(each, revision)}


def _named(each: Each, revision: str) -> Iterator[NamedFile]:
    # A mail names the files of letters, and an attachment may be in a submission: the last one that names it counts.
    for mail_id, attachments in each("SELECT id, attachments FROM mails"):
        for file in _plain(attachments):
            yield NamedFile(file["path"], file["sha256"], f"mail {mail_id}")
    if revision >= ANSWERS_HAVE_FILES:
        received, of = "SELECT filename, sha256, response_id FROM received_files", "response"
    else:
        received, of = "SELECT filename, sha256, application_id FROM attachments", "application"
    for filename, sha256, whose in each(received):
        path = path_of(sha256, PurePath(filename).suffix.lower())
        yield NamedFile(path, sha256, f"“{filename}” of {of} {whose}")
    for content, application in each("SELECT content, application_id FROM submissions"):
        for file in _plain(content).get("attachments", ()):  # as they were handed in before there were forms
            whose = f"“{file['filename']}”, submitted with application {application}"
            yield NamedFile(file["path"], file["sha256"], whose)
    for path, sha256, number in each("SELECT path, sha256, number FROM letters WHERE path IS NOT NULL"):
        yield NamedFile(path, sha256, f"letter {number}")


def _plain(value: Any) -> Any:
    """JSON comes as a text from SQLite, as what it says from PostgreSQL."""
    return json.loads(value) if isinstance(value, str) else value
