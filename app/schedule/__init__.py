"""Due dates and reminders, and long work.

The rules of all reminders stand on one page (`rules.py`). A reminder has a unique key, so the job may run twice, or
after a standstill: each is sent once, late rather than never. Subjects come in as (kind, id): this context knows
no case. Long work (an announcement, the demo's clock) waits here for the worker and reports how far it is.
"""

from app.lifecycle import N_
from app.schedule import reminders
from app.schedule.routes import schedule
from app.web.manifest import Job, Manifest, Page, Place, brought

MANIFEST = Manifest(
    blueprint=schedule,
    places=(Place("schedule.index", N_("Schedule"), "schedule.view"),),
    pages={"work": Page("schedule.work", "work_id"), "rule_days": Page("schedule.index")},
    within={"schedule": "schedule.index"},
    jobs={"send_reminders": Job(lambda on, at: reminders.send_due(brought("reminders"), at=at))},
)
