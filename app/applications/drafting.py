"""Drafting: an application is started, filled section by section, and mended after a return.

Every save names the version of the section that the page was filled from. When somebody else has saved the section
since, nothing is overwritten: `Stale` carries both texts.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app import calendar
from app.applications import room
from app.applications.models import Answer, Application, JointApplicant
from app.applications.sections import answer_key
from app.db import db
from app.lifecycle import NotAllowed, must_be_open
from app.lifecycle.application import DRAFT, WITHDRAWN
from app.lines import neutral, one_line
from app.organisations.models import HEAD_TITLES, Organisation
from app.organisations.search import BodySearch
from app.programmes.models import Call, Question

JOINT_MAX = 50
ONE_SITTING = timedelta(hours=1)


class NotOpen(Exception):
    """The call takes no applications at this instant."""


class NotEligible(Exception):
    """A body of this kind cannot lead an application to this call."""


class AlreadyStarted(Exception):
    """The body has applications to this call already; another one must be meant."""

    def __init__(self, applications: list[Application]) -> None:
        super().__init__(f"{len(applications)} started already")
        self.applications = applications


class Stale(Exception):
    """The section was saved after this page was opened, by somebody else or by oneself. Nothing was changed; both texts are here."""

    def __init__(
        self, application: Application, section: str, theirs: dict[str, Any], yours: dict[str, Any]
    ) -> None:
        super().__init__(f"{section} of application {application.id}")
        saved = application.saves.get(section, {})
        self.section, self.theirs, self.yours = section, theirs, yours
        self.version = application.version_of(section)
        self.saved_by: str = saved.get("by", "")
        self.saved_by_person: int | None = saved.get("person")
        self.saved_at = datetime.fromisoformat(saved["at"]) if "at" in saved else None


def start(
    call: Call,
    organisation: Organisation,
    *,
    another: bool = False,
    actor: Any,
    at: datetime,
    arrived: datetime | None = None,
) -> Application:
    """A new, empty draft of `organisation` to `call`.

    One application per body and call is the rule; a second project of the same body is meant with `another`.
    Raises NotAllowed for another body's seat, NotOpen when it `arrived` outside the call's window, NotEligible for a kind of body that
    cannot lead, AlreadyStarted without `another`, and also with it while an empty draft lies there.
    """
    if not actor.may("application.edit") or actor.organisation_id != organisation.id:
        raise NotAllowed(call, "start", "not permitted")
    # Held until the commit: of two clicks at once the second sees the first's draft.
    call = db.session.scalars(_locked(Call, call.id)).one()
    if not call.takes_submissions_at(arrived or at):
        raise NotOpen
    if organisation.body_kind not in call.eligible_kinds:
        raise NotEligible
    earlier = started_by(organisation, call)
    if any(_is_empty(application) for application in earlier) or (earlier and not another):
        raise AlreadyStarted(earlier)
    application = Application(call=call, organisation=organisation, saves={}, created_at=at)
    db.session.add(application)
    db.session.flush()
    application.record("started", actor=actor, at=at, audience="applicant")
    return application


def started_by(organisation: Organisation, call: Call) -> list[Application]:
    """What the body has started or submitted to the call and not withdrawn, the oldest first."""
    query = select(Application).where(
        Application.organisation_id == organisation.id,
        Application.call_id == call.id,
        ~WITHDRAWN.of(Application),
    )
    return list(db.session.scalars(query.order_by(Application.id)))


def save_basics(
    application: Application,
    *,
    title: str,
    summary: str,
    version: int | None,
    quietly: bool = False,
    actor: Any,
    at: datetime,
) -> None:
    """Keep title and summary. Raises NotAllowed when it is not open to editing, Stale, TooMuch (see there)."""
    application = open_for_editing(application, actor, at)
    yours = {"title": one_line(title), "summary": neutral(summary)}
    room.refuse_too_much(application, yours)
    if _is_news(application, "basics", {name: getattr(application, name) for name in yours}, yours, version):
        _set(application, "basics", yours, quietly=quietly, actor=actor, at=at)


def save_technologies(
    application: Application,
    *,
    technologies: list[str],
    etc: bool,
    other: str,
    version: int | None,
    quietly: bool = False,
    actor: Any,
    at: datetime,
) -> None:
    """Keep the technologies: tags, 「等」 (and others), and what no tag names. Raises as `save_basics`."""
    application = open_for_editing(application, actor, at)
    other = one_line(other)
    yours = {"technologies": technologies, "technologies_etc": etc, "technologies_other": other}
    room.refuse_too_much(application, {"technologies_other": other})
    if _is_news(
        application, "technologies", {name: getattr(application, name) for name in yours}, yours, version
    ):
        _set(application, "technologies", yours, quietly=quietly, actor=actor, at=at)


def save_answer(
    application: Application,
    question: Question,
    *,
    text: str,
    version: int | None,
    quietly: bool = False,
    actor: Any,
    at: datetime,
) -> None:
    """Keep the answer to one of the call's questions, also while it is too long. Raises as `save_basics`."""
    application = open_for_editing(application, actor, at)
    key, text = answer_key(question.id), neutral(text)
    before = application.answer_to(question)
    room.refuse_too_much(application, {"text": text}, question=question)
    if not _is_news(application, key, {"text": before}, {"text": text}, version):
        return
    answer = next((answer for answer in application.answers if answer.question_id == question.id), None)
    if answer is None:
        application.answers.append(Answer(question=question, text=text))
    else:
        answer.text = text
    changes = {"text": room.what_changed(before, text)}
    note_save(application, key, changes, quietly=quietly, actor=actor, at=at)


