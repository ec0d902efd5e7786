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
GUARDS = list({guard.name: guard for _table, step in MOVES for guard in step.guards}.values())


@pytest.fixture(scope="module")
def japanese() -> dict[str, str]:
    with CATALOGUE.open("rb") as file:
        return {entry.id: entry.string for entry in read_po(file, locale="ja") if isinstance(entry.id, str)}


@pytest.mark.parametrize(("table", "step"), MOVES, ids=NAMES)
def test_every_move_is_between_known_states_and_has_a_permission(table, step):
    assert {*step.sources, step.target or step.sources[0]} <= table.states.keys()
    assert step.permission in PERMISSIONS


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_every_guard_says_a_sentence_in_both_languages(guard, japanese):
    assert guard.sentence.endswith(".") and japanese.get(guard.sentence)


def test_a_move_is_two_lines_and_a_state_is_one():
    """Its rule and its words: the formatter would break a longer one into a line for each argument."""
    pages = [path for path in (ROOT / "app" / "lifecycle").glob("*.py") if path.stem in LIFECYCLES]
    assert len(pages) == len(LIFECYCLES)
    for path in pages:
        for node in ast.parse(path.read_text()).body:
            called = node.value if isinstance(node, ast.Expr) else None
            if isinstance(called, ast.Call) and ast.unparse(called.func) in ("state", "move", "act", "says"):
                assert called.lineno == called.end_lineno, f"{path.name}:{called.lineno}"


@pytest.mark.parametrize(("table", "step"), MOVES, ids=NAMES)
def test_every_move_has_a_label_for_each_audience_in_both_languages(table, step, japanese):
    assert step.action and japanese.get(step.action)
    assert set(step.told) == set(AUDIENCES)
    assert all(japanese.get(text) for text in step.told.values())


@pytest.mark.parametrize("kind", LIFECYCLES)
def test_every_state_has_a_label_for_each_audience_in_both_languages(kind, japanese):
    for state in (*LIFECYCLES[kind].states.values(), *LIFECYCLES[kind].derived.values()):
        assert set(state.labels) == set(state.tones) == set(AUDIENCES)
        assert all(japanese.get(text) for text in state.labels.values()), state.name


@pytest.mark.parametrize("audience", AUDIENCES)
@pytest.mark.parametrize("kind", LIFECYCLES)
def test_states_of_one_label_have_one_tone(kind, audience):
    """The colour must not tell what the label keeps."""
    tones: dict[str, set[str]] = {}
    for state in (*LIFECYCLES[kind].states.values(), *LIFECYCLES[kind].derived.values()):
        tones.setdefault(state.labels[audience], set()).add(state.tones[audience])
    assert all(len(found) == 1 for found in tones.values()), tones


@pytest.mark.parametrize("kind", LIFECYCLES)
def test_every_state_can_be_reached_and_the_strip_shows_known_states(kind):
    table = LIFECYCLES[kind]
    reached = {table.initial} | {step.target for step in table.moves.values() if step.target}
    assert reached == set(table.states)
    assert {*table.path, *table.beside.values()} <= table.states.keys()
    assert table.beside.keys() <= table.states.keys() | table.derived.keys()
    assert not table.states.keys() & table.derived.keys()


# Moves of a person that are made on the page of another one, which asks where the record stands.
ON_THE_PAGE_OF = {
    "application.edit": "section",
    "continuation.edit": "section",
    "project.change": "approve",
    "application.report_mended": "hand_over",
    "application.refuse_mended": "send_back",
    "application.change_result": "record_result",
    "report.edit": "section",
    "joint_applicant.ask": "ask_consents",
    "joint_applicant.decline": "decline_consent",
    "joint_applicant.file": "file_consent",
    "survey_answer.submit_again": "submit",
}


def test_every_move_of_a_person_has_a_route(plain_app):
    people_move = [
        (table, step)
        for table, step in MOVES
        if PERMISSIONS[step.permission].roles - {AUTOMATIC, MEMBER} and step.permission != "selection.release"
    ]
    names = {endpoint.split(".")[-1] for endpoint in plain_app.view_functions}
    wanted = {
        f"{table.kind}.{step.name}": ON_THE_PAGE_OF.get(f"{table.kind}.{step.name}", step.name)
        for table, step in people_move
    }
    assert ON_THE_PAGE_OF.keys() <= wanted.keys()
    missing = [move for move, name in wanted.items() if name not in names]
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


def test_the_diagram_in_the_docs_is_what_the_table_says():
    assert write_diagram(check=True), "run: flask lifecycle diagram"
