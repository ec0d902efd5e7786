"""Applications in any state, brought there through the operations, with the people who act for them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, TypeVar
from unittest.mock import patch

from sqlalchemy import select

from app import calendar
from app.applications import attachments, checking, consents, drafting, reapplication, submission
from app.applications.joint_models import JointApplicant
from app.applications.models import Application
from app.applications.reapplication import PROJECT, SECTION, UPGRADE, nothing_of_it
from app.db import db
from app.lifecycle import move
from app.organisations.models import Organisation, Seat, Tenure
from app.permissions import APPROVER, EDITOR, OFFICER, SYSTEM
from app.programmes.form import JOINT, SUMMARY, TECHNOLOGY, TITLE
from app.programmes.models import Call
from app.programmes.rules import CONSENT
from app.questions import answering
from app.web.arrival import LONGEST_WAIT
from tests.factories.answers import given
from tests.factories.organisations import organisation as new_organisation
from tests.factories.organisations import tenure
from tests.factories.programmes import OwnQuestion, own_questions
from tests.factories.programmes import call as new_call

Record = TypeVar("Record")
PDF = b"%PDF-1.7\n% a sample\n%%EOF\n"
_WAY = {  # state → the moves that lead there from a complete draft
    "draft": (),
    "in_approval": ("hand_over",),
    "submitted": ("submit",),
    "returned": ("submit", "return_for_correction"),
    "lapsed": ("submit", "return_for_correction", "lapse"),
    "accepted": ("submit", "accept"),
    "under_review": ("submit", "accept", "start_review"),
    "provisional": ("submit", "accept", "start_review", "record_result"),
    "selected": ("submit", "accept", "start_review", "record_result", "select"),
    "not_selected": ("submit", "accept", "start_review", "record_result", "decline_to_select"),
    "withdrawn": ("submit", "withdraw"),
}


def application(
    state: str = "draft",
    *,
    call: Call | None = None,
    organisation: Organisation | None = None,
    complete: bool = True,
    joint: list[Organisation] | None = None,
    at: datetime | None = None,
    defects: dict[str, str] | None = None,
    **values: Any,
) -> Application:
    """A complete application in `state`, of a body with an editor and an approver. complete=False: an empty draft.

    `defects` is what it is returned with, by default something about the first section.
    """
    at = at or calendar.now()
    call, body = call or new_call(), organisation or new_organisation()
    people = _People(body)
    made = drafting.start(call, body, another=True, actor=people.editor, at=at)
    with _nobody_beside():
        if complete:
            fill(made, joint=joint or [], editor=people.editor, at=at, **values)
        for name in _WAY[state]:
            _make(made, name, people, at, defects or {"basics": "概要に実施地域を加えてください。"})
    db.session.flush()
    return made


def joint_applicant(
    state: str = "asked", *, lead: Organisation | None = None, body: Organisation | None = None, **values: Any
) -> JointApplicant:
    """One of a complete draft, whose consent stands in `state`. Its body has an approver, but for a consent in writing."""
    at, body = calendar.now(), body or new_organisation()
    if state != "filed":
        holder(APPROVER, body)
    values = {"call": new_call(joint_consent=CONSENT), **values}
    draft = application(organisation=lead, joint=[body], **values)
    [joint], asking = draft.joint_applicants, holder(EDITOR, draft.organisation)
    if state == "filed":
        consents.file_consent(joint, "同意書.pdf", PDF + b"%", max_bytes=2**20, actor=asking, at=at)
    elif state != "unasked":
        consents.ask(draft, actor=asking, at=at)
    if state == "consented":
        consents.consent(joint, seen=None, actor=holder(APPROVER, body), at=at)
    elif state == "declined":
        consents.decline(joint, reason="見本の理由", actor=holder(APPROVER, body), at=at)
    return joint


class _People:
    """Who acts for one application, each looked for once."""

    def __init__(self, body: Organisation) -> None:
        self.body = body

    @cached_property
    def editor(self) -> Tenure:
        return holder(EDITOR, self.body)

    @cached_property
    def approver(self) -> Tenure:
        return holder(APPROVER, self.body)

    @cached_property
    def officer(self) -> Tenure:
        return holder(OFFICER)


@contextmanager
def _nobody_beside() -> Iterator[None]:
    """Whoever saves reads the record anew, for what others have saved meanwhile, and asks for the earlier projects of its
    bodies: half of the work, and here nobody has saved and no project begun."""
    with ExitStack() as patched:
        known: dict[tuple[int, ...], Any] = {}
        ask = reapplication.projects_of

        def asked_once(bodies: Sequence[Organisation]) -> Any:
            ids = tuple(sorted(body.id for body in bodies))
            if ids not in known:
                known[ids] = ask(bodies)
            return known[ids]

        patched.enter_context(patch.object(reapplication, "projects_of", asked_once))
        for module in (answering, attachments, checking, drafting, submission):
            patched.enter_context(patch.object(module, "held", _as_it_is))
        yield


def _as_it_is(record: Record) -> Record:
    return record


def fill(
    application: Application, *, joint: list[Organisation], editor: Tenure, at: datetime, **values: Any
) -> None:
    """Every section, so that nothing is missing."""
    common: dict[str, Any] = {"version": 0, "actor": editor, "at": at}
    title = values.pop("title", "雪道の見守りドローン")
    summary = values.pop("summary", "ドローンとAIで冬の見守りを行う。")
    save_basics(application, title=title, summary=summary, **common)
    technologies = values.pop("technologies", ["AI", "ドローン"])
    save_technologies(application, technologies=technologies, etc=False, other="", **common)
    for question in own_questions(application.call):
        save_answer(application, question, text=f"{question.label}についての回答", **common)
    if values.pop("others", True):
        _save_others(application, **common)
    for body in joint:
        drafting.add_joint_applicant(application, body, actor=editor, at=at)
    drafting.confirm_joint_applicants(application, actor=editor, at=at)
    if any(section.key == SECTION for section in application.answered.form.sections):
        earlier = values.pop("earlier", nothing_of_it())
        answers = {PROJECT: earlier} | ({UPGRADE: "映像解析を加える。"} if earlier != nothing_of_it() else {})
        drafting.save(application, SECTION, answers, **common)
    for name, content in values.pop("files", {"計画.pdf": PDF}).items():
        attachments.add_attachment(application, name, content, max_bytes=2**20, actor=editor, at=at)
    assert not values, f"unknown: {values}"


def _save_others(application: Application, **how: Any) -> None:
    """The sections that nothing was saved in, as somebody answers them."""
    form = application.answered.form
    values = given(form)
    for section in form.sections:
        asked = {it.key: values[it.key] for it in section.questions if it.key in values and it.key != JOINT}
        if section.key not in application.saves and section.key != SECTION and asked:
            drafting.save(application, section.key, asked, **how)


def save_basics(application: Application, *, title: str, summary: str, **how: Any) -> None:
    """Title and summary, as their page saves them."""
    drafting.save(application, "basics", {TITLE: title, SUMMARY: summary}, **how)


def save_technologies(
    application: Application, *, technologies: list[str], etc: bool, other: str, **how: Any
) -> None:
    entered = {"names": technologies, "etc": etc, "other": other}
    drafting.save(application, "technologies", {TECHNOLOGY: entered}, **how)


def save_answer(application: Application, question: OwnQuestion, *, text: str, **how: Any) -> None:
    """The answer to one of the call's own questions."""
    drafting.save(application, question.key, {question.key: text}, **how)


