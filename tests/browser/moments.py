"""The demo's spring of 2023, in moments at which every kind of page has something to show.

Each continues where the one before ended, through the operations, as the people of the demo's accounts would have it.
What is made up here beyond the demo is marked 見本, as there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from app import calendar, halting, jobs
from app.accounts.mails import mail_link
from app.applications import checking, graces, submission
from app.applications.models import Application
from app.continuation import handing_in
from app.correspondence import approval, letters, outbox, superseding
from app.correspondence.models import Letter
from app.councils import mails as council_mails
from app.councils import operations as councils
from app.db import db
from app.demo import sample_going_on
from app.demo.accounts import MUNICIPALITY
from app.demo.clock import move_clock
from app.organisations import operations as organisations
from app.organisations.models import Organisation, Person, Tenure
from app.permissions import MEMBER, SeatlessActor
from app.programmes.models import Call
from app.projects import cancelling
from app.projects.models import Project
from app.questions import carrying, publishing
from app.questions.definition import Section
from app.schedule import work
from app.selection import operations as selection
from app.web.manifest import brought
from tests import factories
from tests.browser.instance import Instance
from tests.factories.applications import PDF, holder

MEMBERS = (
    ("（見本）見本大学", "教授", "会長", True),
    ("（見本）見本開発局", "道路計画課長", "構成員", False),
    ("（見本）見本ドローン株式会社", "事業部長", "構成員", None),
)
ATTACHED = {"実施計画.pdf": PDF}
OPEN = "R4S"  # the code of the demo's open call
EXTENDABLE = "R4E"  # and of one whose projects may be extended


def first_of_march() -> None:
    """The call is open, applications stand in every state before the decision, twelve letters wait for approval."""
    at = calendar.now()
    call, own = _sample_call(), _body(MUNICIPALITY)
    _application("submitted", "除雪車の位置情報の共有", call, own, at)
    _application("in_approval", "通学路の見守り", call, own, at)
    _application("withdrawn", "空き家の遠隔点検", call, own, at)
    faulty = _application("submitted", "農業用水の遠隔管理", call, own, at)
    _application("under_review", "離島への医薬品配送", call, _body("422118"), at)
    reviewed = _application("under_review", "雪害時の交通誘導", call, _body("152226"), at)
    officer = acting("officer")
    checking.return_for_correction(
        faulty,
        defects={"basics": "概要に、実施する地域の名称を加えてください。"},
        due_at=at + timedelta(days=20),
        actor=officer,
        at=at + timedelta(hours=1),
    )
    reasons = "積雪期の実証の計画が具体的であり、他の地域でも活用できる。"
    selection.record_result(reviewed, selected=True, reasons=reasons, version=0, actor=officer, at=at)
    joint = _application("submitted", "県境を越える物流", call, _body("322041"), at, joint=[_body("312011")])
    checking.accept(joint, actor=officer, at=at)
    _with_joint_applicants(call, own)
    extendable = _project_that_may_be_extended(own)
    # Without letters, and without one that would end now: the twelve of this March are the record's.
    sample_going_on.load(at=at, without=("refused",))
    _waits_in_the_supported_years(extendable)
    letters_about = select(Letter).where(Letter.letter_kind.in_(("extension-certified", "cancellation")))
    for letter in db.session.scalars(letters_about):
        letters.discard(letter, reason="見本のため", actor=officer, at=at)
    factories.call(
        state="draft", code="R5S", title="（見本）準備中の募集", selection_fy=2023, is_sample=True,
        opens_at=datetime(2023, 4, 10, 9, tzinfo=calendar.JST), closes_at=datetime(2023, 5, 19, 12, tzinfo=calendar.JST),
    )  # fmt: skip
    refused = factories.grace(call, _body("052159"), reason="見本：失念のため", state="asked")
    graces.refuse(refused, remark="見本：失念は理由にならない。", actor=acting("director"), at=at)
    _pass_days_until(date(2023, 3, 1))
    _mails_in_every_state(calendar.now())
    work.enqueue("a work of before", {}, title="見本の作業", then="/schedule", actor=acting("admin"), at=at)
    db.session.commit()
    work.run_next(brought("work"), at=calendar.now())


def _with_joint_applicants(call: Call, own: Organisation) -> None:
    """One that waits for a written consent, and parts of the body in what others lead."""
    unseated, lead = _body("152226"), _body("422118")
    made = factories.joint_applicant
    made("unasked", lead=own, body=unseated, call=call, title="（見本）除雪の共同運行")
    made("consented", lead=lead, body=own, call=call, title="（見本）離島との遠隔医療")
    made("declined", lead=lead, body=own, call=call, title="（見本）広域の防災訓練")


def after_the_deadline() -> None:
    """Every application has its result, nothing is decided. Letters are approved, but one still waits, one was sent back."""
    doubted, *others, _waits = db.session.scalars(
        select(Letter)
        .where(Letter.letter_kind == "support-end", Letter.state == "drafted")
        .order_by(Letter.id)
    )
    director = acting("director")
    approval.approve(others, actor=director, at=calendar.now())
    approval.send_back(doubted, remark="見本：事業名を確認してください。", actor=director, at=calendar.now())
    _pass_days_until(date(2023, 3, 20))
    officer, at, call = acting("officer"), calendar.now(), _sample_call()
    for application in _of_call(call, "submitted"):
        checking.accept(application, actor=officer, at=at)
    selection.start_reviews(call, actor=officer, at=at)
    for place, application in enumerate(_of_call(call, "under_review")):
        selected = place % 3 != 1 or application.organisation.code == MUNICIPALITY
        reasons = "先導性が認められる。" if selected else "実装の時期と体制が明らかでない。"
        selection.record_result(
            application, selected=selected, reasons=reasons, version=0, actor=officer, at=at
        )
    db.session.commit()


def decided() -> None:
    """The director has decided; one applicant has withdrawn since, so that a letter will not go out.

    What the director sent back has been answered, and all that waited is approved: twelve letters go out this year.
    """
    of_year = select(Letter).where(Letter.letter_kind == "support-end")
    doubted = db.session.scalars(of_year.where(Letter.state == "sent_back")).one()
    answer = "見本：事業名に誤りのないことを確認しました。"
    approval.put_forward(doubted, answer=answer, actor=acting("officer"), at=calendar.now())
    waiting = db.session.scalars(of_year.where(Letter.state == "drafted"))
    approval.approve(waiting, actor=acting("director"), at=calendar.now())
    selection.decide(_sample_call(), actor=acting("director"), at=calendar.now())
    gone = application_of("052159", "provisional")
    approver = holder("municipality_approver", gone.organisation)
    submission.withdraw(gone, reason="見本：実施体制の見直しのため", actor=approver, at=calendar.now())
    db.session.commit()


def third_of_april() -> None:
    """Announced, notified, ended: a new project has its council, nine have come to their end."""
    director, call = acting("director"), _sample_call()
    work.enqueue(
        "announce",
        {"call_id": call.id},
        title=f"結果の発表：{call.title}",
        then=f"/calls/{call.id}/selection",
        actor=director,
        at=calendar.now(),
    )
    db.session.commit()
    work.run_next(brought("work"), at=calendar.now())
    _pass_days_until(date(2023, 4, 3))
    _found_a_council(_project_of(MUNICIPALITY, 2022))
    # A sample's project, never a real one: the pictures must not say of a body what did not happen.
    newest = db.session.scalars(select(Project).order_by(Project.number.desc())).first()
    assert newest is not None and newest.call.is_sample
    cancelling.cancel(
        newest,
        ground="not_carried_out",
        asked_by="office",
        reason="見本：実施体制の変更のため",
        actor=director,
        at=calendar.now(),
    )
    db.session.commit()


def after_mistakes() -> None:
    """One letter is replaced, one withdrawn, one about to be; and somebody has halted the automatic work."""
    _pass_days_until(date(2023, 4, 4))
    officer, at = acting("officer"), calendar.now()
    own = _body(MUNICIPALITY)
    about_sample = select(Letter).where(
        Letter.letter_kind.in_(("selection", "non-selection")), Letter.state == "issued"
    )
    of_others = db.session.scalars(
        about_sample.where(Letter.organisation_id != own.id).order_by(Letter.id)
    ).all()
    of_own = db.session.scalars(about_sample.where(Letter.organisation_id == own.id)).first()
    assert of_own is not None
    content = superseding.to_be_mended(of_own, None, on=at.date())
    superseding.replace_by(of_own, content, reason="見本：事業名の誤り", actor=officer, at=at)
    superseding.withdraw(of_others[0], reason="見本：宛先の誤り", actor=officer, at=at)
    db.session.commit()
    waiting = select(Letter).where(Letter.supersedes_id.is_not(None), Letter.state == "drafted")
    approval.approve(db.session.scalars(waiting), actor=acting("director"), at=at)
    db.session.commit()
    _pass_days_until(date(2023, 4, 5))
    superseding.withdraw(of_others[1], reason="見本：宛先の誤り", actor=officer, at=calendar.now())
    for reason in (halting.BY_HAND, halting.CLOCK_AHEAD):
        facts = {
            "clock": calendar.now().isoformat(),
            "last_known": at.isoformat(),
            "remark": "見本：点検のため",
        }
        halting.halt(reason, at=calendar.now(), facts=facts)
    db.session.commit()
    first = halting.current()
    assert first is not None
    halting.lift(first, actor=acting("director"), at=calendar.now(), remark="見本：点検が済んだため")


MOMENTS: dict[str, Callable[[], None]] = {
    "march-1": first_of_march,
    "march-20": after_the_deadline,
    "march-24": decided,
    "april-3": third_of_april,
    "april-5": after_mistakes,
}


def come_to(moment: str) -> None:
    """Let happen what leads from the moment before to this one; in an instance's context."""
    calendar.pin(_in_the_morning())
    MOMENTS[moment]()
    db.session.commit()


