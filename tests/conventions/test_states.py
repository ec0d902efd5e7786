"""No code and no template outside app/lifecycle knows a state by its name: none assigns one, none compares one.

Left out with reason: migrations and the conditions of the database (app/guards, CHECK constraints) stand as they were
written; the partials of the history tell of entries as they were written; what the demo makes up is data.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.correspondence.outbox import _mails
from app.lifecycle import LIFECYCLES, group_tests
from config import ROOT
from tests.sources import nodes_of

APP, PAGES = ROOT / "app", ROOT / "templates"
SOURCES = [path for path in sorted(APP.rglob("*.py")) if path.relative_to(APP).parts[0] != "lifecycle"]
TEMPLATES = [
    path
    for path in sorted(PAGES.rglob("*"))
    if path.suffix in (".html", ".txt") and path.relative_to(PAGES).parts[0] != "events"
]
STATES = {name for table in LIFECYCLES.values() for name in (*table.states, *table.derived)}
COLUMNS = {"state", "standing"}
MODELS = {"Call", "Application", "Project", "Council", "Membership", "Letter", "values", "update"}
MADE_UP = {"app/home/styleguide.py": "rows of a made-up list"}
LISTED = {  # file → states by name in a list or a dictionary, and why
    "app/selection/operations.py": "what the history tells of a decision",
    "app/projects/models.py": "what an officer records of an extension, which is no state of anything",
    "app/reporting/register.py": "names of fields in the open data, which others rely on",
}


def named_in(node: ast.AST) -> set[str]:
    """Of a text, or of what stands in a list."""
    parts = node.elts if isinstance(node, ast.Tuple | ast.List | ast.Set) else [node]
    return {it.value for it in parts if isinstance(it, ast.Constant) and it.value in STATES}


def is_column(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr in COLUMNS


def assigned(node: ast.AST) -> bool:
    if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return any(
            isinstance(it, ast.Attribute) and it.attr == "state" and isinstance(it.ctx, ast.Store)
            for target in targets
            for it in ast.walk(target)
        )
    if isinstance(node, ast.Call):
        called = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if called == "setattr":
            return len(node.args) > 1 and getattr(node.args[1], "value", None) == "state"
        return called in MODELS and any(keyword.arg == "state" for keyword in node.keywords)
    return False


def compared(node: ast.AST) -> bool:
    """A state on either side, or a name of one; what is derived of a mail is compared with names of its own."""
    if isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
    elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("in_", "not_in", "is_", "is_not"):
        sides = [node.func.value, *node.args]  # type: ignore[attr-defined]
    else:
        return False
    others = [side for side in sides if not is_column(side)]
    of_its_own = 0 < len(others) < len(sides) and all(
        isinstance(side, ast.Constant) and side.value not in STATES for side in others
    )
    is_a_state = any(is_column(side) for side in sides) and not of_its_own
    return is_a_state or any(named_in(side) for side in sides)


def addressed(node: ast.AST) -> bool:
    """As in `url_for("projects.index", state="supported")`: a group says it by `only`."""
    return isinstance(node, ast.keyword) and node.arg == "state" and bool(named_in(node.value))


def listed(node: ast.AST) -> bool:
    if isinstance(node, ast.Dict):
        parts: list[ast.AST] = [key for key in node.keys if key is not None]
    elif isinstance(node, ast.Tuple | ast.List | ast.Set):
        parts = list(node.elts)
    else:
        return False
    names = {part.value for part in parts if isinstance(part, ast.Constant)}
    return any(len(names & {*table.states, *table.derived}) > 1 for table in LIFECYCLES.values())


def found(test, source: str) -> Iterator[int]:
    for node in nodes_of(source):
        if test(node):
            yield node.lineno  # type: ignore[attr-defined]


def places(test, besides: dict[str, str] | None = None) -> list[str]:
    return [
        f"{name}:{line}"
        for path in SOURCES
        if (name := str(path.relative_to(ROOT))) not in (besides or {})
        for line in found(test, path.read_text())
    ]


def test_everything_is_read():
    assert len(SOURCES) > 200 and len(TEMPLATES) > 150


def test_nothing_but_the_lifecycle_assigns_a_state():
    assert not places(assigned)


def test_nothing_but_the_lifecycle_compares_a_state():
    """`record in GROUP`, `GROUP.of(Model)`."""
    bars = {"app/reporting/pictures.py": "how a round's bar stands, which knows one more"}
    assert not places(compared, MADE_UP | bars)


def test_no_address_names_a_state():
    assert not places(addressed, MADE_UP)


def test_no_list_names_states():
    assert not places(listed, LISTED)
    assert all(list(found(listed, (ROOT / name).read_text())) for name in LISTED), "there for nothing"


@pytest.mark.parametrize(
    ("test", "source"),
    [
        (assigned, "project.state = 'ended'"),
        (assigned, "before, project.state = project.state, target"),
        (assigned, "setattr(project, 'state', new)"),
        (assigned, "Project(state=new)"),
        (compared, "project.state == other"),
        (compared, "project.state in OVER"),
        (compared, "row.call_state != 'published'"),
        (compared, "select(Call).where(Call.state == 'announced')"),
        (compared, "Letter.state.in_(names)"),
        (compared, "state == 'supported'"),
        (compared, "step in ('accepted', 'x')"),
        (compared, "letter.standing != letter.state"),
        (addressed, "url_for('projects.index', state='supported')"),
        (listed, "STEPS = ('accepted', 'under_review')"),
        (listed, "{'submitted': 1, 'returned': 2}"),
    ],
)
def test_it_would_be_found(test, source):
    assert list(found(test, source))


@pytest.mark.parametrize(
    "source", ["mail.state == 'parked'", "project in UNDER_SUPPORT", "UNDER_SUPPORT.of(Project)"]
)
def test_it_would_not_be_taken_for_one(source):
    assert not any(list(found(test, source)) for test in (assigned, compared, addressed, listed))


COMPARED = re.compile(
    r"""\b(?:\w+\.)?(?:state|standing)\s*(?:==|!=|\bin\b|\bnot in\b)\s*(\([^)]*\)|["'][^"']*["']|\S+)"""
)


def compared_in(text: str) -> list[str]:
    code = re.findall(r"\{[{%].*?[%}]\}", text, re.DOTALL)
    return [
        found.group(0)
        for part in code
        for found in COMPARED.finditer(part)
        if not (names := re.findall(r"""["'](\w+)["']""", found.group(1))) or set(names) & STATES
    ]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_template_compares_a_state(path: Path):
    """`{% if application is returned %}`."""
    assert not compared_in(path.read_text())


