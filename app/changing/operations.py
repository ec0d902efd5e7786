"""Asking for a change of a project, and deciding about it: what is approved is applied at once, with its history."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app import calendar
from app.actors import Actor
from app.changing import mails
from app.changing.labels import LABELS
from app.changing.models import ASPECTS, CONTENT, TECHNOLOGIES, TITLE, YEARS, ChangeRequest
from app.correspondence import letters
from app.correspondence.models import EXTENSION_GUIDANCE, SUPPORT_END
from app.db import db, held
from app.explained import N_
from app.lifecycle import NotAllowed, move, must_be_open
from app.lifecycle.project import UNDER_SUPPORT, not_told
from app.organisations.operations import Refused
from app.projects import extension
from app.projects.models import CERTIFIED, Project

NOTHING = N_("Nothing would be changed: say what shall be otherwise.")
OVER = N_("Support of this project is over already.")
NOT_EXTENDED = N_("The period can be changed only where an extension was certified.")
OUT_OF_RULE = N_("The call of this project allows 1 to %(most)s further years.")
ALREADY_OVER = N_(
    "By this, support would have ended on %(day)s already: an end cannot be moved into the past."
)
CHANGED_SINCE = N_(
    "The project has been changed since this was asked for: “%(aspect)s” is not what the request says any more. Refuse it, "
    "and let it be asked for anew."
)
RENAMED = "変更申請により事業の内容が変更されたため"


class CannotChange(Refused):
    """`entry` names which of what is asked for cannot be."""

    def __init__(self, entry: str, msgid: str, **values: object) -> None:
        super().__init__(msgid, **values)
        self.entry = entry


def stands(project: Project) -> dict[str, Any]:
    """What of a project can be changed, as it stands now. Of the content there is no one text: the request says both sides."""
    return {
        TITLE: project.title or "",
        TECHNOLOGIES: list(project.technologies),
        CONTENT: "",
        YEARS: project.extended_years,
    }


def of_project(project: Project) -> list[ChangeRequest]:
    """All requests about a project, the newest first."""
    query = select(ChangeRequest).where(ChangeRequest.project_id == project.id)
    return list(db.session.scalars(query.order_by(ChangeRequest.id.desc())))


def start(
    project: Project, asked: Mapping[str, list[Any]], *, reason: str, actor: Actor, at: datetime
) -> ChangeRequest:
    """A draft that asks for these changes (aspect → [from, to]). Raises NotAllowed, CannotChange for what cannot be."""
    if not actor.may("change_request.start", project):
        raise NotAllowed(project, "start", "not permitted")
    project = held(project)
    _refuse_impossible(project, asked, at)
    made = ChangeRequest(
        project=project, changes=dict(asked), reason=reason.strip(), written_by=actor.name, created_at=at
    )
    db.session.add(made)
    db.session.flush()
    made.record("started", actor=actor, at=at, audience="applicant")
    return made


def edit(
    request: ChangeRequest, asked: Mapping[str, list[Any]], *, reason: str, actor: Actor, at: datetime
) -> None:
    """Raises NotAllowed, CannotChange."""
    request = held(request)
    must_be_open(request, "edit", actor=actor, at=at)
    _refuse_impossible(request.project, asked, at)
    if (request.changes, request.reason) == (dict(asked), reason.strip()):
        return
    request.changes, request.reason, request.written_by = dict(asked), reason.strip(), actor.name
    move(request, "edit", actor=actor, at=at)


def submit(request: ChangeRequest, *, actor: Actor, at: datetime) -> None:
    """To the office. Raises NotAllowed, CannotChange for what cannot be any more."""
    request = held(request)
    must_be_open(request, "submit", actor=actor, at=at)
    _refuse_impossible(request.project, request.changes, at)
    refuse_changed_since(request)
    request.submitted_at, request.submitted_by = at, actor.name
    move(request, "submit", actor=actor, at=at, changes={"asked": request.changes, "reason": request.reason})
    mails.submitted(request, at=at)


def withdraw(request: ChangeRequest, *, reason: str, actor: Actor, at: datetime) -> None:
    """Raises ValueError without a reason, NotAllowed once it is decided."""
    if not reason.strip():
        raise ValueError("a withdrawal needs a reason")
    request = held(request)
    move(request, "withdraw", actor=actor, at=at, changes={"reason": reason.strip()})
    request.withdrawal_reason = reason.strip()


def approve(request: ChangeRequest, *, remark: str = "", actor: Actor, at: datetime) -> None:
    """Apply it to the project. Letters that name the project otherwise and are not issued are discarded, to be drafted anew.

    Raises NotAllowed, CannotChange for what cannot be any more, Refused once a letter that tells the end was issued.
    """
    request = held(request)
    project = held(request.project)
    must_be_open(request, "approve", actor=actor, at=at)
    _refuse_impossible(project, request.changes, at)
    refuse_changed_since(request)
    _decide(request, "approve", remark, actor=actor, at=at)
    move(
        project, "change", actor=actor, at=at, changes={"changed": request.changes, "reason": request.reason}
    )
    asked = {aspect: to for aspect, (_from, to) in request.changes.items()}
    if TITLE in asked:
        project.title = asked[TITLE]
    if TECHNOLOGIES in asked:
        project.technologies = list(asked[TECHNOLOGIES])
        project.technologies_raw = "、".join(project.technologies) + (
            "等" if project.technologies_etc else ""
        )
    if YEARS in asked:
        _change_years(project, asked[YEARS], actor=actor, at=at)
    for kind in (SUPPORT_END, EXTENSION_GUIDANCE) if {TITLE, TECHNOLOGIES} & set(asked) else ():
        letters.take_back(project, kind, reason=RENAMED, actor=actor, at=at)
    mails.decided(request, at=at)


def refuse(request: ChangeRequest, *, reason: str, actor: Actor, at: datetime) -> None:
    """The project stays as it is. Raises ValueError without reasons, NotAllowed."""
    if not reason.strip():
        raise ValueError("a change is refused for reasons")
    request = held(request)
    must_be_open(request, "refuse", actor=actor, at=at)
    _decide(request, "refuse", reason, actor=actor, at=at)
    mails.decided(request, at=at)


def refuse_changed_since(request: ChangeRequest) -> None:
    """Raises CannotChange where the project is not any more what the request says that it is."""
    now = stands(request.project)
    for aspect, (before, _to) in request.changes.items():
        if aspect != CONTENT and before != now[aspect]:
            raise CannotChange(aspect, CHANGED_SINCE, aspect=LABELS[aspect])


def _decide(request: ChangeRequest, name: str, reason: str, *, actor: Actor, at: datetime) -> None:
    request.decision_reason, request.decided_at, request.decided_by = reason.strip(), at, actor.name
    move(request, name, actor=actor, at=at, changes={"reason": reason.strip()})


def _change_years(project: Project, years: int, *, actor: Actor, at: datetime) -> None:
    """By the one way in which an end moves: the record of the extension."""
    assert project.extension_on is not None
    extension.record_extension(
        project,
        outcome=CERTIFIED,
        years=years,
        on=project.extension_on,
        remark=project.extension_remark,
        decided=True,
        actor=actor,
        at=at,
    )


def _refuse_impossible(project: Project, asked: Mapping[str, list[Any]], at: datetime) -> None:
    if project not in UNDER_SUPPORT:
        raise CannotChange(TITLE, OVER)
    if unknown := set(asked) - set(ASPECTS):
        raise ValueError(f"not to be changed: {unknown}")
    if not any(before != to for before, to in asked.values()):
        raise CannotChange(TITLE, NOTHING)
    if YEARS not in asked:
        return
    years, most = asked[YEARS][1], project.call.extension_years
    if not project.extended_years:
        raise CannotChange(YEARS, NOT_EXTENDED)
    if not 1 <= years <= most:
        raise CannotChange(YEARS, OUT_OF_RULE, most=most)
    last_fy = project.call.last_fy_with(years)
    if last_fy < calendar.fiscal_year(at):
        raise CannotChange(YEARS, ALREADY_OVER, day=calendar.fiscal_year_end(last_fy))
    if project.end_is_told:  # an end that somebody was told of by letter is not moved
        raise CannotChange(YEARS, not_told.sentence)
