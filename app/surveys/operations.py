"""Make a survey, open it, give more time, close it: what officers do with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from app import calendar
from app.actors import Actor
from app.db import db, held
from app.explained import N_, Explained
from app.lifecycle import move, must_be_open
from app.lifecycle.project import UNDER_SUPPORT
from app.lifecycle.survey import ASKED
from app.programmes.models import Call, Programme
from app.projects.models import Project, ProjectApplicant
from app.questions import publishing
from app.questions.definition import BadDefinition, Definition
from app.rooms.models import Initiative
from app.surveys import mails, problems
from app.surveys.answers import begin_answer
from app.surveys.models import BODIES, INITIATIVES, OF, Survey, SurveyAnswer, SurveyPart

PROBLEMS, EMPTY = "problems", "empty"  # what a survey begins with, where it is no copy
FIELDS = ("fiscal_year", "title", "introduction", "selected_until")
NOBODY = N_("No project under support was selected until then: nobody would be asked.")
PASSED = N_("The closing time must be in the future.")
EARLIER = N_("The new closing time must be later than the present one.")
NOTHING_ASKED = N_("Nothing is asked yet: add a question for bodies or for initiatives.")


class NotOpened(Explained):
    """The survey cannot be opened, or not be given this time; the sentence says why."""


def begin(
    programme: Programme,
    values: Mapping[str, Any],
    *,
    start: str = PROBLEMS,
    before: Survey | None = None,
    actor: Actor,
    at: datetime,
) -> Survey:
    """A draft that asks what `before` asked, the problems of seed 004 (PROBLEMS), or nothing yet (EMPTY)."""
    if before is not None and before.programme_id != programme.id:
        raise ValueError("a survey takes over what one of its own programme asked")
    asked = {of: _first(of, start, before) for of in OF}
    title = values["title"]
    forms = {of: publishing.begin_form(f"{title}（{of}）", asked[of], at=at) for of in OF}
    made = Survey(
        programme=programme,
        bodies_form=forms[BODIES],
        initiatives_form=forms[INITIATIVES],
        before=before,
        created_at=at,
        **{name: values[name] for name in FIELDS},
    )
    db.session.add(made)
    db.session.flush()
    made.record("survey_begun", actor=actor, at=at, changes={"title": title}, audience="office")
    return made


def edit(survey: Survey, values: Mapping[str, Any], *, actor: Actor, at: datetime) -> bool:
    """Whether anything is new. Raises NotAllowed."""
    survey = held(survey)
    must_be_open(survey, "edit", actor=actor, at=at)
    changes = {
        name: [getattr(survey, name), values[name]]
        for name in FIELDS
        if values[name] != getattr(survey, name)
    }
    if changes:
        for name, (_old, new) in changes.items():
            setattr(survey, name, new)
        move(survey, "edit", actor=actor, at=at, changes=changes)
    return bool(changes)


def to_be_asked(survey: Survey) -> Select[Project]:
    """The projects that are asked when it is opened now: under support, selected until the year that it names."""
    return (
        select(Project)
        .join(Project.call)
        .where(
            Project.programme_id == survey.programme_id,
            UNDER_SUPPORT.of(Project),
            Call.selection_fy <= survey.selected_until,
        )
        .order_by(Project.number)
    )


def how_many(survey: Survey) -> dict[str, int]:
    """BODIES, INITIATIVES → how many would be asked now."""
    asked = to_be_asked(survey).with_only_columns(Project.id).order_by(None).subquery()
    bodies = select(func.count()).select_from(asked).scalar_subquery()
    those = Initiative.counts & _goes_on(calendar.now()) & Initiative.project_id.in_(select(asked.c.id))
    initiatives = select(func.count()).select_from(Initiative).where(those).scalar_subquery()
    found = db.session.execute(select(bodies, initiatives)).one()
    return {BODIES: int(found[0]), INITIATIVES: int(found[1])}


def faults(survey: Survey) -> list[tuple[str, dict[str, Any]]]:
    """What keeps it from being opened, as (msgid, values)."""
    found = [fault for of in OF if survey.asks(of) for fault in survey.template_of(of).newest.form.faults]
    return found or ([] if any(survey.asks(of) for of in OF) else [(NOTHING_ASKED, {})])


def open_survey(survey: Survey, *, closes_at: datetime, actor: Actor, at: datetime) -> Survey:
    """Ask every project, and each of its initiatives, until `closes_at`: the forms stay as they are from now on.

    Raises NotAllowed, NotOpened, BadDefinition.
    """
    survey = held(survey)
    must_be_open(survey, "open", actor=actor, at=at)
    if closes_at <= at:
        raise NotOpened(PASSED)
    if found := faults(survey):
        raise BadDefinition(found)
    bodies = selectinload(Project.applicants).joinedload(ProjectApplicant.organisation)
    projects = db.session.scalars(to_be_asked(survey).options(bodies)).unique().all()
    if not projects:
        raise NotOpened(NOBODY)
    for of in OF:
        if survey.asks(of):
            publishing.publish(survey.template_of(of), actor=actor, at=at)
    survey.opened_at, survey.closes_at = at, closes_at
    initiatives = _initiatives([it.id for it in projects], at) if survey.asks(INITIATIVES) else {}
    answers = [begin_answer(survey, it, initiatives.get(it.id, ()), at=at) for it in projects]
    counted = sum(part.initiative_id is not None for it in answers for part in it.parts)
    asked = {"closes_at": closes_at, "bodies": len(answers), "initiatives": counted}
    move(survey, "open", actor=actor, at=at, changes=asked)
    for it in answers:
        mails.asked(it, at=at)
    return survey


def extend(survey: Survey, *, closes_at: datetime, actor: Actor, at: datetime) -> None:
    """Raises NotAllowed, NotOpened for an instant that gives no more time."""
    survey = held(survey)
    must_be_open(survey, "extend", actor=actor, at=at)
    before = survey.closes_at
    assert before is not None  # it is open
    if closes_at <= at:
        raise NotOpened(PASSED)
    if closes_at <= before:
        raise NotOpened(EARLIER)
    survey.closes_at = closes_at
    move(survey, "extend", actor=actor, at=at, changes={"closes_at": [before, closes_at]})


def close(survey: Survey, *, actor: Actor, at: datetime) -> None:
    """Nothing is awaited any more: the tally stands. Raises NotAllowed."""
    survey = held(survey)
    counted = counts(survey)
    move(survey, "close", actor=actor, at=at, changes={"asked": counted[0], "answered": counted[1]})
    survey.closed_at = at


def counts(survey: Survey) -> tuple[int, int]:
    """How many projects were asked, and how many have handed in something."""
    query = select(func.count(), func.count(SurveyAnswer.answered_at)).where(
        SurveyAnswer.survey_id == survey.id
    )
    asked, answered = db.session.execute(query).one()
    return int(asked), int(answered)


def how_far(survey: Survey) -> dict[str, tuple[int, int]]:
    """BODIES, INITIATIVES → how many were asked, and how many have handed in their part."""
    query = (
        select(
            SurveyPart.initiative_id.is_not(None),
            func.count(),
            func.count(SurveyPart.frozen_id),
        )
        .join(SurveyPart.answer)
        .where(SurveyAnswer.survey_id == survey.id, SurveyPart.left_out.is_(False))
        .group_by(SurveyPart.initiative_id.is_not(None))
    )
    found = {INITIATIVES if mine else BODIES: (int(n), int(m)) for mine, n, m in db.session.execute(query)}
    return {of: found.get(of, (0, 0)) for of in OF}


def to_copy_from(programme_id: int | None = None) -> Sequence[Survey]:
    """Surveys that were asked, the newest first."""
    query = select(Survey).where(ASKED.of(Survey)).options(joinedload(Survey.programme))
    if programme_id is not None:
        query = query.where(Survey.programme_id == programme_id)
    return db.session.scalars(query.order_by(Survey.fiscal_year.desc(), Survey.id.desc())).all()


def hold_to_edit(survey: Survey, of: str, *, actor: Actor, at: datetime) -> Survey:
    """The survey with this form as they are now, until the commit. Raises NotAllowed once it is opened."""
    survey = held(survey)
    must_be_open(survey, "edit_form", actor=actor, at=at)
    template = survey.template_of(of)
    db.session.expire(template, ["versions"])
    held(template.newest)
    return survey


def change_form(
    survey: Survey, of: str, form: Definition, *, done: dict[str, Any], actor: Actor, at: datetime
) -> bool:
    """Keep `form` as what is asked; the survey is held since `form` was made of it. Whether anything changed."""
    template = survey.template_of(of)
    if form == template.newest.form:
        return False
    publishing.edit(template, form, at=at)
    move(survey, "edit_form", actor=actor, at=at, changes={**done, "of": of})
    return True


def _first(of: str, start: str, before: Survey | None) -> Definition:
    if before is not None:
        return before.template_of(of).newest.form
    if start == EMPTY:
        return problems.empty_form()
    return problems.bodies_form() if of == BODIES else problems.initiatives_form()


def _initiatives(projects: Sequence[int], at: datetime) -> dict[int, list[Initiative]]:
    """Those of each project that go on, asked for at once."""
    query = select(Initiative).where(Initiative.project_id.in_(projects), Initiative.counts, _goes_on(at))
    found: dict[int, list[Initiative]] = {}
    for it in db.session.scalars(query.order_by(Initiative.project_id, Initiative.position)):
        found.setdefault(it.project_id, []).append(it)
    return found


def _goes_on(at: datetime) -> Any:
    return Initiative.ended_on.is_(None) | (Initiative.ended_on >= calendar.day_of(at))
