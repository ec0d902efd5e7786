"""Evaluation meetings, what they record of projects and what is published of it; wishes for the time after support."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

SQLITE = (
    """CREATE TRIGGER guard_evaluation_publications_insert BEFORE INSERT ON evaluation_publications FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'evaluation_publications: id is taken') WHERE EXISTS (SELECT 1 FROM evaluation_publications WHERE "id" = NEW."id");
  SELECT RAISE(ABORT, 'evaluation_publications: meeting_id is taken') WHERE EXISTS (SELECT 1 FROM evaluation_publications WHERE "meeting_id" = NEW."meeting_id");
END""",
    """CREATE TRIGGER guard_evaluation_publications_update BEFORE UPDATE ON evaluation_publications FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'evaluation_publications is append-only') WHERE 1 = 1;
END""",
    """CREATE TRIGGER guard_evaluation_publications_delete BEFORE DELETE ON evaluation_publications FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'evaluation_publications is append-only') WHERE 1 = 1;
END""",
)
FUNCTIONS = {
    "guard_evaluation_publications": """
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF 1 = 1 THEN RAISE EXCEPTION 'evaluation_publications is append-only'; END IF;
    RETURN OLD;
  END IF;
    IF 1 = 1 THEN RAISE EXCEPTION 'evaluation_publications is append-only'; END IF;
  RETURN NEW;
