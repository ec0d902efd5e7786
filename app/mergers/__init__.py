"""Mergers of bodies (合併): a local government goes into another on a day, and the other stands for it from then on (ADR 54).

Seats, supported projects and drafts move; what was handed in, issued and told keeps the old name. Who acts for the
successor reaches what was the old body's (app/organisations/successors.py), and mail to it reaches them.
"""

from app.mergers import operations
from app.mergers.routes import mergers
from app.web.manifest import Job, Manifest

MANIFEST = Manifest(
    blueprint=mergers,
    within={"mergers": "organisations.index"},
    jobs={
        "merge_bodies": Job(lambda on, at: {"merged": operations.carry_out_due(on=on, at=at)}),
    },
)
