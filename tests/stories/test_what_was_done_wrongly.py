"""A project ended by mistake is reinstated with its letters, and the years after it go as they would have gone."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app import jobs
from app.correspondence import approval, letters
from app.correspondence.models import Letter, Mail
from app.db import db
from app.history import HistoryEntry
from app.lifecycle import NotAllowed, closed_guard, is_open
from app.lifecycle.project import not_told
from app.organisations.operations import Refused
from app.projects import cancelling, extension, reinstating
from app.projects.models import Project
from tests import factories
from tests.projects.days import morning


@pytest.fixture
def director(app):
    return factories.tenure("director")


@pytest.fixture
def town(app):
    made = factories.organisation("更別村", "016390", prefecture="北海道", body_kind="village")
    factories.tenure("municipality_approver", made).seat.mailbox = "016390@example.jp"
    return made


@pytest.fixture
def ended(town, director) -> Project:
    """Five years from FY2018 and up to two more on application: recorded as not asked for, told so, and ended."""
    call = factories.call(selection_fy=2018, base_years=5, extension_years=2, state="announced")
    project = factories.project([town], call=call, number=1, opened_on=date(2018, 9, 1))
    extension.record_extension(
        project,
        outcome="not_asked",
        years=0,
        on=date(2023, 2, 10),
        actor=director,
        at=morning(date(2023, 2, 14)),
    )
    db.session.commit()
    for day in (date(2023, 3, 1), date(2023, 3, 31), date(2023, 4, 3)):
        _jobs(day)
        _approve_all(director, day)
    assert (project.state, letters.letters_of()[0].number) == ("ended", "4未技第1号")
    return project


def _jobs(day: date) -> dict:
    done = jobs.run_daily(day, at=morning(day))
    assert not any("error" in result for result in done.values()), done
    db.session.expire_all()
    return done


def _approve_all(director, day: date) -> int:
    count = approval.approve(letters.letters_of(state="drafted"), actor=director, at=morning(day))
    db.session.commit()
    return count


def _reinstate(project, director, day: date, **values) -> int:
    drafted = reinstating.reinstate(
        project, reason="継続申請が認定されていたため。", actor=director, at=morning(day), **values
    )
    db.session.commit()
    return drafted


CERTIFIED = {"years": 2, "on": date(2023, 2, 10)}


@pytest.mark.tells("project.reinstate", "letter.withdraw")
def test_a_project_ended_by_a_wrong_record_is_reinstated_and_its_letter_withdrawn(
    ended, sign_in_as, client, move_clock, director, town
):
    day = date(2023, 4, 10)
    move_clock(morning(day))
    browser, _ = sign_in_as(tenure=director)
    assert "支援終了" in client.get("/register/1").get_data(as_text=True)
    page = browser.get(f"/projects/{ended.id}/reinstatement").get_data(as_text=True)
    assert "4未技第1号" in page and "再び支援終了となります" in page
    address = f"/projects/{ended.id}/reinstatement"
    refused = browser.post(address, data={"reason": "誤りのため。"})
    assert refused.status_code == 422 and "令和5年3月31日" in refused.get_data(as_text=True)
    done = browser.post(
        address, data={"reason": "誤りのため。", "years": "2", "on": "2023-02-10"}, follow_redirects=True
    )
    assert "令和7年3月31日" in done.get_data(as_text=True) and "1件" in done.get_data(as_text=True)
    project = db.session.get_one(Project, ended.id)
    assert (project.state, project.last_fy, project.reinstatements) == ("supported", 2024, 1)
    assert "支援中" in client.get("/register/1").get_data(as_text=True)

    # the withdrawal is approved, goes out, and the municipality is told
    withdrawal = letters.letters_of(state="drafted")[0]
    assert (
        letters.content_of(withdrawal)
        .items[2]
        .text.startswith("次の事業については、引き続き支援の対象とします（支援終了日　令和7年3月31日）。")
    )
    assert _approve_all(director, day) == 1
    assert _jobs(day)["issue_letters_at_once"]["issued"] == 1
    former = letters.letters_of(kind="support-end")[0]
    assert (former.standing, former.number) == ("withdrawn", "4未技第1号")
    told = db.session.scalars(
        select(Mail).where(Mail.key.startswith("letter:")).order_by(Mail.id.desc())
    ).first()
    assert told.to_address == "016390@example.jp" and "取消しについて" in told.subject

    # nothing ends it again before its time; then it is told, and ended, once more
    for later in (date(2023, 4, 11), date(2024, 3, 29), date(2024, 4, 1)):
        done_then = _jobs(later)
        assert (done_then["end_projects"], done_then["draft_support_end_letters"]) == (
            {"ended": 0},
            {"drafted": 0},
        )
    assert _jobs(date(2025, 3, 3))["draft_support_end_letters"] == {"drafted": 1}
    _approve_all(director, date(2025, 3, 4))
    assert _jobs(date(2025, 3, 31))["issue_support_end_letters"]["issued"] == 1
    assert _jobs(date(2025, 4, 1))["end_projects"] == {"ended": 1}


def test_what_a_leap_of_the_clock_ended_gets_its_letter_again_in_its_own_march(town, director):
    project = factories.project(
        [town], call=factories.call(selection_fy=2018, base_years=6, state="announced")
    )
    db.session.commit()
    for leapt in (date(2024, 3, 1), date(2024, 3, 29), date(2024, 4, 1)):  # in truth it was March 2023
        _jobs(leapt)
        _approve_all(director, leapt)
    assert project.state == "ended"
    assert _reinstate(project, director, date(2023, 3, 20)) == 1
    assert project.state == "supported"
    assert _jobs(date(2023, 4, 3))["end_projects"] == {"ended": 0}
    assert _jobs(date(2024, 3, 1))["draft_support_end_letters"] == {"drafted": 1}
    keys = db.session.scalars(
        select(Letter.key).where(Letter.letter_kind == "support-end").order_by(Letter.id)
    ).all()
    assert keys[1] == f"{keys[0]}:again:1"


def test_a_project_cancelled_by_mistake_is_reinstated_and_gets_the_letters_that_were_discarded(
    town, director
):
    project = factories.project(
        [town], call=factories.call(selection_fy=2018, base_years=5, state="announced")
    )
    db.session.commit()
    _jobs(date(2023, 3, 1))
    cancelling.cancel(
        project,
        ground="by_body",
        asked_by="body",
        reason="辞退",
        actor=director,
        at=morning(date(2023, 3, 2)),
    )
    db.session.commit()
    assert _reinstate(project, director, date(2023, 3, 3)) == 0, "nothing had been issued"
    assert (project.state, project.cancelled_on, project.cancel_reason) == ("supported", None, "")
    assert _jobs(date(2023, 3, 6))["draft_support_end_letters"] == {"drafted": 1}
    entry = db.session.scalars(HistoryEntry.of(project)).first()
    assert entry.event == "reinstate" and entry.changes["cancelled_on"] == ["2023-03-02", None]


@pytest.mark.tells("letter.replace", "letter.withdraw")
def test_letters_on_the_way_are_discarded_and_those_that_stand_in_place_of_others_withdrawn(
    ended, director, app
):
    from app.correspondence import superseding

    letter = letters.letters_of(kind="support-end")[0]
    day = date(2023, 4, 10)
    pending = superseding.replace_by(
        letter, letters.content_of(letter), reason="誤字", actor=director, at=morning(day)
    )
    db.session.commit()
    assert _reinstate(ended, director, day, **CERTIFIED) == 1
    assert pending.state == "discarded"
    withdrawal = letters.letters_of(kind="withdrawal")[0]
    assert withdrawal.supersedes_id == letter.id


def test_once_the_letter_is_to_be_withdrawn_the_extension_can_be_recorded_anew(ended, director):
    at = morning(date(2023, 4, 10))
    assert closed_guard(ended, "record_extension", at=at) is not_told
    _reinstate(ended, director, date(2023, 4, 10), years=1, on=date(2023, 2, 10))
    assert is_open(ended, "record_extension", actor=director, at=at)
    extension.record_extension(
        ended,
        outcome="certified",
        years=2,
        on=date(2023, 2, 10),
        actor=director,
        at=morning(date(2023, 4, 11)),
    )
    assert ended.last_fy == 2024


def test_a_project_whose_period_is_over_is_not_reinstated_without_years(ended, director):
    with pytest.raises(Refused):
        _reinstate(ended, director, date(2023, 4, 10))
    with pytest.raises(Refused):
        _reinstate(ended, director, date(2023, 4, 10), years=3, on=date(2023, 2, 10))
    db.session.rollback()
    assert ended.state == "ended" and ended.reinstatements == 0


def test_only_a_director_reinstates_with_a_reason_and_only_what_was_ended(ended, director):
    with pytest.raises(NotAllowed):
        _reinstate(ended, factories.tenure("officer"), date(2023, 4, 10), **CERTIFIED)
    db.session.rollback()
    with pytest.raises(ValueError):
        reinstating.reinstate(ended, reason=" ", actor=director, at=morning(date(2023, 4, 10)))
    going_on = factories.project()
    with pytest.raises(NotAllowed):
        _reinstate(going_on, director, date(2023, 4, 10))


def test_nobody_else_finds_the_page(ended, sign_in_as):
    for role in ("officer", "municipality_approver", "administrator"):
        someone, _ = sign_in_as(role)
        assert someone.get(f"/projects/{ended.id}/reinstatement").status_code == 403


def test_a_project_under_support_has_nothing_to_reinstate(director, sign_in_as):
    browser, _ = sign_in_as(tenure=director)
    project = factories.project()
    assert browser.get(f"/projects/{project.id}/reinstatement").status_code == 302
    assert "支援中に戻す" not in browser.get(f"/projects/{project.id}").get_data(as_text=True)


def test_the_years_need_their_day(ended, director, sign_in_as, move_clock):
    move_clock(morning(date(2023, 4, 10)))
    browser, _ = sign_in_as(tenure=director)
    address = f"/projects/{ended.id}/reinstatement"
    for typed in ({"years": "2"}, {"years": "0", "on": "2023-02-10"}, {"years": "2", "on": "きのう"}):
        assert browser.post(address, data={"reason": "誤り", **typed}).status_code == 422
    assert db.session.get_one(Project, ended.id).state == "ended"
