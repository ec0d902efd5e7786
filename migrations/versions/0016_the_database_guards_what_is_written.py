"""What is written stays written, also against REPLACE and TRUNCATE, and letters, numbers and mails with it.

The triggers as app/guards says them today, written out: a migration stands alone. Those of 0002 and 0004 go. A later
migration that makes a guarded table anew on SQLite makes its triggers anew as well.
"""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

SQLITE = (
    """CREATE TRIGGER guard_history_insert BEFORE INSERT ON history FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'history goes on from its last entry') WHERE NEW.id <> COALESCE((SELECT max(id) FROM history), 0) + 1 OR NEW.previous_hash <> COALESCE((SELECT hash FROM history WHERE id = NEW.id - 1), '0000000000000000000000000000000000000000000000000000000000000000');
  SELECT RAISE(ABORT, 'history: id is taken') WHERE EXISTS (SELECT 1 FROM history WHERE "id" = NEW."id");
  SELECT RAISE(ABORT, 'history: hash is taken') WHERE EXISTS (SELECT 1 FROM history WHERE "hash" = NEW."hash");
END""",
    """CREATE TRIGGER guard_history_update BEFORE UPDATE ON history FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'history is append-only') WHERE 1 = 1;
END""",
    """CREATE TRIGGER guard_history_delete BEFORE DELETE ON history FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'history is append-only') WHERE 1 = 1;
END""",
    """CREATE TRIGGER guard_submissions_insert BEFORE INSERT ON submissions FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'submissions: id is taken') WHERE EXISTS (SELECT 1 FROM submissions WHERE "id" = NEW."id");
END""",
    """CREATE TRIGGER guard_submissions_update BEFORE UPDATE ON submissions FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'submissions is append-only') WHERE 1 = 1;
END""",
    """CREATE TRIGGER guard_submissions_delete BEFORE DELETE ON submissions FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'submissions is append-only') WHERE 1 = 1;
END""",
    """CREATE TRIGGER guard_letter_openings_insert BEFORE INSERT ON letter_openings FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'letter_openings: its place is taken') WHERE EXISTS (SELECT 1 FROM letter_openings WHERE rowid = NEW.rowid AND rowid > 0);
  SELECT RAISE(ABORT, 'letter_openings: key is taken') WHERE EXISTS (SELECT 1 FROM letter_openings WHERE "key" = NEW."key");
END""",
    """CREATE TRIGGER guard_letter_openings_update BEFORE UPDATE ON letter_openings FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'letter_openings is append-only') WHERE 1 = 1;
END""",
    """CREATE TRIGGER guard_letter_openings_delete BEFORE DELETE ON letter_openings FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'letter_openings is append-only') WHERE 1 = 1;
END""",
    """CREATE TRIGGER guard_security_events_insert BEFORE INSERT ON security_events FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'security_events: id is taken') WHERE EXISTS (SELECT 1 FROM security_events WHERE "id" = NEW."id");
  SELECT RAISE(ABORT, 'security_events: key is taken') WHERE EXISTS (SELECT 1 FROM security_events WHERE "key" = NEW."key");
END""",
    """CREATE TRIGGER guard_security_events_update BEFORE UPDATE ON security_events FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'security_events: what is frozen never changes') WHERE NEW."id" IS NOT OLD."id" OR NEW."key" IS NOT OLD."key" OR NEW."at" IS NOT OLD."at" OR NEW."kind" IS NOT OLD."kind" OR NEW."person_id" IS NOT OLD."person_id" OR NEW."seat_id" IS NOT OLD."seat_id" OR NEW."name" IS NOT OLD."name" OR NEW."role" IS NOT OLD."role" OR NEW."address_mark" IS NOT OLD."address_mark" OR NEW."origin" IS NOT OLD."origin" OR NEW."about" IS NOT OLD."about" OR NEW."detail" IS NOT OLD."detail";
  SELECT RAISE(ABORT, 'security_events: key is taken') WHERE (NEW."key" IS NOT OLD."key") AND EXISTS (SELECT 1 FROM security_events WHERE "key" = NEW."key" AND id <> OLD.id);
END""",
    """CREATE TRIGGER guard_security_events_delete BEFORE DELETE ON security_events FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'security_events: this row is kept') WHERE OLD.at > datetime('now', '-3 years');
END""",
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
    """CREATE TRIGGER guard_corrections_insert BEFORE INSERT ON corrections FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'corrections: id is taken') WHERE EXISTS (SELECT 1 FROM corrections WHERE "id" = NEW."id");
END""",
    """CREATE TRIGGER guard_corrections_update BEFORE UPDATE ON corrections FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'corrections: what is frozen never changes') WHERE NEW."id" IS NOT OLD."id" OR NEW."application_id" IS NOT OLD."application_id" OR NEW."defects" IS NOT OLD."defects" OR NEW."asked_at" IS NOT OLD."asked_at" OR NEW."asked_by" IS NOT OLD."asked_by" OR NEW."created_at" IS NOT OLD."created_at";
END""",
    """CREATE TRIGGER guard_corrections_delete BEFORE DELETE ON corrections FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'corrections: this row is kept') WHERE 1 = 1;
END""",
    """CREATE TRIGGER guard_results_insert BEFORE INSERT ON results FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'results: id is taken') WHERE EXISTS (SELECT 1 FROM results WHERE "id" = NEW."id");
  SELECT RAISE(ABORT, 'results: application_id is taken') WHERE EXISTS (SELECT 1 FROM results WHERE "application_id" = NEW."application_id");
END""",
    """CREATE TRIGGER guard_results_update BEFORE UPDATE ON results FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'results: what is frozen never changes') WHERE NEW."id" IS NOT OLD."id" OR NEW."application_id" IS NOT OLD."application_id" OR NEW."created_at" IS NOT OLD."created_at";
  SELECT RAISE(ABORT, 'results: application_id is taken') WHERE (NEW."application_id" IS NOT OLD."application_id") AND EXISTS (SELECT 1 FROM results WHERE "application_id" = NEW."application_id" AND id <> OLD.id);
END""",
    """CREATE TRIGGER guard_results_delete BEFORE DELETE ON results FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'results: this row is kept') WHERE 1 = 1;
END""",
    """CREATE TRIGGER guard_applications_insert BEFORE INSERT ON applications FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'applications: id is taken') WHERE EXISTS (SELECT 1 FROM applications WHERE "id" = NEW."id");
  SELECT RAISE(ABORT, 'applications: number is taken') WHERE EXISTS (SELECT 1 FROM applications WHERE "number" = NEW."number");
  SELECT RAISE(ABORT, 'applications: call_id, sequence is taken') WHERE EXISTS (SELECT 1 FROM applications WHERE "call_id" = NEW."call_id" AND "sequence" = NEW."sequence");
END""",
    """CREATE TRIGGER guard_applications_update BEFORE UPDATE ON applications FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'applications: what is frozen never changes') WHERE NEW."id" IS NOT OLD."id";
  SELECT RAISE(ABORT, 'the number of an application never changes') WHERE (OLD.number IS NOT NULL) AND (NEW."number" IS NOT OLD."number" OR NEW."sequence" IS NOT OLD."sequence" OR NEW."call_id" IS NOT OLD."call_id" OR NEW."organisation_id" IS NOT OLD."organisation_id" OR NEW."created_at" IS NOT OLD."created_at");
  SELECT RAISE(ABORT, 'the outcome of an application never changes') WHERE (OLD.state IN ('selected', 'not_selected', 'withdrawn')) AND (NEW."state" IS NOT OLD."state");
  SELECT RAISE(ABORT, 'applications: number is taken') WHERE (NEW."number" IS NOT OLD."number") AND EXISTS (SELECT 1 FROM applications WHERE "number" = NEW."number" AND id <> OLD.id);
  SELECT RAISE(ABORT, 'applications: call_id, sequence is taken') WHERE (NEW."call_id" IS NOT OLD."call_id" OR NEW."sequence" IS NOT OLD."sequence") AND EXISTS (SELECT 1 FROM applications WHERE "call_id" = NEW."call_id" AND "sequence" = NEW."sequence" AND id <> OLD.id);
END""",
    """CREATE TRIGGER guard_applications_delete BEFORE DELETE ON applications FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'applications: this row is kept') WHERE OLD.number IS NOT NULL;
END""",
    """CREATE TRIGGER guard_calls_insert BEFORE INSERT ON calls FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'calls: id is taken') WHERE EXISTS (SELECT 1 FROM calls WHERE "id" = NEW."id");
  SELECT RAISE(ABORT, 'calls: code is taken') WHERE EXISTS (SELECT 1 FROM calls WHERE "code" = NEW."code");
END""",
    """CREATE TRIGGER guard_calls_update BEFORE UPDATE ON calls FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'calls: what is frozen never changes') WHERE NEW."id" IS NOT OLD."id";
  SELECT RAISE(ABORT, 'an announced call never changes') WHERE (OLD.state = 'announced') AND (NEW."programme_id" IS NOT OLD."programme_id" OR NEW."code" IS NOT OLD."code" OR NEW."selection_fy" IS NOT OLD."selection_fy" OR NEW."state" IS NOT OLD."state" OR NEW."announced_count" IS NOT OLD."announced_count" OR NEW."announced_on" IS NOT OLD."announced_on");
  SELECT RAISE(ABORT, 'a register of numbers never goes back') WHERE NEW.numbers_skipped_through < OLD.numbers_skipped_through;
  SELECT RAISE(ABORT, 'calls: code is taken') WHERE (NEW."code" IS NOT OLD."code") AND EXISTS (SELECT 1 FROM calls WHERE "code" = NEW."code" AND id <> OLD.id);
END""",
    """CREATE TRIGGER guard_calls_delete BEFORE DELETE ON calls FOR EACH ROW BEGIN
  SELECT RAISE(ABORT, 'calls: this row is kept') WHERE OLD.state <> 'draft';
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

FUNCTIONS = {
    "guard_history": """
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.id <> COALESCE((SELECT max(id) FROM history), 0) + 1 OR NEW.previous_hash <> COALESCE((SELECT hash FROM history WHERE id = NEW.id - 1), '0000000000000000000000000000000000000000000000000000000000000000') THEN RAISE EXCEPTION 'history goes on from its last entry'; END IF;
    RETURN NEW;
  END IF;
  IF TG_OP = 'DELETE' THEN
    IF 1 = 1 THEN RAISE EXCEPTION 'history is append-only'; END IF;
    RETURN OLD;
  END IF;
    IF 1 = 1 THEN RAISE EXCEPTION 'history is append-only'; END IF;
  RETURN NEW;
END
""",
    "guard_submissions": """
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF 1 = 1 THEN RAISE EXCEPTION 'submissions is append-only'; END IF;
    RETURN OLD;
  END IF;
    IF 1 = 1 THEN RAISE EXCEPTION 'submissions is append-only'; END IF;
  RETURN NEW;
END
""",
    "guard_letter_openings": """
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF 1 = 1 THEN RAISE EXCEPTION 'letter_openings is append-only'; END IF;
    RETURN OLD;
  END IF;
    IF 1 = 1 THEN RAISE EXCEPTION 'letter_openings is append-only'; END IF;
  RETURN NEW;
END
""",
    "guard_security_events": """
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF OLD.at > now() - interval '3 years' THEN RAISE EXCEPTION 'security_events: this row is kept'; END IF;
    RETURN OLD;
  END IF;
    IF NEW."id"::text IS DISTINCT FROM OLD."id"::text OR NEW."key"::text IS DISTINCT FROM OLD."key"::text OR NEW."at"::text IS DISTINCT FROM OLD."at"::text OR NEW."kind"::text IS DISTINCT FROM OLD."kind"::text OR NEW."person_id"::text IS DISTINCT FROM OLD."person_id"::text OR NEW."seat_id"::text IS DISTINCT FROM OLD."seat_id"::text OR NEW."name"::text IS DISTINCT FROM OLD."name"::text OR NEW."role"::text IS DISTINCT FROM OLD."role"::text OR NEW."address_mark"::text IS DISTINCT FROM OLD."address_mark"::text OR NEW."origin"::text IS DISTINCT FROM OLD."origin"::text OR NEW."about"::text IS DISTINCT FROM OLD."about"::text OR NEW."detail"::text IS DISTINCT FROM OLD."detail"::text THEN RAISE EXCEPTION 'security_events: what is frozen never changes'; END IF;
  RETURN NEW;
END
""",
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
    "guard_corrections": """
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF 1 = 1 THEN RAISE EXCEPTION 'corrections: this row is kept'; END IF;
    RETURN OLD;
  END IF;
    IF NEW."id"::text IS DISTINCT FROM OLD."id"::text OR NEW."application_id"::text IS DISTINCT FROM OLD."application_id"::text OR NEW."defects"::text IS DISTINCT FROM OLD."defects"::text OR NEW."asked_at"::text IS DISTINCT FROM OLD."asked_at"::text OR NEW."asked_by"::text IS DISTINCT FROM OLD."asked_by"::text OR NEW."created_at"::text IS DISTINCT FROM OLD."created_at"::text THEN RAISE EXCEPTION 'corrections: what is frozen never changes'; END IF;
  RETURN NEW;
END
""",
    "guard_results": """
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF 1 = 1 THEN RAISE EXCEPTION 'results: this row is kept'; END IF;
    RETURN OLD;
  END IF;
    IF NEW."id"::text IS DISTINCT FROM OLD."id"::text OR NEW."application_id"::text IS DISTINCT FROM OLD."application_id"::text OR NEW."created_at"::text IS DISTINCT FROM OLD."created_at"::text THEN RAISE EXCEPTION 'results: what is frozen never changes'; END IF;
  RETURN NEW;
END
""",
    "guard_applications": """
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF OLD.number IS NOT NULL THEN RAISE EXCEPTION 'applications: this row is kept'; END IF;
    RETURN OLD;
  END IF;
    IF NEW."id"::text IS DISTINCT FROM OLD."id"::text THEN RAISE EXCEPTION 'applications: what is frozen never changes'; END IF;
    IF (OLD.number IS NOT NULL) AND (NEW."number"::text IS DISTINCT FROM OLD."number"::text OR NEW."sequence"::text IS DISTINCT FROM OLD."sequence"::text OR NEW."call_id"::text IS DISTINCT FROM OLD."call_id"::text OR NEW."organisation_id"::text IS DISTINCT FROM OLD."organisation_id"::text OR NEW."created_at"::text IS DISTINCT FROM OLD."created_at"::text) THEN RAISE EXCEPTION 'the number of an application never changes'; END IF;
    IF (OLD.state IN ('selected', 'not_selected', 'withdrawn')) AND (NEW."state"::text IS DISTINCT FROM OLD."state"::text) THEN RAISE EXCEPTION 'the outcome of an application never changes'; END IF;
  RETURN NEW;
END
""",
    "guard_calls": """
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF OLD.state <> 'draft' THEN RAISE EXCEPTION 'calls: this row is kept'; END IF;
    RETURN OLD;
  END IF;
    IF NEW."id"::text IS DISTINCT FROM OLD."id"::text THEN RAISE EXCEPTION 'calls: what is frozen never changes'; END IF;
    IF (OLD.state = 'announced') AND (NEW."programme_id"::text IS DISTINCT FROM OLD."programme_id"::text OR NEW."code"::text IS DISTINCT FROM OLD."code"::text OR NEW."selection_fy"::text IS DISTINCT FROM OLD."selection_fy"::text OR NEW."state"::text IS DISTINCT FROM OLD."state"::text OR NEW."announced_count"::text IS DISTINCT FROM OLD."announced_count"::text OR NEW."announced_on"::text IS DISTINCT FROM OLD."announced_on"::text) THEN RAISE EXCEPTION 'an announced call never changes'; END IF;
    IF NEW.numbers_skipped_through < OLD.numbers_skipped_through THEN RAISE EXCEPTION 'a register of numbers never goes back'; END IF;
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
    "guard_truncate": """
BEGIN
  RAISE EXCEPTION '% is append-only: nothing is emptied', TG_TABLE_NAME;
END
""",
}

