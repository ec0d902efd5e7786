"""No list asks the database once per row, and none of those people live in more than twelve times."""

from __future__ import annotations

import ast
from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import event

from app.db import db
from app.schedule.models import Reminder
from config import ROOT
from tests import factories

AT_MOST = 12


def _reminder(number: int, at) -> None:
    db.session.add(Reminder(key=f"k{number}", rule="deadline", subject_kind="application", subject_id=number, due_on=date(2023, 2, 1), handled_at=at))  # fmt: skip


class World:
    """One call, one council, and a row of each kind more with each `grow`."""

    def __init__(self, at) -> None:
        self.at = at
        self.call = factories.call(code="R4")
        self.council = factories.council()
        announced = factories.call(state="announced", announced_on=date(2022, 7, 1))
        self.announced = factories.project(
            [factories.organisation(), factories.organisation()], call=announced
        )
        self.body = factories.organisation()
        self.number = 0

    def grow(self, count: int) -> None:
        for _ in range(count):
            self.number += 1
            factories.application("submitted", call=self.call)
            factories.project([factories.organisation(), factories.organisation()])
            factories.project(call=factories.call(selection_fy=2018))
            factories.project(call=self.announced.call)
            factories.letter()
            factories.letter(organisation=self.body)
            factories.application("submitted", organisation=self.body)
            factories.project([self.body, factories.organisation()])
            factories.tenure("municipality_editor", self.body)
            factories.mail()
            factories.membership(self.council)
            factories.tenure("municipality_editor")
            _reminder(self.number, self.at)
        db.session.commit()


# (the function that answers, its address, as whom)
LISTS: tuple[tuple[str, Callable[[World], str], str], ...] = (
    ("app/programmes/routes.py:index", lambda w: "/calls", "officer"),
    ("app/applications/routes.py:index", lambda w: "/applications", "officer"),
    ("app/projects/routes.py:index", lambda w: "/projects", "officer"),
    ("app/projects/routes.py:ending", lambda w: "/projects/ending", "officer"),
    ("app/councils/routes.py:_page_of", lambda w: f"/projects/{w.council.project_id}/council", "officer"),
    ("app/selection/routes.py:show", lambda w: f"/calls/{w.call.id}/selection", "officer"),
    ("app/correspondence/routes.py:letters", lambda w: "/letters", "director"),
    ("app/correspondence/mail_routes.py:mails", lambda w: "/mails", "administrator"),
    ("app/schedule/routes.py:ledger", lambda w: "/schedule/reminders", "officer"),
    ("app/organisations/routes.py:index", lambda w: "/organisations", "officer"),
    ("app/organisations/routes.py:seats", lambda w: "/seats", "administrator"),
    ("app/home/security_routes.py:security_log", lambda w: "/security", "administrator"),
    ("app/reporting/routes.py:register", lambda w: "/register", ""),
    ("home", lambda w: "/", "officer"),
    ("welcome", lambda w: "/", ""),
    ("public calls", lambda w: "/calls", ""),
    ("public call", lambda w: f"/calls/{w.call.id}", ""),
    ("public project", lambda w: f"/register/{w.announced.number}", ""),
    ("body", lambda w: f"/organisations/{w.body.id}", "officer"),
    ("schedule", lambda w: "/schedule", "officer"),
    ("review", lambda w: "/letters/review", "director"),
)


@pytest.fixture
def world(app, at) -> World:
    return World(at)


@pytest.mark.parametrize(("name", "address", "role"), LISTS, ids=[entry[0] for entry in LISTS])
def test_a_list_sends_as_many_statements_for_many_rows_as_for_few(
    app, client, sign_in_as, world, name, address, role
):
    if role:
        client, _ = sign_in_as(role)
    world.grow(2)
    few = _statements(client, address(world))
    world.grow(6)
    many = _statements(client, address(world))
    assert len(many) <= len(few), "a query per row:\n" + "\n".join(many)
    if (
        name != "schedule"
    ):  # foretells every rule from live cases: a few statements for each rule, none per row
        assert len(many) <= AT_MOST, f"{len(many)} statements:\n" + "\n".join(many)


def test_every_list_of_the_product_is_counted():
    found = set()
    for path in (ROOT / "app").rglob("*routes.py"):
        for function in ast.walk(ast.parse(path.read_text())):
            if isinstance(function, ast.FunctionDef) and any(
                isinstance(node, ast.Attribute) and node.attr == "response" for node in ast.walk(function)
            ):
                found.add(f"{path.relative_to(ROOT)}:{function.name}")
    assert found <= {entry[0] for entry in LISTS}, f"not counted: {found - {entry[0] for entry in LISTS}}"


def _statements(client, address: str) -> list[str]:
    client.get(address)  # once for what is remembered from then on
    db.session.commit()
    sent: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        sent.append(" ".join(statement.split())[:160])

    engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        answer = client.get(address)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert answer.status_code == 200
    return [statement for statement in sent if not statement.startswith(("BEGIN", "PRAGMA"))]