END
""",
}
TRIGGERS = (
    """CREATE TRIGGER guard_evaluation_publications BEFORE UPDATE OR DELETE ON evaluation_publications FOR EACH ROW EXECUTE FUNCTION guard_evaluation_publications()""",
    """CREATE TRIGGER guard_evaluation_publications_truncate BEFORE TRUNCATE ON evaluation_publications FOR EACH STATEMENT EXECUTE FUNCTION guard_truncate()""",
)


def upgrade() -> None:
    op.create_table(
        "evaluation_forms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(20), nullable=False),
        sa.Column("template_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "part IN ('meeting', 'findings', 'response')", name=op.f("ck_evaluation_forms_part")
        ),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_evaluation_forms_programme_id_programmes")),
        sa.ForeignKeyConstraint(["template_id"], ["form_templates.id"], name=op.f("fk_evaluation_forms_template_id_form_templates")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_forms")),
        sa.UniqueConstraint("programme_id", "part", name=op.f("uq_evaluation_forms_programme_id_part")),
    )
    op.create_table(
        "evaluation_meetings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("online", sa.Boolean(), nullable=False),
        sa.Column("response_id", sa.Integer(), nullable=False),
        sa.Column("called_off_reason", sa.Text(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'called_off') = (called_off_reason <> '')", name=op.f("ck_evaluation_meetings_called_off_for_a_reason")
        ),
        sa.CheckConstraint(
            "name <> ''", name=op.f("ck_evaluation_meetings_named")
        ),
        sa.CheckConstraint(
            "online OR place <> ''", name=op.f("ck_evaluation_meetings_somewhere")
        ),
        sa.CheckConstraint(
            "state IN ('planned', 'held', 'published', 'called_off')", name=op.f("ck_evaluation_meetings_state")
        ),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_evaluation_meetings_programme_id_programmes")),
        sa.ForeignKeyConstraint(["response_id"], ["responses.id"], name=op.f("fk_evaluation_meetings_response_id_responses")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_meetings")),
        sa.UniqueConstraint("response_id", name=op.f("uq_evaluation_meetings_response_id")),
    )
    op.create_index(op.f("ix_evaluation_meetings_held_on_id"), "evaluation_meetings", ["held_on", "id"])
    op.create_index(op.f("ix_evaluation_meetings_programme_id"), "evaluation_meetings", ["programme_id"])
    op.create_table(
        "evaluations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("findings_id", sa.Integer(), nullable=False),
        sa.Column("answered_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("put_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("responded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("responded_by", sa.String(200), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state NOT IN ('asked', 'responded') OR (due_on IS NOT NULL AND put_at IS NOT NULL AND answered_id IS NOT NULL)", name=op.f("ck_evaluations_asked_by_a_day")
        ),
        sa.CheckConstraint(
            "(state = 'responded') = (responded_at IS NOT NULL)", name=op.f("ck_evaluations_responded_at")
        ),
        sa.CheckConstraint(
            "state IN ('recorded', 'asked', 'responded', 'taken_off')", name=op.f("ck_evaluations_state")
        ),
        sa.ForeignKeyConstraint(["answered_id"], ["responses.id"], name=op.f("fk_evaluations_answered_id_responses")),
        sa.ForeignKeyConstraint(["findings_id"], ["responses.id"], name=op.f("fk_evaluations_findings_id_responses")),
        sa.ForeignKeyConstraint(["meeting_id"], ["evaluation_meetings.id"], name=op.f("fk_evaluations_meeting_id_evaluation_meetings")),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_evaluations_project_id_projects")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluations")),
        sa.UniqueConstraint("answered_id", name=op.f("uq_evaluations_answered_id")),
        sa.UniqueConstraint("findings_id", name=op.f("uq_evaluations_findings_id")),
        sa.UniqueConstraint("meeting_id", "project_id", name=op.f("uq_evaluations_meeting_id_project_id")),
    )
    op.create_index(op.f("ix_evaluations_project_id"), "evaluations", ["project_id"])
    op.create_index(op.f("ix_evaluations_state"), "evaluations", ["state"])
    op.create_table(
        "evaluation_rows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("evaluation_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kpi_id", sa.Integer(), nullable=True),
        sa.Column("initiative", sa.String(200), nullable=False),
        sa.Column("name", sa.String(300), nullable=False),
        sa.Column("grade", sa.String(20), nullable=False),
        sa.Column("on_results", sa.Text(), nullable=False),
        sa.Column("on_future", sa.Text(), nullable=False),
        sa.Column("search_text", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "grade IN ('', '非常に効果があった', '相当程度効果があった', '効果があった', '効果がなかった')", name=op.f("ck_evaluation_rows_grade")
        ),
        sa.ForeignKeyConstraint(["evaluation_id"], ["evaluations.id"], name=op.f("fk_evaluation_rows_evaluation_id_evaluations")),
        sa.ForeignKeyConstraint(["kpi_id"], ["kpis.id"], name=op.f("fk_evaluation_rows_kpi_id_kpis")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_rows")),
        sa.UniqueConstraint("evaluation_id", "item", name=op.f("uq_evaluation_rows_evaluation_id_item")),
    )
    op.create_index(op.f("ix_evaluation_rows_grade"), "evaluation_rows", ["grade"])
    op.create_index(op.f("ix_evaluation_rows_kpi_id"), "evaluation_rows", ["kpi_id"])
    op.create_table(
        "evaluation_publications",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.String(200), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["evaluation_meetings.id"], name=op.f("fk_evaluation_publications_meeting_id_evaluation_meetings")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_publications")),
        sa.UniqueConstraint("meeting_id", name=op.f("uq_evaluation_publications_meeting_id")),
    )
    op.create_table(
        "wish_forms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("template_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_wish_forms_programme_id_programmes")),
        sa.ForeignKeyConstraint(["template_id"], ["form_templates.id"], name=op.f("fk_wish_forms_template_id_form_templates")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wish_forms")),
        sa.UniqueConstraint("programme_id", name=op.f("uq_wish_forms_programme_id")),
    )
    op.create_table(
        "wishes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("response_id", sa.Integer(), nullable=False),
        sa.Column("magazine", sa.Boolean(), nullable=True),
        sa.Column("council", sa.Boolean(), nullable=True),
        sa.Column("invitation", sa.Boolean(), nullable=True),
        sa.Column("reapplying", sa.Boolean(), nullable=True),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_wishes_organisation_id_organisations")),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_wishes_project_id_projects")),
        sa.ForeignKeyConstraint(["response_id"], ["responses.id"], name=op.f("fk_wishes_response_id_responses")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wishes")),
        sa.UniqueConstraint("project_id", "organisation_id", name=op.f("uq_wishes_project_id_organisation_id")),
        sa.UniqueConstraint("response_id", name=op.f("uq_wishes_response_id")),
    )
    op.create_index(op.f("ix_wishes_organisation_id"), "wishes", ["organisation_id"])
    if op.get_bind().dialect.name == "sqlite":
        for statement in SQLITE:
            op.execute(statement)
        return
    schema = op.get_bind().exec_driver_sql("SELECT quote_ident(current_schema())").scalar_one()
    for name, body in FUNCTIONS.items():
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql "
            f"SET search_path = {schema}, pg_temp AS $guard${body}$guard$"
        )
    for statement in TRIGGERS:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("wishes")
    op.drop_table("wish_forms")
    op.drop_table("evaluation_publications")
    op.drop_table("evaluation_rows")
    op.drop_table("evaluations")
    op.drop_table("evaluation_meetings")
    op.drop_table("evaluation_forms")
    if op.get_bind().dialect.name == "postgresql":
        for name in FUNCTIONS:
            op.execute(f"DROP FUNCTION {name}()")
