"""Rules about applying again: what becomes of what they find, exceptions from them, and sections of one response alone."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

OUTCOMES = {"rule_upgrade": "refuse", "rule_same_content": "refuse", "rule_active_project": "flag"}
SQLITE = (
    """CREATE TRIGGER guard_rule_exceptions_insert BEFORE INSERT ON rule_exceptions FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'rule_exceptions: id is taken') WHERE EXISTS (SELECT 1 FROM rule_exceptions WHERE "id" = NEW."id");
  SELECT RAISE(ABORT, 'rule_exceptions: call_id, organisation_id, rule is taken') WHERE EXISTS (SELECT 1 FROM rule_exceptions WHERE "call_id" = NEW."call_id" AND "organisation_id" = NEW."organisation_id" AND "rule" = NEW."rule");
END""",
    """CREATE TRIGGER guard_rule_exceptions_update BEFORE UPDATE ON rule_exceptions FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'rule_exceptions is append-only') WHERE 1 = 1;
END""",
    """CREATE TRIGGER guard_rule_exceptions_delete BEFORE DELETE ON rule_exceptions FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'rule_exceptions is append-only') WHERE 1 = 1;
END""",
)
POSTGRESQL = """
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF 1 = 1 THEN RAISE EXCEPTION 'rule_exceptions is append-only'; END IF;
    RETURN OLD;
  END IF;
    IF 1 = 1 THEN RAISE EXCEPTION 'rule_exceptions is append-only'; END IF;
  RETURN NEW;
END
"""


def upgrade() -> None:
    op.add_column("responses", sa.Column("further", sa.JSON()))
    for name, outcome in OUTCOMES.items():
        op.execute(
            f"ALTER TABLE calls ADD COLUMN {name} VARCHAR(20) DEFAULT '{outcome}' NOT NULL "
            f"CONSTRAINT ck_calls_{name} CHECK ({name} IN ('refuse', 'flag', 'off'))"
        )
    op.create_table(
        "rule_exceptions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_rule_exceptions_has_reason")),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_rule_exceptions_call_id_calls")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_rule_exceptions_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_exceptions")),
        sa.UniqueConstraint(
            "call_id", "organisation_id", "rule", name=op.f("uq_rule_exceptions_call_id_organisation_id_rule")
        ),
    )
    op.create_index(op.f("ix_rule_exceptions_organisation_id"), "rule_exceptions", ["organisation_id"])
    if op.get_bind().dialect.name == "sqlite":
        for statement in SQLITE:
            op.execute(statement)
        return
    schema = op.get_bind().exec_driver_sql("SELECT quote_ident(current_schema())").scalar_one()
    op.execute(
        "CREATE FUNCTION guard_rule_exceptions() RETURNS trigger LANGUAGE plpgsql "
        f"SET search_path = {schema}, pg_temp AS $guard${POSTGRESQL}$guard$"
    )
    op.execute(
        "CREATE TRIGGER guard_rule_exceptions BEFORE UPDATE OR DELETE ON rule_exceptions "
        "FOR EACH ROW EXECUTE FUNCTION guard_rule_exceptions()"
    )
    op.execute(
        "CREATE TRIGGER guard_rule_exceptions_truncate BEFORE TRUNCATE ON rule_exceptions FOR EACH STATEMENT "
        "EXECUTE FUNCTION guard_truncate()"
    )


def downgrade() -> None:
    op.drop_table("rule_exceptions")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION guard_rule_exceptions()")
    for name in reversed(OUTCOMES):
        op.drop_column("calls", name)
    op.drop_column("responses", "further")
