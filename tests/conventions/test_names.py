"""Four short words name one thing each, as docs/glossary.md says: whoever reads `told` need not ask which one."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from config import ROOT
from tests.sources import nodes_of

# The files that may give something this name. A module may bear it: `kept` and `strip` do.
OWNERS = {
    "told": ("app/lifecycle/table.py", "app/web/i18n.py", "templates/events/"),
    "said": (
        "app/applications/models.py",
        "app/applications/checking_routes.py",
        "app/applications/submission_routes.py",
        "templates/applications/",
    ),
    "kept": ("app/web/kept.py", "app/web/errors.py", "templates/errors/"),
    "strip": (),
}
TEMPLATES = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols"])


def names_in_python(source: str) -> Iterator[tuple[str | None, int]]:
    """Every name that is given: to a variable, an attribute, a function, a class, a parameter, an import."""
    for node in nodes_of(source):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield name, node.lineno
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.ExceptHandler(name=name):
                yield name, node.lineno
            case ast.arg(arg=name) | ast.keyword(arg=name) | ast.alias(asname=name):
                yield name, node.lineno
            case ast.MatchAs(name=name) | ast.MatchStar(name=name) | ast.MatchMapping(rest=name):
                yield name, node.lineno


def names_in_template(source: str) -> Iterator[tuple[str | None, int]]:
    """Every name that is given or asked for: a template gets most of them from its route or its mail."""
    for node in TEMPLATES.parse(source).find_all(nodes.Node):
        match node:
            case nodes.Name(name=name) | nodes.Macro(name=name):
                yield name, node.lineno
            case nodes.Keyword(key=name) | nodes.Import(target=name):
                yield name, node.lineno
            case nodes.FromImport(names=names):
                yield from ((it[-1] if isinstance(it, tuple) else it, node.lineno) for it in names)


@cache
def uses() -> list[tuple[str, str, int]]:
    """(word, file, line) of each of the four words that something is named by."""
    python = [(path, names_in_python) for path in sorted((ROOT / "app").rglob("*.py"))]
    texts = [path for path in sorted((ROOT / "templates").rglob("*")) if path.suffix in (".html", ".txt")]
    return [
        (name, path.relative_to(ROOT).as_posix(), line)
        for path, names in [*python, *((path, names_in_template) for path in texts)]
        for name, line in names(path.read_text())
        if name in OWNERS
    ]


@pytest.mark.parametrize("word", OWNERS)
def test_a_word_that_names_one_thing_names_no_other(word):
    found = [f"{file}:{line}" for name, file, line in uses() if name == word]
    assert [place for place in found if not place.startswith(OWNERS[word])] == []
    assert [owner for owner in OWNERS[word] if not any(place.startswith(owner) for place in found)] == []


@pytest.mark.parametrize("word", OWNERS)
def test_the_glossary_says_what_it_names(word):
    lines = Path(ROOT / "docs" / "glossary.md").read_text().splitlines()
    assert len([line for line in lines if line.startswith(f"| `{word}` |")]) == 1


@pytest.mark.parametrize(
    "source",
    [
        "told = 1", "it.told = 1", "def told(): ...", "class told: ...", "def it(told): ...", "it(told=1)",
        "import it as told", "for told in it: ...", "[told for told in it]", "(told := 1)", "a, *told = it",
        "with it as told: ...", "try: ...\nexcept ValueError as told: ...", "lambda told: 1",
        "match it:\n case [1, *told]: ...", "match it:\n case {**told}: ...", "match it:\n case 1 as told: ...",
    ],
)  # fmt: skip
def test_the_look_at_python_finds_it(source):
    assert "told" in [name for name, _line in names_in_python(source)]


@pytest.mark.parametrize(
    "source",
    [
        "{{ told }}", "{% set told = 1 %}", "{% for told in it %}{% endfor %}", "{{ it(told=1) }}",
        "{% macro told() %}{% endmacro %}", "{% macro it(told) %}{% endmacro %}",
        "{% from 'it.html' import it as told %}", "{% import 'it.html' as told %}",
        "{% with told = 1 %}{% endwith %}", "{% call(told) it() %}{% endcall %}",
    ],
)  # fmt: skip
def test_the_look_at_templates_finds_it(source):
    assert "told" in [name for name, _line in names_in_template(source)]
