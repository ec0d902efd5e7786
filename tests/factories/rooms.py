"""Rooms of projects, and initiatives."""

from __future__ import annotations

from typing import Any

from app import calendar
from app.projects.models import Project
from app.questions.kind import Upload
from app.rooms import initiatives, operations
from app.rooms.models import Initiative, Room
from tests.factories.applications import holder
from tests.factories.projects import project as new_project

PLAN = [
    {"what": "推進体制の構築", "from": "2022-10-01", "until": "2023-03-31"},
    {"what": "実証運行", "initiative": "自動運転バス", "until": "2023-09-30"},
]
MINISTRIES = [
    {"ministry": "国土交通省", "bureau": "北海道運輸局", "part": "現地支援責任者"},
    {"ministry": "総務省"},
]


def initiative(project: Project | None = None, name: str = "自動運転バスの実証", **values: Any) -> Initiative:
    """One of a project."""
    entered = dict.fromkeys(initiatives.FIELDS) | {"summary": "", "technologies": [], "name": name, **values}
    return initiatives.add(project or new_project(), entered, actor=holder("officer"), at=calendar.now())


def room(project: Project | None = None, **sections: Any) -> Room:
    """A room in which ministries, plan and a document stand; `sections` by their keys (with _ for -) in their place."""
    at = calendar.now()
    made = operations.open_room(project or new_project(), at=at)
    stands = {
        "ministries": MINISTRIES,
        "plan": PLAN,
        "documents": [Upload("体制図.pdf", b"%PDF-1.7\n%%EOF\n")],
    }
    for name, value in (stands | sections).items():
        key = name.replace("_", "-")
        operations.save(made, key, {key: value}, version=0, actor=holder("officer"), at=at)
    return made
