"""Every mail, as composed, with short and with long names: read here as its reader would.

`BANSO_PRINT_MAILS=1 pytest -n 0 -s tests/conventions/test_mails.py` prints them all.
"""

from __future__ import annotations

import os
import re
from datetime import date, datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from app import halting
from app.accompaniment import mails as obstacle_mails
from app.accounts import mails as account_mails
from app.applications import (
    checking,
    consent_mails,
    consents,
    delegations,
    drafting,
    exceptions,
    mails,
    new_versions,
    submission,
)
from app.calendar import JST, day_of
from app.continuation import deciding, handing_in
from app.continuation import mails as going_on_mails
from app.correspondence import copies, halts, letters, outbox
from app.correspondence.models import Mail
from app.correspondence.wrapping import COLUMNS, NO_START, width
from app.councils import mails as council_mails
from app.councils import operations as councils
from app.db import db
from app.evaluation import evaluations, meetings
from app.evaluation import mails as evaluation_mails
from app.evaluation.form import RESPONSE, TO_RESULTS
from app.organisations import operations
from app.permissions import SYSTEM
from app.programmes.rules import CONSENT
from app.projects import mails as project_mails
from app.proof import daily, rereading
from app.questions import publishing
from app.questions.editing import mark_of
from app.reports import checking as returning
from app.reports import mails as report_mails
from app.reports import submission as reports
from app.rotation import mails as rotation_mails
from app.rotation import operations as rotation
from app.safekeeping.models import CHANGED, MISSING, StoredFile
from app.storage import path_of
from app.surveys import mails as survey_mails
from app.web.arrival import LONGEST_WAIT
from config import ROOT
from tests import factories
from tests.factories.applications import holder

TEMPLATES = {path.stem for path in (ROOT / "templates" / "mail").glob("[a-z]*.txt")}
ASKS = "手続不要|要対応|要決裁|要登録|御確認|御依頼|再度の御依頼"
LATIN = re.compile(r"[A-Za-z]{3,}")
NOT_OURS = re.compile(
    r"https?://\S+|\S+@\S+|[0-9a-f]{64}|SHA-256|PDF|\.pdf|\bAI\b"
    # A command and its answer, as they are typed and read, and the head of the history.
    r"|flask history verify --head|BROKEN|\d+:[0-9a-f]{32}:[0-9a-f]{24}"
)
OLD_WORDS = (
    "さんから",
    "締切",
    "事務局で",
    "添付ファイル",
    "発表",
    "事業番号",
    "あなた",
    "ご確認",
    "まだ作られて",
)
SHORT = SimpleNamespace(
    body="岩見沢市", other="更別村", title="雪道の見守り", reason="大雪のため", defect="実施地域を加える。", person="",
)  # fmt: skip
LONG = SimpleNamespace(
    body="かすみがうらみなみあいづまち見本広域連合",
    other="南アルプス市",
    title="雪道の見守りドローンと人工知能（ＡＩ）による、高齢者の冬期の移動支援及び除雪の効率化並びに観光の振興に関する事業" * 3,
    reason="大雪により、庁舎に登庁できる職員が限られているため。\n詳しくは、https://www.example.jp/bousai/2023/03/heavy-snow-and-closed-roads/index.html を御覧ください。",
    defect="概要に、実施する地域の名称（町名まで）を加えてください。なお、「市全域」とする場合は、その理由を併せてお書きください。\n\n二つ目の段落です。",
    person="見本　太郎左衛門",
)  # fmt: skip


@pytest.fixture(params=[SHORT, LONG], ids=["short", "long"])
def composed(request, app, at, made_once) -> list[tuple[str, Mail]]:
    """Every mail there is, with the template it was made from."""
    with pytest.MonkeyPatch.context() as patch:
        return made_once(
            f"mails about {request.param.body}", lambda: _composed(app, at, request.param, patch)
        )


