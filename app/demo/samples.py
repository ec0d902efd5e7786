"""What is made up in the demo, and marked so: one open call, its applications, three councils' members, and indicators."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import current_app
from openpyxl import Workbook, load_workbook
from sqlalchemy import select

from app import calendar
from app.actors import Actor
from app.applications import (
    attachments,
    checking,
    checklist,
    consents,
    drafting,
    graces,
    new_versions,
    notes,
    submission,
    workbooks,
)
from app.applications.models import Application
from app.applications.reapplication import PROJECT
from app.councils import operations as councils
from app.db import db
from app.demo import (
    kpis,
    people,
    sample_bodies,
    sample_changes,
    sample_evaluations,
    sample_log,
    sample_messages,
    sample_reports,
    sample_rooms,
    sample_seats,
    sample_surveys,
    sample_wishes,
)
from app.demo.accounts import MUNICIPALITY
from app.demo.call_content import LOCAL_GOVERNMENTS, MARK
from app.demo.sample_answers import answer_to
from app.lifecycle.application import ACCEPTED, DRAFT, IN_APPROVAL, RETURNED, TO_CHECK
from app.lifecycle.grace import GRANTED
from app.lifecycle.project import UNDER_SUPPORT
from app.organisations.models import Organisation
from app.permissions import DIRECTOR, EDITOR, OFFICER, SeatlessActor
from app.programmes import form_editing
from app.programmes import operations as programmes
from app.programmes.default_form import default_criteria
from app.programmes.form import JOINT, SUMMARY, TECHNOLOGY, TITLE
from app.programmes.models import Call
from app.projects.models import Project
from app.questions import editing, waiting
from app.questions.definition import Question, Words
from app.questions.kind import Upload

SAMPLES = (  # code of the body, how far it has come, title, technologies
    (MUNICIPALITY, "draft", "雪道の見守りドローン", ["ドローン", "AI"]),
    ("202096", "draft", "中山間地の買物支援", ["自動運転"]),
    ("016390", "in_approval", "農業機械の遠隔監視", ["ロボット", "IoT"]),
    ("072028", "submitted", "地域データ連携による健康づくり", ["AI", "ビッグデータ"]),
    ("052159", "submitted", "観光地の回遊を促す自動運転", ["自動運転", "IoT"]),
    ("272299", "returned", "遠隔手続の窓口", ["AI", "5G"]),
    ("412091", "accepted", "駅と温泉をつなぐ移動", ["自動運転", "VR/AR"]),
)
JOINED = {"016390": MUNICIPALITY, "412091": "202096"}  # lead's code → the body that applies jointly
GRACES = (("202096", "granted"), ("016390", "asked"))  # code of the body, and how far it has come
COUNCILS = (  # number of the project, members: (organisation, post, role, answer)
    (1, (("見本大学", "教授", "会長", True), ("見本運輸局", "交通政策課長", "構成員", True), ("見本ドローン株式会社", "事業部長", "構成員", None))),
    (26, (("見本経済産業局", "地域経済課長", "構成員", True), ("見本交通株式会社", "社長", "副会長", False))),
    (27, (("見本総合通信局", "情報通信課長", "構成員", None), ("見本大学", "准教授", "会長", None))),
)  # fmt: skip


def load(begun: datetime, day: date) -> dict[str, int]:
    """Make the samples, as the people of the demo's accounts would have; how many of each kind.

    All is done from `begun` on, within its day; what is still to be done is due some time after `day`, the demo's
    first. Where `begun` is the beginning of that day, all is done at that instant: no hour of the day comes before.
    """
    officer = people.holder_of(OFFICER)
    assert officer is not None  # loading.load has entered the people first
    pace = timedelta(minutes=1) if begun.date() < day else timedelta()
    call = _call(officer, begun, day)
    made = []
    for number, (code, state, title, technologies) in enumerate(SAMPLES):
        body = _body(code)
        at = begun + number * pace
        made.append(_application(call, body, state, title, technologies, officer=officer, at=at, day=day))
    at = begun + len(SAMPLES) * pace
    _ask_more(call, officer, at)
    for code, state in GRACES:
        _grace(call, code, state, officer=officer, at=at)
    # Beyond the closing: a correction may be asked for.
    people.let_a_consultant_in(made[0], day + timedelta(days=180), at)
    sample_messages.load(call, made, at=at)
    _upload(call, datetime.combine(day, time(9), calendar.JST))
    founded = [_council(number, members, officer=officer, at=at, day=day) for number, members in COUNCILS]
    rooms = sample_rooms.load(officer=officer, at=at, day=day)
    written = sample_log.load(at=at, day=day)
    indicators = kpis.load(officer, at)
    return {
        "applications": len(SAMPLES),
        "councils": sum(founded),
        "rooms": rooms,
        "indicators": indicators,
        "evaluation meetings": sample_evaluations.load(officer=officer, at=at, day=day),
        "wishes": sample_wishes.load(at=at, day=day),
        "entries of logs": written,
        "change requests": sample_changes.load(at=at),
        "bodies": sample_bodies.load(officer=officer, at=at),
        "checks of seats": sample_seats.load(at=at, day=day),
        "surveys": sample_surveys.load(officer=officer, at=at, day=day),
        "reports": sample_reports.load(officer=officer, at=at, day=day),
    }


def _call(officer: Actor, at: datetime, day: date) -> Call:
    fy = calendar.fiscal_year(day)
    last_day = calendar.first_business_day_on_or_after(_friday_after(day + timedelta(days=28)))
    call = programmes.draft_call(
        programmes.the_programme(),
        code=f"{calendar.era_short(fy)}S",
        title=f"{MARK}{calendar.era_fiscal_year(fy)} 未来技術社会実装事業の追加募集",
        selection_fy=fy,
        opens_at=at,
        closes_at=datetime.combine(last_day, time(12), calendar.JST),
        base_years=5,
        extension_years=0,
        eligible_kinds=list(LOCAL_GOVERNMENTS),
        description="この募集は、画面を試していただくための見本です。実際に行われたものではありません。",
        is_sample=True,
        criteria=default_criteria(),
        actor=officer,
        at=at,
    )
    db.session.flush()
    programmes.publish(call, actor=officer, at=at)
    return call


def _ask_more(call: Call, officer: Actor, at: datetime) -> None:
    """A second version of the form, which the drafts go on with: what applicants see of it can be tried."""
    form = form_editing.edited(call)
    key = editing.next_key(programmes.form_of(call), "q")
    settings = {"max_chars": 400, "rows": 4}
    asked = Question(key, "long_text", Words(f"{MARK}住民への説明の予定"), settings=settings)
    edited = editing.with_question(form, "organisation", asked)
    done = {"what": "question_added", "label": asked.label.ja}
    form_editing.change(call, edited, done=done, actor=officer, at=at)
    new_versions.publish_form(call, seen=editing.mark_of(edited), actor=officer, at=at)


def _grace(call: Call, code: str, state: str, *, officer: Actor, at: datetime) -> None:
    """Until the evening of the day on which the call closes."""
    assert call.closes_at is not None
    body = _body(code)
    reason = f"{MARK}大雪により、庁舎に登庁できる職員が限られているため。"
    until = call.closes_at.replace(hour=17)
    grace = graces.ask(call, body, until=until, reason=reason, actor=officer, at=at)
    director = people.holder_of(DIRECTOR)
    if state in GRANTED and director is not None:
        graces.grant(grace, actor=director, at=at)


def _application(
    call: Call,
    body: Organisation,
    state: str,
    title: str,
    technologies: list[str],
    *,
    officer: Actor,
    at: datetime,
    day: date,
) -> Application:
    approver = people.somebody_at(body, at)
    editor = people.holder_of(EDITOR, body) or approver
    application = drafting.start(call, body, actor=editor, at=at)
    db.session.flush()
    joint = _body(JOINED[body.code]) if body.code in JOINED else None
    whole = state not in DRAFT
    _fill(application, f"{MARK}{title}", technologies, joint=joint, whole=whole, actor=editor, at=at)
    if state in DRAFT:
        return application
    if joint:
        _ask_to_consent(application, joint, wanted=state not in IN_APPROVAL, actor=editor, at=at)
    submission.hand_over(application, actor=editor, at=at)
    if state in IN_APPROVAL:
        return application
    submission.submit(application, actor=approver, at=at)
    if state in RETURNED:
        due = datetime.combine(day + timedelta(days=14), time(17), calendar.JST)
        defects = {
            SUMMARY: "概要に、実施する地域の名称を加えてください。",
            "attachments": "実施体制が分かる図を添付してください。",
        }
        notes.add_note(application, f"{MARK}体制図は先方が作成中。電話で確認した。", actor=officer, at=at)
        checking.return_for_correction(application, defects=defects, due_at=due, actor=officer, at=at)
    elif state in ACCEPTED:
        verdicts = {item["key"]: "ok" for item in call.checklist}
        checklist.tick(application, application.submissions[-1], verdicts, actor=officer, at=at)
        checking.accept(application, actor=officer, at=at)
    elif state in TO_CHECK:
        found = {"body": "ok", "answers": "ok", "files": "not_ok"}
        checklist.tick(application, application.submissions[-1], found, actor=officer, at=at)
    return application


def _ask_to_consent(
    application: Application, joint: Organisation, *, wanted: bool, actor: Actor, at: datetime
) -> None:
    """`wanted`: it consents; else its approver has it as a task."""
    approver = people.somebody_at(joint, at)
    consents.ask(application, actor=actor, at=at)
    if wanted:
        consents.consent(application.joint_applicants[0], seen=None, actor=approver, at=at)


def _fill(
    application: Application,
    title: str,
    technologies: list[str],
    *,
    joint: Organisation | None,
    whole: bool,
    actor: Actor,
    at: datetime,
) -> None:
    answers: dict[str, Any] = {
        TITLE: title,
        SUMMARY: "この申請は見本です。画面を試していただくために作成しました。",
        TECHNOLOGY: {"names": technologies},
        JOINT: {"bodies": [{"id": joint.id}] if joint else [], "complete": True},
        PROJECT: _earlier(application),
    }
    for section in application.answered.form.sections[: None if whole else 1]:
        values = {
            question.key: question.asked.parse(answers.get(question.key, answer_to(question)))
            for question in section.questions
            if question.kind != "file"
        }
        version = application.version_of(section.key)
        drafting.save(application, section.key, values, version=version, actor=actor, at=at)
    workbook = _workbook(title)
    files = [("見本_実施計画.xlsx", workbook)]
    if not whole:  # a file that was replaced, and a ZIP, to be looked at where they can still be changed
        files = [
            ("見本_実施計画.xlsx", _workbook(f"{title}（案）")),
            *files,
            (
                "見本_資料.zip",
                _archive({"見本_予定表.xlsx": workbook, "見本_説明.txt": "見本です。".encode()}),
            ),
        ]
    for name, content in files:
        attachments.add_attachment(
            application,
            name,
            content,
            max_bytes=current_app.config["ATTACHMENT_MAX_BYTES"],
            actor=actor,
            at=at,
        )


def _upload(call: Call, at: datetime) -> None:
    """The form of the first draft, filled in with Excel: it waits for its editor to look at what was read of it."""
    body = _body(MUNICIPALITY)
    draft = drafting.started_by(body, call)[0]
    book = load_workbook(io.BytesIO(workbooks.filled_workbook(draft, at=at)))
    cells = {
        row[0].value: row[2] for sheet in book.worksheets for row in sheet.iter_rows(min_col=1, max_col=3)
    }
    cells[TITLE].value, cells[SUMMARY].value = (
        f"{draft.title}（Excelで修正した見本）",
        "=A1",
    )  # a formula is refused
    out = io.BytesIO()
    book.save(out)
    name = "見本_入力済みの様式.xlsx"
    read = workbooks.read_upload(draft, Upload(name, out.getvalue()))
    editor = people.holder_of(EDITOR, body)
    assert editor is not None and editor.person_id is not None
    waiting.keep(draft.answered, read, filename=name, person_id=editor.person_id, at=at)


def _archive(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def _earlier(application: Application) -> str:
    """The earlier project that it goes on from, where its body has one."""
    question = application.answered.form.questions.get(PROJECT)
    return question.settings["choices"][0] if question else ""


def _workbook(title: str) -> bytes:
    book = Workbook()
    book.active.append([title])
    book.active.append(["年度", "取組"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _council(number: int, members: tuple, *, officer: Actor, at: datetime, day: date) -> bool:
    """Found one, if its project is under support by then."""
    project = db.session.scalar(select(Project).where(Project.number == number, UNDER_SUPPORT.of(Project)))
    if project is None:
        return False
    lead = project.lead
    council = councils.form(project, name=f"{MARK}{lead.name}地域実装協議会", actor=officer, at=at)
    db.session.flush()
    for place, (organisation_name, post, role, answer) in enumerate(members, start=1):
        membership = councils.ask(
            council,
            organisation_name=MARK + organisation_name,
            post=post,
            person_name="",
            role=role,
            mailbox=f"member{project.number}-{place}@example.jp",
            reply_by=day + timedelta(days=21),
            actor=officer,
            at=at,
        )
        db.session.flush()
        if answer is not None:
            councils.answer(membership, answer, "", actor=_member(membership), at=at)
    return True


def _member(membership: Any) -> SeatlessActor:
    name = f"{membership.organisation_name} {membership.post}"
    return SeatlessActor(name=name, role="council_member", membership_id=membership.id)


def _body(code: str) -> Organisation:
    return db.session.scalars(select(Organisation).where(Organisation.code == code)).one()


def _friday_after(day: date) -> date:
    return day + timedelta(days=(4 - day.weekday()) % 7)
