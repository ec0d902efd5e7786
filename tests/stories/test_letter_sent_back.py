"""A director sends a letter back with a remark; the office mends the record and puts it forward again."""

import pytest

from app.correspondence.models import Letter
from app.db import db
from tests import factories
from tests.correspondence.common import ticked
from tests.reading import events, text_of

REMARK = "事業名を正式な名称に直してください。"


@pytest.mark.tells("letter.send_back", "letter.put_forward")
def test_a_letter_is_sent_back_with_a_remark_answered_and_approved(sign_in_as):
    project = factories.project(title="雪道の見守り")
    letter = factories.letter(about_kind="project", about_id=project.id, organisation=project.lead)
    director, _ = sign_in_as("director")
    officer, _ = sign_in_as("officer")
    assert "意見を付けて差し戻す" in text_of(director.get("/letters/review"))
    assert director.post(f"/letters/{letter.id}/return", data={"reason": " "}).status_code == 422
    director.post(f"/letters/{letter.id}/return", data={"reason": REMARK})
    assert db.session.get(Letter, letter.id).state == "sent_back"
    assert REMARK in text_of(officer.get("/"))
    form = text_of(officer.get(f"/letters/{letter.id}/resubmission"))
    assert REMARK in form and "雪道の見守り" in form
    officer.post(f"/letters/{letter.id}/resubmission", data={"reason": "直しました。"})
    letter = db.session.get(Letter, letter.id)
    assert letter.state == "drafted" and "雪道の見守り" in str(letter.content), (
        "worded by the record as it stands now"
    )
    review = text_of(director.get("/letters/review"))
    assert REMARK in review and "直しました。" in review
    director.post("/letters/approval", data=ticked(review))
    assert db.session.get(Letter, letter.id).state == "approved"
    assert events(letter) == ["approve", "put_forward", "send_back"]
