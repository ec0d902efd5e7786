"""What belongs to another body is not there: every address that names a record, from the URL map, is 404."""

from __future__ import annotations

import pytest
from flask import url_for
from sqlalchemy import select

from app.applications.models import Application, Submission
from app.correspondence.models import Letter, Mail
from app.councils.models import Council, Membership
from app.db import db
from app.history import HistoryEntry
from app.organisations.models import Organisation
from app.organisations.sign_in_models import SignInSession
from app.permissions import MUNICIPAL, PERMISSIONS, PUBLIC
from app.projects.models import Project
from app.web.access import declared_permission
from tests import factories
from tests.conventions.records import one_of_each

OPEN_TO_ALL = {"call_id", "organisation_id", "name"}  # calls, the directory, and rules are nobody's own


@pytest.fixture
def others(app, at) -> dict[str, object]:
    """One record of each kind that belongs to another body, and what belongs to it."""
    found = one_of_each()
    body = db.session.get_one(Organisation, found["organisation_id"])
    factories.signed_in(factories.tenure("municipality_editor", body))
    db.session.commit()
    return {**found, "session_id": db.session.scalars(select(SignInSession.id)).one()}


@pytest.mark.parametrize("role", sorted(MUNICIPAL))
def test_every_record_of_another_body_is_not_there(app, sign_in_as, others, role):
    client, _ = sign_in_as(role, factories.organisation())
    before, asked = _everything(), 0
    for rule in app.url_map.iter_rules():
        permission = str(declared_permission(app, rule.endpoint))
        if permission == PUBLIC or role not in PERMISSIONS[permission].roles or rule.arguments <= OPEN_TO_ALL:
            continue
        with app.test_request_context():
            address = url_for(rule.endpoint, **{name: others[name] for name in rule.arguments})
        for method in {"GET", "POST"} & (rule.methods or set()):
            answer = client.open(address, method=method, data={"version": "0"} if method == "POST" else None)
            assert answer.status_code == 404, f"{role} {method} {address}: {answer.status}"
            asked += 1
    assert asked > 15
    assert _everything() == before


def test_what_hangs_on_another_record_does_not_open_under_ones_own(app, sign_in_as, others):
    client, tenure = sign_in_as("municipality_editor")
    mine = factories.application("returned", organisation=tenure.organisation)
    db.session.commit()
    other = {name: others[name] for name in ("submission_id", "attachment_id", "sha256", "question_id")}
    for address in (
        "/applications/{0}/submissions/{submission_id}",
        "/applications/{0}/submissions/{submission_id}.json",
        "/applications/{0}/submissions/{submission_id}/files/{sha256}",
        "/applications/{0}/attachments/{attachment_id}",
        "/applications/{0}/answers/{question_id}",
    ):
        assert client.get(address.format(mine.id, **other)).status_code == 404, address
    client.post(f"/applications/{mine.id}/attachments/{other['attachment_id']}/removal")
    assert db.session.get_one(Application, others["application_id"]).attachments


def _everything() -> list[object]:
    """Enough of the world to see that nothing in it moved."""
    kinds = (Application, Submission, Letter, Mail, Council, Membership, Project)
    ids = [db.session.scalars(select(kind.id).order_by(kind.id)).all() for kind in kinds]
    states = [
        db.session.scalars(select(kind.state).order_by(kind.id)).all()
        for kind in (Application, Letter, Membership)
    ]
    return [ids, states, db.session.scalars(select(HistoryEntry.id)).all()]
