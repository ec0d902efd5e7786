"""What is attached waits in quarantine until clamd has found it clean; without clamd every page says that nobody looked."""

from __future__ import annotations

import socket
from datetime import timedelta

import pytest
from flask import current_app
from sqlalchemy import select

from app.applications import attachments, quarantine
from app.correspondence.models import Mail
from app.db import db
from app.history import HistoryEntry
from app.home.tasks import tasks_of
from app.questions.answering import problems_of
from app.safekeeping import checking, clamd
from app.safekeeping.models import StoredFile
from app.storage import storage
from tests import factories
from tests.factories.applications import PDF, holder
from tests.reading import text_of
from tests.safekeeping.clam import MALWARE, NAME, fake_clamd, real_clamd, started_clamd

MAX = 2**20
BIG = PDF + bytes(3 * 2**20)


@pytest.fixture
def daemon():
    with fake_clamd() as running:
        yield running


@pytest.fixture
def checked(app, daemon):
    app.config["CLAMD"] = daemon.address
    return daemon


@pytest.fixture
def draft(app):
    return factories.application(complete=False)


@pytest.fixture
def editor(draft):
    return holder("municipality_editor", draft.organisation)


@pytest.fixture
def attach(draft, editor, at):
    def attached(content=PDF, name="計画.pdf"):
        file = attachments.add_attachment(draft, name, content, max_bytes=10 * MAX, actor=editor, at=at)
        db.session.commit()
        return file

    return attached


def verdict(file):
    return checking.verdicts_of([file])[file.sha256]


def titles(actor, at):
    with current_app.test_request_context():
        return [task.title for task in tasks_of(actor, at)]


def test_where_nobody_looks_the_file_is_given_out_and_every_page_says_so(draft, attach, editor, sign_in_as):
    file = attach()
    assert verdict(file) == "unscanned" and db.session.scalars(select(StoredFile)).all() == []
    client, _ = sign_in_as(tenure=editor)
    assert "マルウェア未検査" in text_of(client.get(f"/applications/{draft.id}/attachments"))
    assert client.get(f"/applications/{draft.id}/attachments/{file.id}").data == PDF


def test_a_file_is_given_to_nobody_before_it_was_found_clean(checked, draft, attach, editor, sign_in_as, at):
    file = attach()
    client, _ = sign_in_as(tenure=editor)
    page, address = f"/applications/{draft.id}/attachments", f"/applications/{draft.id}/attachments/{file.id}"
    shown = text_of(client.get(page))
    assert "マルウェア検査中" in shown and f'href="{address}"' not in shown
    answer = client.get(address)
    assert answer.status_code == 409 and "検査しています" in text_of(answer) and PDF not in answer.data
    assert quarantine.check_files(at=at)["clean"] == 1
    assert checked.seen == [file.sha256]
    assert "マルウェアは検出されませんでした" in text_of(client.get(page))
    assert client.get(address).data == PDF
    assert quarantine.check_files(at=at)["clean"] == 0 and len(checked.seen) == 1  # once is enough


def test_malware_is_told_to_the_applicant_and_keeps_the_application_back(
    checked, draft, attach, editor, sign_in_as, at
):
    file = attach(MALWARE, "請求書.pdf")
    assert quarantine.check_files(at=at) == {
        "queued": 0,
        "clean": 0,
        "infected": 1,
        "unanswered": 0,
        "told": 1,
    }
    db.session.commit()
    assert verdict(file) == "infected" and storage().get(file.path) == MALWARE
    assert any(NAME in it.sentence and "請求書.pdf" in it.sentence for it in problems_of(draft.answered))
    (mail,) = db.session.scalars(select(Mail))
    assert "請求書.pdf" in mail.body and NAME in mail.body and mail.audience == "applicant"
    entry = db.session.scalars(HistoryEntry.of(draft)).first()
    assert (entry.event, entry.changes["finding"], entry.audience) == ("malware_found", NAME, "applicant")
    client, _ = sign_in_as(tenure=editor)
    page = f"/applications/{draft.id}/attachments"
    assert f'href="{page}">マルウェアが見つかった添付資料' in text_of(client.get("/"))
    assert "請求書.pdfからマルウェアが見つかりました" in text_of(client.get(page))
    answer = client.get(f"/applications/{draft.id}/attachments/{file.id}")
    assert answer.status_code == 409 and MALWARE not in answer.data
    assert f'href="{page}"' in text_of(answer)  # to where it is taken off
    client.post(f"/applications/{draft.id}/attachments/{file.id}/removal")
    assert "マルウェアが見つかった添付資料" not in text_of(client.get("/"))
    assert quarantine.check_files(at=at)["told"] == 0


