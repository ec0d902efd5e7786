"""PostgreSQL: one account owns the tables, another works with them, and cannot undo what guards them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date

import pytest
from flask_migrate import upgrade
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import DBAPIError

from app import create_app
from app.correspondence import approval, delivery, letters
from app.db import db
from app.guards import catalogue, rights
from app.guards.rules import GUARDS
from app.installation import Setting
from app.permissions import DIRECTOR
from tests import factories
from tests.databases import empty_database
from tests.factories.applications import holder
from tests.proof.common import verified

NOTICE_DAY = date(2023, 3, 31)
OWNER, ACCOUNT = f"banso_owner_{os.getpid()}", f"banso_app_{os.getpid()}"
PASSWORD = "for a test"

pytestmark = pytest.mark.postgresql


@pytest.fixture
def two(app) -> Iterator[str]:
    """The test's database handed to an owner; the application is connected as another account afterwards."""
    admin = db.engine.url
    db.session.remove()
    _as(admin, *(f"CREATE ROLE {role} LOGIN PASSWORD '{PASSWORD}'" for role in (OWNER, ACCOUNT)))
    try:
        _hand_over(admin)
        app.config["DATABASE_OWNER_URL"] = _of(admin, OWNER)
        result = app.test_cli_runner().invoke(args=["database", "grant", ACCOUNT])
        assert result.exit_code == 0, result.output
        db.session.remove()
        db.engine.dispose()
        db.engine.url = make_url(_of(admin, ACCOUNT))
        app.config["DATABASE_OWNER_URL"] = None
        yield ACCOUNT
    finally:
        db.session.remove()
        db.engine.dispose()
        db.engine.url = admin
        _as(admin, f"REASSIGN OWNED BY {OWNER} TO CURRENT_USER", f"DROP OWNED BY {OWNER}, {ACCOUNT}")
        _as(admin, f"DROP ROLE {OWNER}", f"DROP ROLE {ACCOUNT}")


def _hand_over(admin) -> None:
    """What the owner would have made themselves, by migrating: that takes seconds, see the last test."""
    _as(
        admin,
        f"ALTER DATABASE {admin.database} OWNER TO {OWNER}",
        f"ALTER SCHEMA public OWNER TO {OWNER}",
        "DO $$ DECLARE it record; BEGIN "
        "FOR it IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP "
        f"EXECUTE format('ALTER TABLE %I OWNER TO {OWNER}', it.tablename); END LOOP; "
        "FOR it IN SELECT oid::regprocedure AS named FROM pg_proc WHERE pronamespace = 'public'::regnamespace LOOP "
        f"EXECUTE format('ALTER FUNCTION %s OWNER TO {OWNER}', it.named); END LOOP; END $$",
    )


def _of(admin, role: str) -> str:
    return admin.set(username=role, password=PASSWORD).render_as_string(hide_password=False)


