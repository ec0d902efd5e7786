"""What happened last: each case once, the one that changed last first, as far as this person may see and be told."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import CompoundSelect, case, func, literal, select, union_all

from app import security
from app.actors import Actor
from app.applications.models import OF_RESULTS, Application
from app.councils.models import Council, Membership
from app.db import db
from app.history import HistoryEntry
from app.organisations.models import Organisation
from app.projects.models import Project, ProjectApplicant
from app.web.i18n import audience
from app.web.records import address_of, within_reach
from app.web.timeline import TOLD

SHOWN = 5
FULL_NAME = case(
    (Organisation.body_kind.in_(("prefecture", "ministry")), Organisation.name),
    else_=Organisation.prefecture + Organisation.name,
)


@dataclass(frozen=True)
class Change:
    entry: HistoryEntry
    number: str
    name: str
    url: str


def recent(actor: Actor) -> list[Change]:
    """One question: the cases within reach, joined to the last entry of the history about each."""
    cases = _cases(actor)
    if cases is None:
        return []
    about = cases.subquery()
    last = (
        select(
            func.max(HistoryEntry.id).label("entry"),
            about.c.case_kind,
            about.c.case_id,
            about.c.number,
            about.c.name,
        )
        .join(about, (HistoryEntry.subject_kind == about.c.kind) & (HistoryEntry.subject_id == about.c.id))
        .where(HistoryEntry.audience.in_(TOLD[audience()]))
        .group_by(about.c.case_kind, about.c.case_id, about.c.number, about.c.name)
        .order_by(func.max(HistoryEntry.id).desc())
        .limit(SHOWN)
        .subquery()
    )
    rows = db.session.execute(
        select(HistoryEntry, last)
        .join(last, HistoryEntry.id == last.c.entry)
        .order_by(HistoryEntry.id.desc())
    ).all()
    if any(row[0].event in OF_RESULTS for row in rows):  # the announcement would be the last of the case
        security.results_read(actor)
    return [
        Change(row[0], row.number, row.name, address_of(row.case_kind, row.case_id) or "") for row in rows
    ]


def _cases(actor: Actor) -> CompoundSelect | None:
    """What the history speaks of → the case it belongs to, by the name people know it by; applications by their number too."""
    found = []
    if actor.may("application.list"):
        found.append(
            within_reach(Application, actor)
            .join(Application.organisation)
            .with_only_columns(
                literal(Application.kind).label("kind"),
                Application.id.label("id"),
                literal(Application.kind).label("case_kind"),
                Application.id.label("case_id"),
                func.coalesce(Application.number, "").label("number"),
                FULL_NAME.label("name"),
            )
        )
    if actor.may("project.list"):
        seen = (
            within_reach(Project, actor)
            .join(
                ProjectApplicant,
                (ProjectApplicant.project_id == Project.id) & (ProjectApplicant.position == 0),
            )
            .join(ProjectApplicant.organisation)
        )
        councils = seen.join(Council, Council.project_id == Project.id)
        memberships = councils.join(Membership, Membership.council_id == Council.id)
        found += [
            query.with_only_columns(
                literal(record.kind).label("kind"),
                record.id.label("id"),
                literal(Project.kind).label("case_kind"),
                Project.id.label("case_id"),
                literal("").label("number"),
                FULL_NAME.label("name"),
            )
            for query, record in ((seen, Project), (councils, Council), (memberships, Membership))
        ]
    return union_all(*found) if found else None
