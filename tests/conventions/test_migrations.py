"""One head, numbered names, up and down on either engine with data in the tables, and no drift from the models."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import UTC, timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import DBAPIError

from app.applications.content import content_of
from app.applications.models import Application, Submission
from app.correspondence import letters, messages
from app.correspondence.models import Mail
from app.db import add_once, db
from app.guards.searches import of_models
from app.organisations import links
from app.permissions import SYSTEM
from app.programmes.models import Call
from app.projects.models import Project
from app.schedule.models import Reminder
from app.selection.operations import record_result
from config import ROOT
from tests import factories

VERSIONS = sorted((ROOT / "migrations" / "versions").glob("*.py"))


def test_there_is_one_head_and_the_names_are_numbered():
    script = ScriptDirectory(str(ROOT / "migrations"))
    assert len(script.get_heads()) == 1
    for number, path in enumerate(VERSIONS, start=1):
        assert re.fullmatch(rf"{number:04d}_[a-z0-9_]+\.py", path.name), path.name
        assert f'revision = "{number:04d}"' in path.read_text()


@pytest.mark.filterwarnings("ignore:.*expression-based index")
def test_the_models_are_what_the_migrations_make(app):
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_object": of_models}
        )
        assert compare_metadata(context, db.metadata) == []


@pytest.mark.slow
def test_every_migration_goes_down_and_up_again_with_data_in_the_tables(app, at):
    _a_row_of_each_kind(at)
    before = {table: _count(table) for table in KEPT}
    assert all(before.values())
    _end_transactions()

    for number in range(len(VERSIONS) - 1, 0, -1):
        downgrade(revision=f"{number:04d}")
        assert {
            table: _count(table) for table in KEPT
        } == before  # what a migration does not own it does not lose
        _end_transactions()
    upgrade()
    assert {table: _count(table) for table in KEPT} == before
    with pytest.raises(DBAPIError, match="never changes"), db.engine.begin() as connection:
        connection.execute(text("UPDATE letters SET number = 'x' WHERE state = 'issued'"))
    _end_transactions()
    downgrade(revision="base")
    assert inspect(db.engine).get_table_names() in ([], ["alembic_version"])
    _end_transactions()
    upgrade()
    assert _count("calls") == 0


def test_rounds_and_projects_on_record_learn_the_names_of_then(app):
    factories.project(call=factories.call(title="平成30年度 近未来技術等社会実装事業の募集"), number=1)
    application = factories.application("selected")
    factories.project(call=application.call, application=application, number=46)
    db.session.commit()
    _end_transactions()
    this = next(path.name[:4] for path in VERSIONS if path.stem.endswith("names_of_then"))
    downgrade(revision=ScriptDirectory(str(ROOT / "migrations")).get_revision(this).down_revision)
    _end_transactions()
    upgrade()
    with db.engine.connect() as connection:
        named = connection.execute(text("SELECT programme_name FROM calls ORDER BY id")).scalars().all()
        listed = connection.execute(text("SELECT listed_as_of FROM projects ORDER BY number")).scalars().all()
    assert named == ["近未来技術等社会実装事業", None]
    assert [str(day or "") for day in listed] == ["2022-12-01", ""]


def test_what_the_settings_said_becomes_the_first_programmes_and_its_letters_and_registers_keep_their_numbers(
    app, at
):
    first = factories.programme(numbers_reserved_through=49)
    factories.project(call=factories.call(), number=7)
    letters.issue(factories.letter(state="approved"), on=at.date(), at=at)
    factories.mail(programme_id=first.id)
    db.session.commit()
    _end_transactions()
    this = next(path.name[:4] for path in VERSIONS if path.stem.endswith("what_a_programme_says_of_itself"))
    downgrade(revision=ScriptDirectory(str(ROOT / "migrations")).get_revision(this).down_revision)
    with db.engine.begin() as connection:
        settings = dict(connection.execute(text("SELECT name, value FROM settings")).all())
        assert settings["project_numbers_reserved"] == "49"
        assert connection.execute(text("SELECT fiscal_year, last FROM number_registers")).all() == [(2022, 1)]
    _end_transactions()
    app.config.update(ISSUER="見本局長", NUMBER_MARK="府地創")
    upgrade()
    programme = factories.programme()
    assert (programme.issuer, programme.mark, programme.numbers_reserved_through) == (
        "見本局長",
        "府地創",
        49,
    )
    assert programme.name_en == "Future-Tech Social Implementation Programme"
    [letter] = letters.letters_of()
    assert (letter.programme_id, letter.mark, letter.number) == (programme.id, "府地創", "4未技第1号")
    assert db.session.scalars(select(Mail.programme_id).distinct()).all() == [programme.id]
    assert db.session.scalars(select(Project.programme_id)).all() == [programme.id]
    again = letters.issue(factories.letter(state="approved"), on=at.date(), at=at)
    assert again.number == "4府地創第2号"  # the series goes on where it stood
    db.session.commit()
    _end_transactions()


def test_two_programmes_do_not_go_down_to_where_there_was_one(app, caplog):
    factories.programme()
    factories.programme("transport")
    db.session.commit()
    _end_transactions()
    this = next(path.name[:4] for path in VERSIONS if path.stem.endswith("what_a_programme_says_of_itself"))
    with pytest.raises(SystemExit):
        downgrade(revision=ScriptDirectory(str(ROOT / "migrations")).get_revision(this).down_revision)
    assert "there are 2 programmes" in caplog.text


def test_what_stood_returned_at_an_announcement_is_carried_over_as_lapsed_and_goes_back_as_returned(app):
    announced = factories.application("lapsed", call=factories.call())
    announced.call.state = "announced"
    factories.application(
        "lapsed", call=factories.call()
    )  # its call is open: the job lets it lapse, and tells
    db.session.commit()
    _end_transactions()
    this = next(path.name[:4] for path in VERSIONS if path.stem.endswith("lapsed_corrections_and_copies"))
    downgrade(revision=ScriptDirectory(str(ROOT / "migrations")).get_revision(this).down_revision)
    assert _states_of_applications() == ["returned", "returned"]
    _end_transactions()
    upgrade()
    assert _states_of_applications() == ["lapsed", "returned"]


def test_every_draft_and_submission_is_carried_over_into_the_form_of_its_call_and_back(app, at):
    """What was typed, the last save of each section, files and their numbers; the frozen bytes are not touched."""
    body = factories.organisation("府中市", "132063", prefecture="東京都")
    call = factories.call()
    made = [
        factories.application(state, call=call, joint=[body]) for state in ("draft", "returned", "withdrawn")
    ]
    made += [factories.application(complete=False), factories.application("accepted", files={})]
    factories.call(state="draft", questions=[])
    drafts = [it for it in made if it.answered.values]
    db.session.commit()
    said = {it.id: content_of(it) for it in made}
    saves = {it.id: it.saves for it in made}
    frozen = {it.id: (it.canonical, it.sha256) for it in db.session.scalars(select(Submission))}
    files = {it.id: [file.id for file in it.attachments] for it in made}
    asked = {it.id: factories.own_questions(it) for it in db.session.scalars(select(Call))}
    _end_transactions()
    this = next(path.name[:4] for path in VERSIONS if path.stem.endswith("applications_answer_forms"))
    below = ScriptDirectory(str(ROOT / "migrations")).get_revision(this).down_revision
    for _ in range(2):
        downgrade(revision=below)
        assert _count("answers") == 2 * len(drafts)
        assert _count("attachments") == sum(map(len, files.values()))
        assert (_count("responses"), _count("form_versions"), _count("received_files")) == (0, 0, 0)
        assert _count("questions") == sum(map(len, asked.values()))
        with db.engine.connect() as connection:
            told = connection.execute(
                text("SELECT count(*) FROM applications WHERE summary <> '' AND joint_confirmed")
            )
            assert told.scalar_one() == len(drafts)
        _end_transactions()
        upgrade()
    for application in db.session.scalars(select(Application)):
        assert _without_the_forms_number(content_of(application)) == _without_the_forms_number(
            said[application.id]
        )
        assert _in_order(application.saves) == _in_order(saves[application.id])
        assert [file.id for file in application.attachments] == files[application.id]
        assert application.version_of("basics") == saves[application.id].get("basics", {}).get("version", 0)
    assert {it.id: (it.canonical, it.sha256) for it in db.session.scalars(select(Submission))} == frozen
    again = {it.id: factories.own_questions(it) for it in db.session.scalars(select(Call))}
    words = lambda questions: [(it.label, it.hint, it.max_chars, it.required) for it in questions]
    assert {key: words(it) for key, it in again.items()} == {key: words(it) for key, it in asked.items()}
    added = factories.application(
        "draft", call=db.session.get_one(Call, call.id)
    )  # new files get numbers of their own
    db.session.commit()
    assert added.attachments[0].id > max(number for numbers in files.values() for number in numbers)


def _in_order(saves: dict) -> list:
    """The saves by section, the call's own questions by their numbers, whatever these are."""
    own = sorted((int(key[8:]), saved) for key, saved in saves.items() if key.startswith("answers-"))
    return [sorted((key, str(saved)) for key, saved in saves.items() if not key.startswith("answers-"))] + [
        saved for _number, saved in own
    ]


