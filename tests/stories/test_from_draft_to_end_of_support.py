"""One project's life: drafted, returned, mended, selected, announced, accompanied for five years, ended."""

from __future__ import annotations

import re
from datetime import date, datetime

import pytest
from sqlalchemy import select

from app.applications.models import Application
from app.calendar import JST
from app.correspondence.models import Letter, Mail
from app.councils.models import Council, Membership
from app.db import db
from app.history import HistoryEntry
from app.projects.models import Project
from app.web.manifest import brought
from tests import factories
from tests.correspondence.common import seen
from tests.factories.applications import holder
from tests.stories.walking import do_waiting_work, fill_in, let_days_pass, link_to, post


@pytest.mark.tells(
    "call.publish",
    "application.edit",
    "application.hand_over",
    "application.take_back",
    "application.send_back",
    "application.submit",
    "application.return_for_correction",
    "application.resubmit",
    "application.accept",
    "application.start_review",
    "application.record_result",
    "call.decide",
    "call.announce",
    "application.select",
    "letter.approve",
    "letter.issue",
    "council.ask",
    "membership.agree",
    "membership.decline",
    "membership.ask_again",
    "council.activate",
    "project.end",
)
def test_a_project_from_its_first_draft_to_the_end_of_its_support(sign_in_as, move_clock):
    town = factories.organisation("見本町", "016411", body_kind="town")
    editor, _ = sign_in_as("municipality_editor", town)
    approver, approving = sign_in_as("municipality_approver", town)
    officer, _ = sign_in_as("officer")
    director, _ = sign_in_as("director")

    # the call
    call = factories.call(state="draft", code="R4", opens_at=datetime(2023, 2, 15, 9, tzinfo=JST))
    post(officer, f"/calls/{call.id}/publication")

    # drafted, handed over, taken back once, sent back once, submitted
    post(editor, f"/calls/{call.id}/applications")
    application = db.session.scalars(select(Application)).one()
    at = f"/applications/{application.id}"
    fill_in(editor, application, "見本町の自動運転")
    post(editor, f"{at}/approval-request")
    assert db.session.get(Application, application.id).state == "in_approval"
    post(editor, f"{at}/drafting")
    post(editor, f"{at}/approval-request")
    post(approver, f"{at}/sending-back", reason="費用の根拠を書いてください。")
    assert "費用の根拠" in editor.get("/").get_data(as_text=True)
    post(editor, f"{at}/approval-request")
    assert officer.get(at).status_code == 404  # not the office's business before it is submitted
    _send(approver, f"{at}/submission")
    application = db.session.get(Application, application.id)
    assert (application.state, application.number) == ("submitted", "R4-0001")
    assert "R4-0001" in db.session.scalars(select(Mail).where(Mail.subject.contains("R4-0001"))).first().body

    # returned, mended after the call has closed, resubmitted
    post(officer, f"{at}/correction-request", **_correction(officer, at, "2023-03-24 17:00"))
    assert "地域の名称" in editor.get(at).get_data(as_text=True)
    move_clock(datetime(2023, 3, 20, 10, tzinfo=JST))
    basics = db.session.get(Application, application.id).version_of("basics")
    post(
        editor,
        f"{at}/basics",
        version=str(basics),
        title="見本町の自動運転",
        summary="見本町全域で運行する。",
    )
    _send(approver, f"{at}/resubmission")
    post(officer, f"{at}/acceptance")

    # reviewed in silence, decided, announced in one act
    post(officer, f"{at}/review")
    post(officer, f"{at}/result", version="0", result="yes", reasons="先導性が認められる。")
    assert "先導性" not in approver.get(at).get_data(as_text=True)
    decision = f"/calls/{call.id}/decision"
    post(director, decision, seen=_hidden(director.get(decision), "seen"))
    assert db.session.scalar(select(Project)) is None
    assert "選定されました" not in approver.get(at).get_data(as_text=True)
    officer.post(f"/calls/{call.id}/announcement")
    do_waiting_work()
    project = db.session.scalars(select(Project)).one()
    assert db.session.get(Application, application.id).state == "selected"
    assert (project.shown_title, project.ends_on, project.support_year()) == (
        "見本町の自動運転",
        date(2027, 3, 31),
        1,
    )
    selection_letter = db.session.scalars(select(Letter).where(Letter.letter_kind == "selection")).one()
    assert selection_letter.state == "issued" and selection_letter.addressee == "北海道見本町長"
    assert approver.get(f"/letters/{selection_letter.id}.pdf").data[:5] == b"%PDF-"
    about = select(Mail).where(Mail.about_kind == "letter", Mail.about_id == selection_letter.id)
    assert [len(mail.attachments) for mail in db.session.scalars(about)] == [1]

    # the council: two are asked; one agrees, one declines and is asked again
    post(approver, f"/projects/{project.id}/council", name="見本町地域実装協議会")
    council = db.session.scalars(select(Council)).one()
    for number, role in ((1, "会長"), (2, "構成員")):
        post(
            approver, f"/councils/{council.id}/members", organisation_name="見本大学", post="教授", person_name="",
            role=role, mailbox=f"member{number}@example.jp", reply_by="2023-04-14",
        )  # fmt: skip
    anybody = editor.application.test_client()
    first, second = (link_to(f"member{number}@example.jp", r"/c/[\w-]+") for number in (1, 2))
    post(anybody, first, answer="agree", note="")
    post(anybody, second, answer="decline", note="任期中のため")
    members = {m.mailbox: m for m in db.session.scalars(select(Membership))}
    assert [members[f"member{n}@example.jp"].state for n in (1, 2)] == ["agreed", "declined"]
    # The same address gets a request in three working days again.
    move_clock(datetime(2023, 3, 24, 10, tzinfo=JST))
    post(
        officer,
        f"/memberships/{members['member2@example.jp'].id}/request",
        mailbox="member2@example.jp",
        reply_by="2023-04-20",
    )
    again = link_to("member2@example.jp", r"/c/[\w-]+")
    assert again != second
    post(anybody, again, answer="agree", note="")
    post(approver, f"/councils/{council.id}/activation")
    assert db.session.get(Council, council.id).state == "active"

    # five years on: the notice goes out by itself
    move_clock(datetime(2027, 2, 27, 9, tzinfo=JST))
    days = let_days_pass(move_clock, datetime(2027, 3, 30, 9, tzinfo=JST))
    assert sum(day["draft_support_end_letters"]["drafted"] for day in days) == 1
    letter = db.session.scalars(select(Letter).where(Letter.letter_kind == "support-end")).one()
    assert (letter.state, letter.addressee) == ("drafted", "北海道見本町長")
    assert approver.get(f"/letters/{letter.id}").status_code == 404
    post(director, f"/letters/{letter.id}/approval", **seen(letter))
    (last,) = let_days_pass(move_clock, datetime(2027, 3, 31, 9, tzinfo=JST))
    assert last["issue_support_end_letters"] == {"issued": 1, "mails_queued": 1}
    letter = db.session.get(Letter, letter.id)
    assert (letter.state, letter.issued_on, letter.number) == ("issued", date(2027, 3, 31), "8未技第1号")
    assert approver.get(f"/letters/{letter.id}").status_code == 200
    assert db.session.get(Project, project.id).state == "supported"
    let_days_pass(move_clock, datetime(2027, 4, 1, 9, tzinfo=JST))
    assert db.session.get(Project, project.id).state == "ended"
    told = db.session.scalars(
        select(Mail).where(Mail.to_address == approving.seat.mailbox, Mail.about_kind == "letter")
    )
    assert [mail.attachments[0]["sha256"] for mail in told].count(letter.sha256) == 1

    # whatever was told on the way has a page
    spoken_of = {
        *db.session.scalars(select(HistoryEntry.subject_kind)),
        *db.session.scalars(select(Mail.about_kind).where(Mail.about_kind != "")),
    }
    assert {"application", "membership", "letter"} <= spoken_of <= set(brought("pages"))


