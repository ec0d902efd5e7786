"""How much anybody can send, and how much comes back: from the URL map and from the source, not a list."""

from __future__ import annotations

import ast
import io
import re
import unicodedata
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from wtforms import FieldList, FileField
from wtforms import Form as PlainForm

from app import widths
from app.folding import fold
from app.organisations import sign_in
from app.permissions import PUBLIC
from app.questions import files
from app.questions.kinds.long_text import TIMES
from app.web import bodies
from app.web.access import declared_permission
from app.web.forms import LONGEST_FACT, LONGEST_LINE, AtMost, half_width
from app.web.labels import _with_descendants
from config import ROOT
from tests.conventions.hostile import World, _Form
from tests.sources import nodes_of

LONGEST_ANSWER = 20_000  # characters that a question can ask for: QuestionForm
LIGATURE = "\ufdfa"  # one character, three bytes; eighteen characters in its plain form
A_PAGE = 60_000  # bytes that a page has with little on it
MULTIPLE = 8  # of what was sent, that may come back


@pytest.fixture
def normalised(monkeypatch) -> list[int]:
    """The lengths of what was brought into its plain form."""
    lengths: list[int] = []

    class Counting:
        @staticmethod
        def normalize(form: str, text: str) -> str:
            lengths.append(len(text))
            return unicodedata.normalize(form, text)

        category = staticmethod(unicodedata.category)

    for module in (widths, files):
        monkeypatch.setattr(module, "unicodedata", Counting)
    return lengths


def public_addresses(app: Flask, at) -> list[str]:
    world = World(at)
    rules = [it for it in app.url_map.iter_rules() if declared_permission(app, it.endpoint) == PUBLIC]
    return [
        address
        for rule in rules
        if "POST" in (rule.methods or ())
        for address in dict.fromkeys(world.addresses(app, rule))
        if len(address) < 1000
    ]


def test_a_public_page_answers_a_body_at_its_limit_with_a_small_multiple(app, client, at, normalised):
    asked = 0
    for address in public_addresses(app, at):
        form = _Form()
        form.feed(client.get(address).get_data(as_text=True))
        for names in ([name] for name in form.filled or ("email", "note")):
            room = bodies.ANONYMOUS - sum(
                len(quote(f"{name}={value}&")) for name, value in form.filled.items()
            )
            body = "&".join(
                f"{name}={LIGATURE * ((room - 100) // 3) if name in names else quote(value)}"
                for name, value in {**dict.fromkeys(names, ""), **form.filled}.items()
            ).encode()
            del normalised[:]
            answer = client.post(address, data=body, content_type="application/x-www-form-urlencoded")
            asked += 1
            assert answer.status_code != 413, f"{address}: {len(body)}"
            assert len(answer.data) < MULTIPLE * len(body) + A_PAGE, f"{address} {names}: {len(answer.data)}"
            assert sum(normalised) < 2 * widths.LONGEST, f"{address} {names}: {sum(normalised)} normalised"
    assert asked > 8


def test_a_body_beyond_the_limit_of_a_public_page_is_refused_in_words_and_small(app, client, at):
    for address in public_addresses(app, at):
        answer = client.post(address, data={"email": LIGATURE * bodies.ANONYMOUS, "password": "x"})
        assert answer.status_code == 413, address
        assert "文章が長すぎます" in answer.get_data(as_text=True)
        assert len(answer.data) < A_PAGE


def test_a_sign_in_of_two_million_ligatures_is_neither_folded_nor_sent_back(client, normalised):
    answer = client.post("/sign-in", data={"email": LIGATURE * 2_700_000, "password": "x" * 20})
    assert (answer.status_code, sum(normalised)) == (413, 0)
    assert len(answer.data) < A_PAGE


def test_a_body_that_no_form_would_read_is_refused_by_its_declared_length(client):
    for path in ("/healthz", "/static/css/base.css", "/register", "/no-such-page"):
        assert client.get(path, data=b"x" * (bodies.ANONYMOUS + 1)).status_code == 413, path


def test_the_plain_form_is_asked_for_of_no_more_than_may_be_there(app, normalised):
    with pytest.raises(widths.TooLong):
        widths.plain(LIGATURE * (widths.LONGEST + 1))
    assert sign_in.normal_address("Ａ" * sign_in.LONGEST_ADDRESS) == "a" * sign_in.LONGEST_ADDRESS
    assert sign_in.normal_address("Ａ" * (sign_in.LONGEST_ADDRESS + 1)) == "", "it is nobody's"
    assert fold(LIGATURE * (widths.LONGEST + 1)) == fold(LIGATURE * widths.LONGEST), "what is searched for"
    with app.test_request_context(), pytest.raises(ValueError, match="300"):
        half_width("Ａ" * (LONGEST_FACT + 1))
    files.clean_name("か\u3099" * 5000 + ".pdf")
    assert normalised == [
        sign_in.LONGEST_ADDRESS,
        widths.LONGEST,
        widths.LONGEST,
        files.LONGEST_SENT,
    ]


def test_an_entry_of_one_line_is_shown_again_no_longer_than_one_may_be(client):
    sent = {"email": "長" * 5000, "password": "x"}
    page = client.post("/sign-in", data=sent).get_data(as_text=True)
    assert max(map(len, re.findall("長{9,}", page))) == LONGEST_LINE
    assert "（5,000字）" in page and "先頭の2,000字" in page


def test_a_form_of_ever_so_many_entries_is_refused_before_they_are_told_apart(app, client, at):
    app.config["WTF_CSRF_ENABLED"] = True
    many = "&".join(["a=bc"] * 12_000).encode()
    for address in public_addresses(app, at):
        answer = client.post(address, data=many, content_type="application/x-www-form-urlencoded")
        assert answer.status_code == 413 and len(answer.data) < A_PAGE, address
    answer = client.post(
        "/calls/new",
        data=many,
        content_type="application/x-www-form-urlencoded",
        headers={"Origin": "http://localhost"},
    )
    assert answer.status_code == 413