def test_it_would_be_found_in_a_template():
    for text in (
        "{% if project.state == 'ended' %}",
        '{{ 1 if application.state in ("draft", "returned") }}',
        "{% if a.state != b %}",
    ):
        assert compared_in(text), text
    assert not compared_in("{% if mail.state == 'parked' %}")


def test_every_state_in_an_address_of_a_template_exists():
    mails = {"parked"}
    for path in TEMPLATES:
        named = set(re.findall(r"""\bstate=["'](\w+)["']""", path.read_text()))
        assert named <= STATES | mails, path


def test_every_group_is_asked_for():
    python = "\n".join(path.read_text() for path in (ROOT / "app").rglob("*.py"))
    pages = "\n".join(path.read_text() for path in TEMPLATES)
    unused = []
    for table in LIFECYCLES.values():
        for name in table.groups:
            page = (ROOT / "app" / "lifecycle" / f"{table.kind}.py").read_text()
            inside = len(re.findall(rf"\b{name.upper()}\b", page)) > 1
            outside = re.search(rf"\b{name.upper()}\b", python.replace(page, ""))
            if not (inside or outside or re.search(rf"\bis (?:not )?{name}\b", pages)):
                unused.append(f"{table.kind}: {name}")
    assert not unused


def test_every_test_of_a_template_exists(app):
    """The engine would find out only where the place is reached."""
    for path in TEMPLATES:
        tests = (_mails if path.suffix == ".txt" else app.jinja_env).tests
        for part in re.findall(r"\{[{%].*?[%}]\}", path.read_text(), re.DOTALL):
            code = re.sub(r"""(["']).*?\1""", "", part)
            assert set(re.findall(r"\bis (?:not )?(\w+)", code)) <= tests.keys(), f"{path}: {part}"


@pytest.mark.parametrize("name", sorted(group_tests()))
def test_a_test_asks_for_the_group_of_the_records_own_kind(name):
    for table in LIFECYCLES.values():
        for state in table.states:
            record = SimpleNamespace(kind=table.kind, state=state)
            if name in table.groups:
                assert group_tests()[name](record) == (state in table.groups[name].names)
            else:
                with pytest.raises(KeyError):
                    group_tests()[name](record)
