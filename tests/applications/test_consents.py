"""Joint applicants consent to what the lead hands in, each for itself, and to that text alone."""

from __future__ import annotations

import io
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from app.applications import checking, consents, drafting, reminders, submission
from app.applications.consents import NotFiled, ReadAnew, Unconsented
from app.applications.prints import application_pdf
from app.applications.sections import Incomplete
from app.calendar import JST
from app.correspondence.models import Mail
from app.db import db
from app.lifecycle import NotAllowed
from app.lifecycle.joint_applicant import OUTDATED
from app.permissions import APPROVER, EDITOR, OFFICER
from app.programmes.rules import CONSENT, NO_CONSENT
from app.schedule.reminders import DueReminder, send_due
from app.schedule.rules import RULES
from tests import factories
from tests.correspondence.pdf_standards import faults
from tests.factories.applications import PDF, holder
from tests.reading import events, page_at, pdf_text, text_of, words_of

CLOSES = datetime(2023, 3, 17, 12, 0, tzinfo=JST)
REMINDING = {"joint_consent": (reminders.consent_subjects, reminders.remind_of_consent)}


@pytest.fixture
def partner(app):
    """A body whose approver can consent."""
    body = factories.organisation()
    holder(APPROVER, body)
    return body


@pytest.fixture
def draft(partner):
    call = factories.call(code="R5", closes_at=CLOSES, joint_consent=CONSENT)
    application = factories.application(call=call, joint=[partner])
    holder(APPROVER, application.organisation)
    return application


def who(role, body):
    return {"actor": holder(role, body)}


def ask(application, at):
    return consents.ask(application, actor=holder(EDITOR, application.organisation), at=at)


def agree(application, at, place=0):
    joint = application.joint_applicants[place]
    consents.consent(joint, seen=None, actor=holder(APPROVER, joint.organisation), at=at)
    return joint


def submit(application, at):
    return submission.submit(application, actor=holder(APPROVER, application.organisation), at=at)


def change(application, at, title="別の題名"):
    editor = holder(EDITOR, application.organisation)
    version = application.version_of("basics")
    factories.save_basics(application, title=title, summary="概要", version=version, actor=editor, at=at)


def standings(application):
    return [it.standing for it in consents.consents_of(application)]


def mails(body):
    found = db.session.scalars(select(Mail).order_by(Mail.id))
    return [mail.subject for mail in found if mail.to_address == holder(APPROVER, body).seat.mailbox]


def test_nothing_is_submitted_until_every_joint_applicant_has_consented(draft, partner, at):
    with pytest.raises(Unconsented) as refused:
        submit(draft, at)
    assert refused.value.bodies == [partner.full_name]
    assert ask(draft, at) == [partner.full_name]
    with pytest.raises(Unconsented):
        submit(draft, at)
    agree(draft, at)
    handed_in = submit(draft, at)
    [consented] = handed_in.said.consents
    assert (consented["name"], consented["how"], consented["at"]) == (partner.full_name, "approver", at)
    assert consented["by"] == holder(APPROVER, partner).name


def test_a_call_that_asks_for_none_goes_on_without(partner, at):
    call = factories.call(joint_consent=NO_CONSENT)
    application = factories.application(call=call, joint=[partner])
    assert consents.consents_of(application) == []
    assert submit(application, at).said.consents == []
    assert "consents" not in application.last_submission.content


def test_a_consent_is_about_the_text_of_then(draft, partner, at):
    ask(draft, at)
    agree(draft, at)
    assert standings(draft) == ["consented"]
    change(draft, at)
    assert standings(draft) == [OUTDATED]
    with pytest.raises(Unconsented):
        submit(draft, at)
    later = at + timedelta(hours=1)
    assert ask(draft, later) == [partner.full_name]
    assert standings(draft) == ["asked"]
    agree(draft, later)
    submit(draft, later)


