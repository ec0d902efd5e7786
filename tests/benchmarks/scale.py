"""The demo, grown to the size of many years: rows that the database makes by itself, since only reading them is measured.

To each application belong a tenth of a project, four entries of the history, a letter and a mail. The newest have a
submission with all its answers, so that their pages show what a real one shows.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import Connection, text

from app import create_app
from app.applications.models import Application
from app.db import db
from app.demo.loading import load

TODAY = "2023-02-15"
NEWEST = 200  # applications with a submission
APPLICATIONS_TO_A_PROJECT = 10


@contextmanager
def demo(url: str, folder: Path) -> Iterator[Flask]:
    """The application on a database at `url` that has the demo."""
    folder.mkdir(parents=True)
    app = create_app({"DATABASE_URL": url, "DATA_DIR": folder, "ENV": "demo", "TODAY": TODAY})
    with app.app_context():
        upgrade()
        load()
        db.session.remove()
        yield app
        db.session.remove()
        db.engine.dispose()


def grow_to(applications: int) -> None:
    """Add rows until there are as many applications, and all else in proportion."""
    db.session.remove()
    with db.engine.begin() as connection:
        rows = _Rows(connection)
        here = rows.count("applications")
        if here >= applications:
            return
        rows.let_anything_in()
        rows.projects(applications // APPLICATIONS_TO_A_PROJECT)
        first = rows.applications(applications - here)
        rows.what_belongs_to_those_from(first)
        rows.submissions()
    if db.engine.dialect.name == "postgresql":  # SQLite has no statistics in use either: ADR 0034
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


class _Rows:
    """The statements, each of which is one INSERT, in words that both engines know."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.on_postgresql = connection.dialect.name == "postgresql"

    def count(self, table: str) -> int:
        return int(self.connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())

    def let_anything_in(self) -> None:
        """The guards look at each row for themselves; here they would only take their time."""
        if self.on_postgresql:
            self._do("SET LOCAL session_replication_role = replica")
            return
        guards = self.connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
        for (name,) in guards.all():
            if self._names_a_guard(name):
                self._do(f'DROP TRIGGER "{name}"')

    def _names_a_guard(self, name: str) -> bool:
        return not name.startswith(("search_", "found_"))

    def projects(self, wanted: int) -> None:
        here = self.count("projects")
        self._do(
            f"""
            INSERT INTO projects (programme_id, number, call_id, state, title, technologies, technologies_etc, technologies_raw,
                road_linked, extension_remark, extended_years, cancel_reason, reinstatements, version_id, search_text, created_at)
            SELECT c.programme_id, {here} + 1000 + n, c.id, 'supported', '規模試験の事業' || n, '["AI", "IoT"]', false, 'AI・IoT',
                false, '', 0, '', 0, 1, '規模試験の事業' || n || ' ai・iot', {self._minutes_ago("n")}
            FROM ({self._numbers(wanted - here)}) AS numbers
            JOIN ({self._numbered("SELECT id, programme_id FROM calls WHERE state = 'announced'")}) AS c
                ON c.place = n % (SELECT count(*) FROM calls WHERE state = 'announced')
            """
        )
        self._do(
            f"""
            INSERT INTO project_applicants (project_id, organisation_id, position, created_at)
            SELECT p.id, b.id, 0, p.created_at FROM projects p JOIN ({self._bodies()}) AS b
                ON b.place = (p.number * 7919) % (SELECT count(*) FROM organisations WHERE code IS NOT NULL)
            WHERE NOT EXISTS (SELECT 1 FROM project_applicants a WHERE a.project_id = p.id)
            """
        )
        self._do(
            """
            UPDATE projects SET lead_code = (
                SELECT o.code FROM organisations o JOIN project_applicants a ON a.organisation_id = o.id
                WHERE a.project_id = projects.id AND a.position = 0
            ) WHERE lead_code IS NULL
            """
        )

    def applications(self, more: int) -> int:
        """How many more; the id from which they begin."""
        last = self._ask("SELECT max(id) FROM applications")
        number = "'X' || substr('0000000' || (" + str(last) + " + n), -7)"
        if self.on_postgresql:
            number = f"'X' || lpad(({last} + n)::text, 7, '0')"
        self._do(
            f"""
            INSERT INTO applications (call_id, organisation_id, lead_code, number, sequence, state, title, submitted_title, technologies,
                technologies_etc, technologies_other, withdrawal_reason, sent_back_by, sent_back_reason, version_id,
                search_text, submitted_search_text, submitted_at, created_at)
            SELECT c.id, b.id, b.code, {number}, {last} + 100000 + n, 'not_selected', '規模試験の申請' || n, '規模試験の申請' || n,
                '["AI"]', false, '', '', '', '', 1, '規模試験の申請' || n, '規模試験の申請' || n,
                {self._minutes_ago("n")}, {self._minutes_ago("n")}
            FROM ({self._numbers(more)}) AS numbers
            JOIN ({self._numbered("SELECT id FROM calls WHERE state = 'announced'")}) AS c
                ON c.place = n % (SELECT count(*) FROM calls WHERE state = 'announced')
            JOIN ({self._bodies()}) AS b
                ON b.place = (n * 7919) % (SELECT count(*) FROM organisations WHERE code IS NOT NULL)
            """
        )
        return last + 1

    def what_belongs_to_those_from(self, first: int) -> None:
        """Their history, their letters and their mails."""
        last = self._ask("SELECT max(id) FROM history")
        hashed = "lpad(to_hex({0}), 64, '0')" if self.on_postgresql else "printf('%064x', {0})"
        place = f"{last} + (a.id - {first}) * 4 + e.n"
        json = "::json" if self.on_postgresql else ""
        events = ("started", "submit", "accept", "receive_decision")
        names = " ".join(f"WHEN {n} THEN '{event}'" for n, event in enumerate(events, 1))
        self._do(
            f"""
            INSERT INTO history (id, at, actor_name, actor_role, origin, subject_kind, subject_id, event, audience, changes,
                previous_hash, hash)
            SELECT {place}, a.submitted_at, '規模試験', 'system', 'local', 'application', a.id, CASE e.n {names} END, 'all',
                CASE e.n WHEN 2 THEN '{{"sha256": "0123456789abcdef"}}' ELSE '{{}}' END{json}, {hashed.format(f"({place} - 1)")}, {hashed.format(f"({place})")}
            FROM applications a CROSS JOIN ({self._numbers(len(events))}) AS e WHERE a.id >= {first}
            """
        )
        self._do(
            f"""
            INSERT INTO letters (key, letter_kind, state, about_kind, about_id, about_number, fiscal_year, organisation_id,
                programme_id, addressee, subject, content, number, mark, register_fy, sequence, issued_on, approved_by, approved_at,
                sha256, path, pages, remark, remarked_by, answer, version_id, search_text, created_at)
            SELECT 'scale:' || a.id, 'non-selection', 'issued', 'application', a.id, a.number, 2022, a.organisation_id,
                c.programme_id, o.name || '長', '選定結果について(通知)', '{{}}', '規模第' || a.id || '号', '規模', 2022, a.id,
                '2023-02-01', '規模試験', a.submitted_at, a.number, a.number, 1, '', '', '', 1, '規模第' || a.id || '号 ' || o.name, a.submitted_at
            FROM applications a JOIN calls c ON c.id = a.call_id JOIN organisations o ON o.id = a.organisation_id
            WHERE a.id >= {first}
            """
        )
        self._do(
            f"""
            INSERT INTO mails (key, to_address, to_name, subject, body, attachments, about_kind, about_id, programme_id,
                organisation_id, queued_at, attempts, sent_at, last_error, copy_note, audience, message_id, search_text, created_at)
            SELECT 'scale:' || a.id, 'mado@body-' || a.organisation_id || '.example.jp', o.name, '選定結果について', '規模試験',
                '[]', 'application', a.id, c.programme_id, a.organisation_id, a.submitted_at, 1, a.submitted_at, '', '', 'all',
                '<scale-' || a.id || '@example.jp>', o.name || ' 選定結果について', a.submitted_at
            FROM applications a JOIN calls c ON c.id = a.call_id JOIN organisations o ON o.id = a.organisation_id
            WHERE a.id >= {first}
            """
        )

    def submissions(self) -> None:
        """What the demo's fullest submission says, said by the newest of ours."""
        self._do(
            f"""
            INSERT INTO submissions (application_id, received_at, submitted_by, content, sha256, created_at)
            SELECT a.id, a.submitted_at, '規模試験', s.content, s.sha256, a.submitted_at
            FROM (SELECT id, submitted_at FROM applications WHERE number LIKE 'X%' ORDER BY submitted_at DESC LIMIT {NEWEST}) AS a
            CROSS JOIN (SELECT content, sha256 FROM submissions ORDER BY length(CAST(content AS text)) DESC LIMIT 1) AS s
            WHERE NOT EXISTS (SELECT 1 FROM submissions t WHERE t.application_id = a.id)
            """
        )

    def _numbers(self, count: int) -> str:
        """1 … count, as n."""
        if self.on_postgresql:
            return f"SELECT n FROM generate_series(1, {count}) AS n"
        return f"WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {count}) SELECT n FROM c"

    def _numbered(self, query: str) -> str:
        """The rows of `query`, each with its place from 0."""
        return f"SELECT q.*, row_number() OVER (ORDER BY id) - 1 AS place FROM ({query}) AS q"

    def _bodies(self) -> str:
        return self._numbered("SELECT id, code FROM organisations WHERE code IS NOT NULL")

    def _minutes_ago(self, count: str) -> str:
        if self.on_postgresql:
            return f"timestamptz '2023-02-15 00:00+00' - {count} * interval '1 minute'"
        return f"strftime('%Y-%m-%d %H:%M:%f000', '2023-02-15', '-' || {count} || ' minutes')"

    def _ask(self, query: str) -> int:
        return int(self.connection.execute(text(query)).scalar_one())

    def _do(self, statement: str) -> None:
        self.connection.exec_driver_sql(statement.replace("%", "%%") if self.on_postgresql else statement)


def sampled(count: int) -> list[int]:
    """The ids of the newest applications that were scaled: each has a submission."""
    found = db.session.query(Application.id).filter(Application.number.like("X%"))
    return [key for (key,) in found.order_by(Application.submitted_at.desc()).limit(count)]