def _without_the_forms_number(content: dict) -> dict:
    """Numbers of templates, and of questions that are one row each below, are given anew on the way."""
    sections = [
        {**section, "key": "", "answers": [{**answer, "key": ""} for answer in section["answers"]]}
        for section in content["sections"]
    ]
    return {**content, "form": {}, "sections": sections}


def test_mails_on_record_lose_the_tokens_in_them_and_every_link_stays_good(app, at):
    """What was sent names its link; what has still to leave carries a new one, also on the way down."""
    _end_transactions()
    this = next(path.name[:4] for path in VERSIONS if path.stem.endswith("links_are_told_by_mail_alone"))
    below = ScriptDirectory(str(ROOT / "migrations")).get_revision(this).down_revision
    downgrade(revision=below)
    old = {name: secrets.token_urlsafe(32) for name in ("sent", "parked", "queued")}
    for name, token in old.items():
        _a_mail_of_before(name, token, at)
    _end_transactions()
    upgrade()
    mails = {mail.key: mail for mail in db.session.scalars(select(Mail))}
    for name, token in old.items():
        assert token not in mails[name].body and "\n　http://127.0.0.1:8000/c/~" in mails[name].body
        assert links.find("membership", token, at=at).subject_id == 7
        assert mails[name].link.subject_id == 7
    assert mails["sent"].link.nonce is None
    new = {name: links.token_of(mails[name].link) for name in ("parked", "queued")}
    for name, token in new.items():
        assert f"/c/{token}\n" in messages.with_token(mails[name], token)
        assert links.find("membership", token, at=at).id == mails[name].link_id
    _end_transactions()
    downgrade(revision=below)
    with db.engine.connect() as connection:
        bodies = dict(connection.execute(text("SELECT key, body FROM mails")).all())
    assert all(token in bodies[name] for name, token in new.items())
    assert "/c/~" in bodies["sent"]
    _end_transactions()
    upgrade()