def test_who_has_consented_to_the_text_is_not_asked_again(draft, at):
    ask(draft, at)
    agree(draft, at)
    assert ask(draft, at) == []
    assert standings(draft) == ["consented"]


def test_nobody_is_asked_while_something_is_missing(draft, at):
    editor = holder(EDITOR, draft.organisation)
    drafting.add_joint_applicant(draft, factories.organisation(), actor=editor, at=at)
    with pytest.raises(Incomplete):  # that the list is complete is not said yet
        ask(draft, at)


def test_it_is_consented_to_what_was_read(draft, at):
    ask(draft, at)
    joint = draft.joint_applicants[0]
    seen = consents.text_of(draft)
    change(draft, at)
    with pytest.raises(ReadAnew):
        consents.consent(joint, seen=seen, actor=holder(APPROVER, joint.organisation), at=at)
    assert joint.state == "asked"
    consents.consent(joint, seen=consents.text_of(draft), actor=holder(APPROVER, joint.organisation), at=at)
    assert standings(draft) == ["consented"]


def test_who_does_not_consent_says_why_and_may_do_so_later(draft, partner, at):
    ask(draft, at)
    joint = draft.joint_applicants[0]
    approver = holder(APPROVER, partner)
    with pytest.raises(ValueError):
        consents.decline(joint, reason="　", actor=approver, at=at)
    consents.decline(joint, reason="分担金の額が違う", actor=approver, at=at)
    assert (joint.state, joint.remark) == ("declined", "分担金の額が違う")
    with pytest.raises(Unconsented):
        submit(draft, at)
    told = [subject for subject in mails(draft.organisation) if "同意しませんでした" in subject]
    assert len(told) == 1
    agree(draft, at)
    assert (joint.remark, standings(draft)) == ("", ["consented"])


def test_a_consent_can_be_taken_back_until_it_is_submitted(draft, partner, at):
    ask(draft, at)
    joint = agree(draft, at)
    consents.decline(joint, reason="議会の議決が必要", actor=holder(APPROVER, partner), at=at)
    with pytest.raises(Unconsented):
        submit(draft, at)
    agree(draft, at)
    submit(draft, at)
    with pytest.raises(NotAllowed):
        consents.decline(joint, reason="やはり", actor=holder(APPROVER, partner), at=at)


def test_only_an_approver_of_that_body_consents(draft, partner, at):
    ask(draft, at)
    joint = draft.joint_applicants[0]
    for other in (
        holder(EDITOR, partner),
        holder(APPROVER, draft.organisation),
        holder(APPROVER, factories.organisation()),
        holder(OFFICER),
    ):
        with pytest.raises(NotAllowed):
            consents.consent(joint, seen=None, actor=other, at=at)
    assert joint.state == "asked"


def test_only_the_lead_asks(draft, partner, at):
    joint = draft.joint_applicants[0]
    for other in (holder(APPROVER, partner), holder(EDITOR, factories.organisation()), holder(OFFICER)):
        with pytest.raises(NotAllowed):
            consents.ask(draft, actor=other, at=at)
    assert joint.state == "unasked"


def test_after_the_closing_instant_nobody_is_asked_and_nobody_consents(draft, partner, at, move_clock):
    ask(draft, at)
    move_clock(CLOSES)
    with pytest.raises(NotAllowed):
        agree(draft, CLOSES)
    drafted = draft.joint_applicants[0]
    assert drafted.state == "asked"


def test_mails_go_to_the_approver_of_the_body_and_back_to_the_lead(draft, partner, at):
    ask(draft, at)
    agree(draft, at)
    submit(draft, at)
    assert [subject.split("】")[0] for subject in mails(partner)] == ["【要決裁", "【手続不要"]
    assert "共同申請が提出されました" in mails(partner)[1]
    assert any("同意しました" in subject for subject in mails(draft.organisation))
    queued = db.session.scalars(select(Mail)).all()
    assert {mail.audience for mail in queued if "同意" in mail.subject} == {"applicant"}


