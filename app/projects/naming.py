"""What a project is called in mails: its title, else its bodies; and the number under which people know it."""

from __future__ import annotations

from app.correspondence.wording import and_others
from app.organisations.models import Organisation
from app.projects.models import Project

LISTED = "一覧番号（令和4年12月時点）"  # the published list (S4) numbers the projects of that day and no later ones
RECEIVED = "受付番号"


def called(project: Project, reader: Organisation | None = None) -> str:
    """「雪道の見守り」, or 「岩見沢市ほか」の事業 (for a `reader` from 岩見沢市) where the sources give no title."""
    return f"「{project.title}」" if project.title else f"「{and_others(project.bodies, reader)}」の事業"


def number_of(project: Project) -> tuple[str, str]:
    """(what it is, the number): a project opened by an announcement is on no published list, and has its 受付番号."""
    if project.application is not None:
        return RECEIVED, project.application.number or ""
    return LISTED, str(project.number)
