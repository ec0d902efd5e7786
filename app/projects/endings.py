"""What ends in a fiscal year and how far its letters are; and the letters about one project."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import contains_eager
from werkzeug.datastructures import MultiDict

from app.actors import Actor
from app.correspondence import lists
from app.correspondence.models import Letter
from app.db import db
from app.lifecycle.project import UNDER_SUPPORT
from app.programmes.lists import in_list
from app.projects.end_of_support import KIND, ending
from app.projects.lists import BODIES, LEAD_CODE, named_bodies, selected_in
from app.projects.models import Project
from app.web.i18n import shown_date, state_label
from app.web.lists import Column, Listing


def letters_of_year(fiscal_year: int) -> dict[tuple[int, int], Letter]:
    """(project, body) → its support-end letter."""
    query = select(Letter).where(Letter.letter_kind == KIND, Letter.fiscal_year == fiscal_year)
    query = query.order_by(Letter.id)  # of two, after a project was reinstated, the later one counts
    return {(letter.about_id, letter.organisation_id): letter for letter in db.session.scalars(query)}


def ending_list(fiscal_year: int, args: MultiDict, letters: dict[tuple[int, int], Letter]) -> Listing:
    def shown_letters(project: Project) -> str:
        if project in UNDER_SUPPORT and project.awaits_extension:
            return _("Extension not recorded yet")
        found = [(body, letters.get((project.id, body.id))) for body in project.bodies]
        return "、".join(
            f"{body.addressee}: {told(letter) if letter else _('Not drafted')}" for body, letter in found
        )

    def told(letter: Letter) -> str:
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


def letters_about(project: Project, actor: Actor) -> list[Letter]:
    """About the project and the application it came from; for a municipality what was issued to it."""
    cases = [(project.kind, project.id)]
    if project.application_id:
        cases.append(("application", project.application_id))
    return lists.letters_about(actor, *cases)
