"""The pages of letters, as a director, an officer and a municipality see them."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from app.calendar import JST
from app.correspondence import approval, letters, rendering
from app.correspondence.models import Letter
from app.db import db
from app.history import HistoryEntry
from app.storage import storage
from tests import factories
from tests.correspondence.common import seen, ticked
from tests.home.page import page_of
from tests.reading import events, text_of

NOTICE_DAY = date(2023, 3, 31)


def issued(at, **values) -> Letter:
    letter = letters.issue(factories.letter(state="approved", **values), on=NOTICE_DAY, at=at)
    db.session.commit()
    return letter


# The list


def test_the_list_narrows_by_kind_fiscal_year_state_and_words(sign_in_as, at):
    factories.letter(addressee="甲市長")
    factories.letter(addressee="乙市長", letter_kind="selection")
    factories.letter(addressee="丙市長", fiscal_year=2021)
    factories.letter(addressee="丁市長", state="approved")
    client, _ = sign_in_as("officer")
    everything = text_of(client.get("/letters"))
    assert all(name in everything for name in ("甲市長", "乙市長", "丙市長", "丁市長"))
    for query, name in (
        ("kind=selection", "乙市長"),
        ("fiscal_year=2021", "丙市長"),
        ("state=approved", "丁市長"),
        ("q=甲市", "甲市長"),
    ):
        rows = list(
            csv.DictReader(io.StringIO(client.get(f"/letters?{query}&format=csv").data.decode("utf-8-sig")))
        )
        assert [row["宛名"] for row in rows] == [name], query


def test_the_list_asks_the_database_no_more_often_for_more_letters(sign_in_as, at):
    client, _ = sign_in_as("director")

    def queries() -> int:
        count = []

        def note(*_args):
            count.append(1)

        event.listen(db.engine, "before_cursor_execute", note)
        client.get("/letters")
        client.get("/letters/review")
        event.remove(db.engine, "before_cursor_execute", note)
        return len(count)

    factories.letter()
    few = queries()
    for _ in range(10):
        factories.letter()
    assert queries() == few


def test_a_municipality_sees_the_letters_issued_to_it_and_no_others(sign_in_as, at):
    client, editor = sign_in_as("municipality_editor")
    own = issued(at, organisation=editor.organisation, subject="自団体への通知")
    draft = factories.letter(organisation=editor.organisation, subject="起案中の通知")
    other = issued(at, subject="他団体への通知")
    page = text_of(client.get("/letters"))
    assert "自団体への通知" in page
    assert "起案中の通知" not in page
    assert "他団体への通知" not in page
    assert client.get(f"/letters/{own.id}").status_code == 200
    for hidden in (draft, other):
        assert client.get(f"/letters/{hidden.id}").status_code == 404
        assert client.get(f"/letters/{hidden.id}.pdf").status_code == 404


def test_a_municipality_is_not_told_how_the_office_came_to_its_letter(sign_in_as, at):
    client, editor = sign_in_as("municipality_approver")
    letter = factories.letter(organisation=editor.organisation)
    director = factories.tenure("director")
    approval.approve([letter], actor=director, at=at)
    letters.issue(letter, on=NOTICE_DAY, at=at)
    page = text_of(client.get(f"/letters/{letter.id}"))
    assert letter.number in page
    assert letter.sha256 in page
    assert director.name not in page


# Review and approval


def test_the_review_shows_each_drafted_letter_with_its_text_and_preview(sign_in_as, at):
    seat = factories.tenure("municipality_approver").seat
    first = factories.letter(organisation=seat.organisation)
    second = factories.letter()
    factories.letter(state="approved", addressee="承認済市長")
    client, _ = sign_in_as("officer")
    page = text_of(client.get("/letters/review?kind=support-end&fiscal_year=2022"))
    for letter in (first, second):
        assert letter.addressee in page
        assert f'href="/letters/{letter.id}.pdf"' in page
    assert "承認済市長" not in page
    assert seat.mailbox in page
    assert "この団体には担当者がいません" in page
    assert "令和5年3月31日（金）" in page
    assert "/letters/approval" not in re.findall(r"<button.*", page)  # an officer reads, a director approves
    assert "チェックを付けた文書を決裁する" not in page


def test_the_review_says_in_sentences_of_their_own_what_to_do_and_until_when(sign_in_as):
    factories.letter()
    client, _ = sign_in_as("director")
    client.set_cookie("language", "en")
    lead = page_of(text_of(client.get("/letters/review"))).one(".page-head__lead").words
    assert "approve them together. They leave by themselves on the day of notice" in lead


def test_a_director_approves_all_that_the_filters_find(sign_in_as, at):
    mine = [factories.letter() for _ in range(3)]
    other = factories.letter(fiscal_year=2021)
    client, director = sign_in_as("director")
    review = client.get("/letters/review?kind=support-end&fiscal_year=2022")
    sent = ticked(text_of(review))
    assert sorted(map(int, sent["letter"])) == sorted(letter.id for letter in mine)
    answer = client.post("/letters/approval", data=sent, follow_redirects=True)
    assert "決裁した文書：3件" in text_of(answer)
    assert [db.session.get(Letter, letter.id).state for letter in mine] == ["approved"] * 3
    assert all(db.session.get(Letter, letter.id).approved_by == director.name for letter in mine)
    assert db.session.get(Letter, other.id).state == "drafted"
    assert events(mine[0]) == ["approve"]


def test_only_the_chosen_letters_are_reviewed_and_approved(sign_in_as, at):
    chosen, left = factories.letter(addressee="選んだ市長"), factories.letter(addressee="残した市長")
    client, _ = sign_in_as("director")
    review = text_of(client.get(f"/letters/review?letter={chosen.id}"))
    assert "選んだ市長" in review
    assert "残した市長" not in review
    client.post("/letters/approval", data=ticked(review))
    assert (db.session.get(Letter, chosen.id).state, db.session.get(Letter, left.id).state) == (
        "approved",
        "drafted",
    )


def test_the_second_director_is_told_what_the_first_has_approved(sign_in_as, at):
    ids = [factories.letter().id for _ in range(2)]
    first, _ = sign_in_as("director")
    second, _ = sign_in_as("director")
    page = ticked(text_of(second.get("/letters/review")))
    first.post("/letters/approval", data={**page, "letter": ids[:1]})
    answer = second.post("/letters/approval", data=page, follow_redirects=True)
    assert answer.status_code == 200
    assert "決裁した文書：1件" in text_of(answer)
    assert "1件は、この間に処理されていたため" in text_of(answer)
    assert [events(db.session.get(Letter, number)) for number in ids] == [["approve"], ["approve"]]


def test_one_letter_is_approved_from_its_page(sign_in_as, at):
    letter = factories.letter()
    client, _ = sign_in_as("director")
    assert f'action="/letters/{letter.id}/approval"' in text_of(client.get(f"/letters/{letter.id}"))
    answer = client.post(f"/letters/{letter.id}/approval", data=seen(letter))
    assert answer.headers["Location"] == f"/letters/{letter.id}"
    assert db.session.get(Letter, letter.id).state == "approved"


@pytest.mark.parametrize("chosen", [[], ["x"], ["0"], ["99999999999999999999"]])
def test_an_approval_of_nothing_says_what_to_do(sign_in_as, at, chosen):
    factories.letter()
    client, _ = sign_in_as("director")
    answer = client.post("/letters/approval", data={"letter": chosen}, follow_redirects=True)
    assert answer.status_code == 200
    assert "文書が選択されていません" in text_of(answer)
    assert letters.letters_of(state="approved") == []


def test_an_officer_cannot_approve(sign_in_as, at):
    letter = factories.letter()
    client, _ = sign_in_as("officer")
    assert client.post("/letters/approval", data={"letter": [letter.id]}).status_code == 403
    assert db.session.get(Letter, letter.id).state == "drafted"


# Discarding


def test_a_letter_is_discarded_with_a_reason(sign_in_as, at):
    letter = factories.letter()
    client, officer = sign_in_as("officer")
    refused = client.post(f"/letters/{letter.id}/discard", data={"reason": "　"})
    assert refused.status_code == 422
    assert db.session.get(Letter, letter.id).state == "drafted"
    client.post(f"/letters/{letter.id}/discard", data={"reason": "宛先の誤り"})
    assert db.session.get(Letter, letter.id).state == "discarded"
    entry = db.session.scalars(HistoryEntry.of(letter)).one()
    assert (entry.event, entry.actor_name, entry.changes["reason"]) == ("discard", officer.name, "宛先の誤り")
    assert "宛先の誤り" in text_of(client.get(f"/letters/{letter.id}"))


def test_a_letter_issued_in_the_meantime_is_not_discarded(sign_in_as, at):
    letter = issued(at)
    client, _ = sign_in_as("officer")
    answer = client.post(f"/letters/{letter.id}/discard", data={"reason": "取りやめ"})
    assert answer.status_code == 409
    assert "取りやめ" in text_of(answer)
    assert db.session.get(Letter, letter.id).state == "issued"


# The file


def test_a_draft_is_previewed_as_a_pdf(sign_in_as, at):
    letter = factories.letter()
    client, _ = sign_in_as("officer")
    answer = client.get(f"/letters/{letter.id}.pdf")
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF")
    assert answer.data == letters.preview(letter, on=date(2023, 2, 15)).pdf


def test_a_draft_shows_what_it_would_say_if_it_were_issued_after_the_end(sign_in_as, at, app):
    content = factories.letter_content(
        body=("支援を終了します。",), past_from=date(2023, 4, 1), past_body=("支援を終了しました。",)
    )
    letter = factories.letter(content=content)
    client, _ = sign_in_as("director")
    told = "令和5年4月1日以後に発出する場合、上の本文は次のとおりとなります。"
    later = f"/letters/{letter.id}.pdf?later=1"
    for address in (f"/letters/{letter.id}", f"/letters/review?letter={letter.id}"):
        page = text_of(client.get(address))
        assert told in page and "支援を終了します。" in page and "支援を終了しました。" in page
        assert f'href="{later}"' in page
    assert client.get(later).data == letters.preview(letter, on=date(2023, 4, 1)).pdf
    assert client.get(later).data != client.get(f"/letters/{letter.id}.pdf").data
    app.config["PINNED_CLOCK"] = datetime(2023, 4, 3, 9, 0, tzinfo=JST)
    page = text_of(client.get(f"/letters/{letter.id}"))
    assert told not in page and "支援を終了します。" not in page and "支援を終了しました。" in page
    assert client.get(f"/letters/{letter.id}.pdf").data == client.get(later).data


def test_an_issued_letter_is_given_out_byte_for_byte_and_named_by_its_hash(sign_in_as, at):
    client, editor = sign_in_as("municipality_editor")
    letter = issued(at, organisation=editor.organisation)
    answer = client.get(f"/letters/{letter.id}.pdf")
    assert answer.data == Path(storage().address(letter.path)).read_bytes()
    assert answer.headers["ETag"] == f'"{letter.sha256}"'
    assert "%E5%8F%B7" in answer.headers["Content-Disposition"]  # …号, in the file's name
    again = client.get(f"/letters/{letter.id}.pdf", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""


def test_without_a_japanese_font_a_preview_says_what_is_missing(sign_in_as, at, monkeypatch):
    letter = factories.letter()
    client, _ = sign_in_as("officer")
    monkeypatch.setattr(rendering, "font_path", lambda: None)
    answer = client.get(f"/letters/{letter.id}.pdf", follow_redirects=True)
    assert answer.status_code == 200
    assert "flask doctor" in text_of(answer)


@pytest.mark.parametrize("damage", ["changed", "gone"])
def test_a_damaged_file_is_not_given_out_and_the_page_says_why(sign_in_as, at, damage):
    letter = issued(at)
    file = Path(storage().address(letter.path))
    file.unlink() if damage == "gone" else file.write_bytes(b"%PDF-1.7 something else")
    client, _ = sign_in_as("officer")
    answer = client.get(f"/letters/{letter.id}.pdf")
    assert answer.status_code == 503
    assert answer.mimetype == "text/html"
    assert letter.sha256 in text_of(answer)


# The database away


def test_while_the_database_is_away_the_reader_is_told_and_nothing_is_approved(sign_in_as, at):
    letter = factories.letter()
    letter_id, shown = letter.id, seen(letter)
    client, _ = sign_in_as("director")

    def away(*_args):
        raise OperationalError("SELECT 1", {}, Exception("the server closed the connection"))

    event.listen(db.engine, "before_cursor_execute", away)
    try:
        listed = client.get("/letters")
        sent = client.post("/letters/approval", data={"letter": [letter_id], **shown})
    finally:
        event.remove(db.engine, "before_cursor_execute", away)
    for answer in (listed, sent):
        assert answer.status_code == 503
        assert answer.headers["Retry-After"]
    assert f'value="{letter_id}"' in text_of(sent)  # what was chosen can be sent again
    assert db.session.get(Letter, letter_id).state == "drafted"
    client.post("/letters/approval", data={"letter": [letter_id], **shown})
    assert db.session.get(Letter, letter_id).state == "approved"
