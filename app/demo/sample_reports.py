"""Made-up reports of three projects, marked so: accepted of the year before; of this year one accepted, one returned, one being written."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import select

from app import calendar
from app.actors import Actor
from app.db import db
from app.demo import people
from app.demo.call_content import MARK
from app.demo.sample_rooms import PDF
from app.lifecycle.project import UNDER_SUPPORT
from app.lifecycle.report import ACCEPTED, RETURNED
from app.permissions import EDITOR
from app.projects.models import Project
from app.questions.definition import Question
from app.questions.kind import Upload
from app.reports import asking, checking, submission
from app.reports.form import SUPPORT
from app.reports.models import Report

# Number of the project → how far its report of this year has come; those whose rooms are samples too, and one beside them.
STANDS = {1: "returned", 26: "submitted", 27: "accepted", 2: "written"}
WORDS = {
    "progress": "関係者との調整を終え、実証運行の区間を定めた。計画どおり、住民への説明会を3回開いた。",
    "results": "実証運行に延べ1,200人が乗車し、満足度の調査では8割が継続を希望した。",
    "troubles": "積雪時の走行に課題が残る。除雪の体制を道路管理者と協議している。",
    "plan": "積雪期を含めた通年の運行を行い、運賃の徴収を試みる。",
    "afterwards": "実証の成果を踏まえ、地域公共交通計画に位置付けて運行を継続する。",
    "achieved": "選定時に定めた3路線のうち、2路線で運行を始めた。",
    "effects": "免許を返納した高齢者の通院の足が確保され、外出の機会が増えた。",
    "learnt": "運行の区間を住民とともに決めたことが、利用の定着につながった。",
}
DEFECT = "乗車人数の集計期間を加えてください。"


def load(*, officer: Actor, at: datetime, day: date) -> int:
    """As if February had come; how many were asked for."""
    this = calendar.fiscal_year(at)
    found = db.session.scalars(select(Project).where(Project.number.in_(STANDS)).order_by(Project.number))
    count = 0
    for project in found.unique():
        if project not in UNDER_SUPPORT:
            continue
        for year in (this - 1, this):
            if year < project.call.selection_fy or year > project.last_fy:
                continue
            stands = STANDS[project.number] if year == this else "accepted"
            _make(asking.ask(project, year, actor=officer, at=at), stands, officer=officer, at=at, day=day)
            count += 1
    return count


def _make(report: Report, stands: str, *, officer: Actor, at: datetime, day: date) -> None:
    lead = report.project.lead
    approver = people.somebody_at(lead, at)
    editor = people.holder_of(EDITOR, lead) or approver
    for section in report.answered.form.sections:
        if stands == "written" and section.key != "year":
            continue
        values = {it.key: value for it in section.questions if (value := _answer(it)) is not None}
        if values:
            submission.save(report, section.key, values, version=0, actor=editor, at=at)
    if stands == "written":
        return
    submission.submit(report, actor=approver, at=at)
    if stands in ACCEPTED:
        checking.accept(report, actor=officer, at=at)
    elif stands in RETURNED:
        checking.return_for_correction(
            report, defects={"results": MARK + DEFECT}, due_at=_evening(day), actor=officer, at=at
        )


def _evening(day: date) -> datetime:
    """Ten working days after the demo's first."""
    return datetime.combine(calendar.business_days_after(day, 10), time(17), calendar.JST)


def _answer(question: Question) -> object:
    if question.key == "support":
        return list(SUPPORT[:2])
    if question.key == "documents":
        return [Upload(f"{MARK}実証の記録.pdf", PDF)]
    return MARK + WORDS[question.key] if question.key in WORDS else None
