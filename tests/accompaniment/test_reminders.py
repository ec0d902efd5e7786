"""Whoever must act on an obstacle: the body's mail, the tasks of each side, the figure on the desk."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from app.accompaniment import obstacles, reminders
from app.accompaniment.figures import ALL, LATE, counts
from app.accompaniment.tasks import tasks
from app.calendar import JST
from app.correspondence.models import Mail
from app.db import db
from app.permissions import APPROVER, DIRECTOR, EDITOR, MINISTRY, OFFICER
from app.schedule.reminders import send_due, start_from
from app.web.counting import figures_of
from tests import factories
from tests.factories.applications import holder

SOURCES = {"obstacle_due": (reminders.due_subjects, reminders.remind)}
DUE = date(2023, 2, 20)  # a Monday


@pytest.fixture(autouse=True)
def since_long_ago(app):
    start_from(date(2020, 4, 1))


def run(day: date) -> int:
    db.session.commit()
    return send_due(SOURCES, at=datetime.combine(day, datetime.min.time(), JST).replace(hour=9))[
        "obstacle_due"
    ]


def sent() -> list[Mail]:
    return list(db.session.scalars(select(Mail).order_by(Mail.id)))


def test_a_body_is_told_when_its_day_has_passed_and_once_more_after_two_weeks(app):
    body = factories.organisation("岩見沢市")
    contact = factories.tenure(APPROVER, body).seat.mailbox
    factories.obstacle(factories.project([body]), due_on=DUE, title="道路使用の許可")
    assert [run(DUE), run(DUE + timedelta(days=1)), run(DUE + timedelta(days=2))] == [0, 1, 0]
    (mail,) = sent()
    assert mail.to_address == contact and "道路使用の許可" in mail.subject and mail.copy_note
    assert run(DUE + timedelta(days=15)) == 1


def test_a_day_that_was_moved_is_counted_anew(app, at):
    obstacle = factories.obstacle(due_on=DUE)
    assert run(DUE + timedelta(days=1)) == 1
    facts = {name: getattr(obstacle, name) for name in obstacles.FACTS}
    moved = {**facts, "due_on": DUE + timedelta(days=10)}
    now = datetime(2023, 2, 22, 9, tzinfo=JST)
    obstacles.revise(obstacle, **moved, actor=holder(OFFICER), at=now)
    assert [run(DUE + timedelta(days=2)), run(DUE + timedelta(days=11))] == [0, 1]


@pytest.mark.parametrize("acts", ["office", "ministry"])
def test_the_office_and_ministries_get_no_mail(app, acts):
    factories.obstacle(acts=acts, ministry_id=factories.office().id, due_on=DUE)
    assert run(DUE + timedelta(days=1)) == 0


def test_nothing_is_sent_of_what_is_settled_or_of_a_project_that_is_over(app):
    factories.obstacle(state="resolved", due_on=DUE)
    factories.obstacle(factories.project(state="ended"), due_on=DUE)
    assert run(DUE + timedelta(days=1)) == 0


def test_who_must_act_has_it_as_a_task_from_a_week_before(app, at):
    """A body each by itself; the office and a ministry how many there are, leading to the list of exactly these."""
    project, day = factories.project(), at.date()
    ministry = factories.tenure(MINISTRY)
    own, other = (
        ministry.organisation_id,
        factories.organisation("見本省", body_kind="ministry", prefecture=""),
    )
    far = day + timedelta(days=8)
    near = day + timedelta(days=7)
    ours = factories.obstacle(project, due_on=near, title="通信の途切れ")
    factories.obstacle(project, due_on=far)
    factories.obstacle(project, "given_up", due_on=near)
    for _ in range(2):
        factories.obstacle(acts="office", due_on=near)
    factories.obstacle(acts="ministry", ministry_id=own, due_on=near)
    factories.obstacle(acts="ministry", ministry_id=other.id, due_on=near)
    db.session.commit()
    with app.test_request_context():
        of_body = list(tasks(factories.tenure(EDITOR, project.lead), at))
        of_office = list(tasks(holder(OFFICER), at))
        of_ministry = list(tasks(ministry, at))
        of_others = [*tasks(factories.tenure(DIRECTOR), at), *tasks(factories.tenure(EDITOR), at)]
    assert [(it.title, it.url, it.due) for it in of_body] == [
        ("課題への対応：通信の途切れ", f"/obstacles/{ours.id}", near)
    ]
    assert [(it.url, it.due) for it in of_office] == [("/obstacles?acts=office&due=soon", near)]
    assert "2件" in of_office[0].title
    assert [it.url for it in of_ministry] == [f"/obstacles?acts=ministry&due=soon&ministry={own}"]
    assert "1件" in of_ministry[0].title and of_others == []


def test_nothing_is_asked_of_a_body_once_support_is_over(app, at):
    ended = factories.project(state="ended")
    factories.obstacle(ended, due_on=at.date())
    db.session.commit()
    with app.test_request_context():
        assert list(tasks(factories.tenure(EDITOR, ended.lead), at)) == []


def test_the_list_of_a_task_has_as_many_as_the_task_says(app, at, sign_in_as):
    for days in (0, 7, 8):
        factories.obstacle(acts="office", due_on=at.date() + timedelta(days=days))
    client, _ = sign_in_as(OFFICER)
    page = client.get("/obstacles?acts=office&due=soon").get_data(as_text=True)
    assert "全2件" in page


def test_the_desk_counts_what_is_outstanding_and_what_is_late(app, at):
    factories.obstacle(due_on=at.date())
    factories.obstacle(state="resolved")
    assert (figures_of(*counts(at))[ALL][0], figures_of(*counts(at))[LATE][0]) == (1, 0)
    later = at + timedelta(days=1)
    assert figures_of(*counts(later))[LATE][0] == 1
