"""flask letters and flask mails: what they print, and the sentence for what they do not understand."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from app.correspondence import letters
from app.correspondence.models import Letter
from app.db import db
from app.history import HistoryEntry
from tests import factories


@pytest.fixture
def run(app):
    def run(*words: str):
        db.session.commit()
        result = app.test_cli_runner().invoke(args=list(words))
        db.session.expire_all()
        return result

    return run


def director(email="director@example.jp"):
    return factories.tenure("director", person=factories.person(email=email))


def test_letters_are_listed_as_json_with_what_other_programs_need(run, at):
    body = factories.organisation("岩見沢市", code="012106")
    letter = factories.letter(organisation=body, about_number="7", state="approved")
    letters.issue(letter, on=date(2023, 3, 31), at=at)
    factories.letter(fiscal_year=2021)
    result = run("letters", "list", "--kind", "support-end", "--fiscal-year", "2022", "--json")
    (row,) = json.loads(result.output)
    assert result.exit_code == 0
    assert {
        name: row[name]
        for name in ("number", "project_no", "addressee", "addressee_code", "issued_on", "pages")
    } == {
        "number": "4未技第1号",
        "project_no": 7,
        "addressee": "北海道岩見沢市長",
        "addressee_code": "012106",
        "issued_on": "2023-03-31",
        "pages": 1,
    }
    assert (row["state"], row["id"]) == ("issued", letter.id)
    assert Path(row["path"]).is_absolute()
    assert hashlib.sha256(Path(row["path"]).read_bytes()).hexdigest() == row["sha256"]


def test_a_draft_has_neither_number_nor_file_in_the_list(run, at):
    factories.letter(about_number="R5-003")
    (row,) = json.loads(run("letters", "list", "--json").output)
    assert [row[name] for name in ("number", "issued_on", "sha256", "path", "pages")] == [None] * 5
    assert (row["state"], row["project_no"]) == ("drafted", "R5-003")
    assert "drafted" in run("letters", "list").output


def test_a_director_approves_all_letters_of_a_kind_and_a_year(run, at):
    mine, other = [factories.letter() for _ in range(2)], factories.letter(fiscal_year=2021)
    person = director().person.name
    words = (
        "letters",
        "approve",
        "--kind",
        "support-end",
        "--fiscal-year",
        "2022",
        "--as",
        "director@example.jp",
    )
    result = run(*words)
    assert (result.exit_code, result.output) == (0, "2 letters approved.\n")
    assert [db.session.get(Letter, letter.id).state for letter in (*mine, other)] == [
        "approved",
        "approved",
        "drafted",
    ]
    entry = db.session.scalars(HistoryEntry.of(mine[0])).one()
    assert (entry.event, entry.actor_name) == ("approve", person)
    again = run(*words)
    assert (again.exit_code, again.output) == (0, "No letter waits for approval.\n")


@pytest.mark.parametrize(
    ("option", "word", "sentence"),
    [
        ("--kind", "thanks", "'thanks' is not one of"),
        ("--fiscal-year", "22", "'22' is no fiscal year"),
        ("--fiscal-year", "last", "'last' is no fiscal year"),
        ("--as", "nobody@example.jp", "nobody with the address nobody@example.jp"),
        ("--as", "officer@example.jp", "officer@example.jp holds no seat as director"),
    ],
)
def test_a_word_that_is_not_understood_is_told_and_nothing_is_approved(run, at, option, word, sentence):
    letter = factories.letter()
    director()
    factories.tenure("officer", person=factories.person(email="officer@example.jp"))
    words = {"--kind": "support-end", "--fiscal-year": "2022", "--as": "director@example.jp", option: word}
    result = run("letters", "approve", *(part for pair in words.items() for part in pair))
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr
    assert db.session.get(Letter, letter.id).state == "drafted"


def test_mails_are_listed_and_delivered(run, at, app):
    factories.mail(to_address="kikaku@example.jp", subject="受付のお知らせ")
    (row,) = json.loads(run("mails", "list", "--json").output)
    assert (row["to"], row["subject"], row["state"]) == ("kikaku@example.jp", "受付のお知らせ", "queued")
    assert row["attachments"] == []
    result = run("mails", "deliver", "--json")
    assert json.loads(result.output) == {"sent": 0, "kept": 1, "deferred": 0, "parked": 0}
    assert "kept" in run("mails", "list").output


def test_a_wrong_address_of_the_server_is_told(run, at, app):
    app.config["SMTP_URL"] = "mail.example.jp"
    result = run("mails", "deliver")
    assert result.exit_code == 2
    assert "BANSO_SMTP_URL must look like" in result.stderr


def test_a_database_that_was_never_migrated_is_told_in_a_sentence(app):
    db.session.execute(text("ALTER TABLE letters RENAME TO gone"))
    db.session.commit()
    result = app.test_cli_runner().invoke(args=["letters", "list"])
    assert result.exit_code == 1
    assert "run: flask db upgrade" in result.stderr


def test_a_database_that_is_away_is_told_in_a_sentence(app):
    def away(*_args):
        raise OperationalError("SELECT 1", {}, Exception("connection refused"))

    event.listen(db.engine, "before_cursor_execute", away)
    result = app.test_cli_runner().invoke(args=["letters", "list"])
    event.remove(db.engine, "before_cursor_execute", away)
    assert result.exit_code == 1
    assert "cannot be used just now (connection refused)" in result.stderr
    assert "Traceback" not in result.stderr
