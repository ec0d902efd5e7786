"""Pages of a report for its body: section by section, all answers on one page, to the approver and on to the office."""

from __future__ import annotations

from dataclasses import replace

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import calendar
from app.db import db
from app.lifecycle import must_be_open
from app.lifecycle.report import TO_HAND_IN
from app.questions.answering import Stale, problems_of
from app.questions.correcting import kept_as_handed_in
from app.questions.definition import Section
from app.questions.forms import SectionForm, shown_questions
from app.questions.freezing import Incomplete
from app.questions.giving_out import given_out
from app.questions.pages import Frame, both_answers, section_page
from app.reports import correcting
from app.reports import submission as handing_in
from app.reports.blueprint import reports
from app.reports.content import ReportContent
from app.reports.forms import SendingBackForm, SubmissionForm
from app.reports.known import without_actual
from app.reports.labels import title_of
from app.reports.models import ANSWERED, Report
from app.reports.routes import fetch_whole
from app.web.access import actor, needs, only_reads
from app.web.bodies import takes_files
from app.web.forms import form_page, was_sent

NOT_NOW = (Incomplete, handing_in.ChangedSinceSeen)


@reports.route("/reports/<int:report_id>/sections/<report_section>", methods=["GET", "POST"])
@needs("report.edit")
@takes_files
def section(report_id: int, report_section: str) -> ResponseReturnValue:
    """One section, as its form asks it; of a returned report what the return opens."""
    report = fetch_whole(report_id, *ANSWERED)
    whole = next((it for it in report.answered.form.sections if it.key == report_section), None)
    if whole is None:
        abort(404)
    if only_reads() and not report.is_editable:
        flash(_("It cannot be edited now."), "info")
        return redirect(url_for("reports.show", report_id=report_id))
    closed = correcting.of(report).locked
    # A page that was opened before the return sends more than is open now: that is refused in words, not passed over.
    asked = replace(
        whole,
        questions=tuple(it for it in whole.questions if it.key not in closed or was_sent(*it.asked.names)),
    )
    if not asked.questions and not only_reads():
        flash(_("Nothing was saved: the office has not asked for a correction here."), "warning")
        return redirect(url_for("reports.section", report_id=report_id, report_section=whole.key))
    return section_page(report.answered, asked, _frame(report, whole, asked, closed))


@reports.get("/reports/<int:report_id>/files/<int:file_id>")
@needs("report.edit")
def file(report_id: int, file_id: int) -> ResponseReturnValue:
    """A file of the draft, also one that was replaced since, for the body itself."""
    report = fetch_whole(report_id)
    found = next((it for it in report.answered.files if it.id == file_id), None)
    if found is None:
        abort(404)
    back = url_for("reports.show", report_id=report_id), title_of(report)
    may_replace = report.is_editable and found.question not in correcting.of(report).locked
    return given_out(
        found.in_answer(), back=back, caption=report.project.shown_title, may_replace=may_replace
    )


@reports.get("/reports/<int:report_id>/check")
@needs("report.edit")
def check(report_id: int) -> ResponseReturnValue:
    """All answers on one page, with what is on record beside them, before they are handed on."""
    return _answers(fetch_whole(report_id, *ANSWERED))


@reports.post("/reports/<int:report_id>/approval-request")
@needs("report.hand_over")
def hand_over(report_id: int) -> ResponseReturnValue:
    report = fetch_whole(report_id, *ANSWERED)
    try:
        mailed = handing_in.hand_over(report, actor=actor(), at=calendar.now())
    except Incomplete as refused:
        db.session.rollback()
        return _answers(report, refused)
    db.session.commit()
    flash(
        _("Your approver has been asked by mail to submit the report.")
        if mailed
        else _(
            "Your approver has it as a task again. No further mail is sent: they were told a short time ago."
        ),
        "success",
    )
    return redirect(url_for("reports.show", report_id=report_id))


@reports.post("/reports/<int:report_id>/drafting")
@needs("report.take_back")
def take_back(report_id: int) -> ResponseReturnValue:
    report = fetch_whole(report_id)
    handing_in.take_back(report, actor=actor(), at=calendar.now())
    db.session.commit()
    flash(_("It is a draft again and can be edited."), "success")
    return redirect(url_for("reports.show", report_id=report_id))


