"""`flask history verify` finds what somebody did who came past the guards, and names the record and what to do."""

from __future__ import annotations

import hashlib
import json
import threading
from datetime import date
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from flask_migrate import downgrade, upgrade
from sqlalchemy import select, text

from app import calendar, head
from app.applications.models import Application, Submission, canonical
from app.applications.numbering import skip_numbers
from app.correspondence import delivery, letters
from app.correspondence.models import Letter, Mail, NumberRegister
from app.db import db, record
from app.history import HistoryEntry
from app.lifecycle import move
from app.permissions import SYSTEM
from app.programmes.models import Call
from app.proof import sealing
from app.proof.parts import MEANS
from app.proof.verification import verify
from app.selection.operations import record_result
from app.storage import storage
from config import ROOT
from tests import factories
from tests.conventions.test_migrations import VERSIONS, _end_transactions
from tests.proof.common import hash_anew, past_the_guards, verified

NOTICE_DAY = date(2023, 3, 31)


@pytest.fixture
def office(app, at, made_once):
    """Three letters issued, their mails kept, two applications handed in, one of them decided."""

    def make():
        call = factories.call()
        for number in range(3):
            letters.issue(factories.letter(state="approved"), on=NOTICE_DAY, at=at)
            factories.application(("submitted", "under_review", "draft")[number], call=call)
        reviewed = db.session.scalars(select(Application).where(Application.state == "under_review")).one()
        record_result(reviewed, selected=True, reasons="先導性", actor=factories.tenure("officer"), at=at)
        move(reviewed, "select", actor=SYSTEM, at=at)
        factories.mail()
        db.session.commit()
        delivery.deliver_due(at=at)
        assert verified(app) == (0, {})
        return call

    return made_once("an office whose history is verified", make)


def the_only(found: dict[str, list[str]], part: str) -> str:
    assert list(found) == [part], found
    assert len(found[part]) == 1, found
    return found[part][0]


def test_nothing_is_wrong_with_what_the_application_wrote(app, office):
    result = app.test_cli_runner().invoke(args=["history", "verify"])
    assert result.exit_code == 0
    parts = [
        "guards",
        "chain",
        "head",
        "letters",
        "numbers",
        "submissions",
        "answers",
        "outcomes",
        "messages",
        "clarifications",
        "checks",
        "mails",
        "files",
    ]
    assert [line.split()[1] for line in result.output.splitlines() if line.startswith("holds")] == parts
    assert "all hold. Head: " in result.output


def test_what_does_not_hold_is_said_in_japanese_and_english_before_its_details(app, office):
    past_the_guards("UPDATE letters SET approved_by = 'x' WHERE sequence = 2")
    db.session.commit()
    lines = app.test_cli_runner().invoke(args=["history", "verify"]).stdout.splitlines()
    at = lines.index("BROKEN  letters (3)")
    assert lines[at + 1].strip() == "Issued letters were changed, put in or taken out."
    assert lines[at + 2].strip() == "発出した文書が、書き換えられ、加えられ、又は削除されています。"
    assert "is not what was issued by entry" in lines[at + 3]
    assert lines[at + 4].startswith("holds")


def test_each_part_says_what_it_comes_to(app, office):
    assert {*(part.name for part in verify()), "rows"} == set(MEANS)


def test_an_empty_history_holds(app):
    db.session.commit()
    result = app.test_cli_runner().invoke(args=["history", "verify"])
    assert (result.exit_code, "The history is empty." in result.output) == (0, True)


def test_a_row_of_the_history_replaced_is_found(app, office):
    """REPLACE, as SQLite has it; on PostgreSQL the same by deleting and putting in."""
    columns = "at, actor_person_id, actor_seat_id, {} , actor_role, origin, subject_kind, subject_id, event, audience, changes, previous_hash, hash"
    copy = f"INSERT INTO history (id, {columns.format('actor_name')}) SELECT id, {columns.format(':name')} FROM kept WHERE id = 3"
    past_the_guards(
        "CREATE TABLE kept AS SELECT * FROM history WHERE id = 3", "DELETE FROM history WHERE id = 3", copy,
        "DROP TABLE kept", name="somebody else",
    )  # fmt: skip
    code, found = verified(app)
    assert code == 1
    assert "history entry 3 is broken: changed after it was written" in the_only(found, "chain")


