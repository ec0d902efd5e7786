"""What applicant and office write to each other about an application; questions of a call with their answers."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

TABLES = ("messages", "conversations", "clarification_editions", "clarifications")
SQLITE = (
    """CREATE TRIGGER guard_clarification_editions_insert BEFORE INSERT ON clarification_editions FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'clarification_editions: id is taken') WHERE EXISTS (SELECT 1 FROM clarification_editions WHERE "id" = NEW."id");
  SELECT RAISE(ABORT, 'clarification_editions: clarification_id, number is taken') WHERE EXISTS (SELECT 1 FROM clarification_editions WHERE "clarification_id" = NEW."clarification_id" AND "number" = NEW."number");
END""",
    """CREATE TRIGGER guard_clarification_editions_update BEFORE UPDATE ON clarification_editions FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'clarification_editions is append-only') WHERE 1 = 1;
END""",
    """CREATE TRIGGER guard_clarification_editions_delete BEFORE DELETE ON clarification_editions FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'clarification_editions is append-only') WHERE 1 = 1;
END""",
    """CREATE TRIGGER guard_clarifications_insert BEFORE INSERT ON clarifications FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'clarifications: id is taken') WHERE EXISTS (SELECT 1 FROM clarifications WHERE "id" = NEW."id");
  SELECT RAISE(ABORT, 'clarifications: call_id, number is taken') WHERE EXISTS (SELECT 1 FROM clarifications WHERE "call_id" = NEW."call_id" AND "number" = NEW."number");
END""",
    """CREATE TRIGGER guard_clarifications_update BEFORE UPDATE ON clarifications FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'clarifications: what is frozen never changes') WHERE NEW."id" IS NOT OLD."id" OR NEW."call_id" IS NOT OLD."call_id" OR NEW."number" IS NOT OLD."number" OR NEW."published_at" IS NOT OLD."published_at" OR NEW."published_by" IS NOT OLD."published_by" OR NEW."created_at" IS NOT OLD."created_at";
  SELECT RAISE(ABORT, 'what was withdrawn never changes') WHERE (OLD.withdrawn_at IS NOT NULL) AND (NEW."question" IS NOT OLD."question" OR NEW."answer" IS NOT OLD."answer" OR NEW."edition" IS NOT OLD."edition" OR NEW."edited_at" IS NOT OLD."edited_at" OR NEW."withdrawn_at" IS NOT OLD."withdrawn_at" OR NEW."withdrawal_reason" IS NOT OLD."withdrawal_reason");
  SELECT RAISE(ABORT, 'clarifications: call_id, number is taken') WHERE (NEW."call_id" IS NOT OLD."call_id" OR NEW."number" IS NOT OLD."number") AND EXISTS (SELECT 1 FROM clarifications WHERE "call_id" = NEW."call_id" AND "number" = NEW."number" AND id <> OLD.id);
END""",
    """CREATE TRIGGER guard_clarifications_delete BEFORE DELETE ON clarifications FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'clarifications: this row is kept') WHERE 1 = 1;
END""",
    """CREATE TRIGGER guard_conversations_insert BEFORE INSERT ON conversations FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'conversations: id is taken') WHERE EXISTS (SELECT 1 FROM conversations WHERE "id" = NEW."id");
  SELECT RAISE(ABORT, 'conversations: application_id is taken') WHERE EXISTS (SELECT 1 FROM conversations WHERE "application_id" = NEW."application_id");
END""",
    """CREATE TRIGGER guard_conversations_update BEFORE UPDATE ON conversations FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'conversations: what is frozen never changes') WHERE NEW."id" IS NOT OLD."id" OR NEW."application_id" IS NOT OLD."application_id" OR NEW."organisation_id" IS NOT OLD."organisation_id" OR NEW."call_id" IS NOT OLD."call_id" OR NEW."created_at" IS NOT OLD."created_at";
  SELECT RAISE(ABORT, 'conversations: application_id is taken') WHERE (NEW."application_id" IS NOT OLD."application_id") AND EXISTS (SELECT 1 FROM conversations WHERE "application_id" = NEW."application_id" AND id <> OLD.id);
END""",
    """CREATE TRIGGER guard_conversations_delete BEFORE DELETE ON conversations FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'conversations: this row is kept') WHERE 1 = 1;
END""",
    """CREATE TRIGGER guard_messages_insert BEFORE INSERT ON messages FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'messages: id is taken') WHERE EXISTS (SELECT 1 FROM messages WHERE "id" = NEW."id");
  SELECT RAISE(ABORT, 'messages: key is taken') WHERE EXISTS (SELECT 1 FROM messages WHERE "key" = NEW."key");
