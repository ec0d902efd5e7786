"""The demo, loaded once and copied: at any moment of its spring, in a folder of one's own, behind the real server."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.browser.chromium import launch_options
from tests.browser.instance import Instance, load_demo, served
from tests.browser.moments import MOMENTS, come_to
from tests.browser.survey import Visit, survey

START = "february-15"  # the demo as it is loaded
NOT_SERVED = "http://127.0.0.1:8000"


@pytest.fixture(scope="session")
def browser_type_launch_args(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """How pytest-playwright starts the one browser of the session."""
    return launch_options(tmp_path_factory.mktemp("chromium"))


@pytest.fixture(scope="session")
def folder_at(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The data folder of the demo at a moment, made when it is first asked for. Copy it before changing anything."""

    @cache
    def folder(moment: str) -> Path:
        made = tmp_path_factory.mktemp(moment) / "data"
        if moment == START:
            made.mkdir()
            load_demo(made)
            return made
        moments = [START, *MOMENTS]
        shutil.copytree(folder(moments[moments.index(moment) - 1]), made)
        with Instance(made, NOT_SERVED).inside():
            come_to(moment)
        return made

    return folder


@pytest.fixture(scope="session")
def visits(folder_at: Callable[[str], Path]) -> list[Visit]:
    """What every role gets, asked once for all tests."""
    return survey(folder_at)


@pytest.fixture
def instance(folder_at: Callable[[str], Path], tmp_path: Path) -> Iterator[Instance]:
    """The demo on its first day, served to one test alone."""
    with served(Path(shutil.copytree(folder_at(START), tmp_path / "data"))) as instance:
        yield instance
