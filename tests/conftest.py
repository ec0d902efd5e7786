"""Every test has a fresh, migrated database on the engine named by BANSO_TEST_DATABASE, and a frozen clock."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, make_url

from app import calendar, create_app, jobs, memory
from app.db import PENDING, db
from app.organisations import passwords
from app.organisations.models import Organisation, Tenure
from config import settings
from tests import factories, worlds
from tests.conventions.pages import check_page
from tests.databases import fresh_database, path_of, serves_again
from tests.once import compiled_once, draw_once

OF_A_TEST = {"TESTING": True, "SECRET_KEY": "a test's", "ENV": "testing"}
HISTORY_KEY = "the key of a test's history, as long as one must be"
NO_DATABASE = "sqlite:////no/database"
AT = datetime(2023, 2, 15, 10, 0, tzinfo=calendar.JST)


# What takes most of the time is left out of `script/test quick`; `script/test` leaves nothing out.
SLOW = (
    "accompaniment/", "accounts/test_links_are_for_their_addressees", "accounts/test_security_log", "accounts/test_sessions",
    "applications/test_arrival", "applications/test_consents", "applications/test_copying", "applications/test_correcting", "applications/test_damaged_files", "applications/test_delegation",
    "applications/test_drafting_routes", "applications/test_forms_of_calls", "applications/test_graces", "applications/test_intake",
    "applications/test_lapsing", "applications/test_many_at_once", "applications/test_new_versions", "applications/test_pace_of_mails",
    "applications/test_presence", "applications/test_prints", "applications/test_reapplication", "applications/test_reminders",
    "applications/test_return_form", "applications/test_room", "applications/test_routes", "applications/test_sending_back",
    "applications/test_unsubmitted", "applications/test_workbook", "backup/", "conventions/test_catalogue", "conventions/test_guards", "conventions/test_heads",
    "conventions/test_hostile_input", "conventions/test_languages", "conventions/test_mails",
    "conventions/test_migrations", "conventions/test_queries", "conventions/test_reach", "conventions/test_routes",
    "conventions/test_sizes", "conversations/", "correspondence/test_ahead",
    "correspondence/test_approval", "correspondence/test_copies", "correspondence/test_delivery",
    "correspondence/test_issuing", "correspondence/test_letter_routes", "correspondence/test_mail_routes", "correspondence/test_pdf_standards",
    "correspondence/test_rendering", "correspondence/test_superseding", "correspondence/test_workers",
    "councils/test_pace", "councils/test_routes", "kpis/", "mergers/", "organisations/test_routes", "organisations/test_under_attack", "press/", "projects/test_end_of_support",
    "projects/test_extension_routes", "projects/test_from_application", "projects/test_letters", "projects/test_routes",
    "programmes/test_clarifications", "programmes/test_form_editor", "projects/test_two_workers", "proof/", "questions/test_form_of_all_kinds", "questions/test_kinds", "questions/test_pages", "reporting/", "rooms/test_routes", "safekeeping/", "schedule/test_work",
    "selection/test_closed_days", "selection/test_embargo", "selection/test_on_record", "selection/test_operations", "selection/test_oracle",
    "selection/test_routes", "serving/", "stories/", "test_last_seconds_on_record", "test_private_files", "test_start", "test_storage", "test_timekeeping",
    "web/test_files", "web/test_keeping", "web/test_origins", "web/test_walk",
)  # fmt: skip


# These begin: a process that came to one of them last would be alone with it, while the other has nothing left to do.
LONG = (
    "backup/test_under_load", "conventions/test_hostile_input", "press/", "selection/test_oracle", "stories/test_any_hour",
    "stories/test_every_day", "stories/test_must_show", "stories/test_simulated", "applications/test_graces", "applications/test_unsubmitted",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not path_of(item).startswith(LONG))
    for item in items:
        if path_of(item).startswith(SLOW):
            item.add_marker(pytest.mark.slow)


def pytest_collection_finish() -> None:
    """What has been imported stays: looking through it for garbage again and again takes a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


class CheckingClient(FlaskClient):
    """A browser's stand-in that holds every answer to the house rules.

    A page is strict HTML5 with a title, one h1 and no id twice; a request that leaves changes uncommitted fails.
    The test's own transaction ends before a request and is read anew after it, as another process would.
    """

    def open(self, *args: Any, **kwargs: Any):
        db.session.commit()
        for kept in list(
            g
        ):  # the test's context is the request's too: nobody is signed in from the request before
            g.pop(kept)
        response = super().open(*args, **kwargs)
        db.session.expire_all()
        left = self.application.config.pop("LEFT_UNCOMMITTED", None)
        assert not left, f"the request left changes uncommitted: {left}"
        shown = response.request.method != "HEAD" and response.status_code not in (301, 302, 303)
        if shown and response.mimetype == "text/html":
            check_page(response.get_data(as_text=True), response.request.path)
        return response


def _note_uncommitted(app: Flask) -> None:
    @app.after_request
    def note(response):
        session = db.session()
        pending = [*session.new, *session.dirty, *session.deleted, *session.info.get(PENDING, [])]
        if pending and response.status_code < 400:
            app.config["LEFT_UNCOMMITTED"] = [repr(item) for item in pending]
        return response


@pytest.fixture
def at() -> datetime:
    """The instant at which the test's world stands."""
    return AT


