"""Every kind of page, from the URL map: each rule that answers GET, with samples found in the demo's database.

A sample is a record in a state: the page of a draft and that of a returned application are two kinds. Which records
a role may see is asked of the models, as the routes do; whether the page is there is asked of the server.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Any

import html5lib
from flask import Flask, url_for
from sqlalchemy import select
from werkzeug.routing import Rule

from app import calendar
from app.accompaniment.models import KnowledgeItem, LogEntry, Obstacle
from app.applications.delegation_models import Delegation
from app.applications.grace_models import Grace
from app.applications.joint_models import JointApplicant
from app.applications.models import Application
from app.changing.models import ChangeRequest
from app.continuation.models import Continuation
from app.conversations.models import Conversation, Message
from app.correspondence.models import Letter, Mail
from app.councils.models import Council, Membership
from app.db import db
from app.demo.accounts import MUNICIPALITY
from app.evaluation.form import WHOLE
from app.evaluation.models import Evaluation, EvaluationMeeting, EvaluationPublication
from app.kpis.models import Kpi
from app.organisations.links import LinkGone
from app.organisations.models import Organisation, Person, Seat, Tenure
from app.organisations.sessions import open_sessions
from app.permissions import PERMISSIONS, PUBLIC, SEATED
from app.programmes.default_form import default_form
from app.programmes.models import Call, Clarification, Programme
from app.projects.models import Project
from app.reports.content import ReportContent
from app.reports.models import Report
from app.rooms.form import DOCUMENTS, PLAN
from app.rooms.initiatives import initiatives_of
from app.rooms.models import Room
from app.rotation.models import SeatCheck
from app.schedule.models import Work
from app.schedule.rules import RULES
from app.surveys.models import OF, Survey, SurveyAnswer
from app.surveys.publishing import published_surveys
from app.web.access import declared_permission
from app.web.records import within_reach
from tests import factories
from tests.browser.moments import OPEN
from tests.correspondence.common import as_received

ACCOUNTS = {  # role → account of the demo
    "municipality_editor": "editor",
    "municipality_approver": "approver",
    "consultant": "consultant",
    "officer": "officer",
    "director": "director",
    "reviewer": "reviewer",
    "ministry_officer": "ministry",
    "administrator": "admin",
}
NOBODY = "public"  # not signed in
SMALL = 3  # levels of a part: an item of a list with its link, a field with its label and hint
_SAYS = {"class", "type", "role", "lang", "scope", "hidden", "disabled", "autocomplete", "colspan", "rowspan"}
assert ACCOUNTS.keys() == SEATED


@dataclass(frozen=True)
class Sample:
    """Values for the arguments of a rule, and the states they stand for."""

    values: dict[str, Any]
    state: str = ""


@dataclass(frozen=True)
class Page:
    """An address, and the kind of page it is one of."""

    endpoint: str
    state: str
    path: str

    @property
    def kind(self) -> str:
        return f"{self.endpoint} {self.state}".strip()


@dataclass(frozen=True)
class Parts:
    """Kinds of elements, and of small groups of them."""

    elements: frozenset[str]
    small: frozenset[str]


def roles_of(app: Flask, rule: Rule) -> set[str]:
    """Who may see it."""
    permission = declared_permission(app, rule.endpoint)
    if permission == PUBLIC:
        return {NOBODY, *SEATED}
    return set(PERMISSIONS[str(permission)].roles & SEATED)


def rules_to_get(app: Flask) -> list[Rule]:
    """All rules that answer GET, but the files that pages are shown with."""
    rules = [
        rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and rule.endpoint not in ("static", "web.asset")
    ]
    return sorted(rules, key=lambda rule: rule.rule)


def pages_of(app: Flask, rule: Rule, actor: Tenure | None) -> list[Page]:
    """The pages of `rule` that `actor` (None: nobody) can ask for here, one for each kind."""
    found: dict[str, Page] = {}
    with app.test_request_context():  # what has changed in a form is told with its settings, as on a page
        samples = list(samples_of(rule, actor))
    for sample in samples:
        with app.test_request_context():
            path = url_for(rule.endpoint, **sample.values)
        page = Page(rule.endpoint, sample.state, path)
        found.setdefault(page.kind, page)
    return list(found.values())


def main_part(html: str) -> str:
    """What a page shows between masthead and footer, without what is new at each request."""
    found = re.search(r"<main\b.*</main>", html, re.DOTALL)
    return re.sub(r'(name="csrf_token"[^>]*value=)"[^"]*"', r"\1", found[0]) if found else html


def parts_of(html: str) -> Parts:
    """What a page is made of, from its start tags and what is in them: what axe finds in a part it finds wherever it is.

    Words are left out (axe asks whether a field has a label, not which), and neighbours that are alike count once.
    """
    return _parts_of(main_part(html))


@cache
def _parts_of(main: str) -> Parts:
    elements: set[str] = set()
    small: set[str] = set()
    _outline(html5lib.parseFragment(main, treebuilder="etree", namespaceHTMLElements=False), elements, small)
    return Parts(_hashed(elements), _hashed(small))


def _outline(element: Any, elements: set[str], small: set[str]) -> tuple[int, str]:
    """How many levels an element has, and how it is made; it and all that is in it are added to the sets."""
    inner = [_outline(child, elements, small) for child in element]
    says = sorted((name, value if name in _SAYS else bool(value)) for name, value in element.items())
    has_words = bool((element.text or "").strip())
    made = repr((element.tag, says, has_words, list(dict.fromkeys(child for _, child in inner))))
    levels = 1 + max((levels for levels, _ in inner), default=0)
    elements.add(repr((element.tag, says)))
    if levels <= SMALL:
        small.add(made)
    return levels, made


def _hashed(parts: set[str]) -> frozenset[str]:
    return frozenset(sha256(part.encode()).hexdigest()[:16] for part in parts)


def samples_of(rule: Rule, actor: Tenure | None) -> Iterable[Sample]:
    """Raises LookupError for a rule whose arguments nothing here knows."""
    by_endpoint = OF_ENDPOINT.get(rule.endpoint)
    if by_endpoint:
        return by_endpoint(actor)
    wanted = frozenset(rule.arguments)
    if wanted not in OF_ARGUMENTS:
        raise LookupError(f"no sample for {rule.rule}: say in {__name__} where one is found")
    return OF_ARGUMENTS[wanted](actor)


def _nothing(_actor: Tenure | None) -> Iterable[Sample]:
    return [Sample({})]


def _records(argument: str, model: Any) -> Callable[[Tenure | None], Iterator[Sample]]:
    """One in each state that `actor` may see, the newest of them."""

    def samples(actor: Tenure | None) -> Iterator[Sample]:
        for record in _seen(model, actor):
            state = next(
                (
                    found
                    for name in ("standing", "state", "progress_state")
                    if (found := getattr(record, name, ""))
                ),
                "",
            )
            yield Sample({argument: record.id}, state)

    return samples


def _seen(model: Any, actor: Tenure | None) -> Iterable[Any]:
    return db.session.scalars(within_reach(model, actor).order_by(model.id.desc())).unique()


def _calls(actor: Tenure | None) -> Iterator[Sample]:
    for call in _seen(Call, actor):
        closed = call.state == "published" and call.has_closed_at(calendar.now())
        extendable = " extendable" if call.extension_years else ""
        yield Sample({"call_id": call.id}, ("closed" if closed else call.state) + extendable)


def _projects(actor: Tenure | None) -> Iterator[Sample]:
    for project in _seen(Project, actor):
        yield Sample(
            {"project_id": project.id}, project.state + (" extendable" if project.may_be_extended else "")
        )


def _kpis(actor: Tenure | None) -> Iterator[Sample]:
    for kpi in _seen(Kpi, actor):
        yield Sample({"kpi_id": kpi.id}, "with actuals" if kpi.actuals else "")


def _years_of_kpis(actor: Tenure | None) -> Iterator[Sample]:
    """Of projects with indicators: their first year of support, and one to come."""
    projects = {kpi.project_id: kpi.project for kpi in _seen(Kpi, actor)}
    for project in projects.values():
        for year, state in ((project.call.selection_fy, ""), (2090, "to come")):
            yield Sample({"project_id": project.id, "fiscal_year": year}, f"{project.state} {state}".strip())


def _organisations(_actor: Tenure | None) -> Iterator[Sample]:
    for kind in ("city", "prefecture", "ministry"):
        body = select(Organisation).where(Organisation.body_kind == kind).limit(1)
        attended = body.where(Organisation.id.in_(select(Seat.organisation_id)))
        found = db.session.scalars(attended).first() or db.session.scalars(body).one()
        yield Sample({"organisation_id": found.id}, kind)
    merged = select(Organisation.id).where(Organisation.merged_at.is_not(None)).limit(1)
    if found_id := db.session.scalar(merged):
        yield Sample({"organisation_id": found_id}, "merged")


def _seats(_actor: Tenure | None) -> Iterator[Sample]:
    for seat in db.session.scalars(select(Seat).order_by(Seat.id)):
        yield Sample({"seat_id": seat.id}, "held" if seat.holder else "empty")


def _people(_actor: Tenure | None) -> Iterator[Sample]:
    for person in db.session.scalars(select(Person).order_by(Person.id)):
        yield Sample({"person_id": person.id}, "signed in" if open_sessions(person) else "")


def _applications_with(
    part: Callable[[Application], Iterable[dict[str, Any]]],
) -> Callable[..., Iterator[Sample]]:
    def samples(actor: Tenure | None) -> Iterator[Sample]:
        for application in _seen(Application, actor):
            for values in part(application):
                yield Sample({"application_id": application.id, **values}, application.state)

    return samples


def _sections(actor: Tenure | None) -> Iterator[Sample]:
    """Those that every application has and fills in as a form."""
    for application in _seen(Application, actor):
        for key in ("basics", "technologies", "problem", "budget"):
            yield Sample({"application_id": application.id, "key": key}, f"{application.state} {key}")


def _in_rooms(
    parts: Callable[[Room], Iterable[dict[str, Any]]],
) -> Callable[[Tenure | None], Iterator[Sample]]:
    def samples(actor: Tenure | None) -> Iterator[Sample]:
        seen = {project.id for project in _seen(Project, actor)}
        for room in db.session.scalars(select(Room)):
            if room.project_id in seen:
                yield from (Sample({"project_id": room.project_id, **it}) for it in parts(room))

    return samples


def _meetings(actor: Tenure | None) -> Iterator[Sample]:
    """Those that this person sees; of what is published everybody reads the page."""
    yield from _records("meeting_id", EvaluationMeeting)(actor)
    for meeting_id in db.session.scalars(select(EvaluationPublication.meeting_id)):
        yield Sample({"meeting_id": meeting_id}, "published")


def _pages_of_evaluations(actor: Tenure | None) -> Iterator[Sample]:
    """The project as a whole and an initiative with its indicators, of one in each state."""
    for evaluation in _seen(Evaluation, actor):
        for section in evaluation.findings.form.sections[:2]:
            named = {"evaluation_id": evaluation.id, "findings_section": section.key}
            yield Sample(named, f"{evaluation.state} {'whole' if section.key == WHOLE else 'an initiative'}")


def _sections_of_rooms(actor: Tenure | None) -> Iterator[Sample]:
    """Of one that is written into and of one that nobody has, with rows and with files."""
    written = set(db.session.scalars(select(Room.project_id)))
    for project in _seen(Project, actor):
        for key in (PLAN, DOCUMENTS):
            yield Sample(
                {"project_id": project.id, "room_section": key},
                f"{project.state} {key} {'written' if project.id in written else ''}".strip(),
            )


def _forms_of_surveys(actor: Tenure | None) -> Iterator[Sample]:
    for survey in _seen(Survey, actor):
        for of in OF:
            yield Sample({"survey_id": survey.id, "asked_of": of}, f"{survey.state} {of}")


def _parts_of_surveys(actor: Tenure | None, name: str) -> Iterator[Sample]:
    """Of each form of one that is drafted: a section, and a question of each kind."""
    for sample in _forms_of_surveys(actor):
        survey, of = db.session.get_one(Survey, sample.values["survey_id"]), sample.values["asked_of"]
        form = survey.template_of(of).newest.form
        kinds = {it.kind: key for key, it in form.questions.items()}
        keys = [it.key for it in form.sections[:1]] if name == "section_key" else [*kinds.values()]
        if survey.state == "draft":
            yield from (Sample({**sample.values, name: key}, f"{of} {key}") for key in keys)


def _sections_of_answers(actor: Tenure | None) -> Iterator[Sample]:
    for answer in _seen(SurveyAnswer, actor):
        for part in answer.counted:
            for section in part.answered.form.sections:
                values = {"survey_part_id": part.id, "survey_section": section.key}
                yield Sample({"survey_answer_id": answer.id, **values}, f"{answer.state} {section.key}")


def _of_reports(
    actor: Tenure | None, parts: Callable[[Report], Iterable[dict[str, Any]]]
) -> Iterator[Sample]:
    for report in _seen(Report, actor):
        yield from (Sample({"report_id": report.id, **it}, report.state) for it in parts(report))


def _sections_of_continuations(actor: Tenure | None) -> Iterator[Sample]:
    """With rows and with files, of one in each state."""
    for it in _seen(Continuation, actor):
        for key in ("plan", "files"):
            waits = " with the approver" if it.is_with_approver else ""
            yield Sample({"continuation_id": it.id, "continuation_section": key}, f"{it.state}{waits} {key}")


def _files_of_continuations(actor: Tenure | None) -> Iterator[Sample]:
    for it in _seen(Continuation, actor):
        for file in it.answered.files:
            yield Sample({"continuation_id": it.id, "continuation_file_id": file.id}, it.state)


def _parts_of_forms(name: str, keys: Iterable[str]) -> Callable[[Tenure | None], Iterator[Sample]]:
    """Of the call that takes applications."""

    def samples(_actor: Tenure | None) -> Iterator[Sample]:
        call = db.session.scalars(select(Call).where(Call.code == OPEN)).one()
        return (Sample({"call_id": call.id, name: key}, key) for key in keys)

    return samples


def _submissions(application: Application) -> Iterator[dict[str, Any]]:
    return ({"submission_id": submission.id} for submission in reversed(application.submissions))


def _submitted_files(application: Application) -> Iterator[dict[str, Any]]:
    for submission in application.submissions:
        for file in submission.said.attachments:
            yield {"submission_id": submission.id, "sha256": file["sha256"]}


def _mail_attachments(actor: Tenure | None) -> Iterator[Sample]:
    return (Sample({"mail_id": mail.id, "place": 1}) for mail in _seen(Mail, actor) if mail.attachments)


def _parts_taken(actor: Tenure | None) -> Iterator[Sample]:
    """Of the actor's body in what others lead."""
    for joint in _seen(JointApplicant, actor):
        if actor and joint.is_known_to(actor.organisation_id):
            yield Sample({"joint_applicant_id": joint.id}, joint.state)


