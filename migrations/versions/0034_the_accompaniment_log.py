"""The accompaniment log of a project, its obstacles, and what others can use of them; none of it is deleted."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

TABLES = ("knowledge_editions", "knowledge_items", "obstacles", "log_editions", "log_entries")
SQLITE = (
    """CREATE TRIGGER guard_log_entries_insert BEFORE INSERT ON log_entries FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'log_entries: id is taken') WHERE EXISTS (SELECT 1 FROM log_entries WHERE "id" = NEW."id");
END""",
    """CREATE TRIGGER guard_log_entries_update BEFORE UPDATE ON log_entries FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'log_entries: what is frozen never changes') WHERE NEW."id" IS NOT OLD."id" OR NEW."project_id" IS NOT OLD."project_id" OR NEW."side" IS NOT OLD."side" OR NEW."organisation_id" IS NOT OLD."organisation_id" OR NEW."seat_id" IS NOT OLD."seat_id" OR NEW."author" IS NOT OLD."author" OR NEW."author_seat" IS NOT OLD."author_seat" OR NEW."written_at" IS NOT OLD."written_at" OR NEW."created_at" IS NOT OLD."created_at";
  SELECT RAISE(ABORT, 'what was withdrawn never changes') WHERE (OLD.withdrawn_at IS NOT NULL) AND (NEW."entry_kind" IS NOT OLD."entry_kind" OR NEW."held_on" IS NOT OLD."held_on" OR NEW."participants" IS NOT OLD."participants" OR NEW."text" IS NOT OLD."text" OR NEW."next_step" IS NOT OLD."next_step" OR NEW."within_office" IS NOT OLD."within_office" OR NEW."edition" IS NOT OLD."edition" OR NEW."edited_at" IS NOT OLD."edited_at" OR NEW."withdrawn_at" IS NOT OLD."withdrawn_at" OR NEW."withdrawn_by" IS NOT OLD."withdrawn_by" OR NEW."withdrawal_reason" IS NOT OLD."withdrawal_reason");
  SELECT RAISE(ABORT, 'what was shown is not taken back') WHERE NEW.within_office AND NOT OLD.within_office;
END""",
    """CREATE TRIGGER guard_log_entries_delete BEFORE DELETE ON log_entries FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'log_entries: this row is kept') WHERE 1 = 1;
END""",
    """CREATE TRIGGER guard_log_editions_insert BEFORE INSERT ON log_editions FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'log_editions: id is taken') WHERE EXISTS (SELECT 1 FROM log_editions WHERE "id" = NEW."id");
  SELECT RAISE(ABORT, 'log_editions: log_entry_id, number is taken') WHERE EXISTS (SELECT 1 FROM log_editions WHERE "log_entry_id" = NEW."log_entry_id" AND "number" = NEW."number");
END""",
    """CREATE TRIGGER guard_log_editions_update BEFORE UPDATE ON log_editions FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'log_editions is append-only') WHERE 1 = 1;
END""",
    """CREATE TRIGGER guard_log_editions_delete BEFORE DELETE ON log_editions FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'log_editions is append-only') WHERE 1 = 1;
END""",
    """CREATE TRIGGER guard_obstacles_insert BEFORE INSERT ON obstacles FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'obstacles: id is taken') WHERE EXISTS (SELECT 1 FROM obstacles WHERE "id" = NEW."id");
END""",
    """CREATE TRIGGER guard_obstacles_update BEFORE UPDATE ON obstacles FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'obstacles: what is frozen never changes') WHERE NEW."id" IS NOT OLD."id" OR NEW."project_id" IS NOT OLD."project_id" OR NEW."raised_at" IS NOT OLD."raised_at" OR NEW."raised_by" IS NOT OLD."raised_by" OR NEW."raised_seat" IS NOT OLD."raised_seat" OR NEW."created_at" IS NOT OLD."created_at";
END""",
    """CREATE TRIGGER guard_obstacles_delete BEFORE DELETE ON obstacles FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'obstacles: this row is kept') WHERE 1 = 1;
