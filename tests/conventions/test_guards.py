"""The database refuses by itself, also to whoever has its account: rewriting, replacing, emptying, forging."""

from __future__ import annotations

import ast
import contextlib
import sqlite3
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app import calendar, security
from app.applications import delegations, exceptions, notes
from app.applications.checklist import tick
from app.correspondence import letters, outbox
from app.correspondence.models import LetterOpening
from app.db import db
from app.guards import catalogue, rights, sqlite
from app.guards.rules import GUARDS, Guard
from app.permissions import APPROVER, SYSTEM
from app.programmes.checklist import DEFAULT
from app.questions import freezing
from app.reports import submission
from app.selection.operations import record_result
from config import ROOT
from tests import factories
from tests.factories.applications import holder
from tests.sources import nodes_of

NOTICE_DAY = date(2023, 3, 31)


@pytest.fixture
def written(app, at):
    """One row at least of each guarded table, as far as it can be written at all."""
    body = factories.organisation()
    body.record("noted", actor=SYSTEM, at=at)
    letter = letters.issue(factories.letter(state="approved", organisation=body), on=NOTICE_DAY, at=at)
    factories.letter()
    factories.application("not_selected")
    notes.add_note(factories.application("returned"), "x", actor=factories.tenure("officer"), at=at)
    freezing.freeze(factories.application("draft").answered, actor=SYSTEM, at=at)
    submitted = factories.application("submitted", call=factories.call(checklist=DEFAULT))
    factories.message(submitted)
    tick(submitted, submitted.submissions[0], {"body": "ok"}, actor=factories.tenure("officer"), at=at)
    factories.clarification(factories.call())
    factories.project()
    factories.knowledge_item(factories.log_entry())
    factories.obstacle()
    factories.evaluation(state="responded", published=True)
    again = factories.report("returned")
    submission.submit(again, actor=holder(APPROVER, again.project.lead), at=at)
    factories.grace(state="granted")
    let_in = factories.delegation()
    delegations.revoke(let_in, actor=holder(APPROVER, let_in.application.organisation), at=calendar.now())
    exceptions.grant(
        factories.call(), body, rule="rule_upgrade", reason="x", actor=factories.tenure("officer"), at=at
    )
    factories.mail(sent_at=at, next_attempt_at=None)
    factories.mail()
    security.note(next(iter(security.KINDS)), actor=factories.tenure("officer"), at=calendar.machine_now())
    call = factories.call()
    call.announced_count, call.state = 1, "announced"
    opened = {"letter_id": letter.id, "organisation_id": body.id, "role": "x", "name": "x", "opened_at": at}
    db.session.add(LetterOpening(key="1:1", **opened))
    record_result(
        factories.application("under_review"),
        selected=True,
        reasons="x",
        actor=factories.tenure("officer"),
        at=at,
    )
    db.session.commit()
    return letter


def test_the_migrated_database_has_the_guards_and_no_others(app):
    assert catalogue.problems(db.session.connection()) == []


def test_guards_taken_away_for_a_restore_and_made_again_are_the_same(app):
    connection = db.session.connection()
    catalogue.drop_all(connection)
    assert catalogue.problems(connection)
    catalogue.create_all(connection)
    assert catalogue.problems(connection) == []


def test_every_column_of_a_guarded_table_is_said_to_stay_or_to_change(app):
    for guard in GUARDS:
        columns = {column.name for column in db.metadata.tables[guard.table].columns}
        assert guard.append_only or guard.columns == columns, (guard.table, guard.columns ^ columns)


def test_every_key_of_a_guarded_table_is_watched(app):
    """Else UPDATE OR REPLACE throws the row away that stands in the way."""
    for guard in GUARDS:
        table = db.metadata.tables[guard.table]
        unique = {
            tuple(sorted(column.name for column in it.columns)) for it in table.constraints if _is_unique(it)
        }
        unique |= {
            tuple(sorted(column.name for column in it.columns)) for it in table.indexes if _is_whole(it)
        }
        assert unique == {tuple(sorted(key)) for key in guard.keys}, guard.table


def _is_unique(constraint) -> bool:
    return type(constraint).__name__ in ("PrimaryKeyConstraint", "UniqueConstraint")


