"""Submission: in time or not at all, frozen with its hash, numbered without gaps, told by mail."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.applications import submission
from app.applications.content import fingerprint
from app.applications.models import Application, Submission
from app.applications.sections import Incomplete
from app.applications.submission import ChangedSinceSeen, TooLate
from app.calendar import JST
from app.correspondence.models import Mail
from app.db import db
from app.history import HistoryEntry, first_broken_entry
from app.lifecycle import NotAllowed
from app.organisations.models import Tenure
from app.seals import seal_of
from tests import factories
from tests.factories.applications import PDF, holder
from tests.parallel import in_parallel
from tests.reading import events

CLOSES = datetime(2023, 3, 17, 12, 0, tzinfo=JST)


def mails_about(application, word: str = "") -> list[Mail]:
    query = select(Mail).where(Mail.about_kind == "application", Mail.about_id == application.id)
    return [mail for mail in db.session.scalars(query.order_by(Mail.id)) if word in mail.subject]


def approver_of(application):
    return holder("municipality_approver", application.organisation)


def test_a_submission_is_frozen_word_for_word_with_its_hash(app, at):
    partner = factories.organisation("滝川市", "012254")
    application = factories.application(joint=[partner], call=factories.call(code="R5"))
    approver = approver_of(application)
    handed_in = submission.submit(application, actor=approver, at=at)
    db.session.commit()
    content = handed_in.content
    assert (content["number"], handed_in.said.title, content["submitted_by"]) == (
        "R5-0001",
        "雪道の見守りドローン",
        approver.name,
    )
    assert (content["received_at"], content["schema"]) == (at.isoformat(), 2)
    assert handed_in.said.joint_applicants == [{"code": "012254", "name": "北海道滝川市"}]
    assert [text for _question, text in handed_in.said.answers] == [
        "地域の課題についての回答",
        "実装の計画についての回答",
    ]
    assert handed_in.said.attachments[0]["sha256"] == hashlib.sha256(PDF).hexdigest()
    plain = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    assert handed_in.sha256 == hashlib.sha256(plain).hexdigest()
    assert handed_in.is_intact
    assert (application.state, application.submitted_at) == ("submitted", at)
    entry = db.session.scalars(HistoryEntry.of(application)).first()
    assert (entry.event, entry.actor_name) == ("submit", approver.name)
    assert entry.changes == {
        "state": ["draft", "submitted"],
        "number": "R5-0001",
        "sha256": handed_in.sha256,
        "seal": seal_of(handed_in),
        "received_at": at.isoformat(),
    }


def test_what_is_more_than_was_named_stays_so_in_what_was_handed_in(app, at, sign_in_as):
    """「等」: the technologies that are named are not all."""
    application = factories.application()
    editor = holder("municipality_editor", application.organisation)
    named = {"technologies": ["AI", "ドローン"], "etc": True, "other": "気球"}
    factories.save_technologies(application, **named, version=1, actor=editor, at=at)
    handed_in = submission.submit(application, actor=approver_of(application), at=at)
    db.session.commit()
    said = {one.key: one.value for section in handed_in.said.sections for one in section.answers}
    assert said["technologies"] == {"names": ["AI", "ドローン"], "etc": True, "other": "気球"}
    officer, _ = sign_in_as("officer")
    assert "AI、ドローン、気球 等" in officer.get(f"/applications/{application.id}").get_data(as_text=True)


def test_the_joint_applicants_of_that_moment_are_on_record_as_submitted(app, at):
    partners = [factories.organisation("滝川市"), factories.organisation("砂川市")]
    application = factories.application(joint=partners)
    assert [joint.submitted for joint in application.joint_applicants] == [False, False]
    submission.submit(application, actor=approver_of(application), at=at)
    assert [joint.submitted for joint in application.joint_applicants] == [True, True]
    assert application.submitted_title == application.title


def test_the_database_itself_refuses_to_change_or_delete_a_submission(app):
    handed_in = factories.application("submitted").submissions[0]
    db.session.commit()
    for verb in ("UPDATE submissions SET submitted_by = 'x'", "DELETE FROM submissions"):
        with pytest.raises(DBAPIError, match="append-only"):
            db.session.execute(text(verb))
        db.session.rollback()
    assert db.session.get(Submission, handed_in.id).is_intact


def test_the_receipt_names_number_second_and_hashes(app, at):
    application = factories.application(call=factories.call(code="R5"))
    approver = approver_of(application)
    instant = at.replace(minute=7, second=9)
    handed_in = submission.submit(application, actor=approver, at=instant)
    db.session.commit()
    (mail,) = mails_about(application, "受け付けました")
    assert mail.to_address == approver.seat.mailbox
    for told in (
        "R5-0001",
        "令和5年2月15日（水）10時7分9秒",
        "計画.pdf",
        hashlib.sha256(PDF).hexdigest(),
        handed_in.sha256,
        f"/applications/{application.id}/receipt",
    ):
        assert told in mail.body


def test_a_submission_one_second_before_the_closing_instant_counts_and_at_the_instant_it_is_refused(app):
    call = factories.call(closes_at=CLOSES)
    late, in_time = factories.application(call=call), factories.application(call=call)
    with pytest.raises(TooLate) as refused:
        submission.submit(late, actor=approver_of(late), at=CLOSES)
    assert refused.value.due_at == CLOSES
    submission.submit(in_time, actor=approver_of(in_time), at=CLOSES - timedelta(seconds=1))
    db.session.commit()
    assert (late.state, late.number, late.submissions) == ("draft", None, [])
    assert "submit" not in events(late)
    assert mails_about(late) == []
    assert (in_time.state, in_time.number) == ("submitted", f"{call.code}-0001")


def test_an_extended_deadline_takes_what_would_have_been_late(app):
    call = factories.call(closes_at=CLOSES)
    application = factories.application(call=call)
    call.closes_at = CLOSES + timedelta(days=7)
    submission.submit(application, actor=approver_of(application), at=CLOSES)
    assert application.state == "submitted"


def test_what_is_incomplete_is_neither_handed_over_nor_submitted(app, at):
    application = factories.application(complete=False)
    editor = holder("municipality_editor", application.organisation)
    with pytest.raises(Incomplete) as refused:
        submission.submit(application, actor=approver_of(application), at=at)
    assert {"basics", "technologies", "joint-applicants"} < {p.section for p in refused.value.problems}
    with pytest.raises(Incomplete):
        submission.hand_over(application, actor=editor, at=at)
    assert (application.state, application.number) == ("draft", None)


def test_only_the_approver_of_the_lead_submits(app, at):
    partner = factories.organisation()
    application = factories.application("in_approval", joint=[partner])
    for role, body in (
        ("municipality_editor", application.organisation),
        ("municipality_approver", partner),
        ("officer", None),
        ("director", None),
    ):
        with pytest.raises(NotAllowed):
            submission.submit(application, actor=factories.tenure(role, body), at=at)
    assert (application.state, application.number) == ("in_approval", None)


def test_a_second_submission_is_refused_and_leaves_the_first_untouched(app, at):
    application = factories.application("submitted")
    approver = approver_of(application)
    with pytest.raises(NotAllowed):
        submission.submit(application, actor=approver, at=at + timedelta(minutes=1))
    db.session.commit()
    assert len(application.submissions) == 1
    assert application.submitted_at == at
    assert len(mails_about(application, "受け付けました")) == 1


def test_what_changed_after_the_approver_opened_the_page_is_not_submitted(app, at):
    application = factories.application()
    approver = approver_of(application)
    seen = fingerprint(application)
    question = factories.own_questions(application.call)[0]
    factories.save_answer(application, question, text="差し替え", version=1, actor=approver, at=at)
    with pytest.raises(ChangedSinceSeen):
        submission.submit(application, seen=seen, actor=approver, at=at)
    assert application.state == "draft"
    submission.submit(application, seen=fingerprint(application), actor=approver, at=at)
    assert application.state == "submitted"


def test_numbers_run_per_call(app, at):
    first, second = factories.call(code="R5"), factories.call(code="R5-S")
    made = [factories.application("submitted", call=call) for call in (first, second, first)]
    assert [application.number for application in made] == ["R5-0001", "R5-S-0001", "R5-0002"]


def test_bodies_that_submit_in_the_same_moment_get_different_numbers_without_a_gap(app, at):
    call = factories.call(code="R5")
    drafts = [factories.application(call=call) for _ in range(4)]
    ids = [(draft.id, approver_of(draft).id) for draft in drafts]
    in_parallel(app, *[lambda pair=pair: _submit(*pair, at) for pair in ids])
    numbers = sorted(db.session.scalars(select(Application.number)))
    assert numbers == ["R5-0001", "R5-0002", "R5-0003", "R5-0004"]
    assert first_broken_entry() is None


def test_of_two_submissions_of_the_same_application_at_once_one_is_refused(app, at):
    draft = factories.application()
    pair = (draft.id, approver_of(draft).id)
    answers = in_parallel(app, *[lambda: _submit(*pair, at)] * 2)
    assert sorted(answers) == ["refused", "submitted"]
    assert len(db.session.scalars(select(Submission)).all()) == 1
    assert len(mails_about(draft, "受け付けました")) == 1


def test_handing_over_tells_every_approver_and_closes_the_draft(app, at):
    application = factories.application()
    first = approver_of(application)
    second = factories.tenure("municipality_approver", application.organisation)
    editor = holder("municipality_editor", application.organisation)
    submission.hand_over(application, actor=editor, at=at)
    db.session.commit()
    asked = mails_about(application, "【要決裁】")
    assert {mail.to_address for mail in asked} == {first.seat.mailbox, second.seat.mailbox}
    assert editor.name in asked[0].body and f"/applications/{application.id}/submission" in asked[0].body
    assert application.state == "in_approval" and not application.is_editable
    assert events(application)[0] == "hand_over"


def test_what_was_handed_over_can_be_taken_back_and_edited_again(app, at):
    application = factories.application("in_approval")
    editor = holder("municipality_editor", application.organisation)
    submission.take_back(application, actor=editor, at=at)
    factories.save_basics(application, title="直した題", summary="概要", version=1, actor=editor, at=at)
    db.session.commit()
    assert (application.state, application.title) == ("draft", "直した題")
    assert events(application)[:3] == ["section_saved", "take_back", "hand_over"]


def test_nothing_is_handed_over_from_the_closing_instant_on(app):
    application = factories.application(call=factories.call(closes_at=CLOSES))
    editor = holder("municipality_editor", application.organisation)
    with pytest.raises(TooLate):
        submission.hand_over(application, actor=editor, at=CLOSES)
    assert application.state == "draft"


def test_after_the_closing_instant_nobody_is_sent_to_complete_the_draft(app):
    application = factories.application(call=factories.call(closes_at=CLOSES))
    application.title = ""
    with pytest.raises(TooLate):
        submission.hand_over(
            application, actor=holder("municipality_editor", application.organisation), at=CLOSES
        )
    assert application.state == "draft" and "hand_over" not in events(application)


@pytest.mark.parametrize(
    "state", ["draft", "in_approval", "submitted", "returned", "accepted", "under_review", "provisional"]
)
def test_an_approver_withdraws_with_a_reason_at_any_time_before_the_announcement(app, at, state):
    application = factories.application(state)
    officer = holder("officer")
    submission.withdraw(application, reason="計画の見直し", actor=approver_of(application), at=at)
    db.session.commit()
    assert (application.state, application.withdrawal_reason) == ("withdrawn", "計画の見直し")
    entry = db.session.scalars(HistoryEntry.of(application)).first()
    assert (entry.event, entry.changes["reason"]) == ("withdraw", "計画の見直し")
    told = {mail.to_address for mail in mails_about(application, "取")}
    assert told == (
        set()
        if state in ("draft", "in_approval")
        else {approver_of(application).seat.mailbox, officer.seat.mailbox}
    )


@pytest.mark.parametrize("state", ["selected", "not_selected", "withdrawn"])
def test_nothing_is_withdrawn_after_the_announcement(app, at, state):
    application = factories.application(state)
    with pytest.raises(NotAllowed):
        submission.withdraw(application, reason="遅い", actor=approver_of(application), at=at)


def test_an_editor_cannot_withdraw_and_nobody_without_a_reason(app, at):
    application = factories.application("submitted")
    editor = holder("municipality_editor", application.organisation)
    with pytest.raises(NotAllowed):
        submission.withdraw(application, reason="理由", actor=editor, at=at)
    with pytest.raises(ValueError):
        submission.withdraw(application, reason=" ", actor=approver_of(application), at=at)
    assert application.state == "submitted"


def _submit(application_id: int, tenure_id: int, at: datetime) -> str:
    application = db.session.get_one(Application, application_id)
    try:
        submission.submit(application, actor=db.session.get_one(Tenure, tenure_id), at=at)
        db.session.commit()
    except NotAllowed:
        db.session.rollback()
        return "refused"
    return "submitted"


def test_the_last_millisecond_before_the_closing_instant_counts_wherever_the_server_stands(app):
    made = factories.application("in_approval")
    approver = holder("municipality_approver", made.organisation)
    with pytest.raises(TooLate):
        submission.submit(made, actor=approver, at=CLOSES.astimezone(UTC))
    last = (CLOSES - timedelta(milliseconds=1)).astimezone(UTC)
    submission.submit(made, actor=approver, at=last)
    db.session.commit()
    db.session.expire_all()
    assert (made.state, made.submitted_at) == ("submitted", last)


def test_what_somebody_else_saved_while_the_approver_clicked_is_not_handed_in_unread(app, at):
    """Another process wrote it after this one had read the draft: its rows are held and read anew first."""
    application = factories.application()
    approver = approver_of(application)
    db.session.commit()
    seen = fingerprint(application)
    db.session.execute(
        text("UPDATE response_answers SET value = :it WHERE question = 'summary'"), {"it": '"別の概要"'}
    )
    with pytest.raises(submission.ChangedSinceSeen):
        submission.submit(application, seen=seen, actor=approver, at=at)