def test_a_body_that_is_taken_off_is_told_and_sees_nothing_any_more(draft, partner, at, sign_in_as):
    ask(draft, at)
    page = f"/joint-applicants/{draft.joint_applicants[0].id}"
    client, _ = sign_in_as(tenure=holder(APPROVER, partner))
    assert draft.title in page_at(client, page)
    editor = holder(EDITOR, draft.organisation)
    drafting.remove_joint_applicant(draft, partner.id, actor=editor, at=at)
    db.session.commit()
    assert client.get(page).status_code == 404
    assert any("外れました" in subject for subject in mails(partner))


def test_a_body_that_was_not_asked_sees_nothing(draft, partner, sign_in_as):
    client, _ = sign_in_as(tenure=holder(APPROVER, partner))
    assert client.get(f"/joint-applicants/{draft.joint_applicants[0].id}").status_code == 404
    assert draft.title not in page_at(client, "/applications")


def test_the_written_consent_of_a_body_without_an_approver_is_an_attachment(app, at):
    call = factories.call(joint_consent=CONSENT)
    body = factories.organisation()
    application = factories.application(call=call, joint=[body])
    editor = holder(EDITOR, application.organisation)
    assert ask(application, at) == []
    joint = application.joint_applicants[0]
    how = {"max_bytes": 2**20, "actor": editor, "at": at}
    consents.file_consent(joint, "同意書.pdf", PDF + b"1", **how)
    assert standings(application) == ["filed"]
    assert "同意書.pdf" in [file.filename for file in application.attachments]
    consents.file_consent(joint, "同意書（差替え）.pdf", PDF + b"2", **how)
    assert "同意書.pdf" not in [file.filename for file in application.attachments]
    [frozen] = submit(application, at).said.consents
    assert (frozen["how"], frozen["filename"], frozen["by"]) == (
        "document",
        "同意書（差替え）.pdf",
        editor.name,
    )


def test_no_document_is_filed_while_it_lies_with_the_approver(app, at):
    application = factories.application(
        "in_approval", call=factories.call(joint_consent=CONSENT), joint=[factories.organisation()]
    )
    how = {"max_bytes": 2**20, "actor": holder(EDITOR, application.organisation), "at": at}
    with pytest.raises(NotAllowed):
        consents.file_consent(application.joint_applicants[0], "同意書.pdf", PDF, **how)
    assert application.joint_applicants[0].state == "unasked"


def test_a_document_that_is_taken_off_is_no_consent_any_more(app, at):
    from app.applications import attachments

    application = factories.application(
        call=factories.call(joint_consent=CONSENT), joint=[factories.organisation()]
    )
    editor = holder(EDITOR, application.organisation)
    consents.file_consent(
        application.joint_applicants[0], "同意書.pdf", PDF + b"1", max_bytes=2**20, actor=editor, at=at
    )
    file = next(it for it in application.attachments if it.filename == "同意書.pdf")
    attachments.remove_attachment(application, file.id, actor=editor, at=at)
    assert standings(application) == ["unasked"]
    with pytest.raises(Unconsented):
        submit(application, at)


def test_a_body_with_an_approver_consents_here_and_not_by_a_document(draft, at):
    how = {"max_bytes": 2**20, "actor": holder(EDITOR, draft.organisation), "at": at}
    with pytest.raises(NotFiled):
        consents.file_consent(draft.joint_applicants[0], "同意書.pdf", PDF, **how)
    assert "同意書.pdf" not in [file.filename for file in draft.attachments]


def test_a_document_of_one_body_does_not_undo_the_consent_of_another(partner, at):
    unseated = factories.organisation()
    application = factories.application(call=factories.call(joint_consent=CONSENT), joint=[partner, unseated])
    ask(application, at)
    agree(application, at)
    editor = holder(EDITOR, application.organisation)
    consents.file_consent(
        application.joint_applicants[1], "同意書.pdf", PDF + b"1", max_bytes=2**20, actor=editor, at=at
    )
    assert standings(application) == ["consented", "filed"]
    submit(application, at)


