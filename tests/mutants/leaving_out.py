"""What is left out of a session, since it is no behaviour or none that SQLite can show; docs/mutants.md names it for readers."""

from __future__ import annotations

import ast
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from cosmic_ray.tools.filters.operators_filter import OperatorsFilter
from cosmic_ray.work_db import WorkDB
from cosmic_ray.work_item import MutationSpec, WorkerOutcome, WorkResult

CONFIG = Path(__file__).with_name("session.toml")

# Calls whose arguments are words for people or for the log, which pages, catalogue and convention tests look at.
WORDS = {"N_", "_", "_l", "says", "debug", "info", "warning", "error", "exception"}
# What the database is told: the tables are made by migrations, which a test compares with the models.
SCHEMA = {"mapped_column", "relationship", "Index", "CheckConstraint", "UniqueConstraint", "String"}
# A promise to the reader and the type checker; nobody assigns to a frozen one.
PROMISES = {"dataclass"}
# How rows are locked and read: SQLite has one writer, and what is read is the same. PostgreSQL's turn of the tests, with two workers, is for them.
LOCKS = {"with_for_update", "execution_options", "options", "populate_existing"}
HOLDS = {"held"}  # app/db.py
LOCKING_ARGUMENTS = {"with_for_update", "populate_existing", "lock", "hold"}

Place = tuple[int, int]
Span = tuple[Place, Place]


def leave_out(session: WorkDB, root: Path) -> None:
    """Mark as skipped what is not to be run. `root` is where the paths of the session begin."""
    OperatorsFilter().filter(session, Namespace(config=str(CONFIG)))
    files: dict[Path, _File] = {}
    skipped = []
    for item in session.pending_work_items:
        [mutation] = item.mutations
        path = mutation.module_path
        if path not in files:
            files[path] = _File((root / path).read_text())
        if files[path].leaves_out(mutation):
            skipped.append(item.job_id)
    reason = WorkResult(worker_outcome=WorkerOutcome.SKIPPED, output="no behaviour")
    session.set_multiple_results(skipped, reason)


class _File:
    def __init__(self, source: str) -> None:
        self.lines = source.splitlines()
        self.spans = [
            span for node in ast.walk(ast.parse(source)) for span in (*_told(node), *_no_behaviour(node))
        ]

    def leaves_out(self, mutation: MutationSpec) -> bool:
        begins, ends = self._in_bytes(mutation.start_pos), self._in_bytes(mutation.end_pos)
        return any(first <= begins and ends <= last for first, last in self.spans)

    def _in_bytes(self, place: tuple[int, int]) -> Place:
        """cosmic-ray counts characters, Python's own syntax tree bytes."""
        line, column = place
        return line, len(self.lines[line - 1][:column].encode()) if line <= len(self.lines) else 0


def _told(node: ast.AST) -> Iterator[Span]:
    """What is only told to the reader and the type checker, and words for people."""
    match node:
        case ast.FunctionDef(args=arguments, returns=returns):
            named = [*arguments.posonlyargs, *arguments.args]
            every = [*named, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
            yield from (_span(it) for it in [returns, *(it.annotation for it in every if it)] if it)
            if arguments.kwonlyargs:  # the bare * before them
                before = [*named, *arguments.defaults]
                begins = max(map(_end, before)) if before else (node.lineno, node.col_offset)
                yield begins, _span(arguments.kwonlyargs[0])[0]
        case ast.AnnAssign():
            yield _span(node.annotation)
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            yield _span(node)
        case ast.Call(func=function) if _name(function) in WORDS | PROMISES:
            yield _span(node)
        case ast.Expr(value=ast.Call(func=function)) if _name(function) in WORDS:
            yield _span(node)


def _no_behaviour(node: ast.AST) -> Iterator[Span]:
    """What the tables are made of, and what only another engine does."""
    match node:
        case ast.Assign(targets=[ast.Name(id="__all__" | "__table_args__" | "__tablename__")]):
            yield _span(node)
        case ast.Call(func=function) if _name(function) in SCHEMA:
            yield _span(node)
        case ast.If(body=body, test=test) if "postgresql" in (told := ast.unparse(test)) or told == "lock":
            yield _span(body[0])[0], _end(body[-1])
        case ast.Expr(value=ast.Call(func=function)) if _name(function) in HOLDS:
            yield _span(node)
        case ast.keyword(arg=name) if name in LOCKING_ARGUMENTS:
            yield _span(node)
        case ast.Call(func=ast.Attribute(value=before, attr=name)) if name in LOCKS:
            yield _end(before), _end(node)


def _name(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def _span(node: ast.expr | ast.stmt | ast.keyword | ast.arg) -> Span:
    return (node.lineno, node.col_offset), _end(node)


def _end(node: ast.expr | ast.stmt | ast.keyword | ast.arg) -> Place:
    return node.end_lineno or node.lineno, node.end_col_offset or 0
