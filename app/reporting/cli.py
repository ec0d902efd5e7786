"""flask projects: how projects stand, for another program."""

from __future__ import annotations

from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.accompaniment.models import Obstacle
from app.accompaniment.on_record import obstacles_of
from app.changing import changes_of
from app.continuation import extension_of
from app.db import db
from app.kpis.facts import kpis_of
from app.lifecycle import PROJECT
from app.organisations.models import Organisation
from app.programmes.models import Programme
from app.projects.lists import BODIES
from app.projects.models import Project
from app.reports import reports_of
from app.rooms.initiatives import initiatives_of
from app.rooms.models import Initiative
from app.rooms.operations import room_of
from app.web.commands import Words, say, say_json

projects = AppGroup("projects", help="Supported projects: their period and all that is written about them.")
LONGEST_NUMBER = 9  # digits


class NoSuchProject(click.ClickException):
    """No project has this number, or projects of several programmes have it."""

    exit_code = 2


@projects.command("list")
@click.option("--state", type=click.Choice([*PROJECT.states]), help="Only those in this state.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def list_all(state: str | None, as_json: bool) -> None:
    """Every project with its number, state, bodies and end."""
    query = select(Project).options(joinedload(Project.call), joinedload(Project.programme), BODIES)
    if state:
        query = query.where(PROJECT.group(state).of(Project))
    found = [_facts(it) for it in db.session.scalars(query.order_by(Project.programme_id, Project.number))]
    if as_json:
        say_json(found)
        return
    for it in found:
        say(f"{it['number']}  {it['state']}  {it['ends_on']}  {'、'.join(b['name'] for b in it['bodies'])}")


@projects.command("show")
@click.argument("number", type=Words())
@click.option(
    "--programme", type=Words(), default="", help="Its key, where several programmes have the number."
)
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def show(number: str, programme: str, as_json: bool) -> None:
    """One project with its support rule, extension, initiatives, indicators, obstacles and ministries."""
    project = _project(number, programme)
    room = room_of(project)
    facts = {
        **_facts(project),
        "support_rule": {
            "selection_fy": project.call.selection_fy,
            "base_years": project.call.base_years,
            "extension_years": project.call.extension_years,
            "maximum_end": project.maximum_end.isoformat(),
        },
        "extension": {
            "outcome": project.extension,
            "on": project.extension_on.isoformat() if project.extension_on else None,
            "years": project.extended_years,
            "applications": extension_of(project),
        },
        "changes": changes_of(project),
        "cancellation": {
            "on": project.cancelled_on.isoformat(),
            "ground": project.cancel_ground or None,
            "asked_by": project.cancel_asked_by or None,
            "reason": project.cancel_reason,
        }
        if project.cancelled_on
        else None,
        "initiatives": [_of_initiative(it) for it in initiatives_of(project)],
        "kpis": kpis_of(project),
        "obstacles": [_of_obstacle(it) for it in obstacles_of(project)],
        "ministries": [it.name for it in room.ministries] if room else [],
        "reports": reports_of(project),
    }
    if as_json:
        say_json(facts)
        return
    for name, value in facts.items():
        if isinstance(value, list):
            say(f"{name}: {len(value)}")
        else:
            say(f"{name}: {value}")


def _project(number: str, programme: str) -> Project:
    if not (number.isascii() and number.isdecimal() and len(number) <= LONGEST_NUMBER):
        raise NoSuchProject(f"{number} is no number of a project.")
    query = select(Project).where(Project.number == int(number)).options(joinedload(Project.call), BODIES)
    if programme:
        query = query.join(Project.programme).where(Programme.key == programme)
    found = db.session.scalars(query).all()
    if not found:
        raise NoSuchProject(f"There is no project {number}.")
    if len(found) > 1:
        raise NoSuchProject(f"Several programmes have a project {number}: name one with --programme.")
    return found[0]


def _facts(project: Project) -> dict[str, Any]:
    return {
        "number": project.number,
        "programme": project.programme.key,
        "title": project.title,
        "state": project.state,
        "bodies": [_of_body(body) for body in project.bodies],
        "technologies": project.technologies,
        "starts_on": project.starts_on.isoformat(),
        "ends_on": project.ends_on.isoformat(),
    }


def _of_body(body: Organisation) -> dict[str, Any]:
    return {"code": body.code, "name": body.full_name}


def _of_initiative(initiative: Initiative) -> dict[str, Any]:
    return {
        "name": initiative.name,
        "technologies": initiative.technologies,
        "begun_on": initiative.begun_on.isoformat() if initiative.begun_on else None,
        "ended_on": initiative.ended_on.isoformat() if initiative.ended_on else None,
    }


def _of_obstacle(obstacle: Obstacle) -> dict[str, Any]:
    return {
        "title": obstacle.title,
        "kind": obstacle.obstacle_kind,
        "state": obstacle.state,
        "ministry": obstacle.ministry.full_name if obstacle.ministry else None,
        "acts": obstacle.acts,
        "due_on": obstacle.due_on.isoformat(),
        "outcome": obstacle.outcome or None,
    }
