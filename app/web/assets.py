"""What pages are shown with: one style sheet and one script, put together from small files, and pictures.

The address of each changes with what is in it: a browser asks for it once, and from then on for pages alone (ADR 29).
"""

from __future__ import annotations

import gzip
import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import Flask, Response, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.memory import lasting
from config import ROOT

STATIC = ROOT / "static"
# Their order is the cascade: of two rules alike, the later one wins. Last comes print.css, for paper alone.
SHEETS = (
    "tokens", "base", "layout", "navigation", "content", "forms", "buttons", "ways", "notices", "case", "cards",
    "figures", "tables", "lists", "timeline", "charts", "bars", "public", "desk", "letters", "returning", "editing", "review", "contrast",
)  # fmt: skip
MEDIA_TYPES = {"css": "text/css", "js": "text/javascript"}
FOR_GOOD = "public, max-age=31536000, immutable"
_BESIDE = re.compile(r'url\("\.\./([^"]+)"\)')
_PART = re.compile(r"^export default (?=function (\w+))", re.MULTILINE)


@dataclass(frozen=True)
class Asset:
    digest: str
    body: bytes
    packed: bytes  # by gzip


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(asset=address, picture=picture)
    app.url_defaults(_name_the_content)
    app.after_request(_let_last)


def address(kind: str) -> str:
    """Of the style sheet (css) or the script (js)."""
    at = _changed_at()
    return lasting(
        ("asset", kind, request.script_root, at),
        lambda: url_for("web.asset", file=f"{_asset(kind, at).digest}.{kind}"),
    )


def picture(filename: str) -> str:
    """The address of a picture that each page has."""
    return lasting(
        ("picture", filename, request.script_root, _changed_at()),
        lambda: url_for("static", filename=filename),
    )


def answer(digest: str, kind: str) -> ResponseReturnValue:
    """From another address than the present one it leads there: a page that was loaded before an update still asks."""
    asset = _asset(kind, _changed_at())
    if digest != asset.digest:
        return redirect(address(kind)), {"Cache-Control": "no-store"}
    packed = request.accept_encodings["gzip"] > 0
    response = Response(asset.packed if packed else asset.body, mimetype=MEDIA_TYPES[kind])
    response.headers.update({"Cache-Control": FOR_GOOD, "Vary": "Accept-Encoding"})
    if packed:
        response.content_encoding = "gzip"
    response.set_etag(f"{digest}-gzip" if packed else digest)
    return response.make_conditional(request)


def _changed_at() -> int:
    """In development: when any of the files was changed last. Elsewhere none is while a process lives."""
    if current_app.config["ENV"] != "development":
        return 0
    return max(file.stat().st_mtime_ns for file in STATIC.rglob("*"))


@lru_cache(maxsize=4)
def _asset(kind: str, changed_at: int) -> Asset:
    text = _sheet(changed_at) if kind == "css" else _script()
    body = text.encode()
    return Asset(_digest(body), body, gzip.compress(body, mtime=0))


def _sheet(changed_at: int) -> str:
    def name_the_content(found: re.Match[str]) -> str:
        return f'url("../static/{found[1]}?v={_fingerprint(found[1], changed_at)}")'

    screen = "\n".join(_source(f"css/{name}.css") for name in SHEETS)
    print_ = _source("css/print.css")
    return _BESIDE.sub(name_the_content, f"{screen}\n@media print {{\n{print_}}}\n")


def _script() -> str:
    """Each part in a scope of its own, as modules are; main.js, which applies them, is the last."""
    lines = ["const parts = {};"]
    for file in sorted((STATIC / "js").glob("*.js")):
        if file.stem != "main":
            source = _source(f"js/{file.name}")
            [name] = _PART.findall(source)
            lines.append(f"parts.{file.stem} = (() => {{\n{_PART.sub('', source)}return {name};\n}})();")
    return "\n".join([*lines, _source("js/main.js")])


def _source(name: str) -> str:
    return (STATIC / name).read_text(encoding="utf-8")


def _name_the_content(endpoint: str, values: dict[str, Any]) -> None:
    """A changed picture gets another address."""
    if endpoint == "static" and "v" not in values and (v := _fingerprint(values["filename"], _changed_at())):
        values["v"] = v


def _let_last(response: Response) -> Response:
    """What is asked for by its content will never be another. Only a file that was found is looked at for it."""
    found = request.endpoint == "static" and response.status_code in (200, 304) and request.view_args
    if found and request.args.get("v") == _fingerprint(found["filename"], _changed_at()):
        response.headers["Cache-Control"] = FOR_GOOD
    return response


@lru_cache(maxsize=100)
def _fingerprint(filename: str, changed_at: int) -> str:
    file = STATIC / filename
    return _digest(file.read_bytes()) if file.is_file() else ""


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
