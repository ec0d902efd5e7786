"""What letters, mails and pages say comes from the programme; numbers of projects and documents are each programme's own.

What the settings said becomes the first programme's; the letters, mails and registers that there are were all in its voice.
On the way down there can be one programme only, whose words the settings say again.
"""

import sqlalchemy as sa
from alembic import op
from flask import current_app

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

GUARDED = ("letters", "number_registers", "mails", "projects")
FIRST = {
    "name_en": "Future-Tech Social Implementation Programme",
    "ministry_en": "Cabinet Office",
    "bureau_en": "Secretariat for the Promotion of Regional Revitalization",
}
SETTINGS = {
    "issuer": "ISSUER",
    "section": "ISSUER_SECTION",
    "mark": "NUMBER_MARK",
    "sender": "MAIL_FROM_NAME",
    "contact_address": "CONTACT_ADDRESS",
    "contact_telephone": "CONTACT_TELEPHONE",
    "contact_hours": "CONTACT_HOURS",
}
COLUMNS = {
    "name_en": sa.String(200), "ministry_en": sa.String(100), "bureau_en": sa.String(200), "issuer": sa.String(100),
    "section": sa.String(100), "mark": sa.String(20), "sender": sa.String(100), "contact_address": sa.String(254),
    "contact_telephone": sa.String(40), "contact_hours": sa.String(200),
}  # fmt: skip
RESERVED = "project_numbers_reserved"
# (what the table says of it, what it says from now on), for SQLite, which changes a constraint by making a table anew.
LETTERS = (
    ("programme_id INTEGER", "programme_id INTEGER NOT NULL"),
    ("CONSTRAINT uq_letters_register_fy_sequence UNIQUE (register_fy, sequence)",
     "CONSTRAINT uq_letters_mark_register_fy_sequence UNIQUE (mark, register_fy, sequence)"),
)  # fmt: skip
OF_PROJECTS = "CONSTRAINT fk_projects_programme_id_programmes REFERENCES programmes (id)"
PROJECTS = (
    (f"programme_id INTEGER {OF_PROJECTS}", f"programme_id INTEGER NOT NULL {OF_PROJECTS}"),
    ("CONSTRAINT uq_projects_number UNIQUE (number)",
     "CONSTRAINT uq_projects_programme_id_number UNIQUE (programme_id, number)"),
)  # fmt: skip
REGISTERS = (
    ("fiscal_year INTEGER NOT NULL", "id INTEGER NOT NULL, mark VARCHAR(20) NOT NULL, fiscal_year INTEGER NOT NULL"),
    ("CONSTRAINT pk_number_registers PRIMARY KEY (fiscal_year)",
     "CONSTRAINT pk_number_registers PRIMARY KEY (id), "
     "CONSTRAINT uq_number_registers_mark_fiscal_year UNIQUE (mark, fiscal_year)"),
)  # fmt: skip


def upgrade() -> None:
    mark = current_app.config["NUMBER_MARK"]
    _unguard()
    first = _programmes_say_it()
    for table in ("letters", "mails"):
        op.add_column(table, sa.Column("programme_id", sa.Integer()))
        op.execute(sa.text(f"UPDATE {table} SET programme_id = :first").bindparams(first=first))
    op.add_column("letters", sa.Column("mark", sa.String(20)))
    op.execute(sa.text("UPDATE letters SET mark = :mark WHERE sequence IS NOT NULL").bindparams(mark=mark))
    op.execute(f"ALTER TABLE projects ADD COLUMN programme_id INTEGER {OF_PROJECTS}")
    op.execute(
        "UPDATE projects SET programme_id = (SELECT programme_id FROM calls WHERE calls.id = projects.call_id)"
    )
    if _is_sqlite():
        _make_anew("letters", LETTERS)
        _make_anew("projects", PROJECTS)
        _make_anew("number_registers", REGISTERS, id="fiscal_year", mark=_quoted(mark))
    else:
        _on_postgresql(mark)
    _guard(SQLITE, FUNCTIONS)


def downgrade() -> None:
    _refuse_several()
    _unguard()
    if _is_sqlite():
        _make_anew("letters", _back(LETTERS))
        _make_anew("projects", _back(PROJECTS))
        _make_anew("number_registers", _back(REGISTERS))
    else:
        _back_on_postgresql()
    op.drop_column("letters", "mark")
    for table in ("letters", "mails", "projects"):
        op.drop_column(table, "programme_id")
    _settings_say_it()
    _guard(FORMER_SQLITE, FORMER_FUNCTIONS)


def _programmes_say_it() -> int | None:
    """The number of the first programme; None where there is none, and so nothing that would be said."""
    said = {name: current_app.config[setting] for name, setting in SETTINGS.items()}
    with op.batch_alter_table("programmes") as programmes:
        for name, kind in COLUMNS.items():
            programmes.add_column(sa.Column(name, kind, nullable=False, server_default=(FIRST | said)[name]))
        programmes.add_column(sa.Column("numbers_reserved_through", sa.Integer(), nullable=False, server_default="0"))
        programmes.add_column(sa.Column("version_id", sa.Integer(), nullable=False, server_default="1"))
    with op.batch_alter_table("programmes") as programmes:
        for name, kind in COLUMNS.items():
            programmes.alter_column(name, existing_type=kind, existing_nullable=False, server_default=None)
        programmes.create_check_constraint("ck_programmes_has_a_mark", "mark <> ''")
        programmes.create_check_constraint("ck_programmes_numbers_reserved", "numbers_reserved_through >= 0")
    bind = op.get_bind()
    first = bind.execute(sa.text("SELECT min(id) FROM programmes")).scalar()
    reserved = bind.execute(sa.text("SELECT value FROM settings WHERE name = :name"), {"name": RESERVED}).scalar()
    if first is not None and reserved is not None:
        bind.execute(
            sa.text("UPDATE programmes SET numbers_reserved_through = :until WHERE id = :first"),
            {"until": int(reserved), "first": first},
        )
        bind.execute(sa.text("DELETE FROM settings WHERE name = :name"), {"name": RESERVED})
    return first