def test_malware_in_what_was_submitted_is_told_to_the_office_and_not_given_out(checked, app, sign_in_as, at):
    application = factories.application("submitted", files={"請求書.pdf": MALWARE})
    db.session.commit()
    client, officer = sign_in_as("officer")
    address = f"/applications/{application.id}/submissions/{application.submissions[0].id}/files/"
    address += application.submissions[0].said.attachments[0]["sha256"]
    assert client.get(address).status_code == 409  # handed in in time, whatever clamd does
    quarantine.check_files(at=at)
    db.session.commit()
    answer = client.get(address)
    assert answer.status_code == 409 and "マルウェアが見つかりました" in text_of(answer)
    assert any("マルウェア" in title for title in titles(officer, at))
    case = text_of(client.get(f"/applications/{application.id}"))
    assert "マルウェア検出" in case and "補正を依頼し、" in case


def test_while_clamd_is_away_the_file_stays_where_it_is_and_somebody_has_to_look(
    app, attach, draft, sign_in_as, at
):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        app.config["CLAMD"] = f"127.0.0.1:{nobody.getsockname()[1]}"
        file = attach()
        assert quarantine.check_files(at=at)["unanswered"] == 1
        assert verdict(file) == "waiting"
        client, officer = sign_in_as("officer")
        assert not any("マルウェア検査" in title for title in titles(officer, at + timedelta(minutes=10)))
        assert any("マルウェア検査" in title for title in titles(officer, at + timedelta(minutes=16)))
        assert app.config["CLAMD"] in text_of(client.get("/files"))
    with fake_clamd() as running:
        app.config["CLAMD"] = running.address
        assert quarantine.check_files(at=at)["clean"] == 1
    assert verdict(file) == "clean"


def test_one_file_without_a_verdict_keeps_no_other_waiting(checked, attach, at):
    first, second = attach(), attach(PDF + b"2", "別.pdf")
    checked.answer = "INSTREAM size limit exceeded. ERROR"
    assert quarantine.check_files(at=at)["unanswered"] == 2
    assert {verdict(first), verdict(second)} == {"waiting"}
    checked.answer = ""
    assert quarantine.check_files(at=at)["clean"] == 2


def test_what_came_in_before_anybody_looked_is_looked_at_later(app, daemon, attach, at):
    file = attach(MALWARE)
    assert verdict(file) == "unscanned"
    app.config["CLAMD"] = daemon.address
    done = quarantine.check_files(at=at)
    assert (done["queued"], done["infected"]) == (1, 1)


def test_the_same_bytes_are_checked_once(checked, attach, draft, editor, at):
    file = attach()
    quarantine.check_files(at=at)
    attachments.remove_attachment(draft, file.id, actor=editor, at=at)
    assert verdict(attach(PDF, "計画2.pdf")) == "clean"
    assert len(checked.seen) == 1


def test_no_writer_waits_while_a_file_is_being_checked(checked, attach, at, monkeypatch):
    attach()
    held = []
    monkeypatch.setattr(clamd, "verdict_on", lambda *_: held.append(db.session().in_transaction()) or "")
    quarantine.check_files(at=at)
    assert held == [False]


@pytest.fixture(scope="module")
def real():
    program = real_clamd()
    if not program:
        pytest.skip("there is no clamd here: apt-get install clamav-daemon, or name one by BANSO_TEST_CLAMD")
    with started_clamd(program) as address:
        yield address


def test_the_real_clamd_finds_what_its_signature_names_and_nothing_else(real):
    assert clamd.answers(real) == ""
    assert clamd.verdict_on(real, [MALWARE[:10], MALWARE[10:]]) == f"{NAME}.UNOFFICIAL"
    assert clamd.verdict_on(real, [PDF]) == ""
    with pytest.raises(clamd.Unanswered, match="size limit exceeded"):
        clamd.verdict_on(real, [BIG[start : start + 2**18] for start in range(0, len(BIG), 2**18)])


def test_an_application_with_the_real_clamd(real, app, attach, at):
    app.config["CLAMD"] = real
    bad, good = attach(MALWARE, "悪い.pdf"), attach(PDF, "良い.pdf")
    done = quarantine.check_files(at=at)
    assert (done["infected"], done["clean"]) == (1, 1)
    assert (verdict(bad), verdict(good)) == ("infected", "clean")
