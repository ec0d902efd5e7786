"""The demo, loaded once and copied: at any moment of its spring, in a folder of one's own, behind the real server."""

from __future__ import annotations

import fcntl
import os
import pickle
import shutil
from collections.abc import Callable, Iterator
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
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of this run of the tests have in common."""
    folder = tmp_path_factory.getbasetemp()
    return folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder


@pytest.fixture(scope="session")
def folder_at(shared: Path) -> Callable[[str], Path]:
    """The data folder of the demo at a moment, made when it is first asked for. Copy it before changing anything."""

    def folder(moment: str) -> Path:
        return made_once(shared / f"demo-{moment}", lambda place: make(moment, place))

    def make(moment: str, place: Path) -> None:
        if moment == START:
            place.mkdir()
            load_demo(place)
            return
        moments = [START, *MOMENTS]
        shutil.copytree(folder(moments[moments.index(moment) - 1]), place)
        with Instance(place, NOT_SERVED).inside():
            come_to(moment)

    return folder


@pytest.fixture(scope="session")
def visits(shared: Path, folder_at: Callable[[str], Path]) -> list[Visit]:
    """What every role gets, asked once for all tests."""
    kept = made_once(shared / "visits", lambda place: place.write_bytes(pickle.dumps(survey(folder_at))))
    return pickle.loads(kept.read_bytes())


def made_once(place: Path, make: Callable[[Path], object]) -> Path:
    """`place`, which the first process to ask makes while the others wait."""
    with place.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not place.exists():
            unfinished = place.with_suffix(".unfinished")
            make(unfinished)
            unfinished.rename(place)
    return place


@pytest.fixture
def instance(folder_at: Callable[[str], Path], tmp_path: Path) -> Iterator[Instance]:
    """The demo on its first day, served to one test alone."""
    with served(Path(shutil.copytree(folder_at(START), tmp_path / "data"))) as instance:
        yield instance
