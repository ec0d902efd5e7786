"""What a project is called in mails: its title, else its bodies."""

from __future__ import annotations

from app.correspondence.wording import and_others
from app.lines import quoted
from app.organisations.models import Organisation
from app.projects.models import Project


def called(project: Project, reader: Organisation | None = None) -> str:
    """「雪道の見守り」, or 「岩見沢市ほか」の事業 (for a `reader` from 岩見沢市) where the sources give no title."""
    return quoted(project.title) if project.title else f"「{and_others(project.bodies, reader)}」の事業"
