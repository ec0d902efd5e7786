"""What templates and routes never do: an unescaped value, a form without a token, inline code, an unscoped query."""

from __future__ import annotations

import ast
import re

import pytest

from app.lifecycle import LIFECYCLES
from config import ROOT
from tests.sources import nodes_of

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
PAGES = [path for path in TEMPLATES if "letters" not in path.parts]
ASKING = ("get", "get_one", "scalars", "scalar", "execute", "query")
NAME = lambda path: str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", TEMPLATES, ids=NAME)
def test_every_value_is_escaped(path):
    source = path.read_text()
    assert not re.search(r"\|\s*safe\b|autoescape\s+false|Markup\(", source)


# They make the cells of lists, of parts that they escape: tests/web/test_shown.py.
MAKES_MARKUP = {ROOT / "app/web/shown.py", ROOT / "app/web/columns.py"}


def test_no_python_marks_text_as_safe():
    for path in set((ROOT / "app").rglob("*.py")) - MAKES_MARKUP:
        source = path.read_text()
        assert "render_template_string" not in source, path
        # A literal may be markup, and what is put together of literals and escaped values; nothing else computed may.
        for node in nodes_of(source):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "id", "") in ("Markup", "markup")
                and node.args
            ):
                assert _is_literal_or_escaped(node.args[0]), f"{path}:{node.lineno}"


JOINED = "str.join(escaped(between), map(escaped, parts))"
MADE_BEFORE = ("opening", "end")  # markup for all the cells of a column: app/web/columns.py


def _is_literal_or_escaped(node: ast.expr) -> bool:
    if isinstance(node, ast.JoinedStr):
        return all(map(_is_literal_or_escaped, node.values))
    if isinstance(node, ast.FormattedValue):
        is_number = node.format_spec is not None and ast.unparse(node.format_spec) == "f'd'"
        called = getattr(node.value, "func", None)
        return is_number or getattr(called or node.value, "id", "") in ("escape", "escaped", *MADE_BEFORE)
    return isinstance(node, ast.Constant) or ast.unparse(node) == JOINED


@pytest.mark.parametrize("path", PAGES, ids=NAME)
def test_every_form_that_posts_carries_its_token(path):
    source = path.read_text()
    for form in re.findall(r'<form\b[^>]*method="post"[^>]*>(.*?)</form>', source, re.DOTALL | re.IGNORECASE):
        assert re.search(r"csrf|hidden_tag\(\)", form), f"a form without a token: {form[:120]}"


@pytest.mark.parametrize("path", PAGES, ids=NAME)
def test_nothing_is_inline(path):
    source = path.read_text()
    assert not re.search(r"<style\b|\sstyle=|\son[a-z]+=\"|javascript:", source)
    assert not re.search(r"<script(?![^>]*\bsrc=)", source)


def test_routes_get_records_only_through_scoped_queries():
    """`fetch`, `Listing`, or a query that begins with `within_reach(Model, actor())`; never a bare select."""
    found = []
    for path in (ROOT / "app").rglob("*routes.py"):
        for node in nodes_of(path.read_text()):
            if not isinstance(node, ast.Call):
                continue
            called = ast.unparse(node.func)
            asks = called.startswith("db.session.") and called.split(".")[-1] in ASKING
            scoped = "within_reach(" in ast.unparse(node)
            if (asks and not scoped) or called in ("select", "db.select"):
                found.append(f"{path.relative_to(ROOT)}:{node.lineno}: {called}")
    # Entries kept over a sign-in are found by the random key in the person's own session.
    found = [line for line in found if not line.startswith("app/web/routes.py")]
    assert not found, f"unscoped queries in routes: {found}"


def test_every_event_has_words_for_the_timeline():
    moves = {step.event for table in LIFECYCLES.values() for step in table.moves.values()}
    shown = {path.stem.removeprefix("_") for path in (ROOT / "templates" / "events").glob("_*.html")}
    recorded = set()
    for path in (ROOT / "app").rglob("*.py"):
        for node in nodes_of(path.read_text()):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "record" and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    recorded.add(first.value)
    assert recorded - moves <= shown, f"events without a partial: {sorted(recorded - moves - shown)}"
