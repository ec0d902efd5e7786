"""Pages of reports that are read: the list of all, those of a project, one of them, what is on record beside it; asking for one."""

from __future__ import annotations

import io
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption
from werkzeug.datastructures import MultiDict

from app import calendar
from app.db import db
from app.permissions import MUNICIPAL
from app.projects.lists import BESIDE_IT, BODIES
from app.projects.models import Project
from app.questions.answering import problems_of
from app.questions.correcting import stays
from app.questions.freezing import compare
from app.questions.giving_out import given_out
from app.questions.models import FrozenResponse
from app.questions.returning import SeenForm
from app.reports import asking, correcting
from app.reports.blueprint import reports
from app.reports.content import ReportContent
from app.reports.forms import RequestForm
from app.reports.known import known_of, without_actual
from app.reports.labels import title_of
from app.reports.lists import report_list
from app.reports.models import ANSWERED, SUBMISSIONS, Report
from app.schedule.work import enqueue
from app.web.access import actor, can, needs
from app.web.files import download
from app.web.forms import form_page
from app.web.i18n import sentence_of, shown_fiscal_year
from app.web.lists import Listing
from app.web.records import fetch, within_reach
from app.web.timeline import timeline
from app.web.walk import leads_to, walk_of

OF_PROJECT = joinedload(Report.project).options(BODIES, joinedload(Project.call))


@reports.get("/reports")
@needs("report.list")
def index() -> ResponseReturnValue:
    """Of all projects; with the books of the years, and in February what was not asked for yet."""
    listing, year = _listed(request.args), asking.year_to_ask(calendar.today())
    waiting = 0
    if can("report.request") and year is not None and not listing.is_file:
        waiting = asking.count_to_ask(year)
    return listing.response(
        "reports/index.html", filename="reports", year=year, waiting=waiting, form=SeenForm(formdata=None)
    )


@leads_to("report", "reports.index")
def _listed(args: MultiDict) -> Listing:
    return report_list(actor(), args)


@reports.post("/reports/requests/<int:fiscal_year>")
@needs("report.request")
def ask_all(fiscal_year: int) -> ResponseReturnValue:
    """Ask all projects that were not asked for the year: where the office began to work with this system later than that day."""
    if fiscal_year != asking.year_to_ask(calendar.today()):
        flash(_("Reports of this year are not to be asked for now."), "warning")
        return redirect(url_for("reports.index"))
    work = enqueue(
        "ask_for_reports",
        {"fiscal_year": fiscal_year},
        title=_("Asking for the reports of %(year)s", year=shown_fiscal_year(fiscal_year)),
        then=url_for("reports.index", year=fiscal_year),
        actor=actor(),
        at=calendar.now(),
    )
    db.session.commit()
    return redirect(url_for("schedule.work", work_id=work.id))


@reports.get("/projects/<int:project_id>/reports")
@needs("report.view")
def of_project(project_id: int) -> str:
    """The reports of a project, the newest first."""
    project = fetch(Project, project_id, joinedload(Project.applicants), beside=BESIDE_IT)
    return render_template(
        "reports/of_project.html",
        project=project,
        reports=db.session.scalars(
            within_reach(Report, actor())
            .where(Report.project_id == project_id)
            .order_by(Report.fiscal_year.desc())
        ).all(),
        entries=timeline(project),
        now=calendar.now(),
    )


@reports.route("/projects/<int:project_id>/reports/request", methods=["GET", "POST"])
@needs("report.request")
def ask_one(project_id: int) -> ResponseReturnValue:
    """Ask for the report of one year, by an officer."""
    project = fetch(Project, project_id, joinedload(Project.call), BODIES)
    form = RequestForm()
    if form.validate_on_submit() and form.fiscal_year.data is not None:
        try:
            report = asking.ask(project, form.fiscal_year.data, actor=actor(), at=calendar.now())
        except asking.NotToBeAsked as refused:
            db.session.rollback()
            form.fiscal_year.errors = [sentence_of(refused)]
        else:
            db.session.commit()
            flash(
                _(
                    "Asked for: %(report)s. The letter waits for a director's approval.",
                    report=title_of(report),
                ),
                "success",
            )
            return redirect(url_for("reports.show", report_id=report.id))
    return form_page("reports/request.html", form=form, project=project)


@reports.get("/reports/<int:report_id>")
@needs("report.view")
def show(report_id: int) -> str:
    """The task list while its body writes; for all others, and afterwards, what was handed in."""
    own = actor().role in MUNICIPAL
    report = fetch_whole(report_id, *(ANSWERED if own else ()))
    if own and report.is_editable:
        return _to_write(report)
    return _case(report, report.last_submission)


@reports.get("/reports/<int:report_id>/submissions/<int:frozen_id>")
@needs("report.view")
def submission(report_id: int, frozen_id: int) -> str:
    """What was handed in at one instant, word for word."""
    report = fetch_whole(report_id)
    return _case(report, _frozen(report, frozen_id))