def _files_of_parts(actor: Tenure | None) -> Iterator[Sample]:
    for joint in _seen(JointApplicant, actor):
        if actor and joint.is_known_to(actor.organisation_id):
            sha256 = joint.application.attachments[0].sha256
            yield Sample({"joint_applicant_id": joint.id, "sha256": sha256}, joint.state)


def _to_be_filed(actor: Tenure | None) -> Iterator[Sample]:
    """Of what the actor's body leads."""
    for joint in _seen(JointApplicant, actor):
        if actor and joint.is_led_by(actor.organisation_id):
            yield Sample({"joint_applicant_id": joint.id}, joint.state)


def _mailed_links(pattern: str) -> Callable[[Tenure | None], Iterator[Sample]]:
    """Tokens as they were mailed, and one that nobody was sent."""

    def samples(_actor: Tenure | None) -> Iterator[Sample]:
        mailed = select(Mail).where(Mail.link_id.is_not(None), Mail.body.contains(pattern))
        for mail in db.session.scalars(mailed.order_by(Mail.id.desc())):
            with suppress(LinkGone):
                if found := re.search(rf"{pattern}([\w-]{{20,}})", as_received(mail)):
                    yield Sample({"token": found[1]}, _state_of_link(mail))
        yield Sample({"token": "nobody-was-sent-this"}, "unknown")

    return samples