TRIGGERS = {
    "guard_history": ("history", "INSERT OR UPDATE OR DELETE", "ROW", "guard_history"),
    "guard_history_truncate": ("history", "TRUNCATE", "STATEMENT", "guard_truncate"),
    "guard_submissions": ("submissions", "UPDATE OR DELETE", "ROW", "guard_submissions"),
    "guard_submissions_truncate": ("submissions", "TRUNCATE", "STATEMENT", "guard_truncate"),
    "guard_letter_openings": ("letter_openings", "UPDATE OR DELETE", "ROW", "guard_letter_openings"),
    "guard_letter_openings_truncate": ("letter_openings", "TRUNCATE", "STATEMENT", "guard_truncate"),
    "guard_security_events": ("security_events", "UPDATE OR DELETE", "ROW", "guard_security_events"),
    "guard_security_events_truncate": ("security_events", "TRUNCATE", "STATEMENT", "guard_truncate"),
    "guard_letters": ("letters", "INSERT OR UPDATE OR DELETE", "ROW", "guard_letters"),
    "guard_letters_truncate": ("letters", "TRUNCATE", "STATEMENT", "guard_truncate"),
    "guard_number_registers": ("number_registers", "UPDATE OR DELETE", "ROW", "guard_number_registers"),
    "guard_number_registers_truncate": ("number_registers", "TRUNCATE", "STATEMENT", "guard_truncate"),
    "guard_mails": ("mails", "UPDATE OR DELETE", "ROW", "guard_mails"),
    "guard_mails_truncate": ("mails", "TRUNCATE", "STATEMENT", "guard_truncate"),
    "guard_corrections": ("corrections", "UPDATE OR DELETE", "ROW", "guard_corrections"),
    "guard_corrections_truncate": ("corrections", "TRUNCATE", "STATEMENT", "guard_truncate"),
    "guard_results": ("results", "UPDATE OR DELETE", "ROW", "guard_results"),
    "guard_results_truncate": ("results", "TRUNCATE", "STATEMENT", "guard_truncate"),
    "guard_applications": ("applications", "UPDATE OR DELETE", "ROW", "guard_applications"),
    "guard_applications_truncate": ("applications", "TRUNCATE", "STATEMENT", "guard_truncate"),
    "guard_calls": ("calls", "UPDATE OR DELETE", "ROW", "guard_calls"),
    "guard_calls_truncate": ("calls", "TRUNCATE", "STATEMENT", "guard_truncate"),
    "guard_projects": ("projects", "UPDATE OR DELETE", "ROW", "guard_projects"),
    "guard_projects_truncate": ("projects", "TRUNCATE", "STATEMENT", "guard_truncate"),
}


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in FORMER_SQLITE:
            op.execute(f"DROP TRIGGER IF EXISTS {name}")
        for statement in SQLITE:
            op.execute(statement)
        return
    for name, table in FORMER_POSTGRESQL.items():
        op.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
    op.execute("DROP FUNCTION IF EXISTS refuse_change()")
    op.execute("DROP FUNCTION IF EXISTS refuse_change_of_issued()")
    schema = op.get_bind().exec_driver_sql("SELECT quote_ident(current_schema())").scalar_one()
    for name, body in FUNCTIONS.items():
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql "
            f"SET search_path = {schema}, pg_temp AS $guard${body}$guard$"
        )
    for name, (table, verbs, each, function) in TRIGGERS.items():
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {verbs} ON {table} FOR EACH {each} EXECUTE FUNCTION {function}()"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for statement in SQLITE:
            op.execute(f"DROP TRIGGER IF EXISTS {statement.split()[2]}")
        _former_of_sqlite()
        return
    for name, (table, *_rest) in TRIGGERS.items():
        op.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
    for name in FUNCTIONS:
        op.execute(f"DROP FUNCTION IF EXISTS {name}()")
    _former_of_postgresql()


