"""What was issued never changes; another letter replaces or withdraws it, and only once that is issued."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app import jobs
from app.calendar import JST
from app.correspondence import approval, letters, superseding
from app.correspondence.models import Letter, Mail
from app.correspondence.rendering import DEADLINE, Item
from app.db import db
from app.history import HistoryEntry
from app.lifecycle import NotAllowed
from tests import factories
from tests.correspondence.common import seen
from tests.factories.correspondence import letter_content
from tests.parallel import in_parallel
from tests.reading import events, page_at

ISSUED_ON = date(2023, 2, 14)


@pytest.fixture
def body(app):
    made = factories.organisation("岩見沢市", "012106", prefecture="北海道")
    factories.tenure("municipality_approver", made).seat.mailbox = "012106@example.jp"
    return made


@pytest.fixture
def issued(body, at) -> Letter:
    project = factories.project([body])
    made = factories.letter(state="approved", organisation=body, about_id=project.id)
    letters.issue(made, on=ISSUED_ON, at=at - timedelta(days=1))
    db.session.commit()
    return made


def approve_and_issue(letter: Letter, at: datetime) -> None:
    approval.approve([letter], actor=factories.tenure("director"), at=at)
    db.session.commit()
    assert jobs.run_daily(at.date(), at=at)["issue_letters_at_once"] == {"issued": 1, "mails_queued": 1}
    db.session.expire_all()


def withdraw(letter: Letter, at: datetime) -> Letter:
    made = superseding.withdraw(
        letter, reason="支援期間の登録に誤りがあったため。", actor=factories.tenure("officer"), at=at
    )
    db.session.commit()
    return made


def test_a_withdrawal_is_drafted_approved_and_issued_with_a_number_of_its_own_and_mailed(issued, at):
    number, sha256, content = issued.number, issued.sha256, dict(issued.content)
    made = withdraw(issued, at)
    assert (made.state, made.supersedes_id, made.letter_kind) == ("drafted", issued.id, "withdrawal")
    assert issued.standing == "issued", "it stands until the other one is issued"
    approve_and_issue(made, at)
    assert made.number != number and made.issued_on == at.date()
    assert (issued.state, issued.standing) == ("issued", "withdrawn")
    assert (issued.number, issued.sha256, issued.content) == (number, sha256, content), (
        "nothing of it changed"
    )
    mail = db.session.scalars(
        select(Mail).where(Mail.key.startswith("letter:")).order_by(Mail.id.desc())
    ).first()
    assert mail.to_address == "012106@example.jp" and "取消しについて" in mail.subject
    assert number in mail.body
    assert letters.frozen_pdf(issued).startswith(b"%PDF")


def test_a_withdrawal_says_which_letter_and_why(issued, at):
    content = letters.content_of(withdraw(issued, at))
    assert content.subject == f"「{issued.subject}」の取消しについて（通知）"
    assert "これを取り消します" in content.body[0]
    named = content.items[0].text
    assert issued.number in named and "令和5年2月14日" in named and issued.subject in named
    assert content.items[1].text == "支援期間の登録に誤りがあったため。"


def test_a_replacement_has_the_mended_contents_and_says_which_letter_it_replaces(issued, at):
    mended = letter_content(
        "だれか",
        body=("正しい本文です。",),
        items=(Item("連絡期限", "（発信年月日の翌月の最終開庁日）", role=DEADLINE),),
    )
    made = superseding.replace_by(
        issued, mended, reason="日付の誤り", actor=factories.tenure("officer"), at=at
    )
    content = letters.content_of(made)
    assert content.addressee == issued.organisation.addressee, "to the body, whatever was typed"
    assert issued.number in content.body[0] and "差し替えます" in content.body[0]
    assert content.body[1:] == ("正しい本文です。",)
    assert [item.heading for item in content.items] == ["連絡期限", "差し替える文書", "差替えの理由"]
    db.session.commit()
    approve_and_issue(made, at)
    assert issued.standing == "replaced"
    assert "令和5年3月31日" in letters.content_of(made).items[0].text, (
        "a deadline is counted from its own issue"
    )


def test_the_history_of_both_letters_tells_of_it(issued, at):
    made = withdraw(issued, at)
    approve_and_issue(made, at)
    assert events(issued)[:2] == ["superseded", "supersession_drafted"]
    assert events(made) == ["issue", "approve", "drafted"]
    last = db.session.scalars(HistoryEntry.of(issued)).first()
    assert last.changes == {"as": "withdrawal", "by": made.number}


def test_a_letter_is_superseded_once(issued, at):
    made = withdraw(issued, at)
    with pytest.raises(NotAllowed, match="supersedes this one already"):
        withdraw(issued, at)
    letters.discard(made, reason="不要となったため", actor=factories.tenure("officer"), at=at)
    db.session.commit()
    db.session.expire_all()
    again = withdraw(issued, at)
    assert again.key != made.key, "a discarded one does not stand in the way"


def test_what_is_being_withdrawn_is_not_replaced_as_well(issued, at):
    withdraw(issued, at)
    officer, content = factories.tenure("officer"), letters.content_of(issued)
    with pytest.raises(NotAllowed, match="supersedes this one already"):
        superseding.replace_by(issued, content, reason="誤字", actor=officer, at=at)


def test_of_two_people_at_once_one_drafts_it(app, issued, at):
    letter_id, officers = issued.id, [factories.tenure("officer").id for _ in range(2)]
    db.session.commit()

    def attempt(officer_id):
        from app.organisations.models import Tenure

        try:
            superseding.withdraw(
                db.session.get_one(Letter, letter_id),
                reason="誤り",
                actor=db.session.get_one(Tenure, officer_id),
                at=at,
            )
            db.session.commit()
        except NotAllowed:
            db.session.rollback()
            return "refused"
        return "drafted"

    done = in_parallel(app, *[lambda it=it: attempt(it) for it in officers])
    assert sorted(done) == ["drafted", "refused"]


def test_what_is_not_issued_cannot_be_superseded_and_a_municipality_supersedes_nothing(app, issued, at):
    officer = factories.tenure("officer")
    with pytest.raises(NotAllowed):
        superseding.withdraw(factories.letter(), reason="誤り", actor=officer, at=at)
    with pytest.raises(NotAllowed):
        superseding.withdraw(issued, reason="誤り", actor=factories.tenure("municipality_approver"), at=at)
    with pytest.raises(ValueError):
        superseding.withdraw(issued, reason="　", actor=officer, at=at)


def test_a_wrong_withdrawal_is_mended_by_the_letter_that_it_withdrew_sent_again(issued, at):
    made = withdraw(issued, at)
    approve_and_issue(made, at)
    with pytest.raises(NotAllowed, match="withdraws another one"):
        withdraw(made, at)
    content = superseding.to_be_mended(made, None, on=at.date())
    assert content.subject == letters.content_of(issued).subject
    again = superseding.replace_by(
        made, content, reason="取消しの誤り", actor=factories.tenure("officer"), at=at
    )
    db.session.commit()
    approve_and_issue(again, at)
    assert [letter.standing for letter in (issued, made, again)] == ["withdrawn", "replaced", "issued"]


def test_it_is_not_issued_on_a_closed_day_and_not_before_it_is_approved(issued, at):
    made = withdraw(issued, at)
    assert superseding.issue_approved(on=at.date(), at=at) == 0
    approval.approve([made], shown=None, actor=factories.tenure("director"), at=at)
    db.session.commit()
    assert superseding.issue_approved(on=date(2023, 2, 18), at=at) == 0, "a Saturday"
    assert superseding.issue_approved(on=date(2023, 2, 20), at=datetime(2023, 2, 20, 9, tzinfo=JST)) == 1


@pytest.mark.parametrize(
    "change", ["supersedes_id = id", "supersedes_id = NULL", "letter_kind = 'selection'"]
)
def test_the_database_keeps_what_supersedes_what(issued, at, change):
    made = withdraw(issued, at)
    with pytest.raises(DBAPIError):
        db.session.execute(text(f"UPDATE letters SET {change} WHERE id = {made.id}"))
    db.session.rollback()


# the pages


def test_an_officer_drafts_a_withdrawal_and_both_pages_lead_to_each_other(issued, sign_in_as, at):
    officer, _ = sign_in_as("officer")
    assert f"/letters/{issued.id}/withdrawal" in page_at(officer, f"/letters/{issued.id}")
    answer = officer.post(
        f"/letters/{issued.id}/withdrawal", data={"reason": "誤り", "afterwards": "支援は継続します。"}
    )
    assert answer.status_code == 302
    made = db.session.scalars(select(Letter).where(Letter.supersedes_id == issued.id)).one()
    assert letters.content_of(made).items[2].text == "支援は継続します。"
    assert "起案しています" in page_at(officer, f"/letters/{issued.id}")
    assert f"/letters/{issued.id}/withdrawal" not in page_at(officer, f"/letters/{issued.id}")
    assert "次の文書を取り消すものです" in page_at(officer, f"/letters/{made.id}")
    assert officer.get(f"/letters/{issued.id}/withdrawal").status_code == 302
    approve_and_issue(made, at)
    shown = page_at(officer, f"/letters/{issued.id}")
    assert "取り消されました" in shown and f'href="/letters/{made.id}"' in shown and made.number in shown
    assert "取消し済み" in page_at(officer, "/letters?state=withdrawn")
    assert issued.number not in page_at(officer, "/letters?state=replaced")


def test_the_municipality_sees_the_notice_only_once_it_is_issued_and_its_file_still(
    issued, sign_in_as, at, body
):
    theirs, _ = sign_in_as("municipality_editor", body)
    made = withdraw(issued, at)
    assert "起案しています" not in page_at(theirs, f"/letters/{issued.id}")
    assert theirs.get(f"/letters/{made.id}").status_code == 404
    approve_and_issue(made, at)
    shown = page_at(theirs, f"/letters/{issued.id}")
    assert "取り消されました" in shown and f'href="/letters/{made.id}"' in shown
    assert theirs.get(f"/letters/{issued.id}.pdf").status_code == 200
    assert "取消し済み" in page_at(theirs, "/letters")
    assert "取消し済み" in page_at(theirs, f"/organisations/{body.id}")
    for act in ("withdrawal", "replacement"):
        assert theirs.get(f"/letters/{issued.id}/{act}").status_code == 403


def test_the_replacement_page_starts_from_the_letter_and_keeps_what_is_mended(issued, sign_in_as):
    officer, _ = sign_in_as("officer")
    address = f"/letters/{issued.id}/replacement"
    # Letters of this kind are worded anew from the record: here it says another end than the letter did.
    assert "令和9年3月31日" in page_at(officer, address)
    refused = officer.post(
        address,
        data={
            "subject": "件名",
            "body": "本文",
            "items-0-heading": "支援終了日",
            "items-0-text": "令和7年3月31日",
        },
    )
    assert refused.status_code == 422 and "令和7年3月31日" in refused.get_data(as_text=True)
    done = officer.post(
        address,
        data={
            "reason": "支援終了日の誤り",
            "subject": "支援の終了について",
            "body": "本文の一。\n本文の二。",
            "items-0-heading": "支援終了日",
            "items-0-text": "令和7年3月31日",
            "items-1-heading": "細目",
            "items-1-text": "",
            "items-1-points": "一つ目\n二つ目",
            "items-2-heading": "",
            "items-2-text": "消した項目",
        },
    )
    assert done.status_code == 302
    made = db.session.scalars(select(Letter).where(Letter.supersedes_id == issued.id)).one()
    content = letters.content_of(made)
    assert content.body[1:] == ("本文の一。", "本文の二。")
    assert [(item.heading, item.text, item.points) for item in content.items[:2]] == [
        ("支援終了日", "令和7年3月31日", ()),
        ("細目", "", ("一つ目", "二つ目")),
    ]
    assert len(content.items) == 4, "the two, and which letter it replaces and why"


def test_a_letter_that_waits_to_be_read_gives_way_to_the_one_that_supersedes_it(issued, sign_in_as, at, body):
    theirs, _ = sign_in_as("municipality_editor", body)
    assert issued.subject in page_at(theirs, "/")
    made = withdraw(issued, at)
    approve_and_issue(made, at)
    home = page_at(theirs, "/")
    assert (
        f'href="/letters/{made.id}"' in home and f'class="task__link" href="/letters/{issued.id}"' not in home
    )


def test_a_sent_back_withdrawal_is_put_forward_again(issued, sign_in_as, at):
    made = withdraw(issued, at)
    approval.send_back(made, remark="理由を詳しく", actor=factories.tenure("director"), at=at)
    db.session.commit()
    officer, _ = sign_in_as("officer")
    assert "取消しについて" in page_at(officer, f"/letters/{made.id}/resubmission")
    assert officer.post(f"/letters/{made.id}/resubmission", data={"reason": "確認した。"}).status_code == 302
    assert db.session.get_one(Letter, made.id).state == "drafted"


def test_the_review_shows_it_and_a_director_approves_what_was_shown(issued, sign_in_as, at):
    made = withdraw(issued, at)
    director, _ = sign_in_as("director")
    assert "取消しについて" in page_at(director, "/letters/review")
    director.post("/letters/approval", data={"letter": made.id, **seen(made)})
    assert db.session.get_one(Letter, made.id).state == "approved"


@pytest.mark.parametrize("field", ["subject", "items-0-heading"])
def test_no_line_is_forged_into_what_goes_out(issued, sign_in_as, field):
    officer, _ = sign_in_as("officer")
    typed = {
        "reason": "誤り",
        "subject": "件名",
        "body": "本文",
        "items-0-heading": "見出し",
        "items-0-text": "本文",
    }
    forged = typed | {field: "件名\n支援金額　金１億円"}
    assert officer.post(f"/letters/{issued.id}/replacement", data=forged).status_code == 422
    assert db.session.scalar(select(Letter.id).where(Letter.supersedes_id == issued.id)) is None
