"""How the office checks: each call's checklist and its ticks, who an application is assigned to, notes; when a return was opened.

Calls whose applications are still to be checked begin with the checklist of new calls, as app/programmes/checklist.py has
it today. Columns of tables that others refer to are added with their CHECK in one statement: see 0008.
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

CHECKLIST = [
    {"key": "body", "label": "申請団体の要件", "help": "募集の対象となる地方公共団体である。"},
    {"key": "answers", "label": "必須の設問", "help": "全ての設問に、問われたことを答えている。"},
    {"key": "joint", "label": "共同申請団体", "help": "漏れや誤りがなく、代表団体の別が正しい。"},
    {"key": "files", "label": "添付資料の内容", "help": "開いて読むことができ、回答と食い違わない。"},
    {
        "key": "same",
        "label": "過去の選定事業との重複",
        "help": "支援を受けた事業と同じ内容ではない。再申請のときは、新しい技術による高度化・深化がある。",
    },
    {"key": "deadline", "label": "提出期限", "help": "提出期限までに到達している。"},
]
INDEX = "ix_applications_assignee_id_submitted_at_id"

SQLITE = (
    """CREATE TRIGGER guard_application_notes_insert BEFORE INSERT ON application_notes FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'application_notes: id is taken') WHERE EXISTS (SELECT 1 FROM application_notes WHERE "id" = NEW."id");
END""",
    """CREATE TRIGGER guard_application_notes_update BEFORE UPDATE ON application_notes FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'application_notes is append-only') WHERE 1 = 1;
END""",
    """CREATE TRIGGER guard_application_notes_delete BEFORE DELETE ON application_notes FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'application_notes is append-only') WHERE 1 = 1;
END""",
)
POSTGRESQL = """
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF 1 = 1 THEN RAISE EXCEPTION 'application_notes is append-only'; END IF;
    RETURN OLD;
  END IF;
    IF 1 = 1 THEN RAISE EXCEPTION 'application_notes is append-only'; END IF;
  RETURN NEW;
END
"""


def upgrade() -> None:
    _tables()
    op.add_column("calls", sa.Column("checklist", sa.JSON(), nullable=False, server_default="[]"))
    calls = sa.table("calls", sa.column("checklist", sa.Text()), sa.column("state", sa.String()))
    begun = sa.cast(json.dumps(CHECKLIST), sa.JSON()) if _is_postgresql() else json.dumps(CHECKLIST)
    op.execute(calls.update().where(calls.c.state.in_(("draft", "published"))).values(checklist=begun))
    op.execute(
        "ALTER TABLE applications ADD COLUMN assignee_id INTEGER "
        "CONSTRAINT fk_applications_assignee_id_seats REFERENCES seats (id)"
    )
    op.create_index(INDEX, "applications", ["assignee_id", "submitted_at", "id"])
    op.add_column("corrections", sa.Column("opened_at", sa.DateTime(timezone=True)))
    op.execute(
        "ALTER TABLE corrections ADD COLUMN opened_by VARCHAR(200) DEFAULT '' NOT NULL "
        "CONSTRAINT ck_corrections_opened_by_someone CHECK ((opened_at IS NULL) = (opened_by = ''))"
    )
    _guards()


def downgrade() -> None:
    if _is_postgresql():
        op.drop_constraint("ck_corrections_opened_by_someone", "corrections")
        op.drop_constraint("fk_applications_assignee_id_seats", "applications")
    op.drop_column("corrections", "opened_by")
    op.drop_column("corrections", "opened_at")
    op.drop_index(INDEX, "applications")
    op.drop_column("applications", "assignee_id")
    op.drop_column("calls", "checklist")
    op.drop_table("application_notes")
    op.drop_table("application_checks")
    if _is_postgresql():
        op.execute("DROP FUNCTION guard_application_notes()")


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _tables() -> None:
    op.create_table(
        "application_checks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(40), nullable=False),
        sa.Column("label", sa.String(200), nullable=False),
        sa.Column("verdict", sa.String(20), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_by", sa.String(200), nullable=False),
        sa.CheckConstraint(
            "verdict IN ('', 'ok', 'not_ok', 'not_applicable')", name=op.f("ck_application_checks_verdict")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submissions.id"], name=op.f("fk_application_checks_submission_id_submissions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_checks")),
        sa.UniqueConstraint("submission_id", "item", name=op.f("uq_application_checks_submission_id_item")),
    )
    op.create_table(
        "application_notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_by", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_application_notes_application_id_applications")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_notes")),
    )
    op.create_index("ix_application_notes_application_id", "application_notes", ["application_id"])


def _guards() -> None:
    if not _is_postgresql():
        for statement in SQLITE:
            op.execute(statement)
        return
    schema = op.get_bind().exec_driver_sql("SELECT quote_ident(current_schema())").scalar_one()
    op.execute(
        "CREATE FUNCTION guard_application_notes() RETURNS trigger LANGUAGE plpgsql "
        f"SET search_path = {schema}, pg_temp AS $guard${POSTGRESQL}$guard$"
    )
    op.execute(
        "CREATE TRIGGER guard_application_notes BEFORE UPDATE OR DELETE ON application_notes "
        "FOR EACH ROW EXECUTE FUNCTION guard_application_notes()"
    )
    op.execute(
        "CREATE TRIGGER guard_application_notes_truncate BEFORE TRUNCATE ON application_notes "
        "FOR EACH STATEMENT EXECUTE FUNCTION guard_truncate()"
    )
