"""All that one reader can see: every page, list, file and answer at every address of the URL map, as plain text."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import select

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
from app.db import db
from app.evaluation.models import Evaluation, EvaluationMeeting
from app.kpis.models import Kpi
from app.lifecycle import LIFECYCLES
from app.organisations.models import Organisation, Person, Seat, Tenure
from app.permissions import PERMISSIONS, PUBLIC
from app.programmes.models import Call, Programme
from app.programmes.phases import PHASES
from app.projects.models import Project
from app.questions.models import FrozenResponse, ReceivedFile
from app.reports.models import Report
from app.rooms.models import Initiative
from app.rotation.models import SeatCheck
from app.schedule.models import Work
from app.schedule.rules import RULES
from app.surveys.models import Survey, SurveyAnswer, SurveyPart
from app.web.access import declared_permission
from tests import factories
from tests.conventions.hostile import Addresses
from tests.conventions.pages import without_tokens

LISTS = ("/", "/calls", "/applications", "/conversations", "/projects", "/kpis", "/letters", "/register", "/register.json", "/mails",
         "/organisations", "/seats", "/schedule/reminders", "/obstacles", "/knowledge", "/reports",
         "/evaluation-meetings", "/evaluation-meetings/grades", "/published-evaluations", "/wishes")  # fmt: skip
# What each list is of: those that are filtered by state are asked for every state of theirs, offered or not.
OF_KIND = {"/calls": "call", "/applications": "application", "/projects": "project", "/letters": "letter", "/register": "project",
           "/register.json": "project", "/obstacles": "obstacle", "/reports": "report"}  # fmt: skip
ANOTHERS = "in_approval"  # a state that no list but one knows
SORTS = (
    "state",
    "-state",
    "title",
    "closes_at",
    "received",
    "-received",
    "number",
    "announced_count",
    "queued_at",
)
# Answers that are nobody's page.
OWN = ("organisations.sign_out", "web.choose_language", "web.asset", "static")

Seen = dict[str, str]


class Everything(Addresses):
    """Every record there is, whoever may see it."""

    def __init__(self, tokens: Iterable[str] = ()) -> None:
        db.session.commit()
        kinds = {
            "application": Application, "call": Call, "delegation": Delegation, "grace": Grace, "joint_applicant": JointApplicant,
            "programme": Programme, "project": Project, "kpi": Kpi, "council": Council, "letter": Letter,
            "membership": Membership, "mail": Mail, "work": Work, "organisation": Organisation, "seat": Seat,
            "conversation": Conversation, "message": Message,
            "log_entry": LogEntry, "obstacle": Obstacle, "knowledge_item": KnowledgeItem,
            "tenure": Tenure, "person": Person, "submission": Submission,
            "attachment": ReceivedFile, "file": ReceivedFile, "initiative": Initiative, "seat_check": SeatCheck,
            "survey": Survey, "survey_answer": SurveyAnswer, "survey_part": SurveyPart,
            "evaluation": Evaluation, "meeting": EvaluationMeeting, "report": Report, "frozen": FrozenResponse,
            "continuation": Continuation, "continuation_file": ReceivedFile, "change_request": ChangeRequest,
        }  # fmt: skip
        self.values = {
            f"{name}_id": [*db.session.scalars(select(kind.id)), 0] for name, kind in kinds.items()
        }
        asked = {
            question.id
            for call in db.session.scalars(select(Call))
            for question in factories.own_questions(call)
        }
        self.values["question_id"] = [*sorted(asked), 0]
        self.values |= {
            "number": [*db.session.scalars(select(Project.number)), 0],
            "sha256": [*db.session.scalars(select(ReceivedFile.sha256)), "0"],
            "token": [*tokens, "0"],
            "name": [*RULES],
            "key": ["basics", "technologies", "attachments", "nothing"],
            "section_key": ["basics", "nothing"],
            "room_section": ["plan", "nothing"],
            "meeting_section": ["members", "nothing"],
            "findings_section": ["whole", "nothing"],
            "report_section": ["year", "nothing"],
            "continuation_section": ["plan", "nothing"],
            "question_key": ["title", "nothing"],
            "survey_section": ["items", "nothing"],
            "asked_of": ["bodies", "nothing"],
            "place": [1, 2],
            "fiscal_year": [2022, 2023],
            "programme": ["future-tech"],
            "locale": ["ja"],
            "filename": ["css/base.css"],
        }


def look_round(
    app: Flask, client: FlaskClient, role: str | None, values: Everything, lists: Iterable[str] = LISTS
) -> Seen:
    """Address → status, headers and text of the answer, without what belongs to one request alone."""
    db.session.commit()
    plain = FlaskClient(
        app, app.response_class
    )  # what a page must be is looked at elsewhere: this is much faster
    plain._cookies = client._cookies
    seen = {address: _asked(plain, address) for address in _addresses(app, role, values)}
    sent_away = [address for address, answer in seen.items() if "\nLocation: /sign-in" in answer]
    assert role is None or not sent_away, f"{role} is not signed in: {sent_away[:3]}"
    for path in (path for path in lists if path in seen and seen[path].startswith("200")):
        for query in _queries(_states(path, seen[path])):
            seen[f"{path}?{query}"] = _asked(plain, f"{path}?{query}")
    db.session.expire_all()
    return seen


def _addresses(app: Flask, role: str | None, values: Everything) -> Iterator[str]:
    for rule in app.url_map.iter_rules():
        permission = str(declared_permission(app, rule.endpoint))
        allowed = permission == PUBLIC or role in PERMISSIONS[permission].roles
        if "GET" in (rule.methods or ()) and rule.endpoint not in OWN and allowed:
            yield from dict.fromkeys(values.addresses(app, rule))


def _states(path: str, page: str) -> list[str]:
    """Every state that the list at `path` may be filtered by: those it offers, all of its kind, and another's."""
    table = LIFECYCLES[OF_KIND[path]] if path in OF_KIND else None
    own = [*table.states, *table.derived] if table else []
    choices = re.search(r'<select[^>]* name="state".*?</select>', page, re.DOTALL)
    offered = re.findall(r'value="(\w+)"', choices[0]) if choices else []
    phases = PHASES if path == "/calls" else ()
    return list(dict.fromkeys([*own, *offered, *phases, ANOTHERS]))