def _settings_say_it() -> None:
    bind = op.get_bind()
    reserved = bind.execute(sa.text("SELECT max(numbers_reserved_through) FROM programmes")).scalar()
    if reserved:
        bind.execute(
            sa.text("INSERT INTO settings (name, value) VALUES (:name, :value)"),
            {"name": RESERVED, "value": str(reserved)},
        )
    with op.batch_alter_table("programmes") as programmes:
        programmes.drop_constraint("ck_programmes_has_a_mark", type_="check")
        programmes.drop_constraint("ck_programmes_numbers_reserved", type_="check")
        for name in (*COLUMNS, "numbers_reserved_through", "version_id"):
            programmes.drop_column(name)


def _refuse_several() -> None:
    bind = op.get_bind()
    if (count := bind.execute(sa.text("SELECT count(*) FROM programmes")).scalar_one()) > 1:
        raise RuntimeError(f"there are {count} programmes, and before this migration there can be one only")
    years = bind.execute(sa.text("SELECT count(*) - count(DISTINCT fiscal_year) FROM number_registers")).scalar_one()
    if years:
        raise RuntimeError("a fiscal year has registers of two marks, and before this migration it can have one only")


def _on_postgresql(mark: str) -> None:
    op.alter_column("letters", "programme_id", nullable=False)
    op.drop_constraint("uq_letters_register_fy_sequence", "letters")
    op.create_unique_constraint("uq_letters_mark_register_fy_sequence", "letters", ["mark", "register_fy", "sequence"])
    op.alter_column("projects", "programme_id", nullable=False)
    op.drop_constraint("uq_projects_number", "projects")
    op.create_unique_constraint("uq_projects_programme_id_number", "projects", ["programme_id", "number"])
    op.drop_constraint("pk_number_registers", "number_registers")
    op.execute("ALTER TABLE number_registers ADD COLUMN id SERIAL NOT NULL, ADD COLUMN mark VARCHAR(20)")
    op.execute(sa.text("UPDATE number_registers SET id = fiscal_year, mark = :mark").bindparams(mark=mark))
    op.alter_column("number_registers", "mark", nullable=False)
    op.create_primary_key("pk_number_registers", "number_registers", ["id"])
    op.create_unique_constraint("uq_number_registers_mark_fiscal_year", "number_registers", ["mark", "fiscal_year"])
    op.execute(
        "SELECT setval(pg_get_serial_sequence('number_registers', 'id'), "
        "GREATEST((SELECT max(id) FROM number_registers), 1))"
    )


def _back_on_postgresql() -> None:
    op.drop_constraint("uq_letters_mark_register_fy_sequence", "letters")
    op.create_unique_constraint("uq_letters_register_fy_sequence", "letters", ["register_fy", "sequence"])
    op.drop_constraint("uq_projects_programme_id_number", "projects")
    op.create_unique_constraint("uq_projects_number", "projects", ["number"])
    op.drop_constraint("uq_number_registers_mark_fiscal_year", "number_registers")
    op.drop_constraint("pk_number_registers", "number_registers")
    op.drop_column("number_registers", "id")
    op.drop_column("number_registers", "mark")
    op.create_primary_key("pk_number_registers", "number_registers", ["fiscal_year"])


def _make_anew(table: str, edits, **filled: str) -> None:
    """The table by its own statement with `edits`; each column as it was, or as `filled` says in SQL."""
    bind = op.get_bind()
    made = sa.text("SELECT sql FROM sqlite_master WHERE type = :kind AND tbl_name = :table AND sql IS NOT NULL")
    [statement] = bind.execute(made, {"kind": "table", "table": table}).scalars()
    indexes = bind.execute(made, {"kind": "index", "table": table}).scalars().all()
    for was, becomes in edits:
        if statement.count(was) != 1:
            raise RuntimeError(f"{table} is not made as this migration knows it: {was}")
        statement = statement.replace(was, becomes)
    _head, columns = statement.split("(", 1)
    bind.exec_driver_sql(f"CREATE TABLE new_{table} ({columns}")
    known = {row[1] for row in bind.exec_driver_sql(f"PRAGMA table_info({table})")}
    names = [row[1] for row in bind.exec_driver_sql(f"PRAGMA table_info(new_{table})")]
    values = [filled[name] if name in filled else f'"{name}"' for name in names if name in known | filled.keys()]
    into = ", ".join(f'"{name}"' for name in names)
    bind.exec_driver_sql(f"INSERT INTO new_{table} ({into}) SELECT {', '.join(values)} FROM {table}")
    bind.exec_driver_sql(f"DROP TABLE {table}")
    bind.exec_driver_sql(f"ALTER TABLE new_{table} RENAME TO {table}")
    for index in indexes:
        bind.exec_driver_sql(index)


def _back(edits):
    return tuple((becomes, was) for was, becomes in edits)


def _unguard() -> None:
    if _is_sqlite():
        for table in GUARDED:
            for verb in ("insert", "update", "delete"):
                op.execute(f"DROP TRIGGER guard_{table}_{verb}")
        return
    for table in GUARDED:
        op.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")


def _guard(of_sqlite, functions) -> None:
    bind = op.get_bind()
    if _is_sqlite():
        for statement in of_sqlite:
            bind.exec_driver_sql(statement)
        return
    schema = bind.exec_driver_sql("SELECT quote_ident(current_schema())").scalar_one()
    for name, body in functions.items():
        bind.exec_driver_sql(
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql "
            f"SET search_path = {schema}, pg_temp AS $guard${body}$guard$".replace("%", "%%")
        )
    for table in GUARDED:
        op.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


# The guards, written out as app/guards says them, and as they were.

