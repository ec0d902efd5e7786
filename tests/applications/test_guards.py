"""What a closed guard does to the pages: no button, and for who sends it anyway the sentence, if it is theirs to read."""

from __future__ import annotations

import re

import pytest

from app.applications.content import fingerprint
from app.db import db
from tests import factories
from tests.factories.applications import holder

DECIDED = "この募集の選定結果は、既に決定されています。"
NOTHING_CHANGED = "今回の操作は行われず、何も変更されていません。"
OTHERS_FIRST = "先に操作しました"


def in_a_decided_call(state: str):
    """As it cannot come to be by the pages: the office has decided, and this one was left out."""
    application = factories.application(state)
    application.call.state = "decided"
    db.session.commit()
    return application


def buttons(client, url: str) -> set[str]:
    page = client.get(url).get_data(as_text=True)
    return set(re.findall(r'class="button[^>]*>([^<]+)<', page))


@pytest.mark.parametrize(
    ("state", "button", "path"),
    [
        ("submitted", "受理する", "acceptance"),
        ("accepted", "補正を依頼する", "correction-request"),
        ("returned", "期限を延長する", "correction-request/due"),
    ],
)
def test_once_its_call_is_decided_the_office_has_no_button_and_reads_why(sign_in_as, state, button, path):
    officer, _ = sign_in_as("officer")
    open_still = factories.application(state)
    db.session.commit()
    at = f"/applications/{open_still.id}"
    assert button in buttons(officer, at), buttons(officer, at)
    closed = in_a_decided_call(state)
    at = f"/applications/{closed.id}"
    assert button not in buttons(officer, at)
    answer = officer.post(f"{at}/{path}")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert DECIDED in page and NOTHING_CHANGED in page and OTHERS_FIRST not in page
    db.session.expire_all()
    assert closed.state == state


def test_an_applicant_does_not_read_that_its_call_is_decided(sign_in_as):
    application = in_a_decided_call("returned")
    approver, _ = sign_in_as(tenure=holder("municipality_approver", application.organisation))
    answer = approver.post(
        f"/applications/{application.id}/resubmission", data={"seen": fingerprint(application)}
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert DECIDED not in page and "決定" not in page.partition("<main")[2].partition("</main>")[0]
    assert OTHERS_FIRST in page


def test_an_announced_application_is_not_withdrawn_and_its_applicant_reads_why(sign_in_as):
    application = factories.application("accepted")
    application.call.state = "announced"
    db.session.commit()
    approver, _ = sign_in_as(tenure=holder("municipality_approver", application.organisation))
    at = f"/applications/{application.id}"
    assert "取り下げる" not in buttons(approver, at)
    own = {"Referer": f"http://localhost{at}/withdrawal"}  # the form itself, which is refused as well
    answer = approver.post(f"{at}/withdrawal", data={"reason": "計画の見直し"}, headers=own)
    assert answer.status_code == 409 and "計画の見直し" in answer.get_data(as_text=True)
    assert f'href="{at}"' in answer.get_data(as_text=True)
    assert "この募集の選定結果は、既に公表されています。" in answer.get_data(as_text=True)
