"""The registers of document numbers, one for each mark and fiscal year: the next number, and numbers that are skipped."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from app.actors import Actor
from app.correspondence.models import NumberRegister
from app.db import db, insert_into, record


class NotAhead(ValueError):
    """The numbers up to there are given or skipped already; `last` is the last one."""

    def __init__(self, last: int) -> None:
        super().__init__(f"the last number is {last} already")
        self.last = last


def next_in(mark: str, fiscal_year: int) -> int:
    """The next number with `mark` in the year. Its row stays locked until the commit, so that none is given twice or lost."""
    # Not INSERT … ON CONFLICT DO UPDATE: on SQLite the guards refuse an INSERT over a row that is there.
    count = (
        update(NumberRegister)
        .where(NumberRegister.mark == mark, NumberRegister.fiscal_year == fiscal_year)
        .values(last=NumberRegister.last + 1)
        .returning(NumberRegister.last)
        .execution_options(synchronize_session=False)
    )
    given = db.session.execute(count).scalar_one_or_none()
    if given is None:  # the first letter of the year; of two workers one begins the register
        begun = insert_into(NumberRegister).values(mark=mark, fiscal_year=fiscal_year, last=0)
        db.session.execute(begun.on_conflict_do_nothing(index_elements=["mark", "fiscal_year"]))
        given = db.session.execute(count).scalar_one()
    return given


def last_in(mark: str, fiscal_year: int) -> int:
    """The last number with `mark` in the year that is given or skipped, as of now; 0 before the first."""
    it = (NumberRegister.mark == mark) & (NumberRegister.fiscal_year == fiscal_year)
    return db.session.scalar(select(NumberRegister.last).where(it)) or 0


def skip_numbers(
    mark: str, fiscal_year: int, *, through: int, reason: str, actor: Actor, at: datetime
) -> int:
    """Give none of the numbers up to `through` any more: they went out before a backup was restored. The first of them.

    Raises NotAhead, ValueError without a reason. The caller commits.
    """
    if not reason.strip():
        raise ValueError("numbers are skipped for a reason")
    with db.session.begin_nested():  # where it is refused, the number that was taken is given back
        last = next_in(mark, fiscal_year) - 1
        if through <= last:
            raise NotAhead(last)
    it = (NumberRegister.mark == mark) & (NumberRegister.fiscal_year == fiscal_year)
    register = db.session.scalars(
        select(NumberRegister).where(it).execution_options(populate_existing=True)
    ).one()
    register.last = through
    changes = {
        "mark": mark,
        "fiscal_year": fiscal_year,
        "from": last + 1,
        "to": through,
        "reason": reason.strip(),
    }
    record(register, "numbers_skipped", actor=actor, at=at, changes=changes, audience="office")
    return last + 1