NOT_WHAT_IT_IS = {
    "an entry that says a list": ("history", "changes = '[]'", "event = 'issue'"),
    "an entry that says nothing": ("history", "changes = 'null'", "event = 'issue'"),
    "a letter without a text": ("letters", "content = '5'", "sequence = 2"),
    "a submission that is a list": ("submissions", "content = '[]'", "id > 0"),
    "a submission that is a number": ("submissions", "content = '5'", "id > 0"),
}
ONLY_ON_SQLITE = {  # PostgreSQL keeps to its types
    "an entry of no day": ("history", "at = 'x'", "event = 'issue'"),
    "an entry that is no JSON": ("history", "changes = 'x'", "event = 'issue'"),
    "a letter that is no JSON": ("letters", "content = 'x'", "sequence = 2"),
    "a letter of no day": ("letters", "issued_on = 'x'", "sequence = 2"),
    "a letter approved at no instant": ("letters", "approved_at = 'x'", "sequence = 2"),
    "a submission that is no JSON": ("submissions", "content = 'x'", "id > 0"),
    "a mail sent at no instant": ("mails", "sent_at = 'x'", "kept_path IS NOT NULL"),
    "a mail whose files are no JSON": ("mails", "attachments = 'x'", "kept_path IS NOT NULL"),
    "a result of no instant": ("results", "recorded_at = 'x'", "id > 0"),
}
ONLY_ON_POSTGRESQL = {
    "an entry of an instant without end": ("history", "at = 'infinity'", "event = 'issue'"),
    "a letter of a day without end": ("letters", "issued_on = 'infinity'", "sequence = 2"),
}


@pytest.mark.parametrize("what", [*NOT_WHAT_IT_IS, *ONLY_ON_SQLITE, *ONLY_ON_POSTGRESQL])
def test_a_value_that_cannot_be_read_is_named_and_keeps_nothing_else_from_being_compared(app, office, what):
    other = ONLY_ON_SQLITE if db.engine.dialect.name == "sqlite" else ONLY_ON_POSTGRESQL
    if what not in NOT_WHAT_IT_IS | other:
        pytest.skip("the other engine's")
    table, change, where = (NOT_WHAT_IT_IS | other)[what]
    number = db.session.scalar(text(f"SELECT min(id) FROM {table} WHERE {where}"))
    past_the_guards(
        f"UPDATE {table} SET {change} WHERE id = {number}", "UPDATE number_registers SET last = 9"
    )
    code, found = verified(app)
    assert code == 1
    assert "no letter has number 4 to 9" in " ".join(found["numbers"])
    told = " ".join([*found.get("letters", []), *found.get("rows", [])])
    assert f"{table} {number} cannot be read" in told or f"(id {number}) is not what was issued" in told
    result = app.test_cli_runner().invoke(args=["history", "verify"])
    assert result.exit_code == 1 and "Not everything holds" in result.stderr


@pytest.mark.parametrize("table", ["number_registers", "history", "mails"])
def test_a_table_that_is_gone_is_told(app, office, table):
    db.session.commit()
    connection = db.session.connection()
    if db.engine.dialect.name == "sqlite":
        db.session.execute(text(f"ALTER TABLE {table} RENAME TO elsewhere"))
    else:
        connection.execute(text(f"DROP TABLE {table} CASCADE"))
    code, found = verified(app)
    assert code == 1
    assert f"the table {table} cannot be read, or is gone" in " ".join(found["rows"])
    assert found["guards"]


def test_a_history_that_was_emptied_is_found(app, office):
    past_the_guards("DELETE FROM history" if db.engine.dialect.name == "sqlite" else "TRUNCATE history")
    code, found = verified(app)
    assert code == 1
    assert "was taken of it: its end was cut off" in found["head"][0]
    assert len(found["letters"]) == 3
    assert "the history tells nothing of it" in found["letters"][0]


