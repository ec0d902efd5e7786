"""Entries that wait for a sign-in: for whom, how long, how much. What does not fit stays on the page that answers."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app import calendar
from app.db import db
from app.organisations import operations
from app.permissions import SYSTEM
from app.web import keeping
from app.web.keeping import KeptEntries
from tests import factories

OURS = {"Origin": "http://localhost"}
TITLE = "一時間かけて書いた件名"
KIBIBYTE = 1024


def send(client, text: str = TITLE, path: str = "/calls/new", **more):
    return client.post(path, data={"title": text}, headers=OURS, **more)


def rows() -> list[KeptEntries]:
    db.session.expire_all()
    return list(db.session.scalars(select(KeptEntries).order_by(KeptEntries.kept_at)))


def stored() -> int:
    return db.session.scalar(select(func.coalesce(func.sum(KeptEntries.size), 0))) or 0


def signed_in_again(client, tenure):
    """The same browser, after signing in as `tenure`."""
    cookie = factories.signed_in(tenure)
    db.session.commit()
    with client.session_transaction() as session:
        session.update(cookie)
    return client


def ended(client, tenure, at):
    """The session lets nobody in any more: the password was changed in another browser."""
    operations.set_password(tenure.person, "another long passphrase", actor=SYSTEM, at=at)
    db.session.commit()


def test_what_was_typed_is_gone_once_it_has_been_shown(client, app):
    send(client)
    officer = factories.tenure("officer")
    db.session.commit()
    page = signed_in_again(client, officer).get("/kept-entries").get_data(as_text=True)
    assert TITLE in page and 'action="/calls/new"' in page
    assert rows() == []
    again = client.get("/kept-entries").get_data(as_text=True)
    assert TITLE not in again and "保管されていません" in again


def test_asking_for_the_head_of_the_page_shows_nothing_and_takes_nothing_away(client, app):
    send(client)
    officer = factories.tenure("officer")
    db.session.commit()
    signed_in_again(client, officer).head("/kept-entries")
    assert TITLE in client.get("/kept-entries").get_data(as_text=True)


def test_entries_of_an_ended_session_are_shown_to_its_person_alone(sign_in_as, app, at):
    client, owner = sign_in_as("officer")
    ended(client, owner, at)
    assert send(client).status_code == 302
    (row,) = rows()
    assert row.person_id == owner.person_id
    other = factories.tenure("officer")
    db.session.commit()
    signed_in_again(client, other)
    answer = client.get("/kept-entries")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    told = client.get("/").get_data(as_text=True)
    assert TITLE not in told and "入力" not in _messages(told)  # not even that there is something
    assert len(rows()) == 1
    elsewhere, _ = sign_in_as(tenure=owner)  # another browser, without the key
    assert TITLE in elsewhere.get("/kept-entries").get_data(as_text=True)
    assert rows() == []


def _messages(page: str) -> str:
    return page.partition("<main")[2].partition("<h1")[0]


def test_a_person_whose_seat_was_left_is_still_known(sign_in_as, app, at):
    client, owner = sign_in_as("officer")
    operations.leave_seat(owner, on=at.date() - timedelta(days=1), actor=SYSTEM, at=at)
    db.session.commit()
    send(client)
    assert rows()[0].person_id == owner.person_id


def test_who_signs_in_is_led_to_what_they_had_typed_in_whichever_browser(app, sign_in_as, at):
    client, owner = sign_in_as("officer")
    ended(client, owner, at)
    send(client)
    fresh = app.test_client()
    sent = {"email": owner.person.email, "password": "another long passphrase"}
    answer = fresh.post("/sign-in", data=sent)
    assert answer.headers["Location"] == "/kept-entries"
    assert TITLE in fresh.get("/kept-entries").get_data(as_text=True)


def test_of_two_sets_the_newest_is_shown_first_and_the_other_offered(sign_in_as, app, at, move_clock):
    client, owner = sign_in_as("officer")
    ended(client, owner, at)
    send(client, "一つ目の件名")
    move_clock(at + timedelta(minutes=1))
    send(client, "二つ目の件名")
    db.session.refresh(owner)
    signed_in_again(client, owner)
    first = client.get("/kept-entries").get_data(as_text=True)
    assert "二つ目の件名" in first and "一つ目の件名" not in first and 'href="/kept-entries"' in first
    second = client.get("/kept-entries").get_data(as_text=True)
    assert "一つ目の件名" in second and 'href="/kept-entries"' not in second


def test_entries_of_nobody_known_belong_to_one_browser_and_for_an_hour(client, app, at, move_clock):
    send(client)
    officer = factories.tenure("officer")
    db.session.commit()
    elsewhere = signed_in_again(app.test_client(), officer)
    assert elsewhere.get("/kept-entries").status_code == 302
    move_clock(at + keeping.KEPT_FOR_A_BROWSER)
    assert TITLE not in signed_in_again(client, officer).get("/kept-entries").get_data(as_text=True)
    assert keeping.sweep(at=at + keeping.KEPT_FOR_A_BROWSER) == 1


def test_entries_of_a_person_wait_for_half_a_day(sign_in_as, app, at):
    client, owner = sign_in_as("officer")
    ended(client, owner, at)
    send(client)
    assert keeping.sweep(at=at + keeping.KEPT_FOR_A_BROWSER) == 0
    assert keeping.sweep(at=at + keeping.KEPT_FOR_A_PERSON) == 1


def test_the_clockwork_sweeps_what_nobody_came_back_for(client, app, at, monkeypatch):
    from app import jobs

    send(client)
    with calendar.pinned_to(at + timedelta(hours=2)):
        jobs._sweep_turn()
    assert rows() == []


def test_more_than_a_set_may_hold_is_not_stored_and_stays_on_the_page_that_answers(client):
    text = "長" * 100_000
    answer = client.post("/calls/new", data={"title": text}, headers=OURS)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 401 and rows() == []
    assert page.count(text) == 2  # to read, and to send again
    assert "別のタブ" in page and 'action="/calls/new"' in page and 'href="/sign-in"' in page


def test_what_another_site_sends_is_neither_stored_nor_shown(client):
    answer = client.post(
        "/calls/new", data={"title": "長" * 100_000}, headers={"Origin": "https://elsewhere.example"}
    )
    assert answer.status_code == 302 and rows() == []


def test_one_origin_stores_no_more_than_its_share_and_loses_nothing_beyond_it(client, app):
    text = "x" * (190 * KIBIBYTE)
    answers = [send(app.test_client(), text) for _ in range(15)]
    assert stored() <= keeping.PER_ORIGIN
    refused = [it for it in answers if it.status_code == 401]
    assert len(refused) == 5 and all(text in it.get_data(as_text=True) for it in refused)
    elsewhere = send(app.test_client(), text, environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert elsewhere.status_code == 302


def test_one_origin_sends_no_more_than_so_many_sets_however_small(app, at):
    for place in range(keeping.SETS_PER_ORIGIN):
        keeping.keep("/x", [["a", str(place)]], person_id=None, origin="192.0.2.1", at=at)
    with pytest.raises(keeping.NotKept):
        keeping.keep("/x", [["a", "b"]], person_id=None, origin="192.0.2.1", at=at)
    keeping.keep("/x", [["a", "b"]], person_id=None, origin="192.0.2.1", at=at + keeping.WINDOW)


def test_the_addresses_of_one_ipv6_subscriber_are_one_origin(app, at):
    text = "x" * (190 * KIBIBYTE)
    kept = 0
    for place in range(15):
        try:
            keeping.keep("/x", [["a", text]], person_id=None, origin=f"2001:db8::{place}", at=at)
            kept += 1
        except keeping.NotKept:
            pass
    assert kept == 10


def test_a_form_without_a_token_counts_for_the_address_that_it_came_from(client, app):
    """Its token is looked for before anything else is done with a request."""
    app.config["WTF_CSRF_ENABLED"] = True
    send(client, environ_base={"REMOTE_ADDR": "192.0.2.7"})
    send(app.test_client(), environ_base={"REMOTE_ADDR": "192.0.2.8"})
    assert {row.origin for row in rows()} == {"192.0.2.7", "192.0.2.8"}


def test_all_strangers_together_have_a_cap_and_a_known_person_has_room_beside_it(app, at, sign_in_as):
    text = "x" * (199 * KIBIBYTE)
    for place in range(120):
        try:
            keeping.keep("/x", [["a", text]], person_id=None, origin=f"192.0.2.{place}", at=at)
        except keeping.NotKept:
            break
    assert place == 102 and stored() <= keeping.OF_STRANGERS
    client, owner = sign_in_as("officer")
    ended(client, owner, at)
    assert send(client).status_code == 302
    assert any(row.person_id for row in rows())


def test_one_person_has_a_cap_too(app, at):
    text = "x" * (190 * KIBIBYTE)
    person = factories.person()
    for _ in range(5):
        keeping.keep("/x", [["a", text]], person_id=person.id, origin="192.0.2.1", at=at)
    with pytest.raises(keeping.NotKept):
        keeping.keep("/x", [["a", text]], person_id=person.id, origin="192.0.2.1", at=at)


def test_of_many_at_once_none_slips_past_the_cap(app, at):
    together = threading.Barrier(8)
    text = "x" * (190 * KIBIBYTE)

    def store() -> None:
        with app.app_context():
            together.wait(timeout=20)
            for _ in range(3):
                try:
                    keeping.keep("/x", [["a", text]], person_id=None, origin="192.0.2.1", at=at)
                except keeping.NotKept:
                    pass
            db.session.remove()

    threads = [threading.Thread(target=store) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert 0 < stored() <= keeping.PER_ORIGIN


def test_the_page_for_a_browser_without_room_can_be_sent_again_after_signing_in(app, client, at):
    """The token on it is of the session before: what comes back asks once more, with everything in it."""
    app.config["WTF_CSRF_ENABLED"] = True
    text = "長" * 100_000
    page = client.post("/calls/new", data={"title": text}, headers=OURS).get_data(as_text=True)
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    officer = factories.tenure("officer")
    db.session.commit()
    signed_in_again(client, officer)
    answer = client.post("/calls/new", data={"title": text, "csrf_token": token}, headers=OURS)
    assert text[:2000] in answer.get_data(as_text=True)