SQLITE = (
    """CREATE TRIGGER guard_letters_insert BEFORE INSERT ON letters FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'a letter begins as a draft') WHERE NEW.state <> 'drafted' OR NEW.number IS NOT NULL OR NEW.issued_on IS NOT NULL;
  SELECT RAISE(ABORT, 'a letter is superseded once') WHERE EXISTS (SELECT 1 FROM letters WHERE supersedes_id = NEW.supersedes_id AND state <> 'discarded');
  SELECT RAISE(ABORT, 'letters: id is taken') WHERE EXISTS (SELECT 1 FROM letters WHERE "id" = NEW."id");
  SELECT RAISE(ABORT, 'letters: key is taken') WHERE EXISTS (SELECT 1 FROM letters WHERE "key" = NEW."key");
  SELECT RAISE(ABORT, 'letters: number is taken') WHERE EXISTS (SELECT 1 FROM letters WHERE "number" = NEW."number");
  SELECT RAISE(ABORT, 'letters: mark, register_fy, sequence is taken') WHERE EXISTS (SELECT 1 FROM letters WHERE "mark" = NEW."mark" AND "register_fy" = NEW."register_fy" AND "sequence" = NEW."sequence");
END""",
    """CREATE TRIGGER guard_letters_update BEFORE UPDATE ON letters FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'letters: what is frozen never changes') WHERE NEW."id" IS NOT OLD."id" OR NEW."supersedes_id" IS NOT OLD."supersedes_id" OR NEW."programme_id" IS NOT OLD."programme_id";
  SELECT RAISE(ABORT, 'an issued letter never changes') WHERE (OLD.state = 'issued') AND (NEW."key" IS NOT OLD."key" OR NEW."letter_kind" IS NOT OLD."letter_kind" OR NEW."state" IS NOT OLD."state" OR NEW."about_kind" IS NOT OLD."about_kind" OR NEW."about_id" IS NOT OLD."about_id" OR NEW."about_number" IS NOT OLD."about_number" OR NEW."fiscal_year" IS NOT OLD."fiscal_year" OR NEW."organisation_id" IS NOT OLD."organisation_id" OR NEW."programme_id" IS NOT OLD."programme_id" OR NEW."addressee" IS NOT OLD."addressee" OR NEW."subject" IS NOT OLD."subject" OR NEW."content" IS NOT OLD."content" OR NEW."number" IS NOT OLD."number" OR NEW."mark" IS NOT OLD."mark" OR NEW."register_fy" IS NOT OLD."register_fy" OR NEW."sequence" IS NOT OLD."sequence" OR NEW."issued_on" IS NOT OLD."issued_on" OR NEW."sha256" IS NOT OLD."sha256" OR NEW."path" IS NOT OLD."path" OR NEW."pages" IS NOT OLD."pages" OR NEW."approved_by" IS NOT OLD."approved_by" OR NEW."approved_at" IS NOT OLD."approved_at" OR NEW."remark" IS NOT OLD."remark" OR NEW."remarked_by" IS NOT OLD."remarked_by" OR NEW."answer" IS NOT OLD."answer" OR NEW."supersedes_id" IS NOT OLD."supersedes_id" OR NEW."created_at" IS NOT OLD."created_at");
  SELECT RAISE(ABORT, 'a letter is issued once it is approved') WHERE NEW.state = 'issued' AND OLD.state NOT IN ('approved', 'issued');
  SELECT RAISE(ABORT, 'a discarded letter stays so') WHERE OLD.state = 'discarded' AND NEW.state <> 'discarded';
  SELECT RAISE(ABORT, 'letters: key is taken') WHERE (NEW."key" IS NOT OLD."key") AND EXISTS (SELECT 1 FROM letters WHERE "key" = NEW."key" AND id <> OLD.id);
  SELECT RAISE(ABORT, 'letters: number is taken') WHERE (NEW."number" IS NOT OLD."number") AND EXISTS (SELECT 1 FROM letters WHERE "number" = NEW."number" AND id <> OLD.id);
  SELECT RAISE(ABORT, 'letters: mark, register_fy, sequence is taken') WHERE (NEW."mark" IS NOT OLD."mark" OR NEW."register_fy" IS NOT OLD."register_fy" OR NEW."sequence" IS NOT OLD."sequence") AND EXISTS (SELECT 1 FROM letters WHERE "mark" = NEW."mark" AND "register_fy" = NEW."register_fy" AND "sequence" = NEW."sequence" AND id <> OLD.id);
END""",
    """CREATE TRIGGER guard_letters_delete BEFORE DELETE ON letters FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'letters: this row is kept') WHERE OLD.state = 'issued';
END""",
    """CREATE TRIGGER guard_number_registers_insert BEFORE INSERT ON number_registers FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'number_registers: id is taken') WHERE EXISTS (SELECT 1 FROM number_registers WHERE "id" = NEW."id");
  SELECT RAISE(ABORT, 'number_registers: mark, fiscal_year is taken') WHERE EXISTS (SELECT 1 FROM number_registers WHERE "mark" = NEW."mark" AND "fiscal_year" = NEW."fiscal_year");
END""",
    """CREATE TRIGGER guard_number_registers_update BEFORE UPDATE ON number_registers FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'number_registers: what is frozen never changes') WHERE NEW."id" IS NOT OLD."id" OR NEW."mark" IS NOT OLD."mark" OR NEW."fiscal_year" IS NOT OLD."fiscal_year";
  SELECT RAISE(ABORT, 'a register of numbers never goes back') WHERE NEW.last < OLD.last;
  SELECT RAISE(ABORT, 'number_registers: mark, fiscal_year is taken') WHERE (NEW."mark" IS NOT OLD."mark" OR NEW."fiscal_year" IS NOT OLD."fiscal_year") AND EXISTS (SELECT 1 FROM number_registers WHERE "mark" = NEW."mark" AND "fiscal_year" = NEW."fiscal_year" AND id <> OLD.id);
END""",
    """CREATE TRIGGER guard_number_registers_delete BEFORE DELETE ON number_registers FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'number_registers: this row is kept') WHERE 1 = 1;
END""",
    """CREATE TRIGGER guard_mails_insert BEFORE INSERT ON mails FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'mails: id is taken') WHERE EXISTS (SELECT 1 FROM mails WHERE "id" = NEW."id");
  SELECT RAISE(ABORT, 'mails: key is taken') WHERE EXISTS (SELECT 1 FROM mails WHERE "key" = NEW."key");
  SELECT RAISE(ABORT, 'mails: message_id is taken') WHERE EXISTS (SELECT 1 FROM mails WHERE "message_id" = NEW."message_id");
END""",
    """CREATE TRIGGER guard_mails_update BEFORE UPDATE ON mails FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'mails: what is frozen never changes') WHERE NEW."id" IS NOT OLD."id" OR NEW."key" IS NOT OLD."key" OR NEW."to_name" IS NOT OLD."to_name" OR NEW."subject" IS NOT OLD."subject" OR NEW."body" IS NOT OLD."body" OR NEW."attachments" IS NOT OLD."attachments" OR NEW."about_kind" IS NOT OLD."about_kind" OR NEW."about_id" IS NOT OLD."about_id" OR NEW."programme_id" IS NOT OLD."programme_id" OR NEW."organisation_id" IS NOT OLD."organisation_id" OR NEW."link_id" IS NOT OLD."link_id" OR NEW."queued_at" IS NOT OLD."queued_at" OR NEW."copy_note" IS NOT OLD."copy_note" OR NEW."audience" IS NOT OLD."audience" OR NEW."message_id" IS NOT OLD."message_id" OR NEW."created_at" IS NOT OLD."created_at";
  SELECT RAISE(ABORT, 'a mail goes where it was queued for') WHERE (OLD.parked_at IS NULL OR OLD.set_aside_at IS NOT NULL) AND (NEW."to_address" IS NOT OLD."to_address");
  SELECT RAISE(ABORT, 'a mail that is sent never changes') WHERE (OLD.sent_at IS NOT NULL OR OLD.kept_path IS NOT NULL) AND (NEW."to_address" IS NOT OLD."to_address" OR NEW."next_attempt_at" IS NOT OLD."next_attempt_at" OR NEW."attempts" IS NOT OLD."attempts" OR NEW."claimed_at" IS NOT OLD."claimed_at" OR NEW."sent_at" IS NOT OLD."sent_at" OR NEW."kept_path" IS NOT OLD."kept_path" OR NEW."parked_at" IS NOT OLD."parked_at" OR NEW."set_aside_at" IS NOT OLD."set_aside_at" OR NEW."last_error" IS NOT OLD."last_error");
  SELECT RAISE(ABORT, 'mails: key is taken') WHERE (NEW."key" IS NOT OLD."key") AND EXISTS (SELECT 1 FROM mails WHERE "key" = NEW."key" AND id <> OLD.id);
  SELECT RAISE(ABORT, 'mails: message_id is taken') WHERE (NEW."message_id" IS NOT OLD."message_id") AND EXISTS (SELECT 1 FROM mails WHERE "message_id" = NEW."message_id" AND id <> OLD.id);
END""",
    """CREATE TRIGGER guard_mails_delete BEFORE DELETE ON mails FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'mails: this row is kept') WHERE 1 = 1;
END""",
    """CREATE TRIGGER guard_projects_insert BEFORE INSERT ON projects FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'projects: id is taken') WHERE EXISTS (SELECT 1 FROM projects WHERE "id" = NEW."id");
  SELECT RAISE(ABORT, 'projects: programme_id, number is taken') WHERE EXISTS (SELECT 1 FROM projects WHERE "programme_id" = NEW."programme_id" AND "number" = NEW."number");
  SELECT RAISE(ABORT, 'projects: application_id is taken') WHERE EXISTS (SELECT 1 FROM projects WHERE "application_id" = NEW."application_id");
END""",
    """CREATE TRIGGER guard_projects_update BEFORE UPDATE ON projects FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'projects: what is frozen never changes') WHERE NEW."id" IS NOT OLD."id" OR NEW."programme_id" IS NOT OLD."programme_id" OR NEW."number" IS NOT OLD."number" OR NEW."listed_as_of" IS NOT OLD."listed_as_of" OR NEW."call_id" IS NOT OLD."call_id" OR NEW."application_id" IS NOT OLD."application_id";
  SELECT RAISE(ABORT, 'projects: programme_id, number is taken') WHERE (NEW."programme_id" IS NOT OLD."programme_id" OR NEW."number" IS NOT OLD."number") AND EXISTS (SELECT 1 FROM projects WHERE "programme_id" = NEW."programme_id" AND "number" = NEW."number" AND id <> OLD.id);
  SELECT RAISE(ABORT, 'projects: application_id is taken') WHERE (NEW."application_id" IS NOT OLD."application_id") AND EXISTS (SELECT 1 FROM projects WHERE "application_id" = NEW."application_id" AND id <> OLD.id);
END""",
    """CREATE TRIGGER guard_projects_delete BEFORE DELETE ON projects FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'projects: this row is kept') WHERE 1 = 1;
END""",
)

