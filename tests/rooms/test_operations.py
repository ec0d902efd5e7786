"""The room of a project: what is written there, by whom, and what follows it."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app import calendar
from app.db import db
from app.projects.models import Project
from app.rooms import initiatives, operations
from app.rooms.models import Room, RoomForm
from app.rooms.plan import steps_of, timeline_of
from tests import factories
from tests.factories.applications import holder
from tests.factories.rooms import PLAN
from tests.reading import events

NOTHING = dict.fromkeys(initiatives.FIELDS) | {"summary": "", "technologies": []}


@pytest.fixture
def project(app) -> Project:
    return factories.project([factories.organisation()])


@pytest.fixture
def editor(project):
    return holder("municipality_editor", project.lead)


def write(room, key, value, actor, version=None):
    return operations.save(
        room,
        key,
        {key: value},
        version=room.answered.version_of(key) if version is None else version,
        actor=actor,
        at=calendar.now(),
    )


def test_a_room_is_opened_once_and_all_of_a_programme_answer_one_form(project, at):
    first = operations.open_room(project, at=at)
    assert operations.open_room(project, at=at) is first
    other = operations.open_room(factories.project(), at=at)
    assert first.answered.form_version_id == other.answered.form_version_id
    assert len(db.session.scalars(select(RoomForm)).all()) == 1
    elsewhere = factories.project(call=factories.call(programme=factories.programme("another")))
    assert operations.open_room(elsewhere, at=at).answered.form_version_id != first.answered.form_version_id


def test_the_ministries_of_a_room_follow_what_is_written_each_once(project, at):
    room, officer = operations.open_room(project, at=at), holder("officer")
    rows = [
        {"ministry": "国土交通省"},
        {"ministry": "総務省"},
        {"ministry": "国土交通省", "bureau": "北海道運輸局"},
    ]
    assert write(room, "ministries", rows, officer)
    assert [it.name for it in room.ministries] == ["国土交通省", "総務省"]
    write(room, "ministries", [{"ministry": "総務省"}, {"ministry": "環境省"}], officer)
    db.session.commit()
    assert [it.name for it in operations.room_of(project).ministries] == ["総務省", "環境省"]


def test_a_body_writes_its_plan_and_not_what_the_office_writes(project, editor, at):
    room = operations.open_room(project, at=at)
    assert write(room, "plan", PLAN, editor)
    with pytest.raises(operations.Closed):
        write(room, "ministries", [{"ministry": "総務省"}], editor)
    with pytest.raises(operations.Closed):
        write(room, "linked-support", [{"scheme": "自動運転サービス導入支援"}], editor)
    assert room.answered.value_of("ministries") == [] and not room.ministries
    db.session.commit()
    assert events(project)[0] == "section_saved"


@pytest.mark.parametrize("state", ["ended", "cancelled"])
def test_once_support_is_over_only_the_office_writes(app, at, state):
    project = factories.project(state=state)
    room = operations.open_room(project, at=at)
    with pytest.raises(operations.Closed):
        write(room, "plan", PLAN, holder("municipality_editor", project.lead))
    with pytest.raises(operations.Closed):
        initiatives.add(
            project, {**NOTHING, "name": "実証"}, actor=holder("municipality_editor", project.lead), at=at
        )
    assert write(room, "plan", PLAN, holder("officer"))


def test_initiatives_are_named_once_and_changed_with_what_they_were(project, editor, at):
    made = initiatives.add(project, {**NOTHING, "name": "自動運転バス"}, actor=editor, at=at)
    with pytest.raises(initiatives.NotKept):
        initiatives.add(project, {**NOTHING, "name": "自動運転バス"}, actor=editor, at=at)
    other = initiatives.add(project, {**NOTHING, "name": "配送ロボット"}, actor=editor, at=at)
    with pytest.raises(initiatives.NotKept):
        initiatives.change(other, {**NOTHING, "name": "自動運転バス"}, actor=editor, at=at)
    assert initiatives.change(made, {**NOTHING, "name": "自動運転バスの実証"}, actor=editor, at=at)
    assert not initiatives.change(made, {**NOTHING, "name": "自動運転バスの実証"}, actor=editor, at=at)
    db.session.commit()
    assert events(project)[:3] == ["initiative_changed", "initiative_added", "initiative_added"]
    from app.history import HistoryEntry

    entry = db.session.scalars(HistoryEntry.of(project)).first()
    assert entry.changes["name"] == ["自動運転バス", "自動運転バスの実証"]


def test_one_that_was_entered_by_mistake_counts_nowhere_and_its_name_is_free(project, editor, at):
    made = initiatives.add(project, {**NOTHING, "name": "誤り"}, actor=editor, at=at)
    initiatives.withdraw(made, reason="誤入力", actor=editor, at=at)
    assert initiatives.initiatives_of(project) == []
    again = initiatives.add(project, {**NOTHING, "name": "誤り"}, actor=editor, at=at)
    assert again.position > made.position
    initiatives.withdraw(made, reason="誤入力", actor=editor, at=at)
    db.session.commit()
    assert events(project).count("initiative_withdrawn") == 1


def test_no_project_has_more_than_fifty_initiatives(project, editor, at, monkeypatch):
    monkeypatch.setattr(initiatives, "MOST", 2)
    for name in ("一", "二"):
        initiatives.add(project, {**NOTHING, "name": name}, actor=editor, at=at)
    with pytest.raises(initiatives.NotKept, match="2"):
        initiatives.add(project, {**NOTHING, "name": "三"}, actor=editor, at=at)


# The plan as a drawing

TODAY = date(2023, 2, 15)


def test_a_plan_is_drawn_over_all_years_of_support_and_longer_where_it_is_longer():
    steps = steps_of(
        [
            {"what": "運行", "from": "2023-04-01", "until": "2024-03-31"},
            {"what": "期日", "until": "2023-01-31"},
            {"what": "体制", "from": "2022-04-01", "until": "2022-09-30", "done": "2022-09-15"},
            {"what": "日のない行"},
        ]
    )
    assert [it.what for it in steps] == ["体制", "期日", "運行"]
    drawn = timeline_of(steps, 2022, 2026, TODAY)
    assert [fy for fy, _ in drawn.years] == [2022, 2023, 2024, 2025, 2026]
    assert [it.status for it in drawn.rows] == ["done", "late", "ahead"]
    assert drawn.rows[1].width == 0 and drawn.rows[0].width > 0
    assert drawn.rows[0].x == 0 < drawn.today < drawn.rows[2].x
    a_year = drawn.years[1][1]
    assert abs(drawn.rows[2].width - a_year) < 1
    assert [fy for fy, _ in timeline_of(steps, 2023, 2023, TODAY).years] == [2022, 2023]


def test_a_plan_without_a_day_is_not_drawn():
    assert timeline_of(steps_of([{"what": "未定"}]), 2022, 2026, TODAY) is None


def test_a_step_runs_from_its_first_day_and_is_late_after_its_last():
    (step,) = steps_of([{"what": "運行", "from": "2023-02-15", "until": "2023-02-15"}])
    assert step.status(date(2023, 2, 14)) == "ahead"
    assert step.status(TODAY) == "running"
    assert step.status(date(2023, 2, 16)) == "late"


def test_a_project_has_one_room(project, at):
    room = operations.open_room(project, at=at)
    assert db.session.scalars(select(Room)).all() == [room]