def _a_mail_of_before(name: str, token: str, at) -> None:
    stands = {"sent": "sent_at", "parked": "parked_at", "queued": "next_attempt_at"}[name]
    instant = at.astimezone(UTC) if db.engine.dialect.name == "postgresql" else "2023-02-15 01:00:00.000000"
    until = instant if not isinstance(instant, str) else "2023-03-15 01:00:00.000000"
    if not isinstance(until, str):
        until += timedelta(days=28)
    values = {"key": name, "body": f"お答えください。\n\n　http://127.0.0.1:8000/c/{token}\n", "now": instant}
    with db.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO one_time_links (purpose, token_hash, subject_id, expires_at, created_at) "
                "VALUES ('membership', :hash, 7, :until, :now)"
            ),
            {"hash": hashlib.sha256(token.encode()).hexdigest(), "until": until, "now": instant},
        )
        connection.execute(
            text(
                "INSERT INTO mails (key, to_address, to_name, subject, body, attachments, about_kind, queued_at, "
                f"attempts, {stands}, last_error, copy_note, message_id, search_text, created_at) VALUES "
                "(:key, 'a@example.jp', '', '件名', :body, '[]', '', :now, 0, :now, '', '', :key, '', :now)"
            ),
            values,
        )


def _states_of_applications() -> list[str]:
    with db.engine.connect() as connection:
        return list(connection.execute(text("SELECT state FROM applications ORDER BY id")).scalars())


KEPT = ("history", "calls", "applications", "joint_applicants", "submissions", "corrections", "results",
        "projects", "project_applicants", "councils", "memberships", "letters", "mails", "organisations", "seats",
        "people", "tenures", "reminders")  # fmt: skip


def _a_row_of_each_kind(at) -> None:
    """Rows that point at each other, in states that migrations have to do with."""
    call = factories.call()
    call.record("noted", actor=SYSTEM, at=at)
    body = factories.organisation()
    for state in ("returned", "submitted"):
        factories.application(state, call=call, organisation=body, joint=[factories.organisation()])
    reviewed = factories.application("under_review", call=call)
    record_result(reviewed, selected=True, reasons="先導性", actor=factories.tenure("officer"), at=at)
    factories.membership(factories.council())
    approved = factories.letter(state="approved", organisation=body)
    letters.issue(approved, on=at.date(), at=at)
    factories.letter()
    factories.mail(organisation=body)
    add_once(Reminder, key="k", rule="deadline", subject_kind="application", subject_id=1, due_on=at.date(), handled_at=at)  # fmt: skip
    db.session.commit()
    db.session.remove()


def _count(table: str) -> int:
    with db.engine.connect() as connection:
        return connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()


def _end_transactions() -> None:
    db.session.remove()
    db.engine.dispose()
