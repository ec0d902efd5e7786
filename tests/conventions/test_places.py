"""Knowing one context is knowing the next: what is always in the file of one name is in no other."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.db import db
from config import ROOT
from tests.sources import nodes_of

SOURCES = sorted((ROOT / "app").rglob("*.py"))
MADE_UP = {
    "app/home/styleguide.py": "a list over rows in memory, on a page that is there for development alone"
}
# What these hold is asked and shown; several things that happen together stand in operations.py, or in a module that is
# named by what it is about.
ASKED_AND_SHOWN = (
    "about", "cases", "cli", "figures", "forms", "labels", "lists", "models", "routes", "tasks",
)  # fmt: skip


def calls(path: Path) -> Iterator[tuple[str, int]]:
    for node in nodes_of(path.read_text()):
        if isinstance(node, ast.Call):
            yield getattr(node.func, "attr", getattr(node.func, "id", "")), node.lineno


def where(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT)}:{line}"


def is_page_or_model(path: Path) -> bool:
    return any(path.stem == name or path.stem.endswith(f"_{name}") for name in ASKED_AND_SHOWN)


def test_a_listing_is_made_in_the_lists_of_its_context():
    made = [
        (path, line) for path in SOURCES for name, line in calls(path) if name in ("Listing", "SampleListing")
    ]
    assert len(made) > 12, "the test finds none any more"
    assert [
        where(path, line)
        for path, line in made
        if path.name != "lists.py" and str(path.relative_to(ROOT)) not in MADE_UP
    ] == []


def test_no_listing_is_derived_elsewhere():
    derived = [
        where(path, node.lineno)
        for path in SOURCES
        for node in nodes_of(path.read_text())
        if isinstance(node, ast.ClassDef)
        and any(getattr(base, "id", "") == "Listing" for base in node.bases)
        and str(path.relative_to(ROOT)) not in MADE_UP
    ]
    assert derived == []


@pytest.mark.parametrize("verb", ["move", "record", "add_once"])
def test_what_is_asked_and_shown_changes_nothing(verb):
    """A move or an entry of the history never comes alone: it is part of an operation."""
    found = {path: [line for name, line in calls(path) if name == verb] for path in SOURCES}
    assert any(lines for lines in found.values()), "the test finds none any more"
    assert [
        where(path, line) for path, lines in found.items() if is_page_or_model(path) for line in lines
    ] == []


def test_no_test_puts_anything_in_the_place_of_a_models_column(plain_app):
    """SQLAlchemy maps the class anew, also when it is put back: every test that follows in the process reads another column."""
    columns = {
        (mapper.class_.__name__, name)
        for mapper in db.Model.registry.mappers
        for name, _ in mapper.all_orm_descriptors.items()
    }
    patched = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sorted((ROOT / "tests").rglob("*.py"))
        for node in nodes_of(path.read_text())
        if isinstance(node, ast.Call)
        and getattr(node.func, "attr", "") in ("setattr", "delattr")
        and len(node.args) > 1
        and (getattr(node.args[0], "id", ""), getattr(node.args[1], "value", "")) in columns
    ]
    assert patched == [], "patch what asks the model instead"
