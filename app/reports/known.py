"""What is on record of a project and its year, beside the answers of a report: read where it is kept, frozen when it is handed in.

Plain values. Nothing of it is asked again: a page leads to where each is kept, and says what is missing there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from app import calendar
from app.accompaniment.models import LogEntry, Obstacle
from app.accompaniment.on_record import obstacles_of
from app.councils.models import Council, Meeting
from app.db import db
from app.kpis.facts import kpis_of
from app.lifecycle.obstacle import OUTSTANDING
from app.projects.models import Project
from app.reports.form import INITIATIVES, PROBLEMS, STEPS
from app.rooms.form import PLAN
from app.rooms.initiatives import initiatives_of
from app.rooms.models import Initiative
from app.rooms.operations import room_of


def known_of(project: Project, fiscal_year: int) -> dict[str, Any]:
    """All of it. What the office keeps within the office is no part of it."""
    room = room_of(project)
    return {
        "fiscal_year": fiscal_year,
        "project": {
            "number": project.number,
            "programme": project.programme.name,
            "title": project.shown_title,
            "bodies": [{"code": it.code, "name": it.full_name} for it in project.bodies],
            "selection_fy": project.call.selection_fy,
            "last_fy": project.last_fy,
            "support_year": fiscal_year - project.call.selection_fy + 1,
        },
        "kpis": kpis_of(project),
        "initiatives": [_initiative(it) for it in _of_year(initiatives_of(project), fiscal_year)],
        "ministries": [it.name for it in room.ministries] if room else [],
        "meetings": [
            {"held_on": it.held_on.isoformat(), "place": it.place} for it in _meetings(project, fiscal_year)
        ],
        "obstacles": [_obstacle(it) for it in _obstacles(project, fiscal_year)],
        "log": [_entry(it) for it in _entries(project, fiscal_year)],
    }


def without_actual(known: Mapping[str, Any]) -> list[str]:
    """The names of the indicators of which nothing was entered for the year."""
    year = known["fiscal_year"]
    return [
        name_of(kpi)
        for kpi in known["kpis"]
        if not any(it["fiscal_year"] == year and it["raw"] for it in kpi["actuals"])
    ]


def name_of(kpi: Mapping[str, Any]) -> str:
    return f"{kpi['initiative']}：{kpi['indicator']}" if kpi["initiative"] else str(kpi["indicator"])


def actual_of(kpi: Mapping[str, Any], fiscal_year: int) -> str:
    """What was entered for a year, as it was written."""
    return next((str(it["raw"]) for it in kpi["actuals"] if it["fiscal_year"] == fiscal_year), "")


def filled_in(project: Project, fiscal_year: int) -> dict[str, Any]:
    """Question's key → the lines that a report begins with: what the body would otherwise write a second time."""
    room = room_of(project)
    plan = (room.answered.value_of(PLAN) or ()) if room else ()
    lines: dict[str, list[dict[str, Any]]] = {
        INITIATIVES: [
            {"initiative": it.name, **({"standing": "完了"} if _ended_in(it, fiscal_year) else {})}
            for it in _of_year(initiatives_of(project), fiscal_year)
        ],
        PROBLEMS: [
            {"problem": it.title, "standing": _standing(it)} for it in _obstacles(project, fiscal_year)
        ],
        STEPS: [
            {name: row[name] for name in ("what", "from", "until") if row.get(name)}
            for row in plan
            if not row.get("done") and _falls_into(row, fiscal_year + 1)
        ],
    }
    return {key: rows for key, rows in lines.items() if rows}


def _of_year(initiatives: Sequence[Initiative], fiscal_year: int) -> Iterator[Initiative]:
    """Those that were going on in it."""
    first, last = calendar.fiscal_year_start(fiscal_year), calendar.fiscal_year_end(fiscal_year)
    for it in initiatives:
        if (it.begun_on is None or it.begun_on <= last) and (it.ended_on is None or it.ended_on >= first):
            yield it


def _ended_in(initiative: Initiative, fiscal_year: int) -> bool:
    return initiative.ended_on is not None and initiative.ended_on <= calendar.fiscal_year_end(fiscal_year)


def _initiative(it: Initiative) -> dict[str, Any]:
    return {"name": it.name, "begun_on": _day(it.begun_on), "ended_on": _day(it.ended_on)}


def _meetings(project: Project, fiscal_year: int) -> Sequence[Meeting]:
    query = select(Meeting).join(Meeting.council).where(Council.project_id == project.id)
    return db.session.scalars(
        query.where(_within(Meeting.held_on, fiscal_year)).order_by(Meeting.held_on)
    ).all()


def _obstacles(project: Project, fiscal_year: int) -> list[Obstacle]:
    """Those that were outstanding in the year, or settled in it."""
    return [
        it
        for it in obstacles_of(project)
        if calendar.fiscal_year(it.raised_at) <= fiscal_year
        and (it.settled_at is None or calendar.fiscal_year(it.settled_at) >= fiscal_year)
    ]


def _obstacle(it: Obstacle) -> dict[str, Any]:
    return {
        "title": it.title,
        "kind": it.obstacle_kind,
        "state": it.state,
        "due_on": it.due_on.isoformat(),
        "outcome": it.outcome,
    }


def _standing(it: Obstacle) -> str:
    """In words, as the report's table has it."""
    if it in OUTSTANDING:
        return f"対応中（期限：{calendar.era_date(it.due_on)}）"
    return f"対応済み：{it.outcome}"[:200]


def _entries(project: Project, fiscal_year: int) -> Sequence[LogEntry]:
    query = select(LogEntry).where(
        LogEntry.project_id == project.id,
        LogEntry.is_shown,
        LogEntry.withdrawn_at.is_(None),
        _within(LogEntry.held_on, fiscal_year),
    )
    return db.session.scalars(query.order_by(LogEntry.held_on, LogEntry.id)).all()


def _entry(it: LogEntry) -> dict[str, Any]:
    return {"held_on": it.held_on.isoformat(), "kind": it.entry_kind, "text": it.text}


def _within(column: Any, fiscal_year: int) -> Any:
    return column.between(calendar.fiscal_year_start(fiscal_year), calendar.fiscal_year_end(fiscal_year))


def _falls_into(row: Mapping[str, Any], fiscal_year: int) -> bool:
    until: str = row.get("until") or ""
    return bool(until) and calendar.fiscal_year(date.fromisoformat(until)) >= fiscal_year


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
