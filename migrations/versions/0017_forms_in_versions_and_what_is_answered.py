"""Forms in versions, what is answered to them, what was frozen of it, and the files that were received.

With their guards as app/guards says them today.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

SQLITE = (
    """CREATE TRIGGER guard_frozen_responses_insert BEFORE INSERT ON frozen_responses FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'frozen_responses: id is taken') WHERE EXISTS (SELECT 1 FROM frozen_responses WHERE "id" = NEW."id");
END""",
    """CREATE TRIGGER guard_frozen_responses_update BEFORE UPDATE ON frozen_responses FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'frozen_responses is append-only') WHERE 1 = 1;
END""",
    """CREATE TRIGGER guard_frozen_responses_delete BEFORE DELETE ON frozen_responses FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'frozen_responses is append-only') WHERE 1 = 1;
END""",
    """CREATE TRIGGER guard_received_files_insert BEFORE INSERT ON received_files FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'received_files: id is taken') WHERE EXISTS (SELECT 1 FROM received_files WHERE "id" = NEW."id");
END""",
    """CREATE TRIGGER guard_received_files_update BEFORE UPDATE ON received_files FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'received_files is append-only') WHERE 1 = 1;
END""",
    """CREATE TRIGGER guard_received_files_delete BEFORE DELETE ON received_files FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'received_files is append-only') WHERE 1 = 1;
END""",
    """CREATE TRIGGER guard_form_versions_insert BEFORE INSERT ON form_versions FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'a form begins as one that nobody answered') WHERE NEW.answered_at IS NOT NULL;
  SELECT RAISE(ABORT, 'form_versions: id is taken') WHERE EXISTS (SELECT 1 FROM form_versions WHERE "id" = NEW."id");
  SELECT RAISE(ABORT, 'form_versions: template_id, number is taken') WHERE EXISTS (SELECT 1 FROM form_versions WHERE "template_id" = NEW."template_id" AND "number" = NEW."number");
END""",
    """CREATE TRIGGER guard_form_versions_update BEFORE UPDATE ON form_versions FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'form_versions: what is frozen never changes') WHERE NEW."id" IS NOT OLD."id" OR NEW."template_id" IS NOT OLD."template_id" OR NEW."number" IS NOT OLD."number" OR NEW."created_at" IS NOT OLD."created_at";
  SELECT RAISE(ABORT, 'a form that was answered never changes') WHERE (OLD.answered_at IS NOT NULL) AND (NEW."definition" IS NOT OLD."definition" OR NEW."sha256" IS NOT OLD."sha256" OR NEW."published_at" IS NOT OLD."published_at" OR NEW."published_by" IS NOT OLD."published_by" OR NEW."answered_at" IS NOT OLD."answered_at");
  SELECT RAISE(ABORT, 'form_versions: template_id, number is taken') WHERE (NEW."template_id" IS NOT OLD."template_id" OR NEW."number" IS NOT OLD."number") AND EXISTS (SELECT 1 FROM form_versions WHERE "template_id" = NEW."template_id" AND "number" = NEW."number" AND id <> OLD.id);
END""",
    """CREATE TRIGGER guard_form_versions_delete BEFORE DELETE ON form_versions FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'form_versions: this row is kept') WHERE 1 = 1;
END""",
)

POSTGRESQL = {  # table → what its function does, and whether it is asked about new rows too
    "frozen_responses": ("""
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF 1 = 1 THEN RAISE EXCEPTION 'frozen_responses is append-only'; END IF;
    RETURN OLD;
  END IF;
    IF 1 = 1 THEN RAISE EXCEPTION 'frozen_responses is append-only'; END IF;
  RETURN NEW;
END
""", False),
    "received_files": ("""
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF 1 = 1 THEN RAISE EXCEPTION 'received_files is append-only'; END IF;
    RETURN OLD;
  END IF;
    IF 1 = 1 THEN RAISE EXCEPTION 'received_files is append-only'; END IF;
  RETURN NEW;
END
""", False),
    "form_versions": ("""
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.answered_at IS NOT NULL THEN RAISE EXCEPTION 'a form begins as one that nobody answered'; END IF;
    RETURN NEW;
  END IF;
  IF TG_OP = 'DELETE' THEN
    IF 1 = 1 THEN RAISE EXCEPTION 'form_versions: this row is kept'; END IF;
    RETURN OLD;
  END IF;
    IF NEW."id"::text IS DISTINCT FROM OLD."id"::text OR NEW."template_id"::text IS DISTINCT FROM OLD."template_id"::text OR NEW."number"::text IS DISTINCT FROM OLD."number"::text OR NEW."created_at"::text IS DISTINCT FROM OLD."created_at"::text THEN RAISE EXCEPTION 'form_versions: what is frozen never changes'; END IF;
    IF (OLD.answered_at IS NOT NULL) AND (NEW."definition"::text IS DISTINCT FROM OLD."definition"::text OR NEW."sha256"::text IS DISTINCT FROM OLD."sha256"::text OR NEW."published_at"::text IS DISTINCT FROM OLD."published_at"::text OR NEW."published_by"::text IS DISTINCT FROM OLD."published_by"::text OR NEW."answered_at"::text IS DISTINCT FROM OLD."answered_at"::text) THEN RAISE EXCEPTION 'a form that was answered never changes'; END IF;
  RETURN NEW;
