"""Handing over a seat: to somebody new or known, told by mail."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select

from app.correspondence.models import Mail
from app.db import db
from app.history import HistoryEntry
from app.organisations import operations, passwords
from app.organisations.models import Person, Seat, Tenure
from app.organisations.operations import Refused
from app.permissions import SYSTEM
from tests import factories
from tests.correspondence.common import as_received, unwrapped

APPROVER = "municipality_approver"
NEW = {"email": "Taro@example.jp", "name": "後任 太郎", "on": "令和5年4月1日"}


@pytest.fixture
def administrator(sign_in_as):
    return sign_in_as("administrator")[0]


@pytest.fixture
def tenure(app):
    return factories.tenure(APPROVER, factories.organisation("岩見沢市", "012106"))


def hand_over(client, seat, **changed):
    return client.post(f"/seats/{seat.id}/holder", data={**NEW, **changed})


def token_in(mail):
    return as_received(mail).partition("/password/")[2].split()[0]


def test_somebody_new_gets_the_seat_and_a_link_to_set_a_password(administrator, client, tenure):
    assert tenure.name in administrator.get(f"/seats/{tenure.seat_id}/holder").get_data(as_text=True)
    answer = hand_over(administrator, tenure.seat)
    assert answer.headers["Location"] == f"/seats/{tenure.seat_id}"
    person = db.session.scalars(select(Person).where(Person.email == "taro@example.jp")).one()
    [taken] = person.tenures
    assert (taken.seat_id, taken.started_on) == (tenure.seat_id, date(2023, 4, 1))
    assert tenure.ended_on == date(2023, 3, 31)
    mail = db.session.scalars(select(Mail)).one()
    assert mail.to_address == "taro@example.jp"
    for word in (
        "北海道岩見沢市",
        "企画課 係長",
        "令和5年4月1日（土）",
        "後任 太郎",
        "令和5年4月15日（土）0時まで",
    ):
        assert word in unwrapped(mail.body)
    words = {"new_password": "correct horse battery", "new_password_again": "correct horse battery"}
    assert client.post(f"/password/{token_in(mail)}", data=words).status_code == 302
    told = [entry.event for entry in db.session.scalars(HistoryEntry.of(tenure.seat))]
    assert told == ["seat_taken", "seat_left"]
    assert "後任 太郎様" in administrator.get(f"/seats/{tenure.seat_id}").get_data(as_text=True)


def test_a_link_for_a_seat_taken_later_is_still_good_on_its_first_day(administrator, tenure, move_clock, at):
    hand_over(administrator, tenure.seat)
    token = token_in(db.session.scalars(select(Mail)).one())
    assert operations.person_of_link(token, at=at + timedelta(days=45))
    with pytest.raises(operations.links.LinkGone):
        operations.person_of_link(token, at=at + timedelta(days=60))


def test_somebody_known_keeps_name_and_password_and_is_told_without_a_link(administrator, tenure):
    known = factories.person(
        "既知 花子", "known@example.jp", password_hash=passwords.hashed("correct horse battery")
    )
    hand_over(administrator, tenure.seat, email="KNOWN@example.jp", name="違う名前")
    assert known.name == "既知 花子"
    assert db.session.scalar(select(func.count()).where(Person.email == "known@example.jp")) == 1
    mail = db.session.scalars(select(Mail)).one()
    assert "既知 花子" in mail.body
    assert "/password/" not in mail.body
    assert "/sign-in" in mail.body


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"email": ""}, "email"),
        ({"email": "太郎"}, "email"),
        ({"name": ""}, "name"),
        ({"on": "yesterday"}, "on"),
        ({"on": ""}, "on"),
    ],
)
def test_a_mistake_is_told_what_was_typed_is_kept_and_nothing_happens(administrator, tenure, changed, field):
    answer = hand_over(administrator, tenure.seat, **changed)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in page
    assert all(f'value="{typed.lower()}"' in page for typed in {**NEW, **changed}.values() if typed)
    assert tenure.ended_on is None
    assert db.session.scalars(select(Mail)).all() == []


def test_a_seat_that_is_promised_to_another_already_is_told(administrator, tenure):
    hand_over(administrator, tenure.seat)
    again = hand_over(administrator, tenure.seat, email="jiro@example.jp", name="別人 次郎", on="2023-03-01")
    assert again.status_code == 422
    assert "令和5年4月1日（土）から後任 太郎様" in again.get_data(as_text=True)
    assert db.session.scalars(select(Person).where(Person.email == "jiro@example.jp")).all() == []
    assert len(db.session.scalars(select(Mail)).all()) == 1
    assert len(db.session.scalars(select(Tenure).where(Tenure.seat_id == tenure.seat_id)).all()) == 2


def test_a_seat_that_nobody_holds_is_not_handed_over_but_given_a_holder(administrator, tenure):
    empty = factories.seat(APPROVER, tenure.organisation)
    db.session.commit()
    for seat, act in ((tenure.seat, "担当を引き継ぐ"), (empty, "担当者を登録する")):
        page = administrator.get(f"/seats/{seat.id}").get_data(as_text=True)
        assert re.search(rf'href="/seats/{seat.id}/holder"[^>]*>{act}<', page)
        page = administrator.get(f"/seats/{seat.id}/holder").get_data(as_text=True)
        assert re.search(rf"<h1>{act}</h1>", page) and re.search(rf"<button[^>]*>{act}</button>", page)


def test_the_same_form_sent_twice_changes_nothing_twice(administrator, tenure):
    hand_over(administrator, tenure.seat, on="2023-02-15")
    again = hand_over(administrator, tenure.seat, on="2023-02-15")
    assert again.status_code == 422
    assert "既にこの担当に就任しています" in again.get_data(as_text=True)
    assert len(db.session.scalars(select(Mail)).all()) == 1


def test_a_page_left_open_while_somebody_else_handed_over_does_not_undo_it(administrator, tenure):
    page = administrator.get(f"/seats/{tenure.seat_id}/holder").get_data(as_text=True)
    assert f'name="newest" type="hidden" value="{tenure.id}"' in page
    hand_over(administrator, tenure.seat, on="2023-02-15", newest=tenure.id)
    stale = hand_over(
        administrator,
        tenure.seat,
        email="jiro@example.jp",
        name="別人 次郎",
        on="2023-02-15",
        newest=tenure.id,
    )
    assert stale.status_code == 422
    assert "後任 太郎様に引き継がれました" in stale.get_data(as_text=True)
    assert tenure.seat.holder.name == "後任 太郎"
    assert len(db.session.scalars(select(Mail)).all()) == 1


def test_of_two_administrators_at_the_same_moment_one_hands_over(app, tenure, at):
    seat_id, newest = tenure.seat_id, tenure.id
    people = [factories.person().id for _ in range(2)]
    db.session.commit()
    db.session.remove()
    together = Barrier(2)

    def try_to(person_id):
        with app.app_context():
            seat, person = db.session.get_one(Seat, seat_id), db.session.get_one(Person, person_id)
            db.session.commit()
            together.wait()
            try:
                operations.hand_over(seat, person, on=date(2023, 2, 15), newest=newest, actor=SYSTEM, at=at)
                db.session.commit()
                return "handed over"
            except Refused:
                db.session.rollback()
                return "refused"

    with ThreadPoolExecutor() as pool:
        assert sorted(pool.map(try_to, people)) == ["handed over", "refused"]
    assert len(db.session.scalars(select(Tenure).where(Tenure.seat_id == seat_id)).all()) == 2


def test_another_link_takes_the_place_of_one_that_got_lost(administrator, tenure, at):
    hand_over(administrator, tenure.seat)
    first = token_in(db.session.scalars(select(Mail)).one())
    person = db.session.scalars(select(Person).where(Person.email == "taro@example.jp")).one()
    assert administrator.post(f"/people/{person.id}/password-link").status_code == 302
    second = db.session.scalars(select(Mail).order_by(Mail.id.desc())).first()
    with pytest.raises(operations.links.LinkGone):
        operations.person_of_link(first, at=at)
    assert operations.person_of_link(token_in(second), at=at)[1] is person


def test_only_an_administrator_hands_over(sign_in_as, tenure):
    for role in ("director", "officer", APPROVER):
        client, _ = sign_in_as(role)
        assert hand_over(client, tenure.seat).status_code == 403
    assert tenure.ended_on is None
