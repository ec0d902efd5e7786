"""A town has its budget written by a consultant: let in for one application, prolonged for the correction, shown out."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from app.applications.delegation_models import Delegation
from app.applications.models import Submission
from app.calendar import JST
from app.correspondence.models import Mail
from app.db import db
from tests import factories
from tests.correspondence.common import as_received
from tests.factories.applications import holder
from tests.stories.walking import post

CLOSES = datetime(2023, 3, 17, 12, 0, tzinfo=JST)
PASSWORD = "春の小川はさらさら行くよ"


@pytest.mark.tells("application.let_in", "delegation.choose_day", "delegation.revoke")
def test_a_consultant_writes_and_the_approver_submits(app, sign_in_as, move_clock):
    call = factories.call(code="R5", closes_at=CLOSES)
    application = factories.application("draft", call=call)
    factories.application("draft", call=call, organisation=application.organisation, title="町の別の申請")
    body, base = application.organisation, f"/applications/{application.id}"
    editor, _ = sign_in_as(tenure=holder("municipality_editor", body))
    approver, _ = sign_in_as(tenure=holder("municipality_approver", body))
    officer, _ = sign_in_as(tenure=holder("officer"))

    # the approver lets one person of a company in, until the day of the deadline
    who = {"company": "見本コンサルティング株式会社", "name": "見本 八重", "email": "yae@example.jp"}
    post(approver, f"{base}/consultants", **who, until="令和5年3月17日", purpose="予算の表")
    delegation = db.session.scalars(select(Delegation)).one()
    mail = db.session.scalars(select(Mail).where(Mail.to_address == "yae@example.jp")).one()
    assert body.full_name in mail.subject and "雪道" not in mail.body

    # they set a password by the link and stand before the one application
    link = as_received(mail).partition("/password/")[2].split()[0]
    consultant = app.test_client()
    home = post(consultant, f"/password/{link}", new_password=PASSWORD, new_password_again=PASSWORD)
    page = home.get_data(as_text=True)
    assert base in page and "町の別の申請" not in page
    assert consultant.get("/letters").status_code == 403

    # what they save has their name and company; the approver submits it
    post(
        consultant,
        f"{base}/basics",
        version="1",
        title="雪道の見守りロボット",
        summary="市内の冬の道を見守る。",
    )
    told = editor.get(base).get_data(as_text=True)
    assert "見本 八重（見本コンサルティング株式会社）" in told
    assert consultant.post(f"{base}/submission").status_code == 403
    post(editor, f"{base}/approval-request")
    post(approver, f"{base}/submission")
    submission = db.session.scalars(select(Submission)).one()
    sha256 = submission.said.attachments[0]["sha256"]
    one = f"{base}/submissions/{submission.id}"
    for page in (
        f"{base}/receipt",
        one,
        f"{one}.json",
        f"{one}/files/{sha256}",
        f"{one}/receipt.pdf",
        f"{one}/application.pdf",
    ):
        assert consultant.get(page).status_code == 200, page
    case = officer.get(base).get_data(as_text=True)
    assert "雪道の見守りロボット" in case and "見本 八重" not in case

    # the office asks for a correction, for which the time is too short
    move_clock(CLOSES - timedelta(hours=1))
    remark = {"defect-summary": "実施地域を加えてください。", "due_at": "2023-03-31 17:00"}
    post(officer, f"{base}/correction-request", **remark)
    day = f"/delegations/{delegation.id}/day"
    post(approver, day, until="令和5年3月31日")
    assert db.session.scalars(select(Mail.subject).where(Mail.to_address == "yae@example.jp")).all()[1:]
    move_clock(CLOSES + timedelta(days=3))
    assert "編集できるのは3月31日まで" in consultant.get("/").get_data(as_text=True)

    # it is not needed any more: with the click the consultant is out, and the history has it
    post(approver, f"/delegations/{delegation.id}/revocation")
    assert consultant.get(base).headers["Location"].startswith("/sign-in")
    refused = app.test_client().post("/sign-in", data={"email": "yae@example.jp", "password": PASSWORD})
    assert refused.status_code == 403 and body.full_name in refused.get_data(as_text=True)
    told = editor.get(base).get_data(as_text=True)
    assert "編集の許可を取消し" in told and "編集の期限を令和5年3月17日" in told
    assert "編集の許可" not in officer.get(base).get_data(as_text=True)
