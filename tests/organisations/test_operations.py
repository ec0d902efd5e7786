"""Bodies, people, seats: what happens together, and what the history says of it."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from app import calendar
from app.db import db
from app.history import HistoryEntry, first_broken_entry
from app.organisations import links, operations
from app.organisations.codes import CodeError
from app.organisations.models import Organisation, Person, Tenure
from app.organisations.operations import Refused
from app.organisations.passwords import WeakPassword
from app.permissions import SYSTEM
from tests import factories
from tests.reading import events

TODAY = date(2023, 2, 15)
APPROVER = "municipality_approver"


@pytest.mark.slow
def test_the_directory_brings_all_local_governments_once(app, at):
    assert operations.load_directory(actor=SYSTEM, at=at) == 1788
    db.session.commit()
    count = select(func.count()).select_from(Organisation)
    assert db.session.scalar(count) == 1788
    assert operations.load_directory(actor=SYSTEM, at=at) == 0
    db.session.commit()
    assert db.session.scalar(count) == 1788
    iwamizawa = db.session.scalars(select(Organisation).where(Organisation.code == "012106")).one()
    assert (iwamizawa.full_name, iwamizawa.kana, iwamizawa.addressee) == (
        "北海道岩見沢市",
        "イワミザワシ",
        "北海道岩見沢市長",
    )
    one_of_three = db.session.scalars(select(Organisation).where(Organisation.name == "美郷町")).all()
    assert {body.addressee for body in one_of_three} == {"秋田県美郷町長", "島根県美郷町長", "宮崎県美郷町長"}
    heads = {body.addressee for body in db.session.scalars(select(Organisation))}
    assert len(heads) == 1788, "no two heads are addressed alike"
    assert {"北海道知事", "東京都知事", "東京都港区長", "東京都府中市長", "広島県府中市長"} <= heads
    assert events(iwamizawa) == ["added"]
    assert first_broken_entry() is None


@pytest.mark.slow
def test_the_directory_mends_what_has_changed_and_says_so(app, at):
    body = factories.organisation("旧町", code="012106", body_kind="town")
    operations.load_directory(actor=SYSTEM, at=at)
    db.session.commit()
    assert (body.name, body.body_kind) == ("岩見沢市", "city")
    entry = db.session.scalars(HistoryEntry.of(body)).one()
    assert entry.event == "edited"
    assert entry.changes["name"] == ["旧町", "岩見沢市"]


def test_a_local_government_needs_a_sound_code_and_a_ministry_has_none(app, at):
    add = lambda **facts: operations.add_organisation(actor=SYSTEM, at=at, **facts)
    assert add(name="総務省", body_kind="ministry").code is None
    assert (
        add(name="札幌市", body_kind="designated_city", code="1100-2", prefecture="北海道").code == "011002"
    )
    with pytest.raises(CodeError, match="check digit"):
        add(name="札幌市", body_kind="city", code="011003")
    with pytest.raises(Refused):
        add(name="札幌市", body_kind="city")
    with pytest.raises(Refused):
        add(name="総務省", body_kind="ministry", code="011002")


def test_an_address_belongs_to_one_person_however_it_is_written(app, at):
    person = operations.add_person("Hanako@Example.jp ", "見本 花子", actor=SYSTEM, at=at)
    db.session.commit()
    assert person.email == "hanako@example.jp"
    assert events(person) == ["added"]
    with pytest.raises(Refused, match="somebody already"):
        operations.add_person("ＨＡＮＡＫＯ@example.jp", "別人", actor=SYSTEM, at=at)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "hanako",
        "hanako@",
        "@example.jp",
        "a b@example.jp",
        "a@example",
        "a@b.jp\nBcc: c@d.jp",
        "x" * 250 + "@example.jp",
    ],
)
def test_what_is_no_mail_address_is_refused(app, at, address):
    with pytest.raises(Refused, match="not an e-mail address"):
        operations.add_person(address, "見本 花子", actor=SYSTEM, at=at)
    assert db.session.scalar(select(func.count()).select_from(Person)) == 0


def test_a_seat_has_a_role_of_its_kind_of_body(app, at):
    city, office = factories.organisation(), factories.office()
    seat = operations.add_seat(
        city, APPROVER, section="企画課", post="課長", mailbox="kikaku@example.jp", actor=SYSTEM, at=at
    )
    db.session.commit()
    assert events(seat) == ["seat_made"]
    assert seat.holder is None
    with pytest.raises(Refused, match="no such role"):
        operations.add_seat(
            city, "director", section="s", post="p", mailbox="a@example.jp", actor=SYSTEM, at=at
        )
    with pytest.raises(Refused, match="no such role"):
        operations.add_seat(
            office, APPROVER, section="s", post="p", mailbox="a@example.jp", actor=SYSTEM, at=at
        )
    assert "council_member" not in operations.roles_at(office)


def test_handing_over_ends_the_tenure_the_day_before_and_keeps_what_was_done(app, at):
    old = factories.tenure(APPROVER)
    seat, successor = old.seat, factories.person("後任 太郎")
    new = operations.hand_over(seat, successor, on=date(2023, 4, 1), actor=SYSTEM, at=at)
    db.session.commit()
    assert old.ended_on == date(2023, 3, 31)
    assert (new.started_on, new.ended_on) == (date(2023, 4, 1), None)
    assert held_on(seat, date(2023, 3, 31)) == [old]
    assert held_on(seat, date(2023, 4, 1)) == [new]
    assert events(seat) == ["seat_taken", "seat_left"]
    assert db.session.scalars(HistoryEntry.of(seat)).first().changes == {
        "holder": "後任 太郎",
        "on": "2023-04-01",
    }


def held_on(seat, day):
    return list(db.session.scalars(Tenure.current(day).where(Tenure.seat_id == seat.id)))


def test_a_seat_is_held_by_one_person_at_a_time(app, at):
    tenure = factories.tenure(APPROVER)
    with pytest.raises(Refused, match="holds this seat from 2018-04-01"):
        operations.take_seat(tenure.seat, factories.person(), on=TODAY, actor=SYSTEM, at=at)
    with pytest.raises(Refused, match="already"):
        operations.hand_over(tenure.seat, tenure.person, on=TODAY, actor=SYSTEM, at=at)


def test_a_planned_hand_over_is_not_overtaken_by_another(app, at):
    tenure = factories.tenure(APPROVER)
    operations.hand_over(tenure.seat, factories.person("四月 一子"), on=date(2023, 4, 1), actor=SYSTEM, at=at)
    db.session.commit()
    with pytest.raises(Refused, match="四月 一子 holds this seat from 2023-04-01"):
        operations.hand_over(tenure.seat, factories.person(), on=date(2023, 3, 1), actor=SYSTEM, at=at)


def test_two_open_tenures_of_one_seat_are_refused_by_the_database_itself(app):
    tenure = factories.tenure(APPROVER)
    db.session.add(Tenure(person=factories.person(), seat=tenure.seat, started_on=TODAY))
    with pytest.raises(IntegrityError):
        db.session.commit()
    db.session.rollback()


def test_a_seat_handed_to_the_wrong_person_is_handed_on_the_same_day_and_the_first_has_never_held_it(app, at):
    seat = factories.seat(APPROVER)
    wrong, right = factories.person("誤 一郎"), factories.person("正 二郎")
    mistaken = operations.hand_over(seat, wrong, on=TODAY, actor=SYSTEM, at=at)
    operations.hand_over(seat, right, on=TODAY, actor=SYSTEM, at=at)
    db.session.commit()
    assert mistaken.is_void
    assert [tenure.person for tenure in held_on(seat, TODAY)] == [right]
    again = operations.hand_over(seat, wrong, on=TODAY, actor=SYSTEM, at=at)
    db.session.commit()
    assert [tenure.person for tenure in held_on(seat, TODAY)] == [wrong]
    assert again is mistaken


def test_access_can_be_taken_away_at_once(app, at):
    tenure = factories.tenure(APPROVER)
    operations.leave_seat(tenure, on=TODAY - timedelta(days=1), actor=SYSTEM, at=at)
    db.session.commit()
    assert held_on(tenure.seat, TODAY) == []
    assert events(tenure.seat) == ["seat_left"]
    with pytest.raises(Refused, match="left this seat already"):
        operations.leave_seat(tenure, on=TODAY, actor=SYSTEM, at=at)


def test_a_last_day_before_the_first_is_refused(app, at):
    tenure = factories.tenure(APPROVER)
    with pytest.raises(Refused, match="2018-04-01"):
        operations.leave_seat(tenure, on=date(2018, 3, 30), actor=SYSTEM, at=at)


def test_a_closed_seat_is_held_by_nobody_and_taken_by_nobody(app, at):
    tenure = factories.tenure(APPROVER)
    seat = tenure.seat
    operations.hand_over(seat, factories.person("四月 一子"), on=date(2023, 4, 1), actor=SYSTEM, at=at)
    operations.close_seat(seat, on=date(2023, 3, 1), actor=SYSTEM, at=at)
    db.session.commit()
    assert tenure.ended_on == date(2023, 2, 28)
    assert held_on(seat, date(2023, 4, 1)) == []
    assert events(seat)[0] == "seat_closed"
    with pytest.raises(Refused, match="closed since 2023-03-01"):
        operations.take_seat(seat, factories.person(), on=date(2023, 4, 1), actor=SYSTEM, at=at)
    with pytest.raises(Refused, match="closed already"):
        operations.close_seat(seat, on=date(2023, 3, 2), actor=SYSTEM, at=at)


def test_revising_a_seat_tells_old_and_new_and_nothing_when_nothing_changed(app, at):
    seat = factories.seat(APPROVER)
    same = {"section": seat.section, "post": seat.post, "mailbox": seat.mailbox}
    operations.revise_seat(seat, **same, actor=SYSTEM, at=at)
    operations.revise_seat(seat, **{**same, "section": "DX推進課"}, actor=SYSTEM, at=at)
    db.session.commit()
    entry = db.session.scalars(HistoryEntry.of(seat)).one()
    assert (entry.event, entry.changes) == ("edited", {"section": ["企画課", "DX推進課"]})


def test_a_body_is_unattended_when_it_has_seats_and_nobody_in_them(app):
    seatless, held, vacant, left, merged = (
        factories.organisation(name) for name in ("無席市", "有人市", "空席市", "離席市", "合併市")
    )
    factories.tenure(APPROVER, held)
    factories.seat("municipality_editor", held)
    factories.seat(APPROVER, vacant)
    factories.tenure(APPROVER, left, ended_on=date(2022, 3, 31))
    factories.seat(APPROVER, merged)
    merged.valid_until = date(2022, 3, 31)
    db.session.flush()
    found = db.session.scalars(select(Organisation.name).where(Organisation.unattended(TODAY)))
    assert set(found) == {"空席市", "離席市"}
    assert seatless.name not in found


def a_token(person, at):
    return links.token_of(operations.password_link(person, expires_at=at + timedelta(hours=1), at=at))


def test_a_new_password_ends_sessions_and_links_and_is_in_the_history_without_its_text(app, at):
    person = factories.tenure(APPROVER).person
    operations.set_password(person, "correct horse battery", at=at)
    before = person.password_stamp
    token = a_token(person, at)
    operations.set_password(person, "another horse battery", at=at)
    db.session.commit()
    assert person.password_stamp != before
    with pytest.raises(operations.links.LinkGone):
        operations.person_of_link(token, at=at)
    assert events(person) == ["password_set", "password_link_made", "password_set"]
    told = " ".join(str(entry.changes) for entry in db.session.scalars(HistoryEntry.of(person)))
    assert "horse" not in told
    assert token not in told


def test_a_weak_password_leaves_the_link_good(app, at):
    person = factories.person()
    token = a_token(person, at)
    with pytest.raises(WeakPassword):
        operations.set_password_by_link(token, "short", at=at)
    assert operations.set_password_by_link(token, "correct horse battery", at=at) is person


def test_a_newer_link_takes_the_place_of_the_older(app, at):
    person = factories.person()
    first = a_token(person, at)
    second = a_token(person, at)
    with pytest.raises(operations.links.LinkGone):
        operations.person_of_link(first, at=at)
    assert operations.person_of_link(second, at=at)[1] is person


def test_the_seat_is_named_by_section_and_post_and_the_tenure_by_person_and_body(app):
    tenure = factories.tenure(APPROVER, factories.organisation("岩見沢市"))
    assert (tenure.seat_name, tenure.organisation_name) == ("企画課 係長", "北海道岩見沢市")
    assert tenure.seat.holder is tenure
    assert calendar.today() == TODAY
