"""The reports of a fiscal year as one book (PDF), and as sheets (XLSX): what was handed in last of each, drawn from what was frozen.

Japanese only, as ADR 42 has it for submissions: the same submissions give the same book.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import IO, Any

from flask import get_template_attribute
from flask_babel import force_locale, gettext
from markupsafe import Markup
from sqlalchemy.orm import joinedload

from app import calendar
from app.accompaniment.labels import entry_kind, obstacle_kind
from app.actors import Actor
from app.correspondence.rendering import render_booklet
from app.db import db
from app.kpis.charts import drawing_of
from app.kpis.facts import ToldKpi
from app.lifecycle import REPORT
from app.lifecycle.project import CARRIED_THROUGH
from app.lifecycle.table import OFFICE
from app.programmes.voice import house
from app.projects.lists import BODIES
from app.projects.models import Project
from app.questions.definition import Words
from app.questions.models import FrozenResponse
from app.questions.printed import PrintedGroup, printed_groups
from app.reports.content import ReportContent
from app.reports.known import actual_of, name_of
from app.reports.letters import named
from app.reports.models import SUBMISSIONS, Report
from app.web.i18n import shown_size
from app.web.records import within_reach
from app.web.sheets import write_sheets

FONT = "Noto Serif JP"  # that letters are set in: a drawing knows nothing of the page around it


@dataclass(frozen=True)
class PrintedKpi:
    """An indicator in the book: its row, and its chart where there is anything to draw."""

    name: str
    unit: str
    baseline: str
    actual: str
    target: str
    chart: Markup | None


@dataclass(frozen=True)
class Chapter:
    """One report in the book."""

    number: int
    title: str
    named: str
    state: str
    bodies: str
    selection: str
    support_year: int
    received: str
    submitted_by: str
    sha256: str
    groups: list[PrintedGroup]
    kpis: list[PrintedKpi]
    known: Mapping[str, Any]
    files: list[dict[str, Any]]


def handed_in(fiscal_year: int, actor: Actor) -> Sequence[Report]:
    """The reports of a year that were handed in, in the order of the programme's list."""
    query = within_reach(Report, actor).where(Report.fiscal_year == fiscal_year, Report.was_submitted)
    return _in_order(query.options(SUBMISSIONS))


def owed(fiscal_year: int, actor: Actor) -> Sequence[Report]:
    """Those that never were, as far as they are still asked for."""
    query = within_reach(Report, actor).where(Report.fiscal_year == fiscal_year, ~Report.was_submitted)
    return [it for it in _in_order(query) if it.project in CARRIED_THROUGH]


def _in_order(query: Any) -> Sequence[Report]:
    whole = query.join(Report.project).options(
        joinedload(Report.project).options(BODIES, joinedload(Project.call))
    )
    found = db.session.scalars(whole.order_by(Project.programme_id, Project.lead_code, Project.number))
    return found.unique().all()


def book_pdf(fiscal_year: int, actor: Actor) -> bytes:
    """Title page, table of contents, a chapter for each report; at its end who has not handed in. Raises MissingFont."""
    with force_locale("ja"):
        reports = handed_in(fiscal_year, actor)
        return render_booklet(
            "reports.html",
            title=f"{calendar.era_fiscal_year(fiscal_year)}　年次報告書",
            programmes="、".join(dict.fromkeys(it.project.programme.name for it in reports)),
            author="、".join(dict.fromkeys(it.project.programme.ministry for it in reports))
            or house().ministry,
            year=calendar.era_fiscal_year(fiscal_year),
            chapters=[_chapter(it, it.answered.frozen[-1]) for it in reports],
            owed=[
                (it.project.number, it.project.shown_title, _bodies(it.project))
                for it in owed(fiscal_year, actor)
            ],
            alone=False,
            created=max((it.answered.frozen[-1].frozen_at for it in reports), default=None),
            era_day=_era_day,
            obstacle_kind=obstacle_kind,
            entry_kind=entry_kind,
        ).pdf


def report_pdf(report: Report, frozen: FrozenResponse) -> bytes:
    """One report as it was handed in at one instant. Raises MissingFont."""
    with force_locale("ja"):
        return render_booklet(
            "reports.html",
            title=f"{calendar.era_fiscal_year(report.fiscal_year)}　{named(report)}",
            programmes=report.project.programme.name,
            author=_bodies(report.project),
            year=calendar.era_fiscal_year(report.fiscal_year),
            chapters=[_chapter(report, frozen)],
            owed=[],
            alone=True,
            created=frozen.frozen_at,
            era_day=_era_day,
            obstacle_kind=obstacle_kind,
            entry_kind=entry_kind,
        ).pdf


