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
from playwright.sync_api import Browser, Page

from tests.browser.chromium import launch_options
from tests.browser.instance import Instance, load_demo, served
from tests.browser.moments import MOMENTS, come_to
from tests.browser.people import window_of
from tests.browser.survey import Visit, survey

START = "february-15"  # the demo as it is loaded
NOT_SERVED = "http://127.0.0.1:8000"

# Processes begin at different places of this order: with what the first day of the demo is enough for, and with what waits
# for its later moments to be made. What takes long comes before what does not, so that none is left with it at the end.
# A file that is not named comes last.
ORDER = (
    "test_journeys", "test_forms", "test_sessions", "test_public_pages",
    "test_every_page",
    "test_refusals", "test_looks", "test_first_view",
)  # fmt: skip
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    place = {HERE / f"{name}.py": number for number, name in enumerate(ORDER)}
    items.sort(key=lambda item: place.get(item.path, len(ORDER)) if item.path.parent == HERE else -1)


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


@pytest.fixture(scope="module")
def instance(
    request: pytest.FixtureRequest, folder_at: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Instance]:
    """The demo at the moment that the file of a test names (MOMENT, else its first day), served to all its tests."""
    moment = getattr(request.module, "MOMENT", START)
    with served(
        Path(shutil.copytree(folder_at(moment), tmp_path_factory.mktemp("served") / "data"))
    ) as instance:
        yield instance


@pytest.fixture
def own_instance(folder_at: Callable[[str], Path], tmp_path: Path) -> Iterator[Instance]:
    """The demo on its first day, served to one test alone."""
    with served(Path(shutil.copytree(folder_at(START), tmp_path / "data"))) as instance:
        yield instance


@pytest.fixture
def editor(browser: Browser, instance: Instance) -> Iterator[Page]:
    """A window of 岩見沢市's editor."""
    page = window_of(browser, instance, "municipality_editor")
    yield page
    page.context.close()
