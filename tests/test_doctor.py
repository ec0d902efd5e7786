"""`flask doctor`: what this machine lacks."""

from __future__ import annotations

from app.db import db


def test_the_doctor_finds_the_database_well_after_reading_the_demos_clock_from_it(app):
    """A connection of its own would wait half a minute for the one that read, and then call the database locked."""
    db.session.commit()
    told = app.test_cli_runner().invoke(args=["doctor"]).output
    assert "ok       database\n" in told
