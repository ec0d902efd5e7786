"""The meetings, and the table of all that they have graded: for officers, as CSV and XLSX too."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import case, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload
from werkzeug.datastructures import MultiDict

from app.actors import Actor
from app.db import db
from app.evaluation.form import GRADES
from app.evaluation.models import Evaluation, EvaluationMeeting, EvaluationPublication, EvaluationRow
from app.kpis.models import Kpi
from app.lifecycle import EVALUATION, EVALUATION_MEETING
from app.lifecycle.evaluation import LOOKED_AT, TAKEN_OFF
from app.lifecycle.project import CARRIED_THROUGH
from app.permissions import reach_of
from app.programmes.apart import in_list
from app.programmes.models import Call
from app.projects.lists import BODIES, named_bodies, shown_bodies
from app.projects.models import Project
from app.web import shown
from app.web.filters import Late
from app.web.i18n import shown_date, shown_fiscal_year, standing, state_label
from app.web.lists import Choice, Column, Listing, Search, To
from app.web.records import within_reach

NONE = "none"
BY_GRADE = case(
    {grade: place for place, grade in enumerate(GRADES)}, value=EvaluationRow.grade, else_=len(GRADES)
)
PLACES = 1000  # more than rows that one evaluation can have


def meeting_list(actor: Actor, args: MultiDict) -> Listing:
    """The latest first."""
    states = {name: state_label(None, name, EVALUATION_MEETING.kind) for name in EVALUATION_MEETING.states}
    programmes = in_list(EvaluationMeeting.programme_id)
    return Listing(
        within_reach(EvaluationMeeting, actor),
        args,
        caption=_l("Evaluation meetings"),
        columns=[
            Column(
                "name",
                _l("Name of the meeting"),
                lambda it: it.name,
                shown=lambda it: shown.own_direction(it.name),
                to=To("evaluation.meeting", "meeting_id", walked=False),
            ),
            *programmes.columns,
            Column(
                "fiscal_year",
                _l("Fiscal year that is evaluated"),
                lambda it: shown_fiscal_year(it.fiscal_year),
                sort=EvaluationMeeting.fiscal_year,
            ),
            Column(
                "held_on",
                _l("Day"),
                lambda it: shown_date(it.held_on),
                sort=EvaluationMeeting.held_on,
                typed=lambda it: it.held_on,
                shown=lambda it: shown.moment(it.held_on),
            ),
            Column("place", _l("Place"), _place),
            Column("state", _l("State"), state_label, sort=EvaluationMeeting.state, shown=shown.state_tag, by=standing),
        ],
        filters=[
            *programmes.filters,
            Choice("state", _l("State"), states, EvaluationMeeting.state),
            Choice("year", _l("Fiscal year that is evaluated"), Late(_years), where=lambda it: EvaluationMeeting.fiscal_year == int(it)),
        ],
        default_sort="-held_on",
        without=[EvaluationMeeting.called_off_reason],
    )  # fmt: skip


def row_list(actor: Actor, args: MultiDict, meeting: EvaluationMeeting | None = None) -> Listing:
    """What was graded or said, an indicator a row, as the published table has it; of one meeting, or of all."""
    seen = reach_of(Evaluation.kind, actor).finds(Evaluation, actor)
    query = (
        select(EvaluationRow)
        .join(EvaluationRow.evaluation)
        .join(Evaluation.meeting)
        .join(Evaluation.project)
        .outerjoin(EvaluationRow.kpi)
        .where(seen, LOOKED_AT.of(Evaluation), or_(EvaluationRow.kpi_id.is_not(None), _says_something()))
    )
    if meeting is not None:
        query = query.where(Evaluation.meeting_id == meeting.id)
    states = {name: state_label(None, name, EVALUATION.kind) for name in LOOKED_AT}
    programmes = in_list(Project.programme_id, lambda it: it.evaluation.project.programme_id)
    of_all = [
        Column("meeting", _l("Evaluation meeting"), lambda it: it.evaluation.meeting.name, only_file=True),
        Column("fiscal_year", _l("Fiscal year that is evaluated"), lambda it: shown_fiscal_year(it.evaluation.meeting.fiscal_year), sort=EvaluationMeeting.fiscal_year),
    ]  # fmt: skip
    filters: list[Any] = [
        Search("q", _l("Words in names and opinions"), [EvaluationRow.search_text]),
        *programmes.filters,
        Choice(
            "grade",
            _l("Grade"),
            {**{grade: grade for grade in GRADES}, NONE: _l("No grade")},
            where=lambda it: EvaluationRow.grade == ("" if it == NONE else it),
        ),
        Choice("state", _l("State"), states, where=lambda it: EVALUATION.group(it).of(Evaluation)),
    ]
    if meeting is None:
        filters.append(
            Choice("year", _l("Fiscal year that is evaluated"), Late(_years), where=lambda it: EvaluationMeeting.fiscal_year == int(it))
        )  # fmt: skip
    return Listing(
        query,
        args,
        caption=_l("Grades and opinions"),
        anchor="rows" if meeting else "",
        columns=[
            Column(
                "project",
                _l("Project"),
                lambda it: f"{_('No. %(number)s', number=it.evaluation.project.number)} {named_bodies(it.evaluation.project)}",
                sort=Project.lead_code,
                shown=_project_cell(),
            ),
            *programmes.columns,
            *(of_all if meeting is None else ()),
            Column("initiative", _l("Initiative"), lambda it: it.initiative, shown=lambda it: shown.own_direction(it.initiative)),
            Column("indicator", _l("Indicator"), _what, shown=lambda it: shown.own_direction(it.name) if it.name else _what(it)),
            Column("class", _l("Class"), lambda it: it.kpi.category if it.kpi else "", only_file=True),
            Column("baseline", _l("Baseline"), lambda it: it.kpi.baseline_raw if it.kpi else "", only_file=True),
            Column("actual", _l("Actual"), _actual),
            Column("target", _l("Target"), lambda it: it.kpi.target_raw if it.kpi else ""),
            Column("grade", _l("Grade"), lambda it: it.grade, sort=BY_GRADE, shown=lambda it: shown.japanese(it.grade) if it.grade else ""),
            Column("on_results", _l("Opinions on the results"), lambda it: it.on_results, only_file=True),
            Column("on_future", _l("Opinions on the future"), lambda it: it.on_future, only_file=True),
            Column("state", _l("State"), lambda it: state_label(it.evaluation), shown=lambda it: shown.state_tag(it.evaluation)),
        ],
        filters=filters,
        default_sort="project",
        tie=EvaluationRow.evaluation_id * PLACES + EvaluationRow.position,
        options=WITH_PROJECT,
    )  # fmt: skip


WITH_PROJECT = (
    selectinload(EvaluationRow.kpi).selectinload(Kpi.actuals),
    selectinload(EvaluationRow.evaluation).options(
        joinedload(Evaluation.meeting),
        selectinload(Evaluation.project).options(BODIES, joinedload(Project.call)),
    ),
)


def publications() -> list[Mapping[str, Any]]:
    """What everybody can read, the latest meeting first."""
    query = (
        select(EvaluationPublication)
        .join(EvaluationPublication.meeting)
        .options(contains_eager(EvaluationPublication.meeting))
        .order_by(EvaluationMeeting.held_on.desc(), EvaluationMeeting.id.desc())
    )
    return [
        {
            "meeting_id": it.meeting_id,
            "published_at": it.published_at,
            "programme_id": it.meeting.programme_id,
            "projects": len(it.content["projects"]),
            "day": date.fromisoformat(it.content["meeting"]["held_on"]),
            **it.content["meeting"],
        }
        for it in db.session.scalars(query)
    ]


def publication_of(meeting_id: int) -> EvaluationPublication | None:
    """What everybody reads of a meeting; None before it is published."""
    query = select(EvaluationPublication).where(EvaluationPublication.meeting_id == meeting_id)
    return db.session.scalars(query).one_or_none()


def of_project(project: Project, actor: Actor) -> list[Evaluation]:
    """Its evaluations that this person sees, the latest first."""
    query = (
        within_reach(Evaluation, actor)
        .join(Evaluation.meeting)
        .where(Evaluation.project_id == project.id, LOOKED_AT.of(Evaluation))
        .options(contains_eager(Evaluation.meeting), selectinload(Evaluation.rows))
        .order_by(EvaluationMeeting.held_on.desc(), Evaluation.id.desc())
    )
    return list(db.session.scalars(query).unique())


def others(meeting: EvaluationMeeting, actor: Actor) -> list[Project]:
    """The projects of its programme that were under support in its year, and that it does not look at."""
    on_it = select(Evaluation.project_id).where(Evaluation.meeting_id == meeting.id, LOOKED_AT.of(Evaluation))
    query = (
        within_reach(Project, actor)
        .join(Project.call)
        .where(
            Project.programme_id == meeting.programme_id,
            CARRIED_THROUGH.of(Project),
            Call.selection_fy <= meeting.fiscal_year,
            Project.last_fy >= meeting.fiscal_year,
            Project.id.not_in(on_it),
        )
        .options(BODIES, joinedload(Project.call))
        .order_by(Project.lead_code, Project.number)
    )
    return list(db.session.scalars(query).unique())


def taken_off(meeting: EvaluationMeeting) -> list[Evaluation]:
    """What it was to look at once, and does not."""
    query = (
        select(Evaluation)
        .where(Evaluation.meeting_id == meeting.id, TAKEN_OFF.of(Evaluation))
        .options(joinedload(Evaluation.project).options(BODIES, joinedload(Project.call)))
    )
    return list(db.session.scalars(query.order_by(Evaluation.id)).unique())


def _says_something() -> Any:
    return (EvaluationRow.grade != "") | (EvaluationRow.on_results != "") | (EvaluationRow.on_future != "")


def _what(row: EvaluationRow) -> str:
    return row.name or (_("All of it") if row.initiative else _("The project as a whole"))


def _place(meeting: EvaluationMeeting) -> str:
    return "、".join(filter(None, (meeting.place, _("online") if meeting.online else "")))


def _actual(row: EvaluationRow) -> str:
    found = row.kpi.actual_of(row.evaluation.meeting.fiscal_year) if row.kpi else None
    return found.raw if found else ""


def _project_cell() -> Callable[[EvaluationRow], Markup]:
    to_evaluation = shown.addresses("evaluation.show", "evaluation_id")

    def cell(row: EvaluationRow) -> Markup:
        project = row.evaluation.project
        number = _("No. %(number)s", number=project.number)
        return shown.joined(
            [shown.link(to_evaluation(row.evaluation_id), number), shown_bodies(project)], shown.NEW_LINE
        )

    return cell


def _years() -> dict[str, str]:
    years = select(EvaluationMeeting.fiscal_year).distinct().order_by(EvaluationMeeting.fiscal_year.desc())
    return {str(year): shown_fiscal_year(year) for year in db.session.scalars(years)}
