"""Sessions are kept on the server; attempts to sign in count by network, and apart for browsers that are known.

Whoever is signed in signs in once more. Attempts are a day's at most: those counted before count no more.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    instant = sa.DateTime(timezone=True)
    op.execute("DELETE FROM sign_in_attempts")
    op.add_column("sign_in_attempts", sa.Column("wide", sa.String(64), nullable=False, server_default=""))
    op.add_column("sign_in_attempts", sa.Column("known_as", sa.String(40), nullable=False, server_default=""))
    op.create_index("ix_sign_in_attempts_wide", "sign_in_attempts", ["wide"])
    op.create_table(
        "known_devices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("last_used_at", instant, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_known_devices_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_devices")),
        sa.UniqueConstraint("token_hash", "person_id", name=op.f("uq_known_devices_token_hash_person_id")),
    )
    op.create_index("ix_known_devices_person_id", "known_devices", ["person_id"])
    op.create_table(
        "sessions",
        sa.Column("key_hash", sa.String(64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("tenure_id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=True),
        sa.Column("started_at", instant, nullable=False),
        sa.Column("last_seen_at", instant, nullable=False),
        sa.Column("ended_at", instant, nullable=True),
        sa.Column("why_ended", sa.String(20), nullable=False),
        sa.Column("browser", sa.String(60), nullable=False),
        sa.Column("network", sa.String(64), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", instant, nullable=False),
        sa.CheckConstraint("(ended_at IS NULL) = (why_ended = '')", name=op.f("ck_sessions_ended_has_reason")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_sessions_person_id_people")),
        sa.ForeignKeyConstraint(["tenure_id"], ["tenures.id"], name=op.f("fk_sessions_tenure_id_tenures")),
        sa.ForeignKeyConstraint(
            ["device_id"], ["known_devices.id"], ondelete="SET NULL", name=op.f("fk_sessions_device_id_known_devices")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_sessions_key_hash")),
    )
    op.create_index("ix_sessions_person_id", "sessions", ["person_id"])
    op.create_index("ix_sessions_started_at", "sessions", ["started_at"])


def downgrade() -> None:
    op.drop_table("sessions")
    op.drop_table("known_devices")
    op.drop_index("ix_sign_in_attempts_wide", table_name="sign_in_attempts")
    op.drop_column("sign_in_attempts", "known_as")
    op.drop_column("sign_in_attempts", "wide")
