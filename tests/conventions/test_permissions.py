"""How far each role reaches: one world, and what each of its people sees of it, written by hand and not by the table."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from app import halting
from app.accompaniment.models import KnowledgeItem, LogEntry, Obstacle
from app.applications.delegation_models import Delegation
from app.applications.grace_models import Grace
from app.applications.joint_models import JointApplicant
from app.applications.models import Application
from app.changing.models import ChangeRequest
from app.continuation.models import Continuation
from app.conversations.models import Conversation
from app.correspondence.models import Letter, Mail
from app.councils.models import Council, Membership
from app.db import db
from app.evaluation.models import Evaluation, EvaluationMeeting
from app.kpis.models import Kpi
from app.lifecycle import LIFECYCLES
from app.organisations.models import Organisation, Person, Seat, Tenure
from app.organisations.sign_in_models import SignInSession
from app.permissions import PERMISSIONS, PUBLIC, REACHES, SEATED, SeatlessActor, allows, kinds_of, reach_of
from app.programmes.models import Call, Programme
from app.projects.models import Project
from app.reports.models import Report
from app.rotation.models import SeatCheck
from app.schedule.models import Reminder, Work
from app.security import SecurityEvent
from app.surveys.models import Survey, SurveyAnswer
from app.web.access import declared_permission
from app.web.records import within_reach
from app.wishes.models import Wish
from config import ROOT
from tests import factories
from tests.conventions.world import World
from tests.sources import nodes_of

OURS = "editor approver"  # of the body Ours; Theirs is another
THE_OFFICE = "officer director"
WITH_A_SEAT = f"{OURS} consultant {THE_OFFICE} reviewer ministry administrator"
ALL = f"{WITH_A_SEAT} member system nobody"
ROLES = {
    "editor": "municipality_editor",
    "approver": "municipality_approver",
    "ministry": "ministry_officer",
    "member": "council_member",
}  # the others are called by their word

# kind, who, what they see of the world below; whoever is not named sees none of that kind
SEES = (
    ("programme", f"{THE_OFFICE} system", "first another"),
    ("call", f"{THE_OFFICE} system", "drafted open announced"),
    ("call", "editor approver consultant reviewer ministry administrator member nobody", "open announced"),
    ("grace", THE_OFFICE, "for_us for_them"),
    ("seat_check", OURS, "of_us"),
    ("seat_check", f"{THE_OFFICE} administrator system", "of_us of_them"),
    ("survey", f"{THE_OFFICE} system", "drafted asking"),
    ("survey_answer", OURS, "we_lead we_joined"),
    ("survey_answer", f"{THE_OFFICE} system", "we_lead we_joined theirs"),
    ("continuation", OURS, "our_draft our_returned"),
    ("continuation", THE_OFFICE, "our_returned their_submitted"),
    ("continuation", "system", "our_draft our_returned their_draft their_submitted"),
    ("change_request", OURS, "our_draft our_submitted"),
    ("change_request", THE_OFFICE, "our_submitted their_submitted"),
    ("application", OURS, "our_draft our_returned our_withdrawn joined_by_them"),
    ("application", "consultant", "our_returned"),
    ("delegation", OURS, "of_ours"),
    ("application", THE_OFFICE, "our_returned our_withdrawn their_submitted joined_by_us"),
    ("application", "system", "our_draft our_returned our_withdrawn joined_by_them their_draft their_submitted joined_by_us"),
    ("joint_applicant", OURS, "we_ask we_have_not_asked they_ask"),
    ("conversation", OURS, "of_our_draft of_our_returned"),
    ("conversation", THE_OFFICE, "of_our_draft of_our_returned of_theirs"),
    ("project", OURS, "we_lead we_joined"),
    ("project", f"{THE_OFFICE} ministry system", "we_lead we_joined theirs"),
    ("kpi", OURS, "we_lead we_joined"),
    ("kpi", f"{THE_OFFICE} ministry", "we_lead we_joined theirs"),
    ("council", OURS, "we_lead we_joined"),
    ("council", f"{THE_OFFICE} ministry", "we_lead we_joined theirs"),
    ("membership", OURS, "we_lead another we_joined"),
    ("membership", f"{THE_OFFICE} ministry", "we_lead another we_joined theirs"),
    ("membership", "member", "we_lead"),
    ("log_entry", OURS, "of_ours by_us"),
    ("log_entry", THE_OFFICE, "of_ours by_us inside of_theirs"),
    ("log_entry", "ministry", "of_ours by_us of_theirs"),
    ("obstacle", OURS, "we_lead we_joined"),
    ("obstacle", f"{THE_OFFICE} ministry", "we_lead we_joined theirs theirs_resolved"),
    ("knowledge_item", f"{OURS} ministry", "shared"),
    ("knowledge_item", THE_OFFICE, "shared withdrawn"),
    ("evaluation_meeting", THE_OFFICE, "held planned"),
    ("evaluation", OURS, "we_lead"),
    ("evaluation", THE_OFFICE, "we_lead we_joined theirs"),
    ("evaluation", "ministry", "we_lead theirs"),
    ("wish", OURS, "of_us"),
    ("wish", THE_OFFICE, "of_us of_them"),
    ("report", OURS, "ours we_joined"),
    ("report", f"{THE_OFFICE} system", "ours we_joined theirs"),
    ("report", "ministry", "we_joined"),
    ("letter", OURS, "our_issued"),
    ("letter", f"{THE_OFFICE} system", "our_drafted our_approved our_issued their_issued"),
    ("mail", "officer administrator", "to_us to_nobody"),
    ("organisation", WITH_A_SEAT, "ours theirs office"),
    ("reminder", f"{THE_OFFICE} administrator", "sent"),
    ("work", f"{THE_OFFICE} administrator", "of_officer of_system"),
    ("halt", "director administrator system", "of_clock"),
    ("security_event", "director administrator", "of_officer"),
    ("seat", "administrator", f"{WITH_A_SEAT} second closed"),
    ("person", "administrator", WITH_A_SEAT),
    ("tenure", "administrator", f"{WITH_A_SEAT} second left closed to_come"),
    ("session", "administrator", f"{WITH_A_SEAT} second"),
    *((kind, who, who) for kind in ("seat", "person") for who in WITH_A_SEAT.split() if who != "administrator"),
    *((kind, who, who) for kind in ("tenure", "session") for who in WITH_A_SEAT.split() if who not in ("editor", "administrator")),
    ("tenure", "editor", "editor second"),
    ("session", "editor", "editor second"),
)  # fmt: skip
MODELS: dict[str, Any] = {
    "programme": Programme,
    "call": Call,
    "delegation": Delegation,
    "grace": Grace,
    "seat_check": SeatCheck,
    "survey": Survey,
    "survey_answer": SurveyAnswer,
    "continuation": Continuation,
    "change_request": ChangeRequest,
    "application": Application,
    "joint_applicant": JointApplicant,
    "conversation": Conversation,
    "project": Project,
    "kpi": Kpi,
    "council": Council,
    "membership": Membership,
    "log_entry": LogEntry,
    "obstacle": Obstacle,
    "knowledge_item": KnowledgeItem,
    "evaluation_meeting": EvaluationMeeting,
    "evaluation": Evaluation,
    "wish": Wish,
    "report": Report,
    "letter": Letter,
    "mail": Mail,
    "organisation": Organisation,
    "reminder": Reminder,
    "work": Work,
    "halt": halting.Halt,
    "security_event": SecurityEvent,
    "seat": Seat,
    "person": Person,
    "tenure": Tenure,
    "session": SignInSession,
}


@pytest.fixture
def world(app, at) -> World:
    return World(at)


def test_each_role_sees_of_each_kind_what_is_written_here_in_the_list_and_one_by_one(world):
    wrong = []
    for kind, records in world.records.items():
        for who in ALL.split():
            actor, expected = world.actors[who], _written(kind, who)
            model = MODELS[kind]
            found = db.session.scalars(within_reach(model, actor).with_only_columns(model.id)).all()
            listed = {name for name, record in records.items() if record.id in found}
            one_by_one = {
                name for name, record in records.items() if reach_of(kind, actor).holds(record, actor)
            }
            if not listed == one_by_one == expected:
                wrong.append(f"{kind} of {who}: listed {listed}, held {one_by_one}, expected {expected}")
            assert len(found) == len(set(found)), f"{kind} of {who}: a record is listed twice"
    assert not wrong, "\n".join(wrong)


def _written(kind: str, who: str) -> set[str]:
    return {name for one, some, seen in SEES if one == kind and who in some.split() for name in seen.split()}


def test_the_world_has_every_kind_that_anybody_reaches_and_every_role(world):
    assert world.records.keys() == REACHES.keys() == MODELS.keys()
    roles = {actor.role for actor in world.actors.values() if actor}
    assert roles == {*SEATED, "council_member", "system"}
    assert set(world.actors) == set(ALL.split())


# who, which permissions they hold at all, over whichever records; nobody else holds one, nor a role that is not named
MAY = (
    (WITH_A_SEAT, "session.use organisation.search"),
    ("officer administrator", "organisation.set_address organisation.merge"),
    (OURS, "seat.view"),
    (OURS, "application.view application.list application.edit application.hand_over"),
    (OURS, "joint_applicant.ask joint_applicant.view"),
    ("approver", "joint_applicant.consent"),
    (OURS, "conversation.view conversation.write"),
    (OURS, "project.list project.view room.view room.edit council.view council.manage council.activate letter.view"),
    (OURS, "application.start application.copy delegation.view"),
    ("consultant", "application.view application.list application.edit"),
    ("editor", "application.take_back"),
    ("approver", "application.submit application.withdraw delegation.manage"),
    (THE_OFFICE, "seat.view programme.view call.publish call.publish_form call.extend call.set_extension_deadline"),
    (THE_OFFICE, "grace.view seat_check.list seat_check.view"),
    (OURS, "seat_check.view seat_check.answer"),
    (f"{OURS} {THE_OFFICE}", "continuation.list continuation.view change_request.list change_request.view"),
    (OURS, "continuation.start continuation.edit change_request.start change_request.edit"),
    ("editor", "continuation.hand_over continuation.take_back"),
    ("approver", "continuation.submit continuation.withdraw change_request.submit change_request.withdraw"),
    ("officer", "continuation.check"),
    ("director", "continuation.decide change_request.decide project.change"),
    ("administrator", "seat_check.list seat_check.view seat_check.settle"),
    ("officer", "grace.ask call.record_exception"),
    (THE_OFFICE, "survey.view survey.publish survey_answer.view survey_answer.list"),
    ("officer", "survey.manage survey_answer.reopen"),
    (OURS, "survey_answer.view survey_answer.list survey_answer.answer"),
    ("director", "grace.decide"),
    (THE_OFFICE, "application.view application.list application.note selection.view selection.announce selection.release"),
    (THE_OFFICE, "conversation.view"),
    ("officer", "conversation.write call.clarify"),
    (THE_OFFICE, "project.list project.view project.oversee project.record_extension room.view room.edit room.manage council.view"),
    (THE_OFFICE, "letter.list letter.view letter.supersede letter.discard schedule.view work.view"),
    ("officer", "programme.manage call.manage call.edit_form application.check selection.record council.manage council.activate"),
    ("officer", "letter.put_forward mail.list mail.retry schedule.manage"),
    ("director", "selection.decide project.cancel project.reinstate letter.approve security.read jobs.resume"),
    (f"{OURS} {THE_OFFICE} ministry", "kpi.view"),
    (f"{OURS} officer", "kpi.edit"),
    (f"{THE_OFFICE} ministry", "kpi.list"),
    ("officer", "kpi.import"),
    ("ministry", "project.list project.view project.oversee room.view council.view"),
    ("administrator", "seat.view seat.manage session.manage mail.list mail.retry mail.download"),
    ("administrator", "schedule.view schedule.manage security.read jobs.resume work.view demo.clock"),
    (f"{OURS} {THE_OFFICE} ministry", "log.view obstacle.view knowledge.view"),
    (f"{OURS} officer ministry", "log.write log_entry.correct obstacle.raise obstacle.settle"),
    (f"{THE_OFFICE} ministry", "obstacle.list report.list"),
    (f"{OURS} {THE_OFFICE} ministry", "report.view"),
    (OURS, "report.edit report.hand_over"),
    ("editor", "report.take_back"),
    ("approver", "report.submit"),
    ("officer", "report.check"),
    ("officer system", "report.request"),
    ("officer", "knowledge.publish knowledge_item.edit"),
    (f"{OURS} {THE_OFFICE} ministry", "evaluation.view"),
    (THE_OFFICE, "evaluation_meeting.view evaluation_meeting.publish evaluation.list"),
    ("officer", "evaluation_meeting.manage evaluation.record"),
    (OURS, "evaluation.answer"),
    ("approver", "evaluation.respond"),
    (f"{OURS} {THE_OFFICE}", "wish.view"),
    (OURS, "wish.give"),
    (THE_OFFICE, "wish.list"),
    ("member", "membership.answer"),
    ("system", "call.record_past application.edit application.lapse selection.release project.end"),
    ("system", "letter.issue letter.discard jobs.resume"),
)  # fmt: skip


@pytest.mark.parametrize("who", ALL.split())
def test_each_role_may_do_what_is_written_here_and_nothing_else(who):
    written = {name for some, names in MAY if who in some.split() for name in names.split()}
    actor = None if who == "nobody" else SeatlessActor(name=who, role=ROLES.get(who, who))
    assert {name for name in PERMISSIONS if allows(actor, name)} == written


# permission, who, over records of which kind, over which of them
HOLDS = (
    ("application.edit", "editor", "application", "our_draft our_returned our_withdrawn joined_by_them"),
    ("application.edit", "consultant", "application", "our_returned"),
    ("application.view", "consultant", "application", "our_returned"),
    ("application.copy", "consultant", "application", ""),
    ("application.edit", "officer", "application", ""),
    ("delegation.manage", "approver", "application", "our_draft our_returned our_withdrawn joined_by_them"),
    ("delegation.manage", "approver", "delegation", "of_ours"),
    ("delegation.manage", "editor", "delegation", ""),
    ("delegation.view", "editor", "delegation", "of_ours"),
    ("delegation.view", "officer", "application", ""),
    ("application.check", "officer", "application", "our_returned our_withdrawn their_submitted joined_by_us"),
    ("application.check", "director", "application", ""),
    ("application.lapse", "system", "application", "our_draft our_returned our_withdrawn joined_by_them their_draft their_submitted joined_by_us"),
    ("joint_applicant.ask", "editor", "joint_applicant", "we_ask we_have_not_asked"),
    ("joint_applicant.view", "editor", "joint_applicant", "they_ask"),
    ("joint_applicant.consent", "approver", "joint_applicant", "they_ask"),
    ("joint_applicant.consent", "editor", "joint_applicant", ""),
    ("conversation.write", "officer", "application", "our_returned our_withdrawn their_submitted joined_by_us"),
    ("conversation.write", "officer", "conversation", "of_our_draft of_our_returned of_theirs"),
    ("conversation.write", "editor", "application", "our_draft our_returned our_withdrawn joined_by_them"),
    ("conversation.write", "editor", "conversation", "of_our_draft of_our_returned"),
    ("conversation.write", "director", "conversation", ""),
    ("call.clarify", "officer", "call", "drafted open announced"),
    ("call.clarify", "director", "call", ""),
    ("project.view", "approver", "project", "we_lead we_joined"),
    ("project.view", "reviewer", "project", ""),
    ("kpi.edit", "editor", "kpi", "we_lead we_joined"),
    ("kpi.edit", "approver", "project", "we_lead we_joined"),
    ("kpi.edit", "officer", "kpi", "we_lead we_joined theirs"),
    ("kpi.edit", "director", "kpi", ""),
    ("kpi.view", "ministry", "kpi", "we_lead we_joined theirs"),
    ("kpi.import", "editor", "kpi", ""),
    ("council.manage", "editor", "council", "we_lead we_joined"),
    ("council.manage", "editor", "project", "we_lead we_joined"),
    ("council.manage", "director", "membership", ""),
    ("membership.answer", "member", "membership", "we_lead"),
    ("membership.answer", "editor", "membership", ""),
    ("log.view", "editor", "log_entry", "of_ours by_us"),
    ("log.write", "editor", "project", "we_lead we_joined"),
    ("log.write", "ministry", "project", "we_lead we_joined theirs"),
    ("log.write", "director", "project", ""),
    ("log_entry.correct", "editor", "log_entry", "by_us"),
    ("log_entry.correct", "approver", "log_entry", ""),
    ("log_entry.correct", "officer", "log_entry", "of_ours inside of_theirs"),
    ("obstacle.settle", "editor", "obstacle", "we_lead we_joined"),
    ("obstacle.settle", "director", "obstacle", ""),
    ("knowledge.publish", "officer", "log_entry", "of_ours by_us inside of_theirs"),
    ("knowledge.publish", "ministry", "obstacle", ""),
    ("knowledge_item.edit", "officer", "knowledge_item", "shared withdrawn"),
    ("knowledge_item.edit", "director", "knowledge_item", ""),
    ("evaluation.view", "editor", "evaluation", "we_lead"),
    ("evaluation.record", "officer", "evaluation_meeting", "held planned"),
    ("evaluation.record", "officer", "evaluation", "we_lead we_joined theirs"),
    ("evaluation.record", "director", "evaluation", ""),
    ("evaluation.respond", "approver", "evaluation", "we_lead"),
    ("evaluation.respond", "editor", "evaluation", ""),
    ("evaluation_meeting.publish", "director", "evaluation_meeting", "held planned"),
    ("evaluation_meeting.manage", "director", "evaluation_meeting", ""),
    ("wish.give", "editor", "wish", "of_us"),
    ("wish.give", "approver", "project", "we_lead we_joined"),
    ("wish.give", "officer", "wish", ""),
    ("wish.view", "ministry", "project", ""),
    ("report.edit", "editor", "report", "ours we_joined"),
    ("report.submit", "approver", "report", "ours we_joined"),
    ("report.submit", "editor", "report", ""),
    ("report.check", "officer", "report", "ours we_joined theirs"),
    ("report.check", "director", "report", ""),
    ("report.view", "ministry", "report", "we_joined"),
    ("report.view", "editor", "project", "we_lead we_joined"),
    ("report.request", "system", "project", "we_lead we_joined theirs"),
    ("report.request", "director", "project", ""),
    ("letter.view", "editor", "letter", "our_issued"),
    ("letter.view", "editor", "organisation", "ours"),
    ("letter.view", "officer", "organisation", "ours theirs office"),
    ("seat.view", "approver", "organisation", "ours"),
    ("seat.view", "administrator", "organisation", "ours theirs office"),
    ("seat.view", "reviewer", "organisation", ""),
    ("programme.view", "director", "programme", "first another"),
    ("programme.manage", "officer", "programme", "first another"),
    ("programme.manage", "director", "programme", ""),
    ("call.manage", "officer", "call", "drafted open announced"),
    ("call.manage", "director", "call", ""),
    ("call.edit_form", "officer", "call", "drafted open announced"),
    ("call.edit_form", "director", "call", ""),
    ("call.publish_form", "director", "call", "drafted open announced"),
    ("grace.ask", "officer", "call", "drafted open announced"),
    ("grace.decide", "director", "grace", "for_us for_them"),
    ("grace.decide", "officer", "grace", ""),
    ("grace.view", "approver", "grace", ""),
    ("seat_check.answer", "editor", "seat_check", "of_us"),
    ("continuation.start", "editor", "project", "we_lead we_joined"),
    ("continuation.edit", "editor", "continuation", "our_draft our_returned"),
    ("continuation.submit", "editor", "continuation", ""),
    ("continuation.check", "officer", "continuation", "our_returned their_submitted"),
    ("continuation.check", "director", "continuation", ""),
    ("continuation.decide", "director", "continuation", "our_returned their_submitted"),
    ("continuation.decide", "officer", "continuation", ""),
    ("continuation.view", "ministry", "continuation", ""),
    ("change_request.submit", "approver", "change_request", "our_draft our_submitted"),
    ("change_request.decide", "director", "change_request", "our_submitted their_submitted"),
    ("change_request.decide", "officer", "change_request", ""),
    ("project.change", "director", "project", "we_lead we_joined theirs"),
    ("project.change", "officer", "project", ""),
    ("seat_check.answer", "officer", "seat_check", ""),
    ("seat_check.settle", "administrator", "seat_check", "of_us of_them"),
    ("survey.manage", "director", "survey", ""),
    ("survey.publish", "director", "survey", "drafted asking"),
    ("survey_answer.answer", "approver", "survey_answer", "we_lead we_joined"),
    ("survey_answer.answer", "officer", "survey_answer", ""),
    ("survey_answer.reopen", "officer", "survey_answer", "we_lead we_joined theirs"),
    ("survey_answer.list", "editor", "project", "we_lead we_joined"),
    ("session.use", "administrator", "session", "administrator"),
    ("session.use", "administrator", "tenure", "administrator"),
    ("session.use", "editor", "tenure", "editor second"),
    ("session.manage", "editor", "person", ""),
    ("mail.retry", "officer", "mail", "to_us to_nobody"),
    ("mail.download", "officer", "mail", ""),
    ("jobs.resume", "system", "halt", "of_clock"),
)  # fmt: skip


def test_a_permission_is_held_over_what_is_written_here(world):
    for permission, who, kind, names in HOLDS:
        held = {
            name
            for name, record in world.records[kind].items()
            if allows(world.actors[who], permission, record)
        }
        assert held == set(names.split()), f"{permission} of {who} over {kind}"


def test_whoever_is_not_signed_in_holds_nothing_but_what_is_public(world):
    call = world.records["call"]["open"]
    assert allows(None, "public", call)
    assert not any(allows(None, name) for name in PERMISSIONS)


def test_a_permission_is_asked_over_records_of_its_kinds_alone(world):
    with pytest.raises(KeyError):
        allows(world.actors["editor"], "application.edit", world.records["call"]["open"])
    with pytest.raises(KeyError):
        allows(world.actors["editor"], "application.edti")


def test_every_move_asks_for_a_permission_over_records_of_its_kind():
    for kind, table in LIFECYCLES.items():
        for step in table.moves.values():
            assert kind in kinds_of(step.permission), f"{kind}.{step.name}: {step.permission}"


def test_every_kind_that_a_permission_is_about_is_reached_by_whoever_holds_it():
    about = {kind for name in PERMISSIONS for kind in kinds_of(name)}
    pages = {
        "demo",
        "jobs",
        "schedule",
        "security",
    }  # begin the names of permissions for pages without a record
    assert about - pages <= REACHES.keys()
    for name, permission in PERMISSIONS.items():
        for kind in kinds_of(name):
            missing = {role for role in permission.roles if role not in REACHES.get(kind, {role})}
            assert not missing, f"{name} over {kind}: {missing} hold it and see none"


def test_no_model_says_itself_who_sees_it():
    named = {name for mapper in db.Model.registry.mappers for name in dir(mapper.class_)}
    assert "visible_to" not in named and "belongs_to" in named


def test_no_route_hands_a_permission_to_fetch():
    """It is the one that the route declares; and what is looked up beside it is looked up by another name.

    `beside` names relationships, no permission.
    """
    calls = list(_calls_of("fetch"))
    assert len(calls) > 40
    handed = [where for where, call in calls if {keyword.arg for keyword in call.keywords} - {"beside"}]
    assert not handed, handed


def test_what_is_looked_up_beside_a_route_s_record_is_known():
    """Each of these is in sight of whoever asks, and its own permission is not what the route is about."""
    assert sorted(
        (where.rpartition(":")[0], ast.unparse(call.args[0])) for where, call in _calls_of("look_up")
    ) == [
        ("app/applications/choosing.py", "Organisation"),
        ("app/applications/drafting_routes.py", "Call"),
        ("app/applications/drafting_routes.py", "Organisation"),
        ("app/applications/entry_labels.py", "Application"),
        ("app/applications/entry_labels.py", "Application"),
        ("app/mergers/routes.py", "Organisation"),
        ("app/programmes/form_routes.py", "Call"),
        ("app/reports/entry_labels.py", "Report"),
        ("app/reports/entry_labels.py", "Report"),
        ("app/selection/routes.py", "Call"),
        ("app/surveys/answer_routes.py", "SurveyAnswer"),
        ("app/surveys/form_routes.py", "Survey"),
        ("app/web/records.py", "model"),
    ]


def _calls_of(name: str) -> Iterator[tuple[str, ast.Call]]:
    for path in sorted((ROOT / "app").rglob("*.py")):
        for node in nodes_of(path.read_text()):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == name:
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def test_every_route_fetches_records_that_its_permission_is_about(app):
    """`fetch` would raise for another kind, but only once there is such a record."""
    kinds = {model.__name__: kind for kind, model in MODELS.items()}
    found = []
    for endpoint, view in app.view_functions.items():
        permission = declared_permission(app, endpoint)
        path = ROOT / (view.__module__.replace(".", "/") + ".py")
        if permission in (None, PUBLIC) or not path.is_file():
            continue
        functions = {
            it.name: it for it in ast.parse(path.read_text()).body if isinstance(it, ast.FunctionDef)
        }
        for model in _fetched_by(functions, view.__name__, set()):
            found.append(endpoint)
            assert kinds[model] in kinds_of(permission), f"{endpoint} fetches a {model} by {permission}"
    assert len(set(found)) > 60


def _fetched_by(functions: dict[str, ast.FunctionDef], name: str, seen: set[str]) -> set[str]:
    """The models that a function fetches, itself or by others of its module."""
    seen.add(name)
    models = set()
    for node in ast.walk(functions[name]):
        called = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
        if called == "fetch":
            models.add(ast.unparse(node.args[0]))
        elif called in functions and called not in seen:
            models |= _fetched_by(functions, called, seen)
    return models


def test_what_is_seen_but_not_permitted_is_refused_as_such(app, sign_in_as):
    """403 tells that it is there: only to whoever sees it anyway."""
    tenure = factories.tenure("municipality_editor")
    factories.signed_in(tenure)
    db.session.commit()
    row = db.session.scalars(select(SignInSession)).one()
    officer, _ = sign_in_as("officer")
    assert officer.post(f"/account/sessions/{row.id}/end").status_code == 404
    assert officer.post("/account/seat", data={"tenure": tenure.id}).status_code == 404
    administrator, _ = sign_in_as("administrator")
    assert administrator.post(f"/account/sessions/{row.id}/end").status_code == 403
    assert administrator.post("/account/seat", data={"tenure": tenure.id}).status_code == 403
