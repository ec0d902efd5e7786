"""The whole proof, part by part."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from app.db import db, reading
from app.head import Kept
from app.proof import answers, applications, chain, letters, mails
from app.proof.files import files
from app.proof.guarding import guards
from app.proof.parts import Part


def verify(*, told: Iterable[Kept] = (), kept: bool = True, with_files: bool = True) -> Iterator[Part]:
    """Each part once it is done. Reads only, in bounded memory, and holds up nobody who writes."""
    heads = chain.known_heads(told=told, kept=kept)
    with reading():
        db.session.rollback()
        try:
            _see_one_instant()
            yield guards()
            yield from chain.walk(heads)
            yield letters.letters()
            yield letters.numbers()
            yield applications.submissions()
            yield answers.frozen_answers()
            yield applications.outcomes()
            yield mails.mails()
            if with_files:
                yield files()
        finally:
            db.session.rollback()


def _see_one_instant() -> None:
    """What others write meanwhile would look like a number without its letter. SQLite reads like this anyway."""
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
