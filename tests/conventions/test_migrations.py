"""One head, numbered names, up and down on either engine with data in the tables, and no drift from the models."""

from __future__ import annotations

import re

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text

from app.db import db
from app.permissions import SYSTEM
from config import ROOT
from tests import factories

VERSIONS = sorted((ROOT / "migrations" / "versions").glob("*.py"))


def test_there_is_one_head_and_the_names_are_numbered():
    script = ScriptDirectory(str(ROOT / "migrations"))
    assert len(script.get_heads()) == 1
    for number, path in enumerate(VERSIONS, start=1):
        assert re.fullmatch(rf"{number:04d}_[a-z0-9_]+\.py", path.name), path.name
        assert f'revision = "{number:04d}"' in path.read_text()


def test_the_models_are_what_the_migrations_make(app):
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []


def test_every_migration_goes_down_and_up_again_with_data_in_the_tables(app, at):
    call = factories.call()
    call.record("noted", actor=SYSTEM, at=at)
    factories.tenure("officer")
    db.session.commit()
    db.session.remove()

    for number in range(len(VERSIONS) - 1, 0, -1):
        downgrade(revision=f"{number:04d}")
        assert _count("calls") == 1  # what a migration does not own it does not lose
        _end_transactions()
    upgrade()
    assert _count("history") == 1
    _end_transactions()
    downgrade(revision="base")
    assert inspect(db.engine).get_table_names() in ([], ["alembic_version"])
    _end_transactions()
    upgrade()
    assert _count("calls") == 0


def test_rounds_and_projects_on_record_learn_the_names_of_then(app):
    factories.project(call=factories.call(title="平成30年度 近未来技術等社会実装事業の募集"), number=1)
    application = factories.application("selected")
    factories.project(call=application.call, application=application, number=46)
    db.session.commit()
    _end_transactions()
    this = next(path.name[:4] for path in VERSIONS if path.stem.endswith("names_of_then"))
    downgrade(revision=ScriptDirectory(str(ROOT / "migrations")).get_revision(this).down_revision)
    _end_transactions()
    upgrade()
    with db.engine.connect() as connection:
        named = connection.execute(text("SELECT programme_name FROM calls ORDER BY id")).scalars().all()
        listed = connection.execute(text("SELECT listed_as_of FROM projects ORDER BY number")).scalars().all()
    assert named == ["近未来技術等社会実装事業", None]
    assert [str(day or "") for day in listed] == ["2022-12-01", ""]


def _count(table: str) -> int:
    with db.engine.connect() as connection:
        return connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()


def _end_transactions() -> None:
    db.session.remove()
    db.engine.dispose()
