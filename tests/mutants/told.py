"""What a run has shown: the share of each file, and the changes that no test noticed."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field

from cosmic_ray.work_item import MutationSpec

from tests.mutants.copied import Outcome


@dataclass
class Tally:
    """Of one file."""

    name: str
    noticed: int = 0
    survivors: list[tuple[MutationSpec, list[str]]] = field(default_factory=list)
    seconds: float = 0

    def add(self, it: MutationSpec, lines: list[str], outcome: Outcome) -> None:
        if outcome.noticed:
            self.noticed += 1
        else:
            self.survivors.append((it, lines))

    @property
    def tried(self) -> int:
        return self.noticed + len(self.survivors)


def tell(tallies: Iterable[Tally], *, needed: int) -> int:
    """Print each file as it is done, and all of them; the exit status, 1 when less than `needed` per cent were noticed."""
    noticed = tried = 0
    for it in tallies:
        noticed, tried = noticed + it.noticed, tried + it.tried
        print(f"{_share(it.noticed, it.tried)}  {it.name}  ({it.seconds:.0f} s)", flush=True)
        for where, lines in it.survivors:
            print(f"       line {where.start_pos[0]}, {where.operator_name.partition('/')[2]}")
            for line in lines:
                print(f"           {line}", flush=True)
    print(f"{_share(noticed, tried)}  of all; {needed} % are needed")
    return 0 if noticed * 100 >= needed * tried else 1


def _share(noticed: int, tried: int) -> str:
    return f"{noticed:4} of {tried:4} noticed, {100 * noticed / tried if tried else 100:5.1f} %"


def changed_lines(before: str, after: str) -> list[str]:
    """The lines that differ, as `- was` and `+ is`."""
    found = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return [
        f"{line[0]} {line[1:].strip()}"
        for line in found
        if line[0] in "+-" and not line.startswith(("---", "+++")) and line[1:].strip()
    ]
