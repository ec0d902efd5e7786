"""Local implementation councils (地域実装協議会): who stands beside a project.

The office or the municipality names members; each is asked by mail with a one-time link and agrees or declines
without an account. A council is declared set up, meets, and is reminded when it has not met.
"""

from app.councils import figures, reminders
from app.councils.routes import councils
from app.councils.tasks import tasks
from app.projects.figures import SUPPORTED
from app.web.manifest import Manifest

MANIFEST = Manifest(
    blueprint=councils,
    tasks=tasks,
    within={"councils": "projects.index"},
    counts=figures.counts,
    remarks={SUPPORTED: figures.remark},
    reminders={
        "membership_unanswered": (reminders.unanswered_subjects, reminders.remind_of_answer),
        "council_not_met": (reminders.not_met_subjects, reminders.remind_of_meeting),
    },
)
