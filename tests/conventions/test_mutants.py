"""What script/mutants changes and leaves out, on sources of a few lines; that its files and tests are there."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
from cosmic_ray.commands.init import init
from cosmic_ray.mutating import mutate_code
from cosmic_ray.work_db import WorkDB, use_db

from config import ROOT
from tests.mutants import operators
from tests.mutants.leaving_out import leave_out
from tests.mutants.rules import RULES
from tests.mutants.told import changed_lines


def changed(operator: type, source: str) -> list[str]:
    """What the operator makes of a source, one change at a time."""
    found: list[str] = []
    while (made := mutate_code(source, operator(), len(found))) is not None:
        found.append(made)
    return found


@pytest.mark.parametrize(
    ("operator", "source", "expected"),
    [
        ("DropStatement", "f(x)\n", ["pass\n"]),
        ("DropStatement", "a.b = 1\n", ["pass\n"]),
        ("DropStatement", "n += 1\n", ["pass\n"]),
        ("DropStatement", "n = 1\n'words'\n", []),
        ("DropStatement", "if x:\n    raise Y\n", ["if x:\n    pass\n"]),
        ("DropArgument", "f(a, b)\n", []),
        ("DropArgument", "f(a, b=1, at=2)\n", ["f(a, at=2)\n"]),
        ("DropArgument", "q.where(a, b)\n", ["q.where( b)\n", "q.where(a)\n"]),
        ("DropArgument", "q.where(a)\n", ["q.where()\n"]),
        ("DropElement", "f({'a': 1, 'b': 2})\n", ["f({ 'b': 2})\n", "f({'a': 1})\n"]),
        ("DropElement", "x = {A}\n", ["x = {}\n"]),
        ("DropElement", "f(('a', 'b'))\n", ["f(( 'b'))\n", "f(('a'))\n"]),
        ("DropElement", "a, b = 1, 2\nx = {i for i in a}\n", []),
        ("InvertMembership", "a in b\n", ["a not in b\n"]),
        ("InvertMembership", "a not in b\n", ["a in b\n"]),
        ("TakeNeighbour", "ONE = 1\nTWO = 2\nx = TWO\n", ["ONE = 1\nTWO = 2\nx = ONE\n"]),
        ("TakeNeighbour", "ONE = 1\nx = ONE\nTWO = 2\n", []),
    ],
)
def test_an_operator_makes_each_change_that_it_is_named_for(operator, source, expected):
    assert changed(operators.Provider()[operator], source) == expected


SOURCE = '''
    """Words."""
    from __future__ import annotations
    from typing import TYPE_CHECKING

    __all__ = ["f", "g"]
    COLUMN = mapped_column(String(200), index=True)
    LABEL = N_("not this")


    def f(a: int | None, *, b: str | None = None) -> bool | None:
        log.warning("%s", 7)
        query.where(a > 0).with_for_update(of=a)
        ここ = a + 1
        if dialect.name == "postgresql":
            lock(3)
        return a
'''


@pytest.fixture
def session(tmp_path) -> Iterator[WorkDB]:
    operators.register()
    (tmp_path / "file.py").write_text(textwrap.dedent(SOURCE))
    with use_db(str(tmp_path / "session.sqlite")) as opened, pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        init([Path("file.py")], opened, {})
        yield opened


def test_what_is_no_behaviour_is_left_out(session, tmp_path):
    leave_out(session, tmp_path)
    source = (tmp_path / "file.py").read_text()
    lines = source.splitlines()
    tried = {lines[it.mutations[0].start_pos[0] - 1].strip() for it in session.pending_work_items}
    assert tried == {
        "query.where(a > 0).with_for_update(of=a)",
        "ここ = a + 1",
        'if dialect.name == "postgresql":',
        "return a",
    }
    assert session.num_work_items > 3 * len(session.pending_work_items)


def test_every_file_of_rules_and_every_test_for_it_is_there():
    for path, tests in RULES.items():
        assert (ROOT / path).is_file()
        assert not [name for name in tests if not (ROOT / "tests" / f"{name}.py").is_file()], path


def test_a_change_is_told_by_the_lines_that_differ():
    assert changed_lines("a\nb = 1\nc\n", "a\nb = 2\nc\n") == ["- b = 1", "+ b = 2"]
