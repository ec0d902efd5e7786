"""How many obstacles are outstanding, and how many of them are past their day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import Select, func

from app import calendar
from app.accompaniment.models import Obstacle
from app.lifecycle.obstacle import OUTSTANDING
from app.web.counting import Figure, Figures, counted

ALL, LATE = "obstacles outstanding", "obstacles past their day"


def counts(at: datetime) -> list[Select]:
    late = counted(LATE, func.count(Obstacle.id)).where(Obstacle.late(calendar.day_of(at)))
    return [counted(ALL, func.count(Obstacle.id)).where(OUTSTANDING.of(Obstacle)), late]


def figures(found: Figures, at: datetime) -> Iterator[Figure]:
    late = found[LATE][0]
    note = _("%(count)s of them past their day", count=late) if late else _("none past its day")
    url = url_for("accompaniment.obstacles")
    yield Figure(_("Outstanding obstacles"), found[ALL][0], _("cases"), note, url, "late" if late else "")
