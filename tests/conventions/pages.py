"""What every page must be, whoever asks for it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import html5lib

from app.web.languages import JAPANESE
from tests.once import Once

_PLURAL_OF_ONE = re.compile(
    r"(?<![\w.,–-])1 (days|years|months|hours|projects|members|characters|times|files|letters)\b"
)


def check_page(html: str, path: str) -> None:
    """Strict HTML5, a language, a title, one h1, no duplicate id, labels that point somewhere. Raises AssertionError."""
    # Reading a page takes longer than making it, and many differ in nothing that is looked at here.
    _well(_shape(without_tokens(html)), lambda: _check(html, path))


_well = Once("well-formed")

# A character that is the same to a parser as any other: no mark, no white space, none that a page must not have.
_ONE = r"(?:[^<>&\s\x00-\x1f\x7f-\x9f]|&(?:amp|lt|gt|quot|#34|#39);)"
_WORDS = re.compile(rf">\s*{_ONE}(?:{_ONE}|[ \n])*<")
_VALUES = re.compile(
    r' (href|action|src|class|name|value|content|title|placeholder|datetime|aria-label|data-[a-z-]+)="'
    rf'(?!")(?:(?!"){_ONE}|[ \n])+"'
)


def _shape(html: str) -> str:
    """A page without the texts and values in which nothing can be wrong; in English the words are looked at too."""
    html = _VALUES.sub(r' \1="x"', html)
    return _WORDS.sub(">x<", html) if '<html lang="ja"' in html else html


def without_tokens(page: str) -> str:
    """A page without what is new at every request."""
    return re.sub(r'(csrf[_-]token"[^>]*(?:value|content)=")[^"]*', r"\1", page)


def _check(html: str, path: str) -> None:
    parser = html5lib.HTMLParser(
        strict=False, tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False
    )
    tree = parser.parse(html)
    if parser.errors:
        (line, _column), code, detail = parser.errors[0]
        near = html.splitlines()[line - 1].strip()[:200] if line <= len(html.splitlines()) else ""
        raise AssertionError(f"{path}: not strict HTML5: {code} {detail} at line {line}: {near}")
    assert tree.get("lang") in ("ja", "en"), f"{path}: no language"
    if tree.get("lang") == "en":
        _check_english(tree, path)
    titles = [element for element in tree.iter("title") if (element.text or "").strip()]
    assert titles, f"{path}: no title"
    headings = list(tree.iter("h1"))
    assert len(headings) == 1, f"{path}: {len(headings)} h1"
    ids = Counter(element.get("id") for element in tree.iter() if element.get("id"))
    twice = [name for name, count in ids.items() if count > 1]
    assert not twice, f"{path}: duplicate ids {twice}"
    for element in tree.iter():
        for attribute in ("for", "aria-describedby", "aria-labelledby", "aria-controls"):
            for target in (element.get(attribute) or "").split():
                assert target in ids, f"{path}: {attribute}={target!r} points nowhere"
        assert not element.get("style"), f"{path}: inline style on <{element.tag}>"
        handlers = [name for name in element.keys() if name.startswith("on")]  # noqa: SIM118 (not a mapping)
        assert not handlers, f"{path}: inline script {handlers} on <{element.tag}>"


def _check_english(tree: Any, path: str) -> None:
    """What is Japanese says so, and one day is not “1 days”."""
    for text, language in _texts(tree, ""):
        assert language == "ja" or not re.search(JAPANESE, text), (
            f"{path}: Japanese without lang=ja: {text!r}"
        )
        assert not _PLURAL_OF_ONE.search(text), f"{path}: a plural of one: {text!r}"


def _texts(element: Any, language: str) -> Iterator[tuple[str, str]]:
    """Every text of a tree with its language; a page's title cannot hold elements, and is left out."""
    language = element.get("lang") or language
    if element.text and element.tag not in ("head", "script"):
        yield element.text, language
    for child in element if element.tag != "head" else ():
        if isinstance(child.tag, str):
            yield from _texts(child, language)
        if child.tail:
            yield child.tail, language


def main_of(client: Any, address: str) -> str:
    """What the page at `address` shows between masthead and foot. Raises AssertionError when it is not there."""
    answer = client.get(address)
    assert answer.status_code == 200, f"{address}: {answer.status}"
    return answer.get_data(as_text=True).split("<main")[1].split("<footer")[0]
