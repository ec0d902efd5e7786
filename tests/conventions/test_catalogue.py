"""The Japanese catalogue has every message of the sources, none empty, none fuzzy, with the same placeholders."""

from __future__ import annotations

import re

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from app.web.i18n import CATALOGUE
from config import ROOT


def test_the_catalogue_is_complete():
    with CATALOGUE.open("rb") as file:
        catalogue = {_first(entry.id): entry for entry in read_po(file, locale="ja") if entry.id}
    wanted = _messages()
    assert not wanted - catalogue.keys(), f"not in the catalogue: {sorted(wanted - catalogue.keys())[:20]}"
    empty = [entry.id for entry in catalogue.values() if not _first(entry.string)]
    assert not empty, f"not translated: {empty[:20]}"
    fuzzy = [entry.id for entry in catalogue.values() if entry.fuzzy]
    assert not fuzzy, f"fuzzy: {fuzzy[:20]}"
    for entry in catalogue.values():
        names = lambda text: set(re.findall(r"%\((\w+)\)", _first(text)))
        assert names(entry.string) <= names(entry.id), (
            f"{entry.id!r} gives other values than {entry.string!r} takes"
        )


def _messages() -> set[str]:
    methods = [
        ("app/**.py", "python"),
        ("templates/letters/**", "ignore"),
        ("templates/mail/**", "ignore"),
        ("templates/**.html", "jinja2"),
    ]
    keywords = {"_": None, "N_": None, "_l": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}
    options = {"templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true"}}
    found = extract_from_dir(
        ROOT, method_map=methods, options_map=options, keywords=keywords, directory_filter=_ours
    )
    return {_first(message) for _file, _line, message, _comments, _context in found}


def _first(text: str | tuple[str, ...]) -> str:
    """Of a message with a plural the singular; Japanese has the one form."""
    return text if isinstance(text, str) else text[0]


def _ours(folder: str) -> bool:
    return not re.search(r"/(\.[^/]*|var|tests|docs|node_modules)$", str(folder))
