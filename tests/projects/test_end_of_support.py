"""Letters are drafted in March, issued on the last business day, projects ended on 1 April; late rather than never."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app.correspondence import approval
from app.correspondence import letters as correspondence
from app.correspondence.letters import letters_of
from app.correspondence.models import Letter, Mail
from app.db import db
from app.history import HistoryEntry
from app.installation import Setting
from app.projects import cancelling, end_of_support
from app.projects.models import Project
from tests import factories
from tests.projects.days import draft, end, morning
from tests.reading import events


def issue(day: date) -> int:
    return end_of_support.issue_letters(on=day, at=morning(day))


def escalate(day: date) -> int:
    return end_of_support.escalate(on=day, at=morning(day))


def approve_all(day: date) -> int:
    count = approval.approve(
        letters_of(kind="support-end", state="drafted"), actor=factories.tenure("director"), at=morning(day)
    )
    db.session.commit()
    return count


def test_letters_are_drafted_from_the_first_of_march_one_to_each_body_and_once(joint):
    db.session.commit()
    assert draft(date(2023, 2, 28)) == 0
    assert draft(date(2023, 3, 1)) == 3
    assert draft(date(2023, 3, 1)) == 0
    assert draft(date(2023, 3, 2)) == 0
    drafted = letters_of(kind="support-end", fiscal_year=2022)
    assert [(letter.addressee, letter.state) for letter in drafted] == [
        ("北海道知事", "drafted"),
        ("北海道岩見沢市長", "drafted"),
        ("北海道更別村長", "drafted"),
    ]
    assert all(letter.about_number == "1" and letter.about_id == joint.id for letter in drafted)
    assert events(drafted[0]) == ["drafted"]


def test_a_project_that_goes_on_gets_no_letter(joint):
    factories.project(call=factories.call(selection_fy=2019, base_years=5))
    db.session.commit()
    draft(date(2023, 3, 1))
    assert {letter.about_id for letter in letters_of()} == {joint.id}


def test_certified_years_put_the_end_off(joint):
    joint.extension, joint.extension_on, joint.extended_years = "certified", date(2023, 2, 10), 2
    db.session.commit()
    assert draft(date(2023, 3, 1)) == 0
    assert end(date(2023, 4, 1)) == 0
    assert draft(date(2025, 3, 1)) == 3


def test_approved_letters_are_issued_on_the_last_business_day_and_not_before(joint):
    db.session.commit()
    draft(date(2023, 3, 1))
    approve_all(date(2023, 3, 10))
    assert issue(date(2023, 3, 30)) == 0
    assert issue(date(2023, 3, 31)) == 3
    assert issue(date(2023, 3, 31)) == 0
    issued = letters_of(state="issued")
    assert [letter.number for letter in issued] == ["4未技第1号", "4未技第2号", "4未技第3号"]
    assert {letter.issued_on for letter in issued} == {date(2023, 3, 31)}
    mails = list(db.session.scalars(select(Mail).order_by(Mail.id)))
    assert [mail.to_address for mail in mails] == [
        "010006@example.jp",
        "012106@example.jp",
        "016390@example.jp",
    ]
    assert events(issued[0]) == ["issue", "approve", "drafted"]


def test_the_notices_of_fy2019_go_out_on_friday_29_march_2024(body):
    factories.project(
        [body("仙北市", "052159", "秋田県")], call=factories.call(selection_fy=2019, base_years=5)
    )
    db.session.commit()
    draft(date(2024, 3, 1))
    approve_all(date(2024, 3, 1))
    assert issue(date(2024, 3, 28)) == 0
    assert issue(date(2024, 3, 29)) == 1
    assert letters_of()[0].issued_on == date(2024, 3, 29)
    assert end(date(2024, 3, 31)) == 0
    assert end(date(2024, 4, 1)) == 1


def test_an_unapproved_letter_is_not_issued_and_goes_out_as_soon_as_it_is_approved(joint):
    db.session.commit()
    draft(date(2023, 3, 1))
    assert issue(date(2023, 3, 31)) == 0
    assert end(date(2023, 4, 1)) == 1
    assert issue(date(2023, 4, 2)) == 0
    approve_all(date(2023, 4, 3))
    assert issue(date(2023, 4, 3)) == 3
    late = letters_of(state="issued")
    assert {(letter.fiscal_year, letter.issued_on) for letter in late} == {(2022, date(2023, 4, 3))}
    assert late[0].number == "5未技第1号", "numbered in the year it goes out"


def test_letters_that_are_approved_late_wait_for_the_next_working_day(joint):
    db.session.commit()
    draft(date(2023, 3, 1))
    approve_all(date(2023, 9, 9))
    assert [issue(date(2023, 9, day)) for day in (9, 10)] == [0, 0], "a weekend"
    assert issue(date(2023, 9, 11)) == 3
    assert {letter.issued_on for letter in letters_of()} == {date(2023, 9, 11)}


def test_no_way_of_issuing_leads_out_on_a_closed_day(joint):
    db.session.commit()
    draft(date(2023, 3, 1))
    approve_all(date(2023, 3, 2))
    letter = letters_of()[0]
    with pytest.raises(correspondence.ClosedDay, match="the next working day is 2024-04-08"):
        correspondence.issue(letter, on=date(2024, 4, 7), at=morning(date(2024, 4, 7)))
    assert letters_of()[0].state == "approved"


def test_a_standstill_over_the_turn_of_the_year_is_caught_up_before_the_project_is_ended(joint):
    db.session.commit()
    day = date(2023, 4, 10)
    assert (draft(day), issue(day), end(day)) == (3, 0, 1)
    assert db.session.get_one(Project, joint.id).state == "ended"
    approve_all(day)
    assert issue(day) == 3


def test_no_project_is_ended_without_its_letters_even_when_the_drafting_failed(joint):
    db.session.commit()
    assert end(date(2023, 4, 1)) == 1
    assert len(letters_of(state="drafted")) == 3


def test_what_ended_before_the_office_began_with_the_system_gets_no_letter(joint):
    Setting.put("reminders_since", "2024-02-15")
    db.session.commit()
    assert draft(date(2024, 3, 1)) == 0
    assert end(date(2024, 3, 1)) == 1
    assert letters_of() == []


def test_projects_are_ended_on_the_first_of_april_once_and_by_the_system(joint):
    db.session.commit()
    assert end(date(2023, 3, 31)) == 0
    assert end(date(2023, 4, 1)) == 1
    assert end(date(2023, 4, 1)) == 0
    ended = db.session.get_one(Project, joint.id)
    assert ended.state == "ended"
    entry = db.session.scalars(HistoryEntry.of(ended)).first()
    assert (entry.event, entry.actor_role, entry.changes["ended_on"]) == ("end", "system", "2023-03-31")


def test_unapproved_letters_are_told_to_officers_and_directors_daily_in_the_last_week_and_after(joint):
    for role, mailbox in (("officer", "officer@example.jp"), ("director", "director@example.jp")):
        factories.tenure(role).seat.mailbox = mailbox
    db.session.commit()
    draft(date(2023, 3, 1))
    assert escalate(date(2023, 3, 24)) == 0
    days = [date(2023, 3, day) for day in range(25, 32)] + [date(2023, 4, day) for day in (1, 2, 3)]
    assert [escalate(day) for day in days] == [0, 0, 2, 2, 2, 2, 2, 0, 0, 2], "each working day"
    assert escalate(date(2023, 4, 3)) == 0, "once a day"
    last = db.session.scalars(select(Mail).order_by(Mail.id.desc())).first()
    assert last.to_address in ("officer@example.jp", "director@example.jp")
    assert "3件" in last.subject
    assert "令和5年3月31日（金）（経過）" in last.body
    assert "http://127.0.0.1:8000/projects/ending?fiscal_year=2022" in last.body
    approve_all(date(2023, 4, 4))
    assert escalate(date(2023, 4, 4)) == 0


def test_what_is_due_to_be_ended_is_what_the_job_ends(joint):
    db.session.commit()
    for day in (date(2023, 3, 31), date(2023, 4, 1)):
        assert end_of_support.due_to_be_ended(day) == (day.month == 4)
        assert end(day) == (day.month == 4)
    assert end_of_support.due_to_be_ended(date(2023, 4, 2)) == 0


def test_a_letter_put_forward_again_says_what_the_project_is_now(joint):
    db.session.commit()
    draft(date(2023, 3, 1))
    letter = letters_of()[0]
    assert end_of_support.compose_anew(letter) == correspondence.content_of(letter)
    joint.title = "岩見沢から広がるスマート農業"
    anew = end_of_support.compose_anew(letter)
    assert "岩見沢から広がるスマート農業" in str(anew) and anew.addressee == letter.addressee


def test_the_notice_job_issues_and_counts_letters_of_its_own_kind_alone(joint):
    other = factories.letter(letter_kind="selection", state="approved")
    db.session.commit()
    draft(date(2023, 3, 1))
    approve_all(date(2023, 3, 10))
    assert end_of_support.due_to_be_issued(date(2023, 3, 31)) == 3
    assert issue(date(2023, 3, 31)) == 3
    assert other.state == "approved"
    assert {letter.letter_kind for letter in letters_of(state="issued")} == {"support-end"}


def test_letters_of_another_kind_that_wait_for_the_director_are_not_told_as_ending_support(joint):
    factories.tenure("officer").seat.mailbox = "officer@example.jp"
    factories.letter(letter_kind="selection")
    db.session.commit()
    assert escalate(date(2023, 3, 31)) == 0
    draft(date(2023, 3, 1))
    assert end_of_support.unapproved() == {2022: 3}


def test_a_cancellation_after_drafting_takes_the_letters_back(joint):
    db.session.commit()
    draft(date(2023, 3, 1))
    approve_all(date(2023, 3, 2))
    director = factories.tenure("director")
    cancelling.cancel(
        joint,
        ground="by_body",
        asked_by="body",
        reason="申請団体の辞退による。",
        actor=director,
        at=morning(date(2023, 3, 20)),
    )
    db.session.commit()
    assert {letter.state for letter in letters_of(kind="support-end")} == {"discarded"}
    assert {letter.state for letter in letters_of(kind="cancellation")} == {"drafted"}, (
        "one that tells it, for each"
    )
    assert (issue(date(2023, 3, 31)), draft(date(2023, 3, 31)), end(date(2023, 4, 1))) == (0, 0, 0)
    assert db.session.scalar(select(Mail)) is None
    assert db.session.get_one(Project, joint.id).state == "cancelled"


def test_a_discarded_letter_is_not_drafted_again(joint):
    db.session.commit()
    draft(date(2023, 3, 1))
    first = letters_of()[0]
    correspondence.discard(
        first,
        reason="宛先が別途通知済みのため",
        actor=factories.tenure("officer"),
        at=morning(date(2023, 3, 2)),
    )
    db.session.commit()
    assert draft(date(2023, 3, 3)) == 0
    assert end(date(2023, 4, 1)) == 1
    assert len(letters_of()) == 3


def test_one_letter_that_cannot_be_made_does_not_keep_the_others_back(joint, monkeypatch):
    db.session.commit()
    draft(date(2023, 3, 1))
    approve_all(date(2023, 3, 2))
    real, unlucky = correspondence.render, letters_of()[1].addressee

    def render(content, printer):
        if content.addressee == unlucky:
            raise OSError("No space left on device")
        return real(content, printer)

    monkeypatch.setattr(correspondence, "render", render)
    with pytest.raises(
        end_of_support.NotAllIssued, match="1 support-end letters could not be issued; 2 were"
    ):
        issue(date(2023, 3, 31))
    assert [letter.state for letter in letters_of()] == ["issued", "approved", "issued"]
    monkeypatch.setattr(correspondence, "render", real)
    assert issue(date(2023, 3, 31)) == 1
    assert sorted(letter.sequence for letter in letters_of()) == [1, 2, 3], "no gap, no twin"


def test_a_body_without_a_contact_gets_its_letter_and_the_mail_waits_with_the_office(body):
    factories.project(
        [body("大分県", "440001", contact=False)], call=factories.call(selection_fy=2018, base_years=5)
    )
    db.session.commit()
    draft(date(2023, 3, 1))
    approve_all(date(2023, 3, 2))
    assert issue(date(2023, 3, 31)) == 1
    mail = db.session.scalars(select(Mail)).one()
    assert (mail.state, mail.to_address) == ("parked", "")
    assert db.session.scalars(select(Letter)).one().state == "issued"
