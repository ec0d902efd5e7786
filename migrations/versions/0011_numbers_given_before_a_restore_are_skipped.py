"""Numbers of applications that went out before a backup was restored are not given again.

The column is added with its CHECK in one statement: see 0008.
"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "ALTER TABLE calls ADD COLUMN numbers_skipped_through INTEGER DEFAULT 0 NOT NULL "
        "CONSTRAINT ck_calls_numbers_skipped CHECK (numbers_skipped_through >= 0)"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("ck_calls_numbers_skipped", "calls")
    op.drop_column("calls", "numbers_skipped_through")
