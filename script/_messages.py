"""The work of script/messages: sources → template → Japanese catalogue."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "app/translations/ja/LC_MESSAGES/messages.po"


def main(arguments: list[str]) -> int:
    if arguments not in ([], ["--check"]):
        print("script/messages knows only --check.", file=sys.stderr)
        return 2
    template = extracted()
    catalogue = read(CATALOGUE) if CATALOGUE.exists() else Catalog(locale="ja")
    checking = bool(arguments)
    unknown = [message.id for message in template if message.id and message.id not in catalogue]
    unused = [message.id for message in catalogue if message.id and message.id not in template]
    if not checking:
        # A guess at a translation is worse than none: a missing one is seen.
        catalogue.update(template, no_fuzzy_matching=True, update_creation_date=False)
        catalogue.obsolete.clear()
        write(catalogue)
    lacking = list(shortcomings(catalogue))
    report("not in the catalogue", unknown if checking else [])
    report("no longer used" if checking else "no longer used, removed", unused)
    report("to be translated or mended", lacking)
    print(f"{CATALOGUE.name}: {len(catalogue)} messages, {len(lacking)} to be translated or mended")
    return 1 if checking and (unknown or lacking) else 0


def extracted() -> Catalog:
    """Every message of the sources, as babel.cfg says."""
    with tempfile.TemporaryDirectory() as folder:
        pot = Path(folder) / "messages.pot"
        keywords = [word for name in ("_l", "N_", "lazy_gettext") for word in ("-k", name)]
        pybabel = [sys.executable, "-m", "babel.messages.frontend", "-q"]
        subprocess.run(
            [*pybabel, "extract", "-F", "babel.cfg", *keywords, "-o", str(pot), "."], cwd=ROOT, check=True
        )
        return read(pot, locale=None)  # it is no language's: its plurals are not counted


def read(file: Path, locale: str | None = "ja") -> Catalog:
    with file.open("rb") as source:
        return read_po(source, locale=locale)


def write(catalogue: Catalog) -> None:
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    fresh = CATALOGUE.with_suffix(".new")
    with fresh.open("wb") as target:
        write_po(target, catalogue, no_location=True, sort_output=True, ignore_obsolete=True, width=110)
    fresh.replace(CATALOGUE)


def shortcomings(catalogue: Catalog) -> Iterator[str]:
    """Messages without a translation, with a guessed one, or with one that names an unknown %(placeholder)s."""
    for message in catalogue:
        if not message.id:
            continue
        if not translated(message):
            yield f"{message.id} (missing)"
        elif message.fuzzy:
            yield f"{message.id} (fuzzy)"
        else:
            yield from (f"{message.id} ({problem})" for problem in message.check(catalogue))


def translated(message: Message) -> bool:
    return all(message.string) if isinstance(message.string, (tuple, list)) else bool(message.string)


def report(heading: str, messages: list[str]) -> None:
    if messages:
        print(f"{heading}:")
        for message in messages:
            print(f"  {message}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
