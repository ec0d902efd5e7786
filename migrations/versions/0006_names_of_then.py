"""Names of then: what the programme was called in a round, and of which published list a project's number is.

Rounds on record tell the former name in their titles. Every project that came from no application was taken from the
programme's list as of December 2022: there was no other way to enter one with its number.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

FORMER_NAME = "近未来技術等社会実装事業"


def upgrade() -> None:
    with op.batch_alter_table("calls") as calls:
        calls.add_column(sa.Column("programme_name", sa.String(200), nullable=True))
    with op.batch_alter_table("projects") as projects:
        projects.add_column(sa.Column("listed_as_of", sa.Date(), nullable=True))
    op.execute(f"UPDATE calls SET programme_name = '{FORMER_NAME}' WHERE title LIKE '%{FORMER_NAME}%'")
    op.execute("UPDATE projects SET listed_as_of = '2022-12-01' WHERE application_id IS NULL")


def downgrade() -> None:
    # In place: every SQLite that runs this can drop a column without making the table anew.
    with op.batch_alter_table("projects", recreate="never") as projects:
        projects.drop_column("listed_as_of")
    with op.batch_alter_table("calls", recreate="never") as calls:
        calls.drop_column("programme_name")
