"""Indicators in the demo: what a city has published of its own (S3, S0), on a project as a sample, and a few made up.

Each says where it is from. What was measured in a fiscal year is entered once that year is over: nothing lies in the
database before its day.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from app import calendar
from app.actors import Actor
from app.db import db
from app.demo import record
from app.demo.call_content import MARK
from app.kpis import operations
from app.kpis.measures import measured
from app.kpis.models import Kpi
from app.kpis.operations import Entered
from app.lifecycle.project import UNDER_SUPPORT
from app.permissions import SYSTEM
from app.programmes.models import Call
from app.projects.models import Project

OF_AIZU = f"{MARK}会津若松市"
SELECTED_IN = 2022  # as the round that record.MEASURED_BY names, so that the years that the city has published lie within the support of the project
OF_A_CITY = f"{MARK}会津若松市「令和6年度事業評価結果」（地方創生事業効果検証会議、令和7年度）に公表された値です。この事業のものではありません。"
OF_THE_SAME = f"{MARK}会津若松市について「国内の成長都市の政策展開とその体制」（副首都推進局、令和4年3月17日）に示された値です。この事業のものではありません。"
# indicator, unit, baseline, its fiscal year: as the paper of 2022 has them. It gives its targets in drawings alone.
SHOWN = (
    ("スマートシティAiCTへの入居企業数", "社", "31社", 2020),
    ("学生1,000人当たりの大学発ベンチャー数", "", "17.82", 2020),
    ("市ホームページの年間アクセス数", "件/年", "年間402万件", 2020),
    ("「会津若松＋」の登録者の割合（住民基本台帳人口に対する）", "", "1割強", 2020),
    ("新規企業立地件数（累計）", "", "", None),
    ("市内宿泊施設の外国人宿泊者数（1月～12月）", "", "", None),
)
# Made up, on a project of the demo's own municipality: indicator, class, direction, baseline, target, actuals by year.
MADE_UP = (
    ("遠隔管制による農作業の実施面積", "実装", "up", "0ha", "120ha以上", {2019: "18ha", 2020: "46ha", 2021: "約95ha"}),
    ("除排雪の見守りに要する時間（1日当たり）", "実装", "down", "150分", "90分以下", {2019: "140分", 2020: "集計中", 2021: "105分"}),
    ("実証への参加者数", "普及", "up", "—", "500人程度", {2018: "64人", 2019: "２１０人", 2021: "480人"}),
    ("住民の満足度", "普及", "up", "", "80%", {2019: "33名", 2020: "61%", 2021: "72%"}),
)  # fmt: skip
OWN_PROJECT = 1


def load(officer: Actor, at: datetime) -> int:
    """How many were entered, on the projects that are under support by then."""
    made = 0
    if project := project_of_the_city():
        made += _published(project, officer, at)
    own = db.session.scalar(select(Project).where(Project.number == OWN_PROJECT, UNDER_SUPPORT.of(Project)))
    if own:
        made += _made_up(own, officer, at)
    return made


def project_of_the_city() -> Project | None:
    """On which the city's own indicators stand as a sample; None before it is selected."""
    return _selected_in(SELECTED_IN)


def enter_what_was_measured(at: datetime) -> int:
    """The published actuals of the fiscal years that are over at `at`; how many."""
    found = {kpi.key: kpi for kpi in db.session.scalars(select(Kpi).where(Kpi.note == OF_A_CITY))}
    count = 0
    for row in record.indicators() if found else ():
        kpi = found.get(_entered(row).key)
        for year in record.MEASURED_YEARS:
            if kpi and year < calendar.fiscal_year(at) and kpi.actual_of(year) is None:
                operations.enter_actual(kpi, year, measured(row[f"actual_{year}"]), actor=SYSTEM, at=at)
                count += 1
    return count


def _published(project: Project, officer: Actor, at: datetime) -> int:
    given = [_entered(row) for row in record.indicators()]
    given += [
        Entered(
            name=name,
            initiative=OF_AIZU,
            unit=unit,
            direction="up",
            baseline=measured(raw),
            baseline_fy=year,
            note=OF_THE_SAME,
        )
        for name, unit, raw, year in SHOWN
    ]
    for entered in given:
        operations.add(project, entered, actor=officer, at=at)
    enter_what_was_measured(at)
    return len(given)


def _entered(row: dict[str, str]) -> Entered:
    return Entered(
        name=row["indicator"],
        initiative=f"{OF_AIZU} {row['initiative']}",
        category=row["class"],
        direction=row["direction"],
        baseline=measured(row["baseline"]),
        baseline_fy=int(row["baseline_fy"]),
        target=measured(row["target"]),
        target_fy=int(row["target_fy"]),
        note=OF_A_CITY,
    )


def _made_up(project: Project, officer: Actor, at: datetime) -> int:
    fy = calendar.fiscal_year(at)
    for name, category, direction, baseline, target, actuals in MADE_UP:
        entered = Entered(
            name=MARK + name,
            category=category,
            direction=direction,
            baseline=measured(baseline),
            target=measured(target),
        )
        entered = replace(entered, baseline_fy=2018 if baseline else None, target_fy=project.last_fy)
        kpi = operations.add(project, entered, actor=officer, at=at)
        for year, raw in actuals.items():
            if year < fy:
                operations.enter_actual(kpi, year, measured(raw), actor=officer, at=at)
    return len(MADE_UP)


def _selected_in(year: int) -> Project | None:
    query = select(Project).join(Project.call).where(Call.selection_fy == year, UNDER_SUPPORT.of(Project))
    return db.session.scalars(query.order_by(Project.number)).first()
