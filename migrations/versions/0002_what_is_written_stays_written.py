"""What is written stays written: the database itself refuses to change history, submissions and issued letters.

History and submissions take no UPDATE, DELETE or (PostgreSQL) TRUNCATE. An issued letter keeps its number, date,
addressee, content, file and hash, and cannot be deleted.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APPEND_ONLY = ("history", "submissions")
FROZEN = ("key", "letter_kind", "addressee", "organisation_id", "subject", "content", "number", "register_fy",
          "sequence", "issued_on", "sha256", "path", "pages")  # fmt: skip


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    (_upgrade_sqlite if sqlite else _upgrade_postgresql)()


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in APPEND_ONLY:
            op.execute(f"DROP TRIGGER {table}_no_update")
            op.execute(f"DROP TRIGGER {table}_no_delete")
        op.execute("DROP TRIGGER letters_issued_no_update")
        op.execute("DROP TRIGGER letters_issued_no_delete")
        return
    for table in APPEND_ONLY:
        op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
        op.execute(f"DROP TRIGGER {table}_no_truncate ON {table}")
    op.execute("DROP TRIGGER letters_issued ON letters")
    op.execute("DROP FUNCTION refuse_change()")
    op.execute("DROP FUNCTION refuse_change_of_issued()")


def _upgrade_sqlite() -> None:
    for table in APPEND_ONLY:
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
    changed = " OR ".join(f'NEW."{column}" IS NOT OLD."{column}"' for column in FROZEN)
    op.execute(
        f"CREATE TRIGGER letters_issued_no_update BEFORE UPDATE ON letters WHEN OLD.number IS NOT NULL AND ({changed}) "
        "BEGIN SELECT RAISE(ABORT, 'an issued letter never changes'); END"
    )
    op.execute(
        "CREATE TRIGGER letters_issued_no_delete BEFORE DELETE ON letters WHEN OLD.number IS NOT NULL "
        "BEGIN SELECT RAISE(ABORT, 'an issued letter is kept'); END"
    )


def _upgrade_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    changed = " OR ".join(
        f'NEW."{column}"::text IS DISTINCT FROM OLD."{column}"::text'
        for column in FROZEN
    )
    op.execute(
        "CREATE FUNCTION refuse_change_of_issued() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF OLD.number IS NULL THEN RETURN COALESCE(NEW, OLD); END IF; "
        "IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'an issued letter is kept'; END IF; "
        f"IF {changed} THEN RAISE EXCEPTION 'an issued letter never changes'; END IF; "
        "RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER letters_issued BEFORE UPDATE OR DELETE ON letters "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change_of_issued()"
    )
