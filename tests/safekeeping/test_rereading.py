"""Every file on record is read again each night; what is missing, changed or named by nobody is told."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app import calendar, jobs
from app.correspondence.models import Mail
from app.db import db
from app.doctor import checks
from app.home.tasks import tasks_of
from app.installation import Setting
from app.organisations.contacts import office_mailboxes
from app.permissions import ADMINISTRATOR
from app.proof import rereading
from app.safekeeping.models import StoredFile
from app.storage import Folder, StorageAway, storage
from tests import factories
from tests.factories.applications import PDF
from tests.reading import text_of

OTHER = PDF + b"%"


@pytest.fixture
def kept(app):
    """A file that was handed in, and an administrator."""
    admin = factories.tenure("administrator")
    application = factories.application("submitted")
    db.session.commit()
    (file,) = application.attachments
    return admin, file, Path(storage().address(file.path))


@pytest.fixture
def a_night(at, monkeypatch):
    """The job, on the next day of the machine's clock."""
    nights = [calendar.machine_now()]
    monkeypatch.setattr(calendar, "machine_now", lambda: nights[-1])

    def passed():
        nights.append(nights[-1] + timedelta(days=1))
        done = jobs.run_daily(at.date(), at=at + timedelta(days=len(nights)))
        assert "error" not in done["reread_files"], done
        return done["reread_files"]

    return passed


def mails():
    return db.session.scalars(select(Mail).where(Mail.key.startswith("files-at-fault"))).all()


@pytest.mark.parametrize("damage", ["missing", "changed"])
def test_a_file_that_is_missing_or_changed_is_told_to_staff_until_it_is_mended(
    kept, a_night, sign_in_as, damage, at
):
    _admin, file, place = kept
    assert a_night() == {"read": 1, "at_fault": 0} and mails() == []
    place.unlink() if damage == "missing" else place.write_bytes(OTHER)
    assert a_night() == {"read": 1, "at_fault": 1}
    (mail,) = mails()
    assert file.sha256 in mail.body and [mail.to_address] == list(
        office_mailboxes([ADMINISTRATOR], on=at.date())
    )
    (row,) = db.session.scalars(select(StoredFile))
    assert (row.key, row.fault) == (file.path, damage)
    client, officer = sign_in_as("officer")
    with client.application.test_request_context():
        titles = [task.title for task in tasks_of(officer, at)]
    assert any("ファイルを確認" in title for title in titles)
    page = text_of(client.get("/files"))
    assert file.path in page and ("欠落" in page) == (damage == "missing")
    assert a_night()["at_fault"] == 1 and len(mails()) == 1  # told once
    place.write_bytes(PDF)
    assert a_night()["at_fault"] == 0
    db.session.expire_all()
    assert row.fault == "" and file.path not in text_of(client.get("/files"))


def test_they_are_read_once_a_day(kept, at):
    assert jobs.run_daily(at.date(), at=at)["reread_files"]["read"] == 1
    assert jobs.run_daily(at.date(), at=at)["reread_files"]["read"] == 0


def test_a_storage_that_is_away_is_no_fault_of_a_file_and_is_tried_again(kept, at, monkeypatch):
    def away(*_args):
        raise StorageAway("the storage does not answer")

    with monkeypatch.context() as without:
        without.setattr(Folder, "open", away)
        with pytest.raises(StorageAway):
            rereading.reread(at=at)
    db.session.rollback()
    assert Setting.get(rereading.READ_ON) is None and db.session.scalars(select(StoredFile)).all() == []
    assert rereading.reread(at=at) == {"read": 1, "at_fault": 0}


def test_the_doctor_finds_what_nobody_names_half_files_and_what_is_missing(kept):
    _admin, file, place = kept
    names = "files on record", "files that nothing names", "half files"
    assert [dict(checks())[name] for name in names] == ["", "", ""]
    loose = Path(storage().address(storage().put(OTHER, ".pdf")))
    half = place.parents[1] / "incoming" / ".half-abc"
    half.write_bytes(b"half")
    assert [dict(checks())[name] for name in names] == ["", "", ""]  # somebody may be at work with them
    for path in (loose, half):
        os.utime(path, (time.time() - 2 * 24 * 3600,) * 2)
    place.unlink()
    told = dict(checks())
    assert file.path in told["files on record"] and loose.name in told["files that nothing names"]
    assert half.name in told["half files"] and half.name not in told["files that nothing names"]


def test_what_a_killed_process_left_is_taken_away_and_nothing_else(kept):
    """The lock of a living process is held; a dead one's is not, as here once its file is closed."""
    _admin, file, place = kept
    left = []
    for content in (OTHER, PDF):  # one that no record came to name, one that is on record since
        coming = storage().incoming()
        coming.write(content)
        left.append(storage().put(coming, ".pdf"))
        coming._gone.detach()
        coming.file.close()
    alive = storage().incoming()
    alive.write(b"still coming in")
    alive.flush()
    loose = storage().put(b"an old file that nobody names", ".pdf")
    assert rereading.tidy() > 0
    lying = {it.path for it in storage().stored()}
    assert lying == {file.path, loose, f"incoming/{alive.path.name}"}
    assert place.read_bytes() == PDF
    alive.close()
    assert rereading.tidy() == 0


def test_what_another_sends_meanwhile_is_not_taken_away_with_the_dead(app):
    dead, second = storage().incoming(), storage().incoming()
    for coming in (dead, second):
        coming.write(OTHER)
        path = storage().put(coming, ".pdf")
    dead._gone.detach()
    dead.file.close()
    rereading.tidy()
    assert storage().get(path) == OTHER
    second.close()
    assert [it.path for it in storage().stored()] == [path]