def acting(account: str) -> Tenure:
    """The person of a demo account (`officer` for officer@example.jp), in their seat."""
    query = select(Tenure).join(Tenure.person).where(Person.email == f"{account}@example.jp")
    return db.session.scalars(query.order_by(Tenure.id)).unique().one()


def _pass_days_until(day: date) -> None:
    move_clock(day, jobs.run_daily)
    calendar.pin(_in_the_morning())


def _in_the_morning() -> datetime:
    """Ten o'clock, so that the pictures do not change with the hour at which they are drawn."""
    return datetime.combine(calendar.today(), time(10), calendar.JST)


def _sample_call() -> Call:
    return db.session.scalars(select(Call).where(Call.code == OPEN)).one()


def _waits_in_the_supported_years(project: Project) -> None:
    """What lies with the approver, may be changed by the body, or is about to be put to it: steps that the demo has no example of."""
    factories.report("with_approver", project=project)
    handing_in.hand_over(factories.continuation(project=project), actor=acting("editor"), at=calendar.now())
    factories.change_request(project=project)
    factories.evaluation(db.session.scalars(select(Project).where(Project.number == 1)).one())
    factories.evaluation(project, state="responded")


def _project_that_may_be_extended(body: Organisation) -> Project:
    """In its base last year, and nothing recorded of its extension."""
    call = factories.call(
        code=EXTENDABLE, title="（見本）延長のできる募集", selection_fy=2021, base_years=2, extension_years=2,
        state="announced", is_sample=True, announced_on=date(2021, 8, 24), announced_count=1,
        extension_due_on=date(2023, 3, 24),
    )  # fmt: skip
    return factories.project(
        [body],
        number=50,
        call=call,
        title="（見本）雪道の案内",
        opened_on=call.announced_on,
        technologies_raw="AI",
    )


