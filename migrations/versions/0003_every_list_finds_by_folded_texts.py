"""Every list finds by folded texts: kana, old kanji and full-width letters are compared in one form.

The texts are made of other columns and can be made again at any time; so the folding in use when this runs is the
right one, and the application's own function is called. Organisations are folded anew, now by old kanji as well.
"""

import sqlalchemy as sa
from alembic import op

from app.folding import fold

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# table → column of folded texts → what it is made of
SEARCHED = {
    "people": {"search_text": ("name", "email")},
    "seats": {"search_text": ("section", "post", "mailbox")},
    "calls": {"search_text": ("title", "code")},
    "applications": {"search_text": ("number", "title"), "submitted_search_text": ("number", "submitted_title")},
    "projects": {"search_text": ("title", "technologies_raw")},
    "letters": {"search_text": ("number", "addressee", "subject", "about_number")},
    "mails": {"search_text": ("to_address", "to_name", "subject")},
    "memberships": {"search_text": ("organisation_name", "post", "person_name")},
    "reminders": {"search_text": ("subject_name",)},
}


def upgrade() -> None:
    for table, columns in SEARCHED.items():
        for column in columns:
            op.add_column(table, sa.Column(column, sa.Text(), nullable=False, server_default=""))
    for table, columns in SEARCHED.items():
        for column, parts in columns.items():
            _fold(table, column, parts)
    _fold_organisations()


def downgrade() -> None:
    for table, columns in SEARCHED.items():
        for column in columns:
            op.drop_column(table, column)


def _fold(table: str, column: str, parts: tuple[str, ...]) -> None:
    rows = sa.table(table, sa.column("id"), sa.column(column), *(sa.column(part) for part in parts))
    connection = op.get_bind()
    for row in connection.execute(sa.select(rows.c.id, *(rows.c[part] for part in parts))).all():
        text = fold(" ".join(value for value in row[1:] if value))
        connection.execute(rows.update().where(rows.c.id == row.id).values({column: text}))


def _fold_organisations() -> None:
    names = ("prefecture", "name", "kana", "code")
    rows = sa.table("organisations", *(sa.column(name) for name in ("id", "body_kind", "search_text", *names)))
    connection = op.get_bind()
    for row in connection.execute(sa.select(rows)).all():
        full_name = row.name if row.body_kind in ("prefecture", "ministry") else row.prefecture + row.name
        text = fold(" ".join(value for value in (full_name, row.kana, row.code) if value))
        connection.execute(rows.update().where(rows.c.id == row.id).values(search_text=text))