@reports.get("/reports/<int:report_id>/submissions/<int:frozen_id>.json")
@needs("report.view")
def submission_json(report_id: int, frozen_id: int) -> ResponseReturnValue:
    """The bytes that the SHA-256 is taken of, so that anybody can take it again."""
    report = fetch_whole(report_id)
    found = _frozen(report, frozen_id)
    name = f"report_{report.project.number}_{report.fiscal_year}_{frozen_id}.json"
    return download(io.BytesIO(found.canonical), name, "application/json")


@reports.get("/reports/<int:report_id>/known")
@needs("report.view")
def known(report_id: int) -> str:
    """What is on record of the project and its year, as it stands now; and where each is kept."""
    report = fetch_whole(report_id)
    facts = known_of(report.project, report.fiscal_year)
    return render_template("reports/known.html", report=report, known=facts, missing=without_actual(facts))


@reports.get("/reports/<int:report_id>/submissions/<int:frozen_id>/files/<sha256>")
@needs("report.view")
def submitted_file(report_id: int, frozen_id: int, sha256: str) -> ResponseReturnValue:
    """A file as it was handed in."""
    report = fetch(Report, report_id, OF_PROJECT, SUBMISSIONS)
    files = ReportContent(_frozen(report, frozen_id).content).attachments
    found = next((it for it in files if it["sha256"] == sha256), None)
    if found is None:
        abort(404)
    return given_out(found, back=_back(report), caption=report.project.shown_title)


def fetch_whole(report_id: int, *options: ORMOption) -> Report:
    return fetch(Report, report_id, OF_PROJECT, SUBMISSIONS, selectinload(Report.corrections), *options)


def _to_write(report: Report) -> str:
    """Section by section, with what is on record beside it."""
    facts = known_of(report.project, report.fiscal_year)
    asked = correcting.remarks(report, report.open_correction)
    waiting, mended = correcting.of(report).to_mend_and_mended(asked)
    return render_template(
        "reports/tasks.html",
        report=report,
        tasks=_task_list(report, {it.section for it in waiting}),
        waiting=waiting,
        mended=mended,
        missing=without_actual(facts),
        section_names={it.key: str(it.label) for it in report.answered.form.sections},
        entries=timeline(report),
        now=calendar.now(),
    )


def _task_list(report: Report, to_mend: set[str]) -> list[dict[str, object]]:
    """The lines of the task list. Colour only where somebody has to act."""
    response, closed = report.answered, correcting.of(report).locked
    problems, lines = problems_of(response), []
    for section in response.form.sections:
        line: dict[str, object] = {
            "label": str(section.label),
            "status": "done",
            "url": url_for("reports.section", report_id=report.id, report_section=section.key),
        }
        wrong = next((it for it in problems if it.section == section.key), None)
        started = section.key in response.saves
        if wrong:
            line |= {"status": "action", "note": wrong.sentence if started else None}
        elif section.key in to_mend:
            line |= {"status": "action", "status_label": _("To be corrected")}
        elif stays(response, section.key, closed):
            line |= {"note": _("Stays as it was handed in")}
        elif not started and not any(it.required for it in section.questions):
            line |= {"status": "optional"}
        lines.append(line)
    return lines


def _case(report: Report, shown: FrozenResponse | None) -> str:
    """With one of the submissions; what changed since the one before is marked."""
    submissions = report.answered.frozen
    content = ReportContent(shown.content) if shown else None
    place = submissions.index(shown) if shown else 0
    changed = compare(submissions[place - 1].content, shown.content) if shown and place else []
    correction = report.open_correction
    return render_template(
        "reports/show.html",
        report=report,
        shown=shown,
        handed_in=content,
        links=[
            {
                "label": _("Submission %(number)s", number=number),
                "url": url_for("reports.submission", report_id=report.id, frozen_id=it.id),
                "current": it is shown,
            }
            for number, it in enumerate(submissions, start=1)
        ],
        changed={it.section for it in changed},
        remarks=correcting.remarks(report, correction),
        files=file_addresses(report, shown),
        entries=timeline(report),
        walk=walk_of(report),
        form=SeenForm(formdata=None, seen=report.last_seen_as),
        now=calendar.now(),
    )


def file_addresses(report: Report, frozen: FrozenResponse | None) -> dict[str, str]:
    """SHA-256 → the address at which a file is to be had as it was handed in."""
    if frozen is None:
        return {}
    where: dict[str, Any] = {"report_id": report.id, "frozen_id": frozen.id}
    files = ReportContent(frozen.content).attachments
    return {it["sha256"]: url_for("reports.submitted_file", **where, sha256=it["sha256"]) for it in files}


def _back(report: Report) -> tuple[str, str]:
    return url_for("reports.show", report_id=report.id), title_of(report)


def _frozen(report: Report, frozen_id: int) -> FrozenResponse:
    found = next((it for it in report.answered.frozen if it.id == frozen_id), None)
    if found is None:
        abort(404)
    return found
