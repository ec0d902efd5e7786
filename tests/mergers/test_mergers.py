"""What moves when a body merges, once and for whom; and what cannot be entered."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.actors import all_bodies_of
from app.applications import consents, copying, exceptions, graces, submission
from app.applications.delegation_models import Delegation
from app.correspondence import letters, outbox
from app.correspondence.openings import note_opening, unopened
from app.db import db
from app.history import HistoryEntry
from app.mergers import operations
from app.organisations.contacts import mailboxes_of, people_of, seat_mailboxes
from app.organisations.models import Organisation
from app.organisations.operations import Refused, add_seat
from app.organisations.search import BodySearch
from app.permissions import APPROVER, EDITOR, MUNICIPAL, OFFICER, SYSTEM
from app.projects.earlier import projects_of_bodies
from app.questions.freezing import Incomplete
from app.web.records import within_reach
from tests import factories
from tests.factories.applications import holder
from tests.reading import events

DAY = date(2023, 4, 1)


@pytest.fixture
def village(app):
    return factories.organisation("見本村", body_kind="village", kana="ミホンムラ")


@pytest.fixture
def city(app):
    return factories.organisation("合併市", "012106")


@pytest.fixture
def merge(at):
    def do(body, successor, on=None, at=at):
        actor = factories.tenure(OFFICER)
        return operations.enter(body, successor, on=on or at.date(), reason="合併", actor=actor, at=at)

    return do


def issued_to(body, at):
    return letters.issue(factories.letter(state="approved", organisation=body), on=at.date(), at=at)


def found(words: str) -> set[str]:
    query = BodySearch("q", "", []).narrow(db.select(Organisation), words)
    return {it.name for it in db.session.scalars(query)}


def test_open_seats_move_with_their_people_and_closed_ones_stay(village, city, merge, at):
    held, vacant = holder(EDITOR, village), factories.seat(APPROVER, village)
    closed = factories.seat(EDITOR, village, closed_on=date(2022, 4, 1))
    assert merge(village, city)
    assert held.seat.organisation is city and vacant.organisation is city and closed.organisation is village
    assert held.organisation_id == city.id and all_bodies_of(held) == [city.id, village.id]
    assert events(held.seat)[0] == "seat_moved"
    for reached in (
        mailboxes_of([village.id]).values(),
        seat_mailboxes(village.id, MUNICIPAL, at.date()),
        [it.seat.mailbox for it in people_of([village.id], at.date())],
        [outbox.contact_of(village, on=at.date()).address],
    ):
        assert list(reached) == [held.seat.mailbox]
    with pytest.raises(Refused, match="has merged into"):
        add_seat(village, EDITOR, section="課", post="係", mailbox="x@example.jp", actor=SYSTEM, at=at)


def test_mail_to_a_merged_body_goes_to_the_general_address_of_its_successor(village, city, merge, at):
    village.general_address, city.general_address = "village@example.jp", "city@example.jp"
    merge(village, city)
    reached = outbox.contact_of(village, on=at.date())
    assert (reached.address, reached.is_general, reached.body) == ("city@example.jp", True, village)


@pytest.mark.parametrize(
    ("before", "after"),
    [("vo", "co"), ("ov", "oc"), ("voc", "co"), ("cov", "co"), ("ovc", "oc"), ("ocv", "oc")],
)
def test_a_body_takes_part_in_a_project_once_at_the_better_of_its_places(village, city, merge, before, after):
    bodies = {"v": village, "c": city, "o": factories.organisation("他市", "011002")}
    project = factories.project([bodies[it] for it in before])
    merge(village, city)
    db.session.expire_all()
    assert project.bodies == [bodies[it] for it in after]
    assert project.lead_code == bodies[after[0]].code
    assert events(project)[0] == "body_replaced"


def test_what_is_over_or_handed_in_keeps_the_old_name_and_is_reached_from_the_new(village, city, merge, at):
    ended = factories.project([village], state="ended")
    handed_in = factories.application("returned", organisation=village)
    letter = issued_to(village, at)
    approver, stranger = holder(APPROVER, village), factories.tenure(APPROVER)
    merge(village, city)
    db.session.flush()
    for record in (ended, handed_in, letter):
        query = within_reach(type(record), approver)
        assert record in db.session.scalars(query).all()
        assert record not in db.session.scalars(within_reach(type(record), stranger)).all()
    assert (ended.lead, handed_in.organisation, letter.organisation) == (village,) * 3
    assert approver.may("application.submit", handed_in) and not stranger.may("application.submit", handed_in)
    assert [it.id for it in projects_of_bodies([city.id])] == [ended.id], "rules about applying again know it"


def test_a_letter_of_the_old_body_is_opened_by_its_successor_once(village, city, merge, at):
    letter = issued_to(village, at)
    approver = holder(APPROVER, village)
    merge(village, city)
    db.session.commit()
    assert db.session.scalars(unopened(approver)).all() == [letter]
    note_opening(letter, actor=approver, at=at)
    assert db.session.scalars(unopened(approver)).all() == []


def test_drafts_go_on_as_the_successor_s_with_what_was_granted_for_them(village, city, merge, at):
    call = factories.call()
    draft, earlier = (
        factories.application(it, call=call, organisation=village) for it in ("draft", "submitted")
    )
    granted = factories.grace(state="granted", call=call, organisation=village)
    exceptions.grant(call, village, rule="rule_upgrade", reason="x", actor=factories.tenure(OFFICER), at=at)
    other = factories.call()
    unused = factories.grace(state="granted", call=other, organisation=village)
    merge(village, city)
    assert (draft.organisation, draft.lead_code) == (city, "012106")
    assert draft.answered.organisation_id == city.id and earlier.organisation is village
    assert "body_replaced" in events(draft)
    assert graces.granted_to(call, city) is granted
    assert [it.rule for it in exceptions.exceptions_for(call, city)] == ["rule_upgrade"]
    assert [it.application for it in copying.sources_for(draft)] == [earlier]
    acting = holder(APPROVER, city)
    assert [it.call_id for it in graces.unused_of(all_bodies_of(acting), at)] == [unused.call_id]
    submission.submit(draft, actor=acting, at=at)
    assert "合併市" in str(draft.last_submission.content)


def test_a_joint_body_that_merged_is_named_anew_before_it_is_handed_in(village, city, merge, at):
    lead = factories.organisation("代表市")
    draft, handed_in = (
        factories.application(it, organisation=lead, joint=[village]) for it in ("draft", "returned")
    )
    merge(village, city)
    approver = holder(APPROVER, lead)
    with pytest.raises(Incomplete, match="name that body instead"):
        submission.submit(draft, actor=approver, at=at)
    submission.resubmit(handed_in, actor=approver, at=at)


def test_the_successor_consents_for_a_joint_body_that_merged(village, city, merge, at):
    joint = factories.joint_applicant(body=village, state="asked")
    approver = holder(APPROVER, village)
    merge(village, city)
    assert [it.id for it in consents.awaited_of(all_bodies_of(approver), at)] == [joint.id]
    assert consents.consents_of(joint.application)[0].has_approver
    consents.consent(joint, seen=None, actor=approver, at=at)
    assert joint.state == "consented"


def test_a_consultant_s_seat_stays_with_who_let_them_in(village, city, merge):
    let_in = factories.delegation()
    body = let_in.application.organisation
    approver = holder(APPROVER, body)
    merge(body, city)
    assert let_in.seat.organisation is body
    assert let_in in db.session.scalars(within_reach(Delegation, approver)).all()


def test_bodies_are_found_by_the_names_of_those_that_merged_into_them(village, city, merge, at):
    third = factories.organisation("新市", "012033")
    assert found("見本村") == {"見本村"}
    merge(village, city)
    assert found("見本村") == {"見本村", "合併市"}
    merge(city, third, at=at + timedelta(days=1))
    assert found("見本村") == {"見本村", "新市"} and found("みほんむら") == {"見本村", "新市"}
    assert village.at_present is third
    assert all_bodies_of(holder(EDITOR, third)) == [third.id, village.id, city.id]


def test_a_day_to_come_is_waited_for_and_may_be_taken_back_until_then(village, city, merge, at):
    seat = factories.seat(EDITOR, village)
    assert merge(village, city, on=DAY) is False
    assert (village.merges_on, village.merged_at, seat.organisation) == (DAY, None, village)
    assert operations.carry_out_due(on=DAY - timedelta(days=1), at=at) == 0
    operations.take_back(village, actor=factories.tenure(OFFICER), at=at)
    assert (village.successor, village.valid_until, events(village)[0]) == (None, None, "merger_taken_back")
    merge(village, city, on=DAY)
    assert operations.carry_out_due(on=DAY + timedelta(days=3), at=at) == 1, (
        "what a standstill missed is caught up"
    )
    assert seat.organisation is city and events(city)[0] == "body_taken_over"
    with pytest.raises(Refused, match="carried out"):
        operations.take_back(village, actor=factories.tenure(OFFICER), at=at)


def test_the_history_of_both_tells_what_moved(village, city, merge, at):
    holder(EDITOR, village)
    factories.project([village])
    merge(village, city)
    db.session.commit()
    moved = {"on": at.date().isoformat(), "seats": 1, "projects": 1}
    [first], [then] = (
        [it.changes for it in db.session.scalars(HistoryEntry.of(body)) if it.event == event]
        for body, event in ((village, "merged"), (city, "body_taken_over"))
    )
    assert first == {"into": city.full_name, **moved} and then == {"body": village.full_name, **moved}


def test_a_successor_is_looked_for_among_bodies_of_its_kind_that_stand(village, city, merge):
    factories.organisation("合併省", body_kind="ministry", prefecture="")
    ministry = factories.organisation("見本省", body_kind="ministry", prefecture="")
    merge(factories.organisation("合併町"), city, on=DAY)

    def looked_for(body):
        return [it.name for it in operations.candidates(body, "合併", limit=9)]

    assert looked_for(village) == ["合併市"] and looked_for(ministry) == ["合併省"]
    assert looked_for(city) == [], "not itself"


def test_what_cannot_be_is_refused_in_words(village, city, merge, at):
    ministry = factories.organisation("見本省", body_kind="ministry", prefecture="")
    gone = factories.organisation("旧市", valid_until=date(2020, 3, 31))
    new = factories.organisation("新市", valid_from=DAY)
    for body, successor, on, why in (
        (village, village, DAY, "into itself"),
        (village, ministry, DAY, "a ministry into a ministry"),
        (gone, city, DAY, "exists until 2020-03-31 only"),
        (village, gone, DAY, "until 2020-03-31 only: choose the body that stands for it"),
        (village, new, DAY - timedelta(days=1), "exists from 2023-04-01: choose that day"),
        (new, city, DAY, "exists from 2023-04-01: choose a later day"),
    ):
        with pytest.raises(Refused, match=why):
            merge(body, successor, on=on)
    with pytest.raises(ValueError, match="reason"):
        operations.enter(village, city, on=DAY, reason=" ", actor=SYSTEM, at=at)
    merge(village, city, on=DAY)
    with pytest.raises(Refused, match="entered already"):
        merge(village, new, on=DAY)
    with pytest.raises(Refused, match=r"見本村 merges into .*合併市 on 2023-04-01"):
        merge(city, new, on=DAY)
    merge(city, new, on=DAY + timedelta(days=1))
    with pytest.raises(Refused, match="stands for it"):
        merge(factories.organisation("別村"), city, on=DAY + timedelta(days=1))


def test_the_page_keeps_what_was_typed_and_takes_it_back(village, city, sign_in_as):
    client = sign_in_as("administrator")[0]
    address = f"/organisations/{village.id}/merger?successor_id={city.id}"
    refused = client.post(address, data={"on": "x", "reason": "告示のとおり"})
    assert refused.status_code == 422 and "告示のとおり" in refused.text
    new = factories.organisation("新市", valid_from=DAY)
    db.session.commit()
    early = f"/organisations/{village.id}/merger?successor_id={new.id}"
    refused = client.post(early, data={"on": "R5.3.31", "reason": "告示のとおり"})
    assert refused.status_code == 422 and "令和5年4月1日" in refused.text and "告示のとおり" in refused.text
    assert client.post(address, data={"on": "2023-04-01", "reason": "告示のとおり"}).status_code == 302
    assert "告示のとおり" in client.get(address).text
    assert client.get(f"/organisations/{village.id}/merger?successor_id=99999999").status_code == 200
    for _twice in range(2):
        answered = client.post(f"/organisations/{village.id}/merger/withdrawal", follow_redirects=True)
        assert answered.status_code == 200
    assert village.successor_id is None
    assert client.post(address, data={"on": "2023-02-15", "reason": "告示のとおり"}).status_code == 302
    assert "見本村" in client.get(f"/organisations/{city.id}").text, "it says for whom it stands"
