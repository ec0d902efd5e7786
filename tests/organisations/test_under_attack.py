"""Who guesses somebody's password is slowed down; who knows it comes in all the same."""

import ipaddress
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from heapq import heappop, heappush
from threading import Event

import pytest
from sqlalchemy import func, select

from app.correspondence.models import Mail
from app.db import db
from app.organisations import devices, operations, passwords, sign_in, throttle
from app.organisations.sign_in_models import KnownDevice, SignInAttempt
from app.organisations.throttle import Slowed
from app.origins import networks
from tests import factories
from tests.correspondence.common import as_received
from tests.organisations.common import is_signed_in, kept_password

PASSWORD = "correct horse battery"
NEW = {"new_password": "another horse battery", "new_password_again": "another horse battery"}
HOME, ELSEWHERE, TOWN_HALL = "192.0.2.1", "203.0.113.66", "198.51.100.1"
SIGN_IN = sign_in.SIGN_IN
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def holder(role="municipality_approver", body=None):
    made = factories.tenure(role, body)
    made.person.password_hash = kept_password(PASSWORD)
    db.session.commit()
    return made


@pytest.fixture
def person(app):
    return holder().person


def enter(client, person, password=PASSWORD, *, origin=HOME):
    return client.post(
        "/sign-in",
        data={"email": getattr(person, "email", person), "password": password},
        environ_base={"REMOTE_ADDR": origin},
    )


def slip(email, times, at, *, origin=ELSEWHERE, **known):
    """So many wrong passwords, each as soon as it is heard, without the cost of comparing; when the last was."""
    for _ in range(times):
        try:
            SIGN_IN.admit(email, origin, at=at, **known)
        except Slowed as slowed:
            at = slowed.until
            SIGN_IN.admit(email, origin, at=at, **known)
    return at


def until(email, origin, at, **known):
    """When the next attempt would be heard. Nothing is counted by asking."""
    try:
        number = SIGN_IN.admit(email, origin, at=at, **known)
    except Slowed as slowed:
        return slowed.until
    SIGN_IN.withdraw(number)
    db.session.commit()
    return at


def counted(origin, slips, at):
    """Put slips of a network on record, address → how many, without asking for each."""
    place = f"sign-in:{origin}"
    for address, times in slips.items():
        row = {
            "address_hash": SIGN_IN._key(address),
            "origin": place,
            "wide": place,
            "known_as": "",
            "at": at,
        }
        db.session.add_all(SignInAttempt(**row) for _ in range(times))


# One attacker, elsewhere


def test_ten_wrong_passwords_elsewhere_do_not_keep_a_person_out_whom_their_browser_knows(app, client, person):
    assert enter(client, person).status_code == 302
    client.post("/sign-out")
    for number in range(10):
        wrong = enter(app.test_client(), person, "not the password", origin=ELSEWHERE)
        assert wrong.status_code == (422 if number < 3 else 429)
    assert enter(client, person, origin=ELSEWHERE).status_code == 302  # even from the attacker's own network
    assert is_signed_in(client)


def test_ten_wrong_passwords_elsewhere_do_not_keep_a_person_out_at_a_new_computer(app, person, at):
    slip(person.email, 10, at)
    new = app.test_client()
    assert enter(new, person).status_code == 302
    assert is_signed_in(new)


def test_ten_wrong_passwords_in_the_same_network_cost_a_new_computer_a_minute_at_most(
    app, person, at, move_clock
):
    last = slip(person.email, 10, at, origin=HOME)
    move_clock(last)
    answer = enter(app.test_client(), person)
    assert answer.status_code == 429
    page = answer.get_data(as_text=True)
    assert re.search(r"10時\d+分\d+秒を過ぎてから", page)
    assert f'value="{person.email}"' in page
    assert "リンクからパスワードを設定すると、直ちにログインできます" in page
    move_clock(last + MINUTE)
    new = app.test_client()
    assert enter(new, person).status_code == 302
    assert is_signed_in(new)


def test_a_reset_by_link_signs_in_at_once_while_the_guessing_goes_on(app, client, person, at):
    for network in range(40):
        slip(person.email, 3, at, origin=f"203.0.113.{network}")
    slip(person.email, 10, at, origin=HOME)
    client.post("/password/forgotten", data={"email": person.email}, environ_base={"REMOTE_ADDR": HOME})
    [path] = mailed()
    answer = client.post(path, data=NEW, environ_base={"REMOTE_ADDR": HOME})
    assert answer.headers["Location"] == "/"
    assert is_signed_in(client)
    client.post("/sign-out")
    assert enter(client, person, NEW["new_password"]).status_code == 302