def test_what_is_mended_is_consented_to_anew(draft, partner, at):
    ask(draft, at)
    agree(draft, at)
    submit(draft, at)
    checking.return_for_correction(
        draft,
        defects={"summary": "実施地域を加えてください。"},
        due_at=at + timedelta(days=7),
        actor=holder(OFFICER),
        at=at,
    )
    version = draft.version_of("basics")
    drafting.save(
        draft,
        "basics",
        {"summary": "市内全域で行う。"},
        version=version,
        **who(EDITOR, draft.organisation),
        at=at,
    )
    approver = holder(APPROVER, draft.organisation)
    with pytest.raises(Unconsented):
        submission.resubmit(draft, actor=approver, at=at)
    ask(draft, at)
    agree(draft, at)
    again = submission.resubmit(draft, actor=approver, at=at)
    assert again.said.consents[0]["sha256"] != draft.submissions[0].said.consents[0]["sha256"]


def test_who_has_not_answered_is_reminded_and_who_has_is_not(draft, partner, at):
    ask(draft, at)
    db.session.commit()
    days_before = CLOSES - timedelta(days=2)  # a Wednesday
    assert send_due(REMINDING, at=days_before)["joint_consent"] == 1
    assert sum("お待ちしています" in subject for subject in mails(partner)) == 1
    agree(draft, days_before)
    db.session.commit()
    assert send_due(REMINDING, at=CLOSES - timedelta(days=1)).get("joint_consent", 0) == 0


def test_nobody_is_reminded_of_what_was_withdrawn_or_has_another_time_since(draft, partner, at):
    ask(draft, at)
    db.session.commit()
    two_days = CLOSES - timedelta(days=2)
    [found] = reminders.consent_subjects(two_days)
    due = DueReminder(RULES["joint_consent"], found, -2)
    draft.call.closes_at = CLOSES + timedelta(days=7)
    db.session.commit()
    reminders.remind_of_consent(due, two_days)
    draft.call.closes_at = CLOSES
    who_withdraws = holder(APPROVER, draft.organisation)
    submission.withdraw(draft, reason="計画の見直し", actor=who_withdraws, at=two_days)
    db.session.commit()
    reminders.remind_of_consent(due, two_days)
    assert not any("お待ちしています" in subject for subject in mails(partner))


def test_the_page_asks_no_query_for_each_joint_applicant(draft, partner, at, sign_in_as, count_queries):
    def asked_of(application, body):
        ask(application, at)
        db.session.commit()
        client, _ = sign_in_as(tenure=holder(APPROVER, body))
        joint = next(it for it in application.joint_applicants if it.organisation is body)
        address = f"/joint-applicants/{joint.id}"
        client.get(address)
        db.session.expunge_all()  # else it finds the bodies of the test
        return count_queries(lambda: client.get(address))

    bodies = [partner, *(factories.organisation() for _ in range(4))]
    many = factories.application(call=draft.call, joint=bodies)
    assert asked_of(many, partner) == asked_of(db.session.merge(draft), db.session.merge(partner))


def test_the_lead_reads_in_its_history_who_consented(draft, partner, at):
    ask(draft, at)
    joint = agree(draft, at)
    assert events(draft)[:2] == ["joint_consented", "joint_consents_asked"]
    assert events(joint) == ["consent", "consent_asked"]


def test_the_printed_application_names_the_consents(draft, partner, at):
    ask(draft, at)
    agree(draft, at)
    pdf = application_pdf(submit(draft, at))
    text = pdf_text(pdf).replace("\n", "")
    assert "共同申請団体の同意" in text and partner.full_name in text
    assert faults(pdf) == []