def _as(url, *statements: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def _whole_story(at) -> None:
    """From a draft to a decision, and a letter to its mail."""
    application = factories.application("provisional", joint=[factories.organisation()])
    factories.application("lapsed", call=application.call)
    factories.membership(factories.council(factories.project()))
    letter = factories.letter()
    director = holder(DIRECTOR)
    db.session.commit()
    approval.approve([letter], actor=director, at=at)
    letters.issue(letter, on=NOTICE_DAY, at=at)
    Setting.put("x", "y")
    factories.mail()
    db.session.commit()
    delivery.deliver_due(at=at)


def test_the_account_of_the_application_does_all_that_the_application_does(app, two, at):
    assert db.session.execute(text("SELECT current_user")).scalar_one() == ACCOUNT
    _whole_story(at)
    assert verified(app) == (0, {})
    output = app.test_cli_runner().invoke(args=["history", "verify"]).output
    assert "the account of the application" not in output


def test_a_page_is_saved_and_emptied_by_that_account_too(app, two, sign_in_as):
    """Rows that the application deletes: a joint applicant, an attempt to sign in."""
    application = factories.application("draft", joint=[factories.organisation()])
    application.joint_applicants.clear()
    db.session.commit()
    client = app.test_client()
    for _ in range(2):
        form = {"email": "nobody@example.jp", "password": "not the password"}
        assert client.post("/sign-in", data=form).status_code in (200, 401, 422)


UNDOING = {
    "drop a trigger": "DROP TRIGGER guard_letters ON letters",
    "switch a trigger off": "ALTER TABLE history DISABLE TRIGGER guard_history",
    "switch all off": "ALTER TABLE history DISABLE TRIGGER ALL",
    "put another in its place": "CREATE OR REPLACE FUNCTION guard_history() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RETURN NEW; END $$",
    "add one that swallows": "CREATE TRIGGER quiet BEFORE INSERT ON history FOR EACH ROW EXECUTE FUNCTION guard_truncate()",
    "be a replica": "SET session_replication_role = replica",
    "make a rule": "CREATE RULE quiet AS ON INSERT TO history DO INSTEAD NOTHING",
    "become the owner": f"SET ROLE {OWNER}",
    "rewrite the history": "UPDATE history SET actor_name = 'x'",
    "thin it out": "DELETE FROM history",
    "change a submission": "UPDATE submissions SET submitted_by = 'x'",
    "delete a letter": "DELETE FROM letters",
    "delete a register": "DELETE FROM number_registers",
    "delete a mail": "DELETE FROM mails",
    "pretend another migration": "UPDATE alembic_version SET version_num = '0001'",
    "drop a table": "DROP TABLE history",
    "make a table": "CREATE TABLE public.history2 (id integer)",
    **{f"empty {guard.table}": f"TRUNCATE {guard.table} CASCADE" for guard in GUARDS},
}


@pytest.mark.parametrize("what", UNDOING)
def test_it_cannot(two, what):
    with pytest.raises(DBAPIError, match=r"permission denied|must be owner"):
        db.session.execute(text(UNDOING[what]))
    db.session.rollback()


def test_an_account_that_could_undo_the_guards_is_told(app, at):
    factories.organisation().record("noted", actor=factories.tenure("officer"), at=at)
    assert verified(app) == (0, {})
    output = app.test_cli_runner().invoke(args=["history", "verify"]).output
    assert "note: the account of the application is a superuser" in output
    db.session.commit()
    app.config["ENV"] = "production"
    assert "is a superuser" in app.test_cli_runner().invoke(args=["doctor"]).output


def test_a_role_that_does_not_exist_and_the_owner_itself_are_refused(app):
    owner = db.session.execute(text("SELECT current_user")).scalar_one()
    for role, why in (("nobody_at_all", "there is no role"), (owner, "gives rights to another account")):
        db.session.commit()
        result = app.test_cli_runner().invoke(args=["database", "grant", role])
        assert result.exit_code == 2 and why in result.output


def test_the_owner_migrates_and_the_application_never_has_its_password(two, tmp_path):
    """As the guide has it: `flask db upgrade` and `flask database grant` with BANSO_DATABASE_OWNER_URL."""
    with empty_database() as url:
        admin = make_url(url)
        _as(admin, f"ALTER DATABASE {admin.database} OWNER TO {OWNER}")
        own = create_app(
            {
                "DATABASE_URL": _of(admin, ACCOUNT),
                "DATABASE_OWNER_URL": _of(admin, OWNER),
                "DATA_DIR": tmp_path / "data",
                "TESTING": True,
                "SECRET_KEY": "x",
            }
        )
        with own.app_context():
            try:
                upgrade()
                assert own.test_cli_runner().invoke(args=["database", "grant", ACCOUNT]).exit_code == 0
                owners = "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"
                assert db.session.scalars(text(owners)).all() == [OWNER]
                assert catalogue.problems(db.session.connection()) == []
                assert rights.warning(db.session.connection()) == ""
            finally:
                db.session.remove()
                db.engine.dispose()


def test_the_account_backs_up_and_what_is_restored_belongs_to_the_owner(app, two, at, tmp_path):
    _whole_story(at)
    db.session.remove()
    file = tmp_path / "banso.tar"
    done = app.test_cli_runner().invoke(args=["backup", str(file)])
    assert done.exit_code == 0, done.output
    with empty_database() as url:
        admin = make_url(url)
        _as(admin, f"ALTER DATABASE {admin.database} OWNER TO {OWNER}")
        own = create_app(
            {
                "DATABASE_URL": _of(admin, ACCOUNT),
                "DATABASE_OWNER_URL": _of(admin, OWNER),
                "DATA_DIR": tmp_path / "restored",
                "TESTING": True,
            }
        )
        own.config["PINNED_CLOCK"] = at
        with own.app_context():
            try:
                done = own.test_cli_runner().invoke(args=["restore", str(file)])
                assert done.exit_code == 0, done.output
                assert "BROKEN" not in done.output
                owners = "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"
                assert db.session.scalars(text(owners)).all() == [OWNER]
                assert db.session.execute(text("SELECT current_user")).scalar_one() == ACCOUNT
                assert rights.warning(db.session.connection()) == ""
                factories.organisation().record("noted", actor=holder(DIRECTOR), at=at)
                db.session.commit()
            finally:
                db.session.remove()
                db.engine.dispose()
