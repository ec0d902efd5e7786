"""A correction that lapsed is a state of its own; a mail can be copied to the officers, once a day.

An application that stood returned when its call was announced is carried over as lapsed: its due instant had
passed, or the call could not have been decided. Those of calls that are not announced yet are left to the daily
job, which also tells the applicant. The way down makes lapsed ones returned again, as they were kept before.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

STATES = ("draft", "in_approval", "submitted", "returned", "accepted", "under_review", "provisional", "selected",
          "not_selected", "withdrawn")  # fmt: skip
STATES_WITH_LAPSED = (*STATES[:4], "lapsed", *STATES[4:])


def upgrade() -> None:
    _constrain(STATES_WITH_LAPSED, "state NOT IN ('returned', 'lapsed') OR correction_due_at IS NOT NULL")
    op.execute(
        "UPDATE applications SET state = 'lapsed', version_id = version_id + 1 WHERE state = 'returned' "
        "AND call_id IN (SELECT id FROM calls WHERE state = 'announced')"
    )
    with op.batch_alter_table("mails") as mails:
        mails.add_column(sa.Column("copy_note", sa.Text(), nullable=False, server_default=""))
        mails.add_column(sa.Column("copied_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("mails") as mails:
        mails.alter_column("copy_note", server_default=None)
        mails.create_check_constraint(op.f("ck_mails_copied_has_note"), "copied_at IS NULL OR copy_note <> ''")


def downgrade() -> None:
    with op.batch_alter_table("mails") as mails:
        mails.drop_constraint(op.f("ck_mails_copied_has_note"), type_="check")
        mails.drop_column("copied_at")
        mails.drop_column("copy_note")
    op.execute("UPDATE applications SET state = 'returned', version_id = version_id + 1 WHERE state = 'lapsed'")
    _constrain(STATES, "state <> 'returned' OR correction_due_at IS NOT NULL")


def _constrain(states: tuple[str, ...], returned_has_due: str) -> None:
    named = ", ".join(f"'{state}'" for state in states)
    with op.batch_alter_table("applications") as applications:
        for name, condition in (("state", f"state IN ({named})"), ("returned_has_due", returned_has_due)):
            applications.drop_constraint(op.f(f"ck_applications_{name}"), type_="check")
            applications.create_check_constraint(op.f(f"ck_applications_{name}"), condition)
