"""Where mail goes, and in which seat somebody acts."""

from datetime import date

import pytest
from sqlalchemy import event

from app.db import db
from app.organisations.contacts import NoSuchTenure, mailboxes_of, office_mailboxes, tenure_of
from tests import factories

APPROVER, EDITOR = "municipality_approver", "municipality_editor"


def test_the_contact_of_a_body_is_its_approver_else_its_editor(app):
    both, edited, empty = factories.organisation(), factories.organisation(), factories.organisation()
    factories.tenure(EDITOR, both)
    approver = factories.tenure(APPROVER, both)
    editor = factories.tenure(EDITOR, edited)
    factories.seat(APPROVER, edited)  # nobody holds it
    found = mailboxes_of([both.id, edited.id, empty.id])
    assert found == {both.id: approver.seat.mailbox, edited.id: editor.seat.mailbox}


def test_a_seat_that_is_left_or_closed_is_no_contact(app):
    tenure = factories.tenure(APPROVER, ended_on=date(2022, 3, 31))
    body = tenure.organisation_id
    assert mailboxes_of([body]) == {}
    assert mailboxes_of([body], on=date(2022, 3, 31)) == {body: tenure.seat.mailbox}
    closed = factories.tenure(APPROVER)
    closed.seat.closed_on = date(2023, 2, 15)
    db.session.flush()
    assert mailboxes_of([closed.organisation_id]) == {}


def test_contacts_of_many_bodies_take_one_query_besides_that_for_mergers(app):
    bodies = [factories.tenure(APPROVER).organisation_id for _ in range(5)]
    db.session.commit()
    asked = []
    event.listen(db.engine, "before_cursor_execute", lambda *arguments: asked.append(arguments[2]))
    assert len(mailboxes_of(iter(bodies))) == 5
    assert sum(statement.startswith("SELECT") for statement in asked) == 2


def test_the_mailboxes_of_the_office_are_those_of_held_seats_of_the_roles_each_once(app):
    officer = factories.tenure("officer")
    factories.tenure("officer").seat.mailbox = officer.seat.mailbox
    director = factories.tenure("director")
    factories.seat("officer")
    db.session.flush()
    assert office_mailboxes() == [officer.seat.mailbox]
    assert set(office_mailboxes(("officer", "director"))) == {officer.seat.mailbox, director.seat.mailbox}


def test_a_person_is_found_in_their_one_seat_by_address(app):
    tenure = factories.tenure("director")
    assert tenure_of(tenure.person.email) is tenure
    assert tenure_of(f" {tenure.person.email.upper()}") is tenure


def test_somebody_with_two_seats_must_be_told_apart_by_role(app):
    director = factories.tenure("director")
    officer = factories.tenure("officer", person=director.person)
    email = director.person.email
    with pytest.raises(NoSuchTenure, match=r"several seats: director .*officer"):
        tenure_of(email)
    assert tenure_of(email, role="officer") is officer
    with pytest.raises(NoSuchTenure, match="no seat as reviewer"):
        tenure_of(email, role="reviewer")


def test_an_unknown_address_an_unknown_role_and_somebody_who_has_left_are_named(app):
    left = factories.tenure("officer", ended_on=date(2022, 3, 31))
    for email in ("nobody@example.jp", left.person.email):
        with pytest.raises(NoSuchTenure, match=f"nobody with the address {email}"):
            tenure_of(email)
    with pytest.raises(NoSuchTenure, match="no role boss"):
        tenure_of(left.person.email, role="boss")