@pytest.mark.parametrize(
    "change",
    [
        "state = 'approved'",
        "approved_by = 'x'",
        "approved_at = '2001-01-01 00:00:00'",
        "addressee = 'x'",
        "subject = 'x'",
        "about_id = 99",
        "fiscal_year = 1999",
        "number = '9未技第9号'",
        "issued_on = '2023-03-30'",
        "content = '{}'",
        "path = 'x'",
        "answer = 'x'",
        "created_at = '2001-01-01 00:00:00'",
    ],
)
def test_an_issued_letter_that_was_changed_is_found(app, office, change):
    letter_id = db.session.scalars(select(Letter.id).where(Letter.sequence == 2)).one()
    past_the_guards(f"UPDATE letters SET {change} WHERE id = {letter_id}")
    code, found = verified(app, "--without-files")
    assert code == 1
    assert f"(id {letter_id})" in found["letters"][0]
    assert "Restore it from a backup" in found["letters"][0]


@pytest.mark.parametrize("state", ["drafted", "approved"])
def test_a_letter_issued_past_the_director_is_found(app, office, at, state):
    """The account of the application may approve, as the application does, but no entry tells of a director then."""
    letter = factories.letter(state=state)
    db.session.execute(
        text(
            "UPDATE letters SET state = 'approved', approved_by = 'x', approved_at = created_at WHERE id = :id"
        ),
        {"id": letter.id},
    )
    db.session.expire_all()
    letters.issue(letter, on=NOTICE_DAY, at=at)
    told = the_only(verified(app)[1], "letters")
    assert f"(id {letter.id}) was issued as approved by x, and the history tells of no such approval" in told


def test_a_letter_that_is_gone_and_one_that_was_put_in_are_found(app, office):
    first, second = db.session.scalars(select(Letter.id).order_by(Letter.id).limit(2))
    past_the_guards(
        f"UPDATE letters SET id = 500 WHERE id = {first}", f"DELETE FROM letters WHERE id = {second}"
    )
    code, found = verified(app)
    assert code == 1
    told = " ".join(found["letters"])
    assert "(id 500) is issued, and the history tells nothing of it" in told
    assert f"(id {first}) is gone" in told and f"(id {second}) is gone" in told
    assert "no letter has number 2" in " ".join(found["numbers"])


@pytest.mark.parametrize(
    "change",
    [
        "submitted_by = 'x'",
        "received_at = '2001-01-01 00:00:00'",
        "application_id = (SELECT max(application_id) FROM submissions)",
        "created_at = '2001-01-01 00:00:00'",
        'content = \'{"title": "x"}\'',
        "sha256 = 'x' || substr(sha256, 2)",
    ],
)
def test_a_submission_that_was_changed_is_found(app, office, change):
    submission_id = db.session.scalars(select(Submission.id).order_by(Submission.id)).first()
    past_the_guards(f"UPDATE submissions SET {change} WHERE id = {submission_id}")
    code, found = verified(app, "--without-files")
    assert code == 1
    assert any(f"submission {submission_id} of application" in told for told in found["submissions"])


def test_a_submission_changed_together_with_its_own_hash_is_found(app, office):
    handed_in = db.session.scalars(select(Submission).order_by(Submission.id)).first()
    content = {**handed_in.content, "submitted_by": "別の氏名"}
    digest = hashlib.sha256(canonical(content)).hexdigest()
    past_the_guards(
        "UPDATE submissions SET content = :content, sha256 = :digest WHERE id = :id",
        content=canonical(content).decode(), digest=digest, id=handed_in.id,
    )  # fmt: skip
    code, found = verified(app)
    assert code == 1
    assert "is not what the history tells was handed in" in found["submissions"][0]
    assert "is gone, or was changed" in found["submissions"][1]