def _composed(app, at, words, monkeypatch) -> list[tuple[str, Mail]]:
    app.config["BASE_URL"] = "https://banso.example.jp"
    made: dict[tuple[str, str], str] = {}
    compose = outbox.compose

    def noted(template: str, **values):
        subject, body = compose(template, **values)
        made[subject, body] = template
        return subject, body

    monkeypatch.setattr(outbox, "compose", noted)
    body = factories.organisation(words.body, "012106")
    other = factories.organisation(words.other, "016390")
    (
        holder("administrator"),
        holder("municipality_editor", body),
        holder("municipality_approver", body),
        holder("officer"),
    )
    _of_applications(body, other, words, at)
    _of_joint_applicants(body, other, words, at)
    _of_files(body, words, at)
    _of_projects(body, other, words, at)
    _of_evaluations(body, other, words, at)
    _of_going_on_and_changing(body, words, at)
    _of_people(at)
    _of_halts(words, at)
    db.session.flush()
    copies.send(on=date(2023, 2, 15), at=at)
    db.session.commit()
    factories.tenure("director"), daily.mail_head(on=date(2023, 2, 15), at=at)
    found = [(made[it.subject, it.body], it) for it in db.session.scalars(select(Mail).order_by(Mail.id))]
    if os.environ.get("BANSO_PRINT_MAILS"):
        for template, mail in found:
            print(f"\n{'=' * 72}\n[{template}] To: {mail.to_address}\nSubject: {mail.subject}\n\n{mail.body}")
    return found


def _of_going_on_and_changing(body, words, at) -> None:
    editor, approver = holder("municipality_editor", body), holder("municipality_approver", body)
    officer, due_on = holder("officer"), day_of(at) + timedelta(days=7)
    made = factories.continuation(project=factories.extendable_project(body, title=words.title), at=at)
    for drafted in (False, True):
        going_on_mails.remind(
            made.project, drafted=drafted, due_on=due_on, occasion=f"going-on:{drafted}", at=at
        )
    handing_in.hand_over(made, actor=editor, at=at)
    handing_in.send_back(made, reason=words.reason, actor=approver, at=at)
    handing_in.submit(made, actor=approver, at=at)
    deciding.return_for_correction(made, defects=words.defect, due_on=due_on, actor=officer, at=at)
    handing_in.submit(made, actor=approver, at=at)
    handing_in.withdraw(made, reason=words.reason, actor=approver, at=at)
    for state in ("approved", "refused"):
        project = factories.project([body], title=words.title)
        asked = {"content": [words.reason, words.defect], "title": [words.title, words.title[:90]]}
        factories.change_request(project=project, state=state, asked=asked, words=words.reason, at=at)


def _of_halts(words, at) -> None:
    facts = {"clock": at.isoformat(), "last_known": (at - timedelta(days=40)).isoformat()}
    for reason in halting.REASONS:
        told = {"remark": words.reason} if reason == halting.BY_HAND else facts
        halts.tell_staff(halting.halt(reason, at=at, facts=told), at=at)


def _of_files(body, words, at) -> None:
    draft = factories.application(
        title=words.title,
        organisation=body,
        call=factories.call(title="令和5年度 未来技術社会実装事業の募集"),
    )
    mails.malware_found(draft, draft.answered.files[0], finding="見本の検出名", at=at)
    faults = [
        StoredFile(key=path_of(mark * 64, ".pdf"), fault=fault)
        for mark, fault in (("a", MISSING), ("b", CHANGED))
    ]
    for some in (faults, faults[:1], faults[1:]):
        rereading.tell_staff(some, at=at + timedelta(minutes=len(some) + ord(some[0].key[0])))