def add_joint_applicant(
    application: Application, organisation: Organisation, *, actor: Any, at: datetime
) -> None:
    """Name a body that applies jointly; it has to be confirmed anew that the list is complete.

    Adding one twice changes nothing. Raises NotAllowed when it is not open to editing, ValueError for the lead itself,
    a body that is no local government, or more than JOINT_MAX.
    """
    application = open_for_editing(application, actor, at)
    if organisation in application.bodies[1:]:
        return
    if organisation.id == application.organisation_id or organisation.body_kind not in HEAD_TITLES:
        raise ValueError(f"{organisation.name} cannot be a joint applicant")
    if len(application.joint_applicants) >= JOINT_MAX:
        raise ValueError(f"more than {JOINT_MAX} joint applicants")
    position = max((joint.position for joint in application.joint_applicants), default=0) + 1
    application.joint_applicants.append(JointApplicant(organisation=organisation, position=position))
    application.joint_confirmed = False
    note_save(application, "joint-applicants", {"added": organisation.full_name}, actor=actor, at=at)


def remove_joint_applicant(
    application: Application, organisation_id: int, *, actor: Any, at: datetime
) -> None:
    """Take a joint applicant off the list; one that is not on it changes nothing. Raises NotAllowed."""
    application = open_for_editing(application, actor, at)
    joint = next(
        (joint for joint in application.joint_applicants if joint.organisation_id == organisation_id), None
    )
    if joint is None:
        return
    application.joint_applicants.remove(joint)
    application.joint_confirmed = False
    note_save(application, "joint-applicants", {"removed": joint.organisation.full_name}, actor=actor, at=at)


def confirm_joint_applicants(application: Application, *, actor: Any, at: datetime) -> None:
    """Say that the list of joint applicants is complete, also when it is empty. Raises NotAllowed."""
    application = open_for_editing(application, actor, at)
    if not application.joint_confirmed:
        application.joint_confirmed = True
        names = [joint.organisation.full_name for joint in application.joint_applicants]
        note_save(application, "joint-applicants", {"confirmed": names}, actor=actor, at=at)


def joint_candidates(application: Application, words: str, *, at: datetime, limit: int) -> list[Organisation]:
    """Local governments by name, kana or code that are not in the application yet, by code, at most `limit`."""
    today = calendar.day_of(at)
    query = select(Organisation).where(
        Organisation.body_kind.in_(tuple(HEAD_TITLES)),
        Organisation.id.not_in([body.id for body in application.bodies]),
        Organisation.valid_until.is_(None) | (Organisation.valid_until >= today),
    )
    found = BodySearch("q", "", []).narrow(query, words)
    return list(db.session.scalars(found.order_by(Organisation.code).limit(limit)))


def open_for_editing(application: Application, actor: Any, at: datetime) -> Application:
    """The application as it is now, its row held until the commit. Raises NotAllowed when it is closed to `actor`."""
    application = db.session.scalars(_locked(Application, application.id)).one()
    must_be_open(application, "edit", actor=actor, at=at)
    return application


def _locked(model: type[Any], key: int):
    return select(model).where(model.id == key).with_for_update().execution_options(populate_existing=True)


def _is_empty(application: Application) -> bool:
    return application in DRAFT and not application.saves


def _is_news(application: Application, section: str, theirs: dict, yours: dict, version: int | None) -> bool:
    """Whether there is something to save. The same text saved twice, by whomever, is no conflict."""
    if theirs == yours:
        return False
    if version != application.version_of(section):
        raise Stale(application, section, theirs, yours)
    return True


def _set(
    application: Application, section: str, values: dict, *, quietly: bool, actor: Any, at: datetime
) -> None:
    before = {name: getattr(application, name) for name in values}
    for name, value in values.items():
        setattr(application, name, value)
    changed = {
        name: room.what_changed(before[name], value)
        for name, value in values.items()
        if before[name] != value
    }
    note_save(application, section, changed, quietly=quietly, actor=actor, at=at)


def note_save(
    application: Application, section: str, changes: dict, *, quietly: bool = False, actor: Any, at: datetime
) -> None:
    """The section's next version, with who saved it and when, and a line in the history.

    Of a long text the history has the place that changed, not the whole: what counts is frozen at each submission.
    Saving by itself every few seconds (`quietly`) writes one line a sitting.
    """
    before = application.saves.get(section)
    saved = {
        "version": application.version_of(section) + 1,
        "by": actor.name,
        "person": actor.person_id,
        "at": at.isoformat(),
    }
    application.saves = {**application.saves, section: saved}
    _take_report_back(application, actor)
    same_sitting = (
        before is not None
        and before["by"] == actor.name
        and at - datetime.fromisoformat(before["at"]) < ONE_SITTING
    )
    if not (quietly and same_sitting):
        application.record(
            "section_saved",
            actor=actor,
            at=at,
            changes={"section": section, **({} if quietly else changes)},
            audience="applicant",
        )


def forget_sending_back(application: Application) -> None:
    """What the approver asked for has been dealt with."""
    application.sent_back_at, application.sent_back_by, application.sent_back_reason = None, "", ""


def _take_report_back(application: Application, actor: Any) -> None:
    """Who reported a correction as mended and goes on changing it has it again, as one takes a draft back.

    What the approver changes meanwhile is theirs to resubmit, and stays with them.
    """
    correction = application.open_correction
    if correction and correction.mended_at and not actor.may("application.submit", application):
        correction.mended_at, correction.mended_by = None, ""
        forget_sending_back(application)
