"""The evaluation of a meeting on paper: what was published, or as it stands now and marked so. Japanese only."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from app import calendar
from app.correspondence.rendering import render_booklet
from app.db import db
from app.evaluation.content import content_of, groups_of
from app.evaluation.models import EvaluationMeeting, EvaluationPublication


def pdf_of(meeting: EvaluationMeeting, at: datetime) -> bytes:
    """Raises MissingFont."""
    query = select(EvaluationPublication).where(EvaluationPublication.meeting_id == meeting.id)
    publication = db.session.scalars(query).one_or_none()
    content = publication.content if publication else content_of(meeting, at)
    made_at = datetime.fromisoformat(content["as_of"])
    return render_booklet(
        "evaluation.html",
        meeting=content["meeting"],
        members=content["members"],
        projects=[
            {**it, "groups": groups_of(it["rows"]), "due": _day(it["due_on"])} for it in content["projects"]
        ],
        held_on=calendar.era_date(date.fromisoformat(content["meeting"]["held_on"]), weekday=True),
        year=calendar.era_fiscal_year(content["meeting"]["fiscal_year"]),
        era_fiscal_year=calendar.era_fiscal_year,
        made_at=made_at,
        made=calendar.era_date(calendar.day_of(made_at)),
        sha256=publication.sha256 if publication else "",
        programme=meeting.programme.name,
    ).pdf


def _day(day: str | None) -> str:
    return calendar.era_date(date.fromisoformat(day)) if day else ""