def _state_of_link(mail: Mail) -> str:
    if mail.about_kind != "membership":
        return "open"
    return db.session.get_one(Membership, mail.about_id).state


ONE_OF_EACH_KIND = tuple({it.kind: key for key, it in default_form().questions.items()}.values())

OF_ARGUMENTS: dict[frozenset[str], Callable[[Tenure | None], Iterable[Sample]]] = {
    frozenset(arguments): samples
    for arguments, samples in (
        ((), _nothing),
        (("call_id",), _calls),
        (("application_id",), _records("application_id", Application)),
        (("delegation_id",), _records("delegation_id", Delegation)),
        (("seat_check_id",), _records("seat_check_id", SeatCheck)),
        (("survey_id",), _records("survey_id", Survey)),
        (("survey_id", "asked_of"), _forms_of_surveys),
        (("survey_id", "asked_of", "section_key"), lambda actor: _parts_of_surveys(actor, "section_key")),
        (("survey_id", "asked_of", "question_key"), lambda actor: _parts_of_surveys(actor, "question_key")),
        (("survey_answer_id",), _records("survey_answer_id", SurveyAnswer)),
        (("survey_answer_id", "survey_part_id", "survey_section"), lambda actor: _sections_of_answers(actor)),
        (("survey_answer_id", "survey_part_id", "file_id"), lambda actor: ()),
        (("grace_id",), _records("grace_id", Grace)),
        (("continuation_id",), _records("continuation_id", Continuation)),
        (("continuation_id", "continuation_section"), _sections_of_continuations),
        (("continuation_id", "continuation_file_id"), _files_of_continuations),
        (("change_request_id",), _records("change_request_id", ChangeRequest)),
        (("joint_applicant_id",), _parts_taken),
        (("joint_applicant_id", "sha256"), _files_of_parts),
        (("conversation_id",), _records("conversation_id", Conversation)),
        (("call_id", "message_id"), lambda actor: _messages()),
        (("call_id", "number"), lambda actor: _clarifications()),
        (("letter_id",), _records("letter_id", Letter)),
        (("mail_id",), _records("mail_id", Mail)),
        (("project_id",), _projects),
        (("project_id", "room_section"), _sections_of_rooms),
        (("project_id", "file_id"), _in_rooms(lambda room: ({"file_id": it.id} for it in room.answered.files))),
        (("project_id", "initiative_id"), _in_rooms(
            lambda room: ({"initiative_id": it.id} for it in initiatives_of(room.project))
        )),
        (("kpi_id",), _kpis),
        (("project_id", "fiscal_year"), _years_of_kpis),
        (("report_id",), _records("report_id", Report)),
        (("report_id", "report_section"), lambda actor: _of_reports(
            actor, lambda it: ({"report_section": key} for key in ("year", "documents"))
        )),
        (("report_id", "frozen_id"), lambda actor: _of_reports(
            actor, lambda it: ({"frozen_id": one.id} for one in it.answered.frozen)
        )),
        (("report_id", "frozen_id", "sha256"), lambda actor: _of_reports(
            actor,
            lambda it: (
                {"frozen_id": one.id, "sha256": file["sha256"]}
                for one in it.answered.frozen
                for file in ReportContent(one.content).attachments
            ),
        )),
        (("report_id", "file_id"), lambda actor: _of_reports(
            actor, lambda it: ({"file_id": file.id} for file in it.answered.files)
        )),
        (("fiscal_year",), lambda _actor: [Sample({"fiscal_year": 2022})]),
        (("council_id",), _records("council_id", Council)),
        (("membership_id",), _records("membership_id", Membership)),
        (("log_entry_id",), lambda actor: _log_entries(actor)),
        (("meeting_id",), _meetings),
        (("meeting_id", "meeting_section"), lambda actor: (
            Sample({"meeting_id": it.id, "meeting_section": part}, f"{it.state} {part}")
            for it in _seen(EvaluationMeeting, actor) for part in ("members", "remarks")
        )),
        (("evaluation_id",), _records("evaluation_id", Evaluation)),
        (("evaluation_id", "findings_section"), _pages_of_evaluations),
        (("obstacle_id",), _records("obstacle_id", Obstacle)),
        (("knowledge_item_id",), lambda actor: _knowledge(actor)),
        (("tenure_id",), _records("tenure_id", Tenure)),
        (("work_id",), _records("work_id", Work)),
        (("organisation_id",), _organisations),
        (("seat_id",), _seats),
        (("person_id",), _people),
        (("call_id", "section_key"), _parts_of_forms("section_key", ("basics", "work"))),
        (("call_id", "question_key"), _parts_of_forms("question_key", ONE_OF_EACH_KIND)),
        (("application_id", "question_id"), _applications_with(
            lambda it: ({"question_id": question.id} for question in factories.own_questions(it.call))
        )),
        (("application_id", "key"), _sections),
        (("application_id", "attachment_id"), _applications_with(
            lambda it: ({"attachment_id": file.id} for file in it.attachments)
        )),
        (("application_id", "submission_id"), _applications_with(_submissions)),
        (("application_id", "submission_id", "sha256"), _applications_with(_submitted_files)),
        (("mail_id", "place"), _mail_attachments),
        (("programme_id",), lambda _actor: _programmes()),
        (("number",), lambda _actor: _announced_projects()),
        (("programme", "number"), lambda _actor: _announced_projects(programme="future-tech")),
        (("name",), lambda _actor: (Sample({"name": name}) for name, rule in RULES.items() if not rule.fixed)),
        (("locale",), lambda _actor: [Sample({"locale": "ja"})]),
    )
}  # fmt: skip