def _body(code: str) -> Organisation:
    return db.session.scalars(select(Organisation).where(Organisation.code == code)).one()


def _of_call(call: Call, state: str) -> list[Application]:
    query = select(Application).where(Application.call_id == call.id, Application.state == state)
    return list(db.session.scalars(query.order_by(Application.id)))


def application_of(code: str, state: str) -> Application:
    found = [it for it in _of_call(_sample_call(), state) if it.organisation.code == code]
    return found[0]


def _project_of(code: str, selection_fy: int) -> Project:
    query = select(Project).join(Project.call).where(Call.selection_fy == selection_fy)
    return next(it for it in db.session.scalars(query) if it.lead.code == code)


def _application(
    state: str,
    title: str,
    call: Call,
    body: Organisation,
    at: datetime,
    joint: list[Organisation] | None = None,
) -> Application:
    return factories.application(
        state,
        call=call,
        organisation=body,
        joint=joint,
        title=f"（見本）{title}",
        summary="この申請は見本です。画面を試していただくために作成しました。",
        files=ATTACHED,
        at=at,
    )


def _mails_in_every_state(at: datetime) -> None:
    refused = {"attempts": 1, "next_attempt_at": None, "parked_at": at}
    unknown = "550 5.1.1 <kikaku@example.jp>: Recipient address rejected: User unknown"
    factories.mail(subject="（見本）届かなかったお知らせ", last_error=unknown, **refused)
    aside = factories.mail(subject="（見本）送らないことにしたお知らせ", last_error=unknown, **refused)
    outbox.set_aside(aside, reason="見本：電話で伝えたため", actor=acting("officer"), at=at)
    factories.mail(subject="（見本）宛先のないお知らせ", to_address="", next_attempt_at=None, parked_at=at)
    busy = "451 4.3.2 Please try again later"
    tomorrow = at + timedelta(days=1)
    factories.mail(
        subject="（見本）送り直しを待つお知らせ", last_error=busy, attempts=2, next_attempt_at=tomorrow
    )
    factories.mail(subject="（見本）送られたお知らせ", next_attempt_at=None, attempts=1, sent_at=at)
    person = acting("reviewer").person
    link = organisations.password_link(person, expires_at=at + timedelta(days=30), at=at)
    mail_link("password_reset", person, link, at=at, until=at + organisations.RESET_FOR)