END""",
    """CREATE TRIGGER guard_knowledge_items_insert BEFORE INSERT ON knowledge_items FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'knowledge_items: id is taken') WHERE EXISTS (SELECT 1 FROM knowledge_items WHERE "id" = NEW."id");
END""",
    """CREATE TRIGGER guard_knowledge_items_update BEFORE UPDATE ON knowledge_items FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'knowledge_items: what is frozen never changes') WHERE NEW."id" IS NOT OLD."id" OR NEW."log_entry_id" IS NOT OLD."log_entry_id" OR NEW."obstacle_id" IS NOT OLD."obstacle_id" OR NEW."published_at" IS NOT OLD."published_at" OR NEW."published_by" IS NOT OLD."published_by" OR NEW."created_at" IS NOT OLD."created_at";
  SELECT RAISE(ABORT, 'what was withdrawn never changes') WHERE (OLD.withdrawn_at IS NOT NULL) AND (NEW."topic" IS NOT OLD."topic" OR NEW."question" IS NOT OLD."question" OR NEW."answer" IS NOT OLD."answer" OR NEW."technologies_text" IS NOT OLD."technologies_text" OR NEW."edition" IS NOT OLD."edition" OR NEW."edited_at" IS NOT OLD."edited_at" OR NEW."withdrawn_at" IS NOT OLD."withdrawn_at" OR NEW."withdrawal_reason" IS NOT OLD."withdrawal_reason");
END""",
    """CREATE TRIGGER guard_knowledge_items_delete BEFORE DELETE ON knowledge_items FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'knowledge_items: this row is kept') WHERE 1 = 1;
END""",
    """CREATE TRIGGER guard_knowledge_editions_insert BEFORE INSERT ON knowledge_editions FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'knowledge_editions: id is taken') WHERE EXISTS (SELECT 1 FROM knowledge_editions WHERE "id" = NEW."id");
  SELECT RAISE(ABORT, 'knowledge_editions: knowledge_item_id, number is taken') WHERE EXISTS (SELECT 1 FROM knowledge_editions WHERE "knowledge_item_id" = NEW."knowledge_item_id" AND "number" = NEW."number");
END""",
    """CREATE TRIGGER guard_knowledge_editions_update BEFORE UPDATE ON knowledge_editions FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'knowledge_editions is append-only') WHERE 1 = 1;
END""",
    """CREATE TRIGGER guard_knowledge_editions_delete BEFORE DELETE ON knowledge_editions FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'knowledge_editions is append-only') WHERE 1 = 1;
END""",
)
FUNCTIONS = {
    "guard_log_entries": """
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF 1 = 1 THEN RAISE EXCEPTION 'log_entries: this row is kept'; END IF;
    RETURN OLD;
  END IF;
    IF NEW."id"::text IS DISTINCT FROM OLD."id"::text OR NEW."project_id"::text IS DISTINCT FROM OLD."project_id"::text OR NEW."side"::text IS DISTINCT FROM OLD."side"::text OR NEW."organisation_id"::text IS DISTINCT FROM OLD."organisation_id"::text OR NEW."seat_id"::text IS DISTINCT FROM OLD."seat_id"::text OR NEW."author"::text IS DISTINCT FROM OLD."author"::text OR NEW."author_seat"::text IS DISTINCT FROM OLD."author_seat"::text OR NEW."written_at"::text IS DISTINCT FROM OLD."written_at"::text OR NEW."created_at"::text IS DISTINCT FROM OLD."created_at"::text THEN RAISE EXCEPTION 'log_entries: what is frozen never changes'; END IF;
    IF (OLD.withdrawn_at IS NOT NULL) AND (NEW."entry_kind"::text IS DISTINCT FROM OLD."entry_kind"::text OR NEW."held_on"::text IS DISTINCT FROM OLD."held_on"::text OR NEW."participants"::text IS DISTINCT FROM OLD."participants"::text OR NEW."text"::text IS DISTINCT FROM OLD."text"::text OR NEW."next_step"::text IS DISTINCT FROM OLD."next_step"::text OR NEW."within_office"::text IS DISTINCT FROM OLD."within_office"::text OR NEW."edition"::text IS DISTINCT FROM OLD."edition"::text OR NEW."edited_at"::text IS DISTINCT FROM OLD."edited_at"::text OR NEW."withdrawn_at"::text IS DISTINCT FROM OLD."withdrawn_at"::text OR NEW."withdrawn_by"::text IS DISTINCT FROM OLD."withdrawn_by"::text OR NEW."withdrawal_reason"::text IS DISTINCT FROM OLD."withdrawal_reason"::text) THEN RAISE EXCEPTION 'what was withdrawn never changes'; END IF;
    IF NEW.within_office AND NOT OLD.within_office THEN RAISE EXCEPTION 'what was shown is not taken back'; END IF;
  RETURN NEW;
