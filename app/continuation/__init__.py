"""Going on after the base years (継続申請): a body applies in the last of them, a director certifies the extension or not.

In October the bodies whose call offers it are guided by letter. The application answers a form of its call, is submitted by
an approver in time, frozen with its hash, checked by an officer and decided by a director; what was decided is recorded on
the project, which alone moves the end of support (ADR 52).
"""

from app.continuation import deciding, deciding_routes, guidance, letters, reminders
from app.continuation.blueprint import continuation
from app.continuation.on_record import extension_of
from app.continuation.tasks import tasks
from app.correspondence.models import EXTENSION_CERTIFIED, EXTENSION_GUIDANCE, EXTENSION_REFUSED
from app.lifecycle import N_
from app.web.manifest import Job, Lateness, Manifest, Page, Part

__all__ = ["MANIFEST", "deciding_routes", "extension_of"]

MANIFEST = Manifest(
    blueprint=continuation,
    tasks=tasks,
    pages={"continuation": Page("continuation.show", "continuation_id")},
    parts={"project": (Part("continuation.of_project", N_("Extension")),)},
    within={"continuation": "projects.index"},
    late={
        "continuation": Lateness(
            N_("An application for an extension waits too long, or was not corrected in time"),
            reminders.late_projects,
        )
    },
    reminders={"extension_asked": (reminders.subjects, reminders.remind)},
    jobs={"draft_extension_guidance": Job(lambda on, at: {"drafted": guidance.draft_guidance(on=on, at=at)})},
    composers={
        EXTENSION_GUIDANCE: letters.guidance_anew,
        EXTENSION_CERTIFIED: letters.result_anew,
        EXTENSION_REFUSED: letters.result_anew,
    },
    answers={"refuse extension by hand": deciding.refuse_by_hand},
)
