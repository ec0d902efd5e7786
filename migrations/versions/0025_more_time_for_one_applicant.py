"""More time for one applicant: the graces (猶予) with their guard, and until when an application has one."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

SQLITE = (
    """CREATE TRIGGER guard_graces_insert BEFORE INSERT ON graces FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'graces: id is taken') WHERE EXISTS (SELECT 1 FROM graces WHERE "id" = NEW."id");
END""",
    """CREATE TRIGGER guard_graces_update BEFORE UPDATE ON graces FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'graces: what is frozen never changes') WHERE NEW."id" IS NOT OLD."id" OR NEW."call_id" IS NOT OLD."call_id" OR NEW."organisation_id" IS NOT OLD."organisation_id" OR NEW."until" IS NOT OLD."until" OR NEW."reason" IS NOT OLD."reason" OR NEW."asked_at" IS NOT OLD."asked_at" OR NEW."asked_by" IS NOT OLD."asked_by" OR NEW."created_at" IS NOT OLD."created_at";
  SELECT RAISE(ABORT, 'a decided grace never changes') WHERE (OLD.state <> 'asked') AND (NEW."state" IS NOT OLD."state" OR NEW."decided_at" IS NOT OLD."decided_at" OR NEW."decided_by" IS NOT OLD."decided_by" OR NEW."remark" IS NOT OLD."remark");
END""",
    """CREATE TRIGGER guard_graces_delete BEFORE DELETE ON graces FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'graces: this row is kept') WHERE 1 = 1;
END""",
)
POSTGRESQL = """
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF 1 = 1 THEN RAISE EXCEPTION 'graces: this row is kept'; END IF;
    RETURN OLD;
  END IF;
    IF NEW."id"::text IS DISTINCT FROM OLD."id"::text OR NEW."call_id"::text IS DISTINCT FROM OLD."call_id"::text OR NEW."organisation_id"::text IS DISTINCT FROM OLD."organisation_id"::text OR NEW."until"::text IS DISTINCT FROM OLD."until"::text OR NEW."reason"::text IS DISTINCT FROM OLD."reason"::text OR NEW."asked_at"::text IS DISTINCT FROM OLD."asked_at"::text OR NEW."asked_by"::text IS DISTINCT FROM OLD."asked_by"::text OR NEW."created_at"::text IS DISTINCT FROM OLD."created_at"::text THEN RAISE EXCEPTION 'graces: what is frozen never changes'; END IF;
    IF (OLD.state <> 'asked') AND (NEW."state"::text IS DISTINCT FROM OLD."state"::text OR NEW."decided_at"::text IS DISTINCT FROM OLD."decided_at"::text OR NEW."decided_by"::text IS DISTINCT FROM OLD."decided_by"::text OR NEW."remark"::text IS DISTINCT FROM OLD."remark"::text) THEN RAISE EXCEPTION 'a decided grace never changes'; END IF;
  RETURN NEW;
END
"""


def upgrade() -> None:
    op.add_column("applications", sa.Column("grace_until", sa.DateTime(timezone=True)))
    op.create_table(
        "graces",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.String(200), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(200), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('asked', 'granted', 'refused')", name=op.f("ck_graces_state")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_graces_has_reason")),
        sa.CheckConstraint(
            "state = 'asked' OR (decided_at IS NOT NULL AND decided_by <> '')",
            name=op.f("ck_graces_decided_by_someone"),
        ),
        sa.CheckConstraint("state <> 'refused' OR remark <> ''", name=op.f("ck_graces_refused_has_remark")),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_graces_call_id_calls")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_graces_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_graces")),
    )
    op.create_index("ix_graces_call_id_organisation_id", "graces", ["call_id", "organisation_id"])
    op.create_index(op.f("ix_graces_organisation_id"), "graces", ["organisation_id"])
    if op.get_bind().dialect.name == "sqlite":
        for statement in SQLITE:
            op.execute(statement)
        return
    schema = op.get_bind().exec_driver_sql("SELECT quote_ident(current_schema())").scalar_one()
    op.execute(
        "CREATE FUNCTION guard_graces() RETURNS trigger LANGUAGE plpgsql "
        f"SET search_path = {schema}, pg_temp AS $guard${POSTGRESQL}$guard$"
    )
    op.execute(
        "CREATE TRIGGER guard_graces BEFORE UPDATE OR DELETE ON graces FOR EACH ROW EXECUTE FUNCTION guard_graces()"
    )
    op.execute(
        "CREATE TRIGGER guard_graces_truncate BEFORE TRUNCATE ON graces FOR EACH STATEMENT "
        "EXECUTE FUNCTION guard_truncate()"
    )


def downgrade() -> None:
    op.drop_table("graces")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION guard_graces()")
    op.drop_column("applications", "grace_until")
