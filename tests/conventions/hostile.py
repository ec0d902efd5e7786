"""What the test of hostile input sends: a world of records to ask for, values nobody should send, forms filled in."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

from flask import Flask, url_for
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from app.accompaniment import entries, knowledge
from app.accompaniment.models import KnowledgeItem, LogEntry, Obstacle
from app.applications.delegation_models import Delegation
from app.applications.grace_models import Grace
from app.applications.joint_models import JointApplicant
from app.applications.models import Application, Submission
from app.changing.models import ChangeRequest
from app.continuation.models import Continuation
from app.conversations.models import Conversation, Message
from app.correspondence.models import Letter, Mail
from app.councils.models import Council, Membership
from app.councils.operations import new_link
from app.db import db
from app.evaluation.models import Evaluation, EvaluationMeeting
from app.kpis.models import Kpi
from app.lifecycle import (
    APPLICATION,
    CHANGE_REQUEST,
    CONTINUATION,
    EVALUATION,
    JOINT_APPLICANT,
    MEMBERSHIP,
    OBSTACLE,
    SEAT_CHECK,
    SURVEY,
)
from app.organisations.links import token_of
from app.organisations.models import Organisation, Person, Seat, Tenure
from app.organisations.operations import password_link
from app.organisations.sign_in_models import SignInSession
from app.permissions import APPROVER, OFFICER
from app.programmes.models import Call, Programme
from app.projects.models import Project
from app.questions.models import FrozenResponse
from app.reports.models import Report
from app.rooms.models import Initiative, Room
from app.rotation.models import SeatCheck
from app.schedule.models import Work
from app.schedule.rules import RULES
from app.schedule.work import enqueue
from app.surveys.models import Survey, SurveyAnswer, SurveyPart
from tests import factories
from tests.databases import engine
from tests.factories.applications import holder

HUGE = "長" * 30_000
NUMBER = 2**63  # beyond every column
UNSEEN = "\x00a\x01\x0b\x1b\x7f\x85\ufdd0\uffff\U0001fffe\u202e"
TURNED = "見本\u2028\u202e円億１金\u2067\u061c\u200f\ufff9\u3164\U000e0041\u2069\u2029葛\U000e0100"
FORGED = "見本\n　支援金額　金１億円\r\n【要対応】"
MARKUP = "<script>alert(1)</script>\"'><h1 id=main>{{ 7*7 }} %(name)s %s {0}"
ELSEWHERE = "//example.jp/\r\nX-Injected: 1"

ENTRIES = (
    "", UNSEEN, HUGE, "語 " * 3000, str(NUMBER), "-1", "0", "9" * 5000, "²٣３", "2199-12-31 23:59",
    "9999-12-31 23:59", "0001-01-01 00:00", "令和99年99月99日", MARKUP, TURNED, FORGED, "＝1+1", r"%_\ ' ; DROP TABLE people; --", ELSEWHERE,
)  # fmt: skip
# What one database takes and another does not: characters, lengths, numbers, days.
FOR_DATABASES = (
    UNSEEN, "語 " * 3000, str(NUMBER), "-1", "9" * 5000, "²٣３", "9999-12-31 23:59", "0001-01-01 00:00", r"%_\ ' ; DROP TABLE people; --",
)  # fmt: skip
PARAMETERS: tuple[dict[str, Any], ...] = (
    {"page": "-1", "sort": ";drop table people", "format": "pdf", "q": UNSEEN, "on": UNSEEN, "next": UNSEEN},
    {"page": "9e99", "sort": "-", "q": "語 " * 1500, "state": "nonsense", "fiscal_year": "²²²²", "on": "²²²²"},
    {"page": NUMBER, "sort": "-number", "q": r"%_\'", "fiscal_year": "9999", "on": "9999-12-31"},
    {"page": "０", "q": "長" * 5000, "fiscal_year": "0000", "on": "0001-01-01", "kind": "\x00", "letter": NUMBER},
    {"q": MARKUP, "on": MARKUP, "next": ELSEWHERE, "letter": ["-1", "x", "0"], "fiscal_year": "2100"},
    {"q": "=1+1 \x00", "format": "csv", "on": "令和99年", "state": "draft"},
    {"q": TURNED, "on": FORGED, "state": TURNED, "sort": FORGED, "next": FORGED},
    {"q": "9" * 3000, "format": "xlsx", "page": "2", "fiscal_year": "2018"},
)  # fmt: skip
RAW = "q=%ED%A0%80%FF%C0%80&page=%00&sort=%ED%BF%BF&state=%FF&on=%ED%A0%80&next=/%0d%0aX:1&=&%00=%00"
PDF = b"%PDF-1.7\n%%EOF\n"


class Addresses:
    """What every rule of the URL map leads to, with the records of `values`: argument of an address → what to ask for."""

    values: dict[str, list[Any]]

    def addresses(self, app: Flask, rule: Any) -> list[str]:
        """The rule's address for each record, and for what names none."""
        names = sorted(rule.arguments)
        longest = max((len(self.values[name]) for name in names), default=1)
        with app.test_request_context():
            each = [{name: _at(self.values[name], place) for name in names} for place in range(longest)]
            return [url_for(rule.endpoint, **values).partition("?")[0] for values in each]


