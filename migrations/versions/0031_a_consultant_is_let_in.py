"""A body lets a consultant into one application until a day: a role of its own, and who was let in."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

FORMER = ("administrator", "director", "ministry_officer", "municipality_approver", "municipality_editor", "officer", "reviewer")
ROLES = ("administrator", "consultant", *FORMER[1:])
SQLITE = (
    """CREATE TRIGGER guard_delegations_insert BEFORE INSERT ON delegations FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'delegations: id is taken') WHERE EXISTS (SELECT 1 FROM delegations WHERE "id" = NEW."id");
  SELECT RAISE(ABORT, 'delegations: seat_id is taken') WHERE EXISTS (SELECT 1 FROM delegations WHERE "seat_id" = NEW."seat_id");
END""",
    """CREATE TRIGGER guard_delegations_update BEFORE UPDATE ON delegations FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'delegations: what is frozen never changes') WHERE NEW."id" IS NOT OLD."id" OR NEW."application_id" IS NOT OLD."application_id" OR NEW."organisation_id" IS NOT OLD."organisation_id" OR NEW."seat_id" IS NOT OLD."seat_id" OR NEW."name" IS NOT OLD."name" OR NEW."company" IS NOT OLD."company" OR NEW."email" IS NOT OLD."email" OR NEW."purpose" IS NOT OLD."purpose" OR NEW."let_in_at" IS NOT OLD."let_in_at" OR NEW."let_in_by" IS NOT OLD."let_in_by" OR NEW."created_at" IS NOT OLD."created_at";
  SELECT RAISE(ABORT, 'an ended delegation never changes') WHERE (OLD.state = 'ended') AND (NEW."state" IS NOT OLD."state" OR NEW."until" IS NOT OLD."until" OR NEW."ended_at" IS NOT OLD."ended_at" OR NEW."ended_by" IS NOT OLD."ended_by");
  SELECT RAISE(ABORT, 'delegations: seat_id is taken') WHERE (NEW."seat_id" IS NOT OLD."seat_id") AND EXISTS (SELECT 1 FROM delegations WHERE "seat_id" = NEW."seat_id" AND id <> OLD.id);
END""",
    """CREATE TRIGGER guard_delegations_delete BEFORE DELETE ON delegations FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'delegations: this row is kept') WHERE 1 = 1;
END""",
)
POSTGRESQL = """
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF 1 = 1 THEN RAISE EXCEPTION 'delegations: this row is kept'; END IF;
    RETURN OLD;
  END IF;
    IF NEW."id"::text IS DISTINCT FROM OLD."id"::text OR NEW."application_id"::text IS DISTINCT FROM OLD."application_id"::text OR NEW."organisation_id"::text IS DISTINCT FROM OLD."organisation_id"::text OR NEW."seat_id"::text IS DISTINCT FROM OLD."seat_id"::text OR NEW."name"::text IS DISTINCT FROM OLD."name"::text OR NEW."company"::text IS DISTINCT FROM OLD."company"::text OR NEW."email"::text IS DISTINCT FROM OLD."email"::text OR NEW."purpose"::text IS DISTINCT FROM OLD."purpose"::text OR NEW."let_in_at"::text IS DISTINCT FROM OLD."let_in_at"::text OR NEW."let_in_by"::text IS DISTINCT FROM OLD."let_in_by"::text OR NEW."created_at"::text IS DISTINCT FROM OLD."created_at"::text THEN RAISE EXCEPTION 'delegations: what is frozen never changes'; END IF;
    IF (OLD.state = 'ended') AND (NEW."state"::text IS DISTINCT FROM OLD."state"::text OR NEW."until"::text IS DISTINCT FROM OLD."until"::text OR NEW."ended_at"::text IS DISTINCT FROM OLD."ended_at"::text OR NEW."ended_by"::text IS DISTINCT FROM OLD."ended_by"::text) THEN RAISE EXCEPTION 'an ended delegation never changes'; END IF;
  RETURN NEW;
END
"""


def upgrade() -> None:
    _constrain(ROLES)
    op.create_table(
        "delegations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("company", sa.String(80), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("let_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("let_in_by", sa.String(200), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(200), nullable=False),
        sa.CheckConstraint("state IN ('running', 'ended')", name=op.f("ck_delegations_state")),
        sa.CheckConstraint(
            "(state = 'ended') = (ended_at IS NOT NULL) AND (ended_at IS NULL) = (ended_by = '')",
            name=op.f("ck_delegations_ended_by_someone"),
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_delegations_application_id_applications")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_delegations_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["seat_id"], ["seats.id"], name=op.f("fk_delegations_seat_id_seats")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegations")),
        sa.UniqueConstraint("seat_id", name=op.f("uq_delegations_seat_id")),
    )
    op.create_index(op.f("ix_delegations_application_id"), "delegations", ["application_id"])
    if not _is_postgresql():
        for statement in SQLITE:
            op.execute(statement)
        return
    schema = op.get_bind().exec_driver_sql("SELECT quote_ident(current_schema())").scalar_one()
    op.execute(
        "CREATE FUNCTION guard_delegations() RETURNS trigger LANGUAGE plpgsql "
        f"SET search_path = {schema}, pg_temp AS $guard${POSTGRESQL}$guard$"
    )
    op.execute(
        "CREATE TRIGGER guard_delegations BEFORE UPDATE OR DELETE ON delegations FOR EACH ROW "
        "EXECUTE FUNCTION guard_delegations()"
    )
    op.execute(
        "CREATE TRIGGER guard_delegations_truncate BEFORE TRUNCATE ON delegations FOR EACH STATEMENT "
        "EXECUTE FUNCTION guard_truncate()"
    )


def downgrade() -> None:
    """The seats stay, since the history names them: closed from their first day, so that nobody becomes an editor by them."""
    op.drop_table("delegations")
    if _is_postgresql():
        op.execute("DROP FUNCTION guard_delegations()")
    op.execute(
        "UPDATE seats SET role = 'municipality_editor', version_id = version_id + 1, closed_on = "
        "(SELECT min(started_on) FROM tenures WHERE tenures.seat_id = seats.id) WHERE role = 'consultant'"
    )
    _constrain(FORMER)


def _constrain(roles: tuple[str, ...]) -> None:
    named = ", ".join(f"'{role}'" for role in roles)
    with op.batch_alter_table("seats") as seats:
        seats.drop_constraint(op.f("ck_seats_role"), type_="check")
        seats.create_check_constraint(op.f("ck_seats_role"), f"role IN ({named})")


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"