def _found_a_council(project: Project) -> None:
    approver, at = acting("approver"), calendar.now()
    council = councils.form(project, name="（見本）岩見沢市地域実装協議会", actor=approver, at=at)
    db.session.flush()
    for place, (organisation_name, post, role, answer) in enumerate(MEMBERS, start=1):
        membership = councils.ask(
            council,
            organisation_name=organisation_name,
            post=post,
            role=role,
            mailbox=f"new-member{place}@example.jp",
            reply_by=at.date() + timedelta(days=14),
            actor=approver,
            at=at,
        )
        if answer is not None:
            member = SeatlessActor(name=membership.named, role=MEMBER, membership_id=membership.id)
            councils.answer(membership, answer, "", actor=member, at=at)
            # The link that they used cannot be made again; this one leads to the same page.
            council_mails.reminded(membership, occasion="answered", link=councils.new_link(membership), at=at)
    councils.activate(council, actor=approver, at=at)
    councils.record_meeting(
        council, held_on=at.date(), place="岩見沢市役所", note="（見本）設立の会合", actor=approver, at=at
    )


def asked_besides(instance: Instance, section: Section) -> str:
    """The page of a section that the open call asks for from now on too, in the draft that 岩見沢市 has begun."""
    with instance.inside():
        officer, editor, at = acting("officer"), acting("editor"), calendar.now()
        call = db.session.scalars(select(Call).where(Call.code == OPEN)).one()
        form = call.form.newest.form
        publishing.change(call.form, replace(form, sections=(*form.sections, section)), at=at)
        version = publishing.publish(call.form, actor=officer, at=at)
        draft = application_of(MUNICIPALITY, "draft")
        carrying.carry_over(draft.answered, version, about=draft, audience="applicant", actor=editor, at=at)
        db.session.commit()
        return f"/applications/{draft.id}/sections/{section.key}"