class World(Addresses):
    """A record of each kind in each of its states; and for each argument of an address the values to try."""

    def __init__(self, at) -> None:
        self.body = factories.organisation()
        self.officer = factories.tenure(OFFICER)
        factories.signed_in(factories.tenure(APPROVER, self.body))
        call = factories.call(code="R4")
        for state in APPLICATION.states:
            factories.application(state, call=call, organisation=self.body)
        factories.application(call=call, organisation=self.body, complete=False)
        factories.application("submitted", call=call)  # another body's
        for state in ("draft", "decided", "announced"):
            factories.call(state=state)
        for state in ("asked", "granted", "refused"):
            factories.grace(call, state=state)
        for place, state in enumerate(SEAT_CHECK.states):
            factories.seat_check(factories.organisation() if place else self.body, state=state)
        for state in JOINT_APPLICANT.states:
            factories.joint_applicant(state, lead=self.body)
            # Whoever has an approver consents on their own page: no consent in writing is filed for them.
            factories.joint_applicant(state, body=None if state == "filed" else self.body)
        draft = db.session.scalars(select(Application).where(Application.state == "draft")).first()
        self.consultant = factories.delegation(draft).seat.tenures[0]
        running = factories.project([self.body, factories.organisation()])
        for state in ("ended", "cancelled"):
            factories.project([self.body], state=state)
        factories.project()
        extendable = factories.call(selection_fy=2021, base_years=2, extension_years=2, state="announced")
        factories.project([self.body], call=extendable, opened_on=date(2021, 8, 24))
        _asked_of(self.body, running)
        room = _written_about(running, at)
        _surveys(running)
        council = factories.council(running)
        members = [factories.membership(council, state=state, answered_at=at) for state in MEMBERSHIP.states]
        for state in ("drafted", "approved"):
            factories.letter(organisation=self.body, state=state)
        factories.message(db.session.scalars(select(Application)).first())
        factories.clarification(call)
        factories.mail()
        factories.mail(next_attempt_at=None, parked_at=at, last_error="550")
        enqueue("move_clock", {"day": "2023-03-01"}, title="見本", then="/", actor=self.officer, at=at)
        until = at + timedelta(days=1)
        tokens = [
            token_of(new_link(members[0])),
            token_of(password_link(factories.person(), expires_at=until, actor=self.officer, at=at)),
        ]
        db.session.commit()
        submission = db.session.scalars(select(Submission)).first()
        assert submission is not None
        self.values: dict[str, list[Any]] = {
            "application_id": _ids(Application),
            "conversation_id": _ids(Conversation),
            "message_id": _ids(Message),
            "programme_id": _ids(Programme),
            "delegation_id": _ids(Delegation),
            "grace_id": _ids(Grace),
            "seat_check_id": _ids(SeatCheck),
            "survey_id": _ids(Survey),
            "survey_answer_id": _ids(SurveyAnswer),
            "survey_part_id": _ids(SurveyPart),
            "survey_section": ["items", "bottlenecks", "nothing", "\x00"],
            "asked_of": ["bodies", "initiatives", "nothing", "\x00"],
            "report_id": _ids(Report),
            "report_section": ["year", "documents", "nothing", "\x00"],
            "frozen_id": _ids(FrozenResponse),
            "continuation_id": _ids(Continuation),
            "continuation_section": ["plan", "files", "nothing", "\x00"],
            "continuation_file_id": [0, NUMBER],
            "change_request_id": _ids(ChangeRequest),
            "joint_applicant_id": _ids(JointApplicant),
            "programme": ["future-tech", "\x00"],
            "call_id": _ids(Call),
            "project_id": _ids(Project),
            "room_section": ["plan", "ministries", "documents", "nothing", "\x00"],
            "file_id": [room.answered.files[0].id],
            "initiative_id": _ids(Initiative),
            "kpi_id": _ids(Kpi),
            "meeting_id": _ids(EvaluationMeeting),
            "evaluation_id": _ids(Evaluation),
            "meeting_section": ["members", "remarks", "nothing", "\x00"],
            "findings_section": ["whole", "nothing", "\x00"],
            "fiscal_year": [2022, 2021, 2024, 0, NUMBER],
            "council_id": _ids(Council),
            "membership_id": _ids(Membership),
            "log_entry_id": _ids(LogEntry),
            "obstacle_id": _ids(Obstacle),
            "knowledge_item_id": _ids(KnowledgeItem),
            "letter_id": _ids(Letter),
            "mail_id": _ids(Mail),
            "work_id": _ids(Work),
            "organisation_id": _ids(Organisation)[:2],
            "seat_id": _ids(Seat)[:2],
            "tenure_id": _ids(Tenure)[:2],
            "person_id": _ids(Person)[:2],
            "session_id": _ids(SignInSession),
            "question_id": [factories.own_questions(call)[0].id],
            "key": ["basics", "technologies", "attachments", "nothing", "\x00"],
            "section_key": ["basics", "items", "nothing", "\x00"],
            "question_key": ["title", "answers-1", "funds", "nothing", "\x00"],
            "submission_id": [submission.id],
            "attachment_id": [submission.application.attachments[0].id],
            "place": [1],
            "number": [*db.session.scalars(select(Project.number)), 0, NUMBER],
            "sha256": [submission.said.attachments[0]["sha256"], "\x00"],
            "token": [*tokens, "\x00", "\ufffd", "x" * 3000],
            "name": [*RULES, "\x00"],
            "locale": ["ja", "\x00"],
            "filename": ["css/base.css", "\x00", "../config.py"],
            "file": ["0.css", "\x00", "0.css.js", "."],
        }
        for name, values in self.values.items():
            if name.endswith("_id") or name == "place":
                values += [0, NUMBER]


