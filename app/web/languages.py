"""On a page in English, what is Japanese says so, so that a screen reader speaks it with a Japanese voice.

Names of bodies, titles, user text and letters stand on hundreds of places of the pages. Each place would have to be
marked by hand, and one would be forgotten: instead the whole page is read once before it is sent. A page in Japanese
is sent as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from flask import Flask, Response

from app.web.i18n import japanese

JAPANESE = r"[々〆〇ぁ-ゖァ-ヺー㐀-䶿一-鿿豈-﫿\U00020000-\U0003ffff]"
_JAPANESE = re.compile(JAPANESE)
_WORD = re.compile(r"\S+")
_LATIN = re.compile(r"[A-Za-z]")
_TOKEN = re.compile(
    r"(?P<comment><!--.*?-->|<!doctype[^>]*>)"
    r"|<(?P<close>/?)(?P<name>[a-zA-Z][\w:-]*)(?P<attributes>(?:\"[^\"]*\"|'[^']*'|[^>\"'])*)>"
    r"|(?P<text>[^<]+)|<",
    re.DOTALL | re.IGNORECASE,
)
_LANG = re.compile(r"\slang=[\"']?([\w-]*)")
_VALUE = re.compile(r"\svalue=\"([^\"]*)\"")
_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
# No element may stand in these: they carry the language themselves, also for a text of both.
_PLAIN = {"option", "textarea", "title", "text", "tspan", "desc"}
_SILENT = {"script", "style", "head"}


def init_app(app: Flask) -> None:
    @app.after_request
    def mark(response: Response) -> Response:
        if response.mimetype == "text/html" and not response.is_streamed and not japanese():
            response.set_data(marked(response.get_data(as_text=True)))
        return response


def marked(html: str) -> str:
    """The same page with lang="ja" around every text in Japanese that had no language of its own."""
    if not _JAPANESE.search(html):
        return html
    tokens = list(_TOKEN.finditer(html))
    out = [token[0] for token in tokens]
    open_elements: list[tuple[str, str, int]] = []  # name, language, place of its opening tag
    for place, token in enumerate(tokens):
        if token["name"]:
            _enter_or_leave(token, place, open_elements, out)
        elif token["text"] and open_elements and _JAPANESE.search(token["text"]):
            name, language, opened = open_elements[-1]
            if language == "ja" or any(above in _SILENT for above, _, _ in open_elements):
                continue
            alone = opened == place - 1 and _closes(tokens, place + 1, name)
            if name in _PLAIN or (alone and list(_runs(token["text"])) == [_trimmed(token["text"])]):
                out[opened] = _with_language(out[opened])
                open_elements[-1] = (name, "ja", opened)
            else:
                out[place] = _wrapped(token["text"])
    return "".join(out)


def _enter_or_leave(
    token: re.Match[str], place: int, open_elements: list[tuple[str, str, int]], out: list[str]
) -> None:
    name = token["name"].lower()
    if token["close"]:
        for depth in range(len(open_elements) - 1, -1, -1):
            if open_elements[depth][0] == name:
                del open_elements[depth:]
                break
        return
    declared = _LANG.search(token["attributes"])
    if name == "input" and not declared and any(map(_JAPANESE.search, _VALUE.findall(token["attributes"]))):
        out[place] = _with_language(out[place])
    if name not in _VOID and not token["attributes"].endswith("/"):
        above = open_elements[-1][1] if open_elements else ""
        open_elements.append((name, declared[1] if declared else above, place))


def _closes(tokens: list[re.Match[str]], place: int, name: str) -> bool:
    following = tokens[place] if place < len(tokens) else None
    return bool(following and following["close"] and following["name"].lower() == name)


def _with_language(tag: str) -> str:
    end = re.match(r"<[^\s>/]+", tag)
    return f'{end[0]} lang="ja"{tag[end.end() :]}' if end else tag


def _wrapped(text: str) -> str:
    """The Japanese of a text in elements of its own. The outer one keeps the text one piece where boxes are laid out."""
    out, last, runs = [], 0, list(_runs(text))
    for start, end in runs:
        out += [text[last:start], f'<span lang="ja">{text[start:end]}</span>']
        last = end
    whole = "".join([*out, text[last:]])
    if runs == [_trimmed(text)]:
        return whole
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    return f"{before}<span>{whole.strip()}</span>{after}"


def _runs(text: str) -> Iterator[tuple[int, int]]:
    """The whole text, or where words in Latin letters stand in it: the words that hold Japanese between those."""
    words = list(_WORD.finditer(text))
    if not any(_LATIN.search(word[0]) and not _JAPANESE.search(word[0]) for word in words):
        yield _trimmed(text)
        return
    start = end = -1
    for word in words:
        if _JAPANESE.search(word[0]):
            start, end = (word.start() if start < 0 else start), word.end()
        elif _LATIN.search(word[0]) and start >= 0:
            yield start, end
            start = -1
    if start >= 0:
        yield start, end


def _trimmed(text: str) -> tuple[int, int]:
    return len(text) - len(text.lstrip()), len(text.rstrip())
