"""Forming a council, asking its members, their answers: outcome, history and mail."""

from __future__ import annotations

import re
import threading
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from app import calendar
from app.calendar import JST
from app.correspondence.models import Mail
from app.councils import invitation, operations
from app.councils.models import Council, Membership
from app.db import db
from app.history import HistoryEntry
from app.lifecycle import NotAllowed
from app.organisations import links
from app.organisations.links import LinkGone
from app.organisations.operations import Refused
from app.permissions import MEMBER, SeatlessActor
from tests import factories
from tests.correspondence.common import as_received
from tests.reading import events

REPLY_BY = date(2023, 3, 1)


@pytest.fixture
def project(app):
    return factories.project([factories.organisation("岩見沢市")])


@pytest.fixture
def approver(project):
    return factories.tenure("municipality_approver", project.lead)


@pytest.fixture
def council(project, approver, at) -> Council:
    return operations.form(project, name="岩見沢市地域実装協議会", actor=approver, at=at)


@pytest.fixture
def membership(council, approver, at) -> Membership:
    return asked(council, approver, at)


def asked(council, actor, at, **values) -> Membership:
    return operations.ask(
        council,
        **{
            "organisation_name": "北海道運輸局",
            "post": "交通企画課長",
            "person_name": "",
            "role": "構成員",
            "mailbox": "kotsu@example.jp",
            "reply_by": REPLY_BY,
            **values,
        },
        actor=actor,
        at=at,
    )


def mails(to: str) -> list[Mail]:
    return list(db.session.scalars(select(Mail).where(Mail.to_address == to).order_by(Mail.id)))


def token_in(mail: Mail) -> str:
    (token,) = re.findall(r"/c/([\w-]+)", as_received(mail))
    return token


def member(membership: Membership) -> SeatlessActor:
    return SeatlessActor(name=membership.named, role=MEMBER, membership_id=membership.id)


def test_a_project_gets_one_council_and_the_history_says_who_began_it(council, project, approver, at):
    assert (council.state, council.project, council.term_ends_on) == ("forming", project, date(2027, 3, 31))
    assert events(council) == ["council_formed"]
    with pytest.raises(Refused, match="already"):
        operations.form(project, name="もう一つ", actor=approver, at=at)


@pytest.mark.parametrize("state", ["ended", "cancelled"])
def test_no_council_is_formed_for_a_project_that_is_over(app, at, state):
    over = factories.project(state=state)
    with pytest.raises(NotAllowed):
        operations.form(over, name="協議会", actor=factories.tenure("officer"), at=at)


def test_a_member_is_asked_by_mail_with_a_link_that_names_council_role_and_term(membership, at):
    (mail,) = mails("kotsu@example.jp")
    assert mail.subject == "【御依頼】3月1日までに御就任の諾否をお答えください（岩見沢市地域実装協議会）"
    for words in (
        "北海道運輸局",
        "交通企画課長",
        "構成員",
        "令和9年3月31日まで",
        "岩見沢市 企画課",
        "令和5年3月1日（水）",
    ):
        assert words in mail.body
    link = links.find("membership", token_in(mail), at=at)
    assert link.subject_id == membership.id
    assert link.expires_at == datetime(2023, 3, 16, 0, 0, tzinfo=JST)
    assert events(membership) == ["asked"]


def test_the_mailbox_is_mended_and_the_same_one_is_not_asked_twice_in_one_council(
    council, membership, approver, at
):
    with pytest.raises(Refused, match=r"kotsu@example\.jp has been asked for this council already"):
        asked(council, approver, at, mailbox="ＫＯＴＳＵ＠example.jp ")
    assert len(mails("kotsu@example.jp")) == 1
    elsewhere = factories.council()
    with pytest.raises(NotAllowed, match="not permitted"):
        asked(elsewhere, approver, at)  # not of their body
    assert asked(elsewhere, factories.tenure("officer"), at).mailbox == "kotsu@example.jp"


@pytest.mark.parametrize("mailbox", ["kotsu", "kotsu@", "kotsu@example", "a@b.jp, c@d.jp", ""])
def test_a_mailbox_that_is_none_is_refused(council, approver, at, mailbox):
    with pytest.raises(Refused, match="not an e-mail address"):
        asked(council, approver, at, mailbox=mailbox)


