"""Opening and cancelling a project; its period and state follow from its call and the day."""

from __future__ import annotations

import ast
from datetime import date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.calendar import JST
from app.db import db
from app.history import HistoryEntry
from app.lifecycle import NotAllowed
from app.permissions import SYSTEM
from app.projects import cancelling, operations
from app.projects.models import Project
from config import ROOT
from tests import factories
from tests.sources import nodes_of

AT = datetime(2023, 6, 30, 14, 0, tzinfo=JST)


def open_project(**values) -> Project:
    values = {"call": factories.call(), "applicants": [factories.organisation()], **values}
    return operations.open_project(actor=SYSTEM, at=AT, **values)


def test_the_first_project_is_number_one_and_the_next_follows_the_highest(app):
    assert open_project().number == 1
    assert open_project(number=45).number == 45
    assert open_project().number == 46
    db.session.commit()
    project = db.session.scalars(select(Project).where(Project.number == 46)).one()
    entry = db.session.scalars(HistoryEntry.of(project)).one()
    assert (entry.event, entry.changes["number"]) == ("opened", 46)


def test_a_number_is_not_given_twice(app):
    open_project(number=7)
    with pytest.raises(IntegrityError):
        open_project(number=7)


def test_a_project_needs_an_applicant_and_takes_none_twice(app):
    body = factories.organisation()
    with pytest.raises(ValueError, match="needs an applicant"):
        open_project(applicants=[])
    with pytest.raises(ValueError, match="once only"):
        open_project(applicants=[body, body])


def test_the_first_body_leads(app):
    lead, other = factories.organisation("大阪府", "270008"), factories.organisation("河内長野市", "272167")
    project = open_project(applicants=[lead, other])
    assert (project.lead, project.bodies) == (lead, [lead, other])


def test_the_technologies_are_told_as_the_programmes_list_prints_them(app):
    assert open_project(technologies=["AI", "IoT"], technologies_etc=True).technologies_raw == "AI、IoT等"


def test_no_project_is_opened_from_an_application_before_its_result_is_announced(app):
    application = factories.application("provisional")
    with pytest.raises(NotAllowed, match="it is provisional"):
        operations.open_from(application, actor=SYSTEM, at=AT)


def test_an_application_becomes_one_project_only(app):
    application = factories.application("selected")
    operations.open_from(application, actor=SYSTEM, at=AT)
    with pytest.raises(IntegrityError):
        operations.open_from(application, actor=SYSTEM, at=AT)


@pytest.mark.parametrize(
    ("selection_fy", "base_years", "extended", "ends_on"),
    [
        (2018, 5, 0, date(2023, 3, 31)),
        (2019, 5, 0, date(2024, 3, 31)),
        (2025, 3, 0, date(2028, 3, 31)),
        (2025, 3, 2, date(2030, 3, 31)),
    ],
)
def test_support_ends_by_the_rule_of_the_call(app, selection_fy, base_years, extended, ends_on):
    call = factories.call(selection_fy=selection_fy, base_years=base_years, extension_years=2)
    project = factories.project(call=call, extended_years=extended)
    assert project.ends_on == ends_on
    assert project.support_years == base_years + extended
    assert project.last_fy == ends_on.year - 1
    assert db.session.scalar(select(Project.last_fy).join(Project.call)) == ends_on.year - 1


def test_the_end_of_support_and_the_day_of_drafting_are_reckoned_in_one_place_each():
    ends, drafted = [], []
    for path in sorted((ROOT / "app").rglob("*.py")):
        where = str(path.relative_to(ROOT))
        for node in nodes_of(path.read_text()):
            if isinstance(node, ast.BinOp):
                summed = {part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute)}
                ends += [where] if {"selection_fy", "base_years"} <= summed else []
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "date":
                day = [part.value for part in node.args[1:] if isinstance(part, ast.Constant)]
                drafted += [where] if day == [3, 1] else []
    assert set(ends) == {"app/programmes/models.py"} and drafted == ["app/calendar.py"]


def test_the_support_year_turns_over_on_the_first_of_april(app):
    project = factories.project(call=factories.call(selection_fy=2018))
    days = [date(2018, 4, 1), date(2019, 3, 31), date(2019, 4, 1), date(2023, 3, 31)]
    assert [project.support_year(day) for day in days] == [1, 1, 2, 5]


def test_the_state_of_any_day_follows_from_the_period_without_waiting_for_the_job(app):
    project = factories.project(call=factories.call(selection_fy=2018), opened_on=date(2018, 8, 1))
    days = [date(2018, 7, 31), date(2018, 8, 1), date(2023, 3, 31), date(2023, 4, 1)]
    assert [project.state_on(day) for day in days] == [None, "supported", "supported", "ended"]
    project.cancelled_on = date(2020, 1, 10)
    assert [project.state_on(day) for day in (date(2020, 1, 9), date(2020, 1, 10))] == [
        "supported",
        "cancelled",
    ]


def test_a_cancellation_keeps_its_day_and_reason(app):
    project, director = factories.project(), factories.tenure("director")
    cancelling.cancel(
        project, ground="by_body", asked_by="body", reason="申請団体の辞退による。", actor=director, at=AT
    )
    db.session.commit()
    assert (project.state, project.cancelled_on) == ("cancelled", date(2023, 6, 30))
    entry = db.session.scalars(HistoryEntry.of(project)).first()
    assert (entry.event, entry.actor_name, entry.changes["reason"]) == (
        "cancel",
        director.name,
        "申請団体の辞退による。",
    )


def test_a_cancellation_needs_a_reason_a_director_and_a_project_under_support(app):
    project, director = factories.project(), factories.tenure("director")
    with pytest.raises(ValueError, match="the reason in words"):
        cancelling.cancel(project, ground="by_body", asked_by="body", reason=" ", actor=director, at=AT)
    with pytest.raises(NotAllowed):
        cancelling.cancel(
            project,
            ground="by_body",
            asked_by="body",
            reason="辞退",
            actor=factories.tenure("officer"),
            at=AT,
        )
    ended = factories.project(state="ended")
    with pytest.raises(NotAllowed, match="it is ended"):
        cancelling.cancel(ended, ground="by_body", asked_by="body", reason="辞退", actor=director, at=AT)
