"""What a context brings to the first page by its manifest is there, though home does not know the context."""

from __future__ import annotations

import ast

import pytest
from sqlalchemy import select

from app import calendar
from app.db import db
from app.programmes.models import Call
from app.security import SecurityEvent
from app.web.changes import spoken_of
from app.web.counting import Chart, SplitBar
from app.web.manifest import Manifest
from config import ROOT
from tests import factories
from tests.home.page import page_of


@pytest.fixture
def home_with(app, monkeypatch, sign_in_as):
    """An officer's home in a house with one more context."""

    def read(manifest: Manifest):
        monkeypatch.setitem(app.extensions, "manifests", (*app.extensions["manifests"], manifest))
        client, _officer = sign_in_as("officer")
        return page_of(client.get("/").get_data(as_text=True))

    return read


def test_a_chart_stands_behind_those_of_the_contexts_before(app, home_with):
    drawn = Chart("sample", "見本の図", "projects/_by_year.html", [SplitBar("見本の年", 3, 1, "/calls")])
    page = home_with(Manifest(charts=lambda found, at: [drawn]))
    headings = [part.words for part in page.all(".desk__main h2")]
    assert headings[-1] == "見本の図" and len(headings) == 4
    assert page.one("#sample-heading") and "見本の年" in page.all(".bars")[-1].words


def test_what_has_to_be_done_stands_beside_its_day(app, home_with, at):
    leave = calendar.support_end_notice_day(calendar.fiscal_year(at))
    page = home_with(Manifest(ahead=lambda found, at: {leave: "見本の準備"}))
    assert "見本の準備" in page.one(".desk__side").words


def test_what_the_history_speaks_of_stands_among_the_changes(app, home_with, at):
    call = factories.call(title="見本の募集")
    call.record("drafted", actor=factories.tenure("officer"), at=at)
    db.session.commit()
    changes = Manifest(changes=lambda actor: [spoken_of(select(Call), Call, Call, name=Call.title)])
    changed = home_with(changes).one(".desk__side .dated--brief a")
    assert changed.words == "見本の募集" and changed["href"] == f"/calls/{call.id}"


@pytest.mark.parametrize("results", [(), ("drafted",)])
def test_it_is_noted_who_reads_what_a_context_calls_a_result(app, home_with, at, results):
    call = factories.call()
    call.record("drafted", actor=factories.tenure("officer"), at=at)
    db.session.commit()
    home_with(
        Manifest(
            changes=lambda actor: [spoken_of(select(Call), Call, Call, name=Call.title)], results=results
        )
    )
    noted = db.session.scalars(select(SecurityEvent.kind)).all()
    assert ("results_read" in noted) == bool(results)


@pytest.mark.parametrize("module", ["recent", "figures"])
def test_what_is_gathered_from_contexts_names_none(module):
    shared = {"web", "db", "history", "actors", "security", "calendar", "memory", "permissions"}
    tree = ast.parse((ROOT / "app" / "home" / f"{module}.py").read_text())
    named = {
        node.module.split(".")[1]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("app.")
    }
    assert named <= shared