END""",
    """CREATE TRIGGER guard_messages_update BEFORE UPDATE ON messages FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'messages: what is frozen never changes') WHERE NEW."id" IS NOT OLD."id" OR NEW."conversation_id" IS NOT OLD."conversation_id" OR NEW."key" IS NOT OLD."key" OR NEW."of_office" IS NOT OLD."of_office" OR NEW."author" IS NOT OLD."author" OR NEW."author_seat" IS NOT OLD."author_seat" OR NEW."text" IS NOT OLD."text" OR NEW."written_at" IS NOT OLD."written_at" OR NEW."created_at" IS NOT OLD."created_at";
  SELECT RAISE(ABORT, 'a message is read first by one person') WHERE (OLD.read_at IS NOT NULL) AND (NEW."read_at" IS NOT OLD."read_at" OR NEW."read_by" IS NOT OLD."read_by");
  SELECT RAISE(ABORT, 'a message is published once') WHERE (OLD.clarification_id IS NOT NULL) AND (NEW."clarification_id" IS NOT OLD."clarification_id");
  SELECT RAISE(ABORT, 'messages: key is taken') WHERE (NEW."key" IS NOT OLD."key") AND EXISTS (SELECT 1 FROM messages WHERE "key" = NEW."key" AND id <> OLD.id);
END""",
    """CREATE TRIGGER guard_messages_delete BEFORE DELETE ON messages FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'messages: this row is kept') WHERE 1 = 1;
END""",
)
FUNCTIONS = {
    "guard_clarification_editions": """
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF 1 = 1 THEN RAISE EXCEPTION 'clarification_editions is append-only'; END IF;
    RETURN OLD;
  END IF;
    IF 1 = 1 THEN RAISE EXCEPTION 'clarification_editions is append-only'; END IF;
  RETURN NEW;
END
""",
    "guard_clarifications": """
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF 1 = 1 THEN RAISE EXCEPTION 'clarifications: this row is kept'; END IF;
    RETURN OLD;
  END IF;
    IF NEW."id"::text IS DISTINCT FROM OLD."id"::text OR NEW."call_id"::text IS DISTINCT FROM OLD."call_id"::text OR NEW."number"::text IS DISTINCT FROM OLD."number"::text OR NEW."published_at"::text IS DISTINCT FROM OLD."published_at"::text OR NEW."published_by"::text IS DISTINCT FROM OLD."published_by"::text OR NEW."created_at"::text IS DISTINCT FROM OLD."created_at"::text THEN RAISE EXCEPTION 'clarifications: what is frozen never changes'; END IF;
    IF (OLD.withdrawn_at IS NOT NULL) AND (NEW."question"::text IS DISTINCT FROM OLD."question"::text OR NEW."answer"::text IS DISTINCT FROM OLD."answer"::text OR NEW."edition"::text IS DISTINCT FROM OLD."edition"::text OR NEW."edited_at"::text IS DISTINCT FROM OLD."edited_at"::text OR NEW."withdrawn_at"::text IS DISTINCT FROM OLD."withdrawn_at"::text OR NEW."withdrawal_reason"::text IS DISTINCT FROM OLD."withdrawal_reason"::text) THEN RAISE EXCEPTION 'what was withdrawn never changes'; END IF;
  RETURN NEW;
END
""",
    "guard_conversations": """
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF 1 = 1 THEN RAISE EXCEPTION 'conversations: this row is kept'; END IF;
    RETURN OLD;
  END IF;
    IF NEW."id"::text IS DISTINCT FROM OLD."id"::text OR NEW."application_id"::text IS DISTINCT FROM OLD."application_id"::text OR NEW."organisation_id"::text IS DISTINCT FROM OLD."organisation_id"::text OR NEW."call_id"::text IS DISTINCT FROM OLD."call_id"::text OR NEW."created_at"::text IS DISTINCT FROM OLD."created_at"::text THEN RAISE EXCEPTION 'conversations: what is frozen never changes'; END IF;
  RETURN NEW;
END
""",
    "guard_messages": """
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF 1 = 1 THEN RAISE EXCEPTION 'messages: this row is kept'; END IF;
    RETURN OLD;
  END IF;
    IF NEW."id"::text IS DISTINCT FROM OLD."id"::text OR NEW."conversation_id"::text IS DISTINCT FROM OLD."conversation_id"::text OR NEW."key"::text IS DISTINCT FROM OLD."key"::text OR NEW."of_office"::text IS DISTINCT FROM OLD."of_office"::text OR NEW."author"::text IS DISTINCT FROM OLD."author"::text OR NEW."author_seat"::text IS DISTINCT FROM OLD."author_seat"::text OR NEW."text"::text IS DISTINCT FROM OLD."text"::text OR NEW."written_at"::text IS DISTINCT FROM OLD."written_at"::text OR NEW."created_at"::text IS DISTINCT FROM OLD."created_at"::text THEN RAISE EXCEPTION 'messages: what is frozen never changes'; END IF;
    IF (OLD.read_at IS NOT NULL) AND (NEW."read_at"::text IS DISTINCT FROM OLD."read_at"::text OR NEW."read_by"::text IS DISTINCT FROM OLD."read_by"::text) THEN RAISE EXCEPTION 'a message is read first by one person'; END IF;
    IF (OLD.clarification_id IS NOT NULL) AND (NEW."clarification_id"::text IS DISTINCT FROM OLD."clarification_id"::text) THEN RAISE EXCEPTION 'a message is published once'; END IF;
  RETURN NEW;
