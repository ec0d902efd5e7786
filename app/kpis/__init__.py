"""Indicators (重要業績評価指標, KPI) of supported projects: what is aimed at, and what was measured year by year.

What people write is kept as it is, beside the number that was read of it; where no number is certain, the page asks. Entered
by the project's municipalities and the office, on pages or from a table that is looked at before it is stored as a whole.
"""

from app.kpis import comparison_routes, import_routes, routes
from app.kpis.blueprint import kpis
from app.kpis.cases import changes
from app.kpis.models import Kpi
from app.lifecycle import N_
from app.web.manifest import Manifest, Page, Part, Place

__all__ = ["MANIFEST", "comparison_routes", "import_routes", "routes"]
OF_ALL = ("kpis.index", "kpis.comparison", "kpis.upload_several", "kpis.look_several")

MANIFEST = Manifest(
    blueprint=kpis,
    places=(Place("kpis.index", N_("Indicators"), "kpi.list"),),
    pages={"kpi": Page("kpis.of_project", "project_id", of=Kpi.project_of)},
    parts={"project": (Part("kpis.of_project", N_("KPI")),)},
    within={"kpis": "projects.index", **dict.fromkeys(OF_ALL, "kpis.index")},
    changes=changes,
)
