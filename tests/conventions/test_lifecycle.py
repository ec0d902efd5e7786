"""Every move has a permission, labels for each audience in both languages, a story; only `move` assigns a state."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil

import pytest
from babel.messages.pofile import read_po

import tests.stories
from app.diagram import write_diagram
from app.lifecycle import AUDIENCES, LIFECYCLES
from app.permissions import AUTOMATIC, MEMBER, PERMISSIONS
from app.web.i18n import CATALOGUE
from config import ROOT

MOVES = [(table, step) for table in LIFECYCLES.values() for step in table.moves.values()]
NAMES = [f"{table.kind}.{step.name}" for table, step in MOVES]


@pytest.fixture(scope="module")
def japanese() -> dict[str, str]:
    with CATALOGUE.open("rb") as file:
        return {entry.id: entry.string for entry in read_po(file, locale="ja") if isinstance(entry.id, str)}


@pytest.mark.parametrize(("table", "step"), MOVES, ids=NAMES)
def test_every_move_is_between_known_states_and_has_a_permission(table, step):
    assert {*step.sources, step.target} <= table.states.keys()
    assert step.permission in PERMISSIONS


@pytest.mark.parametrize(("table", "step"), MOVES, ids=NAMES)
def test_every_move_has_a_label_for_each_audience_in_both_languages(table, step, japanese):
    assert step.action and japanese.get(step.action)
    assert set(step.told) == set(AUDIENCES)
    assert all(japanese.get(text) for text in step.told.values())


@pytest.mark.parametrize("kind", LIFECYCLES)
def test_every_state_has_a_label_for_each_audience_in_both_languages(kind, japanese):
    for state in (*LIFECYCLES[kind].states.values(), *LIFECYCLES[kind].derived.values()):
        assert set(state.labels) == set(AUDIENCES)
        assert all(japanese.get(text) for text in state.labels.values()), state.name


@pytest.mark.parametrize("kind", LIFECYCLES)
def test_every_state_can_be_reached_and_the_strip_shows_known_states(kind):
    table = LIFECYCLES[kind]
    reached = {table.initial} | {step.target for step in table.moves.values()}
    assert reached == set(table.states)
    assert {*table.path, *table.beside.values()} <= table.states.keys()
    assert table.beside.keys() <= table.states.keys() | table.derived.keys()
    assert not table.states.keys() & table.derived.keys()


def test_every_move_of_a_person_has_a_route(plain_app):
    people_move = [
        (table, step)
        for table, step in MOVES
        if PERMISSIONS[step.permission].roles - {AUTOMATIC, MEMBER} and step.permission != "selection.release"
    ]
    names = {endpoint.split(".")[-1] for endpoint in plain_app.view_functions}
    missing = [f"{table.kind}.{step.name}" for table, step in people_move if step.name not in names]
    assert not missing, f"moves without a route: {missing}"


def test_every_move_is_told_by_a_story():
    told: set[str] = set()
    for module in pkgutil.iter_modules(tests.stories.__path__):
        story = importlib.import_module(f"tests.stories.{module.name}")
        for test in filter(inspect.isfunction, vars(story).values()):
            for mark in getattr(test, "pytestmark", []):
                if mark.name == "tells":
                    told |= set(mark.args)
    assert told == set(NAMES), f"untold: {set(NAMES) - told}; unknown: {told - set(NAMES)}"


def test_nothing_but_the_lifecycle_assigns_a_state():
    found = []
    for path in (ROOT / "app").rglob("*.py"):
        if path.name == "lifecycle.py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                flat = [
                    each
                    for target in targets
                    for each in (target.elts if isinstance(target, ast.Tuple) else [target])
                ]
                found += [
                    f"{path.relative_to(ROOT)}:{node.lineno}"
                    for target in flat
                    if isinstance(target, ast.Attribute) and target.attr == "state"
                ]
            elif isinstance(node, ast.Call):
                called = getattr(node.func, "attr", getattr(node.func, "id", ""))
                models = {
                    "Call",
                    "Application",
                    "Project",
                    "Council",
                    "Membership",
                    "Letter",
                    "values",
                    "update",
                }
                if called in models and any(keyword.arg == "state" for keyword in node.keywords):
                    found.append(f"{path.relative_to(ROOT)}:{node.lineno}")
                if (
                    called == "setattr"
                    and len(node.args) > 1
                    and getattr(node.args[1], "value", None) == "state"
                ):
                    found.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert not found, f"a state is assigned outside lifecycle.move: {found}"


def test_the_diagram_in_the_docs_is_what_the_table_says():
    assert write_diagram(check=True), "run: flask lifecycle diagram"
