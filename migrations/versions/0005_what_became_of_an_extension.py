"""What became of an extension (継続申請): recorded on the project; by when it is asked for, on the call.

Columns are added with their checks beside them, in SQL that both engines take: making these tables anew, as batch mode
would on SQLite, drops them under the foreign keys that point at them.
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "ALTER TABLE projects ADD COLUMN extension VARCHAR(20) "
        "CONSTRAINT ck_projects_extension CHECK (extension IN ('not_asked', 'certified', 'refused'))"
    )
    op.execute("ALTER TABLE projects ADD COLUMN extension_on DATE")
    # Years that somebody entered by hand were certified; the day is not known better than this.
    op.execute(
        "UPDATE projects SET extension = 'certified', extension_on = date(created_at) WHERE extended_years > 0"
    )
    op.execute(
        "ALTER TABLE projects ADD COLUMN extension_remark TEXT DEFAULT '' NOT NULL "
        "CONSTRAINT ck_projects_extension_has_day CHECK ((extension IS NULL) = (extension_on IS NULL)) "
        "CONSTRAINT ck_projects_extended_when_certified "
        "CHECK ((extended_years > 0) = (extension IS NOT NULL AND extension = 'certified'))"
    )
    op.execute(
        "ALTER TABLE calls ADD COLUMN extension_due_on DATE "
        "CONSTRAINT ck_calls_extension_deadline CHECK (extension_due_on IS NULL OR extension_years > 0)"
    )


def downgrade() -> None:
    # In this order: a column goes together with the checks that were added beside it.
    op.execute("ALTER TABLE calls DROP COLUMN extension_due_on")
    for column in ("extension_remark", "extension_on", "extension"):
        op.execute(f"ALTER TABLE projects DROP COLUMN {column}")