END
""",
    "guard_log_editions": """
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF 1 = 1 THEN RAISE EXCEPTION 'log_editions is append-only'; END IF;
    RETURN OLD;
  END IF;
    IF 1 = 1 THEN RAISE EXCEPTION 'log_editions is append-only'; END IF;
  RETURN NEW;
END
""",
    "guard_obstacles": """
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF 1 = 1 THEN RAISE EXCEPTION 'obstacles: this row is kept'; END IF;
    RETURN OLD;
  END IF;
    IF NEW."id"::text IS DISTINCT FROM OLD."id"::text OR NEW."project_id"::text IS DISTINCT FROM OLD."project_id"::text OR NEW."raised_at"::text IS DISTINCT FROM OLD."raised_at"::text OR NEW."raised_by"::text IS DISTINCT FROM OLD."raised_by"::text OR NEW."raised_seat"::text IS DISTINCT FROM OLD."raised_seat"::text OR NEW."created_at"::text IS DISTINCT FROM OLD."created_at"::text THEN RAISE EXCEPTION 'obstacles: what is frozen never changes'; END IF;
  RETURN NEW;
END
""",
    "guard_knowledge_items": """
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF 1 = 1 THEN RAISE EXCEPTION 'knowledge_items: this row is kept'; END IF;
    RETURN OLD;
  END IF;
    IF NEW."id"::text IS DISTINCT FROM OLD."id"::text OR NEW."log_entry_id"::text IS DISTINCT FROM OLD."log_entry_id"::text OR NEW."obstacle_id"::text IS DISTINCT FROM OLD."obstacle_id"::text OR NEW."published_at"::text IS DISTINCT FROM OLD."published_at"::text OR NEW."published_by"::text IS DISTINCT FROM OLD."published_by"::text OR NEW."created_at"::text IS DISTINCT FROM OLD."created_at"::text THEN RAISE EXCEPTION 'knowledge_items: what is frozen never changes'; END IF;
    IF (OLD.withdrawn_at IS NOT NULL) AND (NEW."topic"::text IS DISTINCT FROM OLD."topic"::text OR NEW."question"::text IS DISTINCT FROM OLD."question"::text OR NEW."answer"::text IS DISTINCT FROM OLD."answer"::text OR NEW."technologies_text"::text IS DISTINCT FROM OLD."technologies_text"::text OR NEW."edition"::text IS DISTINCT FROM OLD."edition"::text OR NEW."edited_at"::text IS DISTINCT FROM OLD."edited_at"::text OR NEW."withdrawn_at"::text IS DISTINCT FROM OLD."withdrawn_at"::text OR NEW."withdrawal_reason"::text IS DISTINCT FROM OLD."withdrawal_reason"::text) THEN RAISE EXCEPTION 'what was withdrawn never changes'; END IF;
  RETURN NEW;
END
""",
    "guard_knowledge_editions": """
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF 1 = 1 THEN RAISE EXCEPTION 'knowledge_editions is append-only'; END IF;
    RETURN OLD;
  END IF;
    IF 1 = 1 THEN RAISE EXCEPTION 'knowledge_editions is append-only'; END IF;
  RETURN NEW;