FUNCTIONS = {
    "guard_letters": """
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'drafted' OR NEW.number IS NOT NULL OR NEW.issued_on IS NOT NULL THEN RAISE EXCEPTION 'a letter begins as a draft'; END IF;
    RETURN NEW;
  END IF;
  IF TG_OP = 'DELETE' THEN
    IF OLD.state = 'issued' THEN RAISE EXCEPTION 'letters: this row is kept'; END IF;
    RETURN OLD;
  END IF;
    IF NEW."id"::text IS DISTINCT FROM OLD."id"::text OR NEW."supersedes_id"::text IS DISTINCT FROM OLD."supersedes_id"::text OR NEW."programme_id"::text IS DISTINCT FROM OLD."programme_id"::text THEN RAISE EXCEPTION 'letters: what is frozen never changes'; END IF;
    IF (OLD.state = 'issued') AND (NEW."key"::text IS DISTINCT FROM OLD."key"::text OR NEW."letter_kind"::text IS DISTINCT FROM OLD."letter_kind"::text OR NEW."state"::text IS DISTINCT FROM OLD."state"::text OR NEW."about_kind"::text IS DISTINCT FROM OLD."about_kind"::text OR NEW."about_id"::text IS DISTINCT FROM OLD."about_id"::text OR NEW."about_number"::text IS DISTINCT FROM OLD."about_number"::text OR NEW."fiscal_year"::text IS DISTINCT FROM OLD."fiscal_year"::text OR NEW."organisation_id"::text IS DISTINCT FROM OLD."organisation_id"::text OR NEW."programme_id"::text IS DISTINCT FROM OLD."programme_id"::text OR NEW."addressee"::text IS DISTINCT FROM OLD."addressee"::text OR NEW."subject"::text IS DISTINCT FROM OLD."subject"::text OR NEW."content"::text IS DISTINCT FROM OLD."content"::text OR NEW."number"::text IS DISTINCT FROM OLD."number"::text OR NEW."mark"::text IS DISTINCT FROM OLD."mark"::text OR NEW."register_fy"::text IS DISTINCT FROM OLD."register_fy"::text OR NEW."sequence"::text IS DISTINCT FROM OLD."sequence"::text OR NEW."issued_on"::text IS DISTINCT FROM OLD."issued_on"::text OR NEW."sha256"::text IS DISTINCT FROM OLD."sha256"::text OR NEW."path"::text IS DISTINCT FROM OLD."path"::text OR NEW."pages"::text IS DISTINCT FROM OLD."pages"::text OR NEW."approved_by"::text IS DISTINCT FROM OLD."approved_by"::text OR NEW."approved_at"::text IS DISTINCT FROM OLD."approved_at"::text OR NEW."remark"::text IS DISTINCT FROM OLD."remark"::text OR NEW."remarked_by"::text IS DISTINCT FROM OLD."remarked_by"::text OR NEW."answer"::text IS DISTINCT FROM OLD."answer"::text OR NEW."supersedes_id"::text IS DISTINCT FROM OLD."supersedes_id"::text OR NEW."created_at"::text IS DISTINCT FROM OLD."created_at"::text) THEN RAISE EXCEPTION 'an issued letter never changes'; END IF;
    IF NEW.state = 'issued' AND OLD.state NOT IN ('approved', 'issued') THEN RAISE EXCEPTION 'a letter is issued once it is approved'; END IF;
    IF OLD.state = 'discarded' AND NEW.state <> 'discarded' THEN RAISE EXCEPTION 'a discarded letter stays so'; END IF;
  RETURN NEW;
END
""",
    "guard_number_registers": """
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF 1 = 1 THEN RAISE EXCEPTION 'number_registers: this row is kept'; END IF;
    RETURN OLD;
  END IF;
    IF NEW."id"::text IS DISTINCT FROM OLD."id"::text OR NEW."mark"::text IS DISTINCT FROM OLD."mark"::text OR NEW."fiscal_year"::text IS DISTINCT FROM OLD."fiscal_year"::text THEN RAISE EXCEPTION 'number_registers: what is frozen never changes'; END IF;
    IF NEW.last < OLD.last THEN RAISE EXCEPTION 'a register of numbers never goes back'; END IF;
  RETURN NEW;
END
""",
    "guard_mails": """
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF 1 = 1 THEN RAISE EXCEPTION 'mails: this row is kept'; END IF;
    RETURN OLD;
  END IF;
    IF NEW."id"::text IS DISTINCT FROM OLD."id"::text OR NEW."key"::text IS DISTINCT FROM OLD."key"::text OR NEW."to_name"::text IS DISTINCT FROM OLD."to_name"::text OR NEW."subject"::text IS DISTINCT FROM OLD."subject"::text OR NEW."body"::text IS DISTINCT FROM OLD."body"::text OR NEW."attachments"::text IS DISTINCT FROM OLD."attachments"::text OR NEW."about_kind"::text IS DISTINCT FROM OLD."about_kind"::text OR NEW."about_id"::text IS DISTINCT FROM OLD."about_id"::text OR NEW."programme_id"::text IS DISTINCT FROM OLD."programme_id"::text OR NEW."organisation_id"::text IS DISTINCT FROM OLD."organisation_id"::text OR NEW."link_id"::text IS DISTINCT FROM OLD."link_id"::text OR NEW."queued_at"::text IS DISTINCT FROM OLD."queued_at"::text OR NEW."copy_note"::text IS DISTINCT FROM OLD."copy_note"::text OR NEW."audience"::text IS DISTINCT FROM OLD."audience"::text OR NEW."message_id"::text IS DISTINCT FROM OLD."message_id"::text OR NEW."created_at"::text IS DISTINCT FROM OLD."created_at"::text THEN RAISE EXCEPTION 'mails: what is frozen never changes'; END IF;
    IF (OLD.parked_at IS NULL OR OLD.set_aside_at IS NOT NULL) AND (NEW."to_address"::text IS DISTINCT FROM OLD."to_address"::text) THEN RAISE EXCEPTION 'a mail goes where it was queued for'; END IF;
    IF (OLD.sent_at IS NOT NULL OR OLD.kept_path IS NOT NULL) AND (NEW."to_address"::text IS DISTINCT FROM OLD."to_address"::text OR NEW."next_attempt_at"::text IS DISTINCT FROM OLD."next_attempt_at"::text OR NEW."attempts"::text IS DISTINCT FROM OLD."attempts"::text OR NEW."claimed_at"::text IS DISTINCT FROM OLD."claimed_at"::text OR NEW."sent_at"::text IS DISTINCT FROM OLD."sent_at"::text OR NEW."kept_path"::text IS DISTINCT FROM OLD."kept_path"::text OR NEW."parked_at"::text IS DISTINCT FROM OLD."parked_at"::text OR NEW."set_aside_at"::text IS DISTINCT FROM OLD."set_aside_at"::text OR NEW."last_error"::text IS DISTINCT FROM OLD."last_error"::text) THEN RAISE EXCEPTION 'a mail that is sent never changes'; END IF;
  RETURN NEW;
END
""",
    "guard_projects": """
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF 1 = 1 THEN RAISE EXCEPTION 'projects: this row is kept'; END IF;
    RETURN OLD;
  END IF;
    IF NEW."id"::text IS DISTINCT FROM OLD."id"::text OR NEW."programme_id"::text IS DISTINCT FROM OLD."programme_id"::text OR NEW."number"::text IS DISTINCT FROM OLD."number"::text OR NEW."listed_as_of"::text IS DISTINCT FROM OLD."listed_as_of"::text OR NEW."call_id"::text IS DISTINCT FROM OLD."call_id"::text OR NEW."application_id"::text IS DISTINCT FROM OLD."application_id"::text THEN RAISE EXCEPTION 'projects: what is frozen never changes'; END IF;
  RETURN NEW;
END
""",
}