def test_slips_wait_longer_each_time_and_never_more_than_a_minute(app, at):
    waits, now = [], at
    for _ in range(14):
        heard = until("hanako@example.jp", HOME, now)
        waits.append(int((heard - now).total_seconds()))
        now = slip("hanako@example.jp", 1, heard, origin=HOME)
    assert waits == [0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60]


def test_asking_while_one_waits_does_not_put_it_off(app, at):
    last = slip("hanako@example.jp", 5, at, origin=HOME)
    heard = until("hanako@example.jp", HOME, last)
    for number in range(20):
        assert until("hanako@example.jp", HOME, last + number * timedelta(milliseconds=10)) == heard
    assert until("hanako@example.jp", HOME, heard) == heard


def test_an_address_that_nobody_has_is_slowed_just_the_same(app, person, at):
    for email in (person.email, "nobody@example.jp"):
        statuses = [enter(app.test_client(), email, "not the password").status_code for _ in range(5)]
        assert statuses == [422, 422, 422, 429, 429]


def test_signing_in_forgives_ones_own_slips_and_not_those_made_elsewhere(app, client, person, at):
    slip(person.email, 2, at, origin=HOME)
    slip(person.email, 3, at)
    assert enter(client, person).status_code == 302
    assert db.session.scalars(select(SignInAttempt.origin)).all() == [f"sign-in:{ELSEWHERE}"] * 3


# Devices


def test_the_cookie_of_a_device_is_hidden_from_scripts_and_opens_nothing(app, client, person):
    answer = enter(client, person)
    [cookie] = [kept for kept in answer.headers.getlist("Set-Cookie") if kept.startswith(devices.COOKIE)]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and f"Max-Age={180 * 24 * 3600}" in cookie
    assert "Secure" not in cookie  # the tests' own address is not https
    token = cookie.partition("=")[2].split(";")[0]
    assert db.session.scalars(select(KnownDevice.token_hash)).one() not in token
    thief = app.test_client()
    thief.set_cookie(devices.COOKIE, token)
    assert not is_signed_in(thief)


def test_the_cookie_goes_over_https_alone_where_the_site_does(app, client, person):
    app.config["SESSION_COOKIE_SECURE"] = True
    answer = enter(client, person)
    assert all("; Secure" in kept for kept in answer.headers.getlist("Set-Cookie"))


def test_a_stolen_device_has_few_guesses_and_does_not_slow_the_person_elsewhere(app, client, person, at):
    enter(client, person)
    device = db.session.scalars(select(KnownDevice)).one()
    last = slip(person.email, 20, at, known_as=f"device:{device.id}")
    assert until(person.email, ELSEWHERE, last, known_as=f"device:{device.id}") == last + MINUTE
    assert enter(app.test_client(), person).status_code == 302


def test_signing_in_at_a_shared_browser_gives_a_thief_of_its_cookie_no_further_guesses(
    app, client, person, at
):
    enter(client, person)
    device = db.session.scalars(select(KnownDevice)).one()
    slip(person.email, 8, at, known_as=f"device:{device.id}")
    other = holder().person
    enter(client, other)
    assert enter(client, person, "not the password").status_code == 429


def test_a_browser_is_known_to_several_people_and_to_nobody_else(app, client, person, at):
    first, second, stranger = person, holder().person, holder().person
    enter(client, first)
    enter(client, second)
    for email in (first.email, second.email, stranger.email):
        slip(email, 10, at, origin=HOME)
    assert enter(client, first).status_code == 302
    assert enter(client, second).status_code == 302
    assert enter(client, stranger).status_code == 429


def test_a_cookie_planted_in_a_browser_is_worth_nothing_once_its_person_has_signed_in(app, person, at):
    attacker, victims = app.test_client(), app.test_client()
    enter(attacker, holder().person)
    planted = attacker.get_cookie(devices.COOKIE).value
    victims.set_cookie(devices.COOKIE, planted)
    enter(victims, person)
    assert victims.get_cookie(devices.COOKIE).value != planted
    slip(person.email, 10, at, origin=HOME)
    assert enter(attacker, person, "not the password").status_code == 429  # counted as a stranger
    assert enter(victims, person).status_code == 302


