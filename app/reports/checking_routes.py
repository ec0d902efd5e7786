"""Pages of checking, for officers: accept, return question by question, give more time."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import calendar
from app.db import db
from app.lifecycle import must_be_open
from app.questions.freezing import compare
from app.questions.returning import SeenForm, parts_of
from app.reports import checking
from app.reports.blueprint import reports
from app.reports.forms import MoreTimeForm, return_form
from app.reports.labels import title_of
from app.reports.models import ANSWERED
from app.reports.routes import fetch_whole, file_addresses
from app.reports.submission import ChangedSinceSeen
from app.web.access import actor, needs, only_reads
from app.web.forms import form_page
from app.web.i18n import shown_instant
from app.web.walk import Walk, in_list, walk_of


@reports.post("/reports/<int:report_id>/acceptance")
@needs("report.check")
def accept(report_id: int) -> ResponseReturnValue:
    """Accept it, and on to the next of the list that it was opened from."""
    report, form = fetch_whole(report_id), SeenForm()
    walk = walk_of(report)  # before it leaves the list
    try:
        checking.accept(report, seen=form.seen_at, actor=actor(), at=calendar.now())
    except ChangedSinceSeen:
        db.session.rollback()
        flash(
            _("It was resubmitted after you had opened the page. Read it once more, then accept it."),
            "warning",
        )
        return redirect(_here(report_id))
    db.session.commit()
    flash(
        _("Accepted: %(report)s. The local government is told by mail.", report=title_of(report)), "success"
    )
    return redirect(_onward(walk) or _here(report_id))


@reports.route("/reports/<int:report_id>/correction-request", methods=["GET", "POST"])
@needs("report.check")
def return_for_correction(report_id: int) -> ResponseReturnValue:
    """What is to be mended, question by question, and until when."""
    report = fetch_whole(report_id, *ANSWERED)
    must_be_open(report, "return_for_correction", actor=actor(), at=calendar.now())
    form, changed = return_form(report), False
    valid = form.validate_on_submit()
    named = bool(form.defects) or only_reads()
    if valid and named and form.due:
        walk = walk_of(report)
        try:
            checking.return_for_correction(
                report,
                defects=form.defects,
                due_at=form.due,
                seen=form.seen_at,
                actor=actor(),
                at=calendar.now(),
            )
        except ChangedSinceSeen:
            db.session.rollback()
            changed = True
        else:
            db.session.commit()
            flash(
                _(
                    "Returned. The local government is asked by mail to resubmit before %(instant)s.",
                    instant=shown_instant(form.due),
                ),
                "success",
            )
            return redirect(_onward(walk) or _here(report_id))
    form.seen.data = report.last_seen_as
    submissions = report.answered.frozen
    page, status = form_page(
        "reports/return.html",
        report=report,
        form=form,
        wrong=not only_reads(),
        named=named,
        changed_meanwhile=changed,
        parts=parts_of(
            report.last_said,
            form,
            earlier=report.corrections[-1].defects if report.corrections else {},
            changes=compare(submissions[-2].content, submissions[-1].content) if len(submissions) > 1 else (),
        ),
        files=file_addresses(report, report.last_submission),
    )
    return page, 409 if changed else status


@reports.route("/reports/<int:report_id>/due", methods=["GET", "POST"])
@needs("report.check")
def give_more_time(report_id: int) -> ResponseReturnValue:
    """Another instant until which it is asked for, with the reason that the body is told."""
    report = fetch_whole(report_id)
    must_be_open(report, "give_more_time", actor=actor(), at=calendar.now())
    form = MoreTimeForm()
    form.was = report.due_at
    if form.validate_on_submit() and form.due_at.data:
        checking.give_more_time(
            report, due_at=form.due_at.data, reason=form.reason.data or "", actor=actor(), at=calendar.now()
        )
        db.session.commit()
        flash(_("The local government has more time, and is told by mail."), "success")
        return redirect(_here(report_id))
    return form_page("reports/more_time.html", report=report, form=form)


def _here(report_id: int) -> str:
    return url_for("reports.show", report_id=report_id, **in_list())


def _onward(walk: Walk | None) -> str | None:
    """The next case of the list, after the last one the list itself; None when there is no list."""
    if walk is None or walk.found is None:
        return None
    if walk.after is None:
        flash(_("That was the last one of the list."), "info")
        return walk.back
    return url_for("reports.show", report_id=walk.after, **in_list())