FORMER_SQLITE = (
    """CREATE TRIGGER guard_letters_insert BEFORE INSERT ON letters FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'a letter begins as a draft') WHERE NEW.state <> 'drafted' OR NEW.number IS NOT NULL OR NEW.issued_on IS NOT NULL;
  SELECT RAISE(ABORT, 'a letter is superseded once') WHERE EXISTS (SELECT 1 FROM letters WHERE supersedes_id = NEW.supersedes_id AND state <> 'discarded');
  SELECT RAISE(ABORT, 'letters: id is taken') WHERE EXISTS (SELECT 1 FROM letters WHERE "id" = NEW."id");
  SELECT RAISE(ABORT, 'letters: key is taken') WHERE EXISTS (SELECT 1 FROM letters WHERE "key" = NEW."key");
  SELECT RAISE(ABORT, 'letters: number is taken') WHERE EXISTS (SELECT 1 FROM letters WHERE "number" = NEW."number");
  SELECT RAISE(ABORT, 'letters: register_fy, sequence is taken') WHERE EXISTS (SELECT 1 FROM letters WHERE "register_fy" = NEW."register_fy" AND "sequence" = NEW."sequence");
END""",
    """CREATE TRIGGER guard_letters_update BEFORE UPDATE ON letters FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'letters: what is frozen never changes') WHERE NEW."id" IS NOT OLD."id" OR NEW."supersedes_id" IS NOT OLD."supersedes_id";
  SELECT RAISE(ABORT, 'an issued letter never changes') WHERE (OLD.state = 'issued') AND (NEW."key" IS NOT OLD."key" OR NEW."letter_kind" IS NOT OLD."letter_kind" OR NEW."state" IS NOT OLD."state" OR NEW."about_kind" IS NOT OLD."about_kind" OR NEW."about_id" IS NOT OLD."about_id" OR NEW."about_number" IS NOT OLD."about_number" OR NEW."fiscal_year" IS NOT OLD."fiscal_year" OR NEW."organisation_id" IS NOT OLD."organisation_id" OR NEW."addressee" IS NOT OLD."addressee" OR NEW."subject" IS NOT OLD."subject" OR NEW."content" IS NOT OLD."content" OR NEW."number" IS NOT OLD."number" OR NEW."register_fy" IS NOT OLD."register_fy" OR NEW."sequence" IS NOT OLD."sequence" OR NEW."issued_on" IS NOT OLD."issued_on" OR NEW."sha256" IS NOT OLD."sha256" OR NEW."path" IS NOT OLD."path" OR NEW."pages" IS NOT OLD."pages" OR NEW."approved_by" IS NOT OLD."approved_by" OR NEW."approved_at" IS NOT OLD."approved_at" OR NEW."remark" IS NOT OLD."remark" OR NEW."remarked_by" IS NOT OLD."remarked_by" OR NEW."answer" IS NOT OLD."answer" OR NEW."supersedes_id" IS NOT OLD."supersedes_id" OR NEW."created_at" IS NOT OLD."created_at");
  SELECT RAISE(ABORT, 'a letter is issued once it is approved') WHERE NEW.state = 'issued' AND OLD.state NOT IN ('approved', 'issued');
  SELECT RAISE(ABORT, 'a discarded letter stays so') WHERE OLD.state = 'discarded' AND NEW.state <> 'discarded';
  SELECT RAISE(ABORT, 'letters: key is taken') WHERE (NEW."key" IS NOT OLD."key") AND EXISTS (SELECT 1 FROM letters WHERE "key" = NEW."key" AND id <> OLD.id);
  SELECT RAISE(ABORT, 'letters: number is taken') WHERE (NEW."number" IS NOT OLD."number") AND EXISTS (SELECT 1 FROM letters WHERE "number" = NEW."number" AND id <> OLD.id);
  SELECT RAISE(ABORT, 'letters: register_fy, sequence is taken') WHERE (NEW."register_fy" IS NOT OLD."register_fy" OR NEW."sequence" IS NOT OLD."sequence") AND EXISTS (SELECT 1 FROM letters WHERE "register_fy" = NEW."register_fy" AND "sequence" = NEW."sequence" AND id <> OLD.id);
END""",
    """CREATE TRIGGER guard_letters_delete BEFORE DELETE ON letters FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'letters: this row is kept') WHERE OLD.state = 'issued';
END""",
    """CREATE TRIGGER guard_number_registers_insert BEFORE INSERT ON number_registers FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'number_registers: fiscal_year is taken') WHERE EXISTS (SELECT 1 FROM number_registers WHERE "fiscal_year" = NEW."fiscal_year");
END""",
    """CREATE TRIGGER guard_number_registers_update BEFORE UPDATE ON number_registers FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'number_registers: what is frozen never changes') WHERE NEW."fiscal_year" IS NOT OLD."fiscal_year";
  SELECT RAISE(ABORT, 'a register of numbers never goes back') WHERE NEW.last < OLD.last;
END""",
    """CREATE TRIGGER guard_number_registers_delete BEFORE DELETE ON number_registers FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'number_registers: this row is kept') WHERE 1 = 1;
END""",
    """CREATE TRIGGER guard_mails_insert BEFORE INSERT ON mails FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'mails: id is taken') WHERE EXISTS (SELECT 1 FROM mails WHERE "id" = NEW."id");
  SELECT RAISE(ABORT, 'mails: key is taken') WHERE EXISTS (SELECT 1 FROM mails WHERE "key" = NEW."key");
  SELECT RAISE(ABORT, 'mails: message_id is taken') WHERE EXISTS (SELECT 1 FROM mails WHERE "message_id" = NEW."message_id");
END""",
    """CREATE TRIGGER guard_mails_update BEFORE UPDATE ON mails FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'mails: what is frozen never changes') WHERE NEW."id" IS NOT OLD."id" OR NEW."key" IS NOT OLD."key" OR NEW."to_name" IS NOT OLD."to_name" OR NEW."subject" IS NOT OLD."subject" OR NEW."body" IS NOT OLD."body" OR NEW."attachments" IS NOT OLD."attachments" OR NEW."about_kind" IS NOT OLD."about_kind" OR NEW."about_id" IS NOT OLD."about_id" OR NEW."organisation_id" IS NOT OLD."organisation_id" OR NEW."link_id" IS NOT OLD."link_id" OR NEW."queued_at" IS NOT OLD."queued_at" OR NEW."copy_note" IS NOT OLD."copy_note" OR NEW."audience" IS NOT OLD."audience" OR NEW."message_id" IS NOT OLD."message_id" OR NEW."created_at" IS NOT OLD."created_at";
  SELECT RAISE(ABORT, 'a mail goes where it was queued for') WHERE (OLD.parked_at IS NULL OR OLD.set_aside_at IS NOT NULL) AND (NEW."to_address" IS NOT OLD."to_address");
  SELECT RAISE(ABORT, 'a mail that is sent never changes') WHERE (OLD.sent_at IS NOT NULL OR OLD.kept_path IS NOT NULL) AND (NEW."to_address" IS NOT OLD."to_address" OR NEW."next_attempt_at" IS NOT OLD."next_attempt_at" OR NEW."attempts" IS NOT OLD."attempts" OR NEW."claimed_at" IS NOT OLD."claimed_at" OR NEW."sent_at" IS NOT OLD."sent_at" OR NEW."kept_path" IS NOT OLD."kept_path" OR NEW."parked_at" IS NOT OLD."parked_at" OR NEW."set_aside_at" IS NOT OLD."set_aside_at" OR NEW."last_error" IS NOT OLD."last_error");
  SELECT RAISE(ABORT, 'mails: key is taken') WHERE (NEW."key" IS NOT OLD."key") AND EXISTS (SELECT 1 FROM mails WHERE "key" = NEW."key" AND id <> OLD.id);
  SELECT RAISE(ABORT, 'mails: message_id is taken') WHERE (NEW."message_id" IS NOT OLD."message_id") AND EXISTS (SELECT 1 FROM mails WHERE "message_id" = NEW."message_id" AND id <> OLD.id);
END""",
    """CREATE TRIGGER guard_mails_delete BEFORE DELETE ON mails FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'mails: this row is kept') WHERE 1 = 1;
END""",
    """CREATE TRIGGER guard_projects_insert BEFORE INSERT ON projects FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'projects: id is taken') WHERE EXISTS (SELECT 1 FROM projects WHERE "id" = NEW."id");
  SELECT RAISE(ABORT, 'projects: number is taken') WHERE EXISTS (SELECT 1 FROM projects WHERE "number" = NEW."number");
  SELECT RAISE(ABORT, 'projects: application_id is taken') WHERE EXISTS (SELECT 1 FROM projects WHERE "application_id" = NEW."application_id");
END""",
    """CREATE TRIGGER guard_projects_update BEFORE UPDATE ON projects FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'projects: what is frozen never changes') WHERE NEW."id" IS NOT OLD."id" OR NEW."number" IS NOT OLD."number" OR NEW."listed_as_of" IS NOT OLD."listed_as_of" OR NEW."call_id" IS NOT OLD."call_id" OR NEW."application_id" IS NOT OLD."application_id";
  SELECT RAISE(ABORT, 'projects: number is taken') WHERE (NEW."number" IS NOT OLD."number") AND EXISTS (SELECT 1 FROM projects WHERE "number" = NEW."number" AND id <> OLD.id);
  SELECT RAISE(ABORT, 'projects: application_id is taken') WHERE (NEW."application_id" IS NOT OLD."application_id") AND EXISTS (SELECT 1 FROM projects WHERE "application_id" = NEW."application_id" AND id <> OLD.id);
END""",
    """CREATE TRIGGER guard_projects_delete BEFORE DELETE ON projects FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'projects: this row is kept') WHERE 1 = 1;
END""",
)