@pytest.mark.parametrize("last", [2, 5])
def test_a_register_that_was_changed_is_found(app, office, last):
    year = db.session.scalars(select(NumberRegister.fiscal_year)).one()
    past_the_guards(f"UPDATE number_registers SET last = {last} WHERE fiscal_year = {year}")
    code, found = verified(app)
    assert code == 1
    assert f"the register of {year}" in the_only(found, "numbers")


def test_a_register_that_is_gone_is_found(app, office):
    past_the_guards("DELETE FROM number_registers")
    assert "stands at None, but number 3 is given" in the_only(verified(app)[1], "numbers")


def test_numbers_given_up_after_a_restore_are_no_gap_once_the_history_tells(app, office, at):
    year = db.session.scalars(select(NumberRegister.fiscal_year)).one()
    db.session.execute(text(f"UPDATE number_registers SET last = 7 WHERE fiscal_year = {year}"))
    assert "no letter has number 4 to 7" in the_only(verified(app)[1], "numbers")
    letter = db.session.scalars(select(Letter)).first()
    record(letter, "numbers_skipped", actor=SYSTEM, at=at, changes={"fiscal_year": year, "from": 4, "to": 7})
    letters.issue(factories.letter(state="approved"), on=NOTICE_DAY, at=at)
    assert verified(app) == (0, {})


def test_the_numbers_of_each_mark_are_looked_at_by_themselves(app, office, at):
    other = factories.programme("transport").id
    letters.issue(factories.letter(state="approved", programme_id=other), on=NOTICE_DAY, at=at)
    assert verified(app) == (0, {})
    past_the_guards("UPDATE number_registers SET last = 2 WHERE mark = '見交'")
    assert "(見交) no letter has number 2:" in the_only(verified(app)[1], "numbers")
    changes = {"mark": "未技", "fiscal_year": 2022, "from": 2, "to": 2}
    letter = db.session.scalars(select(Letter)).first()
    record(letter, "numbers_skipped", actor=SYSTEM, at=at, changes=changes)
    assert "(見交) no letter has number 2:" in the_only(verified(app)[1], "numbers")
    record(letter, "numbers_skipped", actor=SYSTEM, at=at, changes={**changes, "mark": "見交"})
    db.session.commit()
    assert verified(app) == (0, {})


def test_numbers_out_of_the_order_of_the_history_are_found(app, office):
    past_the_guards(
        "UPDATE letters SET sequence = 99 WHERE sequence = 1",
        "UPDATE letters SET sequence = 1 WHERE sequence = 2",
        "UPDATE letters SET sequence = 2 WHERE sequence = 99",
    )
    assert "before the number that precedes it" in verified(app)[1]["numbers"][0]


def test_an_application_with_a_number_that_is_gone_is_found(app, office):
    first = db.session.scalars(select(Application.id).where(Application.sequence == 1)).one()
    past_the_guards(f"UPDATE applications SET sequence = NULL WHERE id = {first}")
    assert "has given 2 numbers to applications and has 1" in " ".join(verified(app)[1]["numbers"])


@pytest.mark.parametrize("change", ["number = 'R9-0001'", "number = 'x', sequence = 3", "sequence = NULL"])
def test_an_application_whose_number_was_changed_is_found(app, office, change):
    first = db.session.scalars(select(Application.id).where(Application.sequence == 2)).one()
    past_the_guards(f"UPDATE applications SET {change} WHERE id = {first}")
    assert f"(id {first}, number" in " ".join(verified(app)[1]["numbers"])


def test_numbers_of_applications_given_up_past_the_application_are_found(app, office, at):
    db.session.execute(text("UPDATE calls SET numbers_skipped_through = 5"))
    assert "skips numbers through 5, and the history tells of none" in the_only(verified(app)[1], "numbers")
    past_the_guards("UPDATE calls SET numbers_skipped_through = 0")
    skip_numbers(db.session.get_one(Call, office.id), through=6, reason="確認", actor=SYSTEM, at=at)
    factories.application("submitted", call=office)
    assert verified(app) == (0, {})


