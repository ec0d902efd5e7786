"""The register's pictures as its page shows them: what is drawn, what it says, and where each part leads."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from app.lifecycle.project import ENDED
from app.reporting import charts
from app.reporting.statistics import Figures
from app.web.i18n import shown_date
from app.web.lists import Listing


def pictures(listing: Listing, found: Figures) -> dict[str, Any]:
    """Map, chart of technologies and chart of periods; tiles and technologies lead to the list narrowed to them."""
    tiles = charts.tiles(found.on, found.programme)
    technologies, periods = charts.technologies(found.on, found.programme), charts.periods(found)
    return {
        "tiles": tiles,
        "tile_urls": {
            tile.number: listing.address(lead=tile.number, prefecture=None) for tile in tiles if tile.count
        },
        "prefectures": [(tile.name, tile.count) for tile in tiles if tile.count],
        "technologies": [
            (name, name, count, listing.address(technology=name)) for name, count in technologies
        ],
        "technology_counts": technologies,
        "periods": periods,
        "period_texts": [_said_of(bar) for bar in periods.bars] if periods else [],
        "extendable": periods is not None and any(bar.longest > bar.end for bar in periods.bars),
    }


def _said_of(bar: charts.Bar) -> str:
    """What stands on a bar: how many are under support, and until when in the last fiscal year of it."""
    if bar.standing in ENDED:
        return _("Support ended")
    if not bar.round.supported:
        return _("Projects not listed by name")
    if bar.standing == "ending":
        day = shown_date(bar.round.ends_on, weekday=False)
        return _("%(count)s until %(day)s", count=bar.round.supported, day=day)
    return _("%(count)s under support", count=bar.round.supported)
