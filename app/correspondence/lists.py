"""Letters as the pages show them: those that were chosen, those that wait, and the mails of one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload

from app.correspondence.models import Letter, Mail
from app.db import db
from app.lifecycle import LETTER

ON_ONE_PAGE = 500


def chosen(ids: Iterable[int]) -> list[Letter]:
    """The letters with these ids, for the office; ids that name none are passed over."""
    known = [number for number in ids if 0 < number < 2**31]
    return _to_read(select(Letter).where(Letter.id.in_(known))) if known else []


def waiting(within: Select[tuple[Letter]]) -> list[Letter]:
    """Those of a query that wait for approval, at most as many as one page can show."""
    return _to_read(_drafted(within).limit(ON_ONE_PAGE))


def count_waiting(within: Select[tuple[Letter]]) -> int:
    return db.session.scalar(select(func.count()).select_from(_drafted(within).subquery())) or 0


def fiscal_years(within: Select[tuple[Letter]]) -> list[int]:
    """The fiscal years that the letters of a query are about, the newest first."""
    years = within.with_only_columns(Letter.fiscal_year).distinct().order_by(Letter.fiscal_year.desc())
    return list(db.session.scalars(years))


def letters_about(actor: Any, *cases: tuple[str, int]) -> list[Letter]:
    """The letters about these cases (kind, id) that `actor` may read, in the order they were drafted."""
    about = [(Letter.about_kind == kind) & (Letter.about_id == case_id) for kind, case_id in cases]
    return list(db.session.scalars(Letter.visible_to(actor).where(or_(*about)).order_by(Letter.id)))


def mails_of(letter: Letter) -> list[Mail]:
    about = select(Mail).where(Mail.about_kind == letter.kind, Mail.about_id == letter.id).order_by(Mail.id)
    return list(db.session.scalars(about))


def _drafted(within: Select[tuple[Letter]]) -> Select[tuple[Letter]]:
    return within.where(Letter.state == LETTER.initial).order_by(None)


def _to_read(query: Select[tuple[Letter]]) -> list[Letter]:
    in_order = query.order_by(Letter.letter_kind, Letter.fiscal_year, Letter.id)
    return list(db.session.scalars(in_order.options(joinedload(Letter.organisation))))
