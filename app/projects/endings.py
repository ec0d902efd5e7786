"""The letters about what ends in a fiscal year, and about one project."""

from __future__ import annotations

from collections.abc import Callable, Collection

from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import func, select
from sqlalchemy.orm import load_only

from app.actors import Actor
from app.correspondence import lists
from app.correspondence.models import Letter
from app.db import db
from app.lifecycle.project import UNDER_SUPPORT
from app.memory import CASES, remembered
from app.organisations.models import Organisation
from app.projects.end_of_support import KIND
from app.projects.models import Project
from app.web import shown
from app.web.i18n import state_label

Letters = dict[tuple[int, int], Letter]  # (project, body) → its support-end letter
NAMED_BY = (
    Letter.about_id,
    Letter.organisation_id,
    Letter.number,
    Letter.state,
    Letter.superseded_as,
)


def letters_of_year(fiscal_year: int, projects: Collection[int] | None = None) -> Letters:
    """The letters about what ends then; of these `projects` alone, where they are given."""
    query = select(Letter).where(Letter.letter_kind == KIND, Letter.fiscal_year == fiscal_year)
    if projects is not None:
        query = query.where(Letter.about_kind == Project.kind, Letter.about_id.in_(projects))
    query = query.order_by(Letter.id)  # of two, after a project was reinstated, the later one counts
    found = db.session.scalars(query.options(load_only(*NAMED_BY, raiseload=True)))
    return {(letter.about_id, letter.organisation_id): letter for letter in found}


def states_of_year(fiscal_year: int) -> dict[str, int]:
    """How many of all of them stand in each state."""

    def ask() -> dict[str, int]:
        of_year = (Letter.letter_kind == KIND, Letter.fiscal_year == fiscal_year)
        last = select(func.max(Letter.id)).where(*of_year).group_by(Letter.about_id, Letter.organisation_id)
        counts = select(Letter.state, func.count()).where(Letter.id.in_(last)).group_by(Letter.state)
        return {row.state: row[1] for row in db.session.execute(counts)}

    return remembered(("states of support-end letters", fiscal_year), ask, CASES)


def named_letters(project: Project, letters: Letters) -> str:
    """How far the letters about a project are, as text."""
    if _is_unrecorded(project):
        return _("Extension not recorded yet")

    def numbered(letter: Letter | None) -> str:
        if letter is None:
            return _("Not drafted")
        if letter.number and letter.superseded_as:
            return f"{letter.number} {state_label(letter)}"
        return letter.number or state_label(letter)

    return "、".join(f"{it.addressee}: {numbered(letters.get((project.id, it.id)))}" for it in project.bodies)


def letters_shown(letters: Callable[[], Letters], actor: Actor) -> Callable[[Project], Markup]:
    """The same as a page shows it, with links to the letters; to the record of an extension for who may make it."""
    to_letter = shown.addresses("correspondence.letter", "letter_id")
    to_extension = shown.addresses("projects.record_extension", "project_id")
    read, not_drafted = _("Read"), shown.quiet(_("Not drafted"))
    unrecorded, record = _("Extension not recorded yet"), _("Record the extension")
    may_record = actor.may("project.record_extension")

    def of_body(body: Organisation, letter: Letter | None) -> Markup:
        if letter is None:
            return shown.joined([shown.name(body.addressee), not_drafted], " ")
        text = shown.joined([letter.number or read, shown.unseen(body.addressee)])
        parts = [shown.name(body.addressee), shown.link(to_letter(letter.id), text, "nowrap")]
        return shown.joined([*parts, shown.state_tag(letter)], " ")

    def cell(project: Project) -> Markup:
        if not _is_unrecorded(project):
            found = letters()
            return shown.plain_list(of_body(it, found.get((project.id, it.id))) for it in project.bodies)
        if not may_record:
            return shown.joined([unrecorded])
        text = shown.joined([record, shown.unseen(_("No. %(number)s", number=project.number))])
        return shown.joined([unrecorded, shown.link(to_extension(project.id), text)], shown.NEW_LINE)

    return cell


def _is_unrecorded(project: Project) -> bool:
    return project in UNDER_SUPPORT and project.awaits_extension


def letters_about(project: Project, actor: Actor) -> list[Letter]:
    """About the project and the application it came from; for a municipality what was issued to it."""
    cases = [(project.kind, project.id)]
    if project.application_id:
        cases.append(("application", project.application_id))
    return lists.letters_about(actor, *cases)