FORMER_FUNCTIONS = {
    "guard_letters": """
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'drafted' OR NEW.number IS NOT NULL OR NEW.issued_on IS NOT NULL THEN RAISE EXCEPTION 'a letter begins as a draft'; END IF;
    RETURN NEW;
  END IF;
  IF TG_OP = 'DELETE' THEN
    IF OLD.state = 'issued' THEN RAISE EXCEPTION 'letters: this row is kept'; END IF;
    RETURN OLD;
  END IF;
    IF NEW."id"::text IS DISTINCT FROM OLD."id"::text OR NEW."supersedes_id"::text IS DISTINCT FROM OLD."supersedes_id"::text THEN RAISE EXCEPTION 'letters: what is frozen never changes'; END IF;
    IF (OLD.state = 'issued') AND (NEW."key"::text IS DISTINCT FROM OLD."key"::text OR NEW."letter_kind"::text IS DISTINCT FROM OLD."letter_kind"::text OR NEW."state"::text IS DISTINCT FROM OLD."state"::text OR NEW."about_kind"::text IS DISTINCT FROM OLD."about_kind"::text OR NEW."about_id"::text IS DISTINCT FROM OLD."about_id"::text OR NEW."about_number"::text IS DISTINCT FROM OLD."about_number"::text OR NEW."fiscal_year"::text IS DISTINCT FROM OLD."fiscal_year"::text OR NEW."organisation_id"::text IS DISTINCT FROM OLD."organisation_id"::text OR NEW."addressee"::text IS DISTINCT FROM OLD."addressee"::text OR NEW."subject"::text IS DISTINCT FROM OLD."subject"::text OR NEW."content"::text IS DISTINCT FROM OLD."content"::text OR NEW."number"::text IS DISTINCT FROM OLD."number"::text OR NEW."register_fy"::text IS DISTINCT FROM OLD."register_fy"::text OR NEW."sequence"::text IS DISTINCT FROM OLD."sequence"::text OR NEW."issued_on"::text IS DISTINCT FROM OLD."issued_on"::text OR NEW."sha256"::text IS DISTINCT FROM OLD."sha256"::text OR NEW."path"::text IS DISTINCT FROM OLD."path"::text OR NEW."pages"::text IS DISTINCT FROM OLD."pages"::text OR NEW."approved_by"::text IS DISTINCT FROM OLD."approved_by"::text OR NEW."approved_at"::text IS DISTINCT FROM OLD."approved_at"::text OR NEW."remark"::text IS DISTINCT FROM OLD."remark"::text OR NEW."remarked_by"::text IS DISTINCT FROM OLD."remarked_by"::text OR NEW."answer"::text IS DISTINCT FROM OLD."answer"::text OR NEW."supersedes_id"::text IS DISTINCT FROM OLD."supersedes_id"::text OR NEW."created_at"::text IS DISTINCT FROM OLD."created_at"::text) THEN RAISE EXCEPTION 'an issued letter never changes'; END IF;
    IF NEW.state = 'issued' AND OLD.state NOT IN ('approved', 'issued') THEN RAISE EXCEPTION 'a letter is issued once it is approved'; END IF;
    IF OLD.state = 'discarded' AND NEW.state <> 'discarded' THEN RAISE EXCEPTION 'a discarded letter stays so'; END IF;
  RETURN NEW;
END
""",
    "guard_number_registers": """
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF 1 = 1 THEN RAISE EXCEPTION 'number_registers: this row is kept'; END IF;
    RETURN OLD;
  END IF;
    IF NEW."fiscal_year"::text IS DISTINCT FROM OLD."fiscal_year"::text THEN RAISE EXCEPTION 'number_registers: what is frozen never changes'; END IF;
    IF NEW.last < OLD.last THEN RAISE EXCEPTION 'a register of numbers never goes back'; END IF;
  RETURN NEW;
END
""",
    "guard_mails": """
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF 1 = 1 THEN RAISE EXCEPTION 'mails: this row is kept'; END IF;
    RETURN OLD;
  END IF;
    IF NEW."id"::text IS DISTINCT FROM OLD."id"::text OR NEW."key"::text IS DISTINCT FROM OLD."key"::text OR NEW."to_name"::text IS DISTINCT FROM OLD."to_name"::text OR NEW."subject"::text IS DISTINCT FROM OLD."subject"::text OR NEW."body"::text IS DISTINCT FROM OLD."body"::text OR NEW."attachments"::text IS DISTINCT FROM OLD."attachments"::text OR NEW."about_kind"::text IS DISTINCT FROM OLD."about_kind"::text OR NEW."about_id"::text IS DISTINCT FROM OLD."about_id"::text OR NEW."organisation_id"::text IS DISTINCT FROM OLD."organisation_id"::text OR NEW."link_id"::text IS DISTINCT FROM OLD."link_id"::text OR NEW."queued_at"::text IS DISTINCT FROM OLD."queued_at"::text OR NEW."copy_note"::text IS DISTINCT FROM OLD."copy_note"::text OR NEW."audience"::text IS DISTINCT FROM OLD."audience"::text OR NEW."message_id"::text IS DISTINCT FROM OLD."message_id"::text OR NEW."created_at"::text IS DISTINCT FROM OLD."created_at"::text THEN RAISE EXCEPTION 'mails: what is frozen never changes'; END IF;
    IF (OLD.parked_at IS NULL OR OLD.set_aside_at IS NOT NULL) AND (NEW."to_address"::text IS DISTINCT FROM OLD."to_address"::text) THEN RAISE EXCEPTION 'a mail goes where it was queued for'; END IF;
    IF (OLD.sent_at IS NOT NULL OR OLD.kept_path IS NOT NULL) AND (NEW."to_address"::text IS DISTINCT FROM OLD."to_address"::text OR NEW."next_attempt_at"::text IS DISTINCT FROM OLD."next_attempt_at"::text OR NEW."attempts"::text IS DISTINCT FROM OLD."attempts"::text OR NEW."claimed_at"::text IS DISTINCT FROM OLD."claimed_at"::text OR NEW."sent_at"::text IS DISTINCT FROM OLD."sent_at"::text OR NEW."kept_path"::text IS DISTINCT FROM OLD."kept_path"::text OR NEW."parked_at"::text IS DISTINCT FROM OLD."parked_at"::text OR NEW."set_aside_at"::text IS DISTINCT FROM OLD."set_aside_at"::text OR NEW."last_error"::text IS DISTINCT FROM OLD."last_error"::text) THEN RAISE EXCEPTION 'a mail that is sent never changes'; END IF;
  RETURN NEW;
END
""",
    "guard_projects": """
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF 1 = 1 THEN RAISE EXCEPTION 'projects: this row is kept'; END IF;
    RETURN OLD;
  END IF;
    IF NEW."id"::text IS DISTINCT FROM OLD."id"::text OR NEW."number"::text IS DISTINCT FROM OLD."number"::text OR NEW."listed_as_of"::text IS DISTINCT FROM OLD."listed_as_of"::text OR NEW."call_id"::text IS DISTINCT FROM OLD."call_id"::text OR NEW."application_id"::text IS DISTINCT FROM OLD."application_id"::text THEN RAISE EXCEPTION 'projects: what is frozen never changes'; END IF;
  RETURN NEW;
END
""",
}
