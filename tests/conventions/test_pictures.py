"""Few pictures are committed: those that documents show, and no other."""

from __future__ import annotations

import re
import runpy

from config import ROOT

MOST = 25
KEPT = set(runpy.run_path(str(ROOT / "script" / "_pictures.py"), run_name="pictures")["KEPT"])


IGNORED = {line.strip("/") for line in (ROOT / ".gitignore").read_text().splitlines() if line.startswith("/")}
KINDS = {".png", ".jpg", ".jpeg", ".gif", ".webp"}


def test_at_most_25_pictures_are_kept_and_no_folder_holds_another():
    folders = [path for path in ROOT.iterdir() if path.is_dir() and path.name not in IGNORED | {".git"}]
    there = {file for folder in folders for file in folder.rglob("*") if file.suffix.lower() in KINDS}
    assert len(KEPT) <= MOST
    assert not there - {ROOT / "docs" / "screens" / name for name in KEPT}


def test_the_gallery_is_drawn_into_a_folder_that_is_not_committed():
    [folder] = re.findall(r"\$\{1:-\$root/(\w+)/", (ROOT / "script" / "screenshots").read_text())
    assert folder in IGNORED


def test_every_picture_that_a_document_shows_is_there():
    for document in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md")):
        for name in re.findall(r"(?:\]\(|src=\")([\w./-]+\.png)", document.read_text()):
            assert (document.parent / name).exists(), f"{document.name}: {name}"