OF_ENDPOINT: dict[str, Callable[[Tenure | None], Iterable[Sample]]] = {
    "councils.reply": _mailed_links("/c/"),
    "surveys.result": lambda _actor: (Sample({"number": it.id}) for it in published_surveys()),
    "accounts.set_password": _mailed_links("/password/"),
    "councils.show": lambda actor: (
        Sample({"project_id": project.id}, _council_state(project)) for project in _seen(Project, actor)
    ),
    "applications.form_changes": lambda actor: (
        Sample({"application_id": application.id}, application.state)
        for application in _seen(Application, actor)
        if application.response and application.response.carried
    ),
    "applications.file_consent": _to_be_filed,
    "accompaniment.correct": lambda actor: _own_entries(actor),
    "accompaniment.withdraw": lambda actor: _own_entries(actor),
    "organisations.index": lambda _actor: _searches("organisations", "いわみざわ"),
    "applications.ask_grace": lambda actor: (
        Sample({**sample.values, **words}, f"{sample.state} {state}")
        for sample in _calls(actor)
        for words, state in (
            ({}, ""),
            ({"q": "府中市"}, "searched"),
            ({"organisation_id": _a_body()}, "chosen"),
        )
    ),
    "mergers.enter": lambda actor: (
        Sample({**sample.values, **words}, f"{sample.state} {state}".strip())
        for sample in _organisations(actor)
        for words, state in (({}, ""), ({"q": "府中市"}, "searched"), ({"successor_id": _a_body()}, "chosen"))
        if sample.state == "city" or (sample.state == "merged" and not words)
    ),
    "applications.joint_applicants": lambda actor: (
        Sample({**sample.values, **words}, f"{sample.state} {'searched' if words else ''}".strip())
        for sample in _records("application_id", Application)(actor)
        for words in ({}, {"q": "府中市"})
    ),
}