@pytest.mark.parametrize("cookie", ["", "x", "x.y", "a" * 4000, "eyJ.%00", "é.x"])
def test_a_cookie_that_was_not_made_here_makes_nobody_known(app, client, person, at, cookie):
    slip(person.email, 10, at, origin=HOME)
    client.set_cookie(devices.COOKIE, cookie)
    assert enter(client, person).status_code == 429


def test_a_person_has_ten_known_browsers_at_most_and_the_newest_stay(app, person, monkeypatch):
    monkeypatch.setattr(devices, "PER_PERSON", 2)
    browsers = [app.test_client() for _ in range(3)]
    for browser in browsers:
        assert enter(browser, person).status_code == 302
    assert db.session.scalar(select(func.count(KnownDevice.id))) == 2
    slip(person.email, 10, operations.calendar.now(), origin=HOME)
    assert [enter(browser, person).status_code for browser in browsers] == [429, 302, 302]


def test_a_browser_is_forgotten_after_half_a_year_and_with_a_new_password(
    app, client, person, at, monkeypatch
):
    enter(client, person)
    now = operations.calendar.machine_now()
    slip(person.email, 10, at, origin=HOME)
    monkeypatch.setattr(operations.calendar, "machine_now", lambda: now + devices.KNOWN_FOR)
    assert enter(client, person).status_code == 429
    devices.forget_unused()
    assert db.session.scalars(select(KnownDevice)).all() == []
    monkeypatch.undo()
    other = app.test_client()
    enter(other, person, origin=TOWN_HALL)
    operations.set_password(person, NEW["new_password"])
    db.session.commit()
    assert db.session.scalars(select(KnownDevice)).all() == []


# Many behind one proxy, and many networks at one address


def test_a_hundred_wrong_passwords_from_one_proxy_do_not_keep_colleagues_out(app, at):
    colleague, known, browser = holder().person, holder().person, app.test_client()
    enter(browser, known, origin=TOWN_HALL)
    counted(TOWN_HALL, {f"guess{number}@example.jp": 1 for number in range(100)}, at)
    new = app.test_client()
    assert enter(new, colleague, origin=TOWN_HALL).status_code == 302
    assert is_signed_in(new)
    assert enter(browser, known, origin=TOWN_HALL).status_code == 302


def test_colleagues_who_slip_on_the_first_of_april_and_then_come_in_slow_down_nobody(app, at):
    counted(TOWN_HALL, {f"person{number}@example.jp": 2 for number in range(140)}, at)
    for number in range(0, 140, 20):
        assert until(f"person{number}@example.jp", TOWN_HALL, at) == at
        SIGN_IN.forget(f"person{number}@example.jp", TOWN_HALL)
        db.session.commit()
    left = db.session.scalar(select(func.count(SignInAttempt.id)))
    assert left == 2 * (140 - 7)  # who has come in counts no more


def test_guessing_at_hundreds_of_addresses_from_one_network_is_paced(app, at):
    counted(TOWN_HALL, {f"guess{number}@example.jp": 1 for number in range(199)}, at)
    assert until("one.more@example.jp", TOWN_HALL, at) == at
    slip("one.more@example.jp", 1, at, origin=TOWN_HALL)
    assert until("colleague@example.jp", TOWN_HALL, at) == at + throttle.PACE_ABOVE_CEILING
    assert until("colleague@example.jp", HOME, at) == at
    over = at + throttle.SPRAYED + SECOND
    assert until("colleague@example.jp", TOWN_HALL, over) == over


def test_many_addresses_weigh_more_than_many_slips(app, at):
    counted(TOWN_HALL, {"one@example.jp": 250, "two@example.jp": 250}, at)
    assert until("three@example.jp", TOWN_HALL, at) == at


