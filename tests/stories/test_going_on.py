"""Three years of support, and then: one project applies and goes on to five, one is not certified, one does not ask, one is cancelled."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from app import calendar
from app.calendar import JST
from app.continuation.models import Continuation
from app.correspondence import approval
from app.correspondence.letters import letters_of
from app.correspondence.models import Mail
from app.db import db
from app.permissions import APPROVER, EDITOR
from app.projects.models import Project
from tests import factories
from tests.factories.applications import holder
from tests.reading import words_of
from tests.stories.walking import let_days_pass, post

NAMES = ("延長市", "不認定市", "終了市", "中止市")
EXTENDED, REFUSED, ENDING, CANCELLED = range(4)


def at(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=JST)


@pytest.mark.tells(
    "continuation.edit", "continuation.hand_over", "continuation.take_back", "continuation.send_back",
    "continuation.submit", "continuation.check", "continuation.return_for_correction", "continuation.certify",
    "continuation.refuse", "project.cancel",
)  # fmt: skip
def test_one_goes_on_to_five_years_one_is_refused_one_ends_and_one_is_cancelled(app, sign_in_as, move_clock):
    director, officer = sign_in_as("director")[0], sign_in_as("officer")[0]
    call = factories.call(code="R7", selection_fy=2025, base_years=3, extension_years=2, state="announced")
    call_id = call.id
    bodies = [factories.organisation(name, f"01641{n}", body_kind="city") for n, name in enumerate(NAMES)]
    projects = [
        factories.project([body], call=call, opened_on=date(2025, 4, 11), number=46 + n).id
        for n, body in enumerate(bodies)
    ]
    seats = {role: [sign_in_as(role, body)[0] for body in bodies] for role in (EDITOR, APPROVER)}
    db.session.commit()

    # one is cancelled in its second year, with its ground; its body gets a letter as soon as that is approved
    move_clock(at(2026, 6, 1, 9))
    post(director, f"/projects/{projects[CANCELLED]}/cancellation", ground="by_body", asked_by="body",
         on="2026-06-01", reason="交通事業者の撤退により実施できなくなったため")  # fmt: skip
    assert _approve() == 1
    let_days_pass(move_clock, at(2026, 6, 2, 9))
    (letter,) = letters_of("cancellation")
    assert (letter.state, letter.addressee) == ("issued", "北海道中止市長")
    assert "貴団体からの申出によるもの" in str(letter.content)

    # 1 October of the last base year: guidance to the three others, approved at once, issued with a mail
    move_clock(at(2027, 9, 30, 9))
    let_days_pass(move_clock, at(2027, 10, 1, 9))
    guidance = letters_of("extension-guidance")
    assert [it.addressee for it in guidance] == ["北海道延長市長", "北海道不認定市長", "北海道終了市長"]
    assert "最長2年間（令和12年3月31日まで）" in str(guidance[0].content) and "令和10年1月31日（月）" in str(
        guidance[0].content
    )
    assert _approve() == 3
    let_days_pass(move_clock, at(2027, 10, 4, 9))
    assert {it.state for it in letters_of("extension-guidance")} == {"issued"}

    # it is written, taken back, handed over again, sent back, and submitted on the last day
    editor, approver = seats[EDITOR][EXTENDED], seats[APPROVER][EXTENDED]
    assert "支援の継続を希望する場合は、継続申請書を作成する" in words_of(editor.get("/"))
    address = _started(editor, projects[EXTENDED])
    assert officer.get(address).status_code == 404, "the office sees nothing of a draft"
    assert editor.post(f"{address}/approval-request").status_code == 422, "something is missing"
    _fill(projects[EXTENDED])
    post(editor, f"{address}/approval-request")
    assert "継続申請書を提出する" in words_of(approver.get("/"))
    assert editor.get(f"{address}/sections/plan").status_code == 302, "it lies with the approver"
    post(editor, f"{address}/drafting")
    post(editor, f"{address}/approval-request")
    post(approver, f"{address}/sending-back", reason="目標の年度を確認してください。")
    assert "目標の年度を確認してください。" in words_of(editor.get(address))
    late = seats[APPROVER][REFUSED]
    other = _started(seats[EDITOR][REFUSED], projects[REFUSED])
    _fill(projects[REFUSED])
    move_clock(at(2028, 1, 31, 23, 59))
    post(approver, f"{address}/submission")
    made = db.session.scalars(select(Continuation).where(Continuation.submitted_at.is_not(None))).one()
    assert len(made.frozen.sha256) == 64 and made.submitted_at == at(2028, 1, 31, 23, 59)
    receipt = db.session.scalars(
        select(Mail).where(Mail.key.contains("continuation:", autoescape=True))
    ).all()
    assert any(made.frozen.sha256 in it.body for it in receipt)

    # the second submits a minute later: refused in words, nothing lost; the officers give all a few days more
    move_clock(at(2028, 2, 1, 0, 0))
    refused = late.post(f"{other}/submission")
    assert refused.status_code == 422 and "提出期限（令和10年1月31日（月））を過ぎたため" in words_of(refused)
    assert "実装の範囲を市域の全体に広げるため" in words_of(late.get(other))
    post(officer, f"/calls/{call_id}/extension-deadline", due_on="2028-02-04")
    post(late, f"{other}/submission")

    # returned and submitted again after the last day, checked, decided; by hand nothing is recorded beside it
    move_clock(at(2028, 2, 3, 10))
    version = str(db.session.get_one(Project, projects[EXTENDED]).version_id)
    by_hand = officer.post(f"/projects/{projects[EXTENDED]}/extension",
                           data={"version": version, "outcome": "not_asked", "on": "2028-02-03", "remark": ""})  # fmt: skip
    assert by_hand.status_code == 422 and "継続申請書が提出されています" in words_of(by_hand)
    post(officer, f"{address}/return", reason="KPIの現状値を追記してください。", due_on="2028-02-10")
    assert "KPIの現状値を追記してください。" in words_of(editor.get(address))
    post(approver, f"{address}/submission")
    for it in (address, other):
        post(officer, f"{it}/check", reason="要件を満たしている。")
    assert "要件を満たしている。" not in words_of(approver.get(address)), "what stays within the office"
    too_many = director.post(f"{address}/certification", data={"years": "3", "remark": ""})
    assert too_many.status_code == 422 and db.session.get_one(Project, projects[EXTENDED]).extension is None
    post(director, f"{address}/certification", years="2", remark="")
    post(director, f"{other}/refusal", reason="継続する期間の計画が具体的でないため")
    ends = {it.id: it.ends_on for it in db.session.scalars(select(Project))}
    assert (ends[projects[EXTENDED]], ends[projects[REFUSED]]) == (date(2030, 3, 31), date(2028, 3, 31))
    assert _approve() == 2
    let_days_pass(move_clock, at(2028, 2, 4, 9))
    (certified,), (not_certified,) = letters_of("extension-certified"), letters_of("extension-refused")
    assert certified.state == not_certified.state == "issued"
    assert "令和12年3月31日" in str(certified.content) and "具体的でないため" in str(not_certified.content)

    # the end that a letter has told is not moved any more
    again = officer.get(f"/projects/{projects[EXTENDED]}/extension")
    assert again.status_code == 302, "closed, and said why on the page of the project"
    assert "支援終了日を記載した文書が既に発出されているため" in words_of(officer.get(again.location))
    _record_not_asked(officer, projects[ENDING])

    # March: end letters for two of the three; on 1 April these end, the third goes on
    move_clock(at(2028, 2, 29, 9))
    let_days_pass(move_clock, at(2028, 3, 1, 9))
    assert {it.addressee for it in letters_of("support-end")} == {"北海道不認定市長", "北海道終了市長"}
    assert _approve() == 2
    move_clock(at(2028, 3, 30, 9))
    let_days_pass(move_clock, at(2028, 4, 3, 9))
    states = {it.id: it.state for it in db.session.scalars(select(Project))}
    assert [states[it] for it in projects] == ["supported", "ended", "ended", "cancelled"]
    shown = app.test_cli_runner().invoke(args=["projects", "show", "46", "--json"])
    told = json.loads(shown.output)["extension"]
    assert (told["outcome"], told["years"]) == ("certified", 2)
    assert [it["state"] for it in told["applications"]] == ["certified"]

    # in the fifth year an extension cannot be asked for again, nor after the end
    refused = editor.post(f"/projects/{projects[EXTENDED]}/continuation", follow_redirects=True)
    assert "結果は、既に登録されています" in words_of(refused)
    refused = seats[EDITOR][ENDING].post(f"/projects/{projects[ENDING]}/continuation", follow_redirects=True)
    assert "支援は終了しているため、継続申請はできません" in words_of(refused)


@pytest.mark.tells("continuation.withdraw")
def test_one_that_was_withdrawn_may_be_followed_by_another_in_time(app, sign_in_as):
    body = factories.organisation("延長市")
    holder("officer")
    first = factories.continuation(body, state="submitted")
    approver = sign_in_as(tenure=holder(APPROVER, body))[0]
    address = f"/continuations/{first.id}"
    assert approver.post(f"{address}/withdrawal", data={"reason": " "}).status_code == 422
    post(approver, f"{address}/withdrawal", reason="計画を改めるため")
    told = db.session.scalars(select(Mail).order_by(Mail.id.desc())).first()
    assert "計画を改めるため" in told.body
    second = _started(approver, first.project_id)
    assert second != address and db.session.get_one(Continuation, first.id).state == "withdrawn"


def _started(client, project_id: int) -> str:
    return client.post(f"/projects/{project_id}/continuation").location


def _fill(project_id: int) -> None:
    made = db.session.scalars(
        select(Continuation)
        .where(Continuation.project_id == project_id)
        .order_by(Continuation.attempt.desc())
    ).first()
    factories.filled(made, calendar.now())
    db.session.commit()


def _record_not_asked(officer, project_id: int) -> None:
    version = str(db.session.get_one(Project, project_id).version_id)
    post(
        officer,
        f"/projects/{project_id}/extension",
        version=version,
        outcome="not_asked",
        on="2028-02-04",
        remark="",
    )


def _approve() -> int:
    found = [it for it in letters_of(state="drafted") if not it.key.startswith("annual-report")]
    approved = approval.approve(found, actor=holder("director"), at=calendar.now() + timedelta(minutes=1))
    db.session.commit()
    return approved
