"""Few pictures are committed: those that documents show, and no other."""

from __future__ import annotations

import re
import runpy

from config import ROOT

MOST = 25
KEPT = set(runpy.run_path(str(ROOT / "script" / "_pictures.py"), run_name="pictures")["KEPT"])


def test_at_most_25_pictures_are_kept_and_docs_hold_no_other():
    there = {file.name for file in (ROOT / "docs").rglob("*.png")}
    assert len(KEPT) <= MOST
    assert not there - KEPT


def test_every_picture_that_a_document_shows_is_there():
    for document in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md")):
        for name in re.findall(r"(?:\]\(|src=\")([\w./-]+\.png)", document.read_text()):
            assert (document.parent / name).exists(), f"{document.name}: {name}"