@pytest.mark.parametrize("state", ["not_selected", "under_review"])
def test_an_outcome_that_was_changed_is_found(app, office, state):
    past_the_guards(f"UPDATE applications SET state = '{state}' WHERE state = 'selected'")
    assert "its outcome was changed" in the_only(verified(app)[1], "outcomes")


@pytest.mark.parametrize("change", ["selected = (1 = 0)", "reasons = 'x'"])
def test_a_result_that_was_changed_is_found(app, office, change):
    past_the_guards(f"UPDATE results SET {change}")
    assert "is not the one that the history tells" in the_only(verified(app)[1], "outcomes")


def test_a_call_announced_past_the_application_is_found(app, office):
    past_the_guards("UPDATE calls SET state = 'announced', announced_count = 3")
    assert "the history does not tell so" in the_only(verified(app)[1], "outcomes")


@pytest.mark.parametrize(
    "change",
    [
        "body = 'x'",
        "to_address = 'x@example.jp'",
        "attachments = '[{}]'",
        "subject = 'x'",
        "sent_at = '2001-01-01 00:00:00'",
        "kept_path = 'x'",
        "parked_at = '2001-01-01 00:00:00'",
        "set_aside_at = '2001-01-01 00:00:00'",
        "claimed_at = '2001-01-01 00:00:00'",
        "attempts = 9",
        "last_error = 'x'",
        "audience = 'applicant'",
    ],
)
def test_a_mail_that_was_changed_after_it_was_sent_is_found(app, office, change):
    gone_out = db.session.scalars(select(Mail.id).where(Mail.kept_path.is_not(None))).first()
    past_the_guards(f"UPDATE mails SET {change} WHERE id = {gone_out}")
    assert "is not what was sent by entry" in the_only(verified(app)[1], "mails")


def test_mails_that_are_gone_or_were_put_in_are_found(app, office):
    mail_id = db.session.scalars(select(Mail.id).where(Mail.kept_path.is_not(None))).first()
    past_the_guards(f"UPDATE mails SET id = 500 WHERE id = {mail_id}")
    found = verified(app)[1]["mails"]
    assert "put in past the application" in found[0] and f"mail {mail_id} is gone" in found[1]


@pytest.mark.parametrize("whose", ["letter", "application"])
def test_a_file_that_is_missing_or_changed_is_found_and_named_with_its_path(app, office, whose):
    if whose == "letter":
        path = db.session.scalars(select(Letter.path).where(Letter.sequence == 1)).one()
    else:
        path = db.session.scalars(select(Submission)).first().said.attachments[0]["path"]
    file = Path(storage().address(path))
    file.write_bytes(b"another")
    changed = " ".join(verified(app)[1]["files"])
    assert f"{file} of {whose}" in changed and "was changed" in changed
    file.unlink()
    missing = " ".join(verified(app)[1]["files"])
    assert f"{file} of {whose}" in missing and "is missing" in missing
    assert verified(app, "--without-files") == (0, {})


def test_a_guard_that_was_dropped_is_found_and_made_anew(app, office):
    on = "" if db.engine.dialect.name == "sqlite" else " ON letters"
    name = "guard_letters_update" if db.engine.dialect.name == "sqlite" else "guard_letters"
    db.session.execute(text(f"DROP TRIGGER {name}{on}"))
    told = the_only(verified(app)[1], "guards")
    assert f"the trigger {name} is missing" in told and "flask database guard" in told
    assert app.test_cli_runner().invoke(args=["database", "guard"]).exit_code == 0
    assert verified(app) == (0, {})


def test_a_guard_that_does_nothing_any_more_is_found(app, office):
    if db.engine.dialect.name == "sqlite":
        name, made = (
            "guard_history_delete",
            "CREATE TRIGGER guard_history_delete BEFORE DELETE ON history BEGIN SELECT 1; END",
        )
        statements = [f"DROP TRIGGER {name}", made]
        told = f"the trigger {name} is not as it must be"
    else:
        name = "guard_history"
        statements = [
            "CREATE OR REPLACE FUNCTION guard_history() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$"
        ]
        told = f"the function {name} is not as it must be"
    for statement in statements:
        db.session.execute(text(statement))
    assert told in the_only(verified(app)[1], "guards")


