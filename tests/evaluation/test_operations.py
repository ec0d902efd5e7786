"""What is recorded of a project, put to its local governments, answered and frozen."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.db import db
from app.evaluation import evaluations, meetings
from app.evaluation.content import content_of
from app.evaluation.form import GRADES, NOT_GRADED, WHOLE
from app.evaluation.models import EvaluationPublication
from app.kpis.operations import retire
from app.lifecycle import NotAllowed
from app.organisations.operations import Refused
from app.questions.models import FrozenResponse
from app.seals import canonical
from tests import factories
from tests.factories.applications import holder


@pytest.fixture
def officer(app):
    return holder("officer")


def save(evaluation, section, values, officer, at):
    version = evaluation.findings.version_of(section)
    return evaluations.save(evaluation, section, values, version=version, actor=officer, at=at)


def test_nothing_is_graded_by_itself_however_well_an_indicator_does(officer, at):
    kpi = factories.kpi(name="来場者数", target="5,000人以上")
    factories.kpi_actual(kpi, 2022, "9,000人")
    evaluation = factories.evaluation(kpi.project)
    row = next(it for it in evaluation.rows if it.kpi_id == kpi.id)
    assert row.grade == ""
    save(evaluation, "kpis", {f"kpi-{kpi.id}-grade": GRADES[3]}, officer, at)
    assert row.grade == "効果がなかった"
    save(evaluation, "kpis", {f"kpi-{kpi.id}-grade": NOT_GRADED}, officer, at)
    assert row.grade == "", "that it is not graded is no grade"


def test_what_is_asked_follows_the_indicators_and_what_was_written_of_others_is_kept(officer, at):
    kpi = factories.kpi(name="来場者数", initiative="1-1 アート事業")
    other = factories.kpi(kpi.project, name="満足度", initiative="1-1 アート事業")
    evaluation = factories.evaluation(kpi.project)
    section = evaluation.findings.form.sections[1]
    assert str(section.label) == "1-1 アート事業" and evaluations.follows_indicators(evaluation)
    save(evaluation, section.key, {f"kpi-{kpi.id}-results": "増えている。"}, officer, at)
    retire(kpi, reason="別の指標にするため", actor=officer, at=at)
    assert not evaluations.follows_indicators(evaluation)
    evaluations.follow_indicators(evaluation, actor=officer, at=at)
    assert [it.kpi_id for it in evaluation.rows if it.kpi_id] == [other.id]
    assert evaluation.findings.values[f"kpi-{kpi.id}-results"] == "増えている。"
    assert not evaluations.follow_indicators(evaluation, actor=officer, at=at), "nothing is new"


def test_it_is_put_to_bodies_with_a_grade_by_a_day_to_come_once_the_meeting_was_held(officer, at):
    planned = factories.evaluation(meeting=factories.evaluation_meeting())
    soon = at.date() + timedelta(days=7)
    with pytest.raises(NotAllowed, match="not been held"):
        evaluations.put(planned, due_on=soon, actor=officer, at=at)
    evaluation = factories.evaluation()
    with pytest.raises(Refused):
        evaluations.put(evaluation, due_on=at.date() - timedelta(days=1), actor=officer, at=at)
    save(evaluation, WHOLE, {"whole-grade": NOT_GRADED}, officer, at)
    with pytest.raises(NotAllowed, match="No grade"):
        evaluations.put(evaluation, due_on=soon, actor=officer, at=at)
    save(evaluation, WHOLE, {"whole-grade": GRADES[2]}, officer, at)
    evaluations.put(evaluation, due_on=soon, actor=officer, at=at)
    frozen = db.session.scalars(select(FrozenResponse)).one()
    assert (
        frozen.response_id == evaluation.findings_id and "効果があった" in canonical(frozen.content).decode()
    )
    with pytest.raises(NotAllowed):
        save(evaluation, WHOLE, {"whole-grade": GRADES[0]}, officer, at)


def test_who_lets_the_day_pass_holds_back_nobody_and_cannot_respond_once_it_is_published(officer, at):
    meeting = factories.evaluation_meeting(state="held")
    factories.evaluation(meeting=meeting, state="responded")
    silent = factories.evaluation(meeting=meeting, state="asked", due_on=date(2023, 3, 8))
    approver = holder("municipality_approver", silent.project.lead)
    with pytest.raises(NotAllowed, match="may still respond"):
        meetings.publish(meeting, actor=officer, at=at)
    later = at + timedelta(days=22)
    assert meeting.looked_at[1].is_late(later.date())
    published = meetings.publish(meeting, actor=officer, at=later)
    assert [bool(it["response"]) for it in published.content["projects"]].count(False) == 1
    with pytest.raises(NotAllowed):
        evaluations.respond(silent, actor=approver, at=later)
    with pytest.raises(NotAllowed):
        evaluations.take_back(silent, reason="x", actor=officer, at=later)


def test_what_is_published_stays_when_its_indicators_change(officer, at):
    kpi = factories.kpi(name="来場者数", baseline="647人")
    evaluation = factories.evaluation(kpi.project, state="responded", published=True)
    kpi.name, kpi.baseline_raw = "別の名", "0人"
    db.session.flush()
    frozen = db.session.scalars(select(EvaluationPublication)).one()
    row = next(it for it in frozen.content["projects"][0]["rows"] if it["indicator"])
    assert (row["indicator"], row["baseline"]) == ("来場者数", "647人")
    now = content_of(evaluation.meeting, at)["projects"][0]["rows"]
    assert any(it["baseline"] == "0人" for it in now), "only what was frozen stays"


def test_a_meeting_is_of_its_own_programme_and_a_project_stands_on_it_once(officer, at):
    meeting = factories.evaluation_meeting(state="held")
    evaluation = factories.evaluation(meeting=meeting)
    again = evaluations.look_at(meeting, evaluation.project, actor=officer, at=at)
    assert again is evaluation and len(meeting.looked_at) == 1
    evaluations.take_off(evaluation, actor=officer, at=at)
    assert meeting.looked_at == [] and evaluation.is_graded
    with pytest.raises(NotAllowed, match="no project"):
        meetings.publish(meeting, actor=officer, at=at)
    evaluations.look_at(meeting, evaluation.project, actor=officer, at=at)
    assert meeting.looked_at == [evaluation], "chosen again, it is put on again"