def test_a_thousand_networks_get_a_bounded_number_of_guesses_in_an_hour_and_the_person_comes_in(
    app, client, person, at
):
    """Each as fast as it is heard: three at once each, then a share of one in twelve seconds, or one in 15 minutes."""
    origins = [f"203.{number // 250}.113.{number % 250}" for number in range(1000)]
    for origin in origins:
        counted(origin, {person.email: SIGN_IN.free}, at)
    for origin in origins[::100]:
        assert until(person.email, origin, at) == at + throttle.LONGEST_SHARE
    per_hour = 1000 * (SIGN_IN.free + timedelta(hours=1) // throttle.LONGEST_SHARE)
    assert per_hour == 7000
    assert enter(client, person).status_code == 302  # from a network that has not slipped: at once


def test_networks_that_guess_together_share_a_guess_in_twelve_seconds(app, at):
    waiting, heard, end = [(at, f"203.0.113.{number}") for number in range(6)], 0, at + 10 * MINUTE
    while waiting[0][0] < end:
        now, origin = heappop(waiting)
        try:
            SIGN_IN.admit("hanako@example.jp", origin, at=now)
        except Slowed as slowed:
            now = slowed.until
        else:
            heard += 1
        heappush(waiting, (now, origin))
    shared = 10 * MINUTE // throttle.PACE_OF_ALL
    assert 6 * SIGN_IN.free + shared <= heard <= 6 * SIGN_IN.free + shared * 6 / 5 + 6


def test_many_subscribers_lines_of_one_provider_do_not_multiply_the_guesses(app, at):
    for number in range(16):
        assert slip("hanako@example.jp", 1, at, origin=f"2001:db8:1:{number:x}::1") == at
    assert until("hanako@example.jp", "2001:db8:1:ffff::1", at) > at
    assert until("hanako@example.jp", "2001:db8:2:1::1", at) == at


def test_many_at_once_do_not_slip_through_together(app, at):
    def guess(_number):
        with app.app_context():
            try:
                SIGN_IN.admit("hanako@example.jp", ELSEWHERE, at=at)
            except Slowed:
                return False
            finally:
                db.session.remove()
            return True

    with ThreadPoolExecutor(8) as crowd:
        assert sum(crowd.map(guess, range(24))) == SIGN_IN.free


# What is kept


@pytest.mark.parametrize(
    ("origin", "near", "wide"),
    [
        ("192.0.2.1", "192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::/64", "2001:db8::/48"),
        ("2001:db8:0:5:1:2:3:4", "2001:db8:0:5::/64", "2001:db8::/48"),
        ("::ffff:192.0.2.1", "192.0.2.1", "192.0.2.1"),
        ("fe80::1%eth0", "fe80::/64", "fe80::/48"),
    ],
)
def test_a_network_counts_as_one_place(origin, near, wide):
    assert networks(origin) == (near, wide)


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "unknown",
        "x" * 100_000,
        "1" * 100_000,
        "192.0.2.1, 198.51.100.7",
        "[::1]:443",
        "\ud800",
        "％",
        "::/0",
        "%" * 45,
    ],
)
def test_an_origin_of_any_length_and_form_counts_as_some_place(app, at, origin):
    near, wide = networks(origin)
    assert near == wide and len(near) <= 20 and near != networks(origin[:44] + "!")[0]
    SIGN_IN.admit("hanako@example.jp", origin, at=at)
    with pytest.raises(ValueError):
        ipaddress.ip_address(near)


def test_attempts_are_kept_for_a_day_and_without_the_address(app, at):
    SIGN_IN.admit("hanako@example.jp", HOME, at=at - timedelta(days=1, seconds=1))
    SIGN_IN.admit("hanako@example.jp", HOME, at=at)
    attempt = db.session.scalars(select(SignInAttempt)).one()
    assert attempt.at == at
    assert "hanako" not in attempt.address_hash


def test_a_long_attack_leaves_few_rows_and_waits_as_long_as_ever(app, at):
    last = slip("hanako@example.jp", 60, at, origin=HOME)
    assert until("hanako@example.jp", HOME, last) == last + MINUTE
    assert db.session.scalar(select(func.count(SignInAttempt.id))) <= throttle.KEPT_EACH + 1


def test_an_administrator_of_the_machine_frees_an_address(app, at):
    last = slip("hanako@example.jp", 10, at, origin=HOME)
    assert until("hanako@example.jp", HOME, last) > last
    result = app.test_cli_runner().invoke(args=["users", "free", "Hanako@example.jp"])
    assert result.exit_code == 0, result.output
    assert until("hanako@example.jp", HOME, last) == last


# Links to set a password


def ask(client, person, origin=ELSEWHERE):
    return client.post(
        "/password/forgotten", data={"email": person.email}, environ_base={"REMOTE_ADDR": origin}
    )


