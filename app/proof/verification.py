"""The whole proof, part by part."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from app.db import db, reading
from app.head import SignedHead
from app.proof import answers, applications, chain, checks, clarifications, letters, mails, messages
from app.proof.files import files
from app.proof.guarding import guards
from app.proof.parts import Part
from app.proof.unreadable import unreadable


def verify(
    *, mailed: Iterable[SignedHead] = (), in_folder: bool = True, with_files: bool = True
) -> Iterator[Part]:
    """Each part once it is done. Reads only, in bounded memory, and holds up nobody who writes."""
    heads = chain.known_heads(mailed=mailed, in_folder=in_folder)
    looks: list[tuple[tuple[str, ...], Callable[[], tuple[Part, ...]]]] = [
        (("guards",), lambda: (guards(),)),
        (("chain", "head"), lambda: chain.walk(heads)),
        (("letters",), lambda: (letters.letters(),)),
        (("numbers",), lambda: (letters.numbers(),)),
        (("submissions",), lambda: (applications.submissions(),)),
        (("answers",), lambda: (answers.frozen_answers(),)),
        (("outcomes",), lambda: (applications.outcomes(),)),
        (("messages",), lambda: (messages.messages(),)),
        (("clarifications",), lambda: (clarifications.clarifications(),)),
        (("checks",), lambda: (checks.checks(),)),
        (("mails",), lambda: (mails.mails(),)),
    ]
    if with_files:
        looks.append((("files",), lambda: (files(),)))
    with reading():
        db.session.rollback()
        try:
            _see_one_instant()
            all_read = True
            for names, look in looks:
                try:
                    parts = look()
                except Exception as why:  # noqa: BLE001 (one row must not keep the others from being compared)
                    parts, all_read = _stopped(names, why), False
                yield from parts
            if not all_read:
                yield _rows()
        finally:
            db.session.rollback()


def _stopped(names: tuple[str, ...], why: Exception) -> tuple[Part, ...]:
    db.session.rollback()  # PostgreSQL answers nothing more after an error
    _see_one_instant()
    text = " ".join(str(why).split())[:200]
    parts = tuple(Part(name) for name in names)
    for part in parts:
        part.tell(f"the {part.name} could not be compared to the end ({type(why).__name__}: {text}).")
    return parts


def _rows() -> Part:
    part = Part("rows")
    for sentence in unreadable():
        part.tell(sentence)
    return part


def _see_one_instant() -> None:
    """What others write meanwhile would look like a number without its letter. SQLite reads like this anyway."""
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
