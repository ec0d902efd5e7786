"""HEAD answers as GET, with the same status and headers and no body, and changes nothing. From the URL map."""

from __future__ import annotations

import pytest
from flask import url_for
from sqlalchemy import func, select

from app.applications.models import Application
from app.correspondence import letters
from app.correspondence.models import Letter, LetterOpening
from app.db import db
from app.history import HistoryEntry
from tests import factories
from tests.conventions.records import one_of_each
from tests.factories.applications import holder

# What differs between any two answers.
PASSING = {"Date", "Set-Cookie", "Content-Length"}


@pytest.fixture
def records(app, at) -> dict[str, object]:
    """One record of each kind that addresses name, all of one body."""
    found = one_of_each()
    letters.issue(db.session.get_one(Letter, found["letter_id"]), on=at.date(), at=at)
    factories.mail()
    db.session.commit()
    return {**found, "locale": "en", "filename": "css/tokens.css", "name": "deadline"}


@pytest.mark.parametrize(
    "role", ["", "municipality_editor", "municipality_approver", "officer", "director", "administrator"]
)
def test_a_head_answers_as_the_get_does(app, sign_in_as, client, records, role):
    body = db.session.get_one(Application, records["application_id"]).organisation
    if role:
        tenure = holder(role, body if role.startswith("municipality") else None)
        client, _ = sign_in_as(tenure=tenure)
    differ, asked = [], 0
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()):
            continue
        converters = {name: "Integer" in type(it).__name__ for name, it in rule._converters.items()}
        values = {
            name: records.get(name, 1 if converters.get(name) else "nothing") for name in rule.arguments
        }
        values |= rule.defaults or {}
        with app.test_request_context():
            address = url_for(rule.endpoint, **values)
        head, get = client.head(address), client.get(address)
        said = [
            {name: value for name, value in it.headers.items() if name not in PASSING} for it in (head, get)
        ]
        if head.status_code != get.status_code or said[0] != said[1] or head.get_data():
            differ.append(f"{address}: {head.status} {said[0]}\n    GET: {get.status} {said[1]}")
        head.close(), get.close()
        asked += 1
    assert not differ, "\n".join(differ)
    assert asked > 60


def test_a_head_changes_nothing(app, sign_in_as, records):
    made = factories.application("draft")
    client, editor = sign_in_as(tenure=holder("municipality_editor", made.organisation))
    question = factories.own_questions(made.call)[0]
    factories.save_answer(
        made, question, text="長い時間をかけた回答", version=1, actor=editor, at=made.created_at
    )
    db.session.commit()
    before = db.session.scalar(select(func.count()).select_from(HistoryEntry))
    address = f"/applications/{made.id}/answers/{question.id}"
    for headers in ({}, {"Accept": "application/json"}):
        assert client.head(address, headers=headers).status_code == 200
    assert factories.answer_to(db.session.get_one(Application, made.id), question) == "長い時間をかけた回答"
    assert db.session.scalar(select(func.count()).select_from(HistoryEntry)) == before


def test_a_head_does_not_open_a_letter(app, sign_in_as, records):
    body = db.session.get_one(Application, records["application_id"]).organisation
    client, _ = sign_in_as(tenure=holder("municipality_editor", body))
    addresses = (f"/letters/{records['letter_id']}", f"/letters/{records['letter_id']}.pdf")
    assert [client.head(address).status_code for address in addresses] == [200, 200]
    assert db.session.scalar(select(func.count()).select_from(LetterOpening)) == 0
    assert client.get(addresses[0]).status_code == 200
    assert db.session.scalar(select(func.count()).select_from(LetterOpening)) == 1
