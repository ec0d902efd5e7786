"""Indicators (指標) of projects, what was measured of them, and files that were read and wait for a yes."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Dialect,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

from app.db import Composed, Model, Searchable, UtcDateTime, db
from app.folding import fold
from app.kpis.measures import QUALIFIERS, Measure, kept_decimal
from app.projects.models import OfProject, Project

UP, DOWN = "up", "down"
DIRECTIONS = (UP, DOWN)


class Figure(TypeDecorator[Decimal]):
    """A number exactly as it was read: SQLite would keep it as a float."""

    impl = String
    cache_ok = True

    def __init__(self) -> None:
        super().__init__(60)

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        return None if value is None else f"{value:f}"

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        return kept_decimal(value)


def _qualified(column: str) -> CheckConstraint:
    return CheckConstraint(f"{column} IN ({', '.join(map(repr, QUALIFIERS))})", name=column)


class Kpi(OfProject, Searchable, Model):
    """One indicator of a project. It is never deleted: what was measured of it stays with it."""

    __tablename__ = "kpis"
    kind = "kpi"
    searched = {"search_text": ("name", "initiative", "category")}

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    position: Mapped[int]
    initiative: Mapped[str] = mapped_column(
        String(200), default=""
    )  # 事業・取組, where a project has several
    category: Mapped[str] = mapped_column(String(100), default="", index=True)  # 区分
    name: Mapped[str] = mapped_column(String(300))
    key: Mapped[str] = mapped_column(String(700))  # the three above, folded: see `key_of`
    unit: Mapped[str] = mapped_column(String(30), default="", index=True)
    direction: Mapped[str | None] = mapped_column(String(10))  # None: nobody has said yet
    baseline_raw: Mapped[str] = mapped_column(String(200), default="")
    baseline_value: Mapped[Decimal | None] = mapped_column(Figure)
    baseline_from: Mapped[Decimal | None] = mapped_column(Figure)
    baseline_to: Mapped[Decimal | None] = mapped_column(Figure)
    baseline_unit: Mapped[str] = mapped_column(String(30), default="")
    baseline_qualifier: Mapped[str | None] = mapped_column(String(10))
    baseline_by_hand: Mapped[bool] = mapped_column(default=False)
    baseline_fy: Mapped[int | None]
    target_raw: Mapped[str] = mapped_column(String(200), default="")
    target_value: Mapped[Decimal | None] = mapped_column(Figure)
    target_from: Mapped[Decimal | None] = mapped_column(Figure)
    target_to: Mapped[Decimal | None] = mapped_column(Figure)
    target_unit: Mapped[str] = mapped_column(String(30), default="")
    target_qualifier: Mapped[str | None] = mapped_column(String(10))
    target_by_hand: Mapped[bool] = mapped_column(default=False)
    target_fy: Mapped[int | None]
    note: Mapped[str] = mapped_column(Text, default="")  # how it is counted, where it is published
    retired_on: Mapped[date | None]
    version_id: Mapped[int] = mapped_column(default=1)

    project: Mapped[Project] = relationship()
    actuals: Mapped[list[KpiActual]] = relationship(back_populates="kpi", order_by="KpiActual.fiscal_year")

    __mapper_args__ = {"version_id_col": version_id}
    __table_args__ = (
        CheckConstraint(f"direction IN ({', '.join(map(repr, DIRECTIONS))})", name="direction"),
        _qualified("baseline_qualifier"),
        _qualified("target_qualifier"),
        Index(
            "uq_kpis_project_id_key",
            "project_id",
            "key",
            unique=True,
            sqlite_where=db.text("retired_on IS NULL"),
            postgresql_where=db.text("retired_on IS NULL"),
        ),
    )

    @staticmethod
    @lru_cache(maxsize=10_000)
    def key_of(initiative: str, category: str, name: str) -> str:
        """By which two indicators are the same, however wide their letters are."""
        return "|".join(fold(part).replace(" ", "") for part in (initiative, category, name))[:700]

    @property
    def baseline(self) -> Measure:
        return _measure(self, "baseline")

    @baseline.setter
    def baseline(self, measure: Measure) -> None:
        _keep(self, "baseline", measure)

    @property
    def target(self) -> Measure:
        return _measure(self, "target")

    @target.setter
    def target(self, measure: Measure) -> None:
        _keep(self, "target", measure)

    @property
    def named(self) -> str:
        """As it is spoken of: with the initiative that it belongs to."""
        return f"{self.initiative}：{self.name}" if self.initiative else self.name

    def actual_of(self, fiscal_year: int) -> KpiActual | None:
        return next((it for it in self.actuals if it.fiscal_year == fiscal_year), None)

    @classmethod
    def project_of(cls, kpi_id: int) -> int | None:
        """On whose page the indicator is shown."""
        return db.session.scalar(select(cls.project_id).where(cls.id == kpi_id))


class KpiActual(Model):
    """What was measured in one fiscal year. What stood there before is in the history."""

    __tablename__ = "kpi_actuals"
    kind = "kpi_actual"

    kpi_id: Mapped[int] = mapped_column(ForeignKey("kpis.id"), index=True)
    fiscal_year: Mapped[int] = mapped_column(index=True)
    raw: Mapped[str] = mapped_column(String(200))
    value: Mapped[Decimal | None] = mapped_column(Figure)
    value_from: Mapped[Decimal | None] = mapped_column(Figure)
    value_to: Mapped[Decimal | None] = mapped_column(Figure)
    unit: Mapped[str] = mapped_column(String(30), default="")
    qualifier: Mapped[str | None] = mapped_column(String(10))
    by_hand: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(Text, default="")
    entered_by: Mapped[str] = mapped_column(Composed(200))
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version_id: Mapped[int] = mapped_column(default=1)

    kpi: Mapped[Kpi] = relationship(back_populates="actuals")

    __mapper_args__ = {"version_id_col": version_id}
    __table_args__ = (
        UniqueConstraint("kpi_id", "fiscal_year"),
        _qualified("qualifier"),
    )

    @property
    def measure(self) -> Measure:
        return _measure(self, "")

    @measure.setter
    def measure(self, measure: Measure) -> None:
        _keep(self, "", measure)


class WaitingKpis(db.Model):  # type: ignore[name-defined]
    """What was read of an uploaded file, until whoever uploaded it has looked at it and says that it is to be stored.

    One for each person and place: a project, or none for a file about several. The file itself is not kept.
    """

    __tablename__ = "waiting_kpis"
    place: Mapped[str] = mapped_column(String(40), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    filename: Mapped[str] = mapped_column(String(200))
    content: Mapped[str] = mapped_column(Text)  # JSON
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)

    @property
    def read(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.content)
        return found


_PARTS = (("value", "value"), ("from", "start"), ("to", "end"), ("unit", "unit"), ("qualifier", "qualifier"), ("by_hand", "by_hand"))  # fmt: skip


def _column(prefix: str, part: str) -> str:
    if prefix:
        return f"{prefix}_{part}"
    return f"value_{part}" if part in ("from", "to") else part


def _measure(record: Any, prefix: str) -> Measure:
    values = {name: getattr(record, _column(prefix, part)) for part, name in _PARTS}
    return Measure(raw=getattr(record, _column(prefix, "raw")), **values)


def _keep(record: Any, prefix: str, measure: Measure) -> None:
    setattr(record, _column(prefix, "raw"), measure.raw)
    for part, name in _PARTS:
        setattr(record, _column(prefix, part), getattr(measure, name))
