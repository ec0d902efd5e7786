"""How fast letters leave the house: 500 issued with number, PDF, hash and mail, beside a plain loop of WeasyPrint.

The loop is what the library's own pages show, once for each letter: HTML and style sheet in, PDF of the same variant out. It
neither numbers nor keeps nor tells anything. It runs before and after the letters and in one process, as a loop does.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from flask import Flask
from sqlalchemy import select
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from app import calendar
from app.correspondence import approval, letters
from app.correspondence.rendering import LetterContent, font_path, html_of
from app.db import db
from app.organisations.contacts import tenure_of
from app.projects import end_of_support
from app.projects.models import Project
from press.printing import VARIANT, style_of

COUNT = 500
IN_A_LOOP = 60  # letters, before and again after
ON = date(2027, 3, 31)
AT = datetime(2027, 3, 31, 9, tzinfo=calendar.JST)


def measure(app: Flask, count: int = COUNT, in_a_loop: int = IN_A_LOOP) -> dict[str, Any]:
    """`per_second` of ours and `plain_loop_per_second`, with how many letters they were and what else was done, in seconds."""
    with calendar.pinned_to(AT):
        _leave_only(count)
        drafted, drafting = _timed(lambda: end_of_support.draft_letters(on=ON, at=AT))
        waiting = letters.letters_of("support-end", state="drafted")
        contents = [letters.content_of(it).issued(number="8見本第1号", on=ON) for it in waiting[:in_a_loop]]
        _, approving = _timed(lambda: _approve(waiting))
        _plain_loop(contents[:1])
        before = _timed(lambda: _plain_loop(contents))[1]
        issued, issuing = _timed(lambda: end_of_support.issue_letters(on=ON, at=AT))
        after = _timed(lambda: _plain_loop(contents))[1]
    return {
        "per_second": issued / issuing,
        "plain_loop_per_second": 2 * len(contents) / (before + after),
        "drafted": drafted,
        "drafting": drafting,
        "approving": approving,
        "issued": issued,
        "issuing": issuing,
    }


def told(it: dict[str, Any]) -> str:
    """What `measure` found, in two sentences."""
    return (
        f"{it['drafted']} letters drafted in {it['drafting']:.1f} s, approved at once in {it['approving']:.1f} s, "
        f"{it['issued']} issued in {it['issuing']:.1f} s: **{it['per_second']:.1f} letters per second**, each with its "
        f"number, PDF, hash and mail. A plain loop of WeasyPrint prints {it['plain_loop_per_second']:.1f} per second: "
        f"{it['per_second'] / it['plain_loop_per_second']:.1f} times as many leave."
    )


def _plain_loop(contents: Sequence[LetterContent]) -> None:
    font = font_path()
    assert font is not None
    for place, content in enumerate(contents, start=1):
        html = html_of(replace(content, number=f"8見本第{place}号"))
        fonts = FontConfiguration()
        style = CSS(string=style_of(font), font_config=fonts)
        HTML(string=html).write_pdf(stylesheets=[style], font_config=fonts, pdf_variant=VARIANT)


def _approve(waiting: Sequence[Any]) -> None:
    approval.approve(waiting, actor=tenure_of("director@example.jp"), at=AT)
    db.session.commit()


def _timed(act: Callable[[], Any]) -> tuple[Any, float]:
    begun = time.perf_counter()
    done = act()
    return done, time.perf_counter() - begun


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