# In the browser's eyes


def test_from_asking_to_the_receipt(draft, partner, sign_in_as):
    lead, _ = sign_in_as(tenure=holder(EDITOR, draft.organisation))
    page = words_of(lead.get(f"/applications/{draft.id}/check"))
    assert f"同意を依頼する：{partner.full_name}" in page
    assert lead.post(f"/applications/{draft.id}/consents").status_code == 302
    assert "同意待ち" in words_of(lead.get(f"/applications/{draft.id}"))

    approver, _ = sign_in_as(tenure=holder(APPROVER, partner))
    joint = draft.joint_applicants[0]
    home = words_of(approver.get("/"))
    assert f"{draft.organisation.full_name}が代表する申請に同意する" in home
    assert draft.title in words_of(approver.get("/applications"))
    page = words_of(approver.get(f"/joint-applicants/{joint.id}"))
    assert draft.summary in page
    file = draft.attachments[0]
    assert approver.get(f"/joint-applicants/{joint.id}/files/{file.sha256}").data == PDF
    seen = consents.text_of(draft)
    stale = approver.post(f"/joint-applicants/{joint.id}/consent", data={"seen": "0" * 64})
    assert stale.status_code == 409 and "もう一度確認" in text_of(stale)
    assert approver.post(f"/joint-applicants/{joint.id}/consent", data={"seen": seen}).status_code == 302
    assert "が代表する申請に同意する" not in words_of(approver.get("/"))

    submitter, _ = sign_in_as(tenure=holder(APPROVER, draft.organisation))
    assert submitter.post(f"/applications/{draft.id}/submission").status_code == 302
    officer, _ = sign_in_as("officer")
    assert "共同申請団体の同意" in words_of(officer.get(f"/applications/{draft.id}"))
    assert draft.number in words_of(approver.get(f"/joint-applicants/{joint.id}"))


def test_the_approver_of_the_lead_is_told_who_is_missing(draft, partner, sign_in_as):
    client, _ = sign_in_as(tenure=holder(APPROVER, draft.organisation))
    answer = client.post(f"/applications/{draft.id}/submission")
    assert answer.status_code == 422
    assert f"次の共同申請団体が、現在の内容に同意していません：{partner.full_name}" in words_of(answer)


def test_a_document_is_filed_on_its_page(sign_in_as):
    body = factories.organisation()
    draft = factories.application(call=factories.call(joint_consent=CONSENT), joint=[body])
    client, _ = sign_in_as(tenure=holder(EDITOR, draft.organisation))
    joint = draft.joint_applicants[0]
    address = f"/joint-applicants/{joint.id}/document"
    assert address in words_of(client.get(f"/applications/{draft.id}/check"))
    bad = client.post(address, data={"file": (io.BytesIO(b"<html>"), "同意書.pdf")})
    assert bad.status_code == 422
    good = client.post(address, data={"file": (io.BytesIO(PDF + b"1"), "同意書.pdf")})
    assert good.status_code == 302
    page = words_of(client.get(f"/applications/{draft.id}/check"))
    assert "同意書あり" in page and "同意書を差し替える" in page and "同意書を登録する" not in page


def test_a_refusal_needs_a_reason_and_keeps_what_was_typed(draft, partner, at, sign_in_as):
    ask(draft, at)
    db.session.commit()
    client, _ = sign_in_as(tenure=holder(APPROVER, partner))
    joint = draft.joint_applicants[0]
    empty = client.post(f"/joint-applicants/{joint.id}/refusal", data={"reason": " "})
    assert empty.status_code == 422
    long = client.post(f"/joint-applicants/{joint.id}/refusal", data={"reason": "あ" * 1001})
    assert long.status_code == 422 and "あ" * 1001 in text_of(long)
    assert client.post(f"/joint-applicants/{joint.id}/refusal", data={"reason": "未定"}).status_code == 302
    assert joint.state == "declined"
