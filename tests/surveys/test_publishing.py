"""What everybody may see: no figure from which the answer of a body could be told."""

from __future__ import annotations

from itertools import product

import pytest

from app.lifecycle import NotAllowed
from app.questions.composing import ask
from app.questions.definition import Condition
from app.surveys import answers, operations, publishing
from app.surveys.models import BODIES, INITIATIVES
from app.surveys.publishing import LEAST, public_figures, without_small
from app.surveys.tally import Item, Tally, tally_of
from tests import factories
from tests.factories.applications import holder

CHOICES = ["a", "b", "c", "d"]


def item(
    *counts: int, kind: str = "one_choice", n: int | None = None, key: str = "q", when: str = ""
) -> Item:
    condition = Condition(when, ("b",)) if when else None
    asked = ask(key, kind, key, "", when=condition, choices=CHOICES[: len(counts)])
    given = dict(zip(CHOICES, counts, strict=False))
    n = sum(counts) if n is None else n
    return Item(BODIES, "s", asked, n, n, given)


def in_so_many_ways(found: dict[str, int | None], n: int) -> dict[str, set[int]]:
    """Each choice → what it can be for somebody who sees `found` and knows how it came about."""
    possible: dict[str, set[int]] = {choice: set() for choice in found}
    for counts in product(range(n + 1), repeat=len(found)):
        if sum(counts) == n and without_small(item(*counts)) == found:
            for choice, count in zip(found, counts, strict=True):
                possible[choice].add(count)
    return possible


def test_no_figure_of_one_or_two_can_be_worked_out_by_whoever_knows_the_rule():
    """All ways in which up to twelve can answer a question of three choices."""
    for n in range(LEAST, 13):
        for counts in product(range(n + 1), repeat=3):
            if sum(counts) != n:
                continue
            found = without_small(item(*counts))
            for choice, values in in_so_many_ways(found, n).items() if None in found.values() else ():
                if found[choice] is None:
                    assert len(values) > 1, (counts, found, choice)


def test_what_is_not_small_is_shown():
    assert without_small(item(9, 4, 15, 7)) == {"a": 9, "b": 4, "c": 15, "d": 7}
    assert without_small(item(20, 7, 6, 2)) == {"a": 20, "b": 7, "c": None, "d": None}, (
        "the next one goes with it"
    )
    assert without_small(item(20, 0, 9)) == {"a": 20, "b": 0, "c": 9}, "nobody is no group"
    assert without_small(item(1, 1)) == {"a": None, "b": None}
    assert without_small(item(12, 0)) == {"a": None, "b": None}, "all of them tell what each of them gave"


def test_of_a_question_with_several_answers_few_who_did_not_give_one_are_hidden_too():
    found = without_small(item(38, 2, 74, 0, kind="several_choices", n=75))
    assert found == {"a": 38, "b": None, "c": None, "d": 0}


def test_a_question_that_depends_on_a_hidden_answer_is_left_out():
    counted = {BODIES: 10, INITIATIVES: 0}
    hidden, open_ = item(8, 2, key="first"), item(5, 5, key="other")
    asked = (hidden, item(1, 1, key="then", when="first"), open_, item(3, 2, key="after", when="other"))
    shown = public_figures(Tally(asked, counted, counted, 10))["items"]
    assert [it["key"] for it in shown] == ["first", "other", "after"]


def test_words_are_never_published_and_what_was_published_stays_as_it_was(app, at):
    projects = [factories.project() for _ in range(3)]
    asking = factories.survey("open")
    for project in projects:
        factories.survey_answer(project, "handed_in", survey=asking, words="誰にも見せない言葉")
    officer = holder("officer")
    operations.close(asking, actor=officer, at=at)
    publishing.publish(asking, actor=officer, at=at)
    assert "誰にも" not in str(asking.figures) and [it["key"] for it in asking.figures["items"]] == [
        "funds",
        "staff",
        "held-up",
    ]
    before = asking.figures
    publishing.take_back(asking, reason="表題の誤り", actor=officer, at=at)
    answer = answers.answers_of(projects[0])[0]
    with pytest.raises(NotAllowed):
        answers.reopen(answer, until=at, reason="修正", actor=officer, at=at)
    answer.parts[0].left_out = True
    publishing.publish(asking, actor=officer, at=at)
    assert asking.figures == before and tally_of(asking).answered[BODIES] == 2


def test_nothing_is_published_while_answers_are_mended(app, at):
    project = factories.project()
    answer = factories.survey_answer(project, "reopened")
    with pytest.raises(publishing.NotPublished):
        publishing.publish(answer.survey, actor=holder("officer"), at=at)
