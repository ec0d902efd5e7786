"""The lists of projects, of all and of those that end in a year: what can be asked of it, and how its columns read."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import date, datetime
from functools import cache
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased, selectinload
from werkzeug.datastructures import MultiDict

from app import calendar
from app.actors import Actor
from app.correspondence.models import Letter
from app.db import db
from app.explained import N_
from app.lifecycle import PROJECT
from app.lifecycle.project import UNDER_SUPPORT
from app.memory import CASES, HOUSE, remembered
from app.organisations.contacts import bodies_with_a_contact
from app.organisations.models import Organisation, Seat, Tenure
from app.organisations.search import BodySearch
from app.permissions import MUNICIPAL, OFFICE
from app.programmes.apart import in_list
from app.programmes.models import Call
from app.programmes.technologies import TECHNOLOGIES
from app.projects.end_of_support import ending
from app.projects.endings import letters_of_year, letters_shown, named_letters
from app.projects.models import Project, ProjectApplicant
from app.searching import among
from app.web import shown
from app.web.filters import Late
from app.web.i18n import (
    in_the_readers_words,
    locale_name,
    shown_date,
    shown_fiscal_year,
    standing,
    state_label,
)
from app.web.lists import Choice, Column, Listing, Search, To
from app.web.records import shared_by, within_reach

LINKED = "（※）"
BODIES = selectinload(Project.applicants).joinedload(ProjectApplicant.organisation)
BESIDE_IT = (Project.call, (Project.applicants, ProjectApplicant.organisation))

# The order of the programme's published list (S4): prefecture, then municipality.
LEAD = aliased(Organisation, name="lead")
OF_LEAD = Project.lead_body.of_type(LEAD)
TITLE_ORDER = func.coalesce(Project.title, LEAD.prefecture + LEAD.name)  # as shown: see Project.shown_title
NOT_SHOWN = [Project.search_text, Project.cancel_reason, Project.extension_remark]  # texts of any length


def project_list(actor: Actor, args: MultiDict) -> Listing:
    """The projects this person may see, in the order of their lead applicants' codes."""
    today = calendar.today()
    visible, whose = within_reach(Project, actor), shared_by(actor)
    states = {name: state_label(None, name, "project") for name in PROJECT.states}
    programmes = in_list(Project.programme_id)
    filters: list[Search | Choice] = [
        word_search(),
        *programmes.filters,
        year_choice(visible, whose),
        Choice("state", _l("State"), states, Project.state),
        prefecture_choice(visible, whose),
        technology_choice(),
        Choice(
            "ends",
            _l("Support ends"),
            _endings(today),
            where=lambda it: Project.last_fy == int(it),
            join=Project.call,
        ),
        linked_choice(),
    ]
    if actor.role in OFFICE:
        alone = {"none": _l("A body without anybody in a seat")}
        filters.append(Choice("contact", _l("Contact"), alone, where=lambda it: lacks_contact(today)))
    return Listing(
        visible,
        args,
        caption=_l("Projects"),
        columns=[
            number_column(),
            Column(
                "bodies",
                _l("Applicants"),
                named_bodies,
                sort=Project.lead_code,
                shown=_bodies_to_reach(today) if actor.may("letter.list") else shown_bodies,
                by=lambda it: (today, it.state, it.road_linked, *(each.id for each in it.bodies)),
            ),
            Column(
                "title",
                _l("Project title"),
                title_on_record,
                sort=TITLE_ORDER,
                join=OF_LEAD,
                shown=lambda it: shown.own_direction(it.shown_title),
                to=To("projects.show", "project_id"),
                behind=lambda it: shown.no_title(it) + shown.sample(it.call),
            ),
            Column("technologies", _l("Main technologies"), lambda it: it.technologies_raw),
            *programmes.columns,
            Column(
                "selection_fy",
                _l("Selected in"),
                selected_in,
                sort=Call.selection_fy,
                join=Project.call,
                by=lambda it: it.call_id,
            ),
            Column(
                "support_year",
                _l("Support year"),
                lambda it: shown_support_year(it, today),
                by=lambda it: (today, it.state, it.call_id, it.ends_on),
            ),
            Column(
                "ends_on",
                _l("Ends on"),
                lambda it: shown_date(it.ends_on, weekday=False),
                sort=Project.last_fy,
                join=Project.call,
                typed=lambda it: it.ends_on,
                shown=lambda it: shown.moment(it.ends_on, weekday=False),
                short=False,
                by=lambda it: it.ends_on,
            ),
            state_column(),
        ],
        filters=filters,
        default_sort="bodies",
        tie=Project.number,
        without=NOT_SHOWN,
        many=[Project.applicants],
        beside=BESIDE_IT,
    )


def ending_list(fiscal_year: int, actor: Actor, args: MultiDict) -> Listing:
    """What ends in a fiscal year, and how far its letters are."""

    @cache
    def letters() -> dict[tuple[int, int], Letter]:
        return letters_of_year(fiscal_year, None if listing.is_file else [row.id for row in listing.rows])

    listing = Listing(
        ending(fiscal_year),
        args,
        caption=_l("Projects whose support ends"),
        columns=[
            number_column(),
            Column(
                "bodies",
                _l("Applicants"),
                named_bodies,
                sort=Project.lead_code,
                shown=lambda it: shown.own_direction(named_bodies(it)),
                to=To("projects.show", "project_id", walked=False),
            ),
            *in_list(Project.programme_id).columns,
            Column("selection_fy", _l("Selected in"), selected_in),
            Column(
                "ends_on",
                _l("Ends on"),
                lambda it: shown_date(it.ends_on),
                typed=lambda it: it.ends_on,
                shown=lambda it: shown.moment(it.ends_on),
                short=False,
            ),
            state_column(),
            Column(
                "letters",
                _l("Letters"),
                lambda it: named_letters(it, letters()),
                shown=letters_shown(letters, actor),
                short=False,
            ),
        ],
        default_sort="number",
        per_page=100,
        without=NOT_SHOWN,
        many=[Project.applicants],
        beside=BESIDE_IT,
    )
    return listing


