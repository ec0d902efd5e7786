"""A city leads, a town and a village join: each consents to what is handed in before it is handed in."""

from __future__ import annotations

import io

import pytest

from app.applications.models import Application
from app.db import db
from app.permissions import APPROVER, EDITOR
from app.programmes.rules import CONSENT
from tests import factories
from tests.factories.applications import PDF, holder
from tests.reading import page_at, words_of

MOVES = ("joint_applicant.ask", "joint_applicant.consent", "joint_applicant.decline", "joint_applicant.file")


@pytest.mark.tells(*MOVES)
def test_a_town_consents_at_the_second_time_and_a_village_in_writing(app, sign_in_as):
    town, village = factories.organisation(), factories.organisation()
    holder(APPROVER, town)
    application = factories.application(
        call=factories.call(joint_consent=CONSENT), joint=[town, village], title="三市町村の見守り"
    )
    city, check = application.organisation, f"/applications/{application.id}/check"
    editor, _ = sign_in_as(tenure=holder(EDITOR, city))
    its_approver, _ = sign_in_as(tenure=holder(APPROVER, town))
    approver, _ = sign_in_as(tenure=holder(APPROVER, city))
    of_town, of_village = (f"/joint-applicants/{joint.id}" for joint in application.joint_applicants)

    # The lead asks the town; of the village nobody could answer.
    assert "同意書を登録する" in page_at(editor, check)
    editor.post(f"/applications/{application.id}/consents")
    answer = editor.post(f"{of_village}/document", data={"file": (io.BytesIO(PDF + b"%"), "村の同意書.pdf")})
    assert answer.status_code == 302

    # The town does not like the summary; the lead mends it and asks again.
    assert "三市町村の見守り" in words_of(its_approver.get("/"))
    its_approver.post(f"{of_town}/refusal", data={"reason": "町内の路線名を加えてください。"})
    assert "町内の路線名を加えてください。" in page_at(editor, check)
    assert approver.post(f"/applications/{application.id}/submission").status_code == 422
    version = application.version_of("basics")
    mended = {"title": application.title, "summary": "町道1号を含む。", "version": str(version)}
    assert editor.post(f"/applications/{application.id}/basics", data=mended).status_code == 302
    editor.post(f"/applications/{application.id}/consents")

    # It reads the new summary and consents; now the lead's approver submits.
    page = page_at(its_approver, of_town)
    assert "町道1号を含む。" in page
    seen = page.split('name="seen"', 1)[1].split('value="', 1)[1].split('"', 1)[0]
    assert its_approver.post(f"{of_town}/consent", data={"seen": seen}).status_code == 302
    assert approver.post(f"/applications/{application.id}/submission").status_code == 302
    db.session.expire_all()
    submitted = db.session.get_one(Application, application.id)
    assert [(it["name"], it["how"]) for it in submitted.last_submission.said.consents] == [
        (town.full_name, "approver"),
        (village.full_name, "document"),
    ]
    assert submitted.number in page_at(its_approver, of_town)
