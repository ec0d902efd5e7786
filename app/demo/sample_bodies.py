"""A body that has merged, as the record has it, and a made-up general address."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from app.actors import Actor
from app.db import db
from app.demo.call_content import MARK
from app.mergers import operations as mergers
from app.organisations.codes import with_check_digit
from app.organisations.models import Organisation
from app.organisations.operations import add_organisation, set_general_address

MERGED_ON = date(
    2014, 4, 5
)  # 栃木県岩舟町 into 栃木市, the last merger of municipalities before the programme began
SUCCESSOR, ADDRESSED = "092037", "052159"  # codes of the bodies
ADDRESS = "daihyo@example.jp"


def load(*, officer: Actor, at: datetime) -> int:
    """How many bodies were touched."""
    town = add_organisation(
        name="岩舟町", kana="イワフネマチ", prefecture="栃木県", body_kind="town", code=with_check_digit("09367"),
        actor=officer, at=at,
    )  # fmt: skip
    db.session.flush()
    mergers.enter(
        town, _body(SUCCESSOR), on=MERGED_ON, reason=f"{MARK}編入合併（平成26年4月5日）", actor=officer, at=at
    )
    set_general_address(_body(ADDRESSED), ADDRESS, actor=officer, at=at)
    return 2


def _body(code: str) -> Organisation:
    return db.session.scalars(select(Organisation).where(Organisation.code == code)).one()
