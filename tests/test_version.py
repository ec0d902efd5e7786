"""Which version it is: said once, and the same wherever somebody asks."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from app.version import VERSION
from config import ROOT


def test_the_flask_command_tells_the_version_wherever_it_is_started(tmp_path):
    command = Path(sys.prefix) / "bin" / "flask"
    told = subprocess.run([command, "--version"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert told.stdout.splitlines()[0] == f"Banso {VERSION}"
    assert "\nFlask " in told.stdout
    assert not list(tmp_path.iterdir())  # no settings were read, no data folder made


def test_every_page_tells_the_version_at_its_foot(client, sign_in_as):
    officer, _ = sign_in_as("officer")
    for who, address in ((client, "/"), (client, "/nowhere"), (client, "/c/no-such-link"), (officer, "/")):
        foot = who.get(address).get_data(as_text=True).split("<footer")[1]
        assert f"Banso {VERSION}<" in foot, address


def test_healthz_tells_the_version(client):
    assert client.get("/healthz").json == {"status": "ok", "version": VERSION}


def test_the_changelog_begins_with_the_version():
    headings = re.findall(
        r"^## \[(.+)\] - (\d{4}-\d\d-\d\d)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE
    )
    assert headings[0][0] == VERSION
    newest_first = sorted(headings, key=lambda it: [int(part) for part in it[0].split(".")], reverse=True)
    assert headings == newest_first == sorted(headings, key=lambda it: it[1], reverse=True)
