"""What arrived in time is in time, however long it then waited for a thread."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from app import calendar
from app.applications import submission
from app.applications.models import Application
from app.correspondence.models import Mail
from app.db import db
from app.selection import operations as selection
from app.web.arrival import LONGEST_WAIT, arrived
from serving import ARRIVED_AT
from tests import factories
from tests.factories.applications import holder

SECOND = timedelta(seconds=1)
WAITED = 5  # seconds that the request has waited when a thread takes it


def has_waited(seconds: float = WAITED) -> dict:
    """The environment of a request that arrived so many seconds ago."""
    return {"environ_overrides": {ARRIVED_AT: time.time() - seconds}}


@pytest.fixture
def call(app):
    return factories.call()


def seconds_after(instant: datetime, seconds: float) -> datetime:
    return instant + timedelta(seconds=seconds)


# Each row: who acts, in which state the application stands, the page that is sent, the state it leads to.
ACTS = [
    ("municipality_approver", "draft", "submission", "submitted"),
    ("municipality_approver", "in_approval", "submission", "submitted"),
    ("municipality_editor", "draft", "approval-request", "in_approval"),
    ("municipality_approver", "returned", "resubmission", "submitted"),
]


@pytest.mark.parametrize(("role", "state", "page", "becomes"), ACTS)
def test_what_arrived_before_the_instant_is_taken_after_it(
    sign_in_as, move_clock, call, role, state, page, becomes
):
    made = factories.application(state, call=call)
    client, _ = sign_in_as(tenure=holder(role, made.organisation))
    due = made.due_at
    move_clock(seconds_after(due, WAITED - 1))  # it arrived a second before
    answer = client.post(f"/applications/{made.id}/{page}", **has_waited())
    assert answer.status_code == 302, answer.get_data(as_text=True)
    assert db.session.get(Application, made.id).state == becomes


@pytest.mark.parametrize(("role", "state", "page", "becomes"), ACTS)
def test_what_arrived_after_the_instant_is_refused(sign_in_as, move_clock, call, role, state, page, becomes):
    made = factories.application(state, call=call)
    client, _ = sign_in_as(tenure=holder(role, made.organisation))
    move_clock(seconds_after(made.due_at, WAITED + 1))
    assert client.post(f"/applications/{made.id}/{page}", **has_waited()).status_code == 422
    assert db.session.get(Application, made.id).state == state


def test_what_arrived_before_the_opening_is_too_early_after_it(sign_in_as, move_clock, call):
    made = factories.application("draft", call=call, at=call.opens_at)
    client, _ = sign_in_as(tenure=holder("municipality_approver", made.organisation))
    move_clock(seconds_after(call.opens_at, WAITED - 1))
    # Its draft was made at the opening, so nothing of it can have arrived before.
    made.created_at = call.opens_at - 9 * SECOND
    made.answered.saves = {}
    db.session.commit()
    assert client.post(f"/applications/{made.id}/submission", **has_waited()).status_code == 422
    assert "からのため、まだ提出できません" in client.post(
        f"/applications/{made.id}/submission", **has_waited()
    ).get_data(as_text=True)


def test_a_correction_is_reported_as_mended_when_the_report_arrived_in_time(sign_in_as, move_clock, call):
    made = factories.application("returned", call=call)
    client, _ = sign_in_as(tenure=holder("municipality_editor", made.organisation))
    move_clock(seconds_after(made.correction_due_at, WAITED - 1))
    assert client.post(f"/applications/{made.id}/approval-request", **has_waited()).status_code == 302
    assert db.session.get(Application, made.id).open_correction.mended_at is not None
    move_clock(seconds_after(made.correction_due_at, WAITED + 1))
    assert client.post(f"/applications/{made.id}/approval-request", **has_waited()).status_code == 422


@pytest.mark.parametrize(("arrived_after", "late"), [(-0.001, False), (0, True)])
def test_a_correction_that_arrives_at_its_very_instant_is_late(app, call, arrived_after, late):
    made = factories.application("returned", call=call)
    approver = holder("municipality_approver", made.organisation)
    due = made.correction_due_at
    act = {"actor": approver, "at": due + SECOND, "arrived": seconds_after(due, arrived_after)}
    if late:
        with pytest.raises(submission.TooLate):
            submission.resubmit(made, **act)
    else:
        assert submission.resubmit(made, **act).received_at == act["arrived"]


def test_an_application_is_started_when_that_arrived_before_the_call_closed(sign_in_as, move_clock, call):
    client, _ = sign_in_as("municipality_editor")
    move_clock(seconds_after(call.closes_at, WAITED - 1))
    assert client.post(f"/calls/{call.id}/applications", **has_waited()).status_code == 302
    other, _ = sign_in_as("municipality_editor")
    move_clock(seconds_after(call.closes_at, WAITED + 1))
    assert other.post(f"/calls/{call.id}/applications", **has_waited()).status_code == 422


def test_the_arrival_goes_on_record_and_into_the_receipt(sign_in_as, move_clock, call):
    made = factories.application("draft", call=call)
    approver, _ = sign_in_as(tenure=holder("municipality_approver", made.organisation))
    now = seconds_after(call.closes_at, WAITED - 2)
    move_clock(now)
    approver.post(f"/applications/{made.id}/submission", **has_waited())
    handed_in = db.session.get(Application, made.id).last_submission
    came = handed_in.received_at
    assert call.closes_at - 3 * SECOND < came < call.closes_at
    assert made.submitted_at == came
    assert handed_in.content["received_at"] == came.isoformat()
    assert handed_in.created_at == now  # dealt with
    page = approver.get(f"/applications/{made.id}/receipt").get_data(as_text=True)
    assert "11時59分57秒" in page or "11時59分58秒" in page
    assert "期限内の提出かどうか" in page
    (mail,) = db.session.scalars(select(Mail).where(Mail.subject.contains("受け付けました")))
    assert (
        "11時59分57秒" in mail.body or "11時59分58秒" in mail.body
    ) and "期限内の提出かどうか" in mail.body


def test_a_submission_is_never_older_than_what_it_hands_in(app, call, at):
    made = factories.application("draft", call=call, at=at)
    approver = holder("municipality_approver", made.organisation)
    handed_in = submission.submit(made, actor=approver, at=at + 5 * SECOND, arrived=at - 60 * SECOND)
    assert handed_in.received_at == at  # the last save


def test_an_officer_who_looked_while_it_waited_has_not_read_it(sign_in_as, move_clock, call, at):
    made = factories.application("returned", call=call, at=at)
    approver, _ = sign_in_as(tenure=holder("municipality_approver", made.organisation))
    officer, _ = sign_in_as("officer")
    looked, dealt_with = at + 60 * SECOND, at + 62 * SECOND
    move_clock(dealt_with)
    approver.post(f"/applications/{made.id}/resubmission", **has_waited())  # arrived before the look
    assert db.session.get(Application, made.id).submitted_at < looked
    answer = officer.post(f"/applications/{made.id}/acceptance", data={"seen": looked.isoformat()})
    assert db.session.get(Application, made.id).state == "submitted", answer.status_code


def test_a_call_is_decided_once_nothing_that_was_in_time_can_come_any_more(app, call):
    approver = factories.tenure("director")
    with pytest.raises(selection.Undecided):
        selection.decide(call, actor=approver, at=call.closes_at + LONGEST_WAIT - SECOND)
    selection.decide(call, actor=approver, at=call.closes_at + LONGEST_WAIT)
    assert call.state == "decided"


def test_a_members_link_is_good_for_an_answer_that_arrived_in_time(client, move_clock):
    from app.councils.operations import PURPOSE
    from app.organisations import links

    council = factories.council()
    membership = factories.membership(council)
    link = links.make(PURPOSE, membership.id, expires_at=membership.link_expires_at)
    token = links.token_of(link)
    db.session.commit()
    move_clock(membership.link_expires_at + SECOND)
    assert client.get(f"/c/{token}").status_code == 410
    assert client.post(f"/c/{token}", data={"answer": "agree"}, **has_waited()).status_code == 302


def test_a_password_link_is_good_for_what_arrived_in_time(client, move_clock, at):
    from app.organisations import links
    from app.organisations.operations import PASSWORD

    person = factories.tenure("municipality_approver").person
    ends = at + timedelta(days=1)
    link = links.make(PASSWORD, person.id, expires_at=ends)
    token, typed = links.token_of(link), "correct horse battery"
    db.session.commit()
    move_clock(ends + SECOND)
    assert client.get(f"/password/{token}").status_code == 410
    sent = {"new_password": typed, "new_password_again": typed}
    assert client.post(f"/password/{token}", data=sent, **has_waited()).status_code == 302


# The instant itself


def test_without_a_stamp_it_is_now(plain_app, at):
    with plain_app.test_request_context("/"):
        assert arrived() == at
    assert arrived() == at  # a command or a job


def test_it_is_never_later_than_now_and_no_longer_ago_than_a_request_waits(plain_app):
    calendar.pin(None)
    with plain_app.test_request_context("/", environ_overrides={ARRIVED_AT: time.time() + 3600}):
        assert abs(arrived() - calendar.now()) < SECOND
    with plain_app.test_request_context("/", environ_overrides={ARRIVED_AT: time.time() - 3600}):
        assert abs(arrived() - (calendar.now() - LONGEST_WAIT)) < SECOND
    stamp = time.time() - WAITED
    with plain_app.test_request_context("/", environ_overrides={ARRIVED_AT: stamp}):
        assert arrived().timestamp() == pytest.approx(stamp, abs=1e-5)


def test_with_a_demos_day_it_is_as_long_ago_as_it_has_waited(plain_app):
    calendar.pin(datetime(2023, 3, 17).date())
    with plain_app.test_request_context("/", **has_waited()):
        waited = calendar.now() - arrived()
        assert abs(waited - timedelta(seconds=WAITED)) < SECOND
        assert arrived().date() == datetime(2023, 3, 17).date() or calendar.now().hour == 0


def test_no_header_of_a_client_sets_it(client, app, sign_in_as, move_clock, call):
    made = factories.application("draft", call=call)
    approver, _ = sign_in_as(tenure=holder("municipality_approver", made.organisation))
    move_clock(call.closes_at + SECOND)
    earlier = str(time.time() - WAITED)
    headers = {
        ARRIVED_AT: earlier,
        "Banso.Arrived-At": earlier,
        "Banso-Arrived-At": earlier,
        "X-Request-Start": f"t={earlier}",
    }
    assert approver.post(f"/applications/{made.id}/submission", headers=headers).status_code == 422


@pytest.mark.parametrize("written", ["{0:.3f}", "t={0:.3f}", "{0:.0f}", "{1:.0f}", "{2:.0f}", " t={2:.0f} "])
def test_a_trusted_proxy_says_when_in_seconds_milliseconds_or_microseconds(app, written):
    calendar.pin(None)
    app.config.update(TRUSTED_PROXIES=1, ARRIVAL_HEADER="X-Request-Start")
    then = time.time() - 60
    text = written.format(then, then * 1000, then * 1_000_000)
    with app.test_request_context("/", headers={"X-Request-Start": text}, **has_waited()):
        assert arrived().timestamp() == pytest.approx(then, abs=1)


@pytest.mark.parametrize("seconds", [-3600, 30])  # far in the past, and ahead of our own clock
def test_a_proxy_whose_clock_is_wrong_is_not_believed(app, seconds):
    calendar.pin(None)
    app.config.update(TRUSTED_PROXIES=1, ARRIVAL_HEADER="X-Request-Start")
    header = {"X-Request-Start": f"{time.time() + seconds:.3f}"}
    with app.test_request_context("/", headers=header, **has_waited()):
        assert arrived().timestamp() == pytest.approx(time.time() - WAITED, abs=1)


@pytest.mark.parametrize(
    "text", ["", "t=", "yesterday", "1700000000,1700000000", "9" * 5000, "-1", "１７００００００００"]
)
def test_what_a_proxy_cannot_have_written_is_passed_over(app, text):
    calendar.pin(None)
    app.config.update(TRUSTED_PROXIES=1, ARRIVAL_HEADER="X-Request-Start")
    environ = {ARRIVED_AT: time.time() - WAITED, "HTTP_X_REQUEST_START": text.encode().decode("latin-1")}
    with app.test_request_context("/", environ_overrides=environ):
        assert arrived().timestamp() == pytest.approx(time.time() - WAITED, abs=1)


def test_without_a_trusted_proxy_its_header_is_not_read(app):
    calendar.pin(None)
    app.config.update(TRUSTED_PROXIES=0, ARRIVAL_HEADER="X-Request-Start")
    with app.test_request_context("/", headers={"X-Request-Start": f"{time.time() - 60:.3f}"}):
        assert abs(arrived() - calendar.now()) < SECOND
