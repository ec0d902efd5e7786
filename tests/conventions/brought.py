"""What the contexts bring, as the source has it; and a record of each kind that they name a page for."""

from __future__ import annotations

import importlib
import pkgutil
from datetime import datetime
from typing import Any

import app
from app import halting
from app.db import db
from app.schedule.models import RuleDays
from app.schedule.reminders import change_days
from app.schedule.work import enqueue
from app.web.manifest import Manifest
from tests import factories


def written_manifests() -> list[Manifest]:
    """Every manifest in the source, whether or not it was put in."""
    modules = (importlib.import_module(f"app.{it.name}") for it in pkgutil.iter_modules(app.__path__))
    return [module.MANIFEST for module in modules if hasattr(module, "MANIFEST")]


def one_of_each_kind(at: datetime) -> dict[str, tuple[Any, str]]:
    """kind → a record, and words by which its page is known."""
    director = factories.tenure("director")
    council = factories.council(name="見本町の地域実装協議会")
    application = factories.application("submitted")
    seat = factories.seat("municipality_editor", section="見本課")
    person = factories.tenure("municipality_editor").person
    report = factories.report("submitted")
    change_days("support_end", [-77], actor=director, at=at)
    survey = factories.survey("open", title="見本の意見調査")
    db.session.flush()
    found = {
        "application": (application, application.number or ""),
        "call": (factories.call(code="R9", title="見本の募集"), "見本の募集"),
        "conversation": (
            factories.message(application, "見本の連絡", of_office=True).conversation,
            "見本の連絡",
        ),
        "change_request": (
            factories.change_request(state="submitted", words="見本の変更"),
            "見本の変更",
        ),
        "continuation": (factories.continuation(state="refused", words="見本の不認定"), "見本の不認定"),
        "council": (council, council.name),
        "delegation": (factories.delegation(name="見本 外部の方"), "見本 外部の方"),
        "evaluation": (factories.evaluation(opinion="見本の意見"), "見本の意見"),
        "evaluation_meeting": (factories.evaluation_meeting(name="見本の会議"), "見本の会議"),
        "grace": (factories.grace(reason="見本の事情"), "見本の事情"),
        "halt": (halting.halt(halting.BY_HAND, at=at, facts={"remark": "見本の理由"}), "見本の理由"),
        "knowledge_item": (factories.knowledge_item(question="見本の知見か"), "見本の知見か"),
        "kpi": (factories.kpi(name="見本の来場者数"), "見本の来場者数"),
        "letter": (factories.letter(subject="見本の通知"), "見本の通知"),
        "log_entry": (factories.log_entry(text="見本の訪問の記録"), "見本の訪問の記録"),
        "mail": (factories.mail(subject="見本のメール"), "見本のメール"),
        "membership": (factories.membership(council, post="見本課長"), "見本課長"),
        "obstacle": (factories.obstacle(title="見本の課題"), "見本の課題"),
        "organisation": (seat.organisation, seat.organisation.name),
        "person": (person, person.name),
        "programme": (factories.programme(), factories.programme().name),
        "project": (council.project, council.project.lead.name),
        "report": (report, report.project.title or ""),
        "rule_days": (db.session.query(RuleDays).one(), "77日前"),
        "seat": (seat, "見本課"),
        "seat_check": (factories.seat_check(state="reported", report="見本の異動"), "見本の異動"),
        "survey": (survey, "見本の意見調査"),
        "survey_answer": (factories.survey_answer(council.project, survey=survey), "見本の意見調査"),
        "wish": (factories.wish(remarks="見本の希望"), "見本の希望"),
        "work": (enqueue("announce", {}, title="見本の仕事", then="/", actor=director, at=at), "見本の仕事"),
    }
    db.session.flush()
    return found
