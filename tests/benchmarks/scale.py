"""The demo, scaled to the size of many years: rows put in at once, since only reading them is measured."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import insert, select, text

from app import calendar, create_app
from app.applications.models import Application
from app.db import db
from app.demo.loading import load
from app.organisations.models import Organisation
from app.programmes.models import Call
from app.projects.models import Project, ProjectApplicant

PROJECTS = 2_000
APPLICATIONS = 20_000


@contextmanager
def scaled_demo(url: str, folder: Path) -> Iterator[Flask]:
    """The application on a database at `url` that has the demo and many more rows."""
    folder.mkdir(parents=True)
    app = create_app({"DATABASE_URL": url, "DATA_DIR": folder, "ENV": "demo", "TODAY": "2023-02-15"})
    with app.app_context():
        upgrade()
        load()
        _scale()
        db.session.remove()
        yield app
        db.engine.dispose()


def _scale() -> None:
    chance = random.Random(2018)
    bodies = list(db.session.scalars(select(Organisation.id).where(Organisation.code.is_not(None))))
    calls = list(db.session.scalars(select(Call.id).where(Call.state == "announced")))
    here = db.session.query(Project).count()
    at = datetime(2023, 2, 15, 9, tzinfo=calendar.JST)
    projects = [
        {
            "number": 1000 + number,
            "call_id": chance.choice(calls),
            "state": "supported",
            "title": f"規模試験の事業{number}",
            "technologies": chance.sample(["AI", "IoT", "自動運転", "ドローン"], 2),
            "created_at": at,
        }
        for number in range(PROJECTS - here)
    ]
    ids = list(db.session.scalars(insert(Project).returning(Project.id), projects))
    applicants = [
        {"project_id": key, "organisation_id": chance.choice(bodies), "position": 0, "created_at": at}
        for key in ids
    ]
    db.session.execute(insert(ProjectApplicant), applicants)
    here = db.session.query(Application).count()
    applications = [
        {
            "call_id": chance.choice(calls),
            "organisation_id": chance.choice(bodies),
            "number": f"X{number:06d}",
            "sequence": number + 1000,
            "state": "not_selected",
            "title": f"規模試験の申請{number}",
            "technologies": ["AI"],
            "submitted_at": at - timedelta(minutes=number),
            "created_at": at,
        }
        for number in range(APPLICATIONS - here)
    ]
    for start in range(0, len(applications), 2000):
        db.session.execute(insert(Application), applications[start : start + 2000])
    db.session.commit()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
