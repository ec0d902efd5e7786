"""script/bench deadline looks at what is on record, and sees what a snapshot lacks or a draft has lost."""

from __future__ import annotations

from copy import deepcopy
from types import SimpleNamespace

import pytest

from app.applications import submission
from app.applications.models import Application
from app.db import db
from app.questions.freezing import files_in
from tests.benchmarks import deadline_world
from tests.factories.applications import holder


@pytest.fixture
def drafts(app, at):
    """Two drafts, the first of which has been submitted."""
    found = deadline_world.made(2)
    made = db.session.get_one(Application, found[0].id)
    submission.submit(made, actor=holder("municipality_approver", made.organisation), at=at)
    db.session.commit()
    return found


def submitted(drafts) -> Application:
    return db.session.get_one(Application, drafts[0].id)


def test_what_was_submitted_is_whole_and_what_was_not_is_as_it_was_typed(drafts, at):
    taken, left = deadline_world.kept(drafts)
    assert (taken.number, taken.sequence, taken.receipts, taken.amiss) == ("R9-0001", 1, 1, "")
    assert taken.received == (at.timestamp(),)
    assert (left.number, left.received, left.receipts, left.amiss) == (None, (), 0, "")


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        (lambda content: content["sections"].pop(), "a section is missing"),
        (lambda content: content["sections"][0]["answers"][0].update(value="別の事業"), "another thing than was typed"),
        (lambda content: content["form"].update(version=7), "another version of the form"),
        (lambda content: content.update(number="R9-0002"), "another number or instant"),
        (lambda content: next(files_in(content)).update(sha256="0" * 64), "its files are others"),
    ],
)  # fmt: skip
def test_a_snapshot_that_is_not_whole_is_seen(drafts, changed, sentence):
    application = submitted(drafts)
    frozen = application.last_submission
    content = deepcopy(frozen.content)
    changed(content)
    instead = SimpleNamespace(content=content, sha256=frozen.sha256, received_at=frozen.received_at)
    found = list(deadline_world.lacks(instead, application, drafts[0]))
    assert any(sentence in it for it in found) and "its hash is of another content" in found


def test_a_file_that_is_gone_is_seen(drafts, app):
    for path in (app.config["DATA_DIR"] / "files").rglob("*"):
        if path.is_file():
            path.unlink()
    assert "計画.pdf is not in the storage" in deadline_world.kept(drafts)[0].amiss


def test_a_receipt_without_its_mail_is_none(drafts, at, monkeypatch):
    monkeypatch.setattr(submission.mails, "receipt", lambda *_, **__: None)
    other = db.session.get_one(Application, drafts[1].id)
    submission.submit(other, actor=holder("municipality_approver", other.organisation), at=at)
    db.session.commit()
    assert [it.receipts for it in deadline_world.kept(drafts)] == [1, 0]


def test_a_draft_that_lost_an_answer_is_seen(drafts):
    left = db.session.get_one(Application, drafts[1].id)
    left.answered.answers[0].value = "別の事業"
    db.session.commit()
    assert "not there any more" in deadline_world.kept(drafts)[1].amiss
