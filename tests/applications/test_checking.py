"""Checking: accepted, or returned with defects and a due instant of its own, and resubmitted."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from app.applications import checking, correcting, submission
from app.applications.models import Correction
from app.applications.sections import Incomplete
from app.applications.submission import TooLate
from app.calendar import JST
from app.correspondence.models import Mail
from app.db import db
from app.history import HistoryEntry
from app.lifecycle import NotAllowed
from tests import factories
from tests.factories.applications import holder
from tests.reading import events

CLOSES = datetime(2023, 3, 17, 12, 0, tzinfo=JST)
DUE = datetime(2023, 3, 31, 17, 0, tzinfo=JST)


def mails_about(application, word: str) -> list[Mail]:
    query = select(Mail).where(Mail.about_kind == "application", Mail.about_id == application.id)
    return [mail for mail in db.session.scalars(query.order_by(Mail.id)) if word in mail.subject]


@pytest.fixture
def officer(app):
    return holder("officer")


@pytest.fixture
def submitted(app):
    return factories.application("submitted", call=factories.call(closes_at=CLOSES))


def returned(application, officer, at, due_at=DUE, **defects):
    checking.return_for_correction(
        application, defects=defects or {"basics": "実施地域を加える。"}, due_at=due_at, actor=officer, at=at
    )
    return application


def test_an_accepted_application_tells_the_applicant(submitted, officer, at):
    checking.accept(submitted, actor=officer, at=at)
    db.session.commit()
    assert (submitted.state, events(submitted)[0]) == ("accepted", "accept")
    (mail,) = mails_about(submitted, "受理しました")
    assert mail.to_address == holder("municipality_approver", submitted.organisation).seat.mailbox


@pytest.mark.parametrize("role", ["director", "municipality_approver", "administrator", "reviewer"])
def test_only_officers_accept_or_return(submitted, at, role):
    actor = factories.tenure(role, submitted.organisation if role.startswith("muni") else None)
    with pytest.raises(NotAllowed):
        checking.accept(submitted, actor=actor, at=at)
    with pytest.raises(NotAllowed):
        returned(submitted, actor, at)
    assert (submitted.state, submitted.corrections) == ("submitted", [])


def test_a_return_names_each_defect_by_section_and_its_due_instant(submitted, officer, at):
    question = factories.own_questions(submitted.call)[0]
    defects = {
        "basics": "実施地域を加える。",
        f"answers-{question.id}": "根拠を示す。",
        "whole": "全体に簡潔に。",
    }
    checking.return_for_correction(submitted, defects=defects, due_at=DUE, actor=officer, at=at)
    db.session.commit()
    assert (submitted.state, submitted.correction_due_at, submitted.due_at) == ("returned", DUE, DUE)
    correction = db.session.scalars(select(Correction)).one()
    assert (correction.defects, correction.asked_by) == (defects, officer.name)
    entry = db.session.scalars(HistoryEntry.of(submitted)).first()
    assert (entry.event, entry.changes["defects"]) == ("return_for_correction", defects)
    (mail,) = mails_about(submitted, "までに申請を補正し、再提出してください")
    for told in (
        "事業名・概要",
        "実施地域を加える。",
        question.label,
        "根拠を示す。",
        "全体に簡潔に。",
        "令和5年3月31日（金）17時",
    ):
        assert told in mail.body


def test_of_several_only_what_was_handed_in_anew_since_it_was_read_is_not_accepted(app, officer, at):
    read, over = factories.application("submitted"), factories.application("withdrawn")
    anew = factories.application("submitted", at=at + timedelta(hours=1))
    outcome = checking.accept_each([read, anew, over], seen=at, actor=officer, at=at + timedelta(hours=2))
    assert (outcome.done, outcome.resubmitted, outcome.moved_on) == ([read], [anew], [over])
    assert (read.state, anew.state) == ("accepted", "submitted")


def test_a_correction_says_who_asked_for_it_and_when(submitted, officer, at):
    later = at + timedelta(hours=1)
    returned(submitted, officer, later)
    correction = submitted.corrections[-1]
    assert (correction.asked_by, correction.asked_at, correction.created_at) == (officer.name, later, later)


def test_a_return_needs_a_defect_in_a_known_section_and_a_time_to_come(submitted, officer, at):
    for defects, due_at in (
        ({}, DUE),
        ({"basics": "  "}, DUE),
        ({"nonsense": "x"}, DUE),
        ({"basics": "x"}, at),
    ):
        with pytest.raises(ValueError):
            checking.return_for_correction(submitted, defects=defects, due_at=due_at, actor=officer, at=at)
    assert (submitted.state, submitted.corrections) == ("submitted", [])


def test_an_accepted_application_can_still_be_returned_but_one_under_review_cannot(app, officer, at):
    accepted = factories.application("accepted")
    returned(accepted, officer, at)
    assert accepted.state == "returned"
    with pytest.raises(NotAllowed):
        returned(factories.application("under_review"), officer, at)


def test_a_returned_application_can_be_resubmitted_after_the_call_has_closed(submitted, officer, at):
    approver = holder("municipality_approver", submitted.organisation)
    number, first = submitted.number, submitted.submissions[0].sha256
    returned(submitted, officer, at)
    after = CLOSES + timedelta(days=5)
    factories.save_basics(
        submitted, title=submitted.title, summary="岩見沢市全域で行う。", version=1, actor=approver, at=after
    )
    assert correcting.is_mended(submitted, "basics")
    submission.resubmit(submitted, actor=approver, at=after)
    db.session.commit()
    assert (submitted.state, submitted.number, submitted.submitted_at) == ("submitted", number, after)
    assert (submitted.correction_due_at, submitted.corrections[0].resubmitted_at) == (None, after)
    assert [one.sha256 == first for one in submitted.submissions] == [True, False]
    assert submitted.submissions[1].said.summary == "岩見沢市全域で行う。"
    assert events(submitted)[:2] == ["resubmit", "section_saved"]
    assert len(mails_about(submitted, "再度受け付けました")) == 1


def test_a_resubmission_is_refused_at_its_own_due_instant(submitted, officer, at):
    approver = holder("municipality_approver", submitted.organisation)
    returned(submitted, officer, at)
    with pytest.raises(TooLate) as refused:
        submission.resubmit(submitted, actor=approver, at=DUE)
    assert refused.value.due_at == DUE
    assert (submitted.state, len(submitted.submissions)) == ("returned", 1)
    submission.resubmit(submitted, actor=approver, at=DUE - timedelta(seconds=1))
    assert submitted.state == "submitted"


def test_the_closing_instant_does_not_count_for_a_returned_one_nor_submit_instead_of_resubmit(
    submitted, officer, at
):
    approver = holder("municipality_approver", submitted.organisation)
    returned(submitted, officer, at, due_at=at + timedelta(days=1))
    with pytest.raises(TooLate):  # its own time is over though the call is still open
        submission.resubmit(submitted, actor=approver, at=at + timedelta(days=2))
    with pytest.raises(NotAllowed):
        submission.submit(submitted, actor=approver, at=at)


def test_a_resubmission_must_be_complete(submitted, officer, at):
    approver = holder("municipality_approver", submitted.organisation)
    returned(submitted, officer, at)
    factories.save_basics(submitted, title="", summary="", version=1, actor=approver, at=at)
    with pytest.raises(Incomplete):
        submission.resubmit(submitted, actor=approver, at=at)
    assert submitted.state == "returned"


def test_the_approver_is_told_when_the_editor_has_corrected_it(submitted, officer, at):
    editor = holder("municipality_editor", submitted.organisation)
    returned(submitted, officer, at)
    submission.report_mended(submitted, actor=editor, at=at)
    db.session.commit()
    assert (submitted.state, events(submitted)[0]) == ("returned", "reported_mended")
    (mail,) = mails_about(submitted, "【要決裁】3月31日17時までに申請を再提出してください")
    assert f"/applications/{submitted.id}/resubmission" in mail.body
    assert "令和5年3月31日（金）17時" in mail.body


def test_more_time_can_be_given_even_after_the_due_instant(submitted, officer, at):
    approver = holder("municipality_approver", submitted.organisation)
    returned(submitted, officer, at)
    later = DUE + timedelta(days=7)
    checking.extend_correction(
        submitted, due_at=later, reason="大雪のため", actor=officer, at=DUE + timedelta(hours=1)
    )
    db.session.commit()
    assert (submitted.correction_due_at, submitted.corrections[0].due_at) == (later, later)
    entry = db.session.scalars(HistoryEntry.of(submitted)).first()
    assert (entry.event, entry.changes["reason"]) == ("extend_correction", "大雪のため")
    assert "大雪のため" in mails_about(submitted, "に延ばしました")[0].body
    submission.resubmit(submitted, actor=approver, at=DUE + timedelta(days=1))
    assert submitted.state == "submitted"


def test_a_due_instant_never_moves_earlier_and_only_officers_move_it(submitted, officer, at):
    returned(submitted, officer, at)
    with pytest.raises(ValueError):
        checking.extend_correction(submitted, due_at=DUE, reason="同じ", actor=officer, at=at)
    approver = holder("municipality_approver", submitted.organisation)
    with pytest.raises(NotAllowed):
        checking.extend_correction(
            submitted, due_at=DUE + timedelta(1), reason="自分で", actor=approver, at=at
        )
    assert submitted.correction_due_at == DUE


def test_once_the_call_is_decided_nothing_is_checked_or_resubmitted_any_more(submitted, officer, at):
    back = factories.application("returned", call=submitted.call)
    submitted.call.state = "decided"
    for act in (
        lambda: checking.accept(submitted, actor=officer, at=at),
        lambda: returned(submitted, officer, at),
        lambda: submission.resubmit(back, actor=holder("municipality_approver", back.organisation), at=at),
        lambda: checking.extend_correction(
            back, due_at=DUE + timedelta(days=9), reason="大雪のため", actor=officer, at=at
        ),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert (submitted.state, back.state) == ("submitted", "returned")


def test_a_body_whose_seat_nobody_holds_leaves_a_parked_mail_for_the_staff(app, officer, at):
    application = factories.application("submitted")
    for tenure in (
        holder("municipality_approver", application.organisation),
        holder("municipality_editor", application.organisation),
    ):
        tenure.ended_on = at.date() - timedelta(days=1)
    checking.accept(application, actor=officer, at=at)
    db.session.commit()
    (mail,) = mails_about(application, "受理しました")
    assert (mail.to_address, mail.state) == ("", "parked")
