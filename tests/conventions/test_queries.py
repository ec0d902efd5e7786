"""No list asks the database once per row, and no list or case more than eight times, one of them for who is signed in."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from datetime import date

from flask import url_for
from sqlalchemy import event

from app import security
from app.db import db
from app.permissions import APPROVER, OFFICE, PERMISSIONS, PUBLIC
from app.schedule.models import Reminder
from app.surveys.answers import begin_answer
from app.web.access import declared_permission
from app.web.manifest import brought
from config import ROOT
from tests import factories
from tests.conventions.brought import one_of_each_kind, written_manifests
from tests.sources import nodes_of

AT_MOST, ON_HOME = 8, 12
FEW, MANY = 3, 30  # rows; more than a page has


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
        self.survey = factories.survey("open")
        self.somebody = factories.tenure("officer")
        self.number = 0

    def grow(self, count: int) -> None:
        for _ in range(count):
            self.number += 1
            factories.message(factories.application("submitted", call=self.call))
            factories.clarification(self.call)
            factories.project([factories.organisation(), factories.organisation()])
            factories.project(call=factories.call(selection_fy=2018))
            factories.project(call=self.announced.call)
            factories.letter()
            factories.letter(organisation=self.body)
            factories.application("submitted", organisation=self.body)
            factories.project([self.body, factories.organisation()])
            factories.tenure("municipality_editor", self.body)
            factories.kpi_actual(factories.kpi(self.council.project))
            factories.kpi_actual(factories.kpi())
            factories.survey()
            begin_answer(self.survey, factories.project(), (), at=self.at)
            factories.mail()
            factories.membership(self.council)
            factories.tenure("municipality_editor")
            factories.log_entry(self.council.project)
            factories.obstacle(self.council.project)
            factories.obstacle()
            factories.evaluation(self.announced, published=True, state="responded")
            factories.evaluation(self.council.project)
            factories.wish(self.announced, factories.organisation())
            factories.wish(self.council.project, factories.organisation())
            factories.report()
            if self.number <= FEW:
                factories.report("submitted", project=factories.project([self.body]))
            factories.knowledge_item(factories.obstacle(self.announced, "resolved"))
            _reminder(self.number, self.at)
            security.note("signed_in", actor=self.somebody, at=self.at)
        db.session.commit()


# Places of the menu and pages of records are those that the manifests name; these are the others: (endpoint, values, role).
OTHERS: tuple[tuple[str, Callable[[World], dict[str, object]], str], ...] = (
    ("projects.ending", lambda w: {}, "officer"),
    ("kpis.index", lambda w: {}, "officer"),
    ("continuation.index", lambda w: {}, "officer"),
    ("changing.index", lambda w: {}, "officer"),
    ("continuation.of_project", lambda w: {"project_id": w.announced.id}, "officer"),
    ("changing.of_project", lambda w: {"project_id": w.announced.id}, "officer"),
    ("kpis.comparison", lambda w: {}, "officer"),
    ("kpis.of_project", lambda w: {"project_id": w.council.project_id}, "officer"),
    ("selection.show", lambda w: {"call_id": w.call.id}, "officer"),
    ("conversations.index", lambda w: {}, "officer"),
    ("programmes.clarify", lambda w: {"call_id": w.call.id}, "officer"),
    ("accompaniment.log", lambda w: {"project_id": w.council.project_id}, "officer"),
    ("evaluation.of_project", lambda w: {"project_id": w.council.project_id}, "officer"),
    ("evaluation.grades", lambda w: {}, "officer"),
    ("evaluation.published", lambda w: {}, ""),
    ("wishes.index", lambda w: {}, "officer"),
    ("wishes.show", lambda w: {"project_id": w.council.project_id}, "officer"),
    ("schedule.ledger", lambda w: {}, "officer"),
    ("correspondence.review", lambda w: {}, "director"),
    ("reporting.portfolio", lambda w: {}, "officer"),
    ("rotation.index", lambda w: {}, "officer"),
    ("surveys.tally", lambda w: {"survey_id": w.survey.id}, "officer"),
    ("surveys.data", lambda w: {"survey_id": w.survey.id, "asked_of": "bodies"}, "officer"),
    ("surveys.of_project", lambda w: {"project_id": w.announced.id}, "officer"),
    ("reports.of_project", lambda w: {"project_id": w.council.project_id}, "officer"),
    ("rooms.show", lambda w: {"project_id": w.announced.id}, "officer"),
    ("reporting.project", lambda w: {"number": w.announced.number}, ""),
    ("programmes.show", lambda w: {"call_id": w.call.id}, ""),
)
FORETELLS = "schedule.index"  # every rule from live cases: a few statements for each rule, none per row
LISTED_BY = {
    "app/councils/routes.py:_page_of": "councils.show"
}  # a function that is no view → whose page it makes


def _places() -> list[tuple[str, str]]:
    """Each place of the menu, as who is not signed in and as each kind of person who may go there."""
    outside = [(place.endpoint, "") for it in CONTEXTS for place in it.outside]
    inside = [(place.endpoint, _asked_as(place.permission)) for it in CONTEXTS for place in it.places]
    return outside + inside


def _kinds() -> list[tuple[str, str]]:
    return sorted((kind, page.endpoint) for it in CONTEXTS for kind, page in it.pages.items())


def _asked_as(permission: str) -> str:
    roles = PERMISSIONS[permission].roles if permission != PUBLIC else OFFICE
    return next(role for role in ASKED_AS if role in roles)


ASKED_AS = ("officer", "director", "administrator", APPROVER)  # the last for what is a body's alone
CONTEXTS = written_manifests()


Asked = tuple[str, dict[str, object], str]  # endpoint, values, role


def test_no_list_sends_more_statements_for_many_rows_than_for_few(app, at, sign_in_as, subtests):
    world = World(at)
    lists: list[Asked] = [(endpoint, {}, role) for endpoint, role in _places()]
    lists += [(endpoint, values(world), role) for endpoint, values, role in OTHERS]
    _count(app, sign_in_as, subtests, world, lists)


def test_no_page_of_a_record_sends_more_statements_for_many_rows_than_for_few(app, at, sign_in_as, subtests):
    world, records = World(at), one_of_each_kind(at)
    pages: list[Asked] = []
    for kind, endpoint in _kinds():
        values = brought("pages")[kind].values(records[kind][0].id)
        pages.append((endpoint, values, _asked_as(str(declared_permission(app, endpoint)))))
    _count(app, sign_in_as, subtests, world, pages, records["delegation"][0].application.organisation)


def _count(app, sign_in_as, subtests, world: World, pages: list[Asked], body=None) -> None:
    with app.test_request_context():
        addresses = [url_for(endpoint, **values) for endpoint, values, _ in pages]
    clients = {
        role: sign_in_as(role, body if role == APPROVER else None)[0] if role else app.test_client()
        for *_, role in pages
    }
    world.grow(FEW)
    sent_for_few = [
        _statements(clients[role], address) for (*_, role), address in zip(pages, addresses, strict=True)
    ]
    world.grow(MANY - FEW)
    for (endpoint, _, role), address, few in zip(pages, addresses, sent_for_few, strict=True):
        with subtests.test(f"{endpoint} as {role or 'nobody'}"):
            many = _statements(clients[role], address)
            assert len(many) == len(few), "a query per row:\n" + "\n".join(many)
            if endpoint != FORETELLS:
                most = ON_HOME if endpoint == "home.index" else AT_MOST
                assert len(many) <= most, f"{len(many)} statements:\n" + "\n".join(many)


def test_every_list_of_the_product_is_counted(app):
    counted = {endpoint for endpoint, *_ in (*_places(), *OTHERS)} | {endpoint for _, endpoint in _kinds()}
    found = set()
    for path in (ROOT / "app").rglob("*routes.py"):
        for function in nodes_of(path.read_text()):
            if isinstance(function, ast.FunctionDef) and any(
                isinstance(node, ast.Attribute) and node.attr == "response" for node in ast.walk(function)
            ):
                name = f"{path.relative_to(ROOT)}:{function.name}"
                found.add(LISTED_BY.get(name) or _endpoint_of(app, path, function.name))
    assert len(found) > 10
    assert found <= counted, f"not counted: {found - counted}"


def _endpoint_of(app, path, name: str) -> str:
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    return next(
        endpoint
        for endpoint, view in app.view_functions.items()
        if (inspect.unwrap(view).__module__, inspect.unwrap(view).__name__) == (module, name)
    )


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
