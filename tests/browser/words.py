"""What the screens say in Japanese, by the English of the sources: a reworded button breaks no journey."""

from __future__ import annotations

from functools import cache

from babel.messages.pofile import read_po

from app.web.i18n import CATALOGUE


def said(msgid: str, **values: object) -> str:
    """The Japanese of a message. Raises KeyError for one that the catalogue does not know."""
    return _japanese()[msgid] % values if values else _japanese()[msgid]


@cache
def _japanese() -> dict[str, str]:
    with CATALOGUE.open("rb") as file:
        return {str(entry.id): str(entry.string) for entry in read_po(file, locale="ja") if entry.id}
