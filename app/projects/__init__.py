"""Supported projects (選定事業): the years after selection.

The announcement opens a project; its call's rule says how long support lasts, and the support year is derived from
the date, never stored. In March of the last year the end-of-support letters are drafted, approved and issued, and
on 1 April the project is ended, without anybody having to remember.
"""

from datetime import date, datetime

from app import calendar
from app.correspondence.models import CANCELLATION
from app.lifecycle import N_
from app.projects import cancelling, cases, end_of_support, extension, figures, reminders, tasks
from app.projects.about import about_body
from app.projects.announcing import announce
from app.projects.earlier import projects_of_bodies
from app.projects.lists import without_contact
from app.projects.routes import projects
from app.web.manifest import Job, Lateness, Manifest, Page, Part, Place


def _issue(on: date, at: datetime) -> dict[str, int]:
    count = end_of_support.issue_letters(on=on, at=at)
    return {"issued": count, "mails_queued": count}


MANIFEST = Manifest(
    blueprint=projects,
    tasks=tasks.tasks,
    cases=cases.cases,
    changes=cases.changes,
    places=(Place("projects.index", N_("Projects"), "project.list"),),
    pages={"project": Page("projects.show", "project_id")},
    parts={"project": (Part("projects.show", N_("Project")),)},
    within={"projects": "projects.index"},
    about_body=about_body,
    counts=figures.counts,
    figures=figures.figures,
    charts=figures.charts,
    ahead=figures.ahead,
    late={
        "no_contact": Lateness(N_("A body without anybody in a seat"), without_contact),
        "extension": Lateness(
            N_("The extension is not recorded"), lambda at: extension.waiting_by(calendar.day_of(at))
        ),
    },
    reminders={
        "support_end": (reminders.ending_subjects, reminders.remind_of_end),
        # Only foretold: these two are sent by jobs of their own, escalate_…
        "extension_unrecorded": (reminders.unrecorded_subjects, None),
        "letters_unapproved": (reminders.unapproved_subjects, None),
    },
    jobs={
        "draft_support_end_letters": Job(
            lambda on, at: {"drafted": end_of_support.draft_letters(on=on, at=at)}
        ),
        "issue_support_end_letters": Job(
            _issue,
            held_back=N_("Support-end letters that are issued"),
            count=lambda on, at: end_of_support.due_to_be_issued(on),
        ),
        "escalate_unapproved_letters": Job(
            lambda on, at: {"mails_queued": end_of_support.escalate(on=on, at=at)}
        ),
        "escalate_unrecorded_extensions": Job(
            lambda on, at: {"mails_queued": extension.escalate_unrecorded(on=on, at=at)}
        ),
        "end_projects": Job(
            lambda on, at: {"ended": end_of_support.end_projects(on=on, at=at)},
            held_back=N_("Projects that are ended"),
            count=lambda on, at: end_of_support.due_to_be_ended(on),
        ),
    },
    work={"announce": announce},
    answers={"projects of bodies": projects_of_bodies},
    composers={end_of_support.KIND: end_of_support.compose_anew, CANCELLATION: cancelling.compose_anew},
)
