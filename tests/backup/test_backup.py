"""`flask backup`: one file with everything in it, whole or not there."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import tarfile
from pathlib import Path

import pytest

from app.backup import BackupProblem, making
from app.correspondence.models import Letter
from app.db import db
from app.history import HistoryEntry
from app.permissions import SYSTEM
from app.storage import storage
from tests import factories
from tests.backup.conftest import manifest_of, rewritten
from tests.factories.applications import PDF


def test_a_backup_holds_database_files_and_keys_with_a_manifest_of_their_hashes(installation, backup):
    manifest = manifest_of(backup)
    with tarfile.open(backup) as tar:
        found = {
            info.name: hashlib.sha256(tar.extractfile(info).read()).hexdigest()
            for info in tar
            if info.name != "manifest.json"
        }
    assert found == {name: told["sha256"] for name, told in manifest["members"].items()}
    head = db.session.query(HistoryEntry).order_by(HistoryEntry.id.desc()).first()
    assert manifest["history"] == {"entries": head.id, "head": head.hash}
    assert manifest["registers"] == [{"mark": "未技", "fiscal_year": 2022, "last": 2}]
    assert manifest["calls"] == [{"code": "R5", "last": 3}]
    assert manifest["engine"] == db.engine.dialect.name
    assert manifest["tables"]["letters"]["rows"] == 3 and manifest["damaged"] == []
    issued = db.session.query(Letter).filter_by(state="issued").all()
    named = {f"files/{letter.path}" for letter in issued} | {f"files/{storage().put(PDF, '.pdf')}"}
    assert named == {name for name in found if name.startswith("files/")}


def test_a_backup_is_for_its_owner_alone_and_leaves_nothing_else_beside_it(backup):
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    beside = [file.name for file in backup.parent.iterdir() if file.name.startswith(backup.name)]
    assert beside == [backup.name]


def test_keys_are_in_the_backup_unless_they_are_to_be_kept_elsewhere(installation, run, tmp_path):
    (installation.config["DATA_DIR"] / "secret_key").write_text("k" * 64)
    assert run("backup", tmp_path / "with.tar").exit_code == 0
    assert run("backup", "--without-keys", tmp_path / "without.tar").exit_code == 0
    kept = ["secret_key", "history_key", "history_head.json", "history_heads.log"]
    assert manifest_of(tmp_path / "with.tar")["keys"] == kept
    assert manifest_of(tmp_path / "without.tar")["keys"] == []
    assert b"k" * 64 not in (tmp_path / "without.tar").read_bytes()


def test_the_kept_head_of_a_backup_is_never_ahead_of_its_database(installation, tmp_path, at, monkeypatch):
    """Else the restored history would look as if its end had been cut off."""
    facts = making.record.facts

    def meanwhile(ask):
        told = facts(ask)
        factories.organisation().record("noted", actor=SYSTEM, at=at)
        db.session.commit()
        return told

    monkeypatch.setattr(making.record, "facts", meanwhile)
    made = making.make(tmp_path / "banso.tar", at=at)
    with tarfile.open(tmp_path / "banso.tar") as tar:
        head = json.loads(tar.extractfile("keys/history_head.json").read())
    assert head["id"] <= made.manifest["history"]["entries"]
    kept = json.loads((installation.config["DATA_DIR"] / "history_head.json").read_text())
    assert kept["id"] > made.manifest["history"]["entries"], "it has gone on meanwhile"


def test_a_backup_never_overwrites(installation, run, tmp_path):
    there = tmp_path / "banso.tar"
    there.write_text("another")
    done = run("backup", there)
    assert done.exit_code == 1 and "is there already" in done.output
    assert there.read_text() == "another"
    (tmp_path / "link.tar").symlink_to(tmp_path / "nowhere")
    assert run("backup", tmp_path / "link.tar").exit_code == 1
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("links", [True, False])
def test_a_file_that_appears_while_the_backup_is_written_is_not_overwritten(
    installation, tmp_path, monkeypatch, links
):
    file = tmp_path / "banso.tar"

    def unknown(*_args):
        raise PermissionError(1, "Operation not permitted")

    if not links:
        monkeypatch.setattr("os.link", unknown)
    with pytest.raises(BackupProblem, match="appeared meanwhile"), making._part_of(file):
        file.write_text("another")
    assert file.read_text() == "another" and [it.name for it in tmp_path.glob("banso.tar*")] == ["banso.tar"]
    with making._part_of(tmp_path / "second.tar") as (_part, open_file):
        open_file.write(b"whole")
    assert (tmp_path / "second.tar").read_bytes() == b"whole"


def test_of_two_backups_to_one_file_the_second_is_refused(installation, run, tmp_path):
    file = tmp_path / "banso.tar"
    with making._part_of(file):
        done = run("backup", file)
        assert done.exit_code == 1 and "another backup" in done.output
    assert file.exists()


def test_what_a_killed_backup_left_is_written_over(installation, run, tmp_path):
    beside = ["banso.tar.part.sqlite"] if db.engine.dialect.name == "sqlite" else []
    for left in ("banso.tar.part", *beside):
        (tmp_path / left).write_bytes(b"half" * 100_000)
        (tmp_path / left).chmod(0o644)
    assert run("backup", tmp_path / "banso.tar").exit_code == 0
    assert run("backup", "--check", tmp_path / "banso.tar").exit_code == 0
    assert [file.name for file in tmp_path.glob("banso.tar*")] == ["banso.tar"]
    assert stat.S_IMODE((tmp_path / "banso.tar").stat().st_mode) == 0o600


@pytest.mark.parametrize("damage", ["gone", "changed", "unreadable"])
def test_a_file_that_the_storage_lacks_is_told_at_the_end_and_the_rest_is_in_the_backup(
    installation, run, tmp_path, damage, monkeypatch
):
    letter = db.session.query(Letter).filter_by(state="issued").first()
    number, path = letter.number, letter.path
    lies_at = Path(storage().address(path))
    if damage == "gone":
        lies_at.unlink()
    elif damage == "changed":
        lies_at.write_bytes(b"%PDF another")
    else:
        lies_at.unlink()
        lies_at.mkdir()  # whoever runs the tests as root can read every file
    done = run("backup", tmp_path / "banso.tar")
    assert done.exit_code == 1
    assert f"letter {number}" in done.output and path in done.output
    manifest = manifest_of(tmp_path / "banso.tar")
    assert [it["path"] for it in manifest["damaged"]] == [path]
    assert manifest["files"] == 2 and f"files/{path}" not in manifest["members"]
    assert run("backup", "--check", tmp_path / "banso.tar").exit_code == 0


def test_a_disk_that_fills_leaves_nothing_and_says_so(installation, run, tmp_path, monkeypatch):
    written = 0
    fsync = os.fsync

    def full(handle):
        nonlocal written
        if os.fstat(handle).st_size > 10_000:
            written = os.fstat(handle).st_size
            raise OSError(28, "No space left on device")
        return fsync(handle)

    monkeypatch.setattr("app.backup.making.os.fsync", full)
    done = run("backup", tmp_path / "banso.tar")
    assert done.exit_code == 1 and "No space left" in done.output and written
    assert list(tmp_path.glob("banso.tar*")) == []


def test_a_folder_that_is_not_there_or_not_ours_is_told(installation, run, tmp_path):
    done = run("backup", tmp_path / "no" / "such" / "banso.tar")
    assert done.exit_code == 1 and "cannot be written" in done.output


# --check


def test_a_whole_backup_holds_and_its_last_numbers_are_told(backup, run):
    done = run("backup", "--check", backup)
    assert done.exit_code == 0, done.output
    assert "The backup is whole." in done.output
    assert "fiscal year 2022: 2" in done.output and "R5: 3" in done.output


def test_a_byte_that_was_changed_is_found(backup, run):
    with tarfile.open(backup) as tar:
        member = next(info for info in tar if info.name.startswith("files/"))
    content = bytearray(backup.read_bytes())
    content[member.offset_data + 3] ^= 1
    backup.write_bytes(content)
    done = run("backup", "--check", backup)
    assert done.exit_code == 1 and member.name in done.output and "not what was written" in done.output


@pytest.mark.parametrize("left", [0, 100, 5_000, 0.5, 0.9])
def test_a_backup_that_was_cut_off_is_found(backup, run, left):
    content = backup.read_bytes()
    backup.write_bytes(content[: int(left * len(content)) if left < 1 else left])
    done = run("backup", "--check", backup)
    assert done.exit_code == 1 and "cut off" in done.output


def test_a_member_that_is_missing_or_was_added_is_found(backup, run):
    gone = next(name for name in manifest_of(backup)["members"] if name.startswith("files/"))
    assert "lacks" in run("backup", "--check", rewritten(backup, **{gone: None})).output
    added = f"files/ab/ab{'0' * 62}.pdf"
    assert "does not name" in run("backup", "--check", rewritten(backup, **{added: b"x"})).output


@pytest.mark.parametrize(
    "name",
    ["../secret_key", "/etc/passwd", "files/ab/../../secret_key", "keys/../banso.sqlite", "keys/authorized_keys",
     f"files/ab/cd{'0' * 62}.pdf", "tables/../x.copy"],
)  # fmt: skip
def test_a_member_that_would_leave_its_place_is_refused(backup, run, name):
    done = run("backup", "--check", rewritten(backup, **{name: b"x"}))
    assert done.exit_code == 1 and "not part of a backup" in done.output


def test_links_and_devices_in_an_archive_are_refused(backup, run):
    copy = rewritten(backup)
    with tarfile.open(copy, "a") as tar:
        link = tarfile.TarInfo("keys/history_key")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    assert "not part of a backup" in run("backup", "--check", copy).output


def test_a_manifest_that_says_too_little_is_told(backup, run):
    manifest = {**manifest_of(backup)}
    del manifest["revision"], manifest["tables"]
    done = run("backup", "--check", rewritten(backup, **{"manifest.json": json.dumps(manifest).encode()}))
    assert done.exit_code == 1 and "does not say revision, tables" in done.output


@pytest.mark.parametrize("content", [b"", b"not a tar", b"\x00" * 10240, b"\x1f\x8b" + b"x" * 2000])
def test_a_file_that_is_no_backup_is_told(installation, run, tmp_path, content):
    (tmp_path / "x.tar").write_bytes(content)
    done = run("backup", "--check", tmp_path / "x.tar")
    assert done.exit_code == 1 and "not a backup" in done.output
    assert "cannot be read" in run("backup", "--check", tmp_path / "none.tar").output
