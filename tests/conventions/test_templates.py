"""What templates and routes never do: an unescaped value, a form without a token, inline code, an unscoped query."""

from __future__ import annotations

import ast
import re

import pytest

from app.lifecycle import LIFECYCLES
from config import ROOT

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
PAGES = [path for path in TEMPLATES if "letters" not in path.parts]
NAME = lambda path: str(path.relative_to(ROOT))  # noqa: E731 (pytest's ids)


@pytest.mark.parametrize("path", TEMPLATES, ids=NAME)
def test_every_value_is_escaped(path):
    source = path.read_text()
    assert not re.search(r"\|\s*safe\b|autoescape\s+false|Markup\(", source)


def test_no_python_marks_text_as_safe():
    for path in (ROOT / "app").rglob("*.py"):
        assert not re.search(r"\bMarkup\(|render_template_string", path.read_text()), path


@pytest.mark.parametrize("path", PAGES, ids=NAME)
def test_every_form_that_posts_carries_its_token(path):
    source = path.read_text()
    for form in re.findall(r'<form\b[^>]*method="post"[^>]*>(.*?)</form>', source, re.DOTALL | re.IGNORECASE):
        assert re.search(r"csrf\(|csrf_token|hidden_tag\(\)", form), f"a form without a token: {form[:120]}"


@pytest.mark.parametrize("path", PAGES, ids=NAME)
def test_nothing_is_inline(path):
    source = path.read_text()
    assert not re.search(r"<style\b|\sstyle=|\son[a-z]+=\"|javascript:", source)
    assert not re.search(r"<script(?![^>]*\bsrc=)", source)


def test_routes_get_records_only_through_scoped_queries():
    found = []
    for path in (ROOT / "app").rglob("*.py"):
        if not (path.name.endswith("routes.py") or path.name == "routes.py"):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            name = (
                getattr(node.func, "attr", getattr(node.func, "id", "")) if isinstance(node, ast.Call) else ""
            )
            line = f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}: {name}"
            if name == "select":
                found.append(line)
            if name in ("get", "get_one", "scalars", "scalar", "execute", "query") and isinstance(
                node, ast.Call
            ):
                owner = ast.unparse(node.func)
                if owner.startswith("db.session."):
                    found.append(line)
    allowed = {"app/web/routes.py"}  # entries kept over a sign-in, found by a secret key
    found = [line for line in found if line.split(":")[0] not in allowed]
    assert not found, f"unscoped queries in routes: {found}"


def test_every_event_has_words_for_the_timeline():
    moves = {step.name for table in LIFECYCLES.values() for step in table.moves.values()}
    shown = {path.stem.removeprefix("_") for path in (ROOT / "templates" / "events").glob("_*.html")}
    recorded = set()
    for path in (ROOT / "app").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "record" and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    recorded.add(first.value)
    assert recorded - moves <= shown, f"events without a partial: {sorted(recorded - moves - shown)}"
