"""The room of a project (プロジェクトルーム): its initiatives, who stands beside it, its plan, grants and documents.

What is written there answers a form (ADR 47), section by section, so that it is saved, pasted from Excel, kept and put side by side as an
application is. Initiatives (個別取組) are records of their own: surveys, logs and reports speak of them.
"""

from app.lifecycle import N_
from app.rooms.routes import rooms
from app.web.manifest import Manifest, Part

MANIFEST = Manifest(
    blueprint=rooms,
    parts={"project": (Part("rooms.show", N_("Project room")),)},
    within={"rooms": "projects.index"},
)
