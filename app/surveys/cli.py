"""flask surveys: which there are, and what was answered, for another program."""

from __future__ import annotations

from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy import case, func, select
from sqlalchemy.orm import joinedload

from app.db import db
from app.surveys.models import INITIATIVES, Survey, SurveyAnswer
from app.surveys.tally import SEVERAL, Item, tally_of
from app.web.commands import say, say_json

surveys = AppGroup("surveys", help="Surveys of the supported projects, and their tallies.")
ASKED_OF = {"bodies": "body", INITIATIVES: "initiative"}


class NoSuchSurvey(click.ClickException):
    """No survey has this id."""

    exit_code = 2


@surveys.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def list_all(as_json: bool) -> None:
    """Every survey with its id, title, fiscal year and state, the oldest first."""
    counts = _counts()
    query = select(Survey).options(joinedload(Survey.programme)).order_by(Survey.fiscal_year, Survey.id)
    found = [_facts(it, *counts.get(it.id, (0, 0))) for it in db.session.scalars(query)]
    if as_json:
        say_json(found)
        return
    for it in found:
        say(f"{it['id']}  {it['fiscal_year']}  {it['state']}  {it['answered']}/{it['asked']}  {it['title']}")


@surveys.command("tally")
@click.argument("survey_id", type=click.IntRange(1, 2**31 - 1), metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def tally(survey_id: int, as_json: bool) -> None:
    """Per item: of whom it was asked, of how many (asked), how many answered (n), and what."""
    survey = db.session.get(Survey, survey_id)
    if survey is None:
        raise NoSuchSurvey(f"There is no survey {survey_id}.")
    found = [row for item in tally_of(survey).items for row in rows_of(item)]
    if as_json:
        say_json(found)
        return
    for it in found:
        figures = it.get("answers") or {
            name: it[name] for name in ("chosen", "rank", "total", "mean") if name in it
        }
        counted = "  ".join(f"{name}={number}" for name, number in figures.items())
        say(f"{it['item']}  {it['of']}  asked={it['asked']}  n={it['n']}  {counted}")


def rows_of(item: Item) -> list[dict[str, Any]]:
    """An item as JSON; of a question with several answers each answer is an item: the problems that hold things up."""
    base = {"of": ASKED_OF[item.of], "asked": item.asked, "n": item.n}
    question = {"section": item.section, "key": item.key, "kind": item.question.kind}
    if item.question.kind == SEVERAL:
        ranks = {choice: place for place, (choice, _count) in enumerate(item.ranked, 1)}
        return [
            {
                "item": choice, "question": item.label.ja, **base, **question, "chosen": count,
                **({"rank": ranks[choice]} if choice in ranks else {}),
            }
            for choice, count in item.answers.items()
        ]  # fmt: skip
    row: dict[str, Any] = {"item": item.label.ja, **base, **question}
    if item.has_choices:
        row["answers"] = dict(item.answers)
    if item.occurred is not None:
        row["occurred"] = item.occurred
    if item.total is not None:
        row["total"], row["mean"] = str(item.total), str(item.mean) if item.mean is not None else None
    return [row]


def _facts(survey: Survey, asked: int, answered: int) -> dict[str, Any]:
    return {
        "id": survey.id,
        "title": survey.title,
        "fiscal_year": survey.fiscal_year,
        "programme": survey.programme.key,
        "state": survey.state,
        "closes_at": survey.closes_at.isoformat() if survey.closes_at else None,
        "asked": asked,
        "answered": answered,
    }


def _counts() -> dict[int, tuple[int, int]]:
    """Survey → projects that were asked, and that have answered."""
    handed_in = func.sum(case((SurveyAnswer.answered_at.is_not(None), 1), else_=0))
    query = select(SurveyAnswer.survey_id, func.count(), handed_in).group_by(SurveyAnswer.survey_id)
    return {number: (int(asked), int(answered)) for number, asked, answered in db.session.execute(query)}
