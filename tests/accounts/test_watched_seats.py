"""A director's or an administrator's seat is never changed in silence: by the pages, or by a command."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select

from app.correspondence.models import Mail
from app.db import db
from app.organisations import operations, passwords
from app.organisations.models import Seat
from app.permissions import SYSTEM
from tests import factories
from tests.correspondence.common import unwrapped

NEW = {"email": "taro@example.jp", "name": "後任 太郎", "on": "令和5年2月15日"}


@pytest.fixture
def world(app, sign_in_as) -> dict:
    """Two administrators, two directors; the first administrator is signed in."""
    client, first = sign_in_as("administrator")
    seats = {
        "admin": first,
        "other admin": factories.tenure("administrator"),
        "director": factories.tenure("director"),
        "other director": factories.tenure("director"),
    }
    db.session.commit()
    return {"client": client, **seats}


def mailboxes(world) -> set[str]:
    return {tenure.seat.mailbox for name, tenure in world.items() if name != "client"}


def told(since: int = 0) -> list[Mail]:
    """The mails about watched seats that came after the one with the id `since`."""
    found = select(Mail).where(Mail.key.like("seat:%:changed:%"), Mail.id > since).order_by(Mail.id)
    return list(db.session.scalars(found))


def addresses(since: int = 0) -> list[str]:
    return [mail.to_address for mail in told(since)]


def newest() -> int:
    return db.session.scalar(select(func.max(Mail.id))) or 0


@pytest.mark.parametrize("who", ["director", "other admin"])
def test_a_seat_that_is_handed_over_is_told_to_its_mailbox_its_people_and_everybody_else_who_may_do_most(
    world, who
):
    former = world[who]
    world["client"].post(f"/seats/{former.seat_id}/holder", data=NEW)
    assert former.seat.holder.name == "後任 太郎"
    assert set(addresses()) == {former.person.email, "taro@example.jp"} | mailboxes(world)
    assert len(addresses()) == len(set(addresses()))
    text = unwrapped(told()[0].body)
    role = "決裁者" if who == "director" else "システム管理者"
    for word in (
        role,
        "担当の引継ぎ",
        f"{former.name}様",
        "後任 太郎様",
        world["admin"].name,
        "令和5年2月15日（水）10時",
    ):
        assert word in text, word
    assert "承知していない操作であれば、直ちに" in text


def test_an_administrator_who_takes_the_directors_seat_is_told_of_to_the_director(world, sign_in_as):
    administrator, director = world["admin"], world["director"]
    administrator.person.password_hash = passwords.hashed("correct horse battery")
    client, _ = sign_in_as(tenure=administrator)
    client.post(f"/seats/{director.seat_id}/holder", data={**NEW, "email": administrator.person.email})
    assert director.seat.holder.person is administrator.person
    assert {director.person.email, director.seat.mailbox} <= set(addresses())


def test_changing_the_mailbox_first_does_not_keep_it_from_the_old_one(world):
    seat = world["director"].seat
    old = seat.mailbox
    page = {"section": seat.section, "post": seat.post, "version": str(seat.version_id)}
    world["client"].post(f"/seats/{seat.id}/edit", data={**page, "mailbox": "mine@example.jp"})
    assert seat.mailbox == "mine@example.jp"
    assert {
        old,
        "mine@example.jp",
        world["director"].person.email,
        world["other director"].seat.mailbox,
    } <= set(addresses())
    assert old in told()[0].body and "mine@example.jp" in told()[0].body
    assert "旧名称" not in told()[0].body


def test_a_new_seat_of_a_director_is_told_before_anybody_sits_in_it(world):
    body = world["admin"].organisation
    made = {"role": "director", "section": "別の担当", "post": "参事官", "mailbox": "new@example.jp"}
    answer = world["client"].post(f"/organisations/{body.id}/seats/new", data=made)
    assert answer.status_code == 302
    assert set(addresses()) == mailboxes(world) | {"new@example.jp"}


def test_a_seat_that_is_closed_and_a_last_day_that_is_set_are_told(world):
    director, other = world["director"], world["other director"]
    world["client"].post(f"/tenures/{director.id}/end", data={"on": "R5.3.31"})
    assert {director.person.email, director.seat.mailbox} <= set(addresses())
    assert "最終日　：令和5年3月31日（金）" in told()[0].body
    before = newest()
    world["client"].post(f"/seats/{other.seat_id}/closure", data={"on": "R5.2.16"})
    assert {other.person.email, other.seat.mailbox, director.seat.mailbox} <= set(addresses(before))
    assert "廃止日　：令和5年2月16日（木）" in told(before)[0].body


def test_a_link_to_a_directors_password_is_told_to_more_than_the_directors_own_address(world):
    director = world["director"]
    director.person.password_hash = "argon2"
    world["client"].post(f"/people/{director.person_id}/password-link")
    assert set(addresses()) == mailboxes(world) | {director.person.email}
    assert "パスワードを設定するためのリンクの作成" in told()[0].body


def test_a_link_that_the_director_asked_for_is_theirs_alone(world, client):
    director = world["director"]
    director.person.password_hash = "argon2"
    client.post("/password/forgotten", data={"email": director.person.email})
    assert addresses() == []


def test_what_a_command_does_is_told_as_well(app, world):
    run = app.test_cli_runner().invoke
    director = world["director"]
    director.person.password_hash = "argon2"
    factories.person("別人 次郎", "jiro@example.jp")
    db.session.commit()
    assert run(args=["users", "password", director.person.email, "--link"]).exit_code == 0
    assert director.seat.mailbox in addresses()
    assert "操作者　：サーバー上の操作（コマンド）" in told()[0].body
    before = newest()
    db.session.commit()
    typed = "correct horse battery\n" * 2
    assert run(args=["users", "password", director.person.email], input=typed).exit_code == 0
    assert director.person.email in addresses(before) and "操作　　：パスワードの設定" in told(before)[0].body
    before = newest()
    seat, body = director.seat, director.organisation_name
    db.session.commit()
    where = ["--organisation", body, "--section", seat.section, "--post", seat.post]
    shown = run(args=["users", "seat", "jiro@example.jp", "director", *where])
    assert shown.exit_code == 0, shown.output
    assert "別人 次郎様" in told(before)[-1].body and world["other admin"].seat.mailbox in addresses(before)


def test_seats_of_other_roles_are_handed_over_without_it(world, at):
    for role in ("officer", "municipality_approver", "reviewer"):
        seat = factories.tenure(role).seat
        world["client"].post(f"/seats/{seat.id}/holder", data=NEW | {"email": f"{role}@example.jp"})
    assert addresses() == []


def test_a_password_that_the_director_sets_is_told_to_the_director_alone(world, at):
    person = world["director"].person
    link = operations.password_link(person, expires_at=at.replace(day=16), actor=SYSTEM, at=at)
    before = newest()
    token = operations.links.token_of(link)
    operations.set_password_by_link(token, "correct horse battery", at=at)
    assert addresses(before) == []


def test_the_demo_is_loaded_without_a_mail_about_its_own_seats(app, at):
    from app.demo.people import seat_the_office

    seat_the_office(at)
    assert db.session.scalars(select(Seat).where(Seat.role == "director")).first() is not None
    assert addresses() == []


def test_the_same_act_twice_within_a_moment_is_told_twice(world, at):
    seat, act = world["director"].seat, {"actor": world["admin"], "at": at}
    operations.revise_seat(seat, section="甲", post=seat.post, mailbox=seat.mailbox, **act)
    operations.revise_seat(seat, section="乙", post=seat.post, mailbox=seat.mailbox, **act)
    assert addresses().count(seat.mailbox) == 2


def test_who_will_hold_the_seat_is_told_too(world, at):
    seat, act = world["director"].seat, {"actor": world["admin"], "at": at}
    coming = factories.person()
    operations.hand_over(seat, coming, on=date(2023, 4, 1), **act)
    before = newest()
    operations.revise_seat(seat, section="甲", post=seat.post, mailbox=seat.mailbox, **act)
    assert {coming.email, world["director"].person.email} <= set(addresses(before))
