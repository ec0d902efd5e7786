"""Texts that people typed are made neutral, and what a body had not submitted is taken out of what the office reads.

The application's own functions are called: texts can be made neutral, and folded, again at any time. What was handed
in, issued or written into the history stays as it is; it is made neutral when it is shown.
"""

import sqlalchemy as sa
from alembic import op

from app.folding import fold
from app.lines import neutral, one_line

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# table → columns of one line, columns of several, and the folded texts made of the columns before them
TYPED = {
    "organisations": (("name", "kana"), ()),
    "people": (("name",), ()),
    "seats": (("section", "post"), ()),
    "calls": (("title",), ("description", "window_note")),
    "questions": (("label", "hint"), ()),
    "criteria": (("label", "description"), ()),
    "deadline_extensions": ((), ("reason",)),
    "applications": (
        ("title", "submitted_title", "technologies_other", "sent_back_by"),
        ("summary", "withdrawal_reason", "sent_back_reason"),
    ),
    "answers": ((), ("text",)),
    "attachments": (("filename",), ()),
    "results": ((), ("reasons",)),
    "projects": (("title", "technologies_raw"), ("extension_remark", "cancel_reason")),
    "councils": (("name",), ()),
    "memberships": (("organisation_name", "post", "person_name"), ("answer_note",)),
    "meetings": (("place",), ("note",)),
}
FOLDED = ("search_text", "submitted_search_text")
# Mails that tell what a body has not submitted: see applications/mails.py for their keys.
WITHIN = ("approval-requested:%", "sent-back:%", "deadline:%", "correction:application:%")


def upgrade() -> None:
    op.execute(
        "ALTER TABLE mails ADD COLUMN audience VARCHAR(20) DEFAULT 'all' NOT NULL "
        "CONSTRAINT ck_mails_audience CHECK (audience IN ('all', 'applicant'))"
    )
    mails = sa.table("mails", sa.column("key"), sa.column("audience"))
    for key in WITHIN:
        within = mails.c.key.like(f"application:%:{key}")
        op.execute(mails.update().where(within).values(audience="applicant"))
    op.add_column("joint_applicants", sa.Column("submitted", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(
        "UPDATE joint_applicants SET submitted = true WHERE EXISTS (SELECT 1 FROM applications "
        "WHERE applications.id = joint_applicants.application_id AND applications.submitted_at IS NOT NULL "
        "AND joint_applicants.created_at <= applications.submitted_at)"
    )
    present = sa.inspect(op.get_bind())
    for table, (single, several) in TYPED.items():
        known = {column["name"] for column in present.get_columns(table)}
        _make_neutral(table, single, several, tuple(name for name in FOLDED if name in known))
    _name_reminders_anew()


def downgrade() -> None:
    op.drop_column("joint_applicants", "submitted")
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("ck_mails_audience", "mails")
    op.drop_column("mails", "audience")


def _make_neutral(table: str, single: tuple[str, ...], several: tuple[str, ...], folded: tuple[str, ...]) -> None:
    names = (*single, *several, *folded)
    rows = sa.table(table, sa.column("id"), *(sa.column(name) for name in names))
    connection = op.get_bind()
    for row in connection.execute(sa.select(rows)).mappings().all():
        made = {name: (neutral if name in several else one_line)(row[name]) for name in names if row[name]}
        changed = {name: text for name, text in made.items() if text != row[name]}
        if changed:
            connection.execute(rows.update().where(rows.c.id == row["id"]).values(changed))


def _name_reminders_anew() -> None:
    """By number, body and the title as submitted, as the ledger has it from now on."""
    reminders = sa.table("reminders", *map(sa.column, ("id", "subject_kind", "subject_id", "subject_name", "search_text")))
    cases = sa.table("applications", *map(sa.column, ("id", "number", "organisation_id", "submitted_title")))
    bodies = sa.table("organisations", *map(sa.column, ("id", "body_kind", "prefecture", "name")))
    found = (
        sa.select(reminders.c.id, cases.c.number, cases.c.submitted_title, bodies.c.body_kind, bodies.c.prefecture, bodies.c.name)
        .join(cases, cases.c.id == reminders.c.subject_id)
        .join(bodies, bodies.c.id == cases.c.organisation_id)
        .where(reminders.c.subject_kind == "application")
    )
    connection = op.get_bind()
    for row in connection.execute(found).all():
        body = row.name if row.body_kind in ("prefecture", "ministry") else row.prefecture + row.name
        name = " ".join(part for part in (row.number, body, row.submitted_title) if part)
        name = name if len(name) <= 300 else f"{name[:299]}…"
        values = {"subject_name": name, "search_text": fold(name)}
        connection.execute(reminders.update().where(reminders.c.id == row.id).values(values))