def answer_to(application: Application, question: OwnQuestion) -> str:
    return str(application.answered.values.get(question.key, ""))


def holder(role: str, body: Organisation | None = None) -> Tenure:
    """Whoever holds a seat of `role` at `body`; a new person when nobody does."""
    query = select(Tenure).join(Tenure.seat).where(Seat.role == role)
    if body is not None:
        query = query.where(Seat.organisation_id == body.id)
    return db.session.scalars(query).first() or tenure(role, body)


def office_file(folder: str = "word/", *further: str) -> bytes:
    """A file of an office program, as far as its parts go."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in ("[Content_Types].xml", f"{folder}document.xml", *further):
            archive.writestr(name, "<x/>")
    return out.getvalue()


def _consent_all(application: Application, people: _People, at: datetime) -> None:
    """Where the call wants it, every joint applicant consents."""
    wanted = [it.joint for it in consents.consents_of(application) if not it.is_given]
    approvers = [holder(APPROVER, joint.organisation) for joint in wanted]
    if wanted:
        consents.ask(application, actor=people.editor, at=at)
    for joint, approver in zip(wanted, approvers, strict=True):
        consents.consent(joint, seen=None, actor=approver, at=at)


def _make(
    application: Application, name: str, people: _People, at: datetime, defects: dict[str, str]
) -> None:
    if name == "hand_over":
        submission.hand_over(application, actor=people.editor, at=at)
    elif name == "submit":
        _consent_all(application, people, at)
        submission.submit(application, actor=people.approver, at=at)
    elif name == "accept":
        checking.accept(application, actor=people.officer, at=at)
    elif name == "withdraw":
        submission.withdraw(application, reason="計画の見直し", actor=people.approver, at=at)
    elif name == "return_for_correction":
        due = at + timedelta(days=7)
        checking.return_for_correction(application, defects=defects, due_at=due, actor=people.officer, at=at)
    elif name == "lapse":
        db.session.flush()
        checking.lapse_overdue(at=application.corrections[-1].due_at + LONGEST_WAIT)
    else:
        actor = SYSTEM if name in ("select", "decline_to_select") else people.officer
        move(application, name, actor=actor, at=at)
