"""What was read of an uploaded workbook waits until it is looked at."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "waiting_workbooks",
        sa.Column("response_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("form_version", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_waiting_workbooks_person_id_people")),
        sa.ForeignKeyConstraint(
            ["response_id"], ["responses.id"], name=op.f("fk_waiting_workbooks_response_id_responses")
        ),
        sa.PrimaryKeyConstraint("response_id", "person_id", name=op.f("pk_waiting_workbooks")),
    )
    op.create_index("ix_waiting_workbooks_uploaded_at", "waiting_workbooks", ["uploaded_at"])


def downgrade() -> None:
    op.drop_table("waiting_workbooks")