def _of_applications(body, other, words, at) -> None:
    call = factories.call(title="令和5年度 未来技術社会実装事業の募集", code="R5")
    editor, approver = holder("municipality_editor", body), holder("municipality_approver", body)
    officer = holder("officer")
    new = {"call": call, "organisation": body, "title": words.title}

    mails.deadline_reminder(factories.application(**new), occasion="draft", at=at)
    factories.message(factories.application(**new), words.reason)
    for of_office in (False, True):
        factories.message(factories.application("submitted", **new), words.reason, of_office=of_office)
    let_in_to = factories.application(**new)
    factories.person(email="known@example.jp", password_hash="x")
    for address in ("known@example.jp", "new@example.jp"):
        who = {"email": address, "name": words.person, "purpose": words.reason, "at": at}
        let_in = factories.delegation(let_in_to, **who)
    delegations.choose_day(let_in, until=date(2023, 3, 31), actor=approver, at=at)
    waiting = factories.application("in_approval", **new)
    mails.deadline_reminder(waiting, occasion="waiting", at=at)

    submission.send_back(waiting, reason=words.reason, actor=approver, at=at)

    back = factories.application("accepted", joint=[other], **new)
    defects = {"basics": words.defect, "whole": words.defect}
    due = at + timedelta(days=7)
    checking.return_for_correction(back, defects=defects, due_at=due, actor=officer, at=at)
    submission.report_mended(back, actor=editor, at=at)
    submission.send_back(back, reason=words.reason, actor=approver, at=at)
    submission.report_mended(back, actor=editor, at=at + timedelta(minutes=1))
    mails.correction_unopened(back, back.open_correction, occasion="unopened", at=at)
    for waits in (False, True):
        mails.correction_reminder(back, waits=waits, occasion=f"reminder:{waits}", at=at)
    later = due + timedelta(days=2, minutes=30)
    checking.extend_correction(back, due_at=later, reason=words.reason, actor=officer, at=at)
    checking.lapse_overdue(at=later + LONGEST_WAIT)
    mails.announced_without(back, at=later)
    for state, applicant in (("granted", body), ("refused", other)):
        factories.grace(call, applicant, state=state, reason=words.reason, at=at)
    check = factories.seat_check(body)
    for reminder in ("", "again"):
        rotation_mails.asked(check, on=day_of(at), at=at, reminder=reminder)
    rotation.report(check, report=words.reason, actor=editor, at=at)
    asked = factories.survey_answer(factories.project([body, other]), "reopened")
    survey_mails.reminded(asked, occasion="again", at=at)
    exceptions.grant(call, body, rule="rule_upgrade", reason=words.reason, actor=officer, at=at)
    gone = factories.application("submitted", **new)
    submission.withdraw(gone, reason=words.reason, actor=approver, at=at)
    decided = factories.application("returned", **new)
    decided.call.state = "decided"
    checking.lapse_overdue(at=due + LONGEST_WAIT)
    decided.call.state = "published"
    call.form.newest.answered_at = call.form.newest.answered_at or at
    form = call.form.newest.form
    asked = [{"label": label, "max_chars": 1000} for label in ("地域の課題", words.title[:100])]
    assert publishing.edit(call.form, factories.application_form(asked), at=at).form != form
    new_versions.publish_form(call, seen=mark_of(call.form.newest.form), actor=officer, at=at)
    again = factories.application("returned", **new)
    factories.save_basics(again, title=words.title, summary="概要", version=1, actor=editor, at=at)
    submission.resubmit(again, actor=approver, at=at)


def _of_joint_applicants(body, other, words, at) -> None:
    call = factories.call(title="令和5年度 未来技術社会実装事業の募集", code="R5J", joint_consent=CONSENT)
    new = {"lead": body, "body": other, "call": call, "title": words.title}
    draft = factories.joint_applicant("consented", **new).application
    submission.submit(draft, actor=holder("municipality_approver", body), at=at)
    asked = factories.joint_applicant(**new)
    consent_mails.reminder(asked, occasion="reminder", at=at)
    approver = holder("municipality_approver", other)
    consents.decline(asked, reason=words.reason, actor=approver, at=at)
    gone = factories.joint_applicant(**new).application
    submission.withdraw(gone, reason=words.reason, actor=holder("municipality_approver", body), at=at)
    left = factories.joint_applicant(**new).application
    drafting.remove_joint_applicant(left, other.id, actor=holder("municipality_editor", body), at=at)


def _of_evaluations(body, other, words, at) -> None:
    officer = holder("officer")
    project = factories.project([body, other], title=words.title)
    programme = project.programme
    meeting = factories.evaluation_meeting(state="held", programme=programme, name=words.title[:100], at=at)
    evaluation = factories.evaluation(project, state="asked", meeting=meeting, at=at)
    for late in (0, 30):
        when = at + timedelta(days=late)
        evaluation_mails.reminded(evaluation, occasion=f"reminder:{late}", at=when)
    evaluations.take_back(evaluation, reason=words.reason, actor=officer, at=at)
    due_on = day_of(at) + timedelta(days=21)
    evaluations.put(evaluation, due_on=due_on, actor=officer, at=at + timedelta(minutes=1))
    answer = {TO_RESULTS: words.reason}
    editor, approver = holder("municipality_editor", body), holder("municipality_approver", body)
    evaluations.save_response(evaluation, RESPONSE, answer, version=0, actor=editor, at=at)
    evaluations.respond(evaluation, actor=approver, at=at)
    again = {"reason": words.reason, "due_on": due_on, "actor": officer, "at": at + timedelta(minutes=2)}
    evaluations.ask_once_more(evaluation, **again)
    evaluations.respond(evaluation, actor=approver, at=at + timedelta(minutes=3))
    meetings.publish(meeting, actor=officer, at=at)