def _is_whole(index) -> bool:
    return index.unique and not index.dialect_options["sqlite"].get("where") is not None


REFUSED = {
    "history is not rewritten": "UPDATE history SET actor_name = 'x'",
    "history is not thinned out": "DELETE FROM history WHERE id = 1",
    "an entry does not get in between": (
        "INSERT INTO history SELECT id + 7, at, actor_person_id, actor_seat_id, actor_name, actor_role, origin, "
        "subject_kind, subject_id, event, audience, changes, previous_hash, 'f' || substr(hash, 2) FROM history WHERE id = 1"
    ),
    "an entry follows the last one": (
        "INSERT INTO history SELECT (SELECT max(id) + 1 FROM history), at, actor_person_id, actor_seat_id, actor_name, "
        "actor_role, origin, subject_kind, subject_id, event, audience, changes, previous_hash, 'f' || substr(hash, 2) "
        "FROM history WHERE id = 1"
    ),
    "the state of an issued letter stays": "UPDATE letters SET state = 'drafted' WHERE state = 'issued'",
    "its approver stays": "UPDATE letters SET approved_by = 'x' WHERE state = 'issued'",
    "the instant of its approval stays": "UPDATE letters SET approved_at = '2001-01-01 00:00:00' WHERE state = 'issued'",
    "its addressee stays": "UPDATE letters SET addressee = 'x' WHERE state = 'issued'",
    "the case it is about stays": "UPDATE letters SET about_id = 99 WHERE state = 'issued'",
    "the body it was sent to stays": "UPDATE letters SET organisation_id = organisation_id + 1 WHERE state = 'issued'",
    "its year stays": "UPDATE letters SET fiscal_year = 2000 WHERE state = 'issued'",
    "the day it was drafted stays": "UPDATE letters SET created_at = '2001-01-01 00:00:00' WHERE state = 'issued'",
    "an issued letter is not deleted": "DELETE FROM letters WHERE state = 'issued'",
    "a draft is not issued past its approval": "UPDATE letters SET state = 'issued' WHERE state = 'drafted'",
    "a letter is not put in issued": (
        "INSERT INTO letters (key, letter_kind, state, about_kind, about_id, about_number, fiscal_year, organisation_id, "
        "addressee, subject, content, number, register_fy, sequence, issued_on, sha256, path, pages, approved_at, "
        "version_id, created_at) SELECT 'forged', letter_kind, state, about_kind, about_id, about_number, fiscal_year, "
        "organisation_id, addressee, subject, content, 'forged', register_fy, 99, issued_on, sha256, path, pages, "
        "approved_at, 1, created_at FROM letters WHERE state = 'issued'"
    ),
    "a register does not go back": "UPDATE number_registers SET last = last - 1",
    "a register is not deleted": "DELETE FROM number_registers",
    "a register keeps its year": "UPDATE number_registers SET fiscal_year = 1999",
    "a submission is not changed": "UPDATE submissions SET submitted_by = 'x'",
    "a submission is not deleted": "DELETE FROM submissions",
    "a mail that waits keeps its text": "UPDATE mails SET body = 'x' WHERE sent_at IS NULL",
    "a mail that waits keeps its address": "UPDATE mails SET to_address = 'x@example.jp' WHERE sent_at IS NULL",
    "a mail that is sent keeps its day": "UPDATE mails SET sent_at = NULL WHERE sent_at IS NOT NULL",
    "a mail is not deleted": "DELETE FROM mails",
    "an outcome stays": "UPDATE applications SET state = 'selected' WHERE state = 'not_selected'",
    "the number of an application stays": "UPDATE applications SET number = 'x' WHERE number IS NOT NULL",
    "an application with a number is not deleted": "DELETE FROM applications WHERE number IS NOT NULL",
    "what had to be corrected stays": "UPDATE corrections SET defects = '{}'",
    "who was granted more time stays": "UPDATE graces SET organisation_id = organisation_id + 1",
    "a granted grace stays granted": "UPDATE graces SET state = 'asked', decided_at = NULL, decided_by = ''",
    "an exception is not changed": "UPDATE rule_exceptions SET rule = 'x'",
    "a grace is not deleted": "DELETE FROM graces",
    "whom a body let in stays": "UPDATE delegations SET application_id = application_id + 1",
    "what is revoked stays so": "UPDATE delegations SET state = 'running', ended_at = NULL, ended_by = ''",
    "a delegation is not deleted": "DELETE FROM delegations",
    "how an entry of the log read before stays": "UPDATE log_editions SET text = 'x'",
    "who wrote an entry of the log stays": "UPDATE log_entries SET author = 'x'",
    "an entry of the log is not deleted": "DELETE FROM log_entries",
    "what was shown is not hidden again": "UPDATE log_entries SET within_office = true",
    "who put an obstacle on record stays": "UPDATE obstacles SET raised_by = 'x'",
    "an obstacle is not deleted": "DELETE FROM obstacles",
    "what was published of a meeting stays": "UPDATE evaluation_publications SET sha256 = 'x'",
    "what was published of a meeting is not deleted": "DELETE FROM evaluation_publications",
    "what a report is of stays": "UPDATE reports SET fiscal_year = fiscal_year - 1",
    "a report is not deleted": "DELETE FROM reports",
    "what the office asked to be corrected stays": "UPDATE report_corrections SET defects = '{}'",
    "when a correction was answered stays": "UPDATE report_corrections SET resubmitted_at = NULL",
    "a return is not deleted": "DELETE FROM report_corrections",
    "how a knowledge item read before stays": "UPDATE knowledge_editions SET answer = 'x'",
    "where a knowledge item came from stays": "UPDATE knowledge_items SET log_entry_id = log_entry_id + 1",
    "a correction is not deleted": "DELETE FROM corrections",
    "the number of a project stays": "UPDATE projects SET number = number + 5000",
    "a project is not deleted": "DELETE FROM projects",
    "the security log is not rewritten": "UPDATE security_events SET name = 'x'",
    "what is new in it is not forgotten": "DELETE FROM security_events",
    "an announced call stays announced": "UPDATE calls SET state = 'published' WHERE state = 'announced'",
    "the count it was announced with stays": "UPDATE calls SET announced_count = 2 WHERE state = 'announced'",
    "a call that was published is not deleted": "DELETE FROM calls WHERE state <> 'draft'",
}  # fmt: skip


