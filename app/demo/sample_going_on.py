"""Made-up projects of a made-up call of three years and two more, marked so: one in each state of an application for an extension.

One is extended to five years, one is not, one is cancelled; beside them requests to change one of them, in each state. They are entered
by a command of their own (`flask demo extensions`): what the demo counts and numbers is the record's.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from app import calendar
from app.actors import Actor
from app.changing import operations as changing
from app.continuation import deciding, drafting, handing_in
from app.continuation.models import Continuation
from app.db import db
from app.demo import people
from app.demo.accounts import MUNICIPALITY
from app.demo.call_content import LOCAL_GOVERNMENTS, MARK
from app.demo.sample_rooms import PDF
from app.lifecycle.continuation import CERTIFIED, DRAFTED, REFUSED, RETURNED, TO_CHECK
from app.lifecycle.project import CANCELLED
from app.organisations.models import Organisation
from app.permissions import DIRECTOR, EDITOR, OFFICER, SYSTEM
from app.programmes import operations as programmes
from app.programmes.models import Call
from app.projects import cancelling
from app.projects import operations as projects
from app.projects.models import Project
from app.questions.kind import Upload

SAMPLES = (  # code of the body, how far its application has come, title
    (MUNICIPALITY, "drafted", "除雪車の遠隔運行"),
    ("202096", "submitted", "山あいの予約バス"),
    ("072028", "returned", "健康データの連携"),
    ("052159", "checked", "観光地の自動運転"),
    ("272299", "certified", "遠隔手続の窓口の拡大"),
    ("412091", "refused", "駅と温泉をつなぐ移動"),
    ("016390", "cancelled", "農業機械の共同利用"),
)
ANSWERS: dict[str, dict[str, Any]] = {
    "reasons": {
        "years": "2年間",
        "reasons": f"{MARK}実装の範囲を全域に広げるため、更に2年間の支援を必要とします。",
    },
    "results": {"results": f"{MARK}2路線で実証を行い、月1,200人が利用しました。"},
    "plan": {
        "plan": f"{MARK}残る2路線で実装し、運行の体制を整えます。",
        "plan-by-year": [{"year": "令和5年度", "what": "4路線での運行", "who": "見本交通株式会社"}],
        "afterwards": f"{MARK}運賃の収入等により継続します。",
    },
    "files": {"files": [Upload(f"{MARK}路線図.pdf", PDF)]},
    "targets": {"targets": [{"name": "利用者", "now": "1,200人", "target": "5,000人", "year": "令和6年度"}]},
}
REASON = f"{MARK}交通事業者の体制の変更のため。"


class Impossible(Exception):
    """They are entered already, or this is no demo with its people."""


def load(*, at: datetime, without: Collection[str] = ()) -> int:
    """How many projects there are of it, but for those in a state of `without`; their letters wait for a director.

    Raises Impossible.
    """
    day = calendar.day_of(at)
    officer, director = people.holder_of(OFFICER), people.holder_of(DIRECTOR)
    if (
        officer is None
        or director is None
        or db.session.scalar(select(Call.id).where(Call.code == _code(day)))
    ):
        raise Impossible
    call = _call(officer, at, day)
    chosen = [it for it in SAMPLES if it[1] not in without]
    for code, state, title in chosen:
        body = db.session.scalars(select(Organisation).where(Organisation.code == code)).one()
        project = projects.open_project(
            call=call,
            applicants=[body],
            title=f"{MARK}{title}",
            technologies=["自動運転", "AI"],
            opened_on=calendar.fiscal_year_start(call.selection_fy),
            actor=SYSTEM,
            at=at,
        )
        if state in CANCELLED:
            cancelling.cancel(
                project, ground="by_body", asked_by="body", reason=REASON, actor=director, at=at
            )
        else:
            _continuation(project, state, officer=officer, director=director, at=at, day=day)
        if state in CERTIFIED:
            _change_requests(project, director, at)
    return len(chosen)


def _call(officer: Actor, at: datetime, day: date) -> Call:
    """Announced two years ago, so that this fiscal year is the last of the base years."""
    fy = calendar.fiscal_year(day)
    call = programmes.draft_call(
        programmes.the_programme(),
        code=_code(day),
        title=f"{MARK}{calendar.era_fiscal_year(fy - 2)} 3年間の支援の募集",
        selection_fy=fy - 2,
        base_years=3,
        extension_years=2,
        eligible_kinds=list(LOCAL_GOVERNMENTS),
        description="この募集は、継続申請を試していただくための見本です。実際に行われたものではありません。",
        is_sample=True,
        actor=SYSTEM,
        at=at,
    )
    db.session.flush()
    announced_on = calendar.first_business_day_on_or_after(date(fy - 2, 9, 1))
    programmes.record_past_call(
        call, announced_on=announced_on, announced_count=len(SAMPLES), actor=SYSTEM, at=at
    )
    if day >= call.extension_deadline:  # so that what is drafted can be submitted
        due_on = min(day + timedelta(days=14), calendar.fiscal_year_end(fy))
        programmes.set_extension_deadline(call, due_on=due_on, actor=officer, at=at)
    return call


def _code(day: date) -> str:
    return f"{calendar.era_short(calendar.fiscal_year(day) - 2)}E"


def _continuation(
    project: Project, state: str, *, officer: Actor, director: Actor, at: datetime, day: date
) -> None:
    approver = people.somebody_at(project.lead, at)
    editor = people.holder_of(EDITOR, project.lead) or approver
    made = drafting.start(project, actor=editor, at=at)
    for key, values in ANSWERS.items():
        drafting.save(made, key, values, version=0, actor=editor, at=at)
    if state in DRAFTED:
        return
    handing_in.submit(made, actor=approver, at=at)
    _decide(made, state, officer=officer, director=director, at=at, day=day)


def _decide(
    made: Continuation, state: str, *, officer: Actor, director: Actor, at: datetime, day: date
) -> None:
    if state in TO_CHECK:
        return
    if state in RETURNED:
        due_on = day + timedelta(days=14)
        defects = f"{MARK}KPIの現状値に、調査した時点を加えてください。"
        deciding.return_for_correction(made, defects=defects, due_on=due_on, actor=officer, at=at)
        return
    deciding.check(made, opinion=f"{MARK}成果と計画が対応している。", actor=officer, at=at)
    if state in CERTIFIED:
        deciding.certify(made, years=2, actor=director, at=at)
    elif state in REFUSED:
        reason = f"{MARK}継続する期間の計画が具体的でないため。"
        deciding.refuse(made, reason=reason, actor=director, at=at)


def _change_requests(project: Project, director: Actor, at: datetime) -> None:
    approver = people.somebody_at(project.lead, at)

    def ask(**asked: list[Any]) -> Any:
        return changing.start(project, asked, reason=REASON, actor=approver, at=at)

    approved = ask(content=[f"{MARK}本庁舎の窓口だけ", f"{MARK}支所の窓口を加える"])
    changing.submit(approved, actor=approver, at=at)
    changing.approve(approved, actor=director, at=at)
    refused = ask(title=[project.title, f"{MARK}観光案内の自動化"])
    changing.submit(refused, actor=approver, at=at)
    changing.refuse(refused, reason=f"{MARK}選定した内容と異なるため。", actor=director, at=at)
    changing.withdraw(ask(years=[2, 1]), reason=REASON, actor=approver, at=at)
    submitted = ask(title=[project.title, f"{MARK}遠隔手続の窓口の全域への拡大"])
    changing.submit(submitted, actor=approver, at=at)
    ask(technologies=[list(project.technologies), [*project.technologies, "5G"]])
