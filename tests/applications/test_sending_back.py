"""The approver sends a draft or a correction back with a reason; once mended, both people's tasks say so."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.applications import attachments, drafting, submission
from app.applications.models import Application
from app.applications.sections import Incomplete
from app.applications.submission import TooLate
from app.applications.tasks import tasks
from app.correspondence.models import Mail
from app.db import db
from app.history import HistoryEntry
from app.lifecycle import NotAllowed
from tests import factories
from tests.factories.applications import holder
from tests.reading import events, text_of

REASON = "費用の根拠を書いてください。"


def latest(application) -> HistoryEntry:
    return db.session.scalars(HistoryEntry.of(application)).first()


def people_of(application):
    body = application.organisation
    return holder("municipality_editor", body), holder("municipality_approver", body)


@pytest.fixture
def task_of(app, at):
    def of(actor):
        with app.test_request_context():
            (task,) = tasks(actor, at)
            return task

    return of


@pytest.fixture
def handed_over(app):
    return factories.application("in_approval")


@pytest.fixture
def mended(app, at):
    """Returned by the office, corrected, and reported so by the editor."""
    application = factories.application("returned", defects={"whole": "全体に見直す。"})
    submission.report_mended(application, actor=people_of(application)[0], at=at)
    return application


def test_the_approver_sends_a_draft_back_and_the_editor_is_told_why(handed_over, at):
    editor, approver = people_of(handed_over)
    submission.send_back(handed_over, reason=REASON, actor=approver, at=at)
    db.session.commit()
    assert handed_over.state == "draft" and handed_over.is_editable
    assert (latest(handed_over).event, latest(handed_over).changes["reason"]) == ("send_back", REASON)
    assert latest(handed_over).audience == "applicant"
    (mail,) = db.session.scalars(select(Mail).where(Mail.subject.contains("申請が差し戻されました")))
    assert mail.to_address == editor.seat.mailbox
    assert (
        REASON in mail.body and approver.name in mail.body and f"/applications/{handed_over.id}" in mail.body
    )


def test_nobody_sends_back_without_a_reason_nor_who_is_no_approver_nor_what_lies_with_the_editor(
    handed_over, at
):
    editor, approver = people_of(handed_over)
    with pytest.raises(ValueError):
        submission.send_back(handed_over, reason=" ", actor=approver, at=at)
    with pytest.raises(NotAllowed):
        submission.send_back(handed_over, reason=REASON, actor=editor, at=at)
    draft, returned = factories.application(), factories.application("returned")
    for application in (draft, returned):
        with pytest.raises(NotAllowed):
            submission.send_back(application, reason=REASON, actor=people_of(application)[1], at=at)
    assert (handed_over.state, handed_over.sent_back_at) == ("in_approval", None)


def test_taking_back_is_the_editors_own_act(handed_over, at):
    editor, approver = people_of(handed_over)
    with pytest.raises(NotAllowed):
        submission.take_back(handed_over, actor=approver, at=at)
    submission.take_back(handed_over, actor=editor, at=at)
    assert handed_over.state == "draft" and not handed_over.is_sent_back


def test_what_was_sent_back_is_the_editors_task_with_its_reason_until_it_is_handed_over_again(
    handed_over, at, task_of
):
    editor, approver = people_of(handed_over)
    submission.send_back(handed_over, reason=REASON, actor=approver, at=at)
    assert "決裁者から差し戻されました" in task_of(editor).title and REASON in task_of(editor).title
    assert "差し戻した" in task_of(approver).title
    submission.hand_over(handed_over, actor=editor, at=at)
    assert "決裁者の決裁を待っている" in task_of(editor).title
    assert "差し戻した" in task_of(approver).title and "修正" in task_of(approver).title
    assert task_of(approver).url == f"/applications/{handed_over.id}/submission"
    submission.submit(handed_over, actor=approver, at=at)
    assert handed_over.sent_back_at is None


def test_what_the_editor_takes_back_is_no_longer_called_sent_back(handed_over, at, task_of):
    editor, approver = people_of(handed_over)
    submission.send_back(handed_over, reason=REASON, actor=approver, at=at)
    submission.hand_over(handed_over, actor=editor, at=at)
    submission.take_back(handed_over, actor=editor, at=at)
    assert REASON not in task_of(editor).title


def test_a_mended_correction_waits_for_the_approver_and_both_tasks_say_so(mended, task_of):
    editor, approver = people_of(mended)
    correction = mended.open_correction
    assert (correction.mended_by, correction.mended_at is not None) == (editor.name, True)
    assert "補正が済みました" in task_of(approver).title
    assert task_of(approver).url == f"/applications/{mended.id}/resubmission"
    assert "決裁者" in task_of(editor).title and "待って" in task_of(editor).title
    assert task_of(approver).due == task_of(editor).due == mended.correction_due_at


def test_a_mended_correction_can_be_sent_back_too(mended, at, task_of):
    editor, approver = people_of(mended)
    submission.send_back(mended, reason=REASON, actor=approver, at=at)
    db.session.commit()
    assert mended.state == "returned" and mended.open_correction.mended_at is None
    assert (latest(mended).event, latest(mended).changes["reason"]) == ("correction_sent_back", REASON)
    assert REASON in task_of(editor).title and task_of(editor).due == mended.correction_due_at
    submission.report_mended(mended, actor=editor, at=at)
    assert "補正が済みました" in task_of(approver).title
    submission.resubmit(mended, actor=approver, at=at)
    assert mended.sent_back_at is None


def test_nobody_is_told_to_resubmit_what_is_late(mended):
    editor, _ = people_of(mended)
    with pytest.raises(TooLate):
        submission.report_mended(mended, actor=editor, at=mended.correction_due_at)


def test_what_is_not_returned_cannot_be_reported_as_mended_whatever_is_missing_in_it(app, at):
    for application in (factories.application(complete=False), factories.application("submitted")):
        before = events(application)
        with pytest.raises(NotAllowed):
            submission.report_mended(application, actor=people_of(application)[0], at=at)
        assert events(application) == before and application.corrections == []


def test_what_misses_something_again_cannot_be_reported_as_mended(app, at):
    application = factories.application("returned")
    editor, _ = people_of(application)
    factories.save_basics(application, title="", summary="概要", version=1, actor=editor, at=at)
    with pytest.raises(Incomplete):
        submission.report_mended(application, actor=editor, at=at)
    assert application.open_correction.mended_at is None and events(application)[0] == "section_saved"


def test_a_new_return_of_the_office_is_not_mended_yet(mended, at):
    from app.applications import checking

    editor, approver = people_of(mended)
    submission.resubmit(mended, actor=approver, at=at)
    checking.return_for_correction(
        mended,
        defects={"basics": "もう一度"},
        due_at=at + timedelta(days=3),
        actor=holder("officer"),
        at=at,
    )
    assert mended.open_correction.mended_at is None and mended.corrections[0].mended_by == editor.name


def test_the_page_of_sending_back_asks_for_the_reason_and_keeps_it(handed_over, sign_in_as):
    _, approver = people_of(handed_over)
    client, _ = sign_in_as(tenure=approver)
    address = f"/applications/{handed_over.id}/sending-back"
    assert address in text_of(client.get(f"/applications/{handed_over.id}/submission"))
    assert address in text_of(client.get(f"/applications/{handed_over.id}"))
    refused = client.post(address, data={"reason": "  "})
    assert refused.status_code == 422 and text_of(refused).split("<title>")[1].startswith("エラー：")
    long = client.post(address, data={"reason": REASON * 100})
    assert long.status_code == 422 and REASON * 100 in text_of(long)
    assert (
        client.post(address, data={"reason": REASON}).headers["Location"] == f"/applications/{handed_over.id}"
    )
    assert db.session.get(Application, handed_over.id).state == "draft"


def test_the_editor_can_read_what_waits_for_the_approver(handed_over, sign_in_as):
    editor, _ = sign_in_as(tenure=people_of(handed_over)[0])
    check = f"/applications/{handed_over.id}/check"
    assert f'href="{check}"' in text_of(editor.get(f"/applications/{handed_over.id}"))
    shown = text_of(editor.get(check))
    assert handed_over.title in shown and "決裁に回付する" not in shown and "変更<" not in shown


def test_the_reason_stands_on_top_of_the_task_list_until_it_is_handed_over_again(handed_over, sign_in_as, at):
    editor, approver = people_of(handed_over)
    submission.send_back(handed_over, reason=REASON, actor=approver, at=at)
    client, _ = sign_in_as(tenure=editor)
    shown = text_of(client.get(f"/applications/{handed_over.id}"))
    assert shown.index(REASON) < shown.index("地域の課題") and approver.name in shown
    client.post(f"/applications/{handed_over.id}/approval-request")
    notice = text_of(client.get(f"/applications/{handed_over.id}")).split("case__timeline")[0]
    assert REASON not in notice


def test_the_approver_is_told_on_the_page_who_corrected_and_what_was_changed_since(mended, sign_in_as, at):
    editor, approver = people_of(mended)
    client, _ = sign_in_as(tenure=approver)
    shown = text_of(client.get(f"/applications/{mended.id}/resubmission"))
    assert f"{editor.name}" in shown and f"/applications/{mended.id}/sending-back" in shown
    assert "その後、変更されています" not in shown
    factories.save_basics(
        mended, title="更に直した題", summary="概要", version=1, actor=approver, at=at + timedelta(minutes=1)
    )
    assert mended.is_with_approver, "what the approver mends is theirs to resubmit"
    assert "その後、変更されています" in text_of(client.get(f"/applications/{mended.id}/resubmission"))


def test_of_two_approvers_who_send_back_the_second_is_told_that_it_has_moved_on(handed_over, sign_in_as):
    client, _ = sign_in_as(tenure=people_of(handed_over)[1])
    address = f"/applications/{handed_over.id}/sending-back"
    client.post(address, data={"reason": REASON})
    again = client.post(address, data={"reason": "もう一度"})
    assert again.status_code == 409 and "もう一度" in text_of(again)


def test_an_editor_who_goes_on_changing_takes_the_report_back_and_both_tasks_say_so(mended, at, task_of):
    editor, approver = people_of(mended)
    later = at + timedelta(minutes=1)
    factories.save_basics(mended, title="直した題", summary="概要", version=1, actor=editor, at=later)
    correction = mended.open_correction
    assert (correction.mended_at, correction.mended_by) == (None, "") and not mended.is_with_approver
    assert "補正し、再提出する" in task_of(editor).title and "済みました" not in task_of(approver).title
    with pytest.raises(NotAllowed):
        submission.send_back(mended, reason=REASON, actor=approver, at=later)
    submission.report_mended(mended, actor=editor, at=later)
    assert "補正が済みました" in task_of(approver).title


@pytest.mark.parametrize("section", ["joint-applicants", "attachments"])
def test_every_kind_of_save_takes_the_report_back(mended, at, section):
    editor, _ = people_of(mended)
    if section == "attachments":
        attachments.remove_attachment(mended, mended.attachments[0].id, actor=editor, at=at)
    else:
        drafting.add_joint_applicant(mended, factories.organisation(), actor=editor, at=at)
    assert mended.open_correction.mended_at is None


def test_saving_what_stands_there_already_changes_nothing_and_keeps_the_report(mended, at):
    editor, _ = people_of(mended)
    same = {"title": mended.title, "summary": mended.summary}
    factories.save_basics(mended, **same, version=1, actor=editor, at=at)
    assert mended.is_with_approver


def test_a_report_taken_back_is_no_longer_called_sent_back(mended, at, task_of):
    editor, approver = people_of(mended)
    submission.send_back(mended, reason=REASON, actor=approver, at=at)
    submission.report_mended(mended, actor=editor, at=at)
    factories.save_basics(mended, title="直した題", summary="概要", version=1, actor=editor, at=at)
    assert REASON not in task_of(editor).title and not mended.is_sent_back


def test_who_reported_is_warned_on_every_page_where_a_change_would_take_the_report_back(mended, sign_in_as):
    warned = "この後に変更した場合は、補正が済んだことを改めて決裁者に知らせてください"
    editor, approver = (sign_in_as(tenure=one)[0] for one in people_of(mended))
    question = factories.own_questions(mended.call)[0]
    for section in (
        "",
        "/basics",
        "/technologies",
        f"/answers/{question.id}",
        "/joint-applicants",
        "/attachments",
    ):
        address = f"/applications/{mended.id}{section}"
        assert warned in text_of(editor.get(address)), section
        assert warned not in text_of(approver.get(address)), section


def test_the_reason_stands_above_each_section_until_it_is_handed_over_again(handed_over, sign_in_as, at):
    editor, approver = people_of(handed_over)
    submission.send_back(handed_over, reason=REASON, actor=approver, at=at)
    client, _ = sign_in_as(tenure=editor)
    for section in ("basics", "technologies", "joint-applicants", "attachments", "check"):
        assert REASON in text_of(client.get(f"/applications/{handed_over.id}/{section}")), section


def test_a_correction_that_lapsed_waits_for_nobodys_decision(mended, app):
    late = mended.correction_due_at
    with app.test_request_context():
        for actor in people_of(mended):
            (task,) = tasks(actor, late)
            assert "決裁" not in task.title and task.url == f"/applications/{mended.id}"