# As 0002 and 0004 made them.

APPEND_ONLY = ("history", "submissions")
FROZEN = ("key", "letter_kind", "addressee", "organisation_id", "subject", "content", "number", "register_fy",
          "sequence", "issued_on", "sha256", "path", "pages")  # fmt: skip
FORMER_SQLITE = (
    *(f"{table}_no_{verb}" for table in APPEND_ONLY for verb in ("update", "delete")),
    "letters_issued_no_update",
    "letters_issued_no_delete",
)
FORMER_POSTGRESQL = {
    **{f"{table}_{what}": table for table in APPEND_ONLY for what in ("append_only", "no_truncate")},
    "letters_issued": "letters",
}


def _former_of_sqlite() -> None:
    for table in APPEND_ONLY:
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
    changed = " OR ".join(f'NEW."{column}" IS NOT OLD."{column}"' for column in FROZEN)
    op.execute(
        f"CREATE TRIGGER letters_issued_no_update BEFORE UPDATE ON letters WHEN OLD.number IS NOT NULL AND ({changed}) "
        "BEGIN SELECT RAISE(ABORT, 'an issued letter never changes'); END"
    )
    op.execute(
        "CREATE TRIGGER letters_issued_no_delete BEFORE DELETE ON letters WHEN OLD.number IS NOT NULL "
        "BEGIN SELECT RAISE(ABORT, 'an issued letter is kept'); END"
    )


def _former_of_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    changed = " OR ".join(f'NEW."{column}"::text IS DISTINCT FROM OLD."{column}"::text' for column in FROZEN)
    op.execute(
        "CREATE FUNCTION refuse_change_of_issued() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF OLD.number IS NULL THEN RETURN COALESCE(NEW, OLD); END IF; "
        "IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'an issued letter is kept'; END IF; "
        f"IF {changed} THEN RAISE EXCEPTION 'an issued letter never changes'; END IF; "
        "RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER letters_issued BEFORE UPDATE OR DELETE ON letters "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change_of_issued()"
    )
