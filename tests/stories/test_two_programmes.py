"""Two programmes side by side: each with its own ministry, signature, mark and numbers, from applications to the end."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select

from app import calendar
from app.applications.models import Application
from app.calendar import JST
from app.correspondence import letters, messages
from app.correspondence.models import Letter, Mail, NumberRegister
from app.db import db
from app.programmes.models import Programme
from app.projects.models import Project
from app.proof.verification import verify
from tests import factories
from tests.correspondence.common import seen, unwrapped
from tests.reading import page_at
from tests.stories.walking import do_waiting_work, let_days_pass, post

TRANSPORT = {
    "key": "transport",
    "name": "見本地域交通事業",
    "name_en": "Sample Regional Transport Programme",
    "ministry": "見本省",
    "ministry_en": "Sample Ministry",
    "bureau": "見本局",
    "bureau_en": "Sample Bureau",
    "issuer": "見本省見本局長",
    "section": "見本省見本局 地域交通担当",
    "mark": "見交",
    "sender": "見本地域交通事業 事務局",
    "contact_address": "kotsu@example.jp",
    "contact_telephone": "03-0000-1111",
    "contact_hours": "",
    "access_days": 5,
}
FIRST, OTHER = "未来技術社会実装事業", TRANSPORT["name"]
OF_FIRST = ("内閣府地方創生推進事務局長", "内閣府地方創生推進事務局 未来技術実装担当", "mirai@example.jp")
OF_OTHER = (TRANSPORT["issuer"], TRANSPORT["section"], TRANSPORT["contact_address"])


@pytest.fixture
def office(sign_in_as):
    """An officer, a director, and a call of each of the two programmes with an application under review."""
    officer, acting = sign_in_as("officer")
    director, _ = sign_in_as("director")
    factories.programme()
    db.session.commit()
    post(officer, "/programmes/new", **TRANSPORT)
    other = db.session.scalars(select(Programme).where(Programme.key == "transport")).one()
    terms = {"selection_fy": 2022, "base_years": 1}
    for code, programme in (("R4", factories.programme()), ("K4", other)):
        body = factories.organisation()
        call = factories.call(code=code, programme=programme, title=f"{programme.name}の募集", **terms)
        factories.application("under_review", call=call, organisation=body)
    db.session.commit()
    return officer, director, acting.seat.mailbox


def test_two_programmes_run_side_by_side_each_in_its_own_voice(app, office, move_clock, client):
    officer, director, mailbox = office
    applications = db.session.scalars(select(Application).order_by(Application.id)).all()
    assert [it.number for it in applications] == ["R4-0001", "K4-0001"]
    for application, (name, (_issuer, section, address)) in zip(
        applications, ((FIRST, OF_FIRST), (OTHER, OF_OTHER)), strict=True
    ):
        receipt = _mail_about(application)
        assert (
            section in receipt.body and address in receipt.body and f"※このメールは、{name}" in receipt.body
        )
        assert f"{name} 事務局" in str(messages.sender(receipt))
        ministry = application.programme.ministry
        assert f"今後、{ministry}で" in receipt.body.replace("\n", "")

    # decided and announced apart; each project is the first of its programme
    move_clock(datetime(2023, 3, 20, 10, tzinfo=JST))
    for application in applications:
        _select(officer, director, application)
    projects = db.session.scalars(select(Project).order_by(Project.id)).all()
    assert [(it.programme.name, it.number) for it in projects] == [(FIRST, 1), (OTHER, 1)]
    told = {letter.programme_id: letter for letter in _issued("selection")}
    for project, mark, (issuer, section, address) in zip(
        projects, ("未技", "見交"), (OF_FIRST, OF_OTHER), strict=True
    ):
        letter = told[project.programme_id]
        content = letters.content_of(letter)
        assert letter.number == f"4{mark}第1号"
        assert (content.issuer, content.contact[0]) == (issuer, section)
        assert content.contact[-1] == f"電子メール：{address}" and project.programme.name in content.subject
        mail = _mail_about(letter)
        assert f"　{project.programme.name}に関し" in mail.body and mail.body.count(section) == 1
        assert project.programme.sender in messages.message_of(mail, mail.body, at=calendar.now())["From"]

    _the_public_sees_which_is_which(client, projects)
    _the_office_sees_which_is_which(officer)

    # the end: what waits is told of each programme, and each letter has the next number with its mark
    let_days_pass(move_clock, datetime(2023, 3, 29, 9, tzinfo=JST))
    waiting = select(Mail).where(
        Mail.key.startswith("support-end-escalation:2023-03-29"), Mail.to_address == mailbox
    )
    escalated = {it.programme_id: it.body for it in db.session.scalars(waiting)}
    assert set(escalated) == {it.programme_id for it in projects}
    assert all("1件" in body and "2件" not in body for body in escalated.values())
    assert OF_OTHER[1] in escalated[projects[1].programme_id]
    for letter in db.session.scalars(select(Letter).where(Letter.letter_kind == "support-end")):
        post(director, f"/letters/{letter.id}/approval", **seen(letter))
    let_days_pass(move_clock, datetime(2023, 3, 31, 9, tzinfo=JST))
    ended = {letter.programme_id: letter.number for letter in _issued("support-end")}
    assert [ended[it.programme_id] for it in projects] == ["4未技第2号", "4見交第2号"]
    registers = db.session.scalars(select(NumberRegister).order_by(NumberRegister.id))
    assert [(it.mark, it.fiscal_year, it.last) for it in registers] == [("未技", 2022, 2), ("見交", 2022, 2)]
    let_days_pass(move_clock, datetime(2023, 4, 3, 9, tzinfo=JST))
    assert {it.state for it in db.session.scalars(select(Project))} == {"ended"}
    head = select(Mail).where(Mail.key.startswith("history-head:2023-04-03:"))
    assert "最後の文書番号：4未技第2号、4見交第2号" in unwrapped(db.session.scalars(head).first().body)
    assert [problem for part in verify() for problem in part.problems] == []


def test_a_programme_that_is_renamed_speaks_anew_and_what_it_said_stays(office, move_clock):
    officer, director, _mailbox = office
    move_clock(datetime(2023, 3, 20, 10, tzinfo=JST))
    application = db.session.scalars(select(Application).where(Application.number == "K4-0001")).one()
    receipt = _mail_about(application)
    said = receipt.body
    other = application.programme
    changed = {**TRANSPORT, "name": "見本交通事業", "mark": "新交", "issuer": "見本省交通局長"}
    del changed["key"]
    post(officer, f"/programmes/{other.id}/edit", version=str(other.version_id), **changed)
    _select(officer, director, application)
    [letter] = _issued("selection")
    assert letter.number == "4新交第1号" and letters.content_of(letter).issuer == "見本省交通局長"
    assert "　見本交通事業に関し" in _mail_about(letter).body
    db.session.refresh(receipt)
    assert receipt.body == said and OTHER in said


def _select(officer, director, application: Application) -> None:
    post(
        officer, f"/applications/{application.id}/result", version="0", result="yes", reasons="先導性がある。"
    )
    decision = f"/calls/{application.call_id}/decision"
    page = page_at(director, decision)
    post(director, decision, seen=page.split('name="seen"')[1].split('value="')[1].split('"')[0])
    officer.post(f"/calls/{application.call_id}/announcement")
    do_waiting_work()


def _the_public_sees_which_is_which(client, projects: list[Project]) -> None:
    """The register tells them apart, and narrows figures, map and list to one of them."""
    page = page_at(client, "/register")
    assert FIRST in page and OTHER in page
    assert 'href="/register/1"' in page and 'href="/register/transport/1"' in page
    for address, project, absent in (
        ("/register/1", projects[0], projects[1]),
        ("/register/transport/1", projects[1], projects[0]),
    ):
        shown = page_at(client, address)
        assert project.lead.full_name in shown and project.programme.name in shown
        assert absent.lead.full_name not in shown.split("<main")[1]
    assert client.get("/register/transport/2").status_code == 404
    assert client.get("/register/nowhere/1").status_code == 404
    data = client.get("/register.json?programme=transport").get_json()
    assert data["totals"]["listed"] == 1
    assert [(it["programme"], it["number"]) for it in data["projects"]] == [("transport", 1)]
    narrowed = page_at(client, "/register?programme=transport").split("<main")[1]
    assert projects[0].lead.full_name not in narrowed
    assert "1件" in narrowed or ">1<" in narrowed
    contact = page_at(client, "/contact")
    assert OF_FIRST[2] in contact and OF_OTHER[2] in contact


def _the_office_sees_which_is_which(officer) -> None:
    for address in ("/projects", "/applications", "/letters", "/mails", "/calls"):
        every, narrowed = (page_at(officer, address + query) for query in ("", "?programme=transport"))
        rows, of_one = (page.split("<tbody")[1].split("</tbody")[0] for page in (every, narrowed))
        assert FIRST in rows and OTHER in rows, address
        assert FIRST not in of_one and OTHER in of_one, address
    home = page_at(officer, "/")
    assert "全施策の合計" in home and FIRST in home and OTHER in home


def _issued(kind: str) -> list[Letter]:
    issued = select(Letter).where(Letter.letter_kind == kind, Letter.state == "issued").order_by(Letter.id)
    return list(db.session.scalars(issued))


def _mail_about(record) -> Mail:
    about = select(Mail).where(Mail.about_kind == record.kind, Mail.about_id == record.id)
    return db.session.scalars(about.order_by(Mail.id)).first()
