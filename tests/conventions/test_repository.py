"""What a newcomer expects beside the code is there, and what it says is so."""

from __future__ import annotations

import configparser
import os
import re
from itertools import chain
from pathlib import Path

import pytest
from pre_commit.clientlib import load_config

from config import ROOT

DOCUMENTS = sorted(chain(ROOT.glob("*.md"), (ROOT / "docs").rglob("*.md")))
EXPECTED = ("README.md", "LICENSE", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")


@pytest.mark.parametrize("name", EXPECTED)
def test_what_people_look_for_is_there_and_the_readme_leads_to_it(name):
    assert (ROOT / name).stat().st_size > 500
    assert name == "README.md" or f"]({name})" in (ROOT / "README.md").read_text()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_within_the_repository_leads_somewhere(document):
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", document.read_text()):
        if "://" not in target and not target.startswith("mailto:"):
            assert (document.parent / target).exists(), target


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_command_that_a_document_names_is_there(document):
    named = set(re.findall(r"\bscript/[a-z]+\b(?!/)", document.read_text()))
    missing = [name for name in named if not os.access(ROOT / name, os.X_OK)]
    assert not missing


def test_before_a_commit_runs_what_the_tests_run_first():
    config = load_config(str(ROOT / ".pre-commit-config.yaml"))
    [repository] = config["repos"]
    [hook] = repository["hooks"]
    assert repository["repo"] == "local" and hook["language"] in (
        "system",
        "unsupported",
    )  # nothing is downloaded
    assert (hook["entry"], hook["always_run"], hook["pass_filenames"]) == ("script/lint", True, False)
    stages = re.findall(r'^ *stage ".*" (\w+)', (ROOT / "script" / "test").read_text(), re.MULTILINE)
    assert stages[:2] == ["setup", "lint"]
    assert 'lint() { run "$root/script/lint"; }' in (ROOT / "script" / "test").read_text()


def test_editors_are_told_the_line_length_that_is_checked():
    told = configparser.ConfigParser()
    told.read_string("[top]\n" + (ROOT / ".editorconfig").read_text())
    [checked] = re.findall(r"^line-length = (\d+)$", (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert told["*"]["max_line_length"] == checked


def test_text_files_are_as_editors_are_told_to_write_them():
    """UTF-8, plain line ends, one at the end, none of a line's spaces left behind."""
    texts = [
        path
        for path in _files()
        if path.suffix in {".css", ".html", ".js", ".md", ".py", ".toml", ".txt", ".yaml"}
    ]
    assert len(texts) > 500
    for path in texts:
        text = path.read_bytes().decode()
        assert "\r" not in text and (not text or text.endswith("\n")), path
        assert not re.search(r"[ \t]$", text, re.MULTILINE), path


def _files() -> list[Path]:
    """What is committed, or would be: no folder that .gitignore leaves out at the root."""
    left_out = {line.strip("/") for line in (ROOT / ".gitignore").read_text().splitlines()} | {".git"}
    folders = [path for path in ROOT.iterdir() if path.is_dir() and path.name not in left_out]
    found = chain(
        (path for path in ROOT.iterdir() if path.is_file()), *(folder.rglob("*") for folder in folders)
    )
    return [path for path in found if path.is_file() and "__pycache__" not in path.parts]
