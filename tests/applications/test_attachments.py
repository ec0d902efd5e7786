"""What is taken as a file and what is not: by its name and by its bytes, never by what the browser says."""

from __future__ import annotations

import hashlib

import pytest

from app.applications import attachments
from app.applications.attachments import Refused, clean_name
from app.db import db
from app.history import HistoryEntry
from app.lifecycle import NotAllowed
from app.programmes.form import FILES_MAX
from app.storage import storage
from tests import factories
from tests.factories.applications import PDF, holder, office_file

MAX = 1000
PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 20
TAKEN = {
    "計画.pdf": (PDF, "application/pdf"),
    "表.XLSX": (office_file("xl/"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "案.docx": (
        office_file("word/"),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    "図.pptx": (
        office_file("ppt/"),
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ),
    "地図.png": (PNG, "image/png"),
    "写真.jpeg": (b"\xff\xd8\xff\xe0" + b"x" * 20, "image/jpeg"),
}
REFUSED = {
    "setup.exe": b"MZ\x90\x00",
    "setup.pdf": b"MZ\x90\x00",  # a program under another name
    "run.pdf": b"#!/bin/sh\n%PDF-1.7",
    "まとめ.zip": office_file(),
    "文書.pdf": b"just text",
    "表.xlsx": office_file("word/"),
    "マクロ.xlsx": office_file("xl/", "xl/vbaProject.bin"),
    "暗号.docx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 100,  # with a password it is no zip at all
    "壊れた.docx": b"PK\x03\x04" + b"x" * 50,
    "名前なし": PDF,
    "page.html": b"<script>alert(1)</script>",
    "図.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "空.pdf": b"",
    "大きい.pdf": PDF + b"x" * MAX,
}


def add(application, name, content, at):
    editor = holder("municipality_editor", application.organisation)
    return attachments.add_attachment(application, name, content, max_bytes=MAX, actor=editor, at=at)


@pytest.fixture
def draft(app):
    return factories.application(complete=False)


@pytest.mark.parametrize("name", TAKEN)
def test_a_file_of_a_known_kind_is_kept_under_its_hash(draft, at, name):
    content, media_type = TAKEN[name]
    file = add(draft, name, content, at)
    db.session.commit()
    assert (file.filename, file.media_type, file.size) == (name, media_type, len(content))
    assert file.sha256 == hashlib.sha256(content).hexdigest()
    assert storage().get(file.path) == content
    entry = db.session.scalars(HistoryEntry.of(draft)).first()
    assert entry.changes == {"section": "attachments", "added": name, "sha256": file.sha256}


@pytest.mark.parametrize("name", REFUSED)
def test_anything_else_is_refused_with_a_sentence_that_names_the_file(draft, at, name):
    with pytest.raises(Refused) as refused:
        add(draft, name, REFUSED[name], at)
    assert refused.value.values["name"] == name
    assert draft.attachments == []


def test_the_same_file_is_attached_once(draft, at):
    add(draft, "計画.pdf", PDF, at)
    with pytest.raises(Refused, match="attached already"):
        add(draft, "計画（2）.pdf", PDF, at)
    assert len(draft.attachments) == 1


def test_there_is_an_end_to_the_number_of_files(draft, at):
    for number in range(FILES_MAX):
        add(draft, f"{number}.pdf", PDF + bytes([number]), at)
    with pytest.raises(Refused, match="At most 10"):
        add(draft, "もう一つ.pdf", PDF, at)


def test_a_removed_file_leaves_the_application_but_not_the_storage(draft, at):
    editor = holder("municipality_editor", draft.organisation)
    file = add(draft, "計画.pdf", PDF, at)
    db.session.commit()
    path = file.path
    for _ in range(2):  # the second click finds it gone and changes nothing
        attachments.remove_attachment(draft, file.id, actor=editor, at=at)
        db.session.commit()
    assert draft.attachments == []
    assert storage().get(path) == PDF
    events = [
        entry.changes for entry in db.session.scalars(HistoryEntry.of(draft)) if "removed" in entry.changes
    ]
    assert [change["removed"] for change in events] == ["計画.pdf"]


def test_nothing_is_attached_to_what_has_been_submitted(app, at):
    with pytest.raises(NotAllowed):
        add(factories.application("submitted"), "後から.pdf", PDF, at)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("C:\\Users\\taro\\計画.pdf", "計画.pdf"),
        ("../../etc/計画.pdf", "計画.pdf"),
        ("計画\u202efdp.exe", "計画fdp.exe"),  # a mark that turns the letters after it around
        ("か\u3099く.pdf", "がく.pdf"),
        ("a\x00b\r\n.pdf", "ab.pdf"),
        ("長" * 300 + ".pdf", "長" * 116 + ".pdf"),
        (" . ", ""),
        ("", ""),
    ],
)
def test_a_file_name_is_cleaned(sent, kept):
    assert clean_name(sent) == kept
