"""What passes between editor and approver: sent back with a reason, and a correction reported as mended.

Columns are added one by one, with the CHECK in the last of them: on SQLite a table that others refer to is not made
anew with data in it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

CHECKS = {
    ("applications", "sent_back_reason"): (
        "ck_applications_sent_back_has_reason", "(sent_back_at IS NULL) = (sent_back_reason = '')", "TEXT"
    ),
    ("corrections", "mended_by"): (
        "ck_corrections_mended_by_someone", "(mended_at IS NULL) = (mended_by = '')", "VARCHAR(200)"
    ),
}  # fmt: skip


def upgrade() -> None:
    instant = sa.DateTime(timezone=True)
    op.add_column("applications", sa.Column("sent_back_at", instant))
    op.add_column("applications", sa.Column("sent_back_by", sa.String(200), nullable=False, server_default=""))
    op.add_column("corrections", sa.Column("mended_at", instant))
    for (table, column), (name, rule, kind) in CHECKS.items():
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN {column} {kind} DEFAULT '' NOT NULL CONSTRAINT {name} CHECK ({rule})"
        )


def downgrade() -> None:
    for (table, column), (name, _rule, _kind) in CHECKS.items():
        if op.get_bind().dialect.name == "postgresql":
            op.drop_constraint(name, table)
        op.drop_column(table, column)
    op.drop_column("applications", "sent_back_by")
    op.drop_column("applications", "sent_back_at")
    op.drop_column("corrections", "mended_at")