@pytest.mark.tells("application.decline_to_select", "application.withdraw", "call.decide", "call.announce")
def test_what_is_not_selected_gets_its_reasons_and_what_is_withdrawn_gets_no_letter(sign_in_as, move_clock):
    officer, _ = sign_in_as("officer")
    director, _ = sign_in_as("director")
    call = factories.call(code="R4")
    refused = factories.application("under_review", call=call)
    gone = factories.application("under_review", call=call)
    for application, result in ((refused, "no"), (gone, "yes")):
        post(
            officer,
            f"/applications/{application.id}/result",
            version="0",
            result=result,
            reasons="実装の時期が明らかでない。",
        )
    approver, _ = sign_in_as(tenure=holder("municipality_approver", gone.organisation))
    post(approver, f"/applications/{gone.id}/withdrawal", reason="体制が整わないため")
    move_clock(datetime(2023, 3, 20, 10, tzinfo=JST))
    decision = f"/calls/{call.id}/decision"
    post(director, decision, seen=_hidden(director.get(decision), "seen"))
    officer.post(f"/calls/{call.id}/announcement")
    do_waiting_work()
    assert db.session.get(Application, refused.id).state == "not_selected"
    assert db.session.get(Application, gone.id).state == "withdrawn"
    assert db.session.scalar(select(Project)) is None
    letters = list(db.session.scalars(select(Letter).where(Letter.state == "issued")))
    assert [(letter.letter_kind, letter.organisation_id) for letter in letters] == [
        ("non-selection", refused.organisation_id)
    ]
    assert "実装の時期が明らかでない" in str(letters[0].content)


