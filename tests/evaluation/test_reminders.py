"""Who is reminded of a response, and of which projects it is late."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from app.calendar import JST
from app.correspondence.models import Mail
from app.db import db
from app.evaluation import evaluations, reminders
from app.jobs import run_daily
from app.reporting.portfolio import standing
from tests import factories
from tests.factories.applications import holder

DAY_AFTER = datetime(2023, 3, 9, 9, 0, tzinfo=JST)  # the day by which to respond is 8 March


@pytest.mark.parametrize("state", ["recorded", "asked", "responded", "taken_off"])
def test_only_who_is_asked_is_reminded_and_late(app, at, move_clock, state):
    run_daily(at.date())
    evaluation = factories.evaluation(state=state)
    db.session.commit()
    move_clock(DAY_AFTER)
    run_daily(DAY_AFTER.date())
    mails = db.session.scalars(select(Mail.subject).where(Mail.about_id == evaluation.id, Mail.about_kind == "evaluation"))  # fmt: skip
    assert any("期限を過ぎています" in it for it in mails) is (state == "asked")
    assert standing(DAY_AFTER).late["evaluation"] == (state == "asked")


def test_a_body_whose_support_is_over_may_be_asked_and_is_neither_reminded_nor_late(app, at):
    evaluation = factories.evaluation(factories.project(state="ended"))
    due_on = at.date() + timedelta(days=21)
    evaluations.put(evaluation, due_on=due_on, actor=holder("officer"), at=at)
    assert evaluation.state == "asked" and not list(reminders.subjects(DAY_AFTER))
    assert standing(DAY_AFTER).late["evaluation"] == 0
