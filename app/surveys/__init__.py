"""Surveys (調査) of the supported projects: asked of each body and of each of its initiatives, tallied over each by itself.

An officer takes over last year's or asks something new, opens it until an instant and follows who has answered; a body answers on
pages as of an application. The tally has two denominators (seed 004: N=35 bodies, N=75 initiatives), and what is published
of it are figures from which no body can be told (ADR 51).
"""

from app.lifecycle import N_
from app.surveys import answer_routes, form_routes, reminders, routes, tally_routes, tasks
from app.surveys.blueprint import surveys
from app.web.manifest import Lateness, Manifest, Page, Part, Place

__all__ = ["MANIFEST", "answer_routes", "form_routes", "routes", "tally_routes"]
OF_A_BODY = ("surveys.of_project", "surveys.answer", "surveys.section", "surveys.file", "surveys.submit")

MANIFEST = Manifest(
    blueprint=surveys,
    tasks=tasks.tasks,
    places=(Place("surveys.index", N_("Surveys"), "survey.view"),),
    pages={
        "survey": Page("surveys.show", "survey_id"),
        "survey_answer": Page("surveys.answer", "survey_answer_id"),
    },
    parts={"project": (Part("surveys.of_project", N_("Surveys")),)},
    within={
        "surveys": "surveys.index",
        **dict.fromkeys(OF_A_BODY, "projects.index"),
        **dict.fromkeys(("surveys.results", "surveys.result"), "reporting.register"),
    },
    late={"survey": Lateness(N_("A survey is not answered"), reminders.late_projects)},
    reminders={"survey_unanswered": (reminders.subjects, reminders.remind)},
)
