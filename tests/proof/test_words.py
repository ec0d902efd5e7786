"""What was written to each other, published for everybody and found at checklists: changed, gone or put in, it is named."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select, text

from app import head
from app.applications import checklist
from app.applications.office_models import Check
from app.conversations.models import Message
from app.db import db
from app.history import HistoryEntry
from app.programmes import clarifications
from app.programmes.checklist import DEFAULT
from app.programmes.models import Clarification, ClarificationEdition
from app.proof import sealing
from app.proof.checks import CHECKED
from app.proof.clarifications import WITHDRAWN, WORDED
from app.proof.messages import SENT
from tests import factories
from tests.proof.common import hash_anew, past_the_guards, verified


@pytest.fixture
def words(app, at, made_once):
    """Two messages, a question in its second wording and one that was withdrawn, two items checked, one of them anew."""

    def make():
        call = factories.call(checklist=DEFAULT)
        application = factories.application("submitted", call=call)
        factories.message(application)
        factories.message(application, "回答します。", of_office=True)
        officer = factories.tenure("officer")
        reworded, withdrawn = factories.clarification(call), factories.clarification(call)
        clarifications.edit(reworded, question="別の質疑", answer="別の回答", actor=officer, at=at)
        clarifications.withdraw(withdrawn, reason="誤り", actor=officer, at=at)
        handed_in = application.submissions[0]
        for verdicts in ({"body": "not_ok", "joint": "ok"}, {"body": "ok"}):
            checklist.tick(application, handed_in, verdicts, actor=officer, at=at)
        assert verified(app) == (0, {})
        return application

    return made_once("words whose history is verified", make)


CHANGES = {
    "messages": {
        "of_office = NOT of_office", "author = 'x'", "author_seat = 'x'", "text = 'x'", "key = 'x'",
        "written_at = '2001-01-01 00:00:00'", "created_at = '2001-01-01 00:00:00'",
    },
    "clarifications": {
        "question = 'x'", "answer = 'x'", "published_at = '2001-01-01 00:00:00'", "published_by = 'x'",
        "edited_at = '2001-01-01 00:00:00'", "edition = 3", "withdrawal_reason = '', withdrawn_at = NULL", "number = 9",
        "withdrawal_reason = 'x', withdrawn_at = '2001-01-01 00:00:00'", "created_at = '2001-01-01 00:00:00'",
    },
    "clarification_editions": {
        "question = 'x'", "answer = 'x'", "written_at = '2001-01-01 00:00:00'", "written_by = 'x'", "number = 9",
        "created_at = '2001-01-01 00:00:00'",
    },
    "application_checks": {
        "verdict = 'not_applicable'", "label = 'x'", "checked_by = 'x'", "checked_at = '2001-01-01 00:00:00'",
        "item = 'x'", "created_at = '2001-01-01 00:00:00'",
    },
}  # fmt: skip
PART = {"clarification_editions": "clarifications", "application_checks": "checks"}


@pytest.mark.parametrize("table", CHANGES)
def test_each_column_that_was_changed_is_found_with_its_row(app, words, table):
    """One row is changed at a time, and set right again; how it is named is asked of each."""
    part = PART.get(table, table)
    for change in sorted(CHANGES[table]):
        chosen = "min(id)" if "NULL" not in change else "max(id)"  # the one that was withdrawn
        number = db.session.scalar(text(f"SELECT {chosen} FROM {table}"))
        row = db.session.execute(text(f"SELECT * FROM {table} WHERE id = {number}")).mappings().one()
        past_the_guards(f"UPDATE {table} SET {change} WHERE id = {number}")
        code, found = verified(app, "--without-files")
        assert code == 1 and list(found) == [part], change
        named = (
            f"check {number} of"
            if part == "checks"
            else f"{number})"
            if part != "messages"
            else f"message {number}"
        )
        assert named in found[part][0], (change, found)
        was = ", ".join(f"{column} = :{column}" for column in row)
        past_the_guards(f"UPDATE {table} SET {was} WHERE id = {number}", **row)
    assert verified(app, "--without-files") == (0, {})


@pytest.mark.parametrize("table", CHANGES)
def test_a_row_that_is_gone_is_found(app, words, table):
    number = db.session.scalar(text(f"SELECT max(id) FROM {table}"))
    before = (
        [f"DELETE FROM clarification_editions WHERE clarification_id = {number}"]
        if table == "clarifications"
        else []
    )
    past_the_guards(*before, f"DELETE FROM {table} WHERE id = {number}")
    code, found = verified(app, "--without-files")
    part = PART.get(table, table)
    assert code == 1 and list(found) == [part]
    assert " is gone" in found[part][0]


@pytest.mark.parametrize("model", [Message, Clarification, ClarificationEdition, Check])
def test_a_row_that_was_put_in_is_found(app, words, model):
    """By the account of the application itself, which may add rows: no guard holds that back."""
    table = model.__table__
    row = dict(db.session.execute(table.select().order_by(table.c.id)).mappings().first())
    unique = {"key": "another", "number": 7, "item": "another"}
    put_in = {**row, "id": 500} | {key: value for key, value in unique.items() if key in row}
    db.session.execute(table.insert().values(**put_in))
    code, found = verified(app, "--without-files")
    part = PART.get(table.name, table.name)
    assert code == 1 and list(found) == [part]
    assert "500" in found[part][0] and "put in" in found[part][0]


def test_a_conversation_put_under_another_application_is_found(app, words):
    other = factories.application("submitted")
    past_the_guards(f"UPDATE conversations SET application_id = {other.id}")
    assert all("put elsewhere" in told for told in verified(app, "--without-files")[1]["messages"])


def test_what_an_earlier_version_wrote_is_sealed_once_and_then_watched(app, words, at):
    """Its entries name what was written, and carry no seal; the records of before were sealed then."""
    _take_the_seals_away()
    assert verified(app) == (0, {})
    assert "not sealed yet" in app.test_cli_runner().invoke(args=["history", "verify"]).output
    sealing.Setting.put(sealing.DONE, at.isoformat())
    assert sealing.seal_former(at=at) == 9  # 2 messages, 2 questions in 3 wordings, 2 checks
    db.session.commit()
    assert sealing.seal_former(at=at) == 0
    assert "not sealed yet" not in app.test_cli_runner().invoke(args=["history", "verify"]).output
    for table in CHANGES:
        column = {"messages": "author", "application_checks": "checked_by"}.get(table, "question")
        past_the_guards(f"UPDATE {table} SET {column} = 'x' WHERE id = (SELECT max(id) FROM {table})")
    assert {part: len(told) for part, told in verified(app)[1].items()} == {
        "messages": 1, "clarifications": 2, "checks": 1,
    }  # fmt: skip


def test_what_was_sealed_later_may_still_be_checked_and_worded_anew(app, words, at):
    _take_the_seals_away()
    sealing.seal_former(at=at)
    db.session.commit()
    officer = factories.tenure("officer")
    checklist.tick(words, words.submissions[0], {"joint": "not_ok"}, actor=officer, at=at)
    published = db.session.scalars(select(Clarification).where(Clarification.withdrawn_at.is_(None))).one()
    clarifications.edit(published, question="三度目", answer="三度目", actor=officer, at=at)
    assert verified(app) == (0, {})
    past_the_guards("UPDATE application_checks SET verdict = 'ok'")
    assert "was changed" in verified(app)[1]["checks"][0]


def test_the_words_that_an_earlier_version_kept_are_compared_while_nothing_seals_them(app, words):
    _take_the_seals_away()
    past_the_guards(
        "UPDATE messages SET text = 'x' WHERE of_office", "UPDATE application_checks SET verdict = ''"
    )
    found = verified(app)[1]
    assert "is not what was sent by entry" in found["messages"][0] and len(found["messages"]) == 1
    assert len(found["checks"]) == 2


def _take_the_seals_away() -> None:
    """From the entries that tell of words: as a version wrote them that knew no such seals."""
    sealed = "seal", "edition_seal", "seals"
    entries = select(HistoryEntry).where(HistoryEntry.event.in_((SENT, CHECKED, *WORDED, WITHDRAWN)))
    for entry in db.session.scalars(entries).all():
        plain = {key: it for key, it in entry.changes.items() if key not in sealed}
        past_the_guards(
            "UPDATE history SET changes = :changes WHERE id = :id",
            changes=json.dumps(plain, ensure_ascii=False),
            id=entry.id,
        )
    hash_anew(1)
    head.renew()