def write_answers(out: IO[bytes], fiscal_year: int, actor: Actor) -> None:
    """Two sheets: a row for each report with a column for each question, and a row for each indicator."""
    with force_locale("ja"):
        reports = [
            (it, ReportContent(it.answered.frozen[-1].content)) for it in handed_in(fiscal_year, actor)
        ]
        asked: dict[str, Words] = {}
        for _report, content in reports:
            for section in content.sections:
                asked |= {it.key: it.label for it in section.answers if it.key not in asked}
        write_sheets(
            out,
            [
                ("回答", [*_HEADS, *(label.ja for label in asked.values())], _answer_rows(reports, asked)),
                ("KPI", _KPI_HEADS, _kpi_rows(reports, fiscal_year)),
            ],
        )


_HEADS = ["一覧番号", "団体", "事業名", "種別", "状況", "提出日時", "提出者", "内容のSHA-256"]
_KPI_HEADS = [
    "一覧番号", "団体", "取組", "区分", "指標", "単位", "基準値", "基準年度", "実績値", "実績値（数値）", "目標値", "目標年度", "目標に対する状況",
]  # fmt: skip
_STANDINGS = {"reached": "達成", "not_reached": "未達成", "not_compared": "比較できない"}


def _answer_rows(
    reports: Sequence[tuple[Report, ReportContent]], asked: Mapping[str, Words]
) -> Iterator[list[Any]]:
    for report, content in reports:
        frozen = report.answered.frozen[-1]
        texts = {it.key: it.text for section in content.sections for it in section.answers}
        known = content.known["project"]
        yield [
            known["number"],
            "、".join(it["name"] for it in known["bodies"]),
            known["title"],
            named(report),
            _state(report),
            frozen.frozen_at,
            frozen.frozen_by,
            frozen.sha256,
            *(texts.get(key, "") for key in asked),
        ]


def _kpi_rows(reports: Sequence[tuple[Report, ReportContent]], fiscal_year: int) -> Iterator[list[Any]]:
    for _report, content in reports:
        project = content.known["project"]
        for kpi in content.known["kpis"]:
            actual = next((it for it in kpi["actuals"] if it["fiscal_year"] == fiscal_year), None)
            yield [
                project["number"],
                "、".join(it["name"] for it in project["bodies"]),
                kpi["initiative"],
                kpi["class"],
                kpi["indicator"],
                kpi["unit"],
                kpi["baseline"]["raw"],
                _year(kpi["baseline"]["fiscal_year"]),
                actual["raw"] if actual else "",
                actual["value"] if actual and not actual["another_unit"] else None,
                kpi["target"]["raw"],
                _year(kpi["target"]["fiscal_year"]),
                _STANDINGS[kpi["progress"]],
            ]


def _chapter(report: Report, frozen: FrozenResponse) -> Chapter:
    content = ReportContent(frozen.content)
    known, project = content.known, content.known["project"]
    return Chapter(
        number=project["number"],
        title=project["title"],
        named=named(report),
        state=_state(report),
        bodies="、".join(it["name"] for it in project["bodies"]),
        selection=calendar.era_fiscal_year(project["selection_fy"]),
        support_year=project["support_year"],
        received=calendar.era_instant(frozen.frozen_at),
        submitted_by=frozen.frozen_by,
        sha256=frozen.sha256,
        groups=printed_groups(content),
        kpis=[
            _kpi(it, content.fiscal_year, f"{report.id}-{place}") for place, it in enumerate(known["kpis"])
        ],
        known=known,
        files=[{**file, "size": shown_size(file["size"])} for file in content.attachments],
    )


def _kpi(kpi: Mapping[str, Any], fiscal_year: int, mark: str) -> PrintedKpi:
    name = name_of(kpi)
    return PrintedKpi(
        name=name,
        unit=kpi["unit"],
        baseline=_with_year(kpi["baseline"]),
        actual=actual_of(kpi, fiscal_year),
        target=_with_year(kpi["target"]),
        chart=_chart(kpi, name, mark),
    )


def _chart(kpi: Mapping[str, Any], name: str, mark: str) -> Markup | None:
    """The macro of the page, in the PDF; nothing before two years can be compared."""
    drawing = drawing_of(ToldKpi(kpi))
    if drawing is None or not drawing.marks:
        return None
    line_chart = get_template_attribute("components/line_chart.html", "line_chart")
    drawn: Markup = line_chart(f"kpi-{mark}", name, drawing, unit=kpi["unit"], font=FONT)
    return drawn


def _state(report: Report) -> str:
    """As the office calls it, whoever reads."""
    return gettext(REPORT.states[report.state].labels[OFFICE])


def _bodies(project: Project) -> str:
    return "、".join(it.full_name for it in project.bodies)


def _with_year(measure: Mapping[str, Any]) -> str:
    year = _year(measure["fiscal_year"])
    return f"{measure['raw']}（{year}）" if measure["raw"] and year else measure["raw"]


def _year(fiscal_year: int | None) -> str:
    return calendar.era_fiscal_year(fiscal_year) if fiscal_year else ""


def _era_day(day: str) -> str:
    return calendar.era_date(date.fromisoformat(day))
