"""The security log: what people did at the doors. Rows are only added, and deleted when they are three years old."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

KINDS = ("signed_in", "signed_out", "sign_in_failed", "sign_in_slowed", "link_asked", "link_slowed", "link_made",
         "link_used", "link_refused", "password_set", "seat_changed", "results_read", "denied", "exported",
         "not_all_noted", "forgotten")  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "security_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(64), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("seat_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("address_mark", sa.String(16), nullable=False),
        sa.Column("origin", sa.String(64), nullable=False),
        sa.Column("about", sa.String(300), nullable=False),
        sa.Column("detail", sa.String(200), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False, server_default=""),
        sa.CheckConstraint(
            f"kind IN ({', '.join(repr(kind) for kind in KINDS)})", name=op.f("ck_security_events_kind")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_security_events")),
        sa.UniqueConstraint("key", name=op.f("uq_security_events_key")),
    )
    op.create_index(op.f("ix_security_events_at"), "security_events", ["at"])
    op.create_index("ix_security_events_kind_at", "security_events", ["kind", "at"])
    op.create_index("ix_security_events_origin_at", "security_events", ["origin", "at"])


def downgrade() -> None:
    op.drop_table("security_events")
