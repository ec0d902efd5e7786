"""The guards of the database, and what the account of the application could do to them."""

from __future__ import annotations

from app.db import db
from app.guards import catalogue, rights
from app.guards.rules import GUARDS
from app.proof.parts import Part


def guards() -> Part:
    part = Part("guards", looked_at=len(GUARDS))
    connection = db.session.connection()
    for difference in catalogue.problems(connection):
        part.tell(f"{difference}. Find out who did this; then let the owner run: flask database guard")
    if warning := rights.warning(connection):
        part.notes.append(warning)
    return part
