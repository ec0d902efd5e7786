"""Reports of a project's year: their forms, what is asked and handed in, and the office's returns. None is deleted."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

TABLES = ("report_corrections", "reports")
SQLITE = (
    """CREATE TRIGGER guard_reports_insert BEFORE INSERT ON reports FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'reports: id is taken') WHERE EXISTS (SELECT 1 FROM reports WHERE "id" = NEW."id");
  SELECT RAISE(ABORT, 'reports: project_id, fiscal_year is taken') WHERE EXISTS (SELECT 1 FROM reports WHERE "project_id" = NEW."project_id" AND "fiscal_year" = NEW."fiscal_year");
  SELECT RAISE(ABORT, 'reports: response_id is taken') WHERE EXISTS (SELECT 1 FROM reports WHERE "response_id" = NEW."response_id");
END""",
    """CREATE TRIGGER guard_reports_update BEFORE UPDATE ON reports FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'reports: what is frozen never changes') WHERE NEW."id" IS NOT OLD."id" OR NEW."project_id" IS NOT OLD."project_id" OR NEW."fiscal_year" IS NOT OLD."fiscal_year" OR NEW."report_kind" IS NOT OLD."report_kind" OR NEW."response_id" IS NOT OLD."response_id" OR NEW."requested_at" IS NOT OLD."requested_at" OR NEW."created_at" IS NOT OLD."created_at";
  SELECT RAISE(ABORT, 'reports: project_id, fiscal_year is taken') WHERE (NEW."project_id" IS NOT OLD."project_id" OR NEW."fiscal_year" IS NOT OLD."fiscal_year") AND EXISTS (SELECT 1 FROM reports WHERE "project_id" = NEW."project_id" AND "fiscal_year" = NEW."fiscal_year" AND id <> OLD.id);
  SELECT RAISE(ABORT, 'reports: response_id is taken') WHERE (NEW."response_id" IS NOT OLD."response_id") AND EXISTS (SELECT 1 FROM reports WHERE "response_id" = NEW."response_id" AND id <> OLD.id);
END""",
    """CREATE TRIGGER guard_reports_delete BEFORE DELETE ON reports FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'reports: this row is kept') WHERE 1 = 1;
END""",
    """CREATE TRIGGER guard_report_corrections_insert BEFORE INSERT ON report_corrections FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'report_corrections: id is taken') WHERE EXISTS (SELECT 1 FROM report_corrections WHERE "id" = NEW."id");
END""",
    """CREATE TRIGGER guard_report_corrections_update BEFORE UPDATE ON report_corrections FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'report_corrections: what is frozen never changes') WHERE NEW."id" IS NOT OLD."id" OR NEW."report_id" IS NOT OLD."report_id" OR NEW."defects" IS NOT OLD."defects" OR NEW."due_at" IS NOT OLD."due_at" OR NEW."asked_at" IS NOT OLD."asked_at" OR NEW."asked_by" IS NOT OLD."asked_by" OR NEW."created_at" IS NOT OLD."created_at";
  SELECT RAISE(ABORT, 'a correction that was answered never changes') WHERE (OLD.resubmitted_at IS NOT NULL) AND (NEW."resubmitted_at" IS NOT OLD."resubmitted_at");
END""",
    """CREATE TRIGGER guard_report_corrections_delete BEFORE DELETE ON report_corrections FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'report_corrections: this row is kept') WHERE 1 = 1;
END""",
)
FUNCTIONS = {
    "guard_reports": """
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF 1 = 1 THEN RAISE EXCEPTION 'reports: this row is kept'; END IF;
    RETURN OLD;
  END IF;
    IF NEW."id"::text IS DISTINCT FROM OLD."id"::text OR NEW."project_id"::text IS DISTINCT FROM OLD."project_id"::text OR NEW."fiscal_year"::text IS DISTINCT FROM OLD."fiscal_year"::text OR NEW."report_kind"::text IS DISTINCT FROM OLD."report_kind"::text OR NEW."response_id"::text IS DISTINCT FROM OLD."response_id"::text OR NEW."requested_at"::text IS DISTINCT FROM OLD."requested_at"::text OR NEW."created_at"::text IS DISTINCT FROM OLD."created_at"::text THEN RAISE EXCEPTION 'reports: what is frozen never changes'; END IF;
  RETURN NEW;
