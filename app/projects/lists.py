"""The lists of projects, of all and of those that end in a year: what can be asked of it, and how its columns read."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, selectinload
from werkzeug.datastructures import MultiDict

from app import calendar
from app.actors import Actor
from app.correspondence.models import Letter
from app.db import db
from app.lifecycle import PROJECT
from app.lifecycle.project import UNDER_SUPPORT
from app.organisations.models import Organisation, Seat, Tenure
from app.organisations.search import BodySearch
from app.permissions import MUNICIPAL, OFFICE
from app.programmes.apart import in_list
from app.programmes.models import Call
from app.programmes.technologies import TECHNOLOGIES
from app.projects.end_of_support import ending
from app.projects.models import Project, ProjectApplicant
from app.web.i18n import shown_date, shown_fiscal_year, state_label
from app.web.lists import Choice, Column, Listing, Search
from app.web.records import within_reach

BODIES = selectinload(Project.applicants).joinedload(ProjectApplicant.organisation)

LEAD_CODE = (  # the order of the programme's published list (S4): prefecture, then municipality
    select(Organisation.code)
    .join(ProjectApplicant, ProjectApplicant.organisation_id == Organisation.id)
    .where(ProjectApplicant.project_id == Project.id, ProjectApplicant.position == 0)
    .correlate(Project)
    .scalar_subquery()
)
LEAD_NAME = (
    select(Organisation.prefecture + Organisation.name)
    .join(ProjectApplicant, ProjectApplicant.organisation_id == Organisation.id)
    .where(ProjectApplicant.project_id == Project.id, ProjectApplicant.position == 0)
    .correlate(Project)
    .scalar_subquery()
)
TITLE_ORDER = func.coalesce(Project.title, LEAD_NAME)  # as a page shows it: see Project.shown_title


def project_list(actor: Actor, args: MultiDict) -> Listing:
    """The projects this person may see, in the order of their lead applicants' codes."""
    today = calendar.today()
    visible = within_reach(Project, actor)
    states = {name: state_label(None, name, "project") for name in PROJECT.states}
    shown = in_list(Project.programme_id)
    filters: list[Search | Choice] = [
        word_search(),
        *shown.filters,
        year_choice(visible),
        Choice("state", _l("State"), states, Project.state),
        prefecture_choice(visible),
        technology_choice(),
        Choice("ends", _l("Support ends"), _endings(today), where=lambda it: Project.last_fy == int(it)),
        linked_choice(),
    ]
    if actor.role in OFFICE:
        alone = {"none": _l("A body without anybody in a seat")}
        filters.append(Choice("contact", _l("Contact"), alone, where=lambda it: lacks_contact(today)))
    return Listing(
        visible.join(Project.call),
        args,
        caption=_l("Projects"),
        columns=[
            Column("number", _l("No."), lambda it: it.number, sort=Project.number, numeric=True),
            Column("bodies", _l("Applicants"), named_bodies, sort=LEAD_CODE),
            Column("title", _l("Project title"), title_on_record, sort=TITLE_ORDER),
            Column("technologies", _l("Main technologies"), lambda it: it.technologies_raw),
            *shown.columns,
            Column("selection_fy", _l("Selected in"), selected_in, sort=Call.selection_fy),
            Column("support_year", _l("Support year"), lambda it: shown_support_year(it, today)),
            Column(
                "ends_on",
                _l("Ends on"),
                lambda it: shown_date(it.ends_on, weekday=False),
                sort=Project.last_fy,
                typed=lambda it: it.ends_on,
            ),
            Column("state", _l("State"), lambda it: state_label(it), sort=Project.state),
        ],
        filters=filters,
        default_sort="bodies",
        tie=Project.number,
        options=[contains_eager(Project.call), BODIES],
    )


def ending_list(fiscal_year: int, args: MultiDict, letters: dict[tuple[int, int], Letter]) -> Listing:
    """What ends in a fiscal year, and how far its `letters` are: (project, body) → the letter, see endings.py."""

    def shown_letters(project: Project) -> str:
        if project in UNDER_SUPPORT and project.awaits_extension:
            return _("Extension not recorded yet")
        found = [(body, letters.get((project.id, body.id))) for body in project.bodies]
        return "、".join(
            f"{body.addressee}: {shown_letter(letter) if letter else _('Not drafted')}"
            for body, letter in found
        )

    def shown_letter(letter: Letter) -> str:
        if letter.number and letter.superseded_as:
            return f"{letter.number} {state_label(letter)}"
        return letter.number or state_label(letter)

    return Listing(
        ending(fiscal_year),
        args,
        caption=_l("Projects whose support ends"),
        columns=[
            Column("number", _l("No."), lambda it: it.number, sort=Project.number, numeric=True),
            Column("bodies", _l("Applicants"), named_bodies, sort=LEAD_CODE),
            *in_list(Project.programme_id).columns,
            Column("selection_fy", _l("Selected in"), selected_in),
            Column("ends_on", _l("Ends on"), lambda it: shown_date(it.ends_on), typed=lambda it: it.ends_on),
            Column("state", _l("State"), lambda it: state_label(it), sort=Project.state),
            Column("letters", _l("Letters"), shown_letters),
        ],
        default_sort="number",
        per_page=100,
        options=[contains_eager(Project.call), BODIES],
    )