def test_a_day_to_reply_that_has_passed_and_an_unknown_role_are_refused(council, approver, at):
    with pytest.raises(Refused, match="passed"):
        asked(council, approver, at, reply_by=date(2023, 2, 14))
    with pytest.raises(Refused, match="no role"):
        asked(council, approver, at, role="議長")
    assert asked(council, approver, at, reply_by=at.date()).reply_by == at.date()


@pytest.mark.parametrize(
    ("agree", "state", "event", "word"),
    [(True, "agreed", "agree", "承諾"), (False, "declined", "decline", "辞退")],
)
def test_a_member_answers_by_link_and_both_sides_are_told(
    membership, approver, at, agree, state, event, word
):
    link = links.find("membership", token_in(mails("kotsu@example.jp")[0]), at=at)
    operations.answer_by_link(link, membership, agree, "よろしくお願いします。", at=at)
    assert (membership.state, membership.answered_at, membership.answer_note) == (
        state,
        at,
        "よろしくお願いします。",
    )
    db.session.commit()
    entry = db.session.scalars(HistoryEntry.of(membership)).first()
    assert (entry.event, entry.actor_role, entry.actor_name) == (
        event,
        "council_member",
        "北海道運輸局 交通企画課長",
    )
    _request, confirmation = mails("kotsu@example.jp")
    assert word in confirmation.body and "よろしくお願いします。" in confirmation.body
    (to_secretariat,) = mails(approver.seat.mailbox)
    assert word in to_secretariat.subject and "北海道運輸局" in to_secretariat.body


def test_a_secretariat_without_a_mailbox_gets_a_parked_mail_for_staff_to_see(app, at):
    council = factories.council()
    membership = asked(council, factories.tenure("officer"), at)
    operations.answer(membership, True, "", actor=member(membership), at=at)
    (parked,) = mails("")
    assert (parked.state, parked.organisation_id) == ("parked", council.project.lead.id)


def test_a_link_answers_once(membership, at):
    token = token_in(mails("kotsu@example.jp")[0])
    link = links.find("membership", token, at=at)
    operations.answer_by_link(link, membership, True, "", at=at)
    with pytest.raises(LinkGone):
        operations.answer_by_link(link, membership, False, "", at=at)
    with pytest.raises(LinkGone):
        links.find("membership", token, at=at)
    assert membership.state == "agreed"


def test_of_two_links_to_one_member_only_the_first_answer_counts(membership, at):
    second = operations.new_link(membership)
    first = links.find("membership", token_in(mails("kotsu@example.jp")[0]), at=at)
    operations.answer_by_link(first, membership, True, "", at=at)
    with pytest.raises(LinkGone):
        operations.answer_by_link(second, membership, False, "", at=at)
    assert membership.state == "agreed"