END
""", True),
}


def upgrade() -> None:
    _templates_and_versions()
    _responses()
    _what_is_kept()
    if op.get_bind().dialect.name == "sqlite":
        for statement in SQLITE:
            op.execute(statement)
        return
    schema = op.get_bind().exec_driver_sql("SELECT quote_ident(current_schema())").scalar_one()
    for table, (body, of_new) in POSTGRESQL.items():
        op.execute(
            f"CREATE FUNCTION guard_{table}() RETURNS trigger LANGUAGE plpgsql "
            f"SET search_path = {schema}, pg_temp AS $guard${body}$guard$"
        )
        verbs = "INSERT OR UPDATE OR DELETE" if of_new else "UPDATE OR DELETE"
        op.execute(
            f"CREATE TRIGGER guard_{table} BEFORE {verbs} ON {table} FOR EACH ROW EXECUTE FUNCTION guard_{table}()"
        )
        op.execute(
            f"CREATE TRIGGER guard_{table}_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT "
            "EXECUTE FUNCTION guard_truncate()"
        )


def downgrade() -> None:
    for table in ("frozen_responses", "received_files", "response_answers", "responses", "form_versions"):
        op.drop_table(table)
    op.drop_table("form_templates")
    if op.get_bind().dialect.name == "postgresql":
        for table in POSTGRESQL:
            op.execute(f"DROP FUNCTION guard_{table}()")


def _templates_and_versions() -> None:
    op.create_table(
        "form_templates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_templates")),
    )
    op.create_table(
        "form_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("template_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("definition", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by", sa.String(200), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_form_versions_number")),
        sa.CheckConstraint(
            "(published_at IS NULL) = (published_by = '')", name=op.f("ck_form_versions_published_by_someone")
        ),
        sa.CheckConstraint(
            "answered_at IS NULL OR published_at IS NOT NULL", name=op.f("ck_form_versions_answered_when_published")
        ),
        sa.ForeignKeyConstraint(
            ["template_id"], ["form_templates.id"], name=op.f("fk_form_versions_template_id_form_templates")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_versions")),
        sa.UniqueConstraint("template_id", "number", name=op.f("uq_form_versions_template_id_number")),
    )


def _responses() -> None:
    op.create_table(
        "responses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("form_version_id", sa.Integer(), nullable=False),
        sa.Column("subject_kind", sa.String(40), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("saves", sa.JSON(), nullable=False),
        sa.Column("carried", sa.JSON(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["form_version_id"], ["form_versions.id"], name=op.f("fk_responses_form_version_id_form_versions")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_responses_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_responses_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_responses")),
    )
    op.create_index(op.f("ix_responses_form_version_id"), "responses", ["form_version_id"])
    op.create_index(op.f("ix_responses_organisation_id"), "responses", ["organisation_id"])
    op.create_index("ix_responses_subject_kind_subject_id", "responses", ["subject_kind", "subject_id"])
    op.create_table(
        "response_answers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("response_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(60), nullable=False),
        sa.Column("question_kind", sa.String(40), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("former_of", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["response_id"], ["responses.id"], name=op.f("fk_response_answers_response_id_responses")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response_answers")),
        sa.UniqueConstraint(
            "response_id", "question", "former_of", name=op.f("uq_response_answers_response_id_question_former_of")
        ),
    )


def _what_is_kept() -> None:
    op.create_table(
        "received_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("response_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(60), nullable=False),
        sa.Column("filename", sa.String(255), nullable=False),
        sa.Column("media_type", sa.String(100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_from", sa.String(200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["response_id"], ["responses.id"], name=op.f("fk_received_files_response_id_responses")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_received_files")),
    )
    op.create_index(op.f("ix_received_files_response_id"), "received_files", ["response_id"])
    op.create_index(op.f("ix_received_files_sha256"), "received_files", ["sha256"])
    op.create_table(
        "frozen_responses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("response_id", sa.Integer(), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("frozen_by", sa.String(200), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["response_id"], ["responses.id"], name=op.f("fk_frozen_responses_response_id_responses")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_frozen_responses")),
    )
    op.create_index(op.f("ix_frozen_responses_response_id"), "frozen_responses", ["response_id"])
