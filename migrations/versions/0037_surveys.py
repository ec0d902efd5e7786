"""Surveys: what is asked of projects and of their initiatives, and what they answered."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "surveys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("introduction", sa.Text(), nullable=False),
        sa.Column("selected_until", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("bodies_form_id", sa.Integer(), nullable=False),
        sa.Column("initiatives_form_id", sa.Integer(), nullable=False),
        sa.Column("before_id", sa.Integer(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("figures", sa.JSON(), nullable=True),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'open', 'closed', 'published')", name=op.f("ck_surveys_state")
        ),
        sa.CheckConstraint("title <> ''", name=op.f("ck_surveys_titled")),
        sa.CheckConstraint(
            "state = 'draft' OR (opened_at IS NOT NULL AND closes_at IS NOT NULL)",
            name=op.f("ck_surveys_opened"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'open') OR closed_at IS NOT NULL", name=op.f("ck_surveys_closed")
        ),
        sa.CheckConstraint(
            "(figures IS NULL) = (published_at IS NULL)", name=op.f("ck_surveys_published_figures")
        ),
        sa.CheckConstraint(
            "state <> 'published' OR published_at IS NOT NULL", name=op.f("ck_surveys_published")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_surveys_programme_id_programmes")
        ),
        sa.ForeignKeyConstraint(
            ["bodies_form_id"], ["form_templates.id"], name=op.f("fk_surveys_bodies_form_id_form_templates")
        ),
        sa.ForeignKeyConstraint(
            ["initiatives_form_id"],
            ["form_templates.id"],
            name=op.f("fk_surveys_initiatives_form_id_form_templates"),
        ),
        sa.ForeignKeyConstraint(["before_id"], ["surveys.id"], name=op.f("fk_surveys_before_id_surveys")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_surveys")),
    )
    for column in ("programme_id", "state"):
        op.create_index(op.f(f"ix_surveys_{column}"), "surveys", [column])
    op.create_table(
        "survey_answers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.String(200), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("reopened_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reopened_for", sa.Text(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('asked', 'handed_in', 'reopened')", name=op.f("ck_survey_answers_state")
        ),
        sa.CheckConstraint(
            "state = 'asked' OR (answered_at IS NOT NULL AND digest <> '')",
            name=op.f("ck_survey_answers_answered"),
        ),
        sa.CheckConstraint(
            "state <> 'reopened' OR reopened_until IS NOT NULL", name=op.f("ck_survey_answers_reopened")
        ),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["surveys.id"], name=op.f("fk_survey_answers_survey_id_surveys")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_survey_answers_project_id_projects")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_answers")),
        sa.UniqueConstraint("survey_id", "project_id", name=op.f("uq_survey_answers_survey_id_project_id")),
    )
    for column in ("project_id", "state"):
        op.create_index(op.f(f"ix_survey_answers_{column}"), "survey_answers", [column])
    op.create_table(
        "survey_parts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_id", sa.Integer(), nullable=False),
        sa.Column("initiative_id", sa.Integer(), nullable=True),
        sa.Column("response_id", sa.Integer(), nullable=False),
        sa.Column("frozen_id", sa.Integer(), nullable=True),
        sa.Column("frozen_saves", sa.JSON(), nullable=True),
        sa.Column("left_out", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["survey_answers.id"], name=op.f("fk_survey_parts_answer_id_survey_answers")
        ),
        sa.ForeignKeyConstraint(
            ["initiative_id"], ["initiatives.id"], name=op.f("fk_survey_parts_initiative_id_initiatives")
        ),
        sa.ForeignKeyConstraint(
            ["response_id"], ["responses.id"], name=op.f("fk_survey_parts_response_id_responses")
        ),
        sa.ForeignKeyConstraint(
            ["frozen_id"], ["frozen_responses.id"], name=op.f("fk_survey_parts_frozen_id_frozen_responses")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_parts")),
        sa.UniqueConstraint(
            "answer_id", "initiative_id", name=op.f("uq_survey_parts_answer_id_initiative_id")
        ),
        sa.UniqueConstraint("response_id", name=op.f("uq_survey_parts_response_id")),
    )
    op.create_index(
        "uq_survey_parts_answer_id_of_body",
        "survey_parts",
        ["answer_id"],
        unique=True,
        sqlite_where=sa.text("initiative_id IS NULL"),
        postgresql_where=sa.text("initiative_id IS NULL"),
    )


def downgrade() -> None:
    for table in ("survey_parts", "survey_answers", "surveys"):
        op.drop_table(table)
