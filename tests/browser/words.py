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
        found = {}
        for entry in read_po(file, locale="ja"):
            ids, texts = ((it,) if isinstance(it, str) else it for it in (entry.id, entry.string))
            found |= {str(msgid): str(texts[0]) for msgid in ids if msgid}  # Japanese has no plural
        return found
