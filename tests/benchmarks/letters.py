"""How fast letters leave the house: 500 drafted, approved at once, issued with number, PDF and mail."""

from __future__ import annotations

import time
from datetime import date, datetime

from flask import Flask
from sqlalchemy import select

from app import calendar
from app.correspondence import approval, letters
from app.correspondence.rendering import render
from app.db import db
from app.organisations.contacts import tenure_of
from app.projects import end_of_support
from app.projects.models import Project

COUNT = 500


def measure(app: Flask) -> str:
    """Letters per second, and how much of it is the drawing of the PDF."""
    on = date(2027, 3, 31)
    at = datetime(2027, 3, 31, 9, tzinfo=calendar.JST)
    with calendar.pinned_to(at):
        _leave_only(COUNT)
        begun = time.perf_counter()
        drafted = end_of_support.draft_letters(on=on, at=at)
        drafting = time.perf_counter() - begun
        waiting = letters.letters_of("support-end", state="drafted")
        content = letters.content_of(waiting[0])
        begun = time.perf_counter()
        approval.approve(waiting, actor=tenure_of("director@example.jp"), at=at)
        db.session.commit()
        approving = time.perf_counter() - begun
        begun = time.perf_counter()
        for _ in range(20):
            render(content)
        drawing = (time.perf_counter() - begun) / 20
        begun = time.perf_counter()
        issued = end_of_support.issue_letters(on=on, at=at)
        issuing = time.perf_counter() - begun
    return (
        f"{drafted} letters drafted in {drafting:.1f} s, approved at once in {approving:.1f} s, {issued} issued in "
        f"{issuing:.1f} s: **{issued / issuing:.1f} letters per second**, each with its number, PDF, hash and mail. Drawing the "
        f"PDF alone takes {drawing * 1000:.0f} ms; issuing takes {issuing / issued / drawing:.2f} times as long."
    )


def _leave_only(count: int) -> None:
    """Make `count` projects end in FY2026 and the others later, so that as many letters are drafted."""
    ids = list(db.session.scalars(select(Project.id).order_by(Project.number.desc())))
    far = {"extended_years": 20, "extension": "certified", "extension_on": date(2022, 4, 1)}
    db.session.query(Project).update(far)
    for project in db.session.scalars(select(Project).where(Project.id.in_(ids[:count]))):
        years = max(0, 2026 - project.call.selection_fy - project.call.base_years + 1)
        if not years:
            project.extension = project.extension_on = None
        project.extended_years = years
    db.session.commit()
