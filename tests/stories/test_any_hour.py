"""The README's two walks pass at any hour: at three in the morning on SQLite, at eleven in the evening on PostgreSQL."""

from __future__ import annotations

import re
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app import calendar
from app.applications.models import Application
from app.correspondence.models import Letter, Mail
from app.councils.models import Council, Membership
from app.db import db
from app.demo.accounts import MUNICIPALITY
from app.organisations.models import Organisation
from app.programmes.models import Call
from app.projects.models import Project
from tests.correspondence.common import ticked
from tests.databases import engine
from tests.stories.demo import Demo, told_out_of_order
from tests.stories.walking import do_waiting_work, fill_in, link_to, post

HOURS = pytest.mark.parametrize("hour", [3 if engine() == "sqlite" else 23])


@HOURS
def test_the_notices_of_march_2023(demo_on, hour):
    demo = demo_on(hour=hour)
    assert (calendar.today(), calendar.now().hour) == (date(2023, 2, 15), hour)
    _move_the_clock(demo, "2023-03-01")
    director = demo.as_("director")
    assert "12" in director.get("/").get_data(as_text=True)
    page = director.get("/letters/review?kind=support-end").get_data(as_text=True)
    shown = ticked(page)
    assert len(shown["letter"]) == 12
    post(director, "/letters/approval", **shown)

    _move_the_clock(demo, "2023-03-31")
    issued = list(db.session.scalars(select(Letter).where(Letter.state == "issued")))
    assert {(letter.letter_kind, letter.issued_on) for letter in issued} == {
        ("support-end", date(2023, 3, 31))
    }
    assert len(issued) == 12
    mailed = select(Mail).where(Mail.about_kind == "letter")
    assert sum(bool(mail.attachments) for mail in db.session.scalars(mailed)) == 12
    own = next(letter for letter in issued if letter.organisation.code == MUNICIPALITY)
    approver = demo.as_("approver")
    assert own.number in approver.get("/letters").get_data(as_text=True)
    assert approver.get(f"/letters/{own.id}.pdf").data[:5] == b"%PDF-"

    post(demo.as_("admin"), "/demo/clock", **{"one-day": "1"})
    do_waiting_work()
    demo.read_clock()
    states = [project.state for project in db.session.scalars(select(Project))]
    assert (states.count("ended"), states.count("supported")) == (9, 36)
    assert not told_out_of_order()


@HOURS
def test_an_application_from_draft_to_council(demo_on, hour):
    demo = demo_on(hour=hour)
    editor, approver, officer = demo.as_("editor"), demo.as_("approver"), demo.as_("officer")
    draft = _own_application()
    at = f"/applications/{draft.id}"

    # 1, 2: filled in, handed over, submitted
    _fill_in_what_is_missing(editor, draft)
    post(editor, f"{at}/approval-request")
    _send(approver, f"{at}/submission")
    assert _own_application().state == "submitted"
    # 3, 4: returned, mended, resubmitted
    faults = {"due_at": "2023-03-10 17:00", "defect-summary": "概要に、実施する地域の名称を加えてください。"}
    post(officer, f"{at}/correction-request", **faults)
    basics = _own_application().version_of("basics")
    post(
        editor,
        f"{at}/basics",
        version=str(basics),
        title="（見本）冬の見守り",
        summary="岩見沢市の全域で行う。",
    )
    post(editor, f"{at}/approval-request")  # it is mended: the approver is told
    _send(approver, f"{at}/resubmission")
    # 5: accepted in the list with the other two, reviewed, each with its result
    call = db.session.scalars(select(Call).where(Call.is_sample)).one()
    waiting = _of_call(call, "submitted")
    assert len(waiting) == 3
    page = officer.get(f"/applications?call={call.id}&state=submitted").get_data(as_text=True)
    seen = re.search(r'name="seen"[^>]*value="([^"]*)"', page)
    assert seen
    post(officer, "/applications/acceptances", application=waiting, seen=seen[1], confirmed="1")
    post(officer, f"/calls/{call.id}/review")
    reviewed = _of_call(call, "under_review")
    assert len(reviewed) == 4
    for under_review in reviewed:
        reasons = {"version": "0", "result": "yes", "reasons": "先導性が認められる。"}
        post(officer, f"/applications/{under_review}/result", **reasons)
    # 6: past the deadline, decided and announced on a working day, which the clock's page offers
    offered = demo.as_("admin").get("/demo/clock").get_data(as_text=True)
    assert 'value="2023-03-20"' in offered and 'value="2023-03-18"' not in offered
    _move_the_clock(demo, "2023-03-20")
    assert calendar.is_business_day(calendar.today())
    _send(demo.as_("director"), f"/calls/{call.id}/decision")
    post(demo.as_("officer"), f"/calls/{call.id}/announcement")
    do_waiting_work()
    demo.read_clock()
    assert _own_application().state == "selected"
    project = db.session.scalars(select(Project).where(Project.application_id == draft.id)).one()
    assert project.opened_on == date(2023, 3, 20)
    assert "（見本）冬の見守り" in demo.anybody().get("/register?q=冬の見守り").get_data(as_text=True)
    # 7: a council, and a member who answers without an account
    post(approver, f"/projects/{project.id}/council", name="（見本）岩見沢市地域実装協議会")
    council = db.session.scalars(select(Council).where(Council.project_id == project.id)).one()
    post(
        approver, f"/councils/{council.id}/members", organisation_name="（見本）見本大学", post="教授", person_name="",
        role="会長", mailbox="kyoju@example.jp", reply_by="2023-04-14",
    )  # fmt: skip
    post(demo.anybody(), link_to("kyoju@example.jp", r"/c/[\w-]+"), answer="agree", note="")
    agreed = db.session.scalars(select(Membership).where(Membership.council_id == council.id)).one()
    assert agreed.state == "agreed"
    assert not told_out_of_order()


def _move_the_clock(demo: Demo, day: str) -> None:
    post(demo.as_("admin"), "/demo/clock", day=day)
    do_waiting_work()
    assert demo.read_clock() == date.fromisoformat(day)


def _own_application() -> Application:
    """What 岩見沢市 has begun."""
    db.session.expire_all()
    own = select(Application).join(Application.organisation).where(Organisation.code == MUNICIPALITY)
    return db.session.scalars(own).one()


def _fill_in_what_is_missing(editor: FlaskClient, draft: Application) -> None:
    basics = draft.version_of("basics")
    fill_in(editor, draft, "（見本）冬の見守り", basics=basics)


def _of_call(call: Call, state: str) -> list[int]:
    query = select(Application.id).where(Application.call_id == call.id, Application.state == state)
    return list(db.session.scalars(query))


def _send(client: FlaskClient, url: str) -> None:
    """Open the page that shows what is to be sent, and send it."""
    page = client.get(url).get_data(as_text=True)
    found = re.search(r'<input[^>]*name="seen"[^>]*>', page)
    assert found, f"nothing to send on {url}"
    value = re.search(r'value="([^"]*)"', found[0])
    post(client, url, seen=value[1] if value else "")
