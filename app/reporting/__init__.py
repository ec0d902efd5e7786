"""Reporting: reads across the house and never writes.

The public register lists what has been announced, and reconciles the listed projects with the announced count of
each round: what the sources do not name is shown as missing, not hidden. Every figure is computed for a day that
the reader may choose; none is stored. What is not announced yet, or lies after that day, does not appear.
"""

from app.lifecycle import N_
from app.permissions import PUBLIC
from app.reporting.routes import reporting
from app.web.manifest import Manifest, Place

MANIFEST = Manifest(
    blueprint=reporting,
    outside=(Place("reporting.register", N_("Selected projects"), PUBLIC),),
    within={"reporting": "reporting.register", "reporting.portfolio": "projects.index"},
)
