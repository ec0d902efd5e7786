"""What bodies wish for the time after support, for the office."""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.datastructures import MultiDict

from app import calendar
from app.actors import Actor
from app.db import db
from app.organisations.models import Organisation
from app.programmes.apart import in_list
from app.projects.lists import BODIES
from app.projects.models import Project
from app.questions.models import Response
from app.web import shown
from app.web.filters import Late
from app.web.i18n import shown_date, shown_fiscal_year
from app.web.lists import Choice, Column, Listing, To
from app.web.records import within_reach
from app.wishes.form import COUNCIL, INVITATION, MAGAZINE, REAPPLYING, REMARKS
from app.wishes.models import Wish

LABELS = {
    MAGAZINE: _l("Keep the magazine"),
    COUNCIL: _l("Keep the council"),
    INVITATION: _l("Be invited"),
    REAPPLYING: _l("Think of applying again"),
}


def wish_list(actor: Actor, args: MultiDict) -> Listing:
    """The last said first. Nothing of bodies that have said nothing: they need not."""
    programmes = in_list(Project.programme_id, lambda it: it.project.programme_id)
    return Listing(
        within_reach(Wish, actor)
        .join(Wish.project)
        .join(Project.call)
        .join(Wish.organisation)
        .where(Wish.said_at.is_not(None)),
        args,
        caption=_l("Wishes for the time after support"),
        columns=[
            Column(
                "body",
                _l("Local government"),
                lambda it: it.organisation.full_name,
                sort=Organisation.code,
                shown=lambda it: shown.own_direction(it.organisation.full_name),
                to=To("wishes.show", "project_id", walked=False, of="project_id"),
            ),
            Column(
                "project",
                _l("Project"),
                lambda it: f"{_('No. %(number)s', number=it.project.number)} {it.project.shown_title}",
            ),
            *programmes.columns,
            Column("ends", _l("Support ends"), lambda it: shown_fiscal_year(it.project.last_fy)),
            *(Column(name, label, _said(name)) for name, label in LABELS.items()),
            Column(
                "said_at",
                _l("Said on"),
                lambda it: shown_date(it.said_at),
                sort=Wish.said_at,
                typed=lambda it: calendar.day_of(it.said_at),
            ),
            Column(REMARKS, _l("Anything else"), lambda it: it.answered.value_of(REMARKS), only_file=True),
        ],
        filters=[
            *programmes.filters,
            Choice(
                "wish",
                _l("What is wished"),
                dict(LABELS),
                where=lambda it: getattr(Wish, it).is_(True),
            ),
            Choice(
                "ends",
                _l("Support ends"),
                Late(_years(actor)),
                where=lambda it: Project.last_fy == int(it),
            ),
        ],
        default_sort="-said_at",
        options=(
            joinedload(Wish.organisation),
            selectinload(Wish.project).options(BODIES, joinedload(Project.call)),
            joinedload(Wish.answered).options(joinedload(Response.version), selectinload(Response.answers)),
        ),
    )


def _said(name: str) -> Callable[[Wish], str]:
    words = {True: _("Yes"), False: _("No"), None: "–"}
    return lambda it: words[getattr(it, name)]


def _years(actor: Actor) -> Callable[[], dict[str, str]]:
    def ask() -> dict[str, str]:
        query = within_reach(Wish, actor).join(Wish.project).join(Project.call)
        years = set(db.session.scalars(query.with_only_columns(Project.last_fy).distinct()))
        return {str(year): shown_fiscal_year(year) for year in sorted(years, reverse=True)}

    return ask