@pytest.mark.tells("project.cancel", "letter.discard")
def test_a_cancelled_project_gets_no_support_end_letter(sign_in_as, move_clock):
    director, _ = sign_in_as("director")
    town = factories.organisation("取消町", "016420", body_kind="town")
    factories.tenure("municipality_approver", town)
    project = factories.project([town], call=factories.call(selection_fy=2018, state="announced"))
    db.session.commit()
    let_days_pass(move_clock, datetime(2023, 3, 1, 9, tzinfo=JST))
    letter = db.session.scalars(select(Letter)).one()
    post(director, f"/projects/{project.id}/cancellation", ground="by_body", asked_by="body", on="2023-03-01",
         reason="団体からの申出")  # fmt: skip
    assert db.session.get(Project, project.id).state == "cancelled"
    assert db.session.get(Letter, letter.id).state == "discarded"
    days = let_days_pass(move_clock, datetime(2023, 4, 3, 9, tzinfo=JST))
    assert sum(day["issue_support_end_letters"]["issued"] for day in days) == 0
    assert sum(day["draft_support_end_letters"]["drafted"] for day in days) == 0


def _send(client, url: str) -> None:
    """Open the check-answers page and send what it shows."""
    page = client.get(url)
    post(client, url, seen=_hidden(page, "seen"))


def _hidden(page, name: str) -> str:
    html = page.get_data(as_text=True)
    found = re.search(rf'<input[^>]*name="{name}"[^>]*>', html)
    assert found, f"no hidden {name} on the page"
    value = re.search(r'value="([^"]*)"', found.group(0))
    return value.group(1) if value else ""


def _correction(officer, at: str, due: str) -> dict[str, str]:
    """The return form with a remark on the summary."""
    html = officer.get(f"{at}/correction-request").get_data(as_text=True)
    names = re.findall(r'<textarea[^>]*name="([^"]+)"', html)
    assert "defect-summary" in names
    return {"due_at": due, "defect-summary": "概要に、実施する地域の名称を加えてください。"}
