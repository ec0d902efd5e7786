"""Pages of reports: asking by hand, files, what nobody else sees, and what bad input is told."""

from __future__ import annotations

import io
import json

import pytest

from app import calendar
from app.db import db
from app.reports.models import Report
from tests import factories
from tests.factories.applications import holder
from tests.factories.reports import fill
from tests.reading import words_of

PDF = b"%PDF-1.7\n% a sample\n%%EOF\n"


@pytest.fixture
def project(app):
    made = factories.project([factories.organisation("岩見沢市")])
    db.session.commit()
    return made


def test_an_officer_asks_for_one_year_and_is_told_in_words_why_another_cannot_be(project, sign_in_as):
    office, _ = sign_in_as("officer")
    page = f"/projects/{project.id}/reports/request"
    assert "令和4年度に選定されました" in words_of(office.post(page, data={"fiscal_year": "R3"}))
    assert "令和8年度までです" in words_of(office.post(page, data={"fiscal_year": "2027"}))
    assert office.post(page, data={"fiscal_year": "来年"}).status_code == 422
    assert office.post(page, data={"fiscal_year": "R4"}).status_code == 302
    report = db.session.query(Report).one()
    assert (report.fiscal_year, report.project_id) == (2022, project.id)
    assert "既に依頼しています" in words_of(office.post(page, data={"fiscal_year": "2022"}))
    assert f'href="/reports/{report.id}"' in words_of(office.get(f"/projects/{project.id}/reports"))


def test_a_file_is_given_out_as_a_draft_to_its_body_and_to_others_once_it_is_handed_in(project, sign_in_as):
    report = factories.report(project=project)
    approver = holder("municipality_approver", project.lead)
    ministry = factories.tenure("ministry_officer")
    db.session.commit()
    body, office = sign_in_as(tenure=approver)[0], sign_in_as("officer")[0]
    page = f"/reports/{report.id}"
    sent = {"version": 0, "form_version": 1, "documents": (io.BytesIO(PDF), "写真.pdf")}
    assert body.post(f"{page}/sections/documents", data=sent).status_code in (302, 422)
    [file] = report.answered.files
    assert body.get(f"{page}/files/{file.id}").data == PDF
    assert office.get(f"{page}/files/{file.id}").status_code == 403, "the draft is its body's"
    assert "写真.pdf" in words_of(body.get(f"{page}/check"))
    assert body.post(f"{page}/submission", data={}).status_code == 302
    frozen = report.answered.frozen[0]
    handed_in = f"{page}/submissions/{frozen.id}/files/{file.sha256}"
    assert f'href="{handed_in}"' in words_of(office.get(page))
    other = sign_in_as(tenure=ministry)[0]
    assert other.get(handed_in).data == office.get(handed_in).data == PDF
    assert other.get(f"{page}/submissions/{frozen.id}/files/{'0' * 64}").status_code == 404
    pdf = office.get(f"{page}/submissions/{frozen.id}.pdf")
    assert pdf.status_code == 200 and pdf.data.startswith(b"%PDF")
    assert office.get("/reports/years/2022.xlsx").status_code == 200
    assert office.get("/reports/years/1999.pdf").status_code == 404


def test_the_office_reads_nothing_of_what_is_being_written(project, sign_in_as, at):
    report = factories.report(project=project, complete=False)
    fill(report, at=at, results="まだ誰にも見せない成果")
    db.session.commit()
    office, _ = sign_in_as("officer")
    shown = words_of(office.get(f"/reports/{report.id}"))
    assert "まだ提出されていません。" in shown and "まだ誰にも見せない成果" not in shown
    assert office.get(f"/reports/{report.id}/check").status_code == 403
    ministry, _ = sign_in_as("ministry_officer")
    assert ministry.get(f"/reports/{report.id}").status_code == 404, "nothing was handed in"


def test_what_was_typed_stays_where_somebody_else_saved_or_the_report_was_handed_over(
    project, sign_in_as, at
):
    report = factories.report(project=project)
    db.session.commit()
    editor = sign_in_as(tenure=holder("municipality_editor", project.lead))[0]
    page = f"/reports/{report.id}/sections/troubles"
    stale = editor.post(page, data={"version": 0, "form_version": 1, "troubles": "別の欄で書いたもの"})
    assert stale.status_code == 409 and "別の欄で書いたもの" in words_of(stale)
    editor.post(f"/reports/{report.id}/approval-request")
    refused = editor.post(page, data={"version": 1, "form_version": 1, "troubles": "決裁中に書いたもの"})
    assert refused.status_code == 409 and "決裁中に書いたもの" in words_of(refused)


def test_all_that_were_not_asked_are_asked_by_long_work(project, sign_in_as):
    office, _ = sign_in_as("officer")
    project.created_at = calendar.now()
    db.session.commit()
    assert "令和4年度の年次報告を依頼していない事業が1件あります" in words_of(office.get("/reports"))
    answered = office.post("/reports/requests/2022")
    assert answered.status_code == 302 and "/work/" in answered.headers["Location"]
    assert office.post("/reports/requests/2021").headers["Location"].endswith("/reports")


def test_the_command_tells_the_reports_of_a_project(app, project):
    factories.report("accepted", project=project)
    db.session.commit()
    shown = app.test_cli_runner().invoke(args=["projects", "show", str(project.number), "--json"])
    [report] = json.loads(shown.output)["reports"]
    assert (report["fiscal_year"], report["kind"], report["state"]) == (2022, "annual", "accepted")
    assert len(report["sha256"]) == 64 and report["submitted_at"].startswith("2023-02-15T10:00")