FEWER_VERBS = (
    "DROP TRIGGER guard_history ON history; CREATE TRIGGER guard_history BEFORE UPDATE ON history "
    "FOR EACH ROW EXECUTE FUNCTION guard_history()"
)
ONLY_SOME_ROWS = (
    "DROP TRIGGER guard_mails ON mails; CREATE TRIGGER guard_mails BEFORE UPDATE OR DELETE ON mails "
    "FOR EACH ROW WHEN (OLD.id < 0) EXECUTE FUNCTION guard_mails()"
)


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("ALTER TABLE letters DISABLE TRIGGER guard_letters", "the trigger guard_letters is switched off"),
        ("ALTER TABLE mails DISABLE TRIGGER ALL", "the trigger guard_mails is switched off"),
        ("CREATE RULE quiet AS ON DELETE TO letters DO INSTEAD NOTHING", "the rule quiet on letters"),
        ("DROP FUNCTION guard_truncate() CASCADE", "the function guard_truncate is missing"),
        (FEWER_VERBS, "the trigger guard_history is not as it must be"),
        (ONLY_SOME_ROWS, "the trigger guard_mails is not as it must be"),
    ],
)
def test_a_guard_switched_off_or_narrowed_is_found(app, office, statement, told):
    db.session.execute(text(statement))
    assert any(told in sentence for sentence in verified(app)[1]["guards"])


PAST_THE_TRIGGERS = {  # as the owner, or a superuser: no trigger is dropped, none fires, and all stand as before
    "letters": "ALTER TABLE letters ALTER addressee TYPE varchar USING CASE state WHEN 'issued' THEN 'x' ELSE addressee END",
    "numbers": "ALTER TABLE number_registers ALTER last TYPE integer USING last + 1",
    "submissions": "ALTER TABLE submissions ALTER submitted_by TYPE varchar(200) USING 'x'",
    "outcomes": "ALTER TABLE results ALTER reasons TYPE text USING 'x'",
    "mails": "ALTER TABLE mails ALTER to_address TYPE varchar(254) USING 'x@example.jp'",
    "chain": "ALTER TABLE history ALTER actor_name TYPE varchar(200) USING 'x'",
    "head": "SET session_replication_role = replica; DELETE FROM history WHERE id > 9; RESET session_replication_role",
}


@pytest.mark.postgresql
@pytest.mark.parametrize("part", PAST_THE_TRIGGERS)
def test_what_an_owner_does_past_the_triggers_is_found(app, office, part):
    for statement in PAST_THE_TRIGGERS[part].split("; "):
        db.session.execute(text(statement))
    code, found = verified(app)
    assert code == 1 and part in found and "guards" not in found


def test_a_trigger_of_somebody_else_is_found(app, office):
    if db.engine.dialect.name == "sqlite":
        db.session.execute(
            text("CREATE TRIGGER quiet BEFORE INSERT ON history BEGIN SELECT RAISE(IGNORE); END")
        )
    else:
        function = "CREATE FUNCTION quiet() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$"
        db.session.execute(text(function))
        db.session.execute(
            text("CREATE TRIGGER quiet BEFORE INSERT ON history FOR EACH ROW EXECUTE FUNCTION quiet()")
        )
    assert "the trigger quiet is not one of Banso's" in the_only(verified(app)[1], "guards")


def test_a_tail_that_was_cut_off_is_found(app, office):
    last = head.last()
    past_the_guards(f"DELETE FROM history WHERE event = 'mail_kept' AND id = {last.id}")
    found = verified(app, "--without-files")[1]
    assert f"the history has no entry {last.id}" in found["head"][0]
    assert "chain" not in found


def test_a_tail_that_was_cut_off_is_found_also_after_others_were_written_in_its_place(app, office, at):
    last = head.last()
    past_the_guards(f"DELETE FROM history WHERE id > {last.id - 2}")
    body = factories.organisation()
    for _ in range(5):
        body.record("noted", actor=SYSTEM, at=at)
        db.session.commit()
    assert head.forward()
    found = verified(app)[1]
    assert f"history entry {last.id} is another than the one that the kept head" in found["head"][0]
    assert head.stored().id == last.id  # what was kept is not written over