def _queries(states: Iterable[str]) -> Iterator[str]:
    """What a list is asked for."""
    yield from ("format=csv", "format=xlsx", "q=R5", "q=%E5%B8%82", "stage=office", "on=2024-04-01")
    yield from (f"state={state}" for state in states)
    yield from (f"sort={sort}" for sort in SORTS)


def _asked(client: FlaskClient, address: str) -> str:
    for kept in list(
        g
    ):  # the test's context is the request's too: nobody is signed in from the request before
        g.pop(kept)
    answer = client.get(address)
    headers = sorted(
        f"{name}: {value}"
        for name, value in answer.headers
        if name not in ("Date", "Set-Cookie", "Content-Length")
    )
    return without_tokens("\n".join([str(answer.status_code), *headers, _text(answer.get_data())]))


def _text(content: bytes) -> str:
    if content[:4] != b"PK\x03\x04":
        return content.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(content)) as book:  # without the instant at which it was made
        return "\n".join(
            book.read(name).decode() for name in book.namelist() if not name.startswith("docProps/")
        )


def differences(before: Seen, after: Seen) -> dict[str, Any]:
    """Address → the first lines in which its answers differ; addresses that are there once only too."""
    found: dict[str, Any] = {}
    for address in before.keys() | after.keys():
        one, other = before.get(address, "").splitlines(), after.get(address, "").splitlines()
        if one != other:
            lines = [pair for pair in zip(one, other, strict=False) if pair[0] != pair[1]]
            found[address] = lines[:3] or (one[len(other) :] or other[len(one) :])[:3]
    return found