def mailed():
    """The links, in the order in which they were mailed; one that is used or replaced can nobody make again."""
    mails = db.session.scalars(select(Mail).where(Mail.key.startswith("password-link")).order_by(Mail.id))
    texts = [as_received(mail) if mail.link.nonce else "/password/gone" for mail in mails]
    return ["/password/" + text.partition("/password/")[2].split()[0] for text in texts]


def test_who_asks_for_somebodys_links_again_and_again_neither_floods_nor_revokes(
    app, client, person, at, move_clock
):
    ask(client, person, origin=HOME)
    for second in range(0, 540, 60):
        move_clock(at + timedelta(seconds=second))
        ask(app.test_client(), person)
    [link] = mailed()
    assert client.get(link).status_code == 200
    move_clock(at + operations.RESET_MAILED_EVERY)
    ask(app.test_client(), person, origin="203.0.113.67")
    first, second = mailed()
    assert client.get(first).status_code == client.get(second).status_code == 200
    assert client.post(first, data=NEW).status_code == 302
    assert app.test_client().get(second).status_code == 410  # the password is set: no other link is out


def test_an_attackers_asking_does_not_use_up_the_asking_of_the_person(app, person, at, move_clock):
    for number in range(12):
        ask(app.test_client(), person, origin=f"203.0.113.{number}")
    assert ask(app.test_client(), person, origin=HOME).status_code == 302
    assert len(mailed()) == 1  # it is in their mailbox already, and good
    assert app.test_client().get(mailed()[0]).status_code == 200


def test_a_day_of_asking_brings_a_dozen_mails_and_after_a_new_password_the_next_comes_at_once(
    app, client, person, at, move_clock
):
    for half in range(2 * 24):
        move_clock(at + half * timedelta(minutes=30))
        ask(app.test_client(), person, origin=f"203.0.{half}.1")
    assert 8 <= len(mailed()) <= 14
    assert client.post(mailed()[-1], data=NEW).status_code == 302
    before = len(mailed())
    ask(app.test_client(), person, origin=HOME)
    assert len(mailed()) == before + 1


def test_one_network_that_asks_all_the_time_is_slowed_and_told_so(app, person, at):
    statuses = [ask(app.test_client(), person).status_code for _ in range(5)]
    assert statuses == [302, 302, 302, 429, 429]
    assert ask(app.test_client(), person, origin=HOME).status_code == 302


# The present password, and the processor


def test_a_session_left_open_is_no_way_to_guess_and_none_to_lock(app, sign_in_as):
    person = holder().person
    left_open, tenure = sign_in_as(tenure=person.tenures[0])
    statuses = [
        left_open.post("/account/password", data={"password": f"not it {number}", **NEW})
        for number in range(8)
    ]
    assert ["試行回数が多すぎます" in answer.get_data(as_text=True) for answer in statuses] == [False] * 5 + [
        True
    ] * 3
    assert enter(app.test_client(), person).status_code == 302
    other, _ = sign_in_as(tenure=tenure)
    assert other.post("/account/password", data={"password": PASSWORD, **NEW}).status_code == 302


def test_passwords_are_compared_two_at_a_time_and_who_finds_no_place_is_told_kindly(
    app, client, person, monkeypatch
):
    lane, go_on = passwords.Lane(at_work=1, waiting=1), Event()
    monkeypatch.setattr(passwords, "STRANGERS", lane)

    def wait():
        with lane.turn():
            go_on.wait(20)

    with ThreadPoolExecutor(2) as crowd:
        busy = [crowd.submit(wait) for _ in range(2)]
        while lane._places._value:
            pass
        answer = enter(client, person)
        go_on.set()
        [each.result() for each in busy]
    assert answer.status_code == 503
    assert "ただいまログインが集中しています" in answer.get_data(as_text=True)
    assert f'value="{person.email}"' in answer.get_data(as_text=True)
    assert db.session.scalars(select(SignInAttempt)).all() == []  # it was not heard, and does not count
    assert enter(client, person).status_code == 302


def test_strangers_do_not_take_the_place_of_those_who_are_known(app, client, person, monkeypatch):
    enter(client, person)
    full = passwords.Lane(at_work=1, waiting=0)
    monkeypatch.setattr(passwords, "STRANGERS", full)
    with full.turn():
        assert enter(app.test_client(), person).status_code == 503
        assert enter(client, person).status_code == 302
