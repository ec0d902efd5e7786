"""Kept entries carry how large they are, whose they are and where they came from; their text is kept as it is.

The table holds at most half a day: it is made anew, and what waits in it is put back.
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    waiting = _taken_out()
    table = op.create_table(
        "kept_entries",
        sa.Column("key", sa.String(43), nullable=False),
        sa.Column("kept_at", INSTANT, nullable=False),
        sa.Column("url", sa.String(2000), nullable=False),
        sa.Column("entries", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer()),
        sa.Column("origin", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_kept_entries"),
    )
    for column in ("kept_at", "person_id", "origin"):
        op.create_index(f"ix_kept_entries_{column}", "kept_entries", [column])
    for row in waiting:
        text = json.dumps(row["entries"], ensure_ascii=False, separators=(",", ":"))
        values = {**row, "entries": text, "size": len(text.encode()) + 512, "person_id": None, "origin": ""}
        op.execute(table.insert().values(**values))


def downgrade() -> None:
    waiting = _taken_out()
    table = op.create_table(
        "kept_entries",
        sa.Column("key", sa.String(43), nullable=False),
        sa.Column("kept_at", INSTANT, nullable=False),
        sa.Column("url", sa.String(2000), nullable=False),
        sa.Column("entries", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_kept_entries"),
    )
    for row in waiting:
        op.execute(table.insert().values(**row))


def _taken_out() -> list[dict]:
    """What waits, its entries read; the table is gone."""
    old = sa.table(
        "kept_entries",
        sa.column("key", sa.String), sa.column("kept_at", INSTANT),
        sa.column("url", sa.String), sa.column("entries", sa.Text),
    )  # fmt: skip
    rows = [dict(row._mapping) for row in op.get_bind().execute(sa.select(old))]
    op.drop_table("kept_entries")
    return [
        {**row, "entries": json.loads(row["entries"]) if isinstance(row["entries"], str) else row["entries"]}
        for row in rows
    ]
