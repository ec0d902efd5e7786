"""Sessions are the server's: what it has ended opens nothing, whoever holds a copy of the cookie."""

from datetime import date, timedelta

import pytest
from sqlalchemy import event, func, select

from app import calendar, jobs
from app.backup import since
from app.db import db
from app.history import HistoryEntry
from app.organisations import operations, passwords, sessions
from app.organisations.sign_in_models import KnownDevice, SignInSession
from app.permissions import SEATED
from config import SettingError, settings
from tests import factories
from tests.organisations.common import is_signed_in

PASSWORD = "correct horse battery"
NEW = {"new_password": "another horse battery", "new_password_again": "another horse battery"}
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def tenure(app):
    made = factories.tenure("municipality_approver")
    made.person.password_hash = passwords.hashed(PASSWORD)
    db.session.commit()
    return made


@pytest.fixture
def pass_time(monkeypatch):
    """The machine's clock stands still; what this gives lets it come to so much later."""
    begun = calendar.machine_now()

    def to(span):
        monkeypatch.setattr(calendar, "machine_now", lambda: begun + span)

    to(timedelta())
    return to


def enter(client, tenure, **more):
    answer = client.post("/sign-in", data={"email": tenure.person.email, "password": PASSWORD}, **more)
    assert answer.status_code == 302
    return client


def copied(app, client):
    """Somebody else's browser with a copy of the cookie."""
    thief = app.test_client()
    thief.set_cookie("banso", client.get_cookie("banso").value)
    return thief


def rows():
    return db.session.scalars(select(SignInSession).order_by(SignInSession.id)).all()


def test_a_copied_cookie_opens_nothing_once_its_person_has_signed_out(app, client, tenure):
    enter(client, tenure)
    thief = copied(app, client)
    assert is_signed_in(thief)
    client.post("/sign-out")
    assert not is_signed_in(thief)
    [row] = rows()
    assert row.why_ended == "signed_out" and row.ended_at is not None


def test_the_key_is_random_and_only_its_hash_is_kept(app, client, tenure):
    with enter(client, tenure).session_transaction() as cookie:
        key = cookie["_user_id"]
    [row] = rows()
    assert len(key) == sessions.KEY_LENGTH  # 256 bits
    assert key not in (row.key_hash, row.browser) and len(row.key_hash) == 64
    with enter(app.test_client(), tenure).session_transaction() as cookie:
        assert cookie["_user_id"] != key


def test_signing_in_and_choosing_a_seat_each_begin_a_session_anew(app, client, tenure):
    second = factories.tenure("municipality_editor", person=tenure.person)
    first = copied(app, enter(client, tenure))
    enter(client, tenure)
    assert not is_signed_in(first)
    before_choice = copied(app, client)
    client.post("/account/seat", data={"tenure": second.id})
    assert is_signed_in(client) and not is_signed_in(before_choice)
    assert [row.why_ended for row in rows()] == ["entered_anew", "entered_anew", ""]


def test_a_session_planted_before_is_ended_by_signing_in(app, client, tenure):
    attacker = enter(app.test_client(), holder := factories_holder())
    client.set_cookie("banso", attacker.get_cookie("banso").value)
    enter(client, tenure)
    assert holder.person.email not in client.get("/account").get_data(as_text=True)
    assert not is_signed_in(attacker)


def factories_holder():
    made = factories.tenure("officer")
    made.person.password_hash = passwords.hashed(PASSWORD)
    db.session.commit()
    return made


@pytest.mark.parametrize(
    "kept",
    [
        "",
        "x",
        "1",
        "1.0000000000000000",
        "9" * 43,
        "x" * 42 + "é",
        "-1.x",
        "１.x",
        "\x00" * 43,
        7,
        None,
        ["a"],
    ],
)
def test_a_key_that_is_none_and_the_cookie_of_an_earlier_version_sign_nobody_in(client, tenure, kept):
    with client.session_transaction() as session:
        session["_user_id"] = kept
    assert not is_signed_in(client)
    assert client.post("/sign-out").status_code == 302


