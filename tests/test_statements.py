"""A statement that is kept asks the same as one put together anew; what is read apart is what the session would read."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import g, request
from sqlalchemy import Integer, bindparam, inspect, select
from sqlalchemy.orm.exc import DetachedInstanceError

from app import memory, statements
from app.applications.lists import listing_for
from app.applications.models import Application
from app.db import db, reading
from app.installation import Setting
from app.memory import HOUSE
from app.organisations.models import Organisation
from app.projects.models import Project, ProjectApplicant
from tests import factories


@contextmanager
def a_page(app, address="/"):
    """A request that only reads, and the end of its transaction."""
    for name in list(g):
        g.pop(name)
    db.session.commit()
    with app.test_request_context(address), reading():
        yield
        db.session.rollback()


@pytest.fixture
def built():
    """How often a statement was put together, and what does it."""

    class Built(list):
        def one(self, *where):
            def build():
                self.append(where)
                return select(Organisation).where(
                    Organisation.id == bindparam("number", type_=Integer), *where
                )

            return build

    return Built()


def test_it_is_put_together_once_for_a_key(app, built):
    for key in ("a", "a", "b"):
        statements.prepared(key, built.one())
    assert len(built) == 2


def test_one_with_an_instant_in_it_is_put_together_each_time(app, built, at):
    for days in (0, 1):
        then = at + timedelta(days=days)
        found = statements.prepared("a", built.one(Organisation.created_at < then))
        assert then in found.compile().params.values()


def test_one_that_holds_ids_of_the_house_is_put_together_anew_when_it_changes(app, built):
    for change in (False, False, True):
        if change:
            Setting.put("told", "now")
        with a_page(app):
            statements.prepared("a", built.one(), HOUSE)
    assert len(built) == 2


def test_what_is_read_apart_is_what_the_session_reads(app):
    bodies = [factories.organisation() for _ in range(3)]
    query = select(Organisation).order_by(Organisation.id.desc())
    with a_page(app):
        statement = statements.columns_of(query, Organisation, [Organisation.search_text])
        apart = statements.read_apart(Organisation, statement)
        shown = [it.key for it in inspect(Organisation).column_attrs if it.key != "search_text"]
        records = db.session.scalars(query).all()
        assert len(records) >= len(bodies)
        assert [[getattr(it, key) for key in shown] for it in apart] == [
            [getattr(it, key) for key in shown] for it in records
        ]
        assert not any(it in db.session for it in apart)
        with pytest.raises(DetachedInstanceError):
            _ = apart[0].search_text


def test_what_rows_have_many_of_is_theirs_in_order(app):
    bodies = [factories.organisation() for _ in range(3)]
    made = [factories.project(bodies[::-1]), factories.project(bodies[:1]), factories.project(bodies[1:])]
    expected = {it.id: [each.organisation_id for each in it.applicants] for it in made}
    with a_page(app):
        query = statements.columns_of(select(Project), Project)
        rows = statements.read_apart(Project, query)
        statements.load_many(rows, Project.applicants)
        assert {it.id: [each.organisation_id for each in it.applicants] for it in rows} == expected
        assert all(each.project is row for row in rows for each in row.applicants)
    db.session.expire_all()
    rows = db.session.scalars(select(Project)).all()
    statements.load_many(rows, Project.applicants)
    assert {it.id: [each.organisation_id for each in it.applicants] for it in rows} == expected
    assert all(each in db.session for row in rows for each in row.applicants)


def test_nothing_is_asked_for_no_rows(app, count_queries):
    with a_page(app):
        assert count_queries(lambda: statements.load_many([], Project.applicants)) == 0
    assert ProjectApplicant.__table__ is not None


def test_a_page_of_a_list_shows_the_records_that_there_are_and_the_next_page_others(app, sign_in_as):
    _, officer = sign_in_as("officer")
    body = factories.organisation()
    for _ in range(30):
        factories.application("submitted", organisation=body)
    for page in (1, 2):
        with a_page(app, f"/applications?page={page}&sort=number"):
            listing = listing_for(officer, request.args)
            everything = [it.id for it in listing.every_row()]
            assert [it.id for it in listing.rows] == everything[(page - 1) * 25 : page * 25]
            assert not any(it in db.session for it in listing.rows)
            assert listing.rows[0].organisation.full_name == body.full_name


def test_whoever_writes_gets_the_records_themselves(app, sign_in_as):
    _, officer = sign_in_as("officer")
    factories.application("submitted")
    with a_page(app, "/applications"):
        db.session.execute(Setting.__table__.insert().values(name="a note", value="of a page"))
        Setting.put("told", "now")
        db.session.flush()
        assert not memory.is_open()
        assert all(it in db.session for it in listing_for(officer, request.args).rows)


def test_two_bodies_that_ask_for_one_address_see_each_their_own(app, sign_in_as):
    for _ in range(2):
        body = factories.organisation()
        own = factories.application(organisation=body)
        client, _tenure = sign_in_as("municipality_editor", body)
        page = client.get("/applications").get_data(as_text=True)
        assert f"/applications/{own.id}?" in page
        others = [it for it in db.session.scalars(select(Application)) if it.organisation_id != body.id]
        assert not any(f"/applications/{it.id}?" in page for it in others)
