"""The registers of document numbers, one for each fiscal year: the next number, and numbers that are skipped."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update

from app.actors import Actor
from app.correspondence.models import NumberRegister
from app.db import db, insert_into, record


class NotAhead(ValueError):
    """The numbers up to there are given or skipped already; `last` is the last one."""

    def __init__(self, last: int) -> None:
        super().__init__(f"the last number is {last} already")
        self.last = last


def next_in(fiscal_year: int) -> int:
    """The next number of the year. Its row stays locked until the commit, so that none is given twice or lost."""
    # Not INSERT … ON CONFLICT DO UPDATE: on SQLite the guards refuse an INSERT over a row that is there.
    count = (
        update(NumberRegister)
        .where(NumberRegister.fiscal_year == fiscal_year)
        .values(last=NumberRegister.last + 1)
        .returning(NumberRegister.last)
        .execution_options(synchronize_session=False)
    )
    given = db.session.execute(count).scalar_one_or_none()
    if given is None:  # the first letter of the year; of two workers one begins the register
        begun = insert_into(NumberRegister).values(fiscal_year=fiscal_year, last=0)
        db.session.execute(begun.on_conflict_do_nothing(index_elements=["fiscal_year"]))
        given = db.session.execute(count).scalar_one()
    return given


def skip_numbers(fiscal_year: int, *, through: int, reason: str, actor: Actor, at: datetime) -> int:
    """Give none of the numbers up to `through` any more: they went out before a backup was restored. The first of them.

    Raises NotAhead, ValueError without a reason. The caller commits.
    """
    if not reason.strip():
        raise ValueError("numbers are skipped for a reason")
    with db.session.begin_nested():  # where it is refused, the number that was taken is given back
        last = next_in(fiscal_year) - 1
        if through <= last:
            raise NotAhead(last)
    register = db.session.get_one(NumberRegister, fiscal_year, populate_existing=True)
    register.last = through
    changes = {"fiscal_year": fiscal_year, "from": last + 1, "to": through, "reason": reason.strip()}
    record(register, "numbers_skipped", actor=actor, at=at, changes=changes, audience="office")
    return last + 1
