"""Three letters about an extension: guidance (案内), certified (認定), not certified (不認定). Japanese only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.actors import Actor
from app.calendar import era_date, era_fiscal_year, fiscal_year_end
from app.continuation.models import Continuation
from app.correspondence import letters
from app.correspondence.letters import compose
from app.correspondence.models import EXTENSION_CERTIFIED, EXTENSION_GUIDANCE, EXTENSION_REFUSED, Letter
from app.correspondence.rendering import DEADLINE, MATTER, Item, LetterContent
from app.db import db
from app.lifecycle.continuation import CERTIFIED, DECIDED
from app.organisations.models import Organisation
from app.projects.letters import matter, selected_as
from app.projects.models import Project


def guidance(project: Project, organisation: Organisation) -> LetterContent:
    """To one body in the autumn of the last base year: until when support lasts, how and until when more is asked for."""
    programme, call = project.programme.name, project.call
    base_end, deadline = era_date(call.base_end), call.extension_deadline
    return compose(
        about=project,
        form="通知",
        addressee=organisation.addressee,
        subject=f"{programme}に係る支援の継続申請について（通知）",
        body=[
            (
                f"{selected_as(project)}下記1の事業については、{base_end}をもって当初の支援期間が満了します。"
                "支援の継続を希望する場合は、下記のとおり継続の申請を行うことができますので、通知します。"
            ),
            (
                "継続を希望しない場合は、手続は必要ありません。その場合は、当初の支援期間の満了をもって支援を終了し、"
                "改めて通知します。"
            ),
        ],
        items=[
            Item("対象となる事業", matter(project), role=MATTER),
            Item("当初の支援期間の満了日", base_end),
            Item(
                "継続することができる期間",
                f"{base_end}の翌日から最長{call.extension_years}年間（{era_date(call.maximum_end)}まで）",
            ),
            Item(
                "申請の方法",
                "",
                (
                    f"{programme}の事務システムの事業のページの「継続申請」で継続申請書を作成し、決裁者が提出してください。",
                    "申請書には、継続の理由、当初の支援期間の成果、継続する期間の計画及びKPIの目標を記載してください。",
                    "申請の内容を確認の上、継続の可否を決定し、結果を通知します。",
                ),
            ),
            Item("申請の期限", f"{era_date(deadline, weekday=True)}（必着）", role=DEADLINE),
        ],
    )


def certified(continuation: Continuation, organisation: Organisation) -> LetterContent:
    """To one body: by how many years support goes on, and when it ends now."""
    project = continuation.project
    programme, years = project.programme.name, continuation.years or 0
    first, last = project.call.last_fy_with(0) + 1, project.call.last_fy_with(years)
    span = (
        era_fiscal_year(first)
        if first == last
        else f"{era_fiscal_year(first)}から{era_fiscal_year(last)}まで"
    )
    remark = [Item("留意事項", continuation.decision_reason)] if continuation.decision_reason else []
    return compose(
        about=project,
        form="通知",
        addressee=organisation.addressee,
        subject=f"{programme}に係る支援の継続の認定について（通知）",
        body=[
            (
                f"{selected_as(project)}下記1の事業について、{_applied_on(continuation)}に申請のあった支援の継続を"
                "認定しましたので、通知します。"
            )
        ],
        items=[
            Item("対象となる事業", matter(project), role=MATTER),
            Item("継続を認定した期間", f"{years}年間（{span}）"),
            Item("支援終了日", era_date(fiscal_year_end(last))),
            *remark,
        ],
    )


def refused(continuation: Continuation, organisation: Organisation) -> LetterContent:
    """To one body: it is not certified, why, and when support ends."""
    project = continuation.project
    programme = project.programme.name
    return compose(
        about=project,
        form="通知",
        addressee=organisation.addressee,
        subject=f"{programme}に係る支援の継続の不認定について（通知）",
        body=[
            (
                f"{selected_as(project)}下記1の事業について、{_applied_on(continuation)}に申請のあった支援の継続については、"
                "下記3の理由により、これを認定しないこととしましたので、通知します。"
            ),
            "支援の終了については、改めて通知します。",
        ],
        items=[
            Item("対象となる事業", matter(project), role=MATTER),
            Item("申請の結果", "不認定"),
            Item("理由", continuation.decision_reason),
            Item("支援終了日", era_date(project.call.base_end)),
        ],
    )


def draft_guidance(project: Project, *, actor: Actor, at: datetime) -> int:
    """One to each body, drafted once; how many that were."""
    return sum(
        letters.draft(
            key=f"{EXTENSION_GUIDANCE}:{project.last_fy}:project:{project.id}:{body.id}",
            letter_kind=EXTENSION_GUIDANCE,
            about=project,
            about_number=str(project.number),
            organisation=body,
            content=guidance(project, body),
            fiscal_year=project.last_fy,
            actor=actor,
            at=at,
        )
        is not None
        for body in project.bodies
    )


def draft_result(continuation: Continuation, *, actor: Actor, at: datetime) -> None:
    """What was decided, one to each body."""
    project = continuation.project
    is_certified = continuation in CERTIFIED
    kind, say = (EXTENSION_CERTIFIED, certified) if is_certified else (EXTENSION_REFUSED, refused)
    for body in project.bodies:
        letters.draft(
            key=f"{kind}:continuation:{continuation.id}:{body.id}",
            letter_kind=kind,
            about=project,
            about_number=str(project.number),
            organisation=body,
            content=say(continuation, body),
            fiscal_year=project.call.last_fy_with(0),
            actor=actor,
            at=at,
        )


def guidance_anew(letter: Letter) -> LetterContent:
    return guidance(db.session.get_one(Project, letter.about_id), letter.organisation)


def result_anew(letter: Letter) -> LetterContent:
    """By the last decision about the project, for one that is put forward again."""
    decided = db.session.scalars(
        select(Continuation)
        .where(Continuation.project_id == letter.about_id, DECIDED.of(Continuation))
        .order_by(Continuation.attempt.desc())
    ).first()
    assert decided is not None, "such a letter is drafted by a decision"
    return (certified if decided in CERTIFIED else refused)(decided, letter.organisation)


def _applied_on(continuation: Continuation) -> str:
    assert continuation.submitted_at is not None
    return era_date(continuation.submitted_at)
