"""Every record that a mail, a task or the history can speak of has a page, named by its context."""

from __future__ import annotations

import pytest
from flask import url_for

from app.applications.delegation_models import Delegation
from app.correspondence import copies
from app.correspondence.models import Mail
from app.db import Model, db
from app.permissions import PERMISSIONS, PUBLIC, SEATED
from app.web.access import declared_permission
from app.web.manifest import brought, manifests, page_of
from tests import factories
from tests.conventions.brought import one_of_each_kind

# What is shown on the page of the record that it is a part of; nothing is said of it alone.
PARTS = {
    "application_check", "application_note", "correction", "joint_applicant", "submission",  # of an application
    "clarification", "clarification_edition", "criterion", "deadline_extension", "rule_exception",  # of a call
    "form_template", "form_version",  # of what asks with them, such as a call
    "frozen_response", "received_file", "response", "response_answer",  # of what is answered about
    "knowledge_edition",  # of a knowledge item
    "log_edition",  # of an entry of the log
    "kpi_actual",  # of an indicator
    "report_correction", "report_form",  # of a report, and what reports answer
    "meeting",  # of a council
    "survey_part",  # of a survey's answers
    "message",  # of a conversation
    "one_time_link", "session", "tenure",  # of a person or a seat
    "evaluation_form", "evaluation_publication", "evaluation_row",  # of an evaluation meeting
    "wish_form",  # of the wishes of a programme
    "continuation_form", "initiative", "project_applicant", "room", "room_form", "room_ministry",  # of a project
    "reminder",  # of what it reminds
    "result",  # of an application
}  # fmt: skip


def _kinds(of: type = Model) -> set[str]:
    return {kind for it in of.__subclasses__() for kind in {it.kind, *_kinds(it)} if kind}


@pytest.fixture
def records(app, at) -> dict[str, tuple[int, str]]:
    """kind → the id of one, and words of its page by which it is known."""
    found = one_of_each_kind(at)
    db.session.commit()
    return {kind: (record.id, words) for kind, (record, words) in found.items()}


def test_every_kind_that_is_spoken_of_has_a_page(app):
    assert _kinds() - PARTS == set(brought("pages"))
    assert _kinds() >= PARTS


def test_the_page_of_every_record_opens_and_shows_it(app, sign_in_as, records):
    assert set(records) == set(brought("pages"))
    for kind, (record_id, words) in records.items():
        found = page_of(kind, record_id)
        assert found is not None, kind
        with app.test_request_context():
            address = url_for(found[0], **found[1])
        # A body lets in whom it wants: its own people open the page, and nobody of the office.
        body = (
            db.session.get_one(Delegation, record_id).application.organisation
            if kind == "delegation"
            else None
        )
        roles = ("officer", *sorted(SEATED - {"consultant"}))
        client, _ = sign_in_as(next(role for role in roles if role in _roles(app, found[0])), body)
        page = client.get(address)
        assert page.status_code == 200, f"{kind}: {address}: {page.status}"
        assert words and words in page.get_data(as_text=True), f"{kind}: {address}"


def test_the_office_opens_what_a_mail_is_about_whatever_it_is(app, sign_in_as, records, at):
    mails = {
        kind: factories.mail(about_kind=kind, about_id=record_id, copy_note="写し")
        for kind, (record_id, _words) in records.items()
    }
    db.session.commit()
    client, _ = sign_in_as("administrator")
    for kind, mail in mails.items():
        with app.test_request_context():
            endpoint, values = page_of(kind, mail.about_id) or ("", {})
            may = "administrator" in _roles(app, endpoint)
            address = url_for(endpoint, **values).replace("&", "&amp;")
        page = client.get(f"/mails/{mail.id}")
        assert page.status_code == 200, kind
        assert (f'href="{address}"' in page.get_data(as_text=True)) is may, f"{kind}: {address}"


def test_the_digest_leads_to_what_each_mail_was_about(app, records, at):
    factories.tenure("officer")
    for kind, (record_id, _words) in records.items():
        factories.mail(about_kind=kind, about_id=record_id, copy_note="写し", subject=f"{kind}のこと")
    assert copies.send(on=at.date(), at=at)
    digests = db.session.query(Mail).filter(Mail.key.startswith("copies:"))  # one of each programme
    digest = "\n".join(mail.body for mail in digests)
    for kind, (record_id, _words) in records.items():
        with app.test_request_context():
            endpoint, values = page_of(kind, record_id) or ("", {})
            assert url_for(endpoint, **values) in digest, kind


@pytest.mark.parametrize("kind", ["council", "membership", "person"])
def test_a_record_that_is_not_there_has_no_page(app, kind):
    assert page_of(kind, 404) is None


@pytest.mark.parametrize(("kind", "record_id"), [("", None), ("application", None), ("fiscal_year", 2022)])
def test_what_is_no_record_has_no_page(app, kind, record_id):
    assert page_of(kind, record_id) is None


def test_every_page_is_one_of_the_house(app):
    pages = [page for each in manifests() for page in each.pages.values()]
    for page in pages:
        rule = next(it for it in app.url_map.iter_rules() if it.endpoint == page.endpoint)
        assert rule.arguments == ({page.argument} if page.argument and page.argument != "q" else set())


def _roles(app, endpoint: str) -> set[str]:
    permission = declared_permission(app, endpoint)
    return set(SEATED) if permission == PUBLIC else set(PERMISSIONS[str(permission)].roles)
