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
# How rows are locked and read: SQLite has one writer, and what is read is the same. PostgreSQL's turn of the tests, with two workers, is for them.
LOCKS = {"with_for_update", "execution_options", "options", "populate_existing"}
LOCKING_ARGUMENTS = {"with_for_update", "populate_existing"}

Place = tuple[int, int]
Span = tuple[Place, Place]


def leave_out(session: WorkDB, root: Path) -> None:
    """Mark as skipped what is not to be run. `root` is where the paths of the session begin."""
    OperatorsFilter().filter(session, Namespace(config=str(CONFIG)))
    spans = {}
    skipped = []
    for item in session.pending_work_items:
        [mutation] = item.mutations
        path = mutation.module_path
        if path not in spans:
            spans[path] = list(_no_behaviour(ast.parse((root / path).read_text())))
        if any(_within(mutation, span) for span in spans[path]):
            skipped.append(item.job_id)
    session.set_multiple_results(
        skipped, WorkResult(worker_outcome=WorkerOutcome.SKIPPED, output="no behaviour")
    )


def _within(mutation: MutationSpec, span: Span) -> bool:
    return span[0] <= tuple(mutation.start_pos) and tuple(mutation.end_pos) <= span[1]


def _no_behaviour(tree: ast.Module) -> Iterator[Span]:
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef():
                arguments = [
                    *node.args.posonlyargs,
                    *node.args.args,
                    *node.args.kwonlyargs,
                    node.args.vararg,
                    node.args.kwarg,
                ]
                told = [node.returns, *(it.annotation for it in arguments if it)]
                yield from (_span(it) for it in told if it)
            case ast.AnnAssign():
                yield _span(node.annotation)
            case ast.Assign(targets=[ast.Name(id="__all__" | "__table_args__" | "__tablename__")]):
                yield _span(node)
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                yield _span(node)
            case ast.keyword(arg=name) if name in LOCKING_ARGUMENTS:
                yield _span(node)
            case ast.Expr(value=ast.Call(func=function)) if _name(function) in WORDS:
                yield _span(node)
            case ast.Call(func=function) if _name(function) in WORDS | SCHEMA:
                yield _span(node)
            case ast.Call(func=ast.Attribute(value=before, attr=name)) if name in LOCKS:
                yield (before.end_lineno or 0, before.end_col_offset or 0), _end(node)


def _name(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def _span(node: ast.expr | ast.stmt | ast.keyword) -> Span:
    return (node.lineno, node.col_offset), _end(node)


def _end(node: ast.expr | ast.stmt | ast.keyword) -> Place:
    return node.end_lineno or node.lineno, node.end_col_offset or 0
