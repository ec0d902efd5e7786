"""Indicators of projects, what was measured of them each fiscal year, and files of them that wait to be looked at."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

QUALIFIERS = "'exact', 'about', 'at_least', 'at_most', 'over', 'under', 'range'"


def _measure(prefix: str, limits: str) -> list[sa.Column]:
    return [
        sa.Column(f"{prefix}raw", sa.String(200), nullable=False),
        sa.Column(f"{prefix}value", sa.String(60), nullable=True),
        sa.Column(f"{limits}from", sa.String(60), nullable=True),
        sa.Column(f"{limits}to", sa.String(60), nullable=True),
        sa.Column(f"{prefix}unit", sa.String(30), nullable=False),
        sa.Column(f"{prefix}qualifier", sa.String(10), nullable=True),
        sa.Column(f"{prefix}by_hand", sa.Boolean(), nullable=False),
    ]


def upgrade() -> None:
    op.create_table(
        "kpis",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("initiative", sa.String(200), nullable=False),
        sa.Column("category", sa.String(100), nullable=False),
        sa.Column("name", sa.String(300), nullable=False),
        sa.Column("key", sa.String(700), nullable=False),
        sa.Column("unit", sa.String(30), nullable=False),
        sa.Column("direction", sa.String(10), nullable=True),
        *_measure("baseline_", "baseline_"),
        sa.Column("baseline_fy", sa.Integer(), nullable=True),
        *_measure("target_", "target_"),
        sa.Column("target_fy", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("retired_on", sa.Date(), nullable=True),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.CheckConstraint("direction IN ('up', 'down')", name=op.f("ck_kpis_direction")),
        sa.CheckConstraint(f"baseline_qualifier IN ({QUALIFIERS})", name=op.f("ck_kpis_baseline_qualifier")),
        sa.CheckConstraint(f"target_qualifier IN ({QUALIFIERS})", name=op.f("ck_kpis_target_qualifier")),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_kpis_project_id_projects")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kpis")),
    )
    for column in ("project_id", "category", "unit"):
        op.create_index(op.f(f"ix_kpis_{column}"), "kpis", [column])
    op.create_index(
        "uq_kpis_project_id_key",
        "kpis",
        ["project_id", "key"],
        unique=True,
        sqlite_where=sa.text("retired_on IS NULL"),
        postgresql_where=sa.text("retired_on IS NULL"),
    )
    op.create_table(
        "kpi_actuals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kpi_id", sa.Integer(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        *_measure("", "value_"),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("entered_by", sa.String(200), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(f"qualifier IN ({QUALIFIERS})", name=op.f("ck_kpi_actuals_qualifier")),
        sa.ForeignKeyConstraint(["kpi_id"], ["kpis.id"], name=op.f("fk_kpi_actuals_kpi_id_kpis")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kpi_actuals")),
        sa.UniqueConstraint("kpi_id", "fiscal_year", name=op.f("uq_kpi_actuals_kpi_id_fiscal_year")),
    )
    for column in ("kpi_id", "fiscal_year"):
        op.create_index(op.f(f"ix_kpi_actuals_{column}"), "kpi_actuals", [column])
    op.create_table(
        "waiting_kpis",
        sa.Column("place", sa.String(40), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("filename", sa.String(200), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_waiting_kpis_person_id_people")),
        sa.PrimaryKeyConstraint("place", "person_id", name=op.f("pk_waiting_kpis")),
    )
    op.create_index(op.f("ix_waiting_kpis_uploaded_at"), "waiting_kpis", ["uploaded_at"])


def downgrade() -> None:
    op.drop_table("waiting_kpis")
    op.drop_table("kpi_actuals")
    op.drop_table("kpis")