@reports.route("/reports/<int:report_id>/sending-back", methods=["GET", "POST"])
@needs("report.submit")
def send_back(report_id: int) -> ResponseReturnValue:
    """Back to the editor, with what is to be mended first."""
    report = fetch_whole(report_id)
    must_be_open(report, "send_back", actor=actor(), at=calendar.now())
    form = SendingBackForm()
    if form.validate_on_submit():
        mailed = handing_in.send_back(report, reason=form.reason.data or "", actor=actor(), at=calendar.now())
        db.session.commit()
        flash(
            _("Sent back. The editor is told by mail, and has your reason as a task.")
            if mailed
            else _("Sent back. The editor has your reason as a task; no further mail is sent today."),
            "success",
        )
        return redirect(url_for("reports.show", report_id=report_id))
    return form_page("reports/send_back.html", report=report, form=form)


@reports.route("/reports/<int:report_id>/submission", methods=["GET", "POST"])
@needs("report.submit")
def submit(report_id: int) -> ResponseReturnValue:
    """The approver reads the same page and submits."""
    return _hand_in(report_id)


@reports.route("/reports/<int:report_id>/resubmission", methods=["GET", "POST"])
@needs("report.submit")
def resubmit(report_id: int) -> ResponseReturnValue:
    return _hand_in(report_id)


def _hand_in(report_id: int) -> ResponseReturnValue:
    report, form = fetch_whole(report_id, *ANSWERED), SubmissionForm()
    if report not in TO_HAND_IN:
        flash(_("This report has been submitted already."), "info")
        return redirect(url_for("reports.show", report_id=report_id))
    if not form.validate_on_submit():
        return _answers(report)
    try:
        handing_in.submit(report, seen=form.seen.data or None, actor=actor(), at=calendar.now())
    except NOT_NOW as refused:
        db.session.rollback()
        return _answers(report, refused)
    db.session.commit()
    flash(_("Submitted. A receipt was sent to the mailbox of your municipality."), "success")
    return redirect(url_for("reports.show", report_id=report_id))


def _answers(report: Report, refused: Exception | None = None) -> ResponseReturnValue:
    plain, form = handing_in.content_now(report), SubmissionForm(formdata=None)
    form.seen.data = handing_in.fingerprint(plain)
    content = ReportContent(plain)
    return form_page(
        "reports/check.html",
        report=report,
        form=form,
        handed_in=content,
        problems=problems_of(report.answered),
        missing=without_actual(content.known),
        wrong=refused is not None,
        refused=refused is not None,
        changed_meanwhile=isinstance(refused, handing_in.ChangedSinceSeen),
        change={
            it.key: url_for("reports.section", report_id=report.id, report_section=it.key)
            for it in (report.answered.form.sections if report.is_editable else ())
        },
        files=_drafted_files(report),
        now=calendar.now(),
    )


def _drafted_files(report: Report) -> dict[str, str]:
    """SHA-256 → the address of a file that was received."""
    return {
        it.sha256: url_for("reports.file", report_id=report.id, file_id=it.id) for it in report.answered.files
    }


def _frame(report: Report, whole: Section, asked: Section, closed: frozenset[str]) -> Frame:
    here = url_for("reports.section", report_id=report.id, report_section=whole.key)
    back = url_for("reports.show", report_id=report.id)

    def save(form: SectionForm, by_itself: bool) -> None:
        handing_in.save(
            report,
            whole.key,
            form.values,
            version=form.version.data,
            form=form.form_version.data,
            quietly=by_itself,
            actor=actor(),
            at=calendar.now(),
        )

    def shown(form: SectionForm) -> str:
        form.file_url = lambda number: url_for("reports.file", report_id=report.id, file_id=number)
        return render_template(
            "reports/section.html",
            report=report,
            form=form,
            section=asked,
            shown=shown_questions(report.answered, form),
            saved=report.answered.saves.get(whole.key),
            remarks=[
                it for it in correcting.remarks(report, report.open_correction) if it.section == whole.key
            ],
            closed=kept_as_handed_in(report.answered, whole.key, closed - {it.key for it in asked.questions}),
            files=_drafted_files(report),
            now=calendar.now(),
        )

    def both(form: SectionForm, stale: Stale, own: bool) -> str:
        around = {
            "here": here,
            "back_url": back,
            "back_label": _("To the list of sections"),
            "caption": f"{title_of(report)}　{report.project.shown_title}",
        }
        return both_answers(form, stale, own, around)

    return Frame(save, shown, both, after=lambda: redirect(_onward(report, whole)))


def _onward(report: Report, section: Section) -> str:
    """To the task list, or where "save and next" was pressed to the section that follows; after the last to all answers."""
    if "next" not in request.form:
        return url_for("reports.show", report_id=report.id)
    sections = list(report.answered.form.sections)
    later = sections[sections.index(section) + 1 :]
    if not later:
        return url_for("reports.check", report_id=report.id)
    return url_for("reports.section", report_id=report.id, report_section=later[0].key)
