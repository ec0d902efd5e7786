"""A consultant is let into one application until a day: who may be, for how long, and what ends with it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from app import calendar
from app.applications import delegations, drafting
from app.applications.delegation_models import Delegation
from app.applications.delegations import LetInAlready, NotLetIn
from app.applications.models import Application
from app.calendar import JST
from app.correspondence.models import Mail
from app.db import db
from app.history import HistoryEntry
from app.lifecycle import NotAllowed
from app.organisations import contacts, operations
from app.organisations.models import Organisation, Person, Seat, Tenure
from app.organisations.sign_in import seats_held
from app.permissions import APPROVER, CONSULTANT, EDITOR, OFFICER
from app.web.records import within_reach
from tests import factories
from tests.factories.applications import holder, save_basics
from tests.parallel import in_parallel
from tests.reading import events

LAST_DAY = date(2023, 3, 17)
COMPANY = "見本コンサルティング株式会社"


@pytest.fixture
def draft(app):
    return factories.application("draft")


def let_in(application, at, **values):
    who = {"name": "見本 八重", "company": COMPANY, "email": "yae@example.jp", "until": LAST_DAY, **values}
    return delegations.let_in(application, actor=holder(APPROVER, application.organisation), at=at, **who)


def consultant(delegation):
    return delegation.seat.tenures[0]


def mails():
    return db.session.scalars(select(Mail).order_by(Mail.id)).all()


def reached(actor):
    return set(db.session.scalars(within_reach(Application, actor).with_only_columns(Application.id)))


def test_two_bodies_let_in_the_same_stranger_at_once(app, at):
    made = [factories.application() for _ in range(2)]
    pairs = [(it.id, holder(APPROVER, it.organisation).id) for it in made]
    db.session.commit()

    def let_in(application_id, tenure_id):
        actor = db.session.get_one(Tenure, tenure_id)
        application = db.session.get_one(Application, application_id)
        delegations.let_in(
            application, name="見本 外子", company="見本株式会社", email="stranger@example.jp",
            until=at.date(), actor=actor, at=at,
        )  # fmt: skip
        db.session.commit()

    in_parallel(app, *[lambda pair=pair: let_in(*pair) for pair in pairs])
    assert len(db.session.scalars(select(Person).where(Person.email == "stranger@example.jp")).all()) == 1
    assert len(db.session.scalars(select(Delegation)).all()) == 2


def test_they_reach_this_application_and_write_it_under_name_and_company(draft, at):
    other = factories.application("draft", organisation=draft.organisation)
    actor = consultant(let_in(draft, at))
    assert reached(actor) == {draft.id}
    assert actor.may("application.edit", draft) and not actor.may("application.edit", other)
    save_basics(draft, title="新しい題名", summary="概要", version=1, actor=actor, at=at)
    assert draft.saves["basics"]["by"] == f"見本 八重（{COMPANY}）"
    with pytest.raises(NotAllowed):
        drafting.save(other, "basics", {}, version=1, actor=actor, at=at)


def test_they_do_nothing_of_the_body_s_own_accord(draft, at):
    actor = consultant(let_in(draft, at))
    for permission in ("start", "copy", "hand_over", "take_back", "submit", "withdraw"):
        assert not actor.may(f"application.{permission}"), permission
    with pytest.raises(NotAllowed):
        drafting.start(draft.call, draft.organisation, another=True, actor=actor, at=at)


def test_the_last_day_is_theirs_to_its_end_and_the_next_is_not(draft, at, move_clock):
    delegation = let_in(draft, at)
    person = consultant(delegation).person
    move_clock(datetime(2023, 3, 17, 23, 59, tzinfo=JST))
    assert [it.role for it in seats_held(person)] == [CONSULTANT]
    assert reached(consultant(delegation)) == {draft.id} and delegation.standing == "running"
    move_clock(datetime(2023, 3, 18, 0, 0, tzinfo=JST))
    assert seats_held(person) == [] and delegation.seat.is_closed
    assert reached(consultant(delegation)) == set() and not draft.lets_in(delegation.seat_id)
    assert delegation.standing == "over"
    with pytest.raises(NotAllowed):
        save_basics(
            draft, title="遅い", summary="", version=1, actor=consultant(delegation), at=calendar.now()
        )


def test_another_day_moves_tenure_and_seat_with_it_and_they_are_told(draft, at):
    delegation, approver = let_in(draft, at), holder(APPROVER, draft.organisation)
    for day in (date(2023, 3, 31), date(2023, 2, 20)):
        delegations.choose_day(delegation, until=day, actor=approver, at=at)
        assert (delegation.until, consultant(delegation).ended_on) == (day, day)
        assert delegation.seat.closed_on == day + timedelta(days=1)
    db.session.flush()
    assert [it.subject.partition("】")[2][:13] for it in mails()[1:]] == [
        "申請の編集の期限が3月31",
        "申請の編集の期限が2月20",
    ]
    count = len(mails())
    delegations.choose_day(delegation, until=date(2023, 2, 20), actor=approver, at=at)
    assert len(mails()) == count


def test_what_is_revoked_ends_at_once_and_for_good(draft, at):
    delegation, approver = let_in(draft, at), holder(APPROVER, draft.organisation)
    delegations.revoke(delegation, actor=approver, at=at)
    assert seats_held(consultant(delegation).person) == []
    assert delegation.seat.is_closed and not draft.lets_in(delegation.seat_id)
    assert (delegation.ended_by, delegation.standing) == (approver.name, "ended")
    with pytest.raises(NotAllowed):
        delegations.revoke(delegation, actor=approver, at=at)
    with pytest.raises(NotAllowed):
        delegations.choose_day(delegation, until=LAST_DAY, actor=approver, at=at)
    again = let_in(draft, at)
    assert again.seat_id != delegation.seat_id and reached(consultant(again)) == {draft.id}


def test_what_is_over_is_not_prolonged_but_let_in_anew(draft, at, move_clock):
    delegation = let_in(draft, at)
    later = datetime(2023, 3, 20, 10, tzinfo=JST)
    move_clock(later)
    with pytest.raises(NotAllowed) as refused:
        delegations.choose_day(
            delegation, until=date(2023, 3, 31), actor=holder(APPROVER, draft.organisation), at=later
        )
    assert refused.value.guard.name == "still_runs"
    assert let_in(draft, later, until=date(2023, 3, 31)).runs_on(later.date())


def test_who_is_new_gets_a_link_and_who_is_known_keeps_their_password(draft, at):
    known = factories.person("見本 九郎", "kuro@example.jp", password_hash="x")
    let_in(draft, at)
    delegation = let_in(draft, at, email="KURO@example.jp ", name="九郎さん")
    new, told = mails()
    assert (new.to_address, told.to_address) == ("yae@example.jp", "kuro@example.jp")
    assert new.link_id and not told.link_id and known.password_hash == "x"
    assert consultant(delegation).person is known
    assert (
        delegation.name == "九郎さん"
    )  # as the body typed it: what somebody is called is not told by their address
    for mail in (new, told):
        assert mail.audience == "applicant" and draft.title not in mail.subject + mail.body
        assert draft.organisation.full_name in mail.body


def test_let_in_twice_it_is_one_delegation_and_one_mail(draft, at):
    first = let_in(draft, at)
    with pytest.raises(LetInAlready) as already:
        let_in(draft, at, until=date(2023, 3, 20), name="別の書き方")
    assert already.value.delegation is first
    assert len(mails()) == 1 and db.session.scalars(select(Delegation)).all() == [first]


@pytest.mark.parametrize("role", [EDITOR, APPROVER])
def test_a_colleague_can_edit_already(draft, at, role):
    colleague = holder(role, draft.organisation)
    with pytest.raises(NotLetIn) as refused:
        let_in(draft, at, email=colleague.person.email)
    assert refused.value.values == {"name": colleague.name}


@pytest.mark.parametrize("role", ["officer", "director", "reviewer", "ministry_officer", "administrator"])
def test_who_checks_and_judges_is_not_let_in(draft, at, role):
    with pytest.raises(NotLetIn):
        let_in(draft, at, email=factories.tenure(role).person.email)


def test_who_has_left_the_body_can_be_let_in(draft, at):
    gone = factories.tenure(EDITOR, draft.organisation, ended_on=date(2022, 3, 31))
    assert consultant(let_in(draft, at, email=gone.person.email)).person is gone.person


def test_five_at_once_are_enough(draft, at):
    made = [let_in(draft, at, email=f"c{number}@example.jp") for number in range(delegations.MOST)]
    with pytest.raises(NotLetIn):
        let_in(draft, at)
    delegations.revoke(made[0], actor=holder(APPROVER, draft.organisation), at=at)
    assert let_in(draft, at).runs_on(at.date())


@pytest.mark.parametrize("until", [date(2023, 2, 14), date(2024, 2, 16)])
def test_a_day_that_has_passed_or_is_a_year_ahead_is_refused(draft, at, until):
    with pytest.raises(ValueError, match="not offered"):
        let_in(draft, at, until=until)
    assert not mails() and db.session.scalar(select(Person).where(Person.email == "yae@example.jp")) is None


def test_only_the_approver_of_the_body_lets_in_and_only_while_it_lies_with_the_body(draft, at):
    who = {"name": "見本", "company": COMPANY, "email": "yae@example.jp", "until": LAST_DAY, "at": at}
    for actor in (
        holder(EDITOR, draft.organisation), factories.tenure(APPROVER), holder(OFFICER), consultant(let_in(draft, at)),
    ):  # fmt: skip
        with pytest.raises(NotAllowed):
            delegations.let_in(draft, actor=actor, **{**who, "email": "other@example.jp"})
    for state in ("submitted", "accepted", "withdrawn", "selected"):
        with pytest.raises(NotAllowed):
            let_in(factories.application(state), at)
    assert let_in(factories.application("returned"), at, email="x@example.jp")


def test_whoever_is_let_into_two_applications_has_two_seats_that_end_apart(draft, at):
    second = factories.application("draft", organisation=draft.organisation)
    one, two = let_in(draft, at), let_in(second, at)
    assert [it.seat.post for it in (one, two)] == ["コンサルタント", "コンサルタント2"]
    delegations.revoke(one, actor=holder(APPROVER, draft.organisation), at=at)
    assert (reached(consultant(one)), reached(consultant(two))) == (set(), {second.id})


def test_no_mail_of_the_body_goes_to_them_and_they_do_not_attend_it(app, at):
    draft = factories.application("draft")
    body = draft.organisation
    let_in(draft, at)
    db.session.flush()
    assert contacts.mailboxes_of([body.id]) == {body.id: holder(APPROVER, body).seat.mailbox}
    for role in (EDITOR, APPROVER):
        operations.leave_seat(
            holder(role, body), on=at.date() - timedelta(days=1), actor=holder(OFFICER), at=at
        )
    db.session.flush()
    assert contacts.mailboxes_of([body.id]) == {} and body.id not in contacts.bodies_with_a_contact(at.date())
    left = db.session.scalars(select(Organisation.id).where(Organisation.unattended(at.date()))).all()
    assert body.id in left


def test_a_body_of_consultants_alone_has_no_seat_to_be_attended(app, at):
    body = factories.organisation()
    factories.tenure(CONSULTANT, body, ended_on=at.date() - timedelta(days=1))
    assert db.session.scalars(select(Organisation.id).where(Organisation.unattended(at.date()))).all() == []


def test_their_seat_is_neither_made_nor_handed_over_by_hand(draft, at):
    administrator, seat = factories.tenure("administrator"), let_in(draft, at).seat
    assert CONSULTANT not in {
        *operations.roles_at(draft.organisation),
        *operations.roles_at(factories.office()),
    }
    with pytest.raises(operations.Refused):
        operations.hand_over(seat, factories.person(), on=at.date(), actor=administrator, at=at)
    with pytest.raises(operations.Refused):
        operations.add_seat(
            draft.organisation,
            CONSULTANT,
            section="x",
            post="y",
            mailbox="z@example.jp",
            actor=administrator,
            at=at,
        )


def test_that_they_look_at_a_return_is_no_opening_by_the_body(app, at):
    returned = factories.application("returned")
    actor = consultant(let_in(returned, at))
    save_basics(returned, title="直した題名", summary="概要", version=1, actor=actor, at=at)
    assert returned.open_correction.opened_at is None
    editor = holder(EDITOR, returned.organisation)
    save_basics(returned, title="さらに直した題名", summary="概要", version=2, actor=editor, at=at)
    assert returned.open_correction.opened_by == editor.name


def test_the_history_of_it_is_the_body_s_alone(draft, at):
    delegation, approver = let_in(draft, at), holder(APPROVER, draft.organisation)
    delegations.choose_day(delegation, until=date(2023, 3, 31), actor=approver, at=at)
    delegations.revoke(delegation, actor=approver, at=at)
    db.session.commit()
    assert events(delegation) == ["revoke", "day_chosen", "let_in"]
    assert db.session.scalar(select(Seat.role).where(Seat.id == delegation.seat_id)) == CONSULTANT
    told = select(HistoryEntry.audience).where(HistoryEntry.subject_kind == "delegation")
    assert set(db.session.scalars(told)) == {"applicant"}