def word_search() -> Search:
    return BodySearch(
        "q",
        _l("Words in the title or technologies; a body by name, kana or code"),
        [Project.search_text],
        of_bodies=lambda bodies: Project.id.in_(
            select(ProjectApplicant.project_id).where(ProjectApplicant.organisation_id.in_(bodies))
        ),
    )


def year_choice(visible: Select) -> Choice:
    """The fiscal years of selection that the visible projects have."""
    calls = visible.with_only_columns(Project.call_id)
    years = select(Call.selection_fy).distinct().where(Call.id.in_(calls)).order_by(Call.selection_fy)
    choices = {str(year): shown_fiscal_year(year) for year in db.session.scalars(years)}
    return Choice(
        "selection_fy", _l("Fiscal year of selection"), choices, where=lambda it: Call.selection_fy == int(it)
    )


def prefecture_choice(visible: Select) -> Choice:
    """The prefectures with a body of a visible project, from north to south; any applicant counts."""
    found = (
        select(Organisation.prefecture)
        .join(ProjectApplicant, ProjectApplicant.organisation_id == Organisation.id)
        .where(ProjectApplicant.project_id.in_(visible.with_only_columns(Project.id)))
        .group_by(Organisation.prefecture)
        .order_by(func.min(Organisation.code))
    )

    def within(name: str) -> Any:
        bodies = select(ProjectApplicant.project_id).join(ProjectApplicant.organisation)
        return Project.id.in_(bodies.where(Organisation.prefecture == name))

    return Choice(
        "prefecture",
        _l("Prefecture"),
        {name: name for name in db.session.scalars(found) if name},
        where=within,
    )


def technology_choice() -> Choice:
    return Choice(
        "technology", _l("Technology"), {name: name for name in TECHNOLOGIES}, where=uses_technology
    )


def uses_technology(name: str) -> Any:
    """The condition on Project, as printed in the list: its キャッシュレス・ブロックチェーン is found under both."""
    return Project.technologies_raw.contains(name, autoescape=True)


def linked_choice() -> Choice:
    return Choice(
        "linked",
        _l("Road bureau's support (※)"),
        {"1": _l("Linked (※)")},
        where=lambda it: Project.road_linked,
    )


def selected_in(project: Project) -> str:
    return shown_fiscal_year(project.call.selection_fy)


def title_on_record(project: Project) -> str:
    """For files and machines: never what a page calls a project whose title the sources do not give."""
    return project.title or ""


def named_bodies(project: Project) -> str:
    """北海道、北海道岩見沢市（※）: the mark where the road bureau's support is linked, as the published list has it."""
    return "、".join(body.full_name for body in project.bodies) + ("（※）" if project.road_linked else "")


def shown_support_year(project: Project, on: date) -> str:
    """3 of 5; empty before and after support."""
    if project not in UNDER_SUPPORT or not 1 <= project.support_year(on) <= project.support_years:
        return ""
    return _("%(year)s of %(years)s", year=project.support_year(on), years=project.support_years)


def lacks_contact(on: date) -> Any:
    """The condition of being under support with an applicant body that nobody acts for on `on`."""
    acted_for = (
        select(Seat.organisation_id)
        .join(Tenure, Tenure.seat_id == Seat.id)
        .where(Seat.role.in_(MUNICIPAL), Tenure.holds(on))
    )
    without = select(ProjectApplicant.project_id).where(ProjectApplicant.organisation_id.not_in(acted_for))
    return UNDER_SUPPORT.of(Project) & Project.id.in_(without)


def _endings(today: date) -> dict[str, str]:
    year = calendar.fiscal_year(today)
    return {
        str(year): _("This fiscal year (%(year)s)", year=shown_fiscal_year(year)),
        str(year + 1): _("Next fiscal year (%(year)s)", year=shown_fiscal_year(year + 1)),
    }
