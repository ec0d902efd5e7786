"""A body answers: until when, what counts, what is frozen, who sees what; and who is told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.correspondence.models import Mail
from app.db import db
from app.lifecycle import NotAllowed
from app.reporting.portfolio import standing
from app.surveys import answers, operations
from app.surveys.models import BODIES, INITIATIVES
from tests import factories
from tests.factories.applications import holder
from tests.factories.surveys import WEEK, answer_of, filled_in, part_of
from tests.reading import events


def test_what_was_handed_in_is_frozen_part_by_part_with_one_hash_over_all(app, at):
    project = factories.project()
    factories.initiative(project)
    answer = factories.survey_answer(project)
    with pytest.raises(answers.Missing) as missing:
        answers.submit(answer, actor=holder("municipality_editor", project.lead), at=at)
    assert {(part.of, problem.section) for part, problem in missing.value.problems} == {
        (BODIES, "items"),
        (INITIATIVES, "bottlenecks"),
    }
    editor = filled_in(answer, words="よい事業です")
    answers.submit(answer, actor=editor, at=at)
    frozen = [part.frozen for part in answer.parts]
    assert all(it.is_intact for it in frozen) and answer.digest == answers.digest_of(answer)
    with pytest.raises(answers.Unchanged):
        answers.submit(answer, actor=editor, at=at)
    filled_in(answer, words="とてもよい事業です")
    answers.submit(answer, actor=editor, at=at + timedelta(hours=1))
    assert part_of(answer, INITIATIVES).frozen is frozen[1], "what was not changed is not frozen anew"
    assert part_of(answer, BODIES).frozen is not frozen[0] and answer.digest == answers.digest_of(answer)
    assert "survey_answered_again" in events(answer)


def test_from_the_closing_time_on_only_who_has_not_answered_may_and_once_closed_nobody(app, at):
    done, late = factories.project(), factories.project()
    asking = factories.survey("open")
    answered = factories.survey_answer(done, "handed_in", survey=asking)
    awaited = answer_of(asking, late)
    after = at + WEEK + timedelta(minutes=1)
    with pytest.raises(answers.Closed):
        filled_in(answered, words="もう一言", at=after)
    editor = filled_in(awaited, at=after)
    assert awaited.is_late(after) and not awaited.is_late(at)
    assert standing(after).late["survey"] == 1
    answers.submit(awaited, actor=editor, at=after)
    assert awaited.state == "handed_in" and not awaited.is_late(after)
    operations.close(asking, actor=holder("officer"), at=after)
    with pytest.raises(answers.Closed):
        filled_in(awaited, words="もう一言", at=after)
    with pytest.raises(NotAllowed):
        answers.submit(awaited, actor=editor, at=after)


def test_an_officer_opens_answers_again_and_until_then_they_count_as_they_were(app, at):
    project = factories.project()
    answer = factories.survey_answer(project, "handed_in", funds="発生（対応中）")
    officer = holder("officer")
    with pytest.raises(NotAllowed):  # it can still be changed as it is
        answers.reopen(answer, until=at + WEEK, reason="見直し", actor=officer, at=at)
    operations.close(answer.survey, actor=officer, at=at)
    with pytest.raises(answers.NotReopened):
        answers.reopen(answer, until=at, reason="見直し", actor=officer, at=at)
    answers.reopen(answer, until=at + WEEK, reason="資金の項目を見直してください。", actor=officer, at=at)
    mail = db.session.scalars(select(Mail).order_by(Mail.id.desc())).first()
    assert "修正をお願いします" in mail.subject and "資金の項目を見直してください。" in mail.body
    frozen = part_of(answer, BODIES).frozen
    editor = filled_in(answer, funds="発生（未対応）")
    assert part_of(answer, BODIES).frozen is frozen
    with pytest.raises(answers.Closed):
        filled_in(answer, at=at + WEEK)
    answers.submit(answer, actor=editor, at=at)
    assert answer.state == "handed_in" and part_of(answer, BODIES).frozen is not frozen


def test_opening_asks_each_body_of_each_project_once_and_no_project_that_ended(app, at):
    bodies = [factories.organisation(), factories.organisation()]
    project = factories.project(bodies)
    factories.initiative(project, "続く取組")
    factories.initiative(project, "終わった取組", ended_on=at.date() - timedelta(days=1))
    factories.project(state="ended")
    asking = factories.survey("open")
    answer = answer_of(asking, project)
    assert [(it.of, it.initiative.name if it.initiative else "") for it in answer.parts] == [
        (BODIES, ""),
        (INITIATIVES, "続く取組"),
    ]
    assert operations.counts(asking) == (1, 0)
    mails = db.session.scalars(select(Mail).where(Mail.about_kind == "survey_answer")).all()
    assert len(mails) == 2 and all("見本の調査" in it.subject for it in mails)


def test_a_survey_is_opened_with_questions_for_somebody_until_a_time_to_come(app, at):
    empty, officer = factories.survey(forms={}), holder("officer")
    with pytest.raises(operations.BadDefinition):
        operations.open_survey(empty, closes_at=at + WEEK, actor=officer, at=at)
    asks = factories.survey()
    with pytest.raises(operations.NotOpened):  # nobody is under support
        operations.open_survey(asks, closes_at=at + WEEK, actor=officer, at=at)
    factories.project()
    with pytest.raises(operations.NotOpened):
        operations.open_survey(asks, closes_at=at, actor=officer, at=at)
    operations.open_survey(asks, closes_at=at + WEEK, actor=officer, at=at)
    with pytest.raises(operations.NotOpened):
        operations.extend(asks, closes_at=at + WEEK, actor=officer, at=at)
    operations.extend(asks, closes_at=at + 2 * WEEK, actor=officer, at=at)
    assert asks.closes_at == at + 2 * WEEK
    with pytest.raises(NotAllowed):
        operations.hold_to_edit(asks, BODIES, actor=officer, at=at)
