"""The officers' copies: one digest a day, on working days, of everything and of nothing twice."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlalchemy import select

from app.applications import checking
from app.calendar import JST
from app.correspondence import copies, outbox
from app.correspondence.models import Mail
from app.correspondence.wrapping import COLUMNS, width
from app.db import db
from app.installation import Setting
from app.jobs import run_daily
from app.web.arrival import LONGEST_WAIT
from tests import factories
from tests.factories.applications import holder

WEDNESDAY = date(2023, 3, 1)
ENDING = "支援期間の終了を知らせました。"


def morning(on: date, hour: int = 9) -> datetime:
    return datetime(on.year, on.month, on.day, hour, tzinfo=JST)


def tell(key: str, body=None, *, about=None, note: str = ENDING, at: datetime | None = None) -> Mail:
    mail = outbox.queue(
        key,
        to_address="kikaku@example.jp" if body is None else f"{body.id}@example.jp",
        subject=f"【手続不要】知らせ{key}",
        body="本文",
        about=about,
        organisation_id=body.id if body else None,
        copy_note=note,
        at=at or morning(WEDNESDAY),
    )
    assert mail is not None
    return mail


def send(on: date, hour: int = 9) -> int:
    queued = copies.send(on=on, at=morning(on, hour))
    db.session.commit()
    return queued


def digests() -> list[Mail]:
    return list(db.session.scalars(select(Mail).where(Mail.subject.contains("（写し）")).order_by(Mail.id)))


@pytest.fixture
def officer(app) -> str:
    return factories.tenure("officer").seat.mailbox


def test_a_digest_is_headed_as_a_copy_and_says_what_went_to_whom_with_links(app, officer):
    lead, other = factories.organisation("岩見沢市"), factories.organisation("更別村")
    project = factories.project([lead, other])
    tell("1", lead, about=project)
    tell("2", other, about=project)
    tell("3", lead, about=factories.application("accepted", organisation=lead), note="別の知らせです。")
    assert send(WEDNESDAY) == 1
    (digest,) = digests()
    assert digest.to_address == officer
    assert digest.subject == "【御確認】（写し）3月1日までに地方公共団体に送ったメール3通"
    said = digest.body
    assert said.startswith("（写し）\n")
    assert ENDING + "（2通）" in said and "別の知らせです。（1通）" in said
    assert f"宛先：{lead.full_name}、{other.full_name}" in said
    assert f"/projects/{project.id}\n" in said and "/applications/" in said
    assert all(width(line) <= COLUMNS for line in said.splitlines() if "http" not in line)


def test_every_mailbox_of_officers_gets_one_and_two_seats_with_one_mailbox_too(app, officer):
    factories.tenure("officer").seat.mailbox = officer
    second = factories.tenure("officer").seat.mailbox
    factories.tenure("director")
    tell("1")
    assert send(WEDNESDAY) == 2
    assert {mail.to_address for mail in digests()} == {officer, second}


def test_where_there_is_nothing_to_copy_nothing_is_sent(app, officer):
    outbox.queue("receipt", to_address="a@example.jp", subject="受付", body="本文", at=morning(WEDNESDAY))
    assert send(WEDNESDAY) == 0
    assert digests() == []


def test_however_often_the_jobs_run_a_day_has_one_digest_and_what_comes_later_is_in_the_next(app, officer):
    tell("1")
    assert send(WEDNESDAY) == 1
    tell("2", at=morning(WEDNESDAY, 17))
    assert send(WEDNESDAY, 17) == 0
    assert send(date(2023, 3, 2)) == 1
    assert send(date(2023, 3, 2), 15) == send(date(2023, 3, 3)) == 0
    first, second = digests()
    assert "知らせ1" in first.body and "知らせ2" not in first.body
    assert "知らせ2" in second.body and "知らせ1" not in second.body


@pytest.mark.parametrize("closed", [date(2023, 3, 4), date(2023, 3, 21), date(2022, 12, 31)])
def test_on_a_closed_day_it_waits_for_the_next_working_day(app, officer, closed):
    tell("1", at=morning(closed))
    assert send(closed) == 0
    working = {3: date(2023, 3, 6) if closed.day == 4 else date(2023, 3, 22), 12: date(2023, 1, 4)}
    assert send(working[closed.month]) == 1


def test_while_no_officer_holds_a_seat_nothing_counts_as_copied(app):
    tell("1")
    assert send(WEDNESDAY) == 0
    factories.tenure("officer")
    assert send(date(2023, 3, 2)) == 1


def test_a_body_without_a_contact_is_named_as_not_reached(app, officer):
    body = factories.organisation("大分県")
    outbox.queue(
        "1", to_address="", subject="知らせ", body="本文", organisation_id=body.id, copy_note=ENDING,
        at=morning(WEDNESDAY),
    )  # fmt: skip
    send(WEDNESDAY)
    assert f"未送信：{body.full_name}（" in digests()[0].body


def test_no_mail_asks_the_office_to_contact_itself(app, officer):
    """A whole year of jobs, and a withdrawal: every mail to a mailbox of the office."""
    factories.programme(contact_address="mirai@example.jp")
    Setting.put("reminders_since", "2022-04-01")
    call = factories.call(selection_fy=2018, base_years=5)
    factories.project([factories.organisation("岩見沢市")], call=call, created_at=morning(date(2018, 8, 1)))
    factories.application("withdrawn")
    application = factories.application("returned", call=factories.call(closes_at=morning(date(2023, 6, 1))))
    db.session.commit()
    due = application.corrections[-1].due_at
    checking.lapse_overdue(at=due + LONGEST_WAIT)
    db.session.commit()
    for on in (date(2022, 10, 3), date(2022, 12, 28), WEDNESDAY, date(2023, 3, 28)):
        run_daily(on)
    office = [mail for mail in db.session.scalars(select(Mail)) if mail.to_address == officer]
    assert len(office) >= 5
    for mail in office:
        assert "mirai@example.jp" not in mail.body and "上記まで" not in mail.body
        assert "末尾の連絡先" not in mail.body
    assert holder("officer").seat.mailbox == officer


def test_a_year_of_reminders_is_at_most_one_copy_a_day_for_each_mailbox(app, officer):
    Setting.put("reminders_since", "2022-04-01")
    call = factories.call(selection_fy=2018, base_years=5)
    for number in range(9):
        bodies = [factories.organisation(f"見本{number}市"), factories.organisation(f"見本{number}町")]
        factories.project(bodies, call=call, created_at=morning(date(2018, 8, 1)))
    db.session.commit()
    for on in (date(2022, 10, 3), date(2022, 10, 3), date(2022, 10, 4), WEDNESDAY, WEDNESDAY):
        run_daily(on)
    to_officer = [mail for mail in db.session.scalars(select(Mail)) if mail.to_address == officer]
    assert [mail.queued_at.astimezone(JST).date() for mail in to_officer] == [date(2022, 10, 3), WEDNESDAY]
    # The end of support; on the second day also councils that have not met.
    assert [mail.subject[-6:] for mail in to_officer] == ["メール18通", "メール36通"]
