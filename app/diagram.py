"""The lifecycle table drawn as Mermaid diagrams, with the moves in full beneath each."""

from __future__ import annotations

from app.lifecycle import LIFECYCLES, Lifecycle
from config import ROOT

FILE = ROOT / "docs" / "lifecycle.md"
HEAD = """# Lifecycle

Drawn from `app/lifecycle.py` by `flask lifecycle diagram`; a test fails when the two differ.
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
        lines += [f"    {source} --> {step.target}: {step.name}" for source in step.sources]
    moving = {source for step in table.moves.values() for source in step.sources}
    lines += [f"    {state} --> [*]" for state in table.states if state not in moving]
    lines += ["```", "", "| move | from | to | permission | makes |", "|---|---|---|---|---|"]
    lines += [
        f"| {step.name} | {', '.join(step.sources)} | {step.target} | {step.permission} | {step.produces} |"
        for step in table.moves.values()
    ]
    return "\n".join([*lines, ""])
