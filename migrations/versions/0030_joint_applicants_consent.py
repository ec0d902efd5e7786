"""Joint applicants consent before the lead submits; a call that is published already goes on without."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

STATES = "'unasked', 'asked', 'consented', 'declined', 'filed'"
COLUMNS = (  # each with the checks that need it, last of all
    f"state VARCHAR(20) DEFAULT 'unasked' NOT NULL CONSTRAINT ck_joint_applicants_state CHECK (state IN ({STATES}))",
    "asked_at {instant} CONSTRAINT ck_joint_applicants_asked_at "
    "CHECK (state = 'unasked' OR state = 'filed' OR asked_at IS NOT NULL)",
    "asked_by VARCHAR(200) DEFAULT '' NOT NULL",
    "answered_at {instant}",
    "answered_by VARCHAR(200) DEFAULT '' NOT NULL CONSTRAINT ck_joint_applicants_answered_by_someone CHECK "
    "(state NOT IN ('consented', 'declined', 'filed') OR (answered_at IS NOT NULL AND answered_by <> ''))",
    "remark TEXT DEFAULT '' NOT NULL CONSTRAINT ck_joint_applicants_declined_has_remark "
    "CHECK (state <> 'declined' OR remark <> '')",
    "consented_to VARCHAR(64) DEFAULT '' NOT NULL CONSTRAINT ck_joint_applicants_consented_to_something "
    "CHECK (state NOT IN ('consented', 'filed') OR consented_to <> '')",
)


def upgrade() -> None:
    op.execute(
        "ALTER TABLE calls ADD COLUMN joint_consent VARCHAR(20) DEFAULT 'required' NOT NULL "
        "CONSTRAINT ck_calls_joint_consent CHECK (joint_consent IN ('required', 'not_asked'))"
    )
    op.execute("UPDATE calls SET joint_consent = 'not_asked' WHERE state <> 'draft'")
    instant = sa.DateTime(timezone=True).compile(dialect=op.get_bind().dialect)
    for column in COLUMNS:
        op.execute(f"ALTER TABLE joint_applicants ADD COLUMN {column.format(instant=instant)}")


def downgrade() -> None:
    for column in reversed(COLUMNS):
        op.drop_column("joint_applicants", column.split()[0])
    op.drop_column("calls", "joint_consent")
