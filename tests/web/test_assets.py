"""One style sheet and one script for all pages: asked for once, kept for good, and asked of nobody."""

from __future__ import annotations

import gzip
import hashlib
import os
import re

import pytest
from flask import url_for
from sqlalchemy import event

from app.db import db
from app.web import assets
from config import ROOT

FOR_GOOD = "public, max-age=31536000, immutable"
KINDS = ("css", "js")


def addresses_on(client, path: str) -> list[str]:
    """Of the style sheets and scripts that the page at `path` names."""
    page = client.get(path).get_data(as_text=True)
    return re.findall(r'<link rel="stylesheet"[^>]*href="([^"]+)"|<script[^>]*src="([^"]+)"', page)


def address(app, kind: str) -> str:
    with app.test_request_context():
        return assets.address(kind)


@pytest.mark.parametrize("path", ["/sign-in", "/no-such-page", "/register"])
def test_a_page_names_one_style_sheet_and_one_script(app, client, path):
    assert addresses_on(client, path) == [(address(app, "css"), ""), ("", address(app, "js"))]


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_asked_for_once_is_never_asked_for_again(plain_app, kind):
    answer = plain_app.test_client().get(address(plain_app, kind))
    assert answer.status_code == 200 and answer.mimetype == assets.MEDIA_TYPES[kind]
    assert answer.headers["Cache-Control"] == FOR_GOOD
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_packed_for_whoever_can_unpack_it(plain_app, kind):
    client = plain_app.test_client()
    plain = client.get(address(plain_app, kind), headers={"Accept-Encoding": "br, gzip;q=0"})
    packed = client.get(address(plain_app, kind), headers={"Accept-Encoding": "gzip, deflate, br"})
    assert "Content-Encoding" not in plain.headers and packed.headers["Content-Encoding"] == "gzip"
    assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding"
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < len(plain.data) / 2
    assert plain.headers["ETag"] != packed.headers["ETag"]


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_who_has_it_is_told_so(plain_app, encoding):
    client, headers = plain_app.test_client(), {"Accept-Encoding": encoding}
    has = client.get(address(plain_app, "css"), headers=headers).headers["ETag"]
    answer = client.get(address(plain_app, "css"), headers={**headers, "If-None-Match": has})
    assert (answer.status_code, answer.data, answer.headers["Cache-Control"]) == (304, b"", FOR_GOOD)


@pytest.mark.parametrize("kind", KINDS)
def test_the_address_of_an_earlier_version_leads_to_the_present_one(plain_app, kind):
    answer = plain_app.test_client().get(f"/assets/0123456789abcdef.{kind}")
    assert (answer.status_code, answer.headers["Location"]) == (302, address(plain_app, kind))
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("file", ["0123456789abcdef", "0.png", "..%2Fcss", "0.css.js"])
def test_there_are_no_other_assets(plain_app, file):
    assert plain_app.test_client().get(f"/assets/{file}").status_code == 404


def test_neither_database_nor_session_is_asked(app, sign_in_as):
    client, _tenure = sign_in_as("officer")
    asked: list[str] = []
    client.get("/")
    event.listen(db.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    answers = [client.get(it) for it in (address(app, "css"), address(app, "js"), "/assets/0.css")]
    assert [it.status_code for it in answers] == [200, 200, 302]
    assert not asked
    assert not any("Set-Cookie" in it.headers or "Cookie" in it.vary for it in answers)


def test_pictures_are_asked_for_once_too_and_those_of_the_style_sheet_are_there(plain_app):
    client = plain_app.test_client()
    sheet = client.get(address(plain_app, "css")).get_data(as_text=True)
    named = re.findall(r"url\((.*?)\)", sheet)
    assert named and all(re.fullmatch(r'"\.\./static/img/[\w.]+\?v=[0-9a-f]{16}"', it) for it in named)
    with plain_app.test_request_context():
        brand = url_for("static", filename="img/banso.svg")
    for picture in (brand, *(it.strip('"').removeprefix("..") for it in named)):
        with client.get(picture) as answer:
            assert (answer.status_code, answer.headers["Cache-Control"]) == (200, FOR_GOOD), picture
        with client.get(re.sub("v=.*", "v=0123456789abcdef", picture)) as of_another_version:
            assert of_another_version.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("file", ["..%2Fconfig.py", "../config.py", "img/none.svg"])
def test_nobody_learns_by_an_address_what_another_file_holds(plain_app, file):
    digest = hashlib.sha256((ROOT / "config.py").read_bytes()).hexdigest()[:16]
    for v in (digest, ""):
        with plain_app.test_client().get(f"/static/{file}?v={v}") as answer:
            assert answer.status_code == 404 and "Cache-Control" not in answer.headers


def test_paper_has_the_last_word_and_only_on_paper(plain_app):
    sheet = plain_app.test_client().get(address(plain_app, "css")).get_data(as_text=True)
    screen, _mark, paper = sheet.partition("@media print {\n")
    assert "size: A4 landscape" in paper and "size: A4" not in screen
    assert paper.count("{") + 1 == paper.count("}") and screen.count("{") == screen.count("}")


def test_files_are_looked_at_again_in_development_alone(plain_app, tmp_path, monkeypatch):
    """A file that has changed changes the address: nothing of a former one is shown."""
    folder = tmp_path / "static"
    for file in assets.STATIC.rglob("*.*"):
        copy = folder / file.relative_to(assets.STATIC)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(file.read_bytes())
    monkeypatch.setattr(assets, "STATIC", folder)

    def found() -> list[str]:
        with plain_app.test_request_context():
            return [assets.address(kind) for kind in KINDS]

    def change(name: str, mark: int) -> None:
        (folder / name).write_text((folder / name).read_text() + "\n")
        os.utime(folder / name, ns=(mark, mark))

    later = max(file.stat().st_mtime_ns for file in folder.rglob("*")) + 10**9
    before = found()
    change("css/base.css", later)
    assert found() == before
    plain_app.config["ENV"] = "development"
    changed = found()
    assert changed[0] != before[0] and changed[1] == before[1]
    change("js/guard.js", later + 10**9)
    assert found()[0] == changed[0] and found()[1] != before[1]
