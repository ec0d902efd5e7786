"""Changing a project (変更申請): its body says what shall be otherwise, from what to what; a director approves it or not.

What is approved is applied at once. The end of support moves by the record of the extension alone, and never once somebody
was told it by letter.
"""

from app.changing.on_record import changes_of
from app.changing.routes import changing
from app.changing.tasks import late_projects, tasks
from app.lifecycle import N_
from app.web.manifest import Lateness, Manifest, Page, Part

__all__ = ["MANIFEST", "changes_of"]

MANIFEST = Manifest(
    blueprint=changing,
    tasks=tasks,
    pages={"change_request": Page("changing.show", "change_request_id")},
    parts={"project": (Part("changing.of_project", N_("Changes")),)},
    within={"changing": "projects.index"},
    late={"change_request": Lateness(N_("A change request waits too long for a decision"), late_projects)},
)
