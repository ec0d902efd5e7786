"""What is known of files in the storage: the check for malware, and how they were found when they were last read."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stored_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True)),
        sa.Column("checked_at", sa.DateTime(timezone=True)),
        sa.Column("finding", sa.String(200), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True)),
        sa.Column("tried_at", sa.DateTime(timezone=True)),
        sa.Column("check_problem", sa.String(300), nullable=False),
        sa.Column("fault", sa.String(10), nullable=False),
        sa.Column("fault_since", sa.DateTime(timezone=True)),
        sa.Column("fault_of", sa.String(300), nullable=False),
        sa.CheckConstraint("fault IN ('', 'missing', 'changed')", name=op.f("ck_stored_files_fault")),
        sa.CheckConstraint("(fault = '') = (fault_since IS NULL)", name=op.f("ck_stored_files_fault_has_since")),
        sa.CheckConstraint(
            "finding = '' OR checked_at IS NOT NULL", name=op.f("ck_stored_files_finding_was_checked")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_files")),
        sa.UniqueConstraint("key", name=op.f("uq_stored_files_key")),
    )
    op.create_index("ix_stored_files_asked_at_checked_at", "stored_files", ["asked_at", "checked_at"])
    op.create_index("ix_stored_files_finding_told_at", "stored_files", ["finding", "told_at"])
    op.create_index("ix_stored_files_fault", "stored_files", ["fault"])


def downgrade() -> None:
    op.drop_table("stored_files")