def test_the_database_refuses(written, subtests):
    for name, statement in REFUSED.items():
        with subtests.test(name):
            _must_be_refused(statement)


def _must_be_refused(statement: str) -> None:
    saying = "append-only|never|kept|goes on|begins as|once it is approved|goes where|taken"
    try:
        with pytest.raises(DBAPIError, match=saying):
            db.session.execute(text(statement))
    finally:
        db.session.rollback()


@pytest.mark.postgresql
def test_postgresql_empties_no_guarded_table(written, subtests):
    for guard in GUARDS:
        with subtests.test(guard.table):
            _must_be_refused(f"TRUNCATE {guard.table} CASCADE")


def test_sqlite_replaces_no_row_whatever_the_connection_has_switched_on(written):
    """An attacker's own connection: recursive triggers are off there, and REPLACE asks no trigger on DELETE."""
    if db.engine.dialect.name != "sqlite":
        _must_be_refused("UPDATE letters SET id = id + 1000 WHERE state = 'issued'")
        return
    db.session.commit()
    own = sqlite3.connect(db.engine.url.database)
    assert own.execute("PRAGMA recursive_triggers").fetchone() == (0,)
    for guard in GUARDS:
        table = guard.table
        with pytest.raises(sqlite3.IntegrityError, match=NO_PLACE):
            own.execute(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")
        before = _rows(own, table)
        assert before, table
        for key in guard.keys:
            same = ", ".join(
                f"{it} = (SELECT {it} FROM {table} WHERE {it} IS NOT NULL LIMIT 1)" for it in key
            )
            for statement in (_as_another(own, guard, key), f"UPDATE OR REPLACE {table} SET {same}"):
                with contextlib.suppress(sqlite3.IntegrityError):
                    own.execute(statement)
                assert _rows(own, table) >= before, statement
                own.rollback()
    own.close()


@pytest.mark.parametrize("place", ["rowid", "oid", "_rowid_"])
def test_sqlite_replaces_no_row_by_the_number_that_it_gives_each_itself(written, place):
    """Beside a primary key that is a text there is such a number; elsewhere it is another name of the primary key."""
    if db.engine.dialect.name != "sqlite":
        pytest.skip("about what only SQLite does")
    db.session.commit()
    own = sqlite3.connect(db.engine.url.database)
    for guard in GUARDS:
        before = _rows(own, guard.table)
        statement = _as_another(own, guard, (place,))
        with contextlib.suppress(sqlite3.IntegrityError):
            own.execute(statement)
        assert _rows(own, guard.table) >= before, statement
        own.rollback()
    own.close()


NO_PLACE = r"taken|begins as|goes on"


def _as_another(own: sqlite3.Connection, guard: Guard, same: tuple[str, ...]) -> str:
    """A row put in over one that is there, which it is like in the columns `same` and no other key."""
    table, keys = guard.table, {column for key in guard.keys for column in key}
    fresh = {}
    for _, name, kind, *_ in own.execute(f"PRAGMA table_info({table})").fetchall():
        other = "99999" if kind == "INTEGER" else "'another'"
        fresh[name] = other if name in keys and name not in same else name
    if same[0] not in fresh:
        integer = own.execute(f"SELECT typeof({guard.primary}) FROM {table}").fetchone() == ("integer",)
        if integer:
            del fresh[guard.primary]
        fresh[same[0]] = "rowid"
    return (
        f"INSERT OR REPLACE INTO {table} ({', '.join(fresh)}) SELECT {', '.join(fresh.values())} FROM {table} "
        f"WHERE {same[-1]} IS NOT NULL LIMIT 1"
    )


def _rows(own: sqlite3.Connection, table: str) -> set[tuple]:
    return set(own.execute(f"SELECT * FROM {table}"))


def test_sqlite_asks_the_triggers_on_delete_when_we_replace_something_ourselves(app):
    if db.engine.dialect.name == "sqlite":
        assert db.session.execute(text("PRAGMA recursive_triggers")).scalar_one() == 1
    else:
        assert db.session.execute(text("SHOW session_replication_role")).scalar_one() == "origin"


@pytest.mark.postgresql
def test_a_temporary_table_of_the_same_name_does_not_mislead_the_trigger(written):
    db.session.execute(text("CREATE TEMPORARY TABLE history (id integer, hash text)"))
    statement = REFUSED["an entry does not get in between"].replace("INTO history", "INTO public.history")
    statement = statement.replace("FROM history", "FROM public.history")
    with pytest.raises(DBAPIError, match="goes on"):
        db.session.execute(text(statement))
    db.session.rollback()


def test_what_the_application_does_with_letters_and_mails_is_open(written, at):
    """Search texts are folded anew, a parked mail goes to another address, a year's register is begun."""
    db.session.execute(text("UPDATE letters SET search_text = 'x' WHERE state = 'issued'"))
    mail = factories.mail(next_attempt_at=None, parked_at=at)
    outbox.retry(mail, to_address="other@example.jp", actor=factories.tenure("officer"), at=at)
    other = letters.issue(factories.letter(state="approved"), on=date(2023, 4, 3), at=at)
    db.session.commit()
    assert (mail.to_address, other.number) == ("other@example.jp", "5未技第1号")


def test_no_row_is_deleted_but_where_the_account_of_the_application_may(app):
    """Its rights in PostgreSQL are those that its source needs, no more: see app/guards/rights.py."""
    models = {mapper.class_.__name__: mapper for mapper in db.Model.registry.mappers}
    deleted = set()
    for mapper in models.values():
        deleted |= {
            it.mapper.local_table.name
            for it in mapper.relationships
            if it.cascade.delete_orphan or it.cascade.delete
        }
    for path in (ROOT / "app").rglob("*.py"):
        for node in nodes_of(path.read_text()):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "delete" and node.args:
                name = getattr(node.args[0], "id", "")
                assert name in models, (path, ast.unparse(node))
                deleted.add(models[name].local_table.name)
    assert deleted | {"sign_in_attempts"} == set(rights.DELETED_FROM)


def test_the_statements_of_sqlite_and_postgresql_guard_the_same_tables(app):
    assert {name.split("_", 1)[1].rsplit("_", 1)[0] for name in sqlite.triggers()} == {
        it.table for it in GUARDS
    }
