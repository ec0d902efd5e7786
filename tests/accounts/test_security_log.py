"""The security log: what people do at the doors is there, once, for administrators and directors alone."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from app import security
from app.applications.models import Application
from app.applications.submission import withdraw
from app.correspondence.models import Letter
from app.db import db
from app.organisations import links, operations, passwords
from app.organisations.routes import NO_SEAT
from app.organisations.sign_in import SIGN_IN
from app.permissions import SEATED, SYSTEM
from app.security import SecurityEvent
from app.selection.operations import decide, record_result, release
from tests import factories

RIGHT, NEW = "correct horse battery", "another horse battery"
TWICE = {"new_password": NEW, "new_password_again": NEW}
FROM = {"REMOTE_ADDR": "192.0.2.7"}


def noted(kind: str = "") -> list[SecurityEvent]:
    query = select(SecurityEvent).order_by(SecurityEvent.id)
    return list(db.session.scalars(query.where(SecurityEvent.kind == kind) if kind else query))


def told(kind: str) -> list[tuple[str, str]]:
    return [(it.name, it.about) for it in noted(kind)]


@pytest.fixture
def person(app):
    """Somebody who can sign in."""
    found = factories.tenure("officer").person
    found.password_hash = passwords.hashed(RIGHT)
    db.session.commit()
    return found


@pytest.fixture
def call(app, at):
    """A call under review, with a provisional result, closed since yesterday."""
    call = factories.call()
    for selected in (True, False):
        application = factories.application("under_review", call=call)
        record_result(
            application, selected=selected, reasons="先導性", actor=factories.tenure("officer"), at=at
        )
    call.closes_at = at - timedelta(days=1)
    db.session.commit()
    return call


def sign_in(client, email, password, **environ):
    return client.post("/sign-in", data={"email": email, "password": password}, environ_base=FROM | environ)


# Coming in


def test_a_failed_sign_in_of_somebody_known_names_the_person_and_where_it_came_from(client, person, at):
    assert sign_in(client, person.email, "wrong").status_code == 422
    [event] = noted()
    assert (event.kind, event.person_id, event.name) == ("sign_in_failed", person.id, person.name)
    assert (event.origin, event.at, event.seat_id) == ("192.0.2.7", at, None)


def test_an_address_that_nobody_has_is_kept_as_a_mark_alone(client, person):
    for typed in ("my secret password", "MY SECRET PASSWORD ", "another"):
        sign_in(client, typed + "@example.jp", "wrong")
    first, same, other = noted("sign_in_failed")
    assert first.person_id is None and first.name == ""
    assert len(first.address_mark) == 12 and first.address_mark != other.address_mark
    kept = " ".join(str(row) for row in db.session.execute(select(*SecurityEvent.__table__.columns)))
    assert "secret" not in kept.lower() and "example.jp" not in kept
    assert same.address_mark


def test_signing_in_changing_the_seat_and_signing_out_are_noted_with_the_seat(client, person):
    sign_in(client, person.email, RIGHT)
    tenure = person.tenures[0]
    client.post("/sign-out", environ_base=FROM)
    client.post("/sign-out", environ_base=FROM)
    assert [(it.kind, it.seat_id) for it in noted()] == [
        ("signed_in", tenure.seat_id),
        ("signed_out", tenure.seat_id),
    ]
    assert noted()[0].about == f"{tenure.organisation_name} {tenure.seat_name}"


def test_somebody_who_holds_no_seat_any_more_and_knows_the_password_is_noted(client, person, at):
    person.tenures[0].ended_on = (at - timedelta(days=1)).date()
    db.session.commit()
    assert sign_in(client, person.email, RIGHT).status_code == 403
    [event] = noted()
    assert (event.kind, event.person_id, event.detail) == ("sign_in_failed", person.id, NO_SEAT)


def test_slowed_sign_ins_are_noted_once_for_a_network(client, person, at):
    for number in range(SIGN_IN.free + 4):
        sign_in(client, person.email, f"wrong {number}")
    assert len(noted("sign_in_slowed")) == 1
    assert sign_in(client, "else@example.jp", "wrong", REMOTE_ADDR="198.51.100.9").status_code == 422
    assert {it.origin for it in noted("sign_in_failed")} == {"192.0.2.7", "198.51.100.9"}


def test_a_password_asked_for_set_by_link_and_changed_is_told_step_by_step(client, person, at, app):
    client.post("/password/forgotten", data={"email": person.email}, environ_base=FROM)
    client.post("/password/forgotten", data={"email": "nobody@example.jp"}, environ_base=FROM)
    link = operations.password_link(person, expires_at=at + timedelta(days=1), at=at)
    token = links.token_of(link)
    db.session.commit()
    assert client.post(f"/password/{token}", data=TWICE, environ_base=FROM).status_code == 302
    for _ in range(3):
        assert client.get(f"/password/{token}", environ_base=FROM).status_code == 410
    assert client.get("/password/nothing", environ_base=FROM).status_code == 410
    asked = noted("link_asked")
    assert [(it.person_id, bool(it.address_mark)) for it in asked] == [(person.id, False), (None, True)]
    assert [(it.name, it.about) for it in noted("link_made")] == [(SYSTEM.name, person.name)]
    assert [it.person_id for it in noted("link_used")] == [person.id]
    assert [it.detail for it in noted("link_refused")] == [links.REASONS["used"], links.REASONS["unknown"]]
    assert [it.person_id for it in noted("password_set")] == [person.id]
    everything = " ".join(str(row) for row in db.session.execute(select(*SecurityEvent.__table__.columns)))
    assert token not in everything


def test_a_link_that_a_command_prints_is_recorded(app, person):
    shown = app.test_cli_runner().invoke(args=["users", "password", person.email, "--link"])
    assert "/password/" in shown.output
    assert told("link_made") == [(SYSTEM.name, person.name)]


# Being refused


def test_what_is_refused_is_noted_once_an_hour_with_who_asked(sign_in_as, move_clock, at):
    client, tenure = sign_in_as("municipality_editor")
    for _ in range(3):
        assert client.get("/seats").status_code == 403
    assert client.post("/letters/approval", headers={"Accept": "application/json"}).status_code == 403
    assert told("denied") == [(tenure.name, "/seats"), (tenure.name, "/letters/approval")]
    move_clock(at + timedelta(hours=1))
    client.get("/seats")
    assert len(noted("denied")) == 3


def test_a_refused_act_is_noted_although_nothing_of_it_is_kept(sign_in_as, at):
    client, tenure = sign_in_as("officer")
    seat = factories.tenure("director").seat
    assert client.post(f"/seats/{seat.id}/holder", data={"email": "a@example.jp"}).status_code == 403
    assert told("denied") == [(tenure.name, f"/seats/{seat.id}/holder")]
    assert noted("seat_changed") == []


# Reading what is not announced


@pytest.mark.parametrize(
    ("role", "address"),
    [
        ("officer", "/calls/{0}/selection"),
        ("director", "/calls/{0}/selection?format=csv"),
        ("director", "/calls/{0}/selection?format=xlsx"),
        ("director", "/calls/{0}/decision"),
        ("officer", "/applications/{1}/result"),
        ("officer", "/applications"),
        ("director", "/applications?format=csv"),
        ("officer", "/applications/{1}"),
        ("officer", "/"),
        ("director", "/"),
    ],
)
def test_whoever_reads_a_provisional_result_is_noted_once(sign_in_as, call, role, address):
    client, tenure = sign_in_as(role)
    path = address.format(call.id, 1)
    for _ in range(3):
        assert client.get(path).status_code == 200
    [event] = noted("results_read")
    assert (event.seat_id, event.about) == (tenure.seat_id, path.partition("?")[0])
    another, _ = sign_in_as(role)
    another.get(path)
    assert len(noted("results_read")) == 2


@pytest.mark.parametrize(
    "address",
    [
        "/letters",
        "/letters?format=csv",
        "/letters/{0}",
        "/letters/{0}.pdf",
        "/letters/{0}/discard",
        "/organisations/{1}",
        "/calls/{2}",
    ],
)
def test_whoever_reads_a_letter_that_tells_a_decided_result_is_noted_once(sign_in_as, call, at, address):
    decide(call, actor=factories.tenure("director"), at=at)
    db.session.commit()
    letter = db.session.scalars(select(Letter).order_by(Letter.id)).first()
    client, tenure = sign_in_as("officer")
    path = address.format(letter.id, letter.organisation_id, call.id)
    for _ in range(2):
        assert client.get(path).status_code == 200
    assert [(it.seat_id, it.about) for it in noted("results_read")] == [
        (tenure.seat_id, path.partition("?")[0])
    ]


def test_a_result_letter_that_is_sent_back_and_put_forward_again_is_noted_on_those_pages(sign_in_as):
    letter = factories.letter(letter_kind="selection", state="drafted")
    client, _ = sign_in_as("director")
    back, again = f"/letters/{letter.id}/return", f"/letters/{letter.id}/resubmission"
    assert client.get(back).status_code == 200
    assert client.post(back, data={"reason": "一字直すこと"}).status_code == 302
    client, _ = sign_in_as("officer")
    assert client.get(again).status_code == 200
    assert [it.about for it in noted("results_read")] == [back, again]


def test_the_result_of_an_application_withdrawn_since_is_one_that_nobody_will_announce(sign_in_as, call):
    application = db.session.get_one(Application, 1)
    withdraw(
        application,
        reason="計画の変更",
        actor=factories.tenure("municipality_approver", application.organisation),
        at=application.call.closes_at,
    )
    db.session.commit()
    client, _ = sign_in_as("officer")
    page = client.get("/applications/1").get_data(as_text=True)
    assert "選定する" in page
    assert [it.about for it in noted("results_read")] == ["/applications/1"]


def test_after_the_announcement_nothing_is_noted(sign_in_as, call, at):
    decide(call, actor=factories.tenure("director"), at=at)
    release(call, actor=factories.tenure("director"), at=at)
    db.session.commit()
    client, _ = sign_in_as("officer")
    call_page = f"/calls/{call.id}"
    for path in (
        "/",
        call_page,
        f"{call_page}/selection",
        "/applications",
        "/applications/1",
        "/letters",
        "/letters/1",
    ):
        assert client.get(path).status_code == 200
    assert noted("results_read") == []


def test_what_its_own_applicant_reads_is_nothing_to_note(sign_in_as, call):
    application = db.session.get_one(Application, 1)
    client, _ = sign_in_as("municipality_approver", application.organisation)
    for path in ("/applications", "/applications?format=csv", f"/applications/{application.id}"):
        assert client.get(path).status_code == 200
    assert noted("results_read") == []


def test_the_log_says_which_page_and_never_a_title(sign_in_as, call):
    client, _ = sign_in_as("officer")
    client.get("/applications/1/result")
    client.get("/applications/1")
    administrator, _ = sign_in_as("administrator")
    page = administrator.get("/security").get_data(as_text=True)
    assert "/applications/1/result" in page
    title = db.session.scalar(select(Application.submitted_title).limit(1))
    assert title and title not in page


def test_a_page_that_is_read_again_asks_the_database_nothing_for_the_log(sign_in_as, call, count_queries):
    client, _ = sign_in_as("officer")
    path = f"/calls/{call.id}/selection"
    first, again = (count_queries(lambda: client.get(path)) for _ in range(2))
    assert noted("results_read")
    assert again < first


def test_two_processes_that_note_the_same_write_it_once(sign_in_as, app, call):
    client, _ = sign_in_as("officer")
    client.get(f"/calls/{call.id}/selection")
    app.extensions["security notes"].clear()  # as in another worker
    client.get(f"/calls/{call.id}/selection")
    assert len(noted("results_read")) == 1


# Exports and seats


def test_an_exported_list_is_noted_without_what_was_searched_for(sign_in_as):
    client, tenure = sign_in_as("administrator")
    for _ in range(2):
        client.get("/seats?q=%E8%A6%8B%E6%9C%AC&format=csv")
    client.get("/seats?format=xlsx")
    client.get("/seats")
    assert told("exported") == [(tenure.name, "/seats (csv)"), (tenure.name, "/seats (xlsx)")]


def test_what_the_public_downloads_is_not_noted(client):
    assert client.get("/register?format=csv").status_code == 200
    assert noted() == []


def test_each_change_of_a_seat_is_noted_with_who_made_it(sign_in_as, at):
    client, administrator = sign_in_as("administrator")
    seat = factories.tenure("officer").seat
    page = {"section": "新しい課", "post": seat.post, "mailbox": seat.mailbox}
    client.post(f"/seats/{seat.id}/edit", data=page | {"version": str(seat.version_id)})
    client.post(f"/seats/{seat.id}/holder", data={"email": "t@example.jp", "name": "太郎", "on": "R5.4.1"})
    client.post(f"/seats/{seat.id}/closure", data={"on": "R5.5.1"})
    events = noted("seat_changed")
    assert [it.detail for it in events] == [
        "The seat was renamed, or its mailbox changed", "The seat was handed over", "The seat was closed",
    ]  # fmt: skip
    assert {it.person_id for it in events} == {administrator.person_id}
    assert "新しい課" in events[0].about


# The page


@pytest.mark.parametrize("role", sorted(SEATED))
def test_only_administrators_and_directors_read_the_log(sign_in_as, role):
    client, _ = sign_in_as(role)
    allowed = role in ("administrator", "director")
    for path in ("/security", "/security?format=csv", "/security?format=xlsx"):
        assert client.get(path).status_code == (200 if allowed else 403)
    assert ('href="/security"' in client.get("/").get_data(as_text=True)) is allowed


def test_the_log_is_filtered_by_what_who_where_and_when_and_exported_as_shown(
    client, sign_in_as, person, at, move_clock
):
    sign_in(client, person.email, "wrong")
    move_clock(at + timedelta(days=2))
    sign_in(client, person.email, RIGHT, REMOTE_ADDR="198.51.100.9")
    administrator, _ = sign_in_as("administrator")

    def rows(query: str) -> list[dict[str, str]]:
        text = administrator.get(f"/security?format=csv&{query}").data.decode("utf-8-sig")
        return [row for row in csv.DictReader(io.StringIO(text)) if row["出来事"] != "一覧の出力"]

    assert [row["出来事"] for row in rows("")] == ["ログイン", "ログイン失敗"]
    assert [row["出来事"] for row in rows("kind=sign_in_failed")] == ["ログイン失敗"]
    assert [row["接続元"] for row in rows("origin=198.51")] == ["198.51.100.9"]
    assert len(rows(f"q={person.name}")) == 2 and rows("q=だれもいない") == []
    assert [row["出来事"] for row in rows("from=R5.2.17")] == ["ログイン"]
    assert [row["出来事"] for row in rows("until=2023-02-15")] == ["ログイン失敗"]
    assert len(rows("from=2023-02-15&until=R5.2.17")) == 2
    sheet = load_workbook(io.BytesIO(administrator.get("/security?format=xlsx&kind=signed_in").data)).active
    assert [cell.value for cell in list(sheet.rows)[1]][1:3] == ["ログイン", person.name]
    page = administrator.get("/security?from=きのう").get_data(as_text=True)
    assert "この条件は適用していません" in page and "ログイン失敗" in page
    administrator.get("/language/en")
    assert "Sign-in failed" in administrator.get("/security").get_data(as_text=True)


# Bounds


def test_strangers_do_not_fill_the_disk(client, app, person, monkeypatch, at):
    monkeypatch.setattr(security, "STRANGERS_PER_NETWORK", 5)
    monkeypatch.setattr(security, "STRANGERS_IN_ALL", 12)
    for number in range(30):
        client.get(f"/password/guess-{number}", environ_base=FROM)
    assert len(noted("link_refused")) == 5
    [more] = noted(security.NOT_ALL)
    assert (more.origin, more.detail) == ("192.0.2.7", security.KINDS["link_refused"])
    for number in range(60):
        client.get("/password/guess", environ_base={"REMOTE_ADDR": f"2001:db8:{number:x}::1"})
    assert db.session.scalar(select(func.count()).select_from(SecurityEvent)) == 13


def test_the_subscribers_of_one_ipv6_network_are_one(client):
    for number in range(3):
        client.get("/password/guess", environ_base={"REMOTE_ADDR": f"2001:db8:1:2::{number}"})
    assert {it.origin for it in noted("link_refused")} == {"2001:db8:1:2::/64"}


def test_a_log_that_cannot_be_written_keeps_nobody_out_and_says_so(client, person, monkeypatch, caplog):
    from sqlalchemy.exc import OperationalError

    def broken(_row):
        raise OperationalError("INSERT", {}, Exception("disk full"))

    monkeypatch.setattr(security, "_write", broken)
    assert sign_in(client, person.email, "wrong").status_code == 422
    assert "not written into the security log" in caplog.text


def test_what_is_older_than_three_years_is_deleted_by_a_command_which_is_noted(app, person, at):
    for years in (4, 2):
        security.note("signed_in", actor=SYSTEM, at=at.replace(year=at.year - years))
    db.session.commit()
    shown = app.test_cli_runner().invoke(args=["security", "forget"])
    assert "1 entries older than 3 years were deleted" in shown.output
    assert [it.kind for it in noted()] == ["signed_in", "forgotten"]
    assert "1 " in noted("forgotten")[0].about
