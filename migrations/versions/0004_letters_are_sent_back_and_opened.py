"""A director may send a letter back with a remark; who has opened a letter is remembered.

On SQLite the table of letters is made anew, and with it the triggers that keep issued letters as they are.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

STATES = ("drafted", "sent_back", "approved", "issued", "discarded")
FORMER = tuple(state for state in STATES if state != "sent_back")
TEXTS = {"remark": sa.Text(), "remarked_by": sa.String(200), "answer": sa.Text()}
FROZEN = ("key", "letter_kind", "addressee", "organisation_id", "subject", "content", "number", "register_fy",
          "sequence", "issued_on", "sha256", "path", "pages")  # fmt: skip


def upgrade() -> None:
    with op.batch_alter_table("letters") as letters:
        for name, kind in TEXTS.items():
            letters.add_column(sa.Column(name, kind, nullable=False, server_default=""))
        letters.drop_constraint(op.f("ck_letters_state"), type_="check")
        letters.create_check_constraint(op.f("ck_letters_state"), _one_of(STATES))
        letters.drop_constraint(op.f("ck_letters_approved_by_someone"), type_="check")
        letters.create_check_constraint(op.f("ck_letters_approved_by_someone"), _approved_unless("drafted", "sent_back", "discarded"))
        letters.create_check_constraint(
            op.f("ck_letters_sent_back_for_a_remark"), "state <> 'sent_back' OR remark <> ''"
        )
    _guard_issued_letters()
    op.create_table(
        "letter_openings",
        sa.Column("key", sa.String(60), primary_key=True),
        sa.Column("letter_id", sa.Integer(), sa.ForeignKey("letters.id", name=op.f("fk_letter_openings_letter_id_letters")), nullable=False),
        sa.Column("organisation_id", sa.Integer(), sa.ForeignKey("organisations.id", name=op.f("fk_letter_openings_organisation_id_organisations")), nullable=False),
        sa.Column("role", sa.String(30), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index(op.f("ix_letter_openings_letter_id"), "letter_openings", ["letter_id"])


def downgrade() -> None:
    op.drop_table("letter_openings")
    # What was sent back had not been approved: it waits for that as before.
    op.execute("UPDATE letters SET state = 'drafted' WHERE state = 'sent_back'")
    with op.batch_alter_table("letters") as letters:
        letters.drop_constraint(op.f("ck_letters_sent_back_for_a_remark"), type_="check")
        letters.drop_constraint(op.f("ck_letters_state"), type_="check")
        letters.create_check_constraint(op.f("ck_letters_state"), _one_of(FORMER))
        letters.drop_constraint(op.f("ck_letters_approved_by_someone"), type_="check")
        letters.create_check_constraint(op.f("ck_letters_approved_by_someone"), _approved_unless("drafted", "discarded"))
        for name in TEXTS:
            letters.drop_column(name)
    _guard_issued_letters()


def _one_of(states: tuple[str, ...]) -> str:
    return f"state IN ({', '.join(repr(state) for state in states)})"


def _approved_unless(*states: str) -> str:
    return f"{_one_of(states)} OR approved_at IS NOT NULL"


def _guard_issued_letters() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    changed = " OR ".join(f'NEW."{column}" IS NOT OLD."{column}"' for column in FROZEN)
    op.execute(
        f"CREATE TRIGGER letters_issued_no_update BEFORE UPDATE ON letters WHEN OLD.number IS NOT NULL AND ({changed}) "
        "BEGIN SELECT RAISE(ABORT, 'an issued letter never changes'); END"
    )
    op.execute(
        "CREATE TRIGGER letters_issued_no_delete BEFORE DELETE ON letters WHEN OLD.number IS NOT NULL "
        "BEGIN SELECT RAISE(ABORT, 'an issued letter is kept'); END"
    )