def test_a_session_that_is_not_used_for_half_a_day_ends(client, tenure, pass_time):
    enter(client, tenure)
    pass_time(timedelta(hours=12) - timedelta(seconds=1))
    assert is_signed_in(client)
    forget_use()
    pass_time(timedelta(hours=12))
    assert not is_signed_in(client)


def forget_use():
    """As if nobody had looked at a page since the sign-in."""
    for row in rows():
        row.last_seen_at = row.started_at
    db.session.commit()


def test_a_session_that_is_used_all_the_time_ends_after_a_day(client, tenure, pass_time):
    enter(client, tenure)
    for hour in range(24):
        pass_time(timedelta(hours=hour))
        with client.get("/account") as answer:
            assert answer.status_code == 200
    pass_time(timedelta(hours=24))
    assert not is_signed_in(client)


def test_choosing_a_seat_does_not_prolong_a_session(client, tenure, pass_time):
    """Otherwise whoever has a copy of the cookie chooses the same seat each morning, and is never out."""
    enter(client, tenure)
    for hour in range(0, 24, 6):
        pass_time(timedelta(hours=hour))
        client.post("/account/seat", data={"tenure": tenure.id})
        assert is_signed_in(client)
    pass_time(timedelta(hours=24))
    assert not is_signed_in(client)


def test_the_limits_are_settings(app, client, tenure, pass_time, tmp_path):
    chosen = settings(
        {"DATA_DIR": tmp_path, "SECRET_KEY": "x", "SESSION_IDLE": "0.5", "SESSION_ABSOLUTE": "8"}
    )
    assert (chosen["SESSION_IDLE"], chosen["SESSION_ABSOLUTE"]) == (timedelta(minutes=30), timedelta(hours=8))
    app.config.update(SESSION_IDLE=chosen["SESSION_IDLE"])
    enter(client, tenure)
    pass_time(timedelta(minutes=30))
    assert not is_signed_in(client)
    for wrong in ("0", "-1", "never", "100000", "nan"):
        with pytest.raises(SettingError, match="BANSO_SESSION_IDLE"):
            settings({"DATA_DIR": tmp_path, "SECRET_KEY": "x", "SESSION_IDLE": wrong})


def test_whose_session_it_was_stays_in_the_cookie_when_it_expires_and_goes_at_sign_out(
    client, tenure, pass_time
):
    enter(client, tenure)
    pass_time(timedelta(days=1))
    assert not is_signed_in(client)
    with client.session_transaction() as cookie:
        assert cookie["person_id"] == tenure.person_id
    enter(client, tenure)
    client.post("/sign-out")
    with client.session_transaction() as cookie:
        assert "person_id" not in cookie


def test_what_was_typed_is_kept_when_the_session_has_expired(client, tenure, pass_time):
    application = factories.application("draft", organisation=tenure.organisation)
    enter(client, tenure)
    pass_time(timedelta(days=1))
    saved = client.post(
        f"/applications/{application.id}/basics",
        data={"title": "typed"},
        headers={"Accept": "application/json"},
    )
    assert saved.status_code == 401  # the browser keeps it
    typed = client.post("/account/seat", data={"next": "typed"}, headers={"Origin": "http://localhost"})
    assert typed.headers["Location"] == "/sign-in?next=/kept-entries"
    enter(client, tenure)
    assert "typed" in client.get("/kept-entries").get_data(as_text=True)


def test_a_new_password_ends_every_other_session_and_gives_this_one_a_new_key(app, client, tenure):
    elsewhere, here = enter(app.test_client(), tenure), enter(client, tenure)
    before = copied(app, here)
    assert here.post("/account/password", data={"password": PASSWORD, **NEW}).status_code == 302
    assert is_signed_in(here)
    assert not is_signed_in(elsewhere) and not is_signed_in(before)
    operations.set_password(tenure.person, "a third horse battery")
    db.session.commit()
    assert not is_signed_in(here)
    assert {row.why_ended for row in rows()} == {"password"}


