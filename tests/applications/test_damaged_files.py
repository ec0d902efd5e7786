"""A file on record that the storage no longer has as it was: told in words to everybody, and never given out."""

from __future__ import annotations

import hashlib
import io
import logging
from datetime import date, timedelta
from html import unescape
from pathlib import Path

import pytest

from app import calendar
from app import storage as module
from app.applications import checking
from app.applications.models import Application
from app.correspondence import letters
from app.db import db
from app.storage import Damaged, Folder, StorageAway, get_verified, storage
from tests import factories
from tests.factories.applications import PDF, holder

SHA256 = hashlib.sha256(PDF).hexdigest()


@pytest.fixture
def application(app) -> Application:
    submitted = factories.application("submitted")
    asked = {"defects": {"attachments": "図を加える。"}, "due_at": calendar.now() + timedelta(days=7)}
    checking.return_for_correction(submitted, **asked, actor=holder("officer"), at=calendar.now())
    return submitted


@pytest.fixture
def editor(application, sign_in_as):
    return sign_in_as(tenure=holder("municipality_editor", application.organisation))[0]


@pytest.fixture(params=["office", "applicant", "draft"])
def asked(request, application, editor, sign_in_as):
    """Who asks for the file, and where: the frozen submission for both sides, the draft for the applicant."""
    frozen = f"/applications/{application.id}/submissions/{application.submissions[0].id}/files/{SHA256}"
    draft = f"/applications/{application.id}/attachments/{application.attachments[0].id}"
    asker = sign_in_as("officer")[0] if request.param == "office" else editor
    return request.param, lambda: asker.get(draft if request.param == "draft" else frozen)


def lies_at() -> Path:
    return Path(storage().address(module.path_of(SHA256, ".pdf")))


@pytest.mark.parametrize("damage", ["gone", "changed"])
def test_an_attachment_that_is_gone_or_changed_is_told_and_not_given_out(asked, damage, caplog):
    who, ask = asked
    assert ask().data == PDF
    lies_at().unlink() if damage == "gone" else lies_at().write_bytes(PDF + b"%")
    answer = ask()
    told = unescape(answer.get_data(as_text=True))
    assert answer.status_code == 503 and answer.mimetype == "text/html"
    assert "計画.pdf" in told and SHA256 in told and "SHA-256" in told
    assert ("バックアップから復元" in told) == (who == "office")
    assert ("/contact" in told.split("<main")[1].split("</main")[0]) == (who != "office")
    assert ("添付し直してください" in told) == (who == "draft")
    logged = [record for record in caplog.records if "計画.pdf" in record.getMessage()]
    assert [record.levelno for record in logged] == [logging.ERROR]


@pytest.mark.parametrize("damage", ["gone", "changed"])
def test_who_attaches_the_same_file_anew_as_told_has_it_again_and_so_has_the_submission(
    application, editor, damage, caplog
):
    lies_at().unlink() if damage == "gone" else lies_at().write_bytes(PDF + b"%")
    old = f"/applications/{application.id}/attachments"
    assert editor.get(f"{old}/{application.attachments[0].id}").status_code == 503
    editor.post(f"{old}/{application.attachments[0].id}/removal")
    editor.post(old, data={"file": (io.BytesIO(PDF), "計画.pdf")})
    assert editor.get(f"{old}/{application.attachments[0].id}").data == PDF
    frozen = f"/applications/{application.id}/submissions/{application.submissions[0].id}/files/{SHA256}"
    assert editor.get(frozen).data == PDF
    assert ("was damaged" in caplog.text) == (damage == "changed")


def test_an_attachment_that_cannot_be_read_just_now_is_not_called_lost(asked, monkeypatch):
    _, ask = asked

    def away(*_args):
        raise StorageAway("the storage does not answer")

    monkeypatch.setattr(Folder, "open", away)
    answer = ask()
    told = answer.get_data(as_text=True)
    assert answer.status_code == 503 and "ただいま" in told and "添付し直してください" not in told


def test_a_letter_that_cannot_be_read_just_now_or_is_changed_is_a_page_too(app, sign_in_as, at):
    letter = letters.issue(factories.letter(state="approved"), on=date(2023, 2, 15), at=at)
    client, _ = sign_in_as("officer")
    file = Path(storage().address(letter.path))
    file.write_bytes(b"%PDF another")
    answer = client.get(f"/letters/{letter.id}.pdf")
    assert answer.status_code == 503 and letter.sha256 in answer.get_data(as_text=True)


def test_bytes_are_given_out_against_their_hash_alone(app):
    path = storage().put(PDF, ".pdf")
    assert get_verified(path, SHA256) == PDF
    with pytest.raises(Damaged, match="does not have"):
        get_verified(path, "0" * 64)
    with pytest.raises(Damaged, match="gone"):
        get_verified("ab/none.pdf", SHA256)
    db.session.rollback()
