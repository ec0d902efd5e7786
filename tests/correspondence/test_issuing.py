"""Issuing: numbers without gaps, a frozen file, a queued mail, all of it or nothing."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from app.correspondence import letters, rendering
from app.correspondence.models import Letter, Mail, NumberRegister
from app.db import db
from app.history import HistoryEntry, first_broken_entry
from app.lifecycle import NotAllowed
from app.permissions import SYSTEM
from app.storage import Damaged, storage
from tests import factories
from tests.parallel import in_parallel
from tests.reading import events

NOTICE_DAY = date(2023, 3, 31)


def test_issuing_gives_number_date_file_hash_and_mail_in_one_act(app, at):
    seat = factories.tenure("municipality_approver").seat
    letter = factories.letter(organisation=seat.organisation, state="approved")
    letters.issue(letter, on=NOTICE_DAY, at=at)
    db.session.commit()

    assert (letter.state, letter.number, letter.issued_on) == ("issued", "4未技第1号", NOTICE_DAY)
    pdf = letters.frozen_pdf(letter)
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    assert "4未技第1号" in text
    assert "令和5年3月31日" in text
    assert f"{letter.addressee}　殿" in text
    assert "案" not in text
    assert rendering.render(letters.content_of(letter)).sha256 == letter.sha256

    mail = db.session.scalars(select(Mail)).one()
    assert (mail.state, mail.to_address, mail.about_id) == ("queued", seat.mailbox, letter.id)
    assert "4未技第1号" in mail.subject
    assert f"http://127.0.0.1:8000/letters/{letter.id}" in mail.body
    assert mail.attachments == [
        {
            "filename": f"4未技第1号_{letter.addressee}.pdf",
            "path": letter.path,
            "media_type": "application/pdf",
            "sha256": letter.sha256,
        }
    ]
    entry = db.session.scalars(HistoryEntry.of(letter)).first()
    assert (entry.event, entry.actor_role) == ("issue", "system")
    assert entry.changes["number"] == "4未技第1号"
    assert entry.changes["sha256"] == letter.sha256


def test_numbers_run_without_gaps_through_the_fiscal_year_of_the_issue_date(app, at):
    days = [date(2023, 3, 30), date(2023, 3, 31), date(2023, 4, 3), date(2024, 3, 29), date(2024, 4, 1)]
    issued = [letters.issue(factories.letter(state="approved"), on=day, at=at) for day in days]
    assert [letter.number for letter in issued] == [
        "4未技第1号", "4未技第2号", "5未技第1号", "5未技第2号", "6未技第1号",
    ]  # fmt: skip


def test_the_number_has_the_mark_of_the_programme_on_the_day_of_issue(app, at):
    letter = factories.letter(state="approved")
    factories.programme().mark = "府地創"
    assert letters.issue(letter, on=NOTICE_DAY, at=at).number == "4府地創第1号"


def test_each_mark_has_numbers_of_its_own_and_programmes_with_one_mark_share_them(app, at):
    others = factories.programme("transport").id
    sharing = factories.programme("shared", mark=factories.programme().mark).id
    drafts = [factories.letter(state="approved", programme_id=others) for _ in range(2)]
    drafts += [factories.letter(state="approved"), factories.letter(state="approved", programme_id=sharing)]
    numbers = [letters.issue(it, on=NOTICE_DAY, at=at).number for it in drafts]
    assert numbers == ["4見交第1号", "4見交第2号", "4未技第1号", "4未技第2号"]


def test_workers_that_issue_at_once_give_every_number_once_and_leave_no_gap(app, at):
    ids = [factories.letter(state="approved").id for _ in range(8)]

    def issuing(mine):
        def job():
            for letter_id in mine:
                letters.issue(db.session.get(Letter, letter_id), on=NOTICE_DAY, at=at)
                db.session.commit()

        return job

    in_parallel(app, issuing(ids[::2]), issuing(ids[1::2]))
    assert sorted(letter.sequence for letter in letters.letters_of(state="issued")) == list(range(1, 9))
    assert len(db.session.scalars(select(Mail)).all()) == 8
    assert first_broken_entry() is None


def test_two_workers_that_issue_the_same_letter_issue_it_once(app, at):
    letter_id = factories.letter(state="approved").id

    def job():
        try:
            letters.issue(db.session.get(Letter, letter_id), on=NOTICE_DAY, at=at)
            db.session.commit()
        except NotAllowed:
            db.session.rollback()
            return "refused"
        return "issued"

    assert sorted(in_parallel(app, job, job)) == ["issued", "refused"]
    assert db.session.scalars(select(NumberRegister.last)).all() == [1]
    assert len(db.session.scalars(select(Mail)).all()) == 1
    assert events(db.session.get(Letter, letter_id)) == ["issue", "approve"]


@pytest.mark.parametrize("state", ["drafted", "issued", "discarded"])
def test_only_an_approved_letter_is_issued(app, at, state):
    letter = factories.letter(state="approved")
    if state == "issued":
        letters.issue(letter, on=NOTICE_DAY, at=at)
    elif state == "discarded":
        letters.discard(letter, reason="重複", actor=SYSTEM, at=at)
    else:
        letter = factories.letter()
    db.session.commit()
    numbered = db.session.scalars(select(NumberRegister.last)).all()
    with pytest.raises(NotAllowed):
        letters.issue(letter, on=NOTICE_DAY, at=at)
    db.session.commit()
    assert letter.state == state
    assert db.session.scalars(select(NumberRegister.last)).all() == numbered


def test_nobody_but_the_system_issues_by_hand(app, at):
    letter = factories.letter(state="approved")
    with pytest.raises(NotAllowed):
        letters.issue(letter, on=NOTICE_DAY, actor=factories.tenure("director"), at=at)
    db.session.commit()
    assert letter.state == "approved"
    assert db.session.scalars(select(NumberRegister)).all() == []


@pytest.mark.parametrize("where", ["render", "storage", "mail"])
def test_a_failure_anywhere_leaves_nothing_of_the_letter_even_when_the_caller_goes_on(
    app, at, monkeypatch, where
):
    first, second = factories.letter(state="approved"), factories.letter(state="approved")

    def breaks(*_args, **_kwargs):
        raise OSError("no space left on device")

    with monkeypatch.context() as broken:
        target = {"render": "render", "storage": "storage", "mail": "_queue_mail"}[where]
        broken.setattr(letters, target, breaks)
        with pytest.raises(OSError, match="no space"):
            letters.issue(first, on=NOTICE_DAY, at=at)
    db.session.commit()
    assert (first.state, first.number, first.path) == ("approved", None, None)
    assert first.content["draft"] is True
    assert events(first) == ["approve"]
    assert db.session.scalars(select(Mail)).all() == []

    letters.issue(second, on=NOTICE_DAY, at=at)
    letters.issue(first, on=NOTICE_DAY, at=at)
    db.session.commit()
    assert (second.sequence, first.sequence) == (1, 2)


def test_a_rollback_gives_the_number_back(app, at):
    letter = factories.letter(state="approved")
    db.session.commit()
    letters.issue(letter, on=NOTICE_DAY, at=at)
    db.session.rollback()
    assert (letter.state, letter.number) == ("approved", None)
    assert db.session.scalars(select(Mail)).all() == []
    assert events(letter) == ["approve"]
    assert letters.issue(letter, on=NOTICE_DAY, at=at).sequence == 1


def test_the_mail_to_a_body_without_anybody_in_its_seats_is_parked_at_once(app, at):
    letter = letters.issue(factories.letter(state="approved"), on=NOTICE_DAY, at=at)
    db.session.commit()
    mail = db.session.scalars(select(Mail)).one()
    assert (letter.state, mail.state, mail.to_address) == ("issued", "parked", "")
    assert mail.next_attempt_at is None
    assert mail.last_error
    assert events(mail) == ["mail_parked"]


def test_without_a_japanese_font_nothing_is_issued(app, at, monkeypatch):
    letter = factories.letter(state="approved")
    monkeypatch.setattr(rendering, "font_path", lambda: None)
    with pytest.raises(rendering.MissingFont):
        letters.issue(letter, on=NOTICE_DAY, at=at)
    db.session.commit()
    assert letter.state == "approved"
    assert db.session.scalars(select(NumberRegister)).all() == []


# The day of issue


def test_a_letter_approved_in_time_and_issued_late_speaks_of_the_past_and_stays_so(app, at):
    content = factories.letter_content(
        body=("支援を終了します。",), past_from=date(2023, 4, 1), past_body=("支援を終了しました。",)
    )
    on_time = factories.letter(content=content, state="approved")
    late = factories.letter(content=content, state="approved")
    letters.issue(on_time, on=NOTICE_DAY, at=at)
    letters.issue(late, on=date(2023, 4, 3), at=at)
    db.session.commit()
    for letter, said, unsaid in ((on_time, "終了します。", "しました"), (late, "終了しました。", "します。")):
        assert letters.content_of(letter).body == (f"支援を{said}",)
        text = "".join(
            page.extract_text() for page in PdfReader(io.BytesIO(letters.frozen_pdf(letter))).pages
        )
        assert said in text and unsaid not in text
        assert rendering.render(letters.content_of(letter)).sha256 == letter.sha256


def test_a_deadline_is_counted_from_the_day_of_issue_and_told_in_the_mail_with_what_the_letter_is_about(
    app, at
):
    items = (
        rendering.Item("対象となる事業", "一覧番号　1\n事業名　雪道の見守り", role=rendering.MATTER),
        rendering.Item("支援終了日", "令和5年3月31日"),
        rendering.Item("連絡期限", f"{rendering.REPLY_DAY}17時（必着）", role=rendering.DEADLINE),
    )
    letter = factories.letter(content=factories.letter_content(items=items), state="approved")
    letters.issue(letter, on=NOTICE_DAY, at=at)
    mail = db.session.scalars(select(Mail)).one()
    assert letters.content_of(letter).items[2].text == "令和5年4月28日（金）17時（必着）"
    assert "　対象となる事業：\n　　一覧番号　1\n　　事業名　雪道の見守り\n" in mail.body
    assert "　連絡期限：\n　　令和5年4月28日（金）17時（必着）\n" in mail.body
    assert "支援終了日" not in mail.body
    assert "発信年月日：令和5年3月31日（金）" in mail.body


def test_a_letter_drafted_before_there_were_two_wordings_is_issued_as_it_is(app, at):
    letter = factories.letter(state="approved")
    kept = {name: value for name, value in letter.content.items() if not name.startswith("past")}
    letter.content = {**kept, "items": [{"heading": "支援終了日", "text": "令和5年3月31日"}]}
    db.session.flush()
    letters.issue(letter, on=date(2023, 4, 3), at=at)
    assert letters.content_of(letter).body == ("下記のとおり通知します。",)


def test_three_towns_of_one_name_are_told_apart_in_letter_file_and_mail(app, at):
    issued = []
    for prefecture in ("秋田県", "島根県", "宮崎県"):
        town = factories.organisation("美郷町", prefecture=prefecture, body_kind="town")
        letter = factories.letter(organisation=town, state="approved")
        issued.append(letters.issue(letter, on=NOTICE_DAY, at=at))
    assert [letter.addressee for letter in issued] == ["秋田県美郷町長", "島根県美郷町長", "宮崎県美郷町長"]
    mails = db.session.scalars(select(Mail).order_by(Mail.id)).all()
    for letter, mail in zip(issued, mails, strict=True):
        assert letters.filename_of(letter).endswith(f"_{letter.addressee}.pdf")
        assert mail.body.startswith(f"{letter.addressee}　殿\n")
        assert mail.to_name == letter.organisation.full_name
        text = "".join(
            page.extract_text() for page in PdfReader(io.BytesIO(letters.frozen_pdf(letter))).pages
        )
        assert f"{letter.addressee}　殿" in text


# The file


def test_a_draft_is_previewed_without_number_and_marked_as_a_draft(app, at):
    preview = letters.preview(factories.letter(), on=NOTICE_DAY)
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(preview.pdf)).pages)
    assert "案" in text
    assert "第1号" not in text
    assert preview.pages == 1


@pytest.mark.parametrize("damage", ["changed", "gone"])
def test_a_frozen_file_that_is_not_what_was_issued_is_not_given_out(app, at, damage):
    letter = letters.issue(factories.letter(state="approved"), on=NOTICE_DAY, at=at)
    file = Path(storage().address(letter.path))
    file.unlink() if damage == "gone" else file.write_bytes(file.read_bytes() + b"%")
    with pytest.raises(Damaged):
        letters.frozen_pdf(letter)