def _of_projects(body, other, words, at) -> None:
    listed = factories.project(
        [body, other], call=factories.call(selection_fy=2018), number=27, title=None,
        technologies_raw="自動運転、ロボット、ドローン、ＡＩ、ＩｏＴ、クラウド、ビッグデータ、５Ｇ、キャッシュレス等",
    )  # fmt: skip
    opened = factories.project([body], application=factories.application("selected", organisation=body))
    for project in (listed, opened):
        opened_on = date(2022, 11, 1)
        project_mails.support_will_end(project, occasion=f"end:{project.id}", days=44, on=at.date(), at=at)
        obstacle = factories.obstacle(project, title=words.title[:100], acts_name=words.person)
        obstacle_mails.overdue(obstacle, occasion=f"overdue:{project.id}", at=at)
        council_mails.not_met(project, None, occasion=f"met:{project.id}", announced_on=opened_on, at=at)
    _of_reports(body, other, words, at)
    waiting = [(2022, date(2023, 3, 31), 12), (2021, date(2022, 3, 31), 1)]
    project_mails.support_end_escalation(factories.programme(), waiting, on=date(2023, 3, 28), at=at)
    project_mails.extension_unrecorded(factories.programme(), waiting, on=date(2023, 3, 28), at=at)
    extendable = factories.project(
        [body, other], call=factories.call(selection_fy=2020, base_years=3, extension_years=2), title=None
    )
    for days, on in ((90, date(2022, 12, 28)), (30, date(2023, 3, 1))):
        project_mails.support_will_end(extendable, occasion=f"extendable:{days}", days=days, on=on, at=at)
    council = factories.council(listed, name=f"{words.body}地域実装協議会")
    membership = councils.ask(
        council, organisation_name="見本総合通信局", post="情報通信課長", person_name=words.person, role="構成員",
        mailbox="member@example.jp", reply_by=date(2023, 3, 1), actor=holder("officer"), at=at,
    )  # fmt: skip
    for days in (-1, 0, 3):
        when = datetime(2023, 3, 1, 9, tzinfo=JST) - timedelta(days=days)
        council_mails.reminded(
            membership, occasion=f"reminder:{days}", link=councils.new_link(membership), at=when
        )
    link = councils.new_link(membership)
    councils.answer_by_link(link, membership, True, words.reason, at=at)
    letter = factories.letter(organisation=body, state="approved")
    letters.issue(letter, on=date(2023, 3, 31), at=at)


def _of_reports(body, other, words, at) -> None:
    editor, approver = holder("municipality_editor", body), holder("municipality_approver", body)
    officer = holder("officer")
    for call in (
        factories.call(selection_fy=2022, base_years=5),
        factories.call(selection_fy=2020, base_years=3),
    ):
        project = factories.project([body, other], call=call, title=words.title[:200])
        report = factories.report("with_approver", project=project, at=at)
        report_mails.reminder(report, occasion="waits", at=at)
        reports.send_back(report, reason=words.reason, actor=approver, at=at)
        report_mails.reminder(report, occasion="drafts", at=at)
        late = datetime(2023, 4, 3, 9, tzinfo=JST)
        report_mails.reminder(report, occasion="late", at=late)
        reports.submit(report, actor=approver, at=at)
        due = at + timedelta(days=7)
        defects = {"results": words.defect, "whole": words.defect}
        returning.return_for_correction(report, defects=defects, due_at=due, actor=officer, at=at)
        reports.hand_over(report, actor=editor, at=at + timedelta(hours=2))
        returning.give_more_time(
            report, due_at=due + timedelta(days=1), reason=words.reason, actor=officer, at=at
        )
        report_mails.reminder(report, occasion="late again", at=late)
        reports.submit(report, actor=approver, at=at + timedelta(hours=3))
        returning.accept(report, actor=officer, at=at)


