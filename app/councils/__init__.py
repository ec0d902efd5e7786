"""Local implementation councils (地域実装協議会): who stands beside a project.

The office or the municipality names members; each is asked by mail with a one-time link and agrees or declines
without an account. A council is declared set up, meets, and is reminded when it has not met.
"""

from app.councils import cases, figures, reminders
from app.councils.about import about_body
from app.councils.models import Council, Membership
from app.councils.routes import councils
from app.councils.tasks import tasks
from app.lifecycle import N_
from app.projects.figures import SUPPORTED
from app.web.manifest import Lateness, Manifest, Page, Part

MANIFEST = Manifest(
    blueprint=councils,
    tasks=tasks,
    pages={
        # Both are shown on the page of the council, which is that of its project.
        "council": Page("councils.show", "project_id", of=Council.project_of),
        "membership": Page("councils.show", "project_id", of=Membership.project_of),
    },
    parts={"project": (Part("councils.show", N_("Council")),)},
    within={"councils": "projects.index"},
    changes=cases.changes,
    about_body=about_body,
    counts=figures.counts,
    remarks={SUPPORTED: figures.remark},
    late={"council_not_met": Lateness(N_("The council has not met within 90 days"), reminders.long_not_met)},
    reminders={
        "membership_unanswered": (reminders.unanswered_subjects, reminders.remind_of_answer),
        "council_not_met": (reminders.not_met_subjects, reminders.remind_of_meeting),
    },
)
