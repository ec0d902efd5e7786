"""`flask restore`: the same rows, files and hashes in an empty place, or nothing at all; and then nothing leaves."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import inspect, select, text

from app import calendar, halting
from app.applications import submission
from app.applications.models import Application
from app.backup import archive, restoring, since
from app.correspondence import delivery, letters
from app.correspondence.models import Letter, Mail
from app.db import db
from app.halting import Halt, Halted
from app.history import HistoryEntry, first_broken_entry
from app.organisations.models import OneTimeLink
from app.organisations.sign_in_models import SignInSession
from app.programmes.models import Call
from app.storage import HALF, Folder, get_verified, storage
from tests import factories
from tests.backup.conftest import NOTICE_DAY, contents, manifest_of, rewritten, run_in
from tests.factories.applications import holder

# What a restore changes: the halt, what waited, the links that were out, who was signed in.
ADDED_TO = {
    "data_version", "halts", "settings", "history", "mails", "one_time_links", "sessions", "known_devices",
}  # fmt: skip


def test_a_restored_installation_has_the_same_rows_files_and_hashes(installation, backup, place):
    before, named = contents(), [
        (letter.path, letter.sha256) for letter in db.session.query(Letter).filter_by(state="issued")
    ]  # fmt: skip
    done = place.restore(backup)
    assert done.exit_code == 0, done.output
    assert "holds   chain" in done.output and "BROKEN" not in done.output
    with place.inside():
        after = contents()
        assert {name for name in after if after[name] != before[name]} <= ADDED_TO
        assert after.keys() == before.keys() and len(after["letters"]) == 3
        kept = len(before["history"])
        assert db.session.get(HistoryEntry, kept).hash == manifest_of(backup)["history"]["head"]
        assert first_broken_entry() is None
        assert len(named) == 2
        for path, sha256 in named:
            assert get_verified(path, sha256).startswith(b"%PDF")
        assert Path(storage().address(path)).is_relative_to(place.folder)


def test_what_comes_back_is_for_its_owner_alone(backup, place):
    place.restore(backup)
    modes = {path: path.stat().st_mode & 0o777 for path in place.folder.rglob("*")}
    assert modes and {mode for path, mode in modes.items() if path.is_file()} == {0o600}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}


def test_numbers_go_on_where_they_stood_and_rows_get_keys_of_their_own(backup, place):
    place.restore(backup)
    with place.inside():
        at = halting.current().since
        halting.lift(halting.current(), actor=holder("director"), at=at, remark="確認した。")
        letter = letters.issue(factories.letter(state="approved"), on=NOTICE_DAY, at=at)
        db.session.commit()
        assert letter.number == "4未技第3号"


def test_keys_come_back_in_place_of_those_that_the_start_has_made(installation, run, tmp_path, place):
    theirs = "k" * 64
    (installation.config["DATA_DIR"] / "secret_key").write_text(theirs)
    run("backup", tmp_path / "banso.tar")
    made = (place.folder / "secret_key").read_text()
    theirs_of_history = (installation.config["DATA_DIR"] / "history_key").read_text()
    assert place.restore(tmp_path / "banso.tar").exit_code == 0
    assert (place.folder / "history_key").read_text() == theirs_of_history
    assert place.app.config["HISTORY_KEY"] == theirs_of_history
    assert (place.folder / "secret_key").read_text() == theirs != made
    assert place.app.config["SECRET_KEY"] == theirs


# Nothing leaves


def test_after_a_restore_the_work_is_halted_and_says_up_to_where_the_backup_knows(backup, place, at):
    done = place.restore(backup)
    assert "halted" in done.output and "registers skip" in done.output
    assert "fiscal year 2022: 2" in done.output and "R5: 3" in done.output
    with place.inside():
        halt = db.session.scalars(select(Halt)).one()
        assert halt.reason == "restored" and halt.since == at + timedelta(days=1)
        assert halt.facts["backup_made_at"] == at.isoformat()
        assert halt.facts["registers"] == [{"mark": "未技", "fiscal_year": 2022, "last": 2}]
        with pytest.raises(Halted):
            letters.issue(factories.letter(state="approved"), on=NOTICE_DAY, at=at)
        db.session.rollback()
        assert delivery.deliver_due(at=at + timedelta(days=2))["kept"] == 0


def test_mails_that_waited_are_parked_since_they_may_have_gone_out_and_those_sent_stay_sent(
    installation, run, tmp_path, place, at
):
    sent = factories.mail(sent_at=at, next_attempt_at=None)
    sending = factories.mail(claimed_at=at)
    waiting = db.session.scalars(select(Mail.id).where(Mail.next_attempt_at.is_not(None))).all()
    db.session.commit()
    ids = sent.id, sending.id
    run("backup", tmp_path / "banso.tar")
    place.restore(tmp_path / "banso.tar")
    with place.inside():
        states = {mail.id: mail.state for mail in db.session.scalars(select(Mail))}
        assert states[ids[0]] == "sent" and states[ids[1]] == "parked"
        assert {states[number] for number in waiting} == {"parked"} and len(waiting) > 3
        parked = db.session.get_one(Mail, waiting[0])
        assert parked.last_error == delivery.MAY_HAVE_BEEN_SENT_SINCE
        assert next(entry.event for entry in db.session.scalars(HistoryEntry.of(parked))) == "mail_parked"
        assert db.session.scalars(select(Halt)).one().facts["mails_parked"] == len(waiting)


@pytest.mark.parametrize(
    ("words", "state"), [(["--send"], "queued"), (["--set-aside", "送信済み"], "set_aside")]
)
def test_all_mails_that_a_restore_has_parked_are_decided_on_at_once(backup, place, words, state):
    place.restore(backup)
    with place.inside():
        factories.tenure("administrator", person=factories.person(email="admin@example.jp"))
        other = factories.mail(
            parked_at=calendar.now(), next_attempt_at=None, last_error="550 no such user"
        ).id
        db.session.commit()
    done = run_in(place.app, "mails", "after-restore", *words, "--as", "admin@example.jp")
    assert done.exit_code == 0, done.output
    with place.inside():
        theirs = Mail.last_error == delivery.MAY_HAVE_BEEN_SENT_SINCE
        if state == "queued":  # what has been said of it is over
            theirs = Mail.key.like("application:%")
        assert set(db.session.scalars(select(Mail.state).where(theirs))) == {state}
        assert db.session.get_one(Mail, other).state == "parked"
    assert run_in(place.app, "mails", "after-restore", *words, "--as", "admin@example.jp").output[0] == "0"


def test_a_decision_on_parked_mails_that_is_none_changes_nothing(backup, place):
    place.restore(backup)
    with place.inside():
        factories.tenure("director", person=factories.person(email="director@example.jp"))
        db.session.commit()
    for words in ([], ["--send", "--set-aside", "x"], ["--set-aside", " "], ["--send"]):  # the last may not
        assert (
            run_in(place.app, "mails", "after-restore", *words, "--as", "director@example.jp").exit_code == 2
        )
    with place.inside():
        assert set(db.session.scalars(select(Mail.state))) == {"parked"}


def test_links_to_set_a_password_are_used_up_and_those_to_answer_for_a_seat_still_open(backup, place):
    place.restore(backup)
    with place.inside():
        links = {link.purpose: link.used_at for link in db.session.scalars(select(OneTimeLink))}
    assert links["password"] is not None and links["membership"] is None


def test_everybody_signs_in_anew(installation, run, tmp_path, place, sign_in_as):
    client, _tenure = sign_in_as("officer")
    assert client.get("/").status_code == 200
    run("backup", tmp_path / "banso.tar")
    place.restore(tmp_path / "banso.tar")
    with place.inside():
        found = db.session.scalars(select(SignInSession)).one()
        assert found.ended_at is not None and found.why_ended == "restored"
        assert db.session.scalars(select(Halt)).one().facts["sessions_ended"] == 1


def test_a_backup_made_while_halted_after_a_restore_halts_anew_with_its_own_facts(backup, place, tmp_path):
    place.restore(backup)
    again = tmp_path / "again.tar"
    assert run_in(place.app, "backup", again).exit_code == 0
    with place.inside():
        at = place.app.config["PINNED_CLOCK"]
        facts = since.begin(archive.checked(again), at=at)
        db.session.commit()
        halt = db.session.scalars(select(Halt)).one()
        assert halt.facts == facts and halt.facts["backup_made_at"] == at.isoformat()
        assert len(list(db.session.scalars(HistoryEntry.of(halt)))) == 2


# Whole or not at all


def test_a_place_that_is_in_use_is_refused(installation, backup, run, place):
    before = contents()
    done = run("restore", backup)  # where it came from
    assert done.exit_code == 1 and "already" in done.output
    assert contents() == before
    place.restore(backup)
    with place.inside():
        restored = contents()
    again = place.restore(backup)
    assert again.exit_code == 1 and "already" in again.output
    with place.inside():
        assert contents() == restored


@pytest.mark.parametrize("there", ["mail/00000001.eml", "files/ab/abc.pdf", "accounts.txt", "notes.txt"])
def test_a_data_folder_with_anything_in_it_is_refused(backup, place, there):
    (place.folder / there).parent.mkdir(parents=True, exist_ok=True)
    (place.folder / there).write_text("x")
    done = place.restore(backup)
    assert done.exit_code == 1 and "in use" in done.output
    (place.folder / there).unlink()
    assert place.is_empty()
    assert place.restore(backup).exit_code == 0


def test_a_damaged_backup_is_refused_before_anything_is_written(backup, place):
    name = next(name for name in manifest_of(backup)["members"] if name.startswith("files/"))
    done = place.restore(rewritten(backup, **{name: b"%PDF another"}))
    assert done.exit_code == 1 and name in done.output
    assert place.is_empty()


def test_a_backup_of_the_other_engine_is_refused(backup, place):
    manifest = manifest_of(backup)
    other = "postgresql" if manifest["engine"] == "sqlite" else "sqlite"
    changed = rewritten(backup, **{"manifest.json": json.dumps({**manifest, "engine": other}).encode()})
    done = place.restore(changed)
    assert done.exit_code == 1 and other in done.output and place.is_empty()


def test_a_backup_of_a_newer_version_is_refused(backup, place):
    manifest = {**manifest_of(backup), "revision": "9999"}
    done = place.restore(rewritten(backup, **{"manifest.json": json.dumps(manifest).encode()}))
    assert done.exit_code == 1 and "9999" in done.output and "newer" in done.output and place.is_empty()


def test_a_backup_of_an_older_version_is_restored_and_brought_up_to_date(installation, run, tmp_path, place):
    from flask_migrate import downgrade, upgrade

    db.session.remove()
    downgrade(revision="0009")
    try:
        done = run("backup", tmp_path / "banso.tar")
    finally:
        db.session.remove()
        upgrade()
    assert done.exit_code == 0, done.output
    assert manifest_of(tmp_path / "banso.tar")["revision"] == "0009"
    done = place.restore(tmp_path / "banso.tar")
    assert done.exit_code == 0, done.output
    with place.inside():
        columns = {column["name"] for column in inspect(db.engine).get_columns("calls")}
        assert "numbers_skipped_through" in columns
        assert first_broken_entry() is None and halting.current() is not None


def test_tables_that_do_not_come_to_what_the_manifest_says_are_not_kept(backup, place):
    manifest = manifest_of(backup)
    manifest["tables"]["letters"]["rows"] += 1
    done = place.restore(rewritten(backup, **{"manifest.json": json.dumps(manifest).encode()}))
    assert done.exit_code == 1 and "restored table" in done.output and place.is_empty()


def test_a_restore_of_what_was_damaged_already_says_so_at_its_end(installation, run, tmp_path, place):
    letter = db.session.query(Letter).filter_by(state="issued").first()
    Path(storage().address(letter.path)).unlink()
    assert run("backup", tmp_path / "banso.tar").exit_code == 1  # told then, too
    done = place.restore(tmp_path / "banso.tar")
    assert done.exit_code == 1 and "BROKEN  files" in done.output
    assert "not everything in it holds" in done.output
    with place.inside():
        assert halting.current() is not None


@pytest.mark.parametrize("step", ["fill", "upgrade", "begin", "storage"])
def test_a_restore_that_fails_half_way_leaves_nothing(backup, place, monkeypatch, step):
    def fail(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    key = (place.folder / "secret_key").read_text()
    with monkeypatch.context() as failing:
        if step == "begin":
            failing.setattr(since, "begin", fail)
        elif step == "storage":
            put = Folder.put
            failing.setattr(
                Folder,
                "put",
                lambda self, content, suffix="": (fail if b"\n<<" in content.beginning(1000) else put)(
                    self, content, suffix
                ),
            )
        else:
            for engine in (restoring.sqlite.Restored, restoring.postgresql.Restored):
                failing.setattr(engine, step, fail)
        done = place.restore(backup)
    assert done.exit_code == 1 and "No space left" in done.output
    assert place.is_empty() and (place.folder / "secret_key").read_text() == key
    assert place.restore(backup).exit_code == 0


def test_a_file_under_the_right_name_with_other_bytes_is_not_taken_for_the_backups(backup, place):
    name = next(name for name in manifest_of(backup)["members"] if name.startswith("files/"))
    (place.folder / name).parent.mkdir(parents=True)
    (place.folder / name).write_bytes(b"%PDF half")
    done = place.restore(backup)
    assert done.exit_code == 1 and "another file" in done.output
    (place.folder / name).unlink()
    assert place.is_empty()


class Killed(BaseException):
    """Nothing in the product catches it."""


def test_a_restore_that_was_killed_is_done_again(backup, place, monkeypatch):
    def killed(*_args, **_kwargs):
        raise Killed

    with monkeypatch.context() as dying:
        dying.setattr(since, "begin", killed)
        # As after kill -9: nobody has cleared anything away.
        dying.setattr(restoring.ExitStack, "__exit__", lambda *_: None)
        dying.setattr(restoring.sqlite.Restored, "clear", lambda _self: None)
        with pytest.raises(Killed):
            raise place.restore(backup).exception
    assert any((place.folder / "files").rglob("*.pdf"))
    folder = next((place.folder / "files").iterdir())
    (folder / f"{HALF}x1").write_bytes(b"%PDF")
    (place.folder / "banso.sqlite.restoring-wal").write_bytes(b"half")
    (place.folder / ".history_key.restoring").write_bytes(b"half")
    done = place.restore(backup)
    assert done.exit_code == 0, done.output
    assert not list(place.folder.glob("*.sqlite.restoring")) or db.engine.dialect.name == "postgresql"


def test_two_restores_at_once_are_one(backup, place):
    with place.inside(), restoring._alone():
        done = place.restore(backup)
    assert done.exit_code == 1 and "working with this data folder" in done.output
    assert place.restore(backup).exit_code == 0


# Numbers that were given since


def test_numbers_of_documents_given_since_are_skipped_and_told(app, run, at):
    letters.issue(factories.letter(state="approved"), on=NOTICE_DAY, at=at)
    db.session.commit()
    done = run(
        "registers", "skip", "--fiscal-year", 2022, "--through", 45, "--reason", "バックアップ後に発出"
    )
    assert done.exit_code == 0, done.output
    assert "Skipped 2 to 45" in done.output
    letter = letters.issue(factories.letter(state="approved"), on=NOTICE_DAY, at=at)
    db.session.commit()
    assert letter.sequence == 46
    entry = db.session.scalars(select(HistoryEntry).where(HistoryEntry.event == "numbers_skipped")).one()
    assert entry.subject_kind == "number_register"
    assert entry.changes == {
        "mark": "未技", "fiscal_year": 2022, "from": 2, "to": 45, "reason": "バックアップ後に発出"
    }  # fmt: skip
    refused = run("registers", "skip", "--fiscal-year", 2022, "--through", 46, "--reason", "もう一度")
    assert refused.exit_code == 1 and "46" in refused.output
    assert run("registers", "list").output.splitlines()[0] == "documents (未技) of fiscal year 2022: 46"


def test_the_first_numbers_of_a_year_are_skipped_too(app, run, at):
    assert (
        run("registers", "skip", "--fiscal-year", 2022, "--through", 3, "--reason", "紙の簿冊").exit_code == 0
    )
    assert letters.issue(factories.letter(state="approved"), on=NOTICE_DAY, at=at).sequence == 4


def test_where_there_are_several_marks_one_is_named(app, run, at):
    factories.programme()
    other = factories.programme("transport").id
    letters.issue(factories.letter(state="approved"), on=NOTICE_DAY, at=at)
    db.session.commit()
    words = ("registers", "skip", "--fiscal-year", 2022, "--through", 3, "--reason", "紙の簿冊")
    refused = run(*words)
    assert refused.exit_code == 2 and "未技" in refused.output and "見交" in refused.output
    assert run(*words, "--mark", "見交").exit_code == 0
    sent = [factories.letter(state="approved", programme_id=other), factories.letter(state="approved")]
    assert [letters.issue(it, on=NOTICE_DAY, at=at).number for it in sent] == ["4見交第4号", "4未技第2号"]


def test_numbers_of_applications_given_since_are_skipped(app, run, at):
    call = factories.call(code="R5")
    factories.application("submitted", call=call)
    db.session.commit()
    done = run(
        "registers", "skip", "--call", "R5", "--through", 7, "--reason", "受付票を確認", "--as", email()
    )
    assert done.exit_code == 0, done.output
    call = db.session.scalars(select(Call)).one()
    waiting = factories.application("in_approval", call=call)
    submission.submit(waiting, actor=holder("municipality_approver", waiting.organisation), at=at)
    db.session.commit()
    assert waiting.number == "R5-0008"
    entry = db.session.scalars(
        select(HistoryEntry).where(HistoryEntry.event == "application_numbers_skipped")
    ).one()
    assert entry.changes == {"from": 2, "to": 7, "reason": "受付票を確認"} and entry.actor_role == "director"
    assert run("registers", "skip", "--call", "R5", "--through", 8, "--reason", "x").exit_code == 1
    assert db.session.scalar(select(Application.number).where(Application.sequence == 8)) == "R5-0008"


def email() -> str:
    director = factories.tenure("director")
    db.session.commit()
    return director.person.email


@pytest.mark.parametrize(
    "words",
    [
        ["--through", "5", "--reason", "x"],
        ["--fiscal-year", "2022", "--call", "R5", "--through", "5", "--reason", "x"],
        ["--fiscal-year", "2022", "--through", "0", "--reason", "x"],
        ["--fiscal-year", "2022", "--through", "5", "--reason", " "],
        ["--call", "R99", "--through", "5", "--reason", "x"],
        ["--fiscal-year", "2022", "--through", "5", "--reason", "x", "--as", "nobody@example.jp"],
    ],
)
def test_a_skip_that_is_not_understood_changes_nothing(app, run, words):
    assert run("registers", "skip", *words).exit_code == 2
    assert db.session.execute(text("SELECT count(*) FROM history")).scalar() == 0