def test_a_seat_that_is_left_ends_its_session_and_not_that_in_another_seat(app, client, tenure):
    second = factories.tenure("municipality_editor", person=tenure.person)
    enter(client, tenure)
    other = enter(app.test_client(), tenure)
    other.post("/account/seat", data={"tenure": second.id})
    tenure.ended_on = date(2023, 2, 14)
    db.session.commit()
    assert not is_signed_in(client)
    assert is_signed_in(other)
    assert "係長" in other.get("/account").get_data(as_text=True)
    assert len(sessions.open_sessions(tenure.person)) == 1


def test_the_account_lists_where_one_is_signed_in(app, client, tenure):
    there = {"User-Agent": FIREFOX}
    enter(app.test_client(), tenure, headers=there, environ_base={"REMOTE_ADDR": "2001:db8:1:2::3"})
    page = enter(client, tenure).get("/account").get_data(as_text=True)
    listed = page.partition("ログイン中の端末")[2]
    assert "Firefox (Windows)" in listed and "2001:db8:1:2::/64" in listed and "127.0.0.1" in listed
    assert listed.count("令和5年2月15日") >= 4  # on the clock of the reader, however it was set
    assert listed.count("この端末") >= 1


def test_one_ends_a_session_of_ones_own_and_its_browser_is_known_no_more(app, client, tenure):
    lost = enter(app.test_client(), tenure)
    enter(client, tenure)
    [first, _second] = rows()
    assert f'action="/account/sessions/{first.id}/end"' in client.get("/account").get_data(as_text=True)
    assert client.post(f"/account/sessions/{first.id}/end").status_code == 302
    assert not is_signed_in(lost) and is_signed_in(client)
    assert db.session.scalar(select(func.count(KnownDevice.id))) == 1


def test_one_ends_all_others_and_that_is_on_record(app, client, tenure):
    others = [enter(app.test_client(), tenure) for _ in range(3)]
    enter(client, tenure)
    assert "他の全ての端末" in client.get("/account").get_data(as_text=True)
    assert client.post("/account/sessions/end-others").status_code == 302
    assert is_signed_in(client)
    assert not any(map(is_signed_in, others))
    entry = db.session.scalars(HistoryEntry.of(tenure.person)).first()
    assert (entry.event, entry.changes, entry.actor_person_id) == (
        "sessions_ended",
        {"count": 3},
        tenure.person_id,
    )
    assert db.session.scalar(select(func.count(KnownDevice.id))) == 1


def test_nobody_ends_the_session_of_another_not_even_an_administrator_as_if_it_were_theirs(
    app, sign_in_as, tenure
):
    stranger = enter(app.test_client(), tenure)
    [row] = rows()
    for role, status in (("officer", 404), ("administrator", 403)):  # who does not see it; who sees it
        client, _ = sign_in_as(role)
        assert client.post(f"/account/sessions/{row.id}/end").status_code == status
    assert is_signed_in(stranger)


def test_an_administrator_ends_somebodys_sessions_and_that_is_on_record(app, sign_in_as, tenure):
    lost = [enter(app.test_client(), tenure, headers={"User-Agent": FIREFOX}) for _ in range(2)]
    administrator, admin = sign_in_as("administrator")
    person_id = tenure.person_id
    assert f'href="/people/{person_id}/sessions"' in administrator.get(f"/seats/{tenure.seat_id}").get_data(
        as_text=True
    )
    page = administrator.get(f"/people/{person_id}/sessions").get_data(as_text=True)
    assert page.count("Firefox (Windows)") == 2
    assert administrator.post(f"/people/{person_id}/sessions/end").status_code == 302
    assert not any(map(is_signed_in, lost))
    assert {row.why_ended for row in rows() if row.person_id == person_id} == {"by_administrator"}
    page = administrator.get(f"/people/{person_id}/sessions").get_data(as_text=True)
    assert "ログイン中の端末はありません" in page and "端末のログアウト（2件）" in page
    entry = db.session.scalars(HistoryEntry.of(tenure.person)).first()
    assert (entry.event, entry.actor_person_id) == ("sessions_ended", admin.person_id)


