"""Evaluation meetings (効果検証会議): what people say that projects have effected, and what the local governments answer.

Members grade a project and its indicators in the national four steps and say what they think of the results and of the future.
Officers record it, nothing is computed; the local governments respond, and both are published together.
"""

from app.evaluation import meeting_routes, public_routes, reminders, routes
from app.evaluation.blueprint import evaluation
from app.evaluation.cases import changes
from app.evaluation.tasks import tasks
from app.lifecycle import N_
from app.web.manifest import Lateness, Manifest, Page, Part, Place

__all__ = ["MANIFEST", "meeting_routes", "public_routes", "routes"]
PUBLIC_PAGES = ("evaluation.published", "evaluation.published_meeting")
OF_PROJECT = ("evaluation.of_project", "evaluation.show", "evaluation.respond_section")

MANIFEST = Manifest(
    blueprint=evaluation,
    tasks=tasks,
    places=(Place("evaluation.index", N_("Evaluations"), "evaluation_meeting.view"),),
    pages={
        "evaluation_meeting": Page("evaluation.meeting", "meeting_id"),
        "evaluation": Page("evaluation.show", "evaluation_id"),
    },
    parts={"project": (Part("evaluation.of_project", N_("Evaluation")),)},
    within={
        "evaluation": "evaluation.index",
        **dict.fromkeys(OF_PROJECT, "projects.index"),
        **dict.fromkeys(PUBLIC_PAGES, "reporting.register"),
    },
    changes=changes,
    late={
        "evaluation": Lateness(
            N_("The response to an evaluation is past its day"), reminders.projects_that_owe_a_response
        )
    },
    reminders={"evaluation_response": (reminders.subjects, reminders.remind)},
)
