"""What a backup must know of every table: files that it names, and what refers to what."""

from __future__ import annotations

from sqlalchemy import inspect

from app.backup import archive, record
from app.db import db
from app.storage import path_of
from private import KEPT
from tests import factories

# Tables with a hash of a file, which app/backup/record.py asks; and those whose hash is of something else, though
# what they hold names files.
NAME_FILES = {"letters", "received_files"}
HASH_OF_THEMSELVES = {"evaluation_publications", "form_versions", "frozen_responses", "submissions"}


def test_every_table_that_names_a_file_is_asked_by_the_backup(app):
    named = {table.name for table in db.metadata.sorted_tables if "sha256" in table.columns}
    assert named == NAME_FILES | HASH_OF_THEMSELVES, "a new table with files: add it to app/backup/record.py"


def test_files_of_each_kind_are_found(app, at):
    application = factories.application("submitted")
    factories.mail(attachments=[{"filename": "a.pdf", "path": "aa/a.pdf", "media_type": "x", "sha256": "0"}])
    (file,) = application.attachments
    letter = factories.letter(state="approved")
    letter.path = path_of("f" * 64, ".pdf")
    db.session.flush()
    connection = db.session.connection()
    found = record.named_files(
        lambda statement: connection.exec_driver_sql(statement).all(), record.ANSWERS_HAVE_FILES
    )
    assert found.keys() == {"aa/a.pdf", file.path, letter.path}


def test_no_tables_refer_to_each_other_in_a_circle(app):
    """They are loaded one after the other, what others refer to first."""
    *_, (last, circle) = inspect(db.engine).get_sorted_table_and_fkc_names()
    assert last is None and circle == []


def test_every_key_of_a_backup_is_closed_to_others_at_the_start():
    assert set(archive.KEYS) <= set(KEPT)
