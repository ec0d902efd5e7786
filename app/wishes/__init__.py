"""Wishes at the end of support: the magazine, the council, invitations, a new application. There is nothing that a body has to do.

Each body of a project whose support ends may say by a day what it wishes to go on; it may change it until then, or say nothing.
What was wished is shown to the office, which acts on it: nothing starts by itself.
"""

from app.lifecycle import N_
from app.web.manifest import Manifest, Page, Part
from app.wishes.models import Wish
from app.wishes.operations import address_of, is_in_its_last_year
from app.wishes.routes import wishes

MANIFEST = Manifest(
    blueprint=wishes,
    pages={"wish": Page("wishes.show", "project_id", of=Wish.project_of)},
    parts={"project": (Part("wishes.show", N_("After support"), when=is_in_its_last_year),)},
    within={"wishes": "projects.index"},
    answers={"wishes at the end of support": address_of},
)
