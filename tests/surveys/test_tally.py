"""The tally: two denominators, what was handed in last, last year beside it."""

from __future__ import annotations

import json
from datetime import timedelta

from app.db import db
from app.questions.composing import ask, section
from app.questions.definition import Condition, Definition
from app.surveys import answers
from app.surveys.charts import groups_of
from app.surveys.models import BODIES, INITIATIVES
from app.surveys.tally import tally_of
from tests import factories
from tests.factories.applications import holder
from tests.factories.surveys import answer_of, filled_in, part_of

STAYS, GOES_ON = "発生していない", "発生（対応中）"


def test_bodies_and_initiatives_are_each_counted_over_their_own_number(app, at):
    projects = [factories.project() for _ in range(3)]
    for project, names in zip(projects, ("ab", "c", ""), strict=True):
        for name in names:
            factories.initiative(project, name)
    asking = factories.survey("open")
    factories.survey_answer(projects[0], "handed_in", survey=asking, funds=GOES_ON, held_up=["人", "資金"])
    factories.survey_answer(projects[1], "handed_in", survey=asking, held_up=["人"])
    found = tally_of(asking)
    assert found.asked == {BODIES: 3, INITIATIVES: 3} and found.answered == {BODIES: 2, INITIATIVES: 3}
    funds, held_up = found.item(BODIES, "funds"), found.item(INITIATIVES, "held-up")
    assert (funds.asked, funds.n, funds.occurred) == (3, 2, 1)
    assert funds.answers == {STAYS: 1, GOES_ON: 1, "発生（未対応）": 0}
    assert (held_up.asked, held_up.n) == (3, 3)
    assert held_up.ranked == [("人", 3), ("資金", 2)], "what says that there is none is not ranked"
    words = found.item(BODIES, "words")
    assert (words.asked, words.n) == (3, 0), "handed in, and not answered"


def test_what_was_saved_and_not_handed_in_is_not_counted(app, at):
    project = factories.project()
    asking = factories.survey("open")
    answer = factories.survey_answer(project, "handed_in", survey=asking, funds=GOES_ON)
    filled_in(answer, funds=STAYS)
    assert answer.is_changed and tally_of(asking).item(BODIES, "funds").occurred == 1
    answers.submit(answer, actor=holder("municipality_editor", project.lead), at=at)
    assert not answer.is_changed and tally_of(asking).item(BODIES, "funds").occurred == 0


def test_a_question_that_depends_on_another_is_asked_of_those_alone_who_gave_that_answer(app, at):
    asked = Definition(
        (
            section(
                "items", "課題", "",
                ask("funds", "one_choice", "資金", "", choices=["なし", "あり"]),
                ask("how-much", "number", "不足する額", "", when=Condition("funds", ("あり",)), unit="千円"),
            ),
        )
    )  # fmt: skip
    projects = [factories.project() for _ in range(4)]  # the last is silent
    asking = factories.survey("open", forms={BODIES: asked})
    for project, amount in zip(projects[:2], ("1200", "300"), strict=True):
        factories.survey_answer(project, "handed_in", survey=asking, funds="あり", how_much=amount)
    factories.survey_answer(projects[2], "handed_in", survey=asking)
    found = tally_of(asking)
    amount = found.item(BODIES, "how-much")
    assert (amount.asked, amount.n, amount.total, amount.mean) == (2, 2, 1500, 750)
    assert found.asked[INITIATIVES] == 0, "where nothing is asked of initiatives none is"


def test_an_initiative_that_was_taken_off_while_the_survey_is_open_is_not_counted(app, at):
    project = factories.project()
    gone, stays = factories.initiative(project, "a"), factories.initiative(project, "b")
    asking = factories.survey("open")
    gone.withdrawn = True
    factories.initiative(project, "c")
    answer = answer_of(asking, project)
    answers.follow_room(answer, at=at)
    names = [it.initiative.name for it in answer.counted if it.initiative]
    assert names == [stays.name, "c"] and tally_of(asking).asked[INITIATIVES] == 2
    assert part_of(answer, BODIES).answered.organisation_id == project.lead.id


def test_last_year_stands_beside_a_survey_that_was_copied_from_it(app, at):
    project = factories.project()
    last = factories.survey("open", fiscal_year=2021)
    factories.survey_answer(project, "handed_in", survey=last, funds=GOES_ON)
    now = factories.survey("open", before=last)
    factories.survey_answer(project, "handed_in", survey=now)
    bodies = groups_of(tally_of(now), tally_of(last))[0]
    assert bodies.of == BODIES
    rows = bodies.charts[0].rows
    assert [(str(row.label), row.figures.occurred, row.before) for row in rows] == [
        ("資金", 0, "1/1"),
        ("人", 0, "0/1"),
    ]


def test_the_commands_tell_surveys_and_their_tally(app, at):
    project = factories.project()
    factories.initiative(project)
    asking = factories.survey("open", fiscal_year=2022, title="課題の調査", closes_at=at + timedelta(days=1))
    factories.survey_answer(project, "handed_in", survey=asking, funds=GOES_ON, held_up=["人"])
    db.session.commit()
    runner = app.test_cli_runner()
    listed = json.loads(runner.invoke(args=["surveys", "list", "--json"]).output)
    assert [(it["id"], it["title"], it["fiscal_year"], it["asked"], it["answered"]) for it in listed] == [
        (asking.id, "課題の調査", 2022, 1, 1)
    ]
    told = json.loads(runner.invoke(args=["surveys", "tally", str(asking.id), "--json"]).output)
    rows = {(it["of"], it["item"]): it for it in told}
    funds, staff = rows["body", "資金"], rows["initiative", "人"]
    assert (funds["asked"], funds["n"], funds["occurred"]) == (1, 1, 1) and funds["answers"][GOES_ON] == 1
    assert (staff["asked"], staff["n"], staff["chosen"], staff["rank"]) == (1, 1, 1, 1)
    unknown = runner.invoke(args=["surveys", "tally", "99"])
    assert unknown.exit_code == 2 and "There is no survey 99" in unknown.output
