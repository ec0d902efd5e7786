"""The jobs of a day, at the hour at which they run."""

from __future__ import annotations

from datetime import date, datetime, time

from app.calendar import JST
from app.projects import end_of_support


def morning(day: date) -> datetime:
    return datetime.combine(day, time(9), JST)


def draft(day: date) -> int:
    return end_of_support.draft_letters(on=day, at=morning(day))


def end(day: date) -> int:
    return end_of_support.end_projects(on=day, at=morning(day))
