"""A body in need gets more time than all others: asked for by an officer, granted by the director, and told to it alone."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from app.applications.grace_models import Grace
from app.applications.models import Application
from app.calendar import JST
from app.correspondence.models import Mail
from app.db import db
from tests import factories
from tests.factories.applications import holder
from tests.stories.walking import post

CLOSES = datetime(2023, 3, 17, 12, 0, tzinfo=JST)
UNTIL = datetime(2023, 3, 24, 17, 0, tzinfo=JST)
TOLD = "令和5年3月24日（金）17時"


@pytest.mark.tells("call.ask_grace", "grace.grant", "grace.refuse")
def test_a_body_whose_town_hall_lay_in_the_dark_submits_a_week_later(sign_in_as, move_clock):
    call = factories.call(code="R5", closes_at=CLOSES)
    application = factories.application("draft", call=call)
    body, elsewhere = application.organisation, factories.organisation("角田市")
    application_id, call_page = application.id, f"/calls/{call.id}"
    officer, _ = sign_in_as(tenure=holder("officer"))
    director, _ = sign_in_as(tenure=holder("director"))
    editor, _ = sign_in_as(tenure=holder("municipality_editor", body))
    approver, _ = sign_in_as(tenure=holder("municipality_approver", body))

    # the call has closed, and the officer hears on the telephone why nothing came
    move_clock(CLOSES + timedelta(hours=3))
    asking = f"{call_page}/graces"
    assert asking in officer.get(call_page).get_data(as_text=True)
    assert asking not in director.get(call_page).get_data(as_text=True)
    found = officer.get(asking, query_string={"q": body.name}).get_data(as_text=True)
    assert f"{asking}?organisation_id={body.id}" in found
    # an instant that is no later than the closing is refused, and nothing typed is lost
    chosen = f"{asking}?organisation_id={body.id}"
    wrong = officer.post(chosen, data={"until": "2023-03-17 12:00", "reason": "停電のため"})
    assert wrong.status_code == 422 and "停電のため" in wrong.get_data(as_text=True)
    post(officer, chosen, until="2023-03-24 17:00", reason="大雪で庁舎が停電したため")
    post(
        officer, f"{asking}?organisation_id={elsewhere.id}", until="令和5年3月22日 17時", reason="失念のため"
    )
    first, second = db.session.scalars(select(Grace.id).order_by(Grace.id))
    assert "募集の提出期限を過ぎたため" in editor.get(f"/applications/{application_id}").get_data(
        as_text=True
    )

    # the director finds both on the first page, grants one and says why not the other
    tasks = director.get("/").get_data(as_text=True)
    assert f"/graces/{first}" in tasks and f"/graces/{second}" in tasks
    assert f"/graces/{first}" not in officer.get("/").get_data(as_text=True)
    assert officer.post(f"/graces/{first}/grant").status_code == 403
    post(director, f"/graces/{first}/grant")
    assert director.post(f"/graces/{second}/refusal", data={"remark": ""}).status_code == 422
    assert "選定結果を決定することはできません" in director.get(f"/graces/{second}").text
    post(director, f"/graces/{second}/refusal", remark="失念は猶予の理由にならない。")
    refused = director.get(f"/graces/{second}").text  # which holds nothing up
    assert "選定結果を決定することはできません" not in refused and "団体には知らせていません" in refused
    assert f"/graces/{first}" not in director.get("/").get_data(as_text=True)

    # the body is told; everybody else reads what they read before
    mails = db.session.scalars(select(Mail).where(Mail.about_kind == "grace").order_by(Mail.id)).all()
    assert [(mail.about_id, mail.organisation_id) for mail in mails if mail.organisation_id] == [
        (first, body.id)
    ]
    assert TOLD in editor.get(f"/applications/{application_id}").get_data(as_text=True)
    assert "猶予" not in editor.get(call_page).get_data(as_text=True)

    # it is finished and submitted within the week, and the office reads under which grace
    move_clock(UNTIL - timedelta(hours=1))
    post(editor, f"/applications/{application_id}/approval-request")
    post(approver, f"/applications/{application_id}/submission")
    assert db.session.get(Application, application_id).state == "submitted"
    case = officer.get(f"/applications/{application_id}").get_data(as_text=True)
    assert f"/graces/{first}" in case and "大雪で庁舎が停電したため" in case
    # … while the decision waits until its time is over
    assert "猶予" in officer.get(f"{call_page}/selection").get_data(as_text=True)
    move_clock(UNTIL + timedelta(minutes=11))
    assert "猶予" not in officer.get(f"{call_page}/selection").get_data(as_text=True)