def number_column() -> Column:
    return Column("number", _l("No."), lambda it: it.number, sort=Project.number, numeric=True)


def state_column() -> Column:
    return Column(
        "state",
        _l("State"),
        lambda it: state_label(it),
        sort=Project.state,
        shown=shown.state_tag,
        by=standing,
    )


def word_search() -> Search:
    return BodySearch(
        "q",
        _l("Words in the title or technologies; a body by name, kana or code"),
        [Project.search_text],
        of_bodies=lambda bodies: among(
            Project.id,
            select(ProjectApplicant.project_id).where(ProjectApplicant.organisation_id.in_(bodies)),
        ),
    )


def year_choice(visible: Select, whose: Hashable | None) -> Choice:
    """The fiscal years of selection that the visible projects have; `whose` tells apart who sees others, None keeps nothing."""

    def ask() -> dict[str, str]:
        call = aliased(Call)
        has_one = visible.where(Project.call_id == call.id).exists()
        years = select(call.selection_fy).where(has_one).distinct().order_by(call.selection_fy)
        return {str(year): shown_fiscal_year(year) for year in db.session.scalars(years)}

    return Choice(
        "selection_fy",
        _l("Fiscal year of selection"),
        Late(lambda: _kept_for(whose, ("years of projects", locale_name()), ask)),
        where=lambda it: Project.call_id.in_(
            select(Call.id).where(Call.selection_fy == int(it)).correlate(None)
        ),
    )


def prefecture_choice(visible: Select, whose: Hashable | None) -> Choice:
    """The prefectures with a body of a visible project, from north to south; any applicant counts."""

    def ask() -> dict[str, str]:
        applies = visible.join(Project.applicants).where(ProjectApplicant.organisation_id == Organisation.id)
        found = (
            select(Organisation.prefecture)
            .where(applies.exists())
            .group_by(Organisation.prefecture)
            .order_by(func.min(Organisation.code))
        )
        return {name: name for name in db.session.scalars(found) if name}

    def within(name: str) -> Any:
        bodies = select(ProjectApplicant.project_id).join(ProjectApplicant.organisation)
        return Project.id.in_(bodies.where(Organisation.prefecture == name))

    choices = Late(lambda: _kept_for(whose, "prefectures of projects", ask))
    return Choice("prefecture", _l("Prefecture"), choices, where=within)


def _kept_for(whose: Hashable | None, what: Hashable, ask: Callable[[], dict[str, str]]) -> dict[str, str]:
    return ask() if whose is None else remembered((what, whose), ask, HOUSE, CASES)


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
    return "、".join(body.full_name for body in project.bodies) + (LINKED if project.road_linked else "")


def shown_bodies(project: Project, between: Any = shown.NEW_LINE) -> Markup:
    """The same as a page has it."""
    return shown.joined(map(shown.body, project.bodies), between) + linked_mark(project)


def linked_mark(project: Project) -> Markup:
    return shown.joined([" ", shown.unbroken(LINKED)]) if project.road_linked else shown.NOTHING


def _bodies_to_reach(on: date) -> Callable[[Project], Markup]:
    """The same, with those marked that nobody acts for while they are under support."""
    contacted = bodies_with_a_contact(on)
    alone = shown.joined([" ", shown.tag(_("No contact"), "warning")])

    def bodies(project: Project) -> Markup:
        if project not in UNDER_SUPPORT:
            return shown_bodies(project)
        each = (shown.body(it) + (shown.NOTHING if it.id in contacted else alone) for it in project.bodies)
        return shown.joined(each, shown.NEW_LINE) + linked_mark(project)

    return bodies


def shown_support_year(project: Project, on: date) -> str:
    """3 of 5; empty before and after support."""
    if project not in UNDER_SUPPORT:
        return ""
    year, years = project.support_year(on), project.support_years
    if not 1 <= year <= years:
        return ""
    return in_the_readers_words(N_("%(year)s of %(years)s")) % {"year": year, "years": years}


def lacks_contact(on: date) -> Any:
    """The condition of being under support with an applicant body that nobody acts for on `on`."""
    acted_for = (
        select(Seat.organisation_id)
        .join(Tenure, Tenure.seat_id == Seat.id)
        .where(Seat.role.in_(MUNICIPAL), Tenure.holds(on))
    )
    without = select(ProjectApplicant.project_id).where(ProjectApplicant.organisation_id.not_in(acted_for))
    return UNDER_SUPPORT.of(Project) & Project.id.in_(without)


def without_contact(at: datetime) -> Select:
    """The projects with such a body."""
    return select(Project).where(lacks_contact(calendar.day_of(at)))


def _endings(today: date) -> dict[str, str]:
    year = calendar.fiscal_year(today)
    return {
        str(year): _("This fiscal year (%(year)s)", year=shown_fiscal_year(year)),
        str(year + 1): _("Next fiscal year (%(year)s)", year=shown_fiscal_year(year + 1)),
    }