def _surveys(project: Project) -> None:
    """A survey in each of its states, and an answer that is being mended."""
    for state in SURVEY.states:
        factories.survey(state)
    factories.survey_answer(project, "reopened")


def _asked_of(body: Organisation, project: Project) -> None:
    """Applications for an extension and change requests, in each state."""
    for place, state in enumerate(CONTINUATION.states):
        factories.continuation(None if place else body, state=state)
    for state in CHANGE_REQUEST.states:
        factories.change_request(project=project, state=state)


def _written_about(project: Project, at: datetime) -> Room:
    """What the years of a project bring: a room, an initiative, indicators, a log."""
    for number, raw in enumerate(("1,200人", "集計中", "43%")):
        factories.kpi_actual(factories.kpi(project, retired_on=at.date() if number else None), raw=raw)
    factories.initiative(project)
    for state in EVALUATION.states:
        factories.evaluation(project, state=state)
    factories.evaluation(project, state="responded", published=True)
    factories.evaluation_meeting(state="called_off")
    _accompaniment(project, at)
    room = factories.room(project)
    for place, state in enumerate(("requested", "with_approver", "submitted", "returned", "accepted")):
        of = project if not place else factories.project(project.bodies)
        factories.report(state, project=of, complete=bool(place))
    return room


def _accompaniment(project: Project, at) -> None:
    """What is written about a project of the body and about another's, in each state; some of it shared, and withdrawn."""
    for it in (project, factories.project()):
        factories.log_entry(it), factories.log_entry(it, within_office=True)
        for state in OBSTACLE.states:
            factories.obstacle(it, state)
    entry, item = factories.log_entry(project), factories.knowledge_item(factories.log_entry(project))
    factories.knowledge_item()
    knowledge.withdraw(item, reason="見本", actor=holder(OFFICER), at=at)
    entries.withdraw(entry, reason="見本", actor=holder(OFFICER), at=at)


