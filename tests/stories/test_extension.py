"""Three years of support, and what then: one project is certified for two more, one asks for nothing, one is refused."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlalchemy import select

from app import calendar
from app.calendar import JST
from app.correspondence import approval
from app.correspondence.letters import letters_of
from app.correspondence.models import Letter, Mail
from app.db import db
from app.projects.models import Project
from tests import factories
from tests.stories.walking import let_days_pass, post


@pytest.mark.tells("project.record_extension", "letter.approve", "letter.issue", "project.end")
def test_nothing_says_that_support_ends_before_it_is_known(sign_in_as, move_clock):
    officer, acting = sign_in_as("officer")
    director = factories.tenure("director")
    call = factories.call(code="R7", selection_fy=2025, base_years=3, extension_years=2, state="announced")
    projects = []
    for number, name in enumerate(("認定市", "終了市", "不認定市")):
        city = factories.organisation(name, f"01641{number}", body_kind="city")
        factories.tenure("municipality_approver", city)
        projects.append(
            factories.project([city], call=call, opened_on=date(2025, 4, 11), number=46 + number).id
        )
    db.session.commit()
    certified, not_asked, refused = projects

    # the last week of February: two are recorded, the third is forgotten
    move_clock(datetime(2028, 2, 24, 9, tzinfo=JST))
    days = let_days_pass(move_clock, datetime(2028, 2, 25, 9, tzinfo=JST))
    assert [day["escalate_unrecorded_extensions"]["mails_queued"] for day in days] == [1]
    told = select(Mail).where(Mail.key.startswith("extension-unrecorded:"))
    assert {mail.to_address for mail in db.session.scalars(told)} == {acting.seat.mailbox}
    _record(officer, certified, outcome="certified", years="2", on="2028-02-25")
    _record(officer, not_asked, outcome="not_asked", on="2028-02-25")

    # 1 March to 3 April: one letter, one end; the forgotten one is told of on every working day
    days = let_days_pass(move_clock, datetime(2028, 3, 15, 9, tzinfo=JST))
    (letter,) = db.session.scalars(select(Letter))
    assert (letter.addressee, letter.about_id) == ("北海道終了市長", not_asked)
    _approve(director)
    days = let_days_pass(move_clock, datetime(2028, 4, 3, 9, tzinfo=JST))
    assert sum(day["issue_support_end_letters"]["issued"] for day in days) == 1
    states = {it.id: it.state for it in db.session.scalars(select(Project))}
    assert states == {certified: "supported", not_asked: "ended", refused: "supported"}
    assert days[-1]["escalate_unrecorded_extensions"]["mails_queued"] == 1

    # recorded late: drafted and ended at the next run, issued as soon as a director has approved
    _record(officer, refused, outcome="refused", on="2028-03-10")
    let_days_pass(move_clock, datetime(2028, 4, 7, 9, tzinfo=JST))
    (late,) = db.session.scalars(select(Letter).where(Letter.state == "drafted"))
    assert late.addressee == "北海道不認定市長"
    move_clock(datetime(2028, 4, 8, 15, tzinfo=JST))  # a Saturday
    _approve(director)
    let_days_pass(move_clock, datetime(2028, 4, 10, 9, tzinfo=JST))
    late = db.session.get_one(Letter, late.id)
    assert (late.state, late.issued_on) == ("issued", date(2028, 4, 10))
    assert db.session.get_one(Project, refused).state == "ended"
    assert db.session.get_one(Project, certified).ends_on == date(2030, 3, 31)


def _approve(director) -> None:
    assert approval.approve(letters_of(state="drafted"), actor=director, at=calendar.now()) == 1
    db.session.commit()


def _record(officer, project_id: int, **entered: str) -> None:
    version = str(db.session.get_one(Project, project_id).version_id)
    post(officer, f"/projects/{project_id}/extension", version=version, remark="", **entered)