END
""",
    "guard_report_corrections": """
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF 1 = 1 THEN RAISE EXCEPTION 'report_corrections: this row is kept'; END IF;
    RETURN OLD;
  END IF;
    IF NEW."id"::text IS DISTINCT FROM OLD."id"::text OR NEW."report_id"::text IS DISTINCT FROM OLD."report_id"::text OR NEW."defects"::text IS DISTINCT FROM OLD."defects"::text OR NEW."due_at"::text IS DISTINCT FROM OLD."due_at"::text OR NEW."asked_at"::text IS DISTINCT FROM OLD."asked_at"::text OR NEW."asked_by"::text IS DISTINCT FROM OLD."asked_by"::text OR NEW."created_at"::text IS DISTINCT FROM OLD."created_at"::text THEN RAISE EXCEPTION 'report_corrections: what is frozen never changes'; END IF;
    IF (OLD.resubmitted_at IS NOT NULL) AND (NEW."resubmitted_at"::text IS DISTINCT FROM OLD."resubmitted_at"::text) THEN RAISE EXCEPTION 'a correction that was answered never changes'; END IF;
  RETURN NEW;
END
""",
}
TRIGGERS = (
    """CREATE TRIGGER guard_reports BEFORE UPDATE OR DELETE ON reports FOR EACH ROW EXECUTE FUNCTION guard_reports()""",
    """CREATE TRIGGER guard_reports_truncate BEFORE TRUNCATE ON reports FOR EACH STATEMENT EXECUTE FUNCTION guard_truncate()""",
    """CREATE TRIGGER guard_report_corrections BEFORE UPDATE OR DELETE ON report_corrections FOR EACH ROW EXECUTE FUNCTION guard_report_corrections()""",
    """CREATE TRIGGER guard_report_corrections_truncate BEFORE TRUNCATE ON report_corrections FOR EACH STATEMENT EXECUTE FUNCTION guard_truncate()""",
)


def upgrade() -> None:
    _forms()
    _reports()
    _corrections()
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
    for table in TABLES:
        op.drop_table(table)
    op.drop_table("report_forms")
    if op.get_bind().dialect.name == "postgresql":
        for name in FUNCTIONS:
            op.execute(f"DROP FUNCTION {name}()")


def _forms() -> None:
    op.create_table(
        "report_forms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("report_kind", sa.String(20), nullable=False),
        sa.Column("template_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("report_kind IN ('annual', 'final')", name=op.f("ck_report_forms_report_kind")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_report_forms_programme_id_programmes")
        ),
        sa.ForeignKeyConstraint(
            ["template_id"], ["form_templates.id"], name=op.f("fk_report_forms_template_id_form_templates")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_forms")),
        sa.UniqueConstraint(
            "programme_id", "report_kind", name=op.f("uq_report_forms_programme_id_report_kind")
        ),
    )


def _reports() -> None:
    op.create_table(
        "reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("report_kind", sa.String(20), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("response_id", sa.Integer(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handed_over_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handed_over_by", sa.String(200), nullable=False),
        sa.Column("sent_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_back_by", sa.String(200), nullable=False),
        sa.Column("sent_back_reason", sa.Text(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('requested', 'submitted', 'returned', 'accepted')", name=op.f("ck_reports_state")
        ),
        sa.CheckConstraint("report_kind IN ('annual', 'final')", name=op.f("ck_reports_report_kind")),
        sa.CheckConstraint(
            "state = 'requested' OR submitted_at IS NOT NULL", name=op.f("ck_reports_submitted")
        ),
        sa.CheckConstraint(
            "state <> 'accepted' OR accepted_at IS NOT NULL", name=op.f("ck_reports_accepted")
        ),
        sa.CheckConstraint(
            "(handed_over_at IS NULL) = (handed_over_by = '')", name=op.f("ck_reports_handed_over_by_someone")
        ),
        sa.CheckConstraint(
            "(sent_back_at IS NULL) = (sent_back_reason = '')", name=op.f("ck_reports_sent_back_has_reason")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_reports_project_id_projects")
        ),
        sa.ForeignKeyConstraint(
            ["response_id"], ["responses.id"], name=op.f("fk_reports_response_id_responses")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sa.UniqueConstraint("project_id", "fiscal_year", name=op.f("uq_reports_project_id_fiscal_year")),
        sa.UniqueConstraint("response_id", name=op.f("uq_reports_response_id")),
    )
    op.create_index("ix_reports_fiscal_year_id", "reports", ["fiscal_year", "id"])
    op.create_index("ix_reports_state_fiscal_year_id", "reports", ["state", "fiscal_year", "id"])


def _corrections() -> None:
    op.create_table(
        "report_corrections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("defects", sa.JSON(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.String(200), nullable=False),
        sa.Column("resubmitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["report_id"], ["reports.id"], name=op.f("fk_report_corrections_report_id_reports")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_corrections")),
    )
    op.create_index(op.f("ix_report_corrections_report_id"), "report_corrections", ["report_id"])