def _a_body() -> int | None:
    return db.session.scalar(select(Organisation.id).where(Organisation.code == MUNICIPALITY))


def _messages() -> Iterator[Sample]:
    """What an applicant wrote and nobody has published yet."""
    asked = select(Message).where(Message.of_office.is_(False), Message.clarification_id.is_(None))
    for message in db.session.scalars(asked):
        yield Sample({"call_id": message.conversation.call_id, "message_id": message.id})


def _clarifications() -> Iterator[Sample]:
    shown = select(Clarification).where(Clarification.withdrawn_at.is_(None))
    for it in db.session.scalars(shown):
        yield Sample({"call_id": it.call_id, "number": it.number})


def _log_entries(actor: Tenure | None) -> Iterator[Sample]:
    """One that stands, one within the office, one that was withdrawn."""
    for it in _seen(LogEntry, actor):
        state = "withdrawn" if it.is_withdrawn else "within the office" if it.within_office else ""
        yield Sample({"log_entry_id": it.id}, state)


def _own_entries(actor: Tenure | None) -> Iterator[Sample]:
    """Those that were written from the seat of `actor`."""
    own = {it.id for it in _seen(LogEntry, actor) if actor and it.is_own_of(actor)}
    return (it for it in _log_entries(actor) if it.values["log_entry_id"] in own)


def _knowledge(actor: Tenure | None) -> Iterator[Sample]:
    for it in _seen(KnowledgeItem, actor):
        yield Sample({"knowledge_item_id": it.id}, "" if it.was_published else "withdrawn")


def _programmes() -> Iterator[Sample]:
    return (Sample({"programme_id": it}) for it in db.session.scalars(select(Programme.id)))


def _announced_projects(**where: str) -> Iterator[Sample]:
    """By number, as everybody may see them: one in each state, and one that was made up for the demo."""
    query = select(Project).join(Project.call).where(Call.state == "announced").order_by(Project.number)
    for project in db.session.scalars(query):
        state = str(project.state_on(calendar.today()))
        yield Sample(
            {**where, "number": project.number}, f"{state} sample" if project.call.is_sample else state
        )


def _council_state(project: Project) -> str:
    council = db.session.scalar(select(Council).where(Council.project_id == project.id))
    return council.state if council else f"none, {project.state}"


def _searches(_what: str, found: str) -> list[Sample]:
    return [Sample({}), Sample({"q": found}, "found"), Sample({"q": "どこにもない町"}, "not found")]
