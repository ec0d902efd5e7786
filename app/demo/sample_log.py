"""What the demo makes up of the accompaniment of a few projects, each text marked as a sample."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select

from app import calendar
from app.accompaniment import entries, knowledge, obstacles
from app.accompaniment.models import Obstacle
from app.db import db
from app.demo import people
from app.demo.accounts import MUNICIPALITY
from app.demo.call_content import MARK
from app.lifecycle.project import UNDER_SUPPORT
from app.organisations.models import Tenure
from app.permissions import APPROVER, EDITOR, MINISTRY, OFFICER
from app.projects.models import Project


def load(*, at: datetime, day: date) -> int:
    """Written at `at`; what is to be done is due around `day`, the demo's first. How many entries and obstacles."""
    made = 0
    for number, write in ((26, _third), (2, _second), (1, _first)):
        project = db.session.scalar(
            select(Project).where(Project.number == number, UNDER_SUPPORT.of(Project))
        )
        if project is not None:
            made += write(project, at, day)
    return made


def _first(project: Project, at: datetime, day: date) -> int:
    """Visited; with an obstacle that is outstanding at a ministry, one past its day at the body, and one resolved."""
    officer, ministry = _held(OFFICER), _held(MINISTRY)
    editor, approver = _of_body(project, EDITOR, at), _of_body(project, APPROVER, at)
    held_on = calendar.day_of(at)
    visit = entries.write(
        project,
        entry_kind="visit",
        held_on=held_on,
        participants="見本市企画課、見本大学、内閣府",
        text=f"{MARK}除雪車両の自動運転の実証を視察した。遠隔での監視の体制について意見を交換した。",
        next_step=f"{MARK}走行する区間の図を作成する。",
        actor=officer,
        at=at,
    )
    words = {name: getattr(visit, name) for name in entries.WORDS}
    text = f"{visit.text}監視者は2名とする案である。"
    entries.correct(visit, **{**words, "text": text}, actor=officer, at=at)
    entries.write(
        project,
        entry_kind="other",
        held_on=held_on,
        text=f"{MARK}終了後の体制が決まっていない。年度末までに改めて確認する。",
        within_office=True,
        actor=officer,
        at=at,
    )
    entries.write(
        project,
        entry_kind="call",
        held_on=held_on,
        participants="見本市企画課、見本運輸局",
        text=f"{MARK}道路使用の許可の手続について、運輸局に電話で相談した。",
        actor=editor,
        at=at,
    )
    entries.write(
        project,
        entry_kind="advice",
        held_on=held_on,
        text=f"{MARK}保安基準の緩和の申請に要る書類を案内した。",
        actor=ministry,
        at=at,
    )
    obstacles.record_one(
        project,
        title=f"{MARK}公道での遠隔監視の基準",
        obstacle_kind="regulatory",
        text=f"{MARK}1名で複数の車両を遠隔監視する場合の基準が明らかでない。",
        ministry_id=ministry.organisation_id,
        acts="ministry",
        acts_name="見本担当",
        due_on=day + timedelta(days=5),
        actor=officer,
        at=at,
    )
    entries.write(
        project,
        entry_kind="other",
        held_on=held_on,
        text=f"{MARK}庁内の検討会で、来年度の体制を協議した。",
        actor=approver,
        at=at,
    )
    _late(project, editor, at, day)
    solved = obstacles.record_one(
        project,
        title=f"{MARK}雪の日の位置の測定",
        obstacle_kind="technical",
        text=f"{MARK}積雪により、車両の位置の測定に誤差が生じる。",
        acts="body",
        due_on=day,
        actor=editor,
        at=at,
    )
    obstacles.resolve(solved, outcome=f"{MARK}路肩に目印を置き、誤差を補った。", actor=editor, at=at)
    return 8


def _late(project: Project, editor: Tenure, at: datetime, day: date) -> Obstacle:
    return obstacles.record_one(
        project,
        title=f"{MARK}通信が途切れる区間",
        obstacle_kind="technical",
        text=f"{MARK}走行する区間の一部で通信が途切れる。中継の設備を置く場所を決める必要がある。",
        acts="body",
        acts_name="見本情報課",
        due_on=max(calendar.day_of(at), day - timedelta(days=1)),
        actor=editor,
        at=at,
    )


def _second(project: Project, at: datetime, day: date) -> int:
    """An obstacle that was resolved, and shared with all; an answer that was shared too, reworded and withdrawn."""
    officer = _held(OFFICER)
    solved = obstacles.record_one(
        project,
        title=f"{MARK}医療施設の上空の飛行",
        obstacle_kind="regulatory",
        text=f"{MARK}目視外での飛行に承認が要り、審査に時間を要する。",
        acts="office",
        due_on=day,
        actor=officer,
        at=at,
    )
    obstacles.resolve(
        solved, outcome=f"{MARK}飛行の経路を河川の上空に改め、承認を得た。", actor=officer, at=at
    )
    item = knowledge.publish(
        solved,
        topic="regulatory",
        question=f"{MARK}ドローンの目視外飛行の承認を早く得るには",
        answer="人や建物の少ない河川の上空等に経路を改めると、審査が早く進む。",
        technologies=["ドローン"],
        actor=officer,
        at=at,
    )
    knowledge.reword(
        item,
        topic=item.topic,
        question=item.question,
        answer="人や建物の少ない河川の上空等に経路を改め、飛行の日時を限ると、審査が早く進む。",
        technologies=item.technologies,
        actor=officer,
        at=at,
    )
    advice = entries.write(
        project,
        entry_kind="advice",
        held_on=calendar.day_of(at),
        text=f"{MARK}患者の情報を扱う場合の同意の取り方について助言した。",
        actor=officer,
        at=at,
    )
    shared = knowledge.publish(
        advice,
        topic="other",
        question=f"{MARK}健康に関する情報を扱う際の同意の取り方は",
        answer="利用の目的ごとに分けて、書面で同意を得る。",
        technologies=["IoT"],
        actor=officer,
        at=at,
    )
    knowledge.withdraw(shared, reason=f"{MARK}法令の改正により、内容を改めるため。", actor=officer, at=at)
    return 2


def _third(project: Project, at: datetime, day: date) -> int:
    """One that was given up, and an entry that was withdrawn."""
    officer = _held(OFFICER)
    given_up = obstacles.record_one(
        project,
        title=f"{MARK}夜間の運行",
        obstacle_kind="other",
        text=f"{MARK}夜間の運行に要る人員を確保できない。",
        acts="office",
        due_on=day + timedelta(days=20),
        actor=officer,
        at=at,
    )
    obstacles.give_up(
        given_up, outcome=f"{MARK}昼間の便を増やすこととし、夜間の運行は断念した。", actor=officer, at=at
    )
    wrong = entries.write(
        project,
        entry_kind="call",
        held_on=calendar.day_of(at),
        text=f"{MARK}別の事業について電話で相談を受けた。",
        actor=officer,
        at=at,
    )
    entries.withdraw(wrong, reason=f"{MARK}別の事業の記録であるため。", actor=officer, at=at)
    return 2


def _of_body(project: Project, role: str, at: datetime) -> Tenure:
    """Of the demo's own municipality where it takes part."""
    found = (people.holder_of(role, body) for body in project.bodies if body.code == MUNICIPALITY)
    return next(filter(None, found), None) or people.somebody_at(project.bodies[-1], at)


def _held(role: str) -> Tenure:
    found = people.holder_of(role)
    assert found is not None  # the demo has entered its people first
    return found