def test_a_chain_hashed_anew_without_the_key_is_found(app, office):
    past_the_guards("UPDATE history SET actor_name = 'somebody else' WHERE id = 2")
    hash_anew(2)
    found = verified(app)[1]
    assert "chain" not in found  # it holds in itself
    assert any("is another than the one that the kept head" in told for told in found["head"])
    mailed = head.SignedHead(2, "a" * 32, "b" * 24)
    assert verified(app, "--no-head") == (0, {})
    assert "the head 2:" in the_only(verified(app, "--no-head", "--head", mailed.line)[1], "head")


def test_a_whole_chain_put_in_place_of_ours_with_a_head_of_its_own_is_found(app, office):
    """Whoever can write the data folder too, but has not the key."""
    past_the_guards("UPDATE history SET actor_name = 'somebody else' WHERE id = 2")
    hash_anew(2)
    now = head.last()
    app.config["HISTORY_KEY"], ours = "another", app.config["HISTORY_KEY"]
    head._write(head.last())
    app.config["HISTORY_KEY"] = ours
    found = verified(app)[1]["head"]
    assert any("not signed with this installation's key" in told for told in found)
    assert now.id == head.last().id


def test_what_an_earlier_version_wrote_is_sealed_once_and_then_watched(app, office, at):
    """Its entries have no seal: first what they do have is compared, and a note says what is missing."""
    entry = db.session.scalars(select(HistoryEntry).where(HistoryEntry.event == "issue")).first()
    first = entry.subject_id
    plain = {key: value for key, value in entry.changes.items() if key != "seal"}
    past_the_guards(
        "UPDATE history SET changes = :changes WHERE id = :id",
        changes=json.dumps(plain, ensure_ascii=False),
        id=entry.id,
    )
    hash_anew(entry.id)
    head.renew()
    assert verified(app) == (0, {})
    result = app.test_cli_runner().invoke(args=["history", "verify"])
    assert "not sealed yet" in result.output
    assert "1 records sealed" in app.test_cli_runner().invoke(args=["history", "seal"]).output
    db.session.commit()
    assert sealing.seal_former(at=at) == 0
    assert "not sealed yet" not in app.test_cli_runner().invoke(args=["history", "verify"]).output
    past_the_guards(f"UPDATE letters SET approved_by = 'x' WHERE id = {first}")
    assert f"(id {first}) is not what was issued" in the_only(verified(app)[1], "letters")


def test_what_others_write_while_it_reads_is_no_difference(app, office, at):
    """On PostgreSQL each question would see another instant: a register ahead of its letters, a head ahead of the chain."""
    db.session.commit()
    parts = verify(with_files=False)
    found = [next(parts)]

    def somebody_else() -> None:
        with app.app_context():
            calendar.pin(at)
            letters.issue(factories.letter(state="approved"), on=NOTICE_DAY, at=at)
            factories.application("submitted", call=db.session.get(Call, 1))
            db.session.commit()
            db.session.remove()

    for _ in range(3):
        thread = threading.Thread(target=somebody_else)
        thread.start()
        thread.join()
        found.append(next(parts))
    found += parts
    assert [part.problems for part in found if not part.holds] == []
    assert next(part for part in found if part.name == "letters").looked_at == 3
    assert verified(app) == (0, {})


def test_a_database_migrated_back_and_forth_holds_and_has_its_guards_again(app, office):
    this = next(
        path.name[:4] for path in VERSIONS if path.stem.endswith("the_database_guards_what_is_written")
    )
    before = ScriptDirectory(str(ROOT / "migrations")).get_revision(this).down_revision
    _end_transactions()
    downgrade(revision=before)
    # The other parts ask for tables that were not there yet.
    assert len(next(verify(with_files=False)).problems) > 10
    _end_transactions()
    upgrade()
    assert verified(app) == (0, {})
