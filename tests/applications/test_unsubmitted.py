"""What an applicant has typed and not handed in is theirs: no page, list, file, mail or command of others holds a word of it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from app import calendar, jobs
from app.applications import attachments, drafting, submission
from app.applications.checking import extend_correction, lapse_overdue
from app.correspondence.models import Mail
from app.db import db
from app.organisations.models import Seat
from app.permissions import ADMINISTRATOR, APPROVER, DIRECTOR, EDITOR, MINISTRY, OFFICE, OFFICER, REVIEWER
from app.schedule.models import Reminder
from tests import factories
from tests.conventions.looking import Everything, look_round
from tests.factories.applications import PDF, holder

CANARY = "金糸雀"
OTHERS = (OFFICER, DIRECTOR, ADMINISTRATOR, MINISTRY, REVIEWER)


ALL_OPEN = {"whole": "全体に見直す。"}


def type_in(application, at) -> None:
    """Every text of an application, as it is not handed in yet."""
    body = application.organisation
    who = {"actor": holder(EDITOR, body), "at": at}

    def version(section: str) -> dict:
        return {"version": application.version_of(section), **who}

    factories.save_basics(
        application, title=f"{CANARY}の見守り", summary=f"{CANARY}の概要", **version("basics")
    )
    factories.save_technologies(
        application, technologies=["AI"], etc=False, other=f"{CANARY}の技術", **version("technologies")
    )
    for question in factories.own_questions(application.call):
        key = f"answers-{question.id}"
        factories.save_answer(application, question, text=f"{CANARY}の回答", **version(key))
    content = PDF + f"{CANARY}{application.id}".encode()
    attachments.add_attachment(application, f"{CANARY}の計画.pdf", content, max_bytes=2**20, **who)
    drafting.add_joint_applicant(application, joint_of(application), **who)
    drafting.confirm_joint_applicants(application, **who)


def joint_of(application):
    """A body of its own: to see its name in a page about an application is to see who is being added."""
    return factories.organisation(f"追加{application.id}市")


@pytest.fixture
def world(app, at, move_clock, made_once):
    """Drafts and returned applications between editor and approver in every way; reminders of all have gone out."""
    return made_once("what is typed and not handed in", lambda: _world(at, move_clock))


def _world(at, move_clock):
    move_clock(at)
    call = factories.call(code="R5", closes_at=at + timedelta(days=10))
    made = {
        name: factories.application("draft", call=call, complete=False)
        for name in ("draft", "handed", "back")
    }
    made |= {
        name: factories.application("returned", call=call, defects=ALL_OPEN)
        for name in ("mended", "reported", "sent back", "more")
    }
    made |= {
        name: factories.application("returned", call=call, defects=ALL_OPEN)
        for name in ("lapsed", "withdrawn")
    }
    made["dropped"] = factories.application("draft", call=call, complete=False)
    for application in made.values():
        factories.message(application, "提出の前に伺います。")
    for application in made.values():
        type_in(application, at)
    for name in ("handed", "back"):
        submission.hand_over(made[name], actor=holder(EDITOR, made[name].organisation), at=at)
    for name in ("reported", "sent back"):
        submission.report_mended(made[name], actor=holder(EDITOR, made[name].organisation), at=at)
    for name in ("back", "sent back"):
        approver = holder(APPROVER, made[name].organisation)
        submission.send_back(made[name], reason=f"{CANARY}の差戻し", actor=approver, at=at)
    officer = holder(OFFICER)
    extend_correction(made["more"], due_at=at + timedelta(days=30), reason="大雪", actor=officer, at=at)
    for name in ("withdrawn", "dropped"):
        approver = holder(APPROVER, made[name].organisation)
        submission.withdraw(made[name], reason="計画の見直し", actor=approver, at=at)
    db.session.commit()
    for days in range(1, 10):
        when = at + timedelta(days=days)
        move_clock(when)
        jobs.run_daily(when.date(), at=when)
    lapse_overdue(at=calendar.now())
    db.session.commit()
    assert made["lapsed"].state == "lapsed" and len(list(db.session.scalars(select(Reminder)))) > 5
    return made


def test_nobody_outside_the_body_reads_a_word_of_it(app, world, sign_in_as):
    everything = Everything()
    for role in OTHERS:
        client, tenure = sign_in_as(role)
        client.get("/language/ja")
        seen = look_round(app, client, tenure.role, everything)
        telling = {address for address, text in seen.items() if CANARY in text}
        assert telling == set(), role
        assert len(seen) > 60, role


def test_no_page_about_an_application_tells_the_office_who_is_being_added(app, world, sign_in_as):
    client, _ = sign_in_as(OFFICER)
    for name, application in world.items():
        address = f"/applications/{application.id}"
        told = [
            path for path in (address, f"{address}/correction-request/due") if "追加" in client.get(path).text
        ]
        assert told == [], name
    for path in ("", "?format=csv", "?state=returned"):
        assert "追加" not in client.get(f"/calls/{world['draft'].call_id}/selection{path}").text, path
    added = [joint.organisation for joint in world["mended"].joint_applicants]
    assert len(added) == 1
    about, found = (
        client.get(f"/{path}").text
        for path in (f"organisations/{added[0].id}", f"applications?q={added[0].name}")
    )
    assert str(world["mended"].number) not in about + found


def test_neighbours_and_strangers_read_nothing_either(app, world, sign_in_as):
    client, tenure = sign_in_as(APPROVER)
    everything = Everything()
    for role, who in ((None, app.test_client()), (tenure.role, client)):
        assert not [
            address for address, text in look_round(app, who, role, everything).items() if CANARY in text
        ]


def test_its_own_people_do_read_it(app, world, sign_in_as):
    for application in world.values():
        client, _ = sign_in_as(tenure=holder(EDITOR, application.organisation))
        assert CANARY in client.get("/applications").text


def test_no_mail_to_the_office_holds_a_word_of_it(world):
    office = set(db.session.scalars(select(Seat.mailbox).where(Seat.role.in_([*OFFICE, ADMINISTRATOR]))))
    mails = list(db.session.scalars(select(Mail)))
    to_office = [mail for mail in mails if mail.to_address in office]
    assert to_office and not [mail.subject for mail in to_office if CANARY in mail.subject + mail.body]
    for mail in mails:
        assert CANARY not in mail.subject + mail.to_name
        assert "ほか" not in mail.subject, "nor that others are being added"
        assert mail.audience == "applicant" or CANARY not in mail.body, mail.key


def test_a_mail_that_stays_within_the_body_is_listed_without_its_text_and_not_given_out(
    app, world, sign_in_as
):
    within = db.session.scalars(select(Mail).where(Mail.audience == "applicant")).all()
    assert {mail.key.split(":")[2] for mail in within} == {
        "approval-requested",
        "sent-back",
        "deadline",
        "correction",
    }
    for role in (OFFICER, ADMINISTRATOR):
        client, _ = sign_in_as(role)
        page = client.get(f"/mails/{within[0].id}").text
        assert within[0].subject in page and within[0].to_address in page
        assert "差し支えありません" not in page and "団体の内部" in page
        assert client.get(f"/mails/{within[0].id}.eml").status_code in (403, 404)


def test_no_command_prints_a_word_of_it(app, world):
    for words in (
        ["mails", "list"],
        ["mails", "list", "--json"],
        ["letters", "list", "--json"],
        ["users", "list"],
    ):
        printed = app.test_cli_runner().invoke(args=words).output
        assert CANARY not in printed and CANARY not in json.dumps(printed)


def test_the_ledger_names_what_was_handed_in_and_leads_to_nothing_that_is_not_there(world, sign_in_as):
    names = set(
        db.session.scalars(select(Reminder.subject_name).where(Reminder.subject_kind == "application"))
    )
    assert any("R5-0001" in name and "雪道の見守りドローン" in name for name in names)
    client, _ = sign_in_as(OFFICER)
    schedule = client.get("/schedule").text
    drafts = [application.id for application in world.values() if application.submitted_at is None]
    assert drafts and not [key for key in drafts if f'"/applications/{key}"' in schedule]
