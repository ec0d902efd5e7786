"""The demo in a test: loaded on any day, its clock running at an hour that the test chooses, used by its people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app import calendar
from app.db import db
from app.history import HistoryEntry
from app.organisations.models import Person, Tenure
from app.web import clock


class Demo:
    """A loaded demo. Commands and requests read its clock themselves; the test does so after each of them."""

    def __init__(self, app: Flask, sign_in: Callable[..., tuple[FlaskClient, Tenure]]) -> None:
        self._app, self._sign_in = app, sign_in

    def run(self, *words: str) -> str:
        """A command as in a shell."""
        db.session.remove()
        result = self._app.test_cli_runner().invoke(args=list(words), catch_exceptions=False)
        assert result.exit_code == 0, result.output
        self.read_clock()
        return result.output

    def as_(self, account: str) -> FlaskClient:
        """A client signed in as `account`@example.jp."""
        query = select(Tenure).join(Tenure.person).where(Person.email == f"{account}@example.jp")
        return self._sign_in(tenure=db.session.scalars(query.order_by(Tenure.id)).unique().one())[0]

    def anybody(self) -> FlaskClient:
        return self._app.test_client()

    def read_clock(self) -> date:
        db.session.expire_all()
        clock.sync()
        return calendar.today()


@pytest.fixture
def demo_on(app: Flask, sign_in_as, monkeypatch, made_once) -> Callable[..., Demo]:
    """Load the demo as of a day; with `hour`, the machine's clock starts at that hour of a day of its own."""

    def load(day: date | None = None, *, hour: int | None = None) -> Demo:
        if hour is not None:
            ahead = datetime.combine(date(2031, 1, 6), time(hour), calendar.JST) - calendar.machine_now()
            monkeypatch.setattr(calendar, "machine_now", lambda: datetime.now(calendar.JST) + ahead)
        app.config.update(PINNED_CLOCK=None, TODAY=day)
        calendar.pin(None)
        demo = Demo(app, sign_in_as)
        if hour is not None:
            demo.run("demo", "load")
        else:
            made_once(f"the demo on {day}", lambda: demo.run("demo", "load"))
            demo.read_clock()
        return demo

    return load


def told_out_of_order() -> list[str]:
    """Entries of the history that are dated before the one they follow, or after now."""
    found, last = [], None
    for entry in db.session.scalars(select(HistoryEntry).order_by(HistoryEntry.id)):
        told = f"{entry.at.isoformat()} {entry.subject_kind} {entry.subject_id} {entry.event}"
        if last and entry.at < last:
            found.append(f"{told}, after {last.isoformat()}")
        if entry.at > calendar.now():
            found.append(f"{told}, and it is {calendar.now():%Y-%m-%d %H:%M}")
        last = entry.at
    return found
