"""The tables of the lifecycle drawn as Mermaid diagrams, with the moves and the groups in full beneath each."""

from __future__ import annotations

from app.lifecycle import LIFECYCLES, Lifecycle, Move
from config import ROOT

FILE = ROOT / "docs" / "lifecycle.md"
HEAD = """# Lifecycle

Drawn from `app/lifecycle/` by `flask lifecycle diagram`; a test fails when the two differ.
"""


def write_diagram(*, check: bool = False) -> bool:
    """Write the page, or with `check` only say whether it is already what the table says."""
    page = "\n".join([HEAD, *(_drawn(table) for table in LIFECYCLES.values())])
    if check:
        return FILE.exists() and FILE.read_text() == page
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(page)
    return True


def _drawn(table: Lifecycle) -> str:
    lines = [f"## {table.kind}", "", "```mermaid", "stateDiagram-v2", f"    [*] --> {table.initial}"]
    for step in table.moves.values():
        lines += [f"    {source} --> {step.target or source}: {step.name}" for source in step.sources]
    leaving = {source for step in table.moves.values() for source in step.sources if step.target}
    lines += [f"    {state} --> [*]" for state in table.states if state not in leaving]
    lines += ["```", "", "| move | from | to | permission | only if | makes |", "|---|---|---|---|---|---|"]
    lines += [_row(step) for step in table.moves.values()]
    lines += ["", "| group | states |", "|---|---|"]
    lines += [f"| {name} | {', '.join(group)} |" for name, group in table.groups.items()]
    return "\n".join([*lines, ""])


def _row(step: Move) -> str:
    guards = ", ".join(guard.name for guard in step.guards)
    cells = (step.name, ", ".join(step.sources), step.target or "", step.permission, guards, step.makes)
    return f"| {' | '.join(cells)} |"
