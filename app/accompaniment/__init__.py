"""What is done at a project's side: the accompaniment log (伴走記録), obstacles (課題), and what others can use of them (知見).

Officers, ministries and the bodies themselves write down visits, calls and advice; an obstacle says who must act by when,
and what became of it. What was learnt is shared with all bodies that carry a project, without naming anyone.
"""

from app.accompaniment import cases, figures, reminders
from app.accompaniment.knowledge_routes import KNOWLEDGE_WITHIN
from app.accompaniment.on_record import obstacles_of
from app.accompaniment.routes import accompaniment
from app.accompaniment.tasks import tasks
from app.lifecycle import N_
from app.web.manifest import Lateness, Manifest, Page, Part, Place

__all__ = ["MANIFEST", "obstacles_of"]

MANIFEST = Manifest(
    blueprint=accompaniment,
    tasks=tasks,
    places=(
        Place("accompaniment.obstacles", N_("Obstacles"), "obstacle.list"),
        Place("accompaniment.knowledge", N_("Knowledge"), "knowledge.view"),
    ),
    pages={
        "log_entry": Page("accompaniment.entry", "log_entry_id"),
        "obstacle": Page("accompaniment.obstacle", "obstacle_id"),
        "knowledge_item": Page("accompaniment.knowledge_item", "knowledge_item_id"),
    },
    parts={"project": (Part("accompaniment.log", N_("Accompaniment log")),)},
    within={
        "accompaniment": "projects.index",
        "accompaniment.obstacles": "accompaniment.obstacles",
        **KNOWLEDGE_WITHIN,
    },
    changes=cases.changes,
    counts=figures.counts,
    figures=figures.figures,
    late={"obstacle": Lateness(N_("An obstacle is past its day"), reminders.projects_with_late_ones)},
    reminders={"obstacle_due": (reminders.due_subjects, reminders.remind)},
)
