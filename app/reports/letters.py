"""The letter that asks for a report (依頼): which year, what is to be sent in and how, until when. Japanese only.

Drafted by the job that asks, approved by a director, and issued by another job on the next working day.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from app import calendar
from app.correspondence import letters
from app.correspondence.issuing import issue_each
from app.correspondence.letters import compose
from app.correspondence.models import ANNUAL_REPORT, Letter
from app.correspondence.rendering import MATTER, Item, LetterContent
from app.db import db
from app.lifecycle.letter import APPROVED, UNISSUED
from app.lifecycle.project import CANCELLED
from app.lines import quoted
from app.memory import CASES, remembered
from app.organisations.names import named_together
from app.permissions import SYSTEM
from app.projects.models import Project
from app.reports.models import FINAL, Report

KIND = ANNUAL_REPORT
NOT_ASKED_ANY_MORE = "事業の支援が中止されたため"


def request(report: Report) -> LetterContent:
    """To the lead applicant of a project: one letter for each report, whoever carries the project with it."""
    project, year = report.project, calendar.era_fiscal_year(report.fiscal_year)
    name = named(report)
    due = calendar.era_date(report.due_at, weekday=True)
    body = [
        f"{project.programme.name}については、平素から御協力いただき、厚く御礼申し上げます。",
        f"下記の事業について、{year}の取組の状況を把握し、今後の支援に反映するため、{name}の提出をお願いします。",
    ]
    if len(project.bodies) > 1:
        body.append("共同提案団体と調整の上、代表団体又は共同提案団体のいずれかから1件を提出してください。")
    return compose(
        about=report,
        form="依頼",
        addressee=project.lead.addressee,
        subject=f"{project.programme.name}に係る{year}{name}の提出について",
        body=body,
        items=[
            Item("対象となる事業", _told(project), role=MATTER),
            Item("対象となる年度", year),
            Item("提出する事項", points=tuple(_asked(report))),
            Item("提出の方法", "ログインの上、当該事業の「年次報告」のページに入力し、決裁の上、提出してください。登録済みの指標、個別取組、課題等は、あらかじめ入力又は表示しています。"),
            Item("提出期限", f"{due}{report.due_at.hour}時（必着）"),
        ],
    )  # fmt: skip


def named(report: Report) -> str:
    """年次報告, of a final one 取りまとめ報告書: as letters and mails call it."""
    return "取りまとめ報告書" if report.report_kind == FINAL else "年次報告"


def compose_anew(letter: Letter) -> LetterContent:
    """For a letter that is put forward again: what it says of the report as it stands now."""
    return request(db.session.get_one(Report, letter.about_id))


def issue_letters(*, on: date, at: datetime) -> int:
    """Number, freeze and mail those that a director has approved; none on a closed day, nor of a cancelled project.

    Commits per letter; the number issued. Raises issuing.NotAllIssued where one failed.
    """
    _discard_of_cancelled(at=at)
    return issue_each(_approved(), on=on, at=at, called="requests for reports")


def due_to_be_issued() -> int:
    """How many `issue_letters` would issue on the next working day."""
    return len(remembered("approved requests for reports", _approved, CASES))


def _approved() -> list[int]:
    query = select(Letter.id).where(Letter.letter_kind == KIND, APPROVED.of(Letter))
    return list(db.session.scalars(query.order_by(Letter.id)))


def _discard_of_cancelled(*, at: datetime) -> None:
    cancelled = select(Report.id).join(Report.project).where(CANCELLED.of(Project))
    waiting = select(Letter).where(
        Letter.letter_kind == KIND,
        UNISSUED.of(Letter),
        Letter.about_kind == Report.kind,
        Letter.about_id.in_(cancelled),
    )
    for letter in db.session.scalars(waiting.order_by(Letter.id)).all():
        letters.discard(letter, reason=NOT_ASKED_ANY_MORE, actor=SYSTEM, at=at)
    db.session.commit()


def _told(project: Project) -> str:
    label, number = project.reference
    lines = [f"{label}　{number}"]
    if len(project.bodies) > 1:
        lines.append(f"共同提案団体　{named_together(project.bodies)}")
    if project.title:
        lines.append(f"事業名　{quoted(project.title)}")
    return "\n".join(lines)


def _asked(report: Report) -> list[str]:
    """The sections of its form, as they are headed there."""
    return [section.label.ja for section in report.answered.form.sections]