@pytest.mark.parametrize("role", sorted(SEATED - {"administrator"}))
def test_nobody_but_an_administrator_sees_where_others_are_signed_in(sign_in_as, tenure, role):
    client, _ = sign_in_as(role)
    assert client.get(f"/people/{tenure.person_id}/sessions").status_code == 403
    assert client.post(f"/people/{tenure.person_id}/sessions/end").status_code == 403


def test_a_command_signs_a_person_out_everywhere(app, client, tenure):
    enter(client, tenure)
    result = app.test_cli_runner().invoke(args=["users", "sign-out", tenure.person.email])
    assert "signed out everywhere (1 sessions)" in result.output
    db.session.expire_all()
    assert not is_signed_in(client)


def test_after_a_restore_everybody_signs_in_anew(client, tenure, at):
    enter(client, tenure)
    since.begin({"made_at": at.isoformat(), "registers": {}, "calls": {}}, at=at)
    db.session.commit()
    assert not is_signed_in(client)
    assert [row.why_ended for row in rows()] == ["restored"]


# What it costs


def test_a_page_asks_one_question_for_its_reader_and_his_session(app, sign_in_as):
    client, _ = sign_in_as("officer")
    asked = []

    def note(_connection, _cursor, statement, *_rest):
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    client.get("/contact")
    event.remove(db.engine, "before_cursor_execute", note)
    assert len([statement for statement in asked if "tenures" in statement]) == 1
    assert len([statement for statement in asked if "sessions" in statement]) == 1


def test_use_is_noted_every_few_minutes_after_the_answer_has_gone(client, tenure, pass_time):
    enter(client, tenure)
    [row] = rows()
    begun = row.last_seen_at
    pass_time(sessions.NOTED_EVERY - timedelta(seconds=1))
    with client.get("/account"):
        pass
    assert rows()[0].last_seen_at == begun
    pass_time(sessions.NOTED_EVERY)
    answer = client.get("/account")
    db.session.expire_all()
    assert rows()[0].last_seen_at == begun  # the reader has it, and nothing is written yet
    db.session.rollback()
    answer.close()
    db.session.expire_all()
    assert rows()[0].last_seen_at == begun + sessions.NOTED_EVERY


def test_a_note_that_cannot_be_written_is_left_to_the_next_page(
    app, client, tenure, pass_time, monkeypatch, caplog
):
    enter(client, tenure)
    pass_time(sessions.NOTED_EVERY)
    answer = client.get("/account")
    real = db.engine.begin

    def away():
        raise sessions.SQLAlchemyError("away")

    monkeypatch.setattr(db.engine, "begin", away)
    answer.close()
    monkeypatch.setattr(db.engine, "begin", real)
    assert "was not noted" in caplog.text
    assert is_signed_in(client)


def test_old_sessions_are_removed_by_a_daily_job_and_open_ones_are_not(app, client, tenure, pass_time, at):
    enter(app.test_client(), tenure).post("/sign-out")
    enter(app.test_client(), tenure)
    pass_time(timedelta(hours=30))
    assert jobs.run_daily(at.date(), at=at)["forget_sessions"] == {"removed": 1}
    pass_time(timedelta(hours=49))
    enter(client, tenure)
    assert jobs.run_daily(at.date(), at=at)["forget_sessions"] == {"removed": 1}
    assert is_signed_in(client)
    assert len(rows()) == 1


@pytest.mark.parametrize(
    ("user_agent", "told"),
    [
        (FIREFOX, "Firefox (Windows)"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge (Windows)"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36", "Chrome (Linux)"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1", "Safari (iPhone)"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", "Chrome (Android)"),
        ("curl/8.0", ""),
        ("", ""),
        ("x" * 100_000 + "Firefox/1", ""),
    ],
)  # fmt: skip
def test_a_browser_is_called_roughly_what_its_person_calls_it(user_agent, told):
    assert sessions.browser_of(user_agent) == told
