"""An application that is not corrected in time: it lapses, gets more time once, lapses again, and hears the end."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from app import jobs
from app.applications.models import Application
from app.calendar import JST
from app.correspondence.models import Letter, Mail
from app.db import db
from app.web.arrival import LONGEST_WAIT
from tests import factories
from tests.correspondence.common import unwrapped
from tests.factories.applications import holder
from tests.stories.walking import do_waiting_work, post

DUE = datetime(2023, 3, 22, 17, 0, tzinfo=JST)


def told(application_id: int) -> list[str]:
    """The subjects of the mails about the application, without those of its beginning."""
    about = select(Mail).where(Mail.about_kind == "application", Mail.about_id == application_id)
    return [mail.subject for mail in db.session.scalars(about.order_by(Mail.id))][2:]


@pytest.mark.tells("application.lapse", "application.extend_correction")
def test_an_application_whose_correction_lapsed_is_told_at_once_and_at_the_announcement(
    sign_in_as, move_clock
):
    call = factories.call(code="R5", closes_at=datetime(2023, 3, 17, 12, tzinfo=JST))
    late = factories.application("returned", call=call, at=DUE - timedelta(days=7))
    other = factories.application("under_review", call=call)
    approver, _ = sign_in_as(tenure=holder("municipality_approver", late.organisation))
    officer, _ = sign_in_as(tenure=holder("officer"))
    director, _ = sign_in_as("director")
    at, number, name = f"/applications/{late.id}", late.number, late.organisation.name
    late_id = late.id

    # the instant passes; once nothing that came in time can still wait, a job records it and tells the applicant
    move_clock(DUE)
    assert approver.post(f"{at}/resubmission").status_code == 422
    db.session.commit()
    assert jobs.run_daily(DUE.date(), at=DUE)["lapse_corrections"] == {"lapsed": 0}
    settled = DUE + LONGEST_WAIT
    move_clock(settled)
    db.session.commit()
    assert jobs.run_daily(settled.date(), at=settled)["lapse_corrections"] == {"lapsed": 1}
    assert db.session.get(Application, late_id).state == "lapsed"
    assert told(late_id) == [
        f"【御確認】再提出期限（3月22日17時）までに再提出がありませんでした（{number} {name}）"
    ]
    assert "再提出期限経過" in approver.get("/").get_data(as_text=True)

    # the officers read of it in the copy of the next morning
    move_clock(DUE + timedelta(hours=16))
    db.session.commit()
    jobs.run_daily(datetime(2023, 3, 23).date(), at=DUE + timedelta(hours=16))
    (copy,) = db.session.scalars(select(Mail).where(Mail.subject.contains("（写し）")))
    assert name in copy.body and "再提出期限までに再提出がなかった" in unwrapped(copy.body)

    # more time is given once, and passes too
    later = DUE + timedelta(days=5)
    post(
        officer, f"{at}/correction-request/due", due_at=later.strftime("%Y-%m-%d %H:%M"), reason="大雪のため"
    )
    assert db.session.get(Application, late_id).state == "returned"
    move_clock(later + LONGEST_WAIT)
    post(officer, f"/applications/{other.id}/result", version="0", result="yes", reasons="先導性がある。")

    # the decision does not wait for the job: what has lapsed by its instant takes no part
    decision = f"/calls/{call.id}/decision"
    page = director.get(decision).get_data(as_text=True)
    assert number in page
    seen = page.split('name="seen"')[1].split('value="')[1].split('"')[0]
    post(director, decision, seen=seen)
    # … and nothing is recorded or mailed at that instant, by which the applicant would know of the decision
    assert db.session.get(Application, late_id).standing == "lapsed"
    assert [subject[:5] for subject in told(late_id)] == ["【御確認】", "【要対応】"]

    # told at the announcement, by mail: it was never reviewed, so it gets no letter of non-selection
    officer.post(f"/calls/{call.id}/announcement")
    do_waiting_work()
    assert db.session.get(Application, late_id).state == "lapsed"
    about = select(Mail).where(Mail.about_kind == "application", Mail.about_id == late_id)
    last = list(db.session.scalars(about.order_by(Mail.id)))[-1]
    assert last.subject == f"【手続不要】選定結果を3月27日に公表しました（審査対象外：{number} {name}）"
    for words in (
        "3月27日（月）に公表しました",
        "再提出がなかったため、審査の対象となりませんでした",
        "3月27日（月）17時",
    ):
        assert words in unwrapped(last.body)
    assert (
        db.session.scalar(
            select(Letter).where(Letter.about_kind == "application", Letter.about_id == late_id)
        )
        is None
    )
    assert "再提出期限経過" in approver.get(at).get_data(as_text=True)
    assert "再提出期限の経過について確認する" not in approver.get("/").get_data(as_text=True)
