"""How far each role reaches: one world, and what each of its people sees of it, written by hand and not by the table."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app import halting, security
from app.applications.models import Application
from app.correspondence.models import Letter, Mail
from app.councils.models import Council, Membership
from app.db import db
from app.lifecycle import LIFECYCLES
from app.organisations.models import Organisation, Person, Seat, Tenure
from app.organisations.sign_in_models import SignInSession
from app.permissions import MUNICIPAL, PERMISSIONS, REACHES, SEATED, SYSTEM, Actor, allows, kinds_of, reach_of
from app.programmes.models import Call
from app.projects.models import Project
from app.schedule.models import Reminder, Work
from app.security import SecurityEvent
from app.web.records import within_reach
from config import ROOT
from tests import factories

OURS = "editor approver"  # of the body Ours; Theirs is another
THE_OFFICE = "officer director"
WITH_A_SEAT = f"{OURS} {THE_OFFICE} reviewer ministry administrator"
ALL = f"{WITH_A_SEAT} member system nobody"

# kind, who, what they see of the world below; whoever is not named sees none of that kind
SEES = (
    ("call", f"{THE_OFFICE} system", "drafted open announced"),
    ("call", "editor approver reviewer ministry administrator member nobody", "open announced"),
    ("application", OURS, "our_draft our_returned our_withdrawn joined_by_them"),
    ("application", THE_OFFICE, "our_returned our_withdrawn their_submitted joined_by_us"),
    ("application", "system", "our_draft our_returned our_withdrawn joined_by_them their_draft their_submitted joined_by_us"),
    ("project", OURS, "we_lead we_joined"),
    ("project", f"{THE_OFFICE} ministry system", "we_lead we_joined theirs"),
    ("council", OURS, "we_lead we_joined"),
    ("council", f"{THE_OFFICE} ministry", "we_lead we_joined theirs"),
    ("membership", OURS, "we_lead another we_joined"),
    ("membership", f"{THE_OFFICE} ministry", "we_lead another we_joined theirs"),
    ("membership", "member", "we_lead"),
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
    "call": Call,
    "application": Application,
    "project": Project,
    "council": Council,
    "membership": Membership,
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
TODAY = date(2023, 2, 15)  # of the tests' world


class World:
    """Records by kind and name, and people by the word for their role."""

    def __init__(self, at) -> None:
        self.at = at
        self.records: dict[str, dict[str, Any]] = {}
        self.ours, self.theirs = factories.organisation("岩見沢市"), factories.organisation("更別村")
        self._people()
        self._cases()
        self._what_the_office_keeps()
        db.session.flush()
        db.session.expire_all()

    def _people(self) -> None:
        office = factories.office()
        seated = {
            "editor": factories.tenure("municipality_editor", self.ours),
            "approver": factories.tenure("municipality_approver", self.ours),
            "officer": factories.tenure("officer", office),
            "director": factories.tenure("director", office),
            "reviewer": factories.tenure("reviewer", office),
            "ministry": factories.tenure("ministry_officer", office),
            "administrator": factories.tenure("administrator", office),
        }
        editor = seated["editor"].person
        second = factories.tenure("municipality_editor", self.theirs, person=editor)
        left = Tenure(
            person_id=editor.id,
            seat_id=seated["approver"].seat_id,
            started_on=date(2018, 4, 1),
            ended_on=TODAY - timedelta(1),
        )
        to_come = Tenure(
            person_id=editor.id,
            seat_id=seated["reviewer"].seat_id,
            started_on=TODAY + timedelta(1),
            ended_on=date(2024, 3, 31),
        )
        closed = factories.tenure("municipality_editor", self.ours, person=editor)
        closed.seat.closed_on = TODAY
        db.session.add_all([left, to_come])
        self.records["organisation"] = {"ours": self.ours, "theirs": self.theirs, "office": office}
        self.records["tenure"] = {
            **seated, "second": second, "left": left, "closed": closed, "to_come": to_come
        }  # fmt: skip
        self.records["seat"] = {**_each(seated, "seat"), "second": second.seat, "closed": closed.seat}
        self.records["person"] = _each(seated, "person")
        for tenure in (*seated.values(), second):
            factories.signed_in(tenure)
        rows = {row.tenure_id: row for row in db.session.scalars(select(SignInSession))}
        self.records["session"] = {name: rows[it.id] for name, it in (*seated.items(), ("second", second))}
        self.actors = {**seated, "system": SYSTEM, "nobody": None}

    def _cases(self) -> None:
        ours, theirs = self.ours, self.theirs
        call = factories.call()
        self.records["call"] = {
            "drafted": factories.call(state="draft"),
            "open": call,
            "announced": factories.call(state="announced", announced_on=date(2022, 9, 1)),
        }

        def application(state: str, body: Organisation, **values: Any) -> Application:
            return factories.application(state, call=call, organisation=body, **values)

        self.records["application"] = {
            "our_draft": application("draft", ours),
            "our_returned": application("returned", ours),
            "our_withdrawn": application("withdrawn", ours),
            "joined_by_them": application("draft", ours, joint=[theirs]),
            "their_draft": application("draft", theirs),
            "their_submitted": application("submitted", theirs),
            "joined_by_us": application("submitted", theirs, joint=[ours]),
        }
        projects = {
            "we_lead": factories.project([ours]),
            "we_joined": factories.project([theirs, ours]),
            "theirs": factories.project([theirs]),
        }
        councils = {name: factories.council(it) for name, it in projects.items()}
        members = {name: factories.membership(it) for name, it in councils.items()}
        members["another"] = factories.membership(councils["we_lead"])
        self.records |= {"project": projects, "council": councils, "membership": members}
        self.actors["member"] = Actor("会員", "council_member", membership_id=members["we_lead"].id)
        self.records["letter"] = {
            "our_drafted": factories.letter(organisation=ours),
            "our_approved": factories.letter(organisation=ours, state="approved"),
            "our_issued": _issued(ours, 1),
            "their_issued": _issued(theirs, 2),
        }

    def _what_the_office_keeps(self) -> None:
        at, officer = self.at, self.actors["officer"]
        work = {"name": "announce", "arguments": {}, "title": "発表", "then": "/", "queued_at": at}
        security.note("signed_in", actor=officer, at=at)
        self.records |= {
            "mail": {"to_us": factories.mail(organisation=self.ours), "to_nobody": factories.mail()},
            "reminder": {
                "sent": Reminder(
                    key="a",
                    rule="support_end",
                    subject_kind="project",
                    subject_id=1,
                    due_on=TODAY,
                    handled_at=at,
                )
            },
            "work": {
                "of_officer": Work(tenure_id=officer.id, **work),
                "of_system": Work(tenure_id=None, **work),
            },
            "halt": {"of_clock": halting.Halt(reason="clock_ahead", since=at, halted_by="Banso")},
        }
        db.session.add_all(it for kind in ("reminder", "work", "halt") for it in self.records[kind].values())
        db.session.flush()
        self.records["security_event"] = {"of_officer": db.session.scalars(select(SecurityEvent)).one()}

    def expected(self, kind: str, who: str) -> set[str]:
        return {
            name for one, some, seen in SEES if one == kind and who in some.split() for name in seen.split()
        }


def _each(tenures: dict[str, Tenure], attribute: str) -> dict[str, Any]:
    return {name: getattr(tenure, attribute) for name, tenure in tenures.items()}


def _issued(body: Organisation, sequence: int) -> Letter:
    made = factories.letter(organisation=body, state="approved")
    made.number, made.register_fy, made.sequence = f"府地創第{sequence}号", 2022, sequence
    made.issued_on, made.sha256, made.path, made.pages = TODAY, "0" * 64, f"{sequence}.pdf", 1
    made.state = "issued"
    db.session.flush()
    return made


@pytest.fixture
def world(app, at) -> World:
    return World(at)


def test_each_role_sees_of_each_kind_what_is_written_here_in_the_list_and_one_by_one(world):
    wrong = []
    for kind, records in world.records.items():
        for who in ALL.split():
            actor, expected = world.actors[who], world.expected(kind, who)
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


def test_the_world_has_every_kind_that_anybody_reaches_and_every_role(world):
    assert world.records.keys() == REACHES.keys() == MODELS.keys()
    roles = {actor.role for actor in world.actors.values() if actor}
    assert roles == {*SEATED, "council_member", "system"}
    assert set(world.actors) == set(ALL.split())


# permission, who, over records of which kind, over which of them
HOLDS = (
    ("application.edit", "editor", "application", "our_draft our_returned our_withdrawn joined_by_them"),
    ("application.edit", "officer", "application", ""),
    ("application.check", "officer", "application", "our_returned our_withdrawn their_submitted joined_by_us"),
    ("application.check", "director", "application", ""),
    ("application.lapse", "system", "application", "our_draft our_returned our_withdrawn joined_by_them their_draft their_submitted joined_by_us"),
    ("project.view", "approver", "project", "we_lead we_joined"),
    ("project.view", "reviewer", "project", ""),
    ("council.manage", "editor", "council", "we_lead we_joined"),
    ("council.manage", "editor", "project", "we_lead we_joined"),
    ("council.manage", "director", "membership", ""),
    ("membership.answer", "member", "membership", "we_lead"),
    ("membership.answer", "editor", "membership", ""),
    ("letter.view", "editor", "letter", "our_issued"),
    ("letter.view", "editor", "organisation", "ours"),
    ("letter.view", "officer", "organisation", "ours theirs office"),
    ("seat.view", "approver", "organisation", "ours"),
    ("seat.view", "administrator", "organisation", "ours theirs office"),
    ("seat.view", "reviewer", "organisation", ""),
    ("call.manage", "officer", "call", "drafted open announced"),
    ("call.manage", "director", "call", ""),
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
    """It is the one that the route declares; and what is looked up beside it is looked up by another name."""
    calls = list(_calls_of("fetch"))
    assert len(calls) > 40
    handed = [where for where, call in calls if any(keyword.arg for keyword in call.keywords)]
    assert not handed, handed


def test_what_is_looked_up_beside_a_route_s_record_is_known():
    """Each of these is in sight of whoever asks, and its own permission is not what the route is about."""
    assert sorted(
        (where.rpartition(":")[0], ast.unparse(call.args[0])) for where, call in _calls_of("look_up")
    ) == [
        ("app/applications/drafting_routes.py", "Call"),
        ("app/applications/drafting_routes.py", "Organisation"),
        ("app/applications/entry_labels.py", "Application"),
        ("app/applications/entry_labels.py", "Application"),
        ("app/selection/routes.py", "Call"),
        ("app/web/records.py", "model"),
    ]


def _calls_of(name: str) -> Iterator[tuple[str, ast.Call]]:
    for path in sorted((ROOT / "app").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == name:
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node


@pytest.mark.parametrize("role", sorted(MUNICIPAL))
def test_what_is_seen_but_not_permitted_is_refused_as_such(app, sign_in_as, role):
    """403 tells that it is there: only to whoever sees it anyway."""
    administrator, _ = sign_in_as("administrator")
    tenure = factories.tenure(role)
    factories.signed_in(tenure)
    db.session.commit()
    row = db.session.scalars(select(SignInSession).where(SignInSession.tenure_id == tenure.id)).one()
    assert administrator.post(f"/account/sessions/{row.id}/end").status_code == 403
    client, _ = sign_in_as("officer")
    assert client.post(f"/account/sessions/{row.id}/end").status_code == 404
    assert administrator.post("/account/seat", data={"tenure": tenure.id}).status_code == 403
