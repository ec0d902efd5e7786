"""Home: each role's first page.

Asks every context for the tasks of the person who is signed in, the late ones first, then shows their cases.
"""

from app.home import about, halts
from app.home import safekeeping as files
from app.home.routes import home
from app.home.tasks import halt_tasks
from app.lifecycle import N_
from app.permissions import PUBLIC
from app.web.manifest import Manifest, Page, Place

__all__ = ["about", "files", "halts"]  # they add their routes to home

MANIFEST = Manifest(
    blueprint=home,
    tasks=lambda who, at: [*halt_tasks(who, at), *files.safekeeping_tasks(who, at)],
    places=(Place("home.index", N_("Home"), "session.use"),),
    outside=(
        Place("home.index", N_("About the programme"), PUBLIC),
        Place("home.contact", N_("Contact us"), PUBLIC, last=True),
    ),
    pages={"halt": Page("home.halt")},
    within={
        "home.index": "home.index",
        "home.contact": "home.contact",
        "home.halt": "schedule.index",
        "home.resume": "schedule.index",
        "home.files": "schedule.index",
    },
)