def test_of_two_answers_at_the_same_moment_one_is_recorded_and_the_other_told(app, membership, at):
    tokens = [token_in(mails("kotsu@example.jp")[0]), links.token_of(operations.new_link(membership))]
    member_id = membership.id
    db.session.commit()
    together = threading.Barrier(2)
    told: list[str] = []

    def send(token: str, agree: bool) -> None:
        with app.app_context():
            calendar.pin(at)
            link, found = invitation.opened(token, at=at)
            db.session.rollback()  # the page was opened; the form is sent by another request
            together.wait(timeout=20)
            try:
                link, found = invitation.opened(token, at=at)
                operations.answer_by_link(link, found, agree, "", at=at)
                db.session.commit()
                told.append(found.state)
            except LinkGone:
                db.session.rollback()
                told.append("gone")
            db.session.remove()

    threads = [threading.Thread(target=send, args=pair) for pair in zip(tokens, (True, False), strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    kept = db.session.get_one(Membership, member_id)
    assert sorted(told) == sorted([kept.state, "gone"])
    answers = [event for event in events(kept) if event in ("agree", "decline")]
    assert len(answers) == 1


def test_nobody_but_the_member_answers(membership, approver, at):
    with pytest.raises(NotAllowed):
        operations.answer(membership, True, "", actor=approver, at=at)
    other = SeatlessActor(name="だれか", role=MEMBER, membership_id=membership.id + 1)
    with pytest.raises(NotAllowed):
        operations.answer(membership, True, "", actor=other, at=at)


def test_asking_again_sends_a_new_link_and_kills_the_old_one(membership, approver, at):
    old = token_in(mails("kotsu@example.jp")[0])
    later = at + timedelta(days=30)
    operations.ask_again(
        membership, mailbox="kikaku@example.jp", reply_by=date(2023, 4, 1), actor=approver, at=later
    )
    with pytest.raises(LinkGone):
        links.find("membership", old, at=at)
    (mail,) = mails("kikaku@example.jp")
    assert "以前にお送りしたメールのリンクは、使えなくなりました" in mail.body
    assert links.find("membership", token_in(mail), at=later).subject_id == membership.id
    assert (membership.asked_at, membership.times_asked) == (later, 2)
    assert events(membership) == ["ask_again", "asked"]


def test_a_member_who_declined_may_be_asked_again_but_not_one_who_agreed(council, membership, approver, at):
    operations.answer(membership, False, "多忙のため", actor=member(membership), at=at)
    later = at + timedelta(days=5)
    operations.ask_again(membership, mailbox="kotsu@example.jp", reply_by=REPLY_BY, actor=approver, at=later)
    assert (membership.state, membership.answered_at, membership.answer_note) == ("asked", None, "")
    db.session.commit()
    entry = db.session.scalars(HistoryEntry.of(membership)).first()
    assert entry.changes["answer_note"] == ["多忙のため", ""]
    operations.answer(membership, True, "", actor=member(membership), at=at)
    with pytest.raises(NotAllowed):
        operations.ask_again(membership, mailbox="kotsu@example.jp", reply_by=REPLY_BY, actor=approver, at=at)


def test_asking_again_refuses_a_day_that_has_passed_and_the_old_link_stays_good(membership, approver, at):
    token = token_in(mails("kotsu@example.jp")[0])
    for past in (date(2023, 2, 14), date(2022, 12, 31)):
        with pytest.raises(Refused, match="passed"):
            operations.ask_again(membership, mailbox="kotsu@example.jp", reply_by=past, actor=approver, at=at)
    assert (membership.reply_by, membership.times_asked) == (REPLY_BY, 1)
    assert links.find("membership", token, at=at).subject_id == membership.id
    later = at + timedelta(days=5)
    operations.ask_again(
        membership, mailbox="kotsu@example.jp", reply_by=later.date(), actor=approver, at=later
    )
    assert membership.reply_by == later.date()


def test_asking_again_refuses_another_members_mailbox(council, membership, approver, at):
    other = asked(council, approver, at, mailbox="other@example.jp")
    with pytest.raises(Refused, match="already"):
        operations.ask_again(other, mailbox="kotsu@example.jp", reply_by=REPLY_BY, actor=approver, at=at)


def test_a_council_is_set_up_once_somebody_has_agreed(council, membership, approver, at):
    with pytest.raises(NotAllowed, match="at least one"):
        operations.activate(council, actor=approver, at=at)
    operations.answer(membership, True, "", actor=member(membership), at=at)
    operations.activate(council, actor=approver, at=at)
    assert council.state == "active"
    assert events(council) == ["activate", "council_formed"]
    with pytest.raises(NotAllowed):
        operations.activate(council, actor=approver, at=at)


def test_a_meeting_is_recorded_once_it_has_been_held(council, approver, at):
    operations.record_meeting(
        council, held_on=date(2023, 2, 10), place="市役所", note="", actor=approver, at=at
    )
    assert events(council) == ["meeting_held", "council_formed"]
    for day, why in ((date(2023, 2, 16), "still to come"), (date(2023, 2, 10), "already")):
        with pytest.raises(Refused, match=why):
            operations.record_meeting(council, held_on=day, place="", note="", actor=approver, at=at)
    db.session.expire_all()
    assert [meeting.held_on for meeting in council.meetings] == [date(2023, 2, 10)]


def test_nothing_is_asked_or_answered_once_support_is_over(council, membership, approver, at):
    council.project.state = "ended"  # as the move on 1 April leaves it
    with pytest.raises(NotAllowed):
        asked(council, approver, at, mailbox="another@example.jp")
    with pytest.raises(NotAllowed):
        operations.answer(membership, True, "", actor=member(membership), at=at)
    assert membership.state == "asked"