def _of_people(at) -> None:
    for role in ("municipality_editor", "officer"):
        tenure = factories.tenure(role)
        facts = {
            "body": tenure.organisation_name,
            "seat": tenure.seat_name,
            "mailbox": tenure.seat.mailbox,
            "on": date(2023, 4, 1),
        }
        until, person = at + timedelta(days=14), tenure.person
        for template in ("password_invited", "password_reset"):
            account_mails.mail_link(template, person, link_of(person, until, at), until=until, at=at)
        one_time = link_of(person, until, at)
        account_mails.mail_link("seat_handed_over_with_link", person, one_time, until=until, at=at, **facts)
        link = outbox.absolute_url("organisations.sign_in")
        account_mails.mail_person(
            "seat_handed_over", person, occasion=role, at=at, values={"link": link, **facts}
        )
        account_mails.mail_changed(person, at)
    _of_watched_seats(at)


def _of_watched_seats(at) -> None:
    administrator = holder("administrator")
    seat = operations.add_seat(
        administrator.organisation, "director", section="未来技術実装担当", post="参事官", mailbox="a@example.jp",
        actor=administrator, at=at,
    )  # fmt: skip
    first, second = factories.person(password_hash="x"), factories.person()
    act = {"actor": administrator, "at": at}
    operations.take_seat(seat, first, on=at.date(), **act)
    operations.revise_seat(seat, section="新しい担当", post="参事官", mailbox="b@example.jp", **act)
    operations.password_link(first, expires_at=at + timedelta(days=1), **act)
    operations.set_password(first, "correct horse battery", at=at)
    tenure = operations.hand_over(seat, second, on=date(2023, 4, 1), **act)
    operations.leave_seat(tenure, on=date(2023, 4, 30), **act)
    operations.close_seat(seat, on=date(2023, 4, 10), **act)


def link_of(person, until, at):
    return operations.password_link(person, expires_at=until, at=at)


def test_every_template_is_read_here(composed):
    assert {template for template, _mail in composed} == TEMPLATES


def test_a_subject_says_first_what_is_asked_and_is_one_line_that_can_be_scanned(composed):
    for template, mail in composed:
        assert re.match(f"【({ASKS})】", mail.subject), template
        assert mail.subject.count("【") == 1, template
        assert "未来技術社会実装事業" not in mail.subject.replace("未来技術社会実装事業に係る", ""), template


def test_no_line_is_wider_than_36_full_width_characters_or_begins_with_a_full_stop(composed):
    for template, mail in composed:
        for line in mail.body.splitlines():
            assert width(line.rstrip()) <= COLUMNS or "http" in line, f"{template}: {line}"
            begins = line.strip(" 　")[:1]
            assert begins in ("", "・") or begins not in NO_START, f"{template}: {line}"


def test_a_body_ends_with_the_signature_and_has_no_gap(composed):
    for template, mail in composed:
        assert "――――" in mail.body and "自動で送信しています" in re.sub(r"\n[ 　]*", "", mail.body), template
        assert "\n\n\n" not in mail.body, template
        assert not re.search(r"[ 　]\n(?=\n)", mail.body), template


def test_words_are_official_japanese(composed):
    for template, mail in composed:
        said = re.sub(r"\n[ 　]*", "", mail.subject + mail.body.replace(SYSTEM.name, ""))
        assert not [word for word in OLD_WORDS if word in said], template
        assert not LATIN.search(NOT_OURS.sub("", said)), (
            f"{template}: {LATIN.findall(NOT_OURS.sub('', said))}"
        )
        assert not re.search(r"\d{1,2}:\d{2}", NOT_OURS.sub("", said)), template


def test_what_somebody_wrote_is_there_to_the_last_character(composed, request):
    words = LONG if "long" in request.node.name else SHORT
    for template, word in (
        ("application_correction_requested", words.defect),
        ("application_correction_extended", words.reason),
        ("application_sent_back", words.reason),
        ("application_withdrawn", words.reason),
        ("council_answer_received", words.reason),
        ("application_accepted", words.title),
    ):
        wanted = re.sub(r"[\s＞]", "", word)
        said = [re.sub(r"[\s＞]", "", mail.body) for made_from, mail in composed if made_from == template]
        assert any(wanted in body for body in said), template
