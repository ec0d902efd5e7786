"""Lists are read by indexes in their order, and searched by an index of the pairs of characters of their texts."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

# name → table, columns, and where it holds rows
MADE = {
    "ix_applications_submitted_at_id": ("applications", ["submitted_at", "id"], None),
    "ix_applications_call_id_submitted_at_id": ("applications", ["call_id", "submitted_at", "id"], None),
    "ix_applications_state_submitted_at_id": ("applications", ["state", "submitted_at", "id"], None),
    "ix_applications_organisation_id_submitted_at_id": ("applications", ["organisation_id", "submitted_at", "id"], None),
    "ix_applications_submitted_title": (
        "applications", [sa.text("substr(submitted_title, 1, 100)"), "submitted_at", "id"], None
    ),
    "ix_letters_fiscal_year_id": ("letters", ["fiscal_year", "id"], None),
    "ix_letters_letter_kind_fiscal_year_id": ("letters", ["letter_kind", "fiscal_year", "id"], None),
    "ix_letters_state_fiscal_year_id": ("letters", ["state", "fiscal_year", "id"], None),
    "ix_letters_organisation_id_state_fiscal_year_id": (
        "letters", ["organisation_id", "state", "fiscal_year", "id"], None
    ),
    "ix_mails_queued_at_id": ("mails", ["queued_at", "id"], None),
    "ix_mails_organisation_id_queued_at_id": ("mails", ["organisation_id", "queued_at", "id"], None),
    "ix_mails_queued_at_id_open": ("mails", ["queued_at", "id"], "sent_at IS NULL AND kept_path IS NULL"),
    "ix_applications_lead_code_submitted_at_id": ("applications", ["lead_code", "submitted_at", "id"], None),
    "ix_projects_lead_code_number_id": ("projects", ["lead_code", "number", "id"], None),
}  # fmt: skip
LEADS = {
    "applications": "SELECT code FROM organisations WHERE id = applications.organisation_id",
    "projects": "SELECT o.code FROM organisations o JOIN project_applicants a ON a.organisation_id = o.id "
    "WHERE a.project_id = projects.id AND a.position = 0",
}
FORMER = {
    "ix_applications_call_id": ("applications", ["call_id"]),
    "ix_applications_organisation_id": ("applications", ["organisation_id"]),
    "ix_applications_state": ("applications", ["state"]),
    "ix_applications_submitted_at": ("applications", ["submitted_at"]),
    "ix_letters_letter_kind": ("letters", ["letter_kind"]),
    "ix_letters_state": ("letters", ["state"]),
    "ix_letters_fiscal_year": ("letters", ["fiscal_year"]),
    "ix_letters_organisation_id": ("letters", ["organisation_id"]),
    "ix_mails_queued_at": ("mails", ["queued_at"]),
}
SEARCHED = {
    "applications": "submitted_search_text",
    "projects": "search_text",
    "letters": "search_text",
    "mails": "search_text",
}
# Every two characters that stand side by side, each pair once.
PAIRS_OF_POSTGRESQL = """
    SELECT coalesce(array_agg(DISTINCT signs[place] || signs[place + 1]), '{}')
    FROM (SELECT string_to_array($1, NULL) AS signs) AS given, generate_series(1, cardinality(signs) - 1) AS place
"""


def pairs_of_sqlite(text: str) -> str:
    """The same as words of an FTS5 table: each in hexadecimal digits, so that no sign of it parts words."""
    places = f"'[' || rtrim(replace(hex(zeroblob(max(length({text}) - 1, 0))), '00', '0,'), ',') || ']'"
    return f"(SELECT group_concat(hex(substr({text}, key + 1, 2)), ' ') FROM json_each({places}))"


def upgrade() -> None:
    for table, lead in LEADS.items():
        op.add_column(table, sa.Column("lead_code", sa.String(6)))
        op.execute(f"UPDATE {table} SET lead_code = ({lead})")
    for name, (table, _columns) in FORMER.items():
        op.drop_index(name, table_name=table)
    for name, (table, columns, where) in MADE.items():
        rows = sa.text(where) if where else None
        op.create_index(name, table, columns, sqlite_where=rows, postgresql_where=rows)
    if op.get_bind().dialect.name == "sqlite":
        for table, column in SEARCHED.items():
            _searched_by_sqlite(table, column)
        return
    op.execute(
        "CREATE FUNCTION search_pairs(text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE "
        f"AS $pairs${PAIRS_OF_POSTGRESQL}$pairs$"
    )
    for table, column in SEARCHED.items():
        pairs = f"text[] GENERATED ALWAYS AS (search_pairs({column})) STORED"
        op.execute(f"ALTER TABLE {table} ADD COLUMN searched_pairs {pairs}")
        op.execute(f"CREATE INDEX ix_{table}_searched_pairs ON {table} USING gin (searched_pairs)")
        op.execute(f"ANALYZE {table}")  # how frequent each pair is


def _searched_by_sqlite(table: str, column: str) -> None:
    found, new, old = f"found_{table}", pairs_of_sqlite(f"new.{column}"), pairs_of_sqlite(f"old.{column}")
    op.execute(f"CREATE VIRTUAL TABLE {found} USING fts5(pairs, content = '', detail = none, tokenize = 'ascii')")
    op.execute(f"INSERT INTO {found} (rowid, pairs) SELECT id, {pairs_of_sqlite(column)} FROM {table}")
    insert = f"INSERT INTO {found} (rowid, pairs) VALUES (new.id, {new});"
    delete = f"INSERT INTO {found} ({found}, rowid, pairs) VALUES ('delete', old.id, {old});"
    for name, when, what in (
        ("insert", "INSERT", insert),
        ("update", f"UPDATE OF {column}", delete + insert),
        ("delete", "DELETE", delete),
    ):
        op.execute(f"CREATE TRIGGER {found}_{name} AFTER {when} ON {table} BEGIN {what} END")


def downgrade() -> None:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for table in SEARCHED:
        if on_sqlite:
            for name in ("insert", "update", "delete"):
                op.execute(f"DROP TRIGGER found_{table}_{name}")
            op.execute(f"DROP TABLE found_{table}")
        else:
            op.execute(f"ALTER TABLE {table} DROP COLUMN searched_pairs")
    if not on_sqlite:
        op.execute("DROP FUNCTION search_pairs(text)")
    for name, (table, _columns, _where) in MADE.items():
        op.drop_index(name, table_name=table)
    for name, (table, columns) in FORMER.items():
        op.create_index(name, table, columns)
    for table in LEADS:
        op.drop_column(table, "lead_code")
