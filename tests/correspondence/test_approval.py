"""A director approves what the page has shown, or sends it back; the page says who has opened what."""

import pytest

from app.correspondence import approval, letters
from app.correspondence.models import Letter, LetterOpening
from app.db import db
from app.lifecycle import NotAllowed
from tests import factories
from tests.correspondence.common import ticked
from tests.reading import text_of

REMARK = "事業名を正式な名称に直してください。"


def test_the_review_shows_the_whole_text_of_every_letter(sign_in_as):
    for _ in range(3):
        factories.letter()
    client, _ = sign_in_as("director")
    page = text_of(client.get("/letters/review"))
    assert page.count("<details open>") == 3 and "<details>" not in page.split("<main")[1]


def test_a_letter_that_the_page_did_not_show_is_not_approved(sign_in_as):
    letter = factories.letter()
    client, _ = sign_in_as("director")
    for sent in ({"letter": letter.id}, {"letter": letter.id, f"shown-{letter.id}": "0" * 64}):
        page = text_of(client.post("/letters/approval", data=sent, follow_redirects=True))
        assert "画面に表示されていなかったため、決裁していません" in page
        assert db.session.get(Letter, letter.id).state == "drafted"
    assert client.post(f"/letters/{letter.id}/approval").status_code == 302
    assert db.session.get(Letter, letter.id).state == "drafted"


def test_a_letter_that_changed_after_the_page_was_opened_is_shown_once_more(sign_in_as):
    kept, changed = factories.letter(), factories.letter()
    client, _ = sign_in_as("director")
    sent = ticked(text_of(client.get("/letters/review")))
    changed = db.session.get(Letter, changed.id)
    changed.content = {**changed.content, "body": ["別の文面"]}
    db.session.commit()
    page = text_of(client.post("/letters/approval", data=sent, follow_redirects=True))
    assert "1件は、現在の内容が画面に表示されていなかった" in page and "別の文面" in page
    assert [db.session.get(Letter, one.id).state for one in (kept, changed)] == ["approved", "drafted"]


def test_only_a_director_sends_back_and_only_what_waits_for_approval(sign_in_as, at):
    letter = factories.letter()
    officer = factories.tenure("officer")
    with pytest.raises(NotAllowed):
        approval.send_back(letter, remark=REMARK, actor=officer, at=at)
    with pytest.raises(ValueError, match="for a reason"):
        approval.send_back(letter, remark=" ", actor=factories.tenure("director"), at=at)
    approved = factories.letter(state="approved")
    client, _ = sign_in_as("director")
    answer = client.post(f"/letters/{approved.id}/return", data={"reason": REMARK}, follow_redirects=True)
    assert "既に決裁待ちではありません" in text_of(answer)
    client, _ = sign_in_as("officer")
    answer = client.post(f"/letters/{letter.id}/resubmission", data={"reason": "x"}, follow_redirects=True)
    assert "差し戻されていないか" in text_of(answer)


def test_the_remark_stays_within_the_office(sign_in_as, at):
    client, editor = sign_in_as("municipality_approver")
    letter = factories.letter(organisation=editor.organisation)
    director = factories.tenure("director")
    approval.send_back(letter, remark=REMARK, actor=director, at=at)
    approval.put_forward(letter, answer="直しました。", actor=factories.tenure("officer"), at=at)
    approval.approve([letter], actor=director, at=at)
    letters.issue(letter, on=at.date(), at=at)
    db.session.commit()
    page = text_of(client.get(f"/letters/{letter.id}"))
    assert REMARK not in page and "直しました。" not in page and director.name not in page


def test_the_review_says_which_letters_have_been_opened_and_by_whom(sign_in_as):
    opened, other = factories.letter(), factories.letter()
    client, director = sign_in_as("director")
    assert text_of(client.get("/letters/review")).count("未開封") == 2
    client.get(f"/letters/{opened.id}")
    page = text_of(client.get("/letters/review"))
    assert page.count("未開封") == 1
    assert director.name in page.split(f'href="/letters/{opened.id}.pdf"')[1].split("<details")[0]
    client.get(f"/letters/{other.id}.pdf")
    assert "未開封" not in text_of(client.get("/letters/review"))


def test_a_letter_that_has_come_stands_on_the_first_page_of_its_body_until_it_is_opened(sign_in_as, at):
    editor, tenure = sign_in_as("municipality_editor")
    approver, _ = sign_in_as("municipality_approver", tenure.organisation)
    other, _ = sign_in_as("municipality_editor")
    officer, _ = sign_in_as("officer")
    letter = factories.letter(organisation=tenure.organisation, state="approved")
    assert "届いた文書を確認する" not in text_of(editor.get("/"))
    letters.issue(letter, on=at.date(), at=at)
    db.session.commit()
    for client in (editor, approver):
        assert f"届いた文書を確認する：{letter.subject}" in text_of(client.get("/"))
    assert "届いた文書を確認する" not in text_of(other.get("/"))
    assert "未開封" in text_of(officer.get(f"/letters/{letter.id}"))
    approver.get(f"/letters/{letter.id}")
    for client in (editor, approver):
        assert "届いた文書を確認する" not in text_of(client.get("/")), "one of the body has opened it"
    page = text_of(officer.get(f"/letters/{letter.id}"))
    assert "未開封" not in page and "宛先の開封" in page


def test_an_opening_is_noted_once_and_by_nobody_else(sign_in_as):
    letter = factories.letter()
    client, _ = sign_in_as("officer")
    for _ in range(2):
        client.get(f"/letters/{letter.id}")
        client.get(f"/letters/{letter.id}.pdf")
    assert db.session.query(LetterOpening).count() == 1
