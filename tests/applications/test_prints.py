"""A submission on paper: the receipt, and the whole application as one document with its contents and its files."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app import calendar
from app.applications import checking, submission
from app.applications.prints import application_pdf, receipt, receipt_pdf
from app.db import db
from app.permissions import APPROVER, EDITOR, OFFICER
from tests import factories
from tests.correspondence.pdf_standards import faults
from tests.factories.applications import holder
from tests.reading import pdf_text


@pytest.fixture
def submitted(app):
    joint = factories.organisation()
    return factories.application(
        "submitted", joint=[joint], title="雪道の見守り", files={"計画.pdf": b"%PDF-1.7\n%%EOF\n"}
    )


def test_the_receipt_names_number_instant_and_files_with_their_hashes(submitted):
    [found] = submitted.submissions
    pdf = receipt_pdf(found)
    text = pdf_text(pdf).replace("\n", "")
    for told in ("事務連絡", submitted.number, "雪道の見守り", "計画.pdf", found.said.attachments[0]["sha256"], found.sha256,
                 f"{found.received_at.minute}分"):  # fmt: skip
        assert told in text, told
    assert faults(pdf) == []


def test_the_receipt_stays_as_it_was_given_whoever_signs_later(submitted):
    [found] = submitted.submissions
    before = receipt_pdf(found)
    submitted.call.programme.issuer = "別の組織の長"
    db.session.commit()
    assert receipt_pdf(found) == before
    assert receipt(found, submitted).issuer == "別の組織の長"


def test_the_application_is_one_document_with_contents_and_files(submitted):
    [found] = submitted.submissions
    pdf = application_pdf(found)
    text = pdf_text(pdf)
    assert faults(pdf) == []
    for told in (submitted.number, "目次", "雪道の見守り", "添付資料一覧", "計画.pdf", found.sha256):
        assert told in text.replace("\n", ""), told
    for section in found.said.sections:
        for answer in section.answers:
            assert str(answer.label.ja) in text.replace("\n", "")
    assert application_pdf(found) == pdf, "the same submission gives the same file"


def test_each_submission_has_its_own(submitted, at):
    later = at + timedelta(hours=1)
    checking.return_for_correction(
        submitted, defects={"basics": "直してください。"}, due_at=at + timedelta(days=7),
        actor=holder(OFFICER), at=later,
    )  # fmt: skip
    factories.applications.save_basics(
        submitted, title="雪道の見守り（補正後）", summary="要約", version=submitted.version_of("basics"),
        actor=holder(EDITOR, submitted.organisation), at=later + timedelta(hours=1),
    )  # fmt: skip
    submission.resubmit(
        submitted, actor=holder(APPROVER, submitted.organisation), at=later + timedelta(hours=2)
    )
    first, second = submitted.submissions
    assert "補正後" not in pdf_text(application_pdf(first))
    assert "第2回（補正後）" in pdf_text(application_pdf(second)).replace("\n", "")
    assert "（補正後）" in pdf_text(receipt_pdf(second)).replace("\n", "")


@pytest.mark.parametrize("role", [EDITOR, OFFICER])
@pytest.mark.parametrize("name", ["receipt.pdf", "application.pdf"])
def test_who_may_read_it_may_print_it(submitted, sign_in_as, role, name):
    [found] = submitted.submissions
    db.session.commit()
    client, _tenure = sign_in_as(role, submitted.organisation if role == EDITOR else None)
    answer = client.get(f"/applications/{submitted.id}/submissions/{found.id}/{name}")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert submitted.number in answer.headers["Content-Disposition"]
    assert answer.data.startswith(b"%PDF-")


def test_a_stranger_prints_nothing(submitted, sign_in_as):
    [found] = submitted.submissions
    db.session.commit()
    client, _tenure = sign_in_as(EDITOR)
    assert client.get(f"/applications/{submitted.id}/submissions/{found.id}/receipt.pdf").status_code == 404
    own, _tenure = sign_in_as(EDITOR, submitted.organisation)
    assert (
        own.get(f"/applications/{submitted.id}/submissions/{found.id + 999}/receipt.pdf").status_code == 404
    )


def test_texts_are_text_and_nothing_more(app):
    made = factories.application("submitted", title="<b>太字</b> & {{ 7*7 }}", summary="一行目\n二行目")
    text = pdf_text(application_pdf(made.submissions[0]))
    assert "<b>太字</b> & {{ 7*7 }}" in text
    assert calendar.era_date(made.submitted_at, weekday=True) in text.replace("\n", "")
