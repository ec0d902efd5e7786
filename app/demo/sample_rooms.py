"""Made-up rooms of three projects, marked so: initiatives, ministries, a plan, grants and a document."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from app import calendar
from app.actors import Actor
from app.db import db
from app.demo.call_content import MARK
from app.lifecycle.project import UNDER_SUPPORT
from app.projects.models import Project
from app.questions.kind import Upload
from app.rooms import initiatives, operations
from app.rooms.form import DOCUMENTS, GRANTS, LINKED, MINISTRIES, ON_SITE, PLAN

ROOMS = (1, 26, 27)  # numbers of projects, those whose councils are samples too
INITIATIVES = (
    (
        "自動運転バスの実証運行",
        "駅と公共施設を結ぶ路線で、自動運転バスの実証運行を行う。",
        ["自動運転", "AI"],
    ),
    ("ドローンによる配送", "中山間地の集落に、日用品をドローンで届ける。", ["ドローン"]),
)
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def load(*, officer: Actor, at: datetime, day: date) -> int:
    """Write into the rooms of those that are under support; into how many."""
    found = db.session.scalars(select(Project).where(Project.number.in_(ROOMS)).order_by(Project.number))
    supported = [project for project in found.unique() if project in UNDER_SUPPORT]
    for place, project in enumerate(supported):
        _write(project, place, officer=officer, at=at, day=day)
    return len(supported)


def _write(project: Project, place: int, *, officer: Actor, at: datetime, day: date) -> None:
    room = operations.open_room(project, at=at)
    fy = calendar.fiscal_year(day)
    names = []
    for name, summary, technologies in INITIATIVES[: 2 - place % 2]:
        made = initiatives.add(
            project,
            {
                "name": MARK + name,
                "summary": summary,
                "technologies": technologies,
                "begun_on": calendar.fiscal_year_start(fy),
                "ended_on": None,
            },
            actor=officer,
            at=at,
        )
        names.append(made.name)
    answers: dict[str, Any] = {
        MINISTRIES: [
            {"ministry": "国土交通省", "bureau": "見本運輸局", "division": "交通政策課", "person": "見本 一郎", "part": ON_SITE},
            {"ministry": "総務省", "bureau": "見本総合通信局", "division": "情報通信課", "part": "構成員"},
        ],
        PLAN: [
            {"what": "推進体制の整備", "from": f"{fy}-04-01", "until": f"{fy}-09-30", "done": f"{fy}-09-20"},
            {"what": "実証運行", "initiative": names[0], "from": f"{fy}-10-01", "until": f"{fy + 1}-09-30"},
            {"what": "安全確認の報告", "until": f"{fy + 1}-01-31"},
            {"what": "本格運行の開始", "until": f"{fy + 2}-04-01"},
        ],
        GRANTS: [{"year": calendar.era_fiscal_year(fy), "name": f"{MARK}交付金", "ministry": "内閣府", "amount": "数千万円", "use": "車両の借上げ"}],
        DOCUMENTS: [Upload(f"{MARK}推進体制図.pdf", PDF)],
    }  # fmt: skip
    if project.road_linked:
        answers[LINKED] = [
            {
                "scheme": "自動運転サービス導入支援",
                "bureau": "見本地方整備局",
                "purpose": "走行環境の整備",
                "consulted": f"{fy}-06-01",
            }
        ]
    for key, value in answers.items():
        operations.save(room, key, {key: value}, version=0, actor=officer, at=at)
