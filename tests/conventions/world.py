"""A world with a record of every kind that anybody reaches, of two bodies and of the office, and everybody who looks at it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from app import halting, security
from app.accompaniment import knowledge
from app.applications.models import Application
from app.correspondence.models import Letter
from app.db import db
from app.organisations.models import Organisation, Tenure
from app.organisations.sign_in_models import SignInSession
from app.permissions import SEATED, SYSTEM, SeatlessActor
from app.projects.models import Project
from app.schedule.models import Reminder, Work
from app.security import SecurityEvent
from tests import factories

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
            "consultant": factories.tenure("consultant", self.ours),
            "officer": factories.tenure("officer", office),
            "director": factories.tenure("director", office),
            "reviewer": factories.tenure("reviewer", office),
            "ministry": factories.tenure("ministry_officer", office),
            "administrator": factories.tenure("administrator", office),
        }
        for role in sorted(
            SEATED - {it.role for it in seated.values()}
        ):  # a further one is called by its name
            seated[role] = factories.tenure(role, office)
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
        self.records["programme"] = {
            "first": factories.programme(),
            "another": factories.programme("another"),
        }
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
        of_ours = self.records["application"]["our_returned"]
        self.records["delegation"] = {
            "of_ours": factories.delegation(of_ours, tenure=self.actors["consultant"]),
            "of_theirs": factories.delegation(self.records["application"]["their_draft"], at=self.at),
        }
        self.records["grace"] = {
            "for_us": factories.grace(call, ours),
            "for_them": factories.grace(call, theirs, state="granted"),
        }
        self.records["seat_check"] = {
            "of_us": factories.seat_check(ours),
            "of_them": factories.seat_check(theirs, state="reported"),
        }
        joint = factories.joint_applicant
        self.records["joint_applicant"] = {
            "we_ask": joint(lead=ours, body=theirs),
            "we_have_not_asked": joint("unasked", lead=ours, body=theirs),
            "they_ask": joint(lead=theirs, body=ours),
            "they_have_not_asked": joint("unasked", lead=theirs, body=ours),
            "of_others": joint(),
        }
        written = {"of_our_draft": "our_draft", "of_our_returned": "our_returned", "of_theirs": "their_draft"}
        self.records["conversation"] = {
            name: factories.message(self.records["application"][about]).conversation
            for name, about in written.items()
        }
        projects = {
            "we_lead": factories.project([ours]),
            "we_joined": factories.project([theirs, ours]),
            "theirs": factories.project([theirs]),
        }
        indicators = {name: factories.kpi(it) for name, it in projects.items()}
        councils = {name: factories.council(it) for name, it in projects.items()}
        members = {name: factories.membership(it) for name, it in councils.items()}
        members["another"] = factories.membership(councils["we_lead"])
        self.records |= {"project": projects, "kpi": indicators, "council": councils, "membership": members}
        self.records["continuation"] = {
            "our_draft": factories.continuation(ours),
            "our_returned": factories.continuation(ours, state="returned"),
            "their_draft": factories.continuation(theirs),
            "their_submitted": factories.continuation(theirs, state="submitted"),
        }
        self.records["change_request"] = {
            "our_draft": factories.change_request(project=projects["we_lead"]),
            "our_submitted": factories.change_request(project=projects["we_joined"], state="submitted"),
            "their_draft": factories.change_request(project=projects["theirs"]),
            "their_submitted": factories.change_request(project=projects["theirs"], state="submitted"),
        }
        officer, editor = self.actors["officer"], self.actors["editor"]
        self.records["log_entry"] = {
            "of_ours": factories.log_entry(projects["we_lead"], by=officer),
            "by_us": factories.log_entry(projects["we_joined"], by=editor),
            "inside": factories.log_entry(projects["we_lead"], by=officer, within_office=True),
            "of_theirs": factories.log_entry(projects["theirs"], by=officer),
        }
        self.records["obstacle"] = {name: factories.obstacle(it, by=officer) for name, it in projects.items()}
        self._evaluations(projects)
        self.records["wish"] = {
            "of_us": factories.wish(projects["we_joined"], ours),
            "of_them": factories.wish(projects["we_joined"], theirs),
        }
        settled = factories.obstacle(projects["theirs"], "resolved", by=officer)
        self.records["obstacle"]["theirs_resolved"] = settled
        withdrawn = factories.knowledge_item(self.records["log_entry"]["of_theirs"])
        knowledge.withdraw(withdrawn, reason="見本", actor=officer, at=self.at)
        shared = factories.knowledge_item(settled)
        self.records["report"] = {
            "ours": factories.report(project=projects["we_lead"]),
            "we_joined": factories.report("submitted", project=projects["we_joined"]),
            "theirs": factories.report(project=projects["theirs"]),
        }
        self.records["knowledge_item"] = {"shared": shared, "withdrawn": withdrawn}
        asking = factories.survey("open")
        self.records["survey"] = {"drafted": factories.survey(), "asking": asking}
        self.records["survey_answer"] = {
            name: factories.survey_answer(it, survey=asking) for name, it in projects.items()
        }
        self.actors["member"] = SeatlessActor("会員", "council_member", membership_id=members["we_lead"].id)
        self.records["letter"] = {
            "our_drafted": factories.letter(organisation=ours),
            "our_approved": factories.letter(organisation=ours, state="approved"),
            "our_issued": _issued(ours, 1),
            "their_issued": _issued(theirs, 2),
        }

    def _evaluations(self, projects: dict[str, Project]) -> None:
        meeting = factories.evaluation_meeting(state="held", programme=projects["theirs"].programme)
        states = {"we_lead": "asked", "we_joined": "recorded", "theirs": "asked"}
        self.records["evaluation_meeting"] = {"held": meeting, "planned": factories.evaluation_meeting()}
        self.records["evaluation"] = {
            name: factories.evaluation(projects[name], state=state, meeting=meeting)
            for name, state in states.items()
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
        of_officer = select(SecurityEvent).where(SecurityEvent.person_id == officer.person_id)
        self.records["security_event"] = {"of_officer": db.session.scalars(of_officer).one()}


def _each(tenures: dict[str, Tenure], attribute: str) -> dict[str, Any]:
    return {name: getattr(tenure, attribute) for name, tenure in tenures.items()}


def _issued(body: Organisation, sequence: int) -> Letter:
    made = factories.letter(organisation=body, state="approved")
    made.number, made.register_fy, made.sequence = f"府地創第{sequence}号", 2022, sequence
    made.issued_on, made.sha256, made.path, made.pages = TODAY, "0" * 64, f"{sequence}.pdf", 1
    made.state = "issued"
    db.session.flush()
    return made