def test_parameters_of_an_address_are_counted_and_none_is_repeated_beyond_measure(client):
    for path in ("/register", "/calls", "/sign-in", "/no-such-page", "/register.json"):
        many = "&".join(["q"] * 1001)  # short enough, and too many
        for query in (many, "&".join(["q=1"] * 100_000), "q=" + LIGATURE * 5000, "x=" + "x" * 20_000):
            answer = client.get(f"{path}?{quote(query, safe='=&')}")
            assert answer.status_code == 414 and len(answer.data) < A_PAGE, path
    for name in ("q", "sort", "page", "on", "state", "next", "list", "format", "kind"):
        value = quote(LIGATURE * 1700)
        for path in ("/register", "/calls", "/sign-in"):
            answer = client.get(f"{path}?{name}={value}", follow_redirects=False)
            assert len(answer.data) < MULTIPLE * len(value) + A_PAGE, f"{path} {name}: {len(answer.data)}"


def test_every_form_with_a_file_is_taken_by_a_route_that_says_so(app):
    """Forms with a file field stand in modules whose routes of them declare it; no other route has a large limit."""
    with_files = {
        form.__name__
        for form in _with_descendants(PlainForm)
        if form.__module__.startswith("app.")
        and any(issubclass(getattr(getattr(form, name), "field_class", int), FileField) for name in dir(form))
    } - {"SampleForm"}
    assert with_files
    with_files.add("section_page")  # a section of a form may ask for files
    declared = {name for name, view in app.view_functions.items() if getattr(view, "takes_files", False)}
    reading = {
        (path, node.name)
        for path in (ROOT / "app").rglob("*.py")
        for node in nodes_of(path.read_text())
        if isinstance(node, ast.FunctionDef)
        and ({it.id for it in ast.walk(node) if isinstance(it, ast.Name)} & with_files or _reads_files(node))
        and "web" not in path.parts
    }
    assert {name for _path, name in reading} == {name.partition(".")[2] for name in declared}


def _reads_files(node: ast.FunctionDef) -> bool:
    return any(
        isinstance(it, ast.Attribute) and it.attr == "files" and _is_request(it) for it in ast.walk(node)
    )


def _is_request(attribute: ast.Attribute) -> bool:
    return isinstance(attribute.value, ast.Name) and attribute.value.id == "request"


def test_a_route_that_takes_no_file_has_the_small_limit_whoever_asks(app, sign_in_as):
    client, _ = sign_in_as("officer")
    with client:
        client.get("/")
        for rule in app.url_map.iter_rules():
            limit = bodies.body_limit(rule.endpoint)
            public = declared_permission(app, rule.endpoint) == PUBLIC
            assert limit == (bodies.ANONYMOUS if public else bodies.SIGNED_IN), rule.endpoint


def test_a_large_body_reaches_a_route_for_files_as_a_file_and_from_somebody_known_alone(app, sign_in_as):
    path = "/applications/1/attachments"
    large: dict[str, Any] = {"method": "POST", "data": {"x": "x" * 2_000_000}}
    file: dict[str, Any] = {"method": "POST", "content_type": "multipart/form-data"}
    with app.test_client().open(
        path, data={"file": (io.BytesIO(b"x" * 2_000_000), "x.pdf")}, **file
    ) as answer:
        assert answer.status_code == 413, "not even as a file, from nobody known"
    client, _ = sign_in_as("municipality_editor")
    with client.open(path, content_type="application/x-www-form-urlencoded", **large) as answer:
        assert answer.status_code == 413
    with client.open(path, data={"file": (io.BytesIO(b"x" * 2_000_000), "x.pdf")}, **file) as answer:
        assert answer.status_code == 404  # not for its size: there is no such application


def test_only_one_place_asks_for_the_plain_form_of_a_text():
    asking = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "app").rglob("*.py")
        for node in nodes_of(path.read_text())
        if isinstance(node, ast.Constant) and node.value in ("NFKC", "NFKD")
    }
    assert asking == {"app/widths.py"}


def test_every_form_filled_to_its_limits_fits_into_what_its_route_takes(app):
    """Four bytes a character, each written as %XX; rows as many as there may be."""
    at_worst = 12
    with app.test_request_context():
        sizes = {
            f"{form.__module__}.{form.__name__}": at_worst * _most_characters(form)
            for form in _with_descendants(PlainForm)
            if form.__module__.startswith("app.") and form.__name__ not in ("FlaskForm", "Form", "Row")
        }
    sizes.pop("app.correspondence.forms.ReplacementForm")  # thirty items to the full are 300 pages: no letter
    assert sizes["app.councils.forms.AnswerForm"] < bodies.ANONYMOUS
    assert max(sizes.values()) > bodies.SIGNED_IN / 2  # it is not larger than it needs to be
    assert max(sizes.values()) < bodies.SIGNED_IN
    assert at_worst * TIMES * LONGEST_ANSWER < bodies.SIGNED_IN


def _most_characters(form: Any) -> int:
    found = 0
    for name in dir(form):
        field = getattr(form, name)
        kind = getattr(field, "field_class", None)
        if kind is FieldList:
            found += field.kwargs["max_entries"] * _most_characters(field.args[0].args[0])
        elif kind is not None:
            rules = field.args[1] if len(field.args) > 1 else field.kwargs.get("validators", ())
            found += len(name) + 30 + sum(rule.max for rule in rules if isinstance(rule, AtMost))
    return found
