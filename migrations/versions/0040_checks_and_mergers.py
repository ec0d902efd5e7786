"""What was found at the items of a checklist is kept; a body has a general address, and merges into another on a day."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

SQLITE = (
    """CREATE TRIGGER guard_application_checks_insert BEFORE INSERT ON application_checks FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'application_checks: id is taken') WHERE EXISTS (SELECT 1 FROM application_checks WHERE "id" = NEW."id");
  SELECT RAISE(ABORT, 'application_checks: submission_id, item is taken') WHERE EXISTS (SELECT 1 FROM application_checks WHERE "submission_id" = NEW."submission_id" AND "item" = NEW."item");
END""",
    """CREATE TRIGGER guard_application_checks_update BEFORE UPDATE ON application_checks FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'application_checks: what is frozen never changes') WHERE NEW."id" IS NOT OLD."id" OR NEW."submission_id" IS NOT OLD."submission_id" OR NEW."item" IS NOT OLD."item" OR NEW."created_at" IS NOT OLD."created_at";
  SELECT RAISE(ABORT, 'application_checks: submission_id, item is taken') WHERE (NEW."submission_id" IS NOT OLD."submission_id" OR NEW."item" IS NOT OLD."item") AND EXISTS (SELECT 1 FROM application_checks WHERE "submission_id" = NEW."submission_id" AND "item" = NEW."item" AND id <> OLD.id);
END""",
    """CREATE TRIGGER guard_application_checks_delete BEFORE DELETE ON application_checks FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'application_checks: this row is kept') WHERE 1 = 1;
END""",
)
FUNCTION = """
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF 1 = 1 THEN RAISE EXCEPTION 'application_checks: this row is kept'; END IF;
    RETURN OLD;
  END IF;
    IF NEW."id"::text IS DISTINCT FROM OLD."id"::text OR NEW."submission_id"::text IS DISTINCT FROM OLD."submission_id"::text OR NEW."item"::text IS DISTINCT FROM OLD."item"::text OR NEW."created_at"::text IS DISTINCT FROM OLD."created_at"::text THEN RAISE EXCEPTION 'application_checks: what is frozen never changes'; END IF;
  RETURN NEW;
END
"""
TRIGGERS = (
    """CREATE TRIGGER guard_application_checks BEFORE UPDATE OR DELETE ON application_checks FOR EACH ROW EXECUTE FUNCTION guard_application_checks()""",
    """CREATE TRIGGER guard_application_checks_truncate BEFORE TRUNCATE ON application_checks FOR EACH STATEMENT EXECUTE FUNCTION guard_truncate()""",
)


def upgrade() -> None:
    op.add_column("organisations", sa.Column("merged_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("organisations", sa.Column("merger_reason", sa.Text(), server_default="", nullable=False))
    op.add_column("organisations", sa.Column("general_address", sa.String(254), server_default="", nullable=False))
    if op.get_bind().dialect.name == "sqlite":
        for statement in SQLITE:
            op.execute(statement)
        return
    schema = op.get_bind().exec_driver_sql("SELECT quote_ident(current_schema())").scalar_one()
    op.execute(
        "CREATE FUNCTION guard_application_checks() RETURNS trigger LANGUAGE plpgsql "
        f"SET search_path = {schema}, pg_temp AS $guard${FUNCTION}$guard$"
    )
    for statement in TRIGGERS:
        op.execute(statement)


def downgrade() -> None:
    for column in ("merged_at", "merger_reason", "general_address"):
        op.drop_column("organisations", column)
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("insert", "update", "delete"):
            op.execute(f"DROP TRIGGER guard_application_checks_{verb}")
        return
    op.execute("DROP TRIGGER guard_application_checks ON application_checks")
    op.execute("DROP TRIGGER guard_application_checks_truncate ON application_checks")
    op.execute("DROP FUNCTION guard_application_checks()")