def bodies_for(page: str) -> list[MultiDict]:
    """What to send to the form of a page."""
    form = _Form()
    form.feed(page)
    form.close()
    return [_with_files(body, form.files) for body in _bodies(form.filled)]


def blind_bodies() -> list[MultiDict]:
    """What to send where no page asks for anything."""
    names = ("organisation_id", "tenure", "letter", "name", "to", "reason", "version", "next", "seen")
    return _bodies({name: _proper(name) for name in names})


def _bodies(filled: dict[str, Any]) -> list[MultiDict]:
    """One entry hostile at a time, beside proper ones; and all at once.

    Of the former an eighth for each field, so that fields side by side get different ones; one where there are many fields.
    The huge one is sent once. What forms refuse does not come as far as a database, and SQLite's turn is enough for both:
    all at once, names that are no field's, and entries that are a text like any other to a database. Half of those at once
    are for the forms with an even number of fields, the others for the rest.
    """
    on_sqlite = engine() == "sqlite"
    at_once = [HUGE, *ENTRIES[len(filled) % 2 :: 2]] if on_sqlite else ENTRIES[1:3]
    found = [MultiDict((name, entry) for name in filled) for entry in at_once]
    alone = [entry for entry in (ENTRIES if on_sqlite else FOR_DATABASES) if entry is not HUGE]
    every = min(max(8, len(filled)), len(alone))
    for place, name in enumerate(filled):
        found += [MultiDict({**filled, name: entry}) for entry in alone[place % every :: every]]
        if on_sqlite and place % 8 == 0:
            names = [(name, "x"), (f"{name}[]", "x"), (f"{name}-0-label", "x")]
            found.append(MultiDict([*filled.items(), *names]))
    return found


class _Form(HTMLParser):
    """The fields of a page's forms, each with an entry that would be taken."""

    def __init__(self) -> None:
        super().__init__()
        self.filled: dict[str, Any] = {}
        self.files: set[str] = set()
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        name, kind = said.get("name") or "", said.get("type") or ""
        if tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            self.filled[self._select] = said.get("value") or self.filled.get(self._select, "")
        elif tag == "input" and kind == "file":
            self.files.add(name)
        elif tag in ("input", "textarea") and name and kind != "submit":
            self.filled[name] = said.get("value") or _proper(name)

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""


def _proper(name: str) -> str:
    if name.endswith(("_at", "_on", "_by")) or name in ("on", "day"):
        return "2023-03-20 12:00" if name.endswith("_at") else "2023-03-20"
    return "taro@example.jp" if name in ("email", "mailbox") else "見本"


def _with_files(body: MultiDict, names: set[str]) -> MultiDict:
    for name in names:
        entry = next(iter(body.values()), "見本")
        body[name] = (io.BytesIO(PDF), f"{entry[:300]}\x00../../x.pdf")
    return body


def _at(values: list[Any], place: int) -> Any:
    return values[min(place, len(values) - 1)]


def _ids(model: Any) -> list[Any]:
    return list(db.session.scalars(select(model.id).order_by(model.id)))
