"""Applications for an extension, requests to change a project, and on which ground a project is cancelled."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def _text(name: str, length: int | None = None) -> sa.Column:
    return sa.Column(name, sa.String(length) if length else sa.Text(), nullable=False)


def _instant(name: str) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=True)


def upgrade() -> None:
    op.create_table(
        "continuation_forms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("template_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_continuation_forms_call_id_calls")),
        sa.ForeignKeyConstraint(
            ["template_id"], ["form_templates.id"], name=op.f("fk_continuation_forms_template_id_form_templates")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_continuation_forms")),
        sa.UniqueConstraint("call_id", name=op.f("uq_continuation_forms_call_id")),
    )
    op.create_table(
        "continuations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("response_id", sa.Integer(), nullable=False),
        _text("state", 20),
        _instant("handed_over_at"),
        _text("handed_over_by", 200),
        _text("sent_back_reason"),
        _text("sent_back_by", 200),
        _instant("submitted_at"),
        _text("submitted_by", 200),
        _text("defects"),
        sa.Column("returned_until", sa.Date(), nullable=True),
        _text("opinion"),
        _instant("checked_at"),
        _text("checked_by", 200),
        sa.Column("years", sa.Integer(), nullable=True),
        _text("decision_reason"),
        _instant("decided_at"),
        _text("decided_by", 200),
        _text("withdrawal_reason"),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('drafted', 'submitted', 'returned', 'checked', 'certified', 'refused', 'withdrawn')",
            name=op.f("ck_continuations_state"),
        ),
        sa.CheckConstraint(
            "state IN ('drafted', 'withdrawn') OR submitted_at IS NOT NULL",
            name=op.f("ck_continuations_submitted_has_instant"),
        ),
        sa.CheckConstraint(
            "state <> 'returned' OR (returned_until IS NOT NULL AND defects <> '')",
            name=op.f("ck_continuations_returned_in_words"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('certified', 'refused') OR decided_at IS NOT NULL",
            name=op.f("ck_continuations_decided_has_instant"),
        ),
        sa.CheckConstraint(
            "state <> 'certified' OR years > 0", name=op.f("ck_continuations_certified_with_years")
        ),
        sa.CheckConstraint(
            "state <> 'refused' OR decision_reason <> ''", name=op.f("ck_continuations_refused_with_reasons")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_continuations_project_id_projects")
        ),
        sa.ForeignKeyConstraint(
            ["response_id"], ["responses.id"], name=op.f("fk_continuations_response_id_responses")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_continuations")),
        sa.UniqueConstraint("project_id", "attempt", name=op.f("uq_continuations_project_id_attempt")),
        sa.UniqueConstraint("response_id", name=op.f("uq_continuations_response_id")),
    )
    op.create_index(op.f("ix_continuations_state"), "continuations", ["state"])
    op.create_table(
        "change_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        _text("state", 20),
        sa.Column("changes", sa.JSON(), nullable=False),
        _text("reason"),
        _text("written_by", 200),
        _instant("submitted_at"),
        _text("submitted_by", 200),
        _text("decision_reason"),
        _instant("decided_at"),
        _text("decided_by", 200),
        _text("withdrawal_reason"),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('drafted', 'submitted', 'approved', 'refused', 'withdrawn')",
            name=op.f("ck_change_requests_state"),
        ),
        sa.CheckConstraint(
            "state IN ('drafted', 'withdrawn') OR submitted_at IS NOT NULL",
            name=op.f("ck_change_requests_submitted_has_instant"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'refused') OR decided_at IS NOT NULL",
            name=op.f("ck_change_requests_decided_has_instant"),
        ),
        sa.CheckConstraint(
            "state <> 'refused' OR decision_reason <> ''", name=op.f("ck_change_requests_refused_with_reasons")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_change_requests_project_id_projects")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_requests")),
    )
    for column in ("project_id", "state"):
        op.create_index(op.f(f"ix_change_requests_{column}"), "change_requests", [column])
    op.add_column("projects", sa.Column("cancel_ground", sa.String(30), nullable=False, server_default=""))
    op.add_column("projects", sa.Column("cancel_asked_by", sa.String(20), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("projects", "cancel_asked_by")
    op.drop_column("projects", "cancel_ground")
    op.drop_table("change_requests")
    op.drop_table("continuations")
    op.drop_table("continuation_forms")
