"""A few facts of this installation that staff, the jobs or the demo change while it runs."""

from __future__ import annotations

from flask import g
from sqlalchemy import String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from app.db import db
from app.memory import HOUSE, remembered


class Setting(db.Model):  # type: ignore[name-defined]
    """One fact: a name and a text."""

    __tablename__ = "settings"
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[str] = mapped_column(Text)

    @classmethod
    def get(cls, name: str) -> str | None:
        """The value of `name`, as it was when this request or command first asked for any."""
        if "settings" not in g:
            g.settings = remembered("settings", cls._all, HOUSE)
        found: str | None = g.settings.get(name)
        return found

    @classmethod
    def put(cls, name: str, value: str) -> None:
        row = db.session.get(cls, name)
        if row is None:
            db.session.add(cls(name=name, value=value))
        else:
            row.value = value
        g.pop("settings", None)

    @classmethod
    def _all(cls) -> dict[str, str]:
        return {row.name: row.value for row in db.session.execute(select(cls.name, cls.value))}
