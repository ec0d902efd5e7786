"""The room of a project: the form that rooms answer, a room for each project, its ministries, and initiatives."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def _key() -> tuple[sa.Column, sa.Column]:
    return (
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )


def upgrade() -> None:
    op.create_table(
        "room_forms",
        *_key(),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("template_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_room_forms_programme_id_programmes")),
        sa.ForeignKeyConstraint(["template_id"], ["form_templates.id"], name=op.f("fk_room_forms_template_id_form_templates")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room_forms")),
        sa.UniqueConstraint("programme_id", name=op.f("uq_room_forms_programme_id")),
    )
    op.create_table(
        "rooms",
        *_key(),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("response_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_rooms_project_id_projects")),
        sa.ForeignKeyConstraint(["response_id"], ["responses.id"], name=op.f("fk_rooms_response_id_responses")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rooms")),
        sa.UniqueConstraint("project_id", name=op.f("uq_rooms_project_id")),
        sa.UniqueConstraint("response_id", name=op.f("uq_rooms_response_id")),
    )
    op.create_table(
        "room_ministries",
        *_key(),
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name=op.f("fk_room_ministries_room_id_rooms")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room_ministries")),
        sa.UniqueConstraint("room_id", "name", name=op.f("uq_room_ministries_room_id_name")),
    )
    op.create_index(op.f("ix_room_ministries_name"), "room_ministries", ["name"])
    op.create_table(
        "initiatives",
        *_key(),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("technologies", sa.JSON(), nullable=False),
        sa.Column("begun_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_initiatives_named")),
        sa.CheckConstraint("ended_on IS NULL OR begun_on IS NULL OR ended_on >= begun_on", name=op.f("ck_initiatives_period")),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_initiatives_project_id_projects")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_initiatives")),
        sa.UniqueConstraint("project_id", "position", name=op.f("uq_initiatives_project_id_position")),
    )
    op.create_index(op.f("ix_initiatives_project_id"), "initiatives", ["project_id"])


def downgrade() -> None:
    op.drop_table("initiatives")
    op.drop_table("room_ministries")
    op.drop_table("rooms")
    op.drop_table("room_forms")