@pytest.fixture(scope="session")
def house(tmp_path_factory) -> Flask:
    """The application, put together once: that takes longer than most tests."""
    folder = tmp_path_factory.mktemp("house")
    app = create_app({**OF_A_TEST, "DATABASE_URL": "sqlite://", "DATA_DIR": folder})
    app.test_client_class = CheckingClient
    _note_uncommitted(app)
    compiled_once(app)
    app.extensions["as put together"] = dict(app.config)
    return app


@pytest.fixture
def app(house: Flask, tmp_path, at, monkeypatch) -> Iterator[Flask]:
    """The application with settings, a database and a data folder that no other test has touched."""
    monkeypatch.setattr(jobs, "alive", lambda: True)  # tests start no clockwork
    factories.count_anew()
    (tmp_path / "history_key").write_text(HISTORY_KEY)  # the product makes one, and waits for the disk
    with fresh_database() as url, _furnished(house, at, DATABASE_URL=url, DATA_DIR=tmp_path):
        yield house
        db.session.remove()
        if not serves_again(url, connections=db.engine.pool.checkedin()):
            db.engine.dispose()


@pytest.fixture
def plain_app(house: Flask, at) -> Iterator[Flask]:
    """The application for what needs no database, a tenth as dear: whoever asks one all the same is told so."""
    as_it_was = house.extensions["as put together"]
    with _furnished(house, at, DATABASE_URL=NO_DATABASE, DATA_DIR=as_it_was["DATA_DIR"]):
        yield house


@contextmanager
def _furnished(house: Flask, at: datetime, **its: Any) -> Iterator[None]:
    house.config.clear()
    house.config.update(house.extensions["as put together"])
    house.config.update(settings({**OF_A_TEST, **its}))
    house.config.update(PINNED_CLOCK=at, WTF_CSRF_ENABLED=False)
    house.testing = True
    house.extensions.pop("masthead", None)  # what the last test's pages had at their head
    house.extensions.pop("security notes", None)  # kept by the database's address, which many tests share
    memory.forget(house)
    house.extensions["everybodys"].forget()
    _connect(house)
    with house.app_context():
        calendar.pin(at)
        yield
    calendar.pin(None)


@pytest.fixture(scope="session", autouse=True)
def _cheap_hashes() -> Iterator[None]:
    """A password takes the product a tenth of a second, on purpose; the tests have hundreds of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
        yield


# What is asked of a drawing itself is drawn for each test.
ABOUT_DRAWING = ("correspondence/test_rendering", "correspondence/test_pdf_standards")


@pytest.fixture(autouse=True)
def _drawn_once(request, monkeypatch) -> None:
    """The same document is the same file, and drawing it takes longer than the rest of most tests."""
    if "app" in request.fixturenames and not path_of(request.node).startswith(ABOUT_DRAWING):
        draw_once(monkeypatch)


def _connect(app: Flask) -> None:
    """Turn the one engine of the session to the database of one test.

    An engine keeps the statements it has compiled; one for each test compiled them all again, a fifth of the time.
    """
    config = app.config
    url = make_url(config["SQLALCHEMY_DATABASE_URI"])
    engine = app.extensions.get("engine of the tests")
    if engine is None:
        options = {"url": url, **config["SQLALCHEMY_ENGINE_OPTIONS"]}
        db._apply_driver_defaults(options, app)
        engine = app.extensions["engine of the tests"] = db._make_engine(None, options, app)
        event.listen(engine, "do_connect", _go_where_the_url_says(engine))
    if engine.url != url:
        engine.dispose()  # what an emptied database has kept belongs to the next test in it alone
    engine.url = url
    db._app_engines[app][None] = engine


def _go_where_the_url_says(engine: Engine) -> Callable[..., None]:
    def arrive(dialect, _record, arguments: list[Any], named: dict[str, Any]) -> None:
        assert str(engine.url) != NO_DATABASE, "this test asks the database: it needs app, not plain_app"
        where, how = dialect.create_connect_args(engine.url)
        arguments[:] = where
        named.update(how)

    return arrive


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def made_once(app: Flask, tmp_path_factory) -> Callable[[str, Callable[[], Any]], Any]:
    """What a function makes, under a name: made by the first test that asks and put back for the others."""
    return lambda name, make: worlds.once(app, name, make, tmp_path_factory.mktemp)


@pytest.fixture
def move_clock(app: Flask) -> Callable[[datetime], None]:
    """Set the frozen clock, for requests and for the test itself."""

    def to(instant: datetime) -> None:
        app.config["PINNED_CLOCK"] = instant
        calendar.pin(instant)

    return to


@pytest.fixture
def sign_in_as(app: Flask) -> Callable[..., tuple[FlaskClient, Tenure]]:
    """A client signed in as a new person of `role` (at `organisation`), and the tenure that acts."""

    def sign_in(role: str = "", organisation: Organisation | None = None, *, tenure: Tenure | None = None):
        tenure = tenure or factories.tenure(role, organisation)
        cookie = factories.signed_in(tenure)
        db.session.commit()
        client = app.test_client()
        with client.session_transaction() as session:
            session.update(cookie)
        return client, tenure

    return sign_in


@pytest.fixture
def count_queries(app: Flask) -> Callable[[Callable[[], Any]], int]:
    """How many statements the database was asked while something was done."""

    def count(act: Callable[[], Any]) -> int:
        asked: list[str] = []

        def note(_connection, _cursor, statement, *_rest) -> None:
            asked.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            act()
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        return len(asked)

    return count