END
""",
}
TRIGGERS = (
    """CREATE TRIGGER guard_log_entries BEFORE UPDATE OR DELETE ON log_entries FOR EACH ROW EXECUTE FUNCTION guard_log_entries()""",
    """CREATE TRIGGER guard_log_entries_truncate BEFORE TRUNCATE ON log_entries FOR EACH STATEMENT EXECUTE FUNCTION guard_truncate()""",
    """CREATE TRIGGER guard_log_editions BEFORE UPDATE OR DELETE ON log_editions FOR EACH ROW EXECUTE FUNCTION guard_log_editions()""",
    """CREATE TRIGGER guard_log_editions_truncate BEFORE TRUNCATE ON log_editions FOR EACH STATEMENT EXECUTE FUNCTION guard_truncate()""",
    """CREATE TRIGGER guard_obstacles BEFORE UPDATE OR DELETE ON obstacles FOR EACH ROW EXECUTE FUNCTION guard_obstacles()""",
    """CREATE TRIGGER guard_obstacles_truncate BEFORE TRUNCATE ON obstacles FOR EACH STATEMENT EXECUTE FUNCTION guard_truncate()""",
    """CREATE TRIGGER guard_knowledge_items BEFORE UPDATE OR DELETE ON knowledge_items FOR EACH ROW EXECUTE FUNCTION guard_knowledge_items()""",
    """CREATE TRIGGER guard_knowledge_items_truncate BEFORE TRUNCATE ON knowledge_items FOR EACH STATEMENT EXECUTE FUNCTION guard_truncate()""",
    """CREATE TRIGGER guard_knowledge_editions BEFORE UPDATE OR DELETE ON knowledge_editions FOR EACH ROW EXECUTE FUNCTION guard_knowledge_editions()""",
    """CREATE TRIGGER guard_knowledge_editions_truncate BEFORE TRUNCATE ON knowledge_editions FOR EACH STATEMENT EXECUTE FUNCTION guard_truncate()""",
)


def upgrade() -> None:
    _log_entries()
    _log_editions()
    _obstacles()
    _knowledge_items()
    _knowledge_editions()
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
    if op.get_bind().dialect.name == "postgresql":
        for name in FUNCTIONS:
            op.execute(f"DROP FUNCTION {name}()")


def _log_entries() -> None:
    op.create_table(
        "log_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("entry_kind", sa.String(20), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("participants", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("next_step", sa.Text(), nullable=False),
        sa.Column("within_office", sa.Boolean(), nullable=False),
        sa.Column("side", sa.String(20), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(200), nullable=False),
        sa.Column("author_seat", sa.String(400), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.String(200), nullable=False),
        sa.Column("withdrawal_reason", sa.Text(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("search_text", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawal_reason = '')", name=op.f("ck_log_entries_withdrawn_for_a_reason")
        ),
        sa.CheckConstraint(
            "entry_kind IN ('visit', 'call', 'advice', 'other')", name=op.f("ck_log_entries_entry_kind")
        ),
        sa.CheckConstraint(
            "NOT within_office OR side = 'office'", name=op.f("ck_log_entries_within_office")
        ),
        sa.CheckConstraint(
            "side IN ('office', 'body', 'ministry')", name=op.f("ck_log_entries_side")
        ),
        sa.CheckConstraint(
            "edition >= 1", name=op.f("ck_log_entries_counted_from_one")
        ),
        sa.CheckConstraint(
            "(edition = 1) = (edited_at IS NULL)", name=op.f("ck_log_entries_edited_at")
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_log_entries_organisation_id_organisations")),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_log_entries_project_id_projects")),
        sa.ForeignKeyConstraint(["seat_id"], ["seats.id"], name=op.f("fk_log_entries_seat_id_seats")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_entries")),
    )
    op.create_index(op.f("ix_log_entries_project_id_held_on_id"), "log_entries", ["project_id", "held_on", "id"])


def _log_editions() -> None:
    op.create_table(
        "log_editions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("log_entry_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("entry_kind", sa.String(20), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("participants", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("next_step", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(["log_entry_id"], ["log_entries.id"], name=op.f("fk_log_editions_log_entry_id_log_entries")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_editions")),
        sa.UniqueConstraint("log_entry_id", "number", name=op.f("uq_log_editions_log_entry_id_number")),
    )
    op.create_index(op.f("ix_log_editions_log_entry_id"), "log_editions", ["log_entry_id"])


def _obstacles() -> None:
    op.create_table(
        "obstacles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("obstacle_kind", sa.String(20), nullable=False),
        sa.Column("title", sa.String(100), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("ministry_id", sa.Integer(), nullable=True),
        sa.Column("acts", sa.String(20), nullable=False),
        sa.Column("acts_name", sa.String(200), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.String(200), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("raised_by", sa.String(200), nullable=False),
        sa.Column("raised_seat", sa.String(400), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("search_text", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "(settled_at IS NULL) = (outcome = '')", name=op.f("ck_obstacles_settled_with_an_outcome")
        ),
        sa.CheckConstraint(
            "(state = 'outstanding') = (settled_at IS NULL)", name=op.f("ck_obstacles_settled_at")
        ),
        sa.CheckConstraint(
            "obstacle_kind IN ('regulatory', 'technical', 'other')", name=op.f("ck_obstacles_obstacle_kind")
        ),
        sa.CheckConstraint(
            "acts <> 'ministry' OR ministry_id IS NOT NULL", name=op.f("ck_obstacles_ministry_that_acts")
        ),
        sa.CheckConstraint(
            "acts IN ('office', 'body', 'ministry')", name=op.f("ck_obstacles_acts")
        ),
        sa.CheckConstraint(
            "state IN ('outstanding', 'resolved', 'given_up')", name=op.f("ck_obstacles_state")
        ),
        sa.ForeignKeyConstraint(["ministry_id"], ["organisations.id"], name=op.f("fk_obstacles_ministry_id_organisations")),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_obstacles_project_id_projects")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_obstacles")),
    )
    op.create_index(op.f("ix_obstacles_ministry_id"), "obstacles", ["ministry_id"])
    op.create_index(op.f("ix_obstacles_project_id"), "obstacles", ["project_id"])
    op.create_index(op.f("ix_obstacles_state_due_on_id"), "obstacles", ["state", "due_on", "id"])


def _knowledge_items() -> None:
    op.create_table(
        "knowledge_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("log_entry_id", sa.Integer(), nullable=True),
        sa.Column("obstacle_id", sa.Integer(), nullable=True),
        sa.Column("topic", sa.String(20), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("technologies_text", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.String(200), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawal_reason", sa.Text(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("search_text", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "(log_entry_id IS NULL) <> (obstacle_id IS NULL)", name=op.f("ck_knowledge_items_one_source")
        ),
        sa.CheckConstraint(
            "(edition = 1) = (edited_at IS NULL)", name=op.f("ck_knowledge_items_edited_at")
        ),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawal_reason = '')", name=op.f("ck_knowledge_items_withdrawn_for_a_reason")
        ),
        sa.CheckConstraint(
            "edition >= 1", name=op.f("ck_knowledge_items_counted_from_one")
        ),
        sa.CheckConstraint(
            "topic IN ('regulatory', 'technical', 'other')", name=op.f("ck_knowledge_items_topic")
        ),
        sa.ForeignKeyConstraint(["log_entry_id"], ["log_entries.id"], name=op.f("fk_knowledge_items_log_entry_id_log_entries")),
        sa.ForeignKeyConstraint(["obstacle_id"], ["obstacles.id"], name=op.f("fk_knowledge_items_obstacle_id_obstacles")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_items")),
    )
    op.create_index(op.f("ix_knowledge_items_log_entry_id"), "knowledge_items", ["log_entry_id"])
    op.create_index(op.f("ix_knowledge_items_obstacle_id"), "knowledge_items", ["obstacle_id"])
    op.create_index(op.f("ix_knowledge_items_published_at_id"), "knowledge_items", ["published_at", "id"])


def _knowledge_editions() -> None:
    op.create_table(
        "knowledge_editions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("knowledge_item_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(20), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("technologies_text", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(["knowledge_item_id"], ["knowledge_items.id"], name=op.f("fk_knowledge_editions_knowledge_item_id_knowledge_items")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_editions")),
        sa.UniqueConstraint("knowledge_item_id", "number", name=op.f("uq_knowledge_editions_knowledge_item_id_number")),
    )
    op.create_index(op.f("ix_knowledge_editions_knowledge_item_id"), "knowledge_editions", ["knowledge_item_id"])
