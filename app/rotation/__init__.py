"""The rotation of staff on 1 April (人事異動): each body of a supported project is asked whether its seats are held as the record has it.

It confirms, or reports who changed; an administrator hands the seat over, which moves access and open tasks and keeps who wrote what.
"""

from app.lifecycle import N_
from app.rotation import reminders, tasks
from app.rotation.about import about_body
from app.rotation.operations import ask
from app.rotation.routes import rotation
from app.web.manifest import Job, Lateness, Manifest, Page

MANIFEST = Manifest(
    blueprint=rotation,
    tasks=tasks.tasks,
    pages={"seat_check": Page("rotation.show", "seat_check_id")},
    about_body=about_body,
    within={"rotation": "organisations.index"},
    late={"seats": Lateness(N_("The seats of a body are not confirmed"), reminders.unconfirmed_projects)},
    reminders={"seats_unconfirmed": (reminders.subjects, reminders.remind)},
    jobs={"ask_for_seats": Job(lambda on, at: {"asked": ask(on=on, at=at)})},
)
