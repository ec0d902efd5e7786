"""The automatic work can be halted; a letter that was issued wrongly is superseded; a project can be reinstated.

Columns of tables that others refer to are added with their CHECK in one statement: see 0008.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

REASONS = "'clock_ahead', 'clock_behind', 'restored', 'by_hand'"
SUPERSEDING = "(supersedes_id IS NOT NULL) = (letter_kind IN ('replacement', 'withdrawal'))"
STANDS = "supersedes_id IS NOT NULL AND state <> 'discarded'"


def upgrade() -> None:
    op.create_table(
        "halts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(30), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("halted_by", sa.String(200), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True)),
        sa.Column("lifted_by", sa.String(200), nullable=False, server_default=""),
        sa.Column("remark", sa.Text(), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("id", name="pk_halts"),
        sa.CheckConstraint(f"reason IN ({REASONS})", name="ck_halts_reason"),
        sa.CheckConstraint("(lifted_at IS NULL) = (lifted_by = '')", name="ck_halts_lifted_by_someone"),
        sa.CheckConstraint("lifted_at IS NULL OR remark <> ''", name="ck_halts_lifted_with_a_remark"),
    )
    _unique("uq_halts_open", "halts", "reason", "lifted_at IS NULL")
    op.execute(
        "ALTER TABLE letters ADD COLUMN supersedes_id INTEGER "
        "CONSTRAINT fk_letters_supersedes_id_letters REFERENCES letters (id) "
        f"CONSTRAINT ck_letters_superseding CHECK ({SUPERSEDING}) "
        "CONSTRAINT ck_letters_supersedes_another CHECK (supersedes_id <> id)"
    )
    _unique("uq_letters_supersedes_id_standing", "letters", "supersedes_id", STANDS)
    op.execute(
        "ALTER TABLE projects ADD COLUMN reinstatements INTEGER DEFAULT 0 NOT NULL "
        "CONSTRAINT ck_projects_reinstatements CHECK (reinstatements >= 0)"
    )


def downgrade() -> None:
    op.drop_index("uq_letters_supersedes_id_standing", "letters")
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("ck_projects_reinstatements", "projects")
        for name in ("ck_letters_superseding", "ck_letters_supersedes_another", "fk_letters_supersedes_id_letters"):
            op.drop_constraint(name, "letters")
    op.drop_column("projects", "reinstatements")
    op.drop_column("letters", "supersedes_id")
    op.drop_table("halts")


def _unique(name: str, table: str, column: str, where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, table, [column], unique=True, sqlite_where=condition, postgresql_where=condition)
