"""Whether the office has decided cannot be told from outside by anything: what is to be seen is the same before and after.

Every address of everybody who may not see results, byte for byte, at one instant: immediately before and after.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from app import calendar, security
from app.applications import submission
from app.applications.checking import return_for_correction
from app.calendar import JST
from app.correspondence.models import Letter, Mail
from app.councils.operations import new_link
from app.db import db
from app.lifecycle import NotAllowed
from app.permissions import (
    ADMINISTRATOR,
    APPROVER,
    CONSULTANT,
    EDITOR,
    MINISTRY,
    MUNICIPAL,
    PERMISSIONS,
    REVIEWER,
    SEATED,
)
from app.selection import operations
from tests import factories
from tests.conventions.looking import Everything, differences, look_round
from tests.conventions.pages import without_tokens
from tests.factories.applications import holder

DUE = datetime(2023, 3, 31, 17, 0, tzinfo=JST)


@pytest.fixture
def world(call, apply, officer, director, at, move_clock):
    """A closed call with an application of every kind a decision knows; and a project of an earlier round."""
    move_clock(at)
    reviewed = [apply("白石市", title="雪道"), apply("角田市", title="除雪")]
    for name, state in (
        ("名取市", "withdrawn"),
        ("岩沼市", "lapsed"),
        ("登米市", "draft"),
        ("栗原市", "in_approval"),
    ):
        apply(name, state)
    overdue = apply("大崎市", "submitted")
    defects = {"basics": "実施地域を加えること。"}
    return_for_correction(overdue, defects=defects, due_at=DUE, actor=officer, at=DUE - timedelta(days=5))
    earlier = factories.project([reviewed[0].organisation], opened_on=at.date() - timedelta(days=200))
    member = factories.membership(factories.council(earlier), reply_by=at.date() + timedelta(days=7))
    factories.letter(organisation=reviewed[0].organisation, state="approved")
    factories.mail()
    factories.message(reviewed[0], "結果はいつ分かりますか。")
    factories.clarification(call)
    consultant = factories.tenure(CONSULTANT, reviewed[0].organisation)
    factories.delegation(reviewed[0], tenure=consultant, until=at.date() + timedelta(days=60))
    return reviewed, overdue, new_link(member)


class Outsiders:
    """Everybody who may not see results before they are announced."""

    def __init__(self, app, sign_in_as, world) -> None:
        reviewed, overdue, token = world
        self.app, self.token = app, token
        tenures = [holder(APPROVER, application.organisation) for application in (*reviewed, overdue)]
        tenures.append(holder(EDITOR, overdue.organisation))
        tenures.append(holder(CONSULTANT, reviewed[0].organisation))
        tenures += [factories.tenure(role) for role in (REVIEWER, MINISTRY, ADMINISTRATOR)]
        self.clients = [(None, "nobody", None)]
        self.clients += [(it.role, f"{it.role} {it.name}", sign_in_as(tenure=it)[0]) for it in tenures]

    def see(self, everything: Everything) -> dict[str, dict[str, str]]:
        """What each of them sees; nobody comes with a browser that was never here."""
        return {
            name: look_round(self.app, client or self.app.test_client(), role, everything)
            for role, name, client in self.clients
        }


def told_apart(before, after) -> dict[str, object]:
    return {name: found for name in before if (found := differences(before[name], after[name]))}


def test_these_are_all_who_may_not_see_results():
    outside = SEATED - PERMISSIONS["selection.view"].roles
    assert outside == MUNICIPAL | {CONSULTANT, REVIEWER, MINISTRY, ADMINISTRATOR}


@pytest.fixture
def outsiders(app, sign_in_as, world, monkeypatch):
    """What looking round itself changes stands still: the machine's time, by which sessions go (ADR 20), and what the
    security log notes of a look."""
    now = calendar.machine_now()
    monkeypatch.setattr(calendar, "machine_now", lambda: now)
    monkeypatch.setattr(security, "note_after", lambda *_, **__: None)
    return Outsiders(app, sign_in_as, world)


def test_neither_a_provisional_result_nor_the_decision_and_its_letters_show_anywhere(
    world, outsiders, call, officer, director, at
):
    reviewed, _overdue, token = world
    everything = Everything([token])
    before = outsiders.see(everything)
    assert sum(map(len, before.values())) > 800, "there was much to see"
    for application in reviewed:
        operations.record_result(application, selected=True, reasons="先導性", actor=officer, at=at)
    operations.record_result(reviewed[1], selected=False, reasons="不十分", actor=officer, at=at)
    assert told_apart(before, outsiders.see(everything)) == {}, "the results, recorded and changed"
    mails = set(db.session.scalars(select(Mail.id)))
    operations.decide(call, actor=director, at=at)
    db.session.commit()
    assert len(list(db.session.scalars(select(Letter.id)))) > 2
    assert told_apart(before, outsiders.see(everything)) == {}, "the decision"
    assert set(db.session.scalars(select(Mail.id))) == mails, "nobody gets a mail at that instant"


ACTS = (
    ("resubmission", "/applications/{overdue}/resubmission", {"seen": ""}),
    ("report", "/applications/{overdue}/approval-request", {}),
    ("a new application", "/calls/{call}/applications", {"another": "y"}),
    ("withdrawal without a reason", "/applications/{first}/withdrawal", {}),
    ("a save", "/applications/{first}/basics", {"version": "1", "title": "x", "summary": "y"}),
    ("a save of what lapsed", "/applications/{overdue}/basics", {"version": "9", "title": "x"}),
)


def test_what_an_applicant_tries_is_answered_the_same(world, call, officer, director, at, sign_in_as):
    reviewed, overdue, _token = world
    for application in reviewed:
        operations.record_result(application, selected=True, reasons="審査の結果", actor=officer, at=at)
    names = {"overdue": overdue.id, "first": reviewed[0].id, "call": call.id}
    clients = {
        (role, body.id): sign_in_as(tenure=holder(role, body))[0]
        for role in (EDITOR, APPROVER)
        for body in (overdue.organisation, reviewed[0].organisation)
    }

    def tried() -> dict[object, tuple[int, str]]:
        answers = {}
        for who, client in clients.items():
            for what, path, data in ACTS:
                answer = client.post(path.format(**names), data=data)
                answers[who, what] = (
                    answer.status_code,
                    answer.headers.get("Location", "") + without_tokens(answer.text),
                )
        return answers

    before = tried()
    operations.decide(call, actor=director, at=at)
    db.session.commit()
    after = tried()
    assert {key: after[key][0] for key in after if before[key] != after[key]} == {}


def test_what_is_tried_past_the_pages_is_refused_for_the_same_reason(world, call, officer, director, at):
    reviewed, overdue, _token = world
    for application in reviewed:
        operations.record_result(application, selected=True, reasons="審査の結果", actor=officer, at=at)
    approver = holder(APPROVER, overdue.organisation)
    refusals = []
    for _ in range(2):
        with pytest.raises((NotAllowed, submission.TooLate)) as refused:
            submission.resubmit(overdue, actor=approver, at=at)
        refusals.append((refused.type, str(refused.value)))
        if call.state == "published":
            operations.decide(call, actor=director, at=at)
    assert refusals[0] == refusals[1]


def test_an_application_can_be_withdrawn_until_the_announcement_whatever_was_decided(
    world, call, officer, director, at
):
    reviewed, _overdue, _token = world
    for application in reviewed:
        operations.record_result(application, selected=True, reasons="審査の結果", actor=officer, at=at)
    operations.decide(call, actor=director, at=at)
    approver = holder(APPROVER, reviewed[0].organisation)
    submission.withdraw(reviewed[0], reason="計画の見直し", actor=approver, at=at)
    assert reviewed[0].state == "withdrawn"


def test_a_correction_that_lapsed_after_the_decision_is_told_in_the_same_words(
    world, call, officer, director, at
):
    from app.applications.checking import lapse_overdue

    reviewed, overdue, _token = world
    for application in reviewed:
        operations.record_result(application, selected=True, reasons="審査の結果", actor=officer, at=at)
    operations.decide(call, actor=director, at=at)
    assert overdue.state == "returned" and overdue.standing == "lapsed", "the decision records nothing of it"
    assert lapse_overdue(at=at) == 1, "the daily job does, as on any day"
    [mail] = db.session.scalars(select(Mail).where(Mail.about_id == overdue.id, Mail.key.contains("lapsed")))
    assert "既に進んでいる" not in mail.body and "やむを得ない事情がある場合は" in mail.body


def test_what_no_job_recorded_as_lapsed_is_recorded_with_the_announcement(world, call, officer, director, at):
    reviewed, overdue, _token = world
    for application in reviewed:
        operations.record_result(application, selected=True, reasons="審査の結果", actor=officer, at=at)
    operations.decide(call, actor=director, at=at)
    operations.release(call, actor=officer, at=at)
    assert overdue.state == "lapsed"
    told = db.session.scalars(select(Mail.key).where(Mail.about_id == overdue.id)).all()
    assert any("announced-without" in key for key in told)