END
""",
}
TRIGGERS = (
    """CREATE TRIGGER guard_clarification_editions BEFORE UPDATE OR DELETE ON clarification_editions FOR EACH ROW EXECUTE FUNCTION guard_clarification_editions()""",
    """CREATE TRIGGER guard_clarification_editions_truncate BEFORE TRUNCATE ON clarification_editions FOR EACH STATEMENT EXECUTE FUNCTION guard_truncate()""",
    """CREATE TRIGGER guard_clarifications BEFORE UPDATE OR DELETE ON clarifications FOR EACH ROW EXECUTE FUNCTION guard_clarifications()""",
    """CREATE TRIGGER guard_clarifications_truncate BEFORE TRUNCATE ON clarifications FOR EACH STATEMENT EXECUTE FUNCTION guard_truncate()""",
    """CREATE TRIGGER guard_conversations BEFORE UPDATE OR DELETE ON conversations FOR EACH ROW EXECUTE FUNCTION guard_conversations()""",
    """CREATE TRIGGER guard_conversations_truncate BEFORE TRUNCATE ON conversations FOR EACH STATEMENT EXECUTE FUNCTION guard_truncate()""",
    """CREATE TRIGGER guard_messages BEFORE UPDATE OR DELETE ON messages FOR EACH ROW EXECUTE FUNCTION guard_messages()""",
    """CREATE TRIGGER guard_messages_truncate BEFORE TRUNCATE ON messages FOR EACH STATEMENT EXECUTE FUNCTION guard_truncate()""",
)


def upgrade() -> None:
    op.add_column("programmes", sa.Column("access_days", sa.Integer(), server_default="5", nullable=False))
    _clarifications()
    _conversations()
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
    op.drop_column("programmes", "access_days")


def _id_and_instant() -> tuple[sa.Column, sa.Column]:
    return (
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )


def _clarifications() -> None:
    op.create_table(
        "clarifications",
        *_id_and_instant(),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.String(200), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True)),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True)),
        sa.Column("withdrawal_reason", sa.Text(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("number >= 1 AND edition >= 1", name=op.f("ck_clarifications_counted_from_one")),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawal_reason = '')", name=op.f("ck_clarifications_withdrawn_for_a_reason")
        ),
        sa.CheckConstraint("(edition = 1) = (edited_at IS NULL)", name=op.f("ck_clarifications_edited_at")),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_clarifications_call_id_calls")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clarifications")),
        sa.UniqueConstraint("call_id", "number", name=op.f("uq_clarifications_call_id_number")),
    )
    op.create_index("ix_clarifications_call_id", "clarifications", ["call_id"])
    op.create_table(
        "clarification_editions",
        *_id_and_instant(),
        sa.Column("clarification_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(
            ["clarification_id"],
            ["clarifications.id"],
            name=op.f("fk_clarification_editions_clarification_id_clarifications"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clarification_editions")),
        sa.UniqueConstraint(
            "clarification_id", "number", name=op.f("uq_clarification_editions_clarification_id_number")
        ),
    )
    op.create_index(
        "ix_clarification_editions_clarification_id", "clarification_editions", ["clarification_id"]
    )


def _conversations() -> None:
    op.create_table(
        "conversations",
        *_id_and_instant(),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_of_office", sa.Boolean(), nullable=False),
        sa.Column("unread_by_body", sa.Integer(), nullable=False),
        sa.Column("unread_by_office", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "unread_by_body >= 0 AND unread_by_office >= 0", name=op.f("ck_conversations_unread")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_conversations_application_id_applications")
        ),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_conversations_call_id_calls")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_conversations_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversations")),
        sa.UniqueConstraint("application_id", name=op.f("uq_conversations_application_id")),
    )
    op.create_index("ix_conversations_call_id", "conversations", ["call_id"])
    op.create_index("ix_conversations_last_at_id", "conversations", ["last_at", "id"])
    op.create_index(
        "ix_conversations_organisation_id_last_at_id", "conversations", ["organisation_id", "last_at", "id"]
    )
    op.create_table(
        "messages",
        *_id_and_instant(),
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("of_office", sa.Boolean(), nullable=False),
        sa.Column("author", sa.String(200), nullable=False),
        sa.Column("author_seat", sa.String(400), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True)),
        sa.Column("read_by", sa.String(200), nullable=False),
        sa.Column("clarification_id", sa.Integer()),
        sa.CheckConstraint("(read_at IS NULL) = (read_by = '')", name=op.f("ck_messages_read_by_someone")),
        sa.ForeignKeyConstraint(
            ["clarification_id"], ["clarifications.id"], name=op.f("fk_messages_clarification_id_clarifications")
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_messages_conversation_id_conversations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("key", name=op.f("uq_messages_key")),
    )
    op.create_index("ix_messages_conversation_id", "messages", ["conversation_id"])
