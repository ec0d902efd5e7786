"""Pages of checking, for officers: accept, return for correction, give more time."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload, selectinload

from app import calendar
from app.applications import checking, reading, submission
from app.applications.blueprint import applications
from app.applications.forms import AcceptanceForm, CorrectionDueForm, return_form
from app.applications.lists import chosen
from app.applications.models import ANSWERED, Application
from app.db import db
from app.lifecycle import must_be_open
from app.web.access import actor, needs, only_reads
from app.web.forms import form_page
from app.web.i18n import shown_instant, state_label
from app.web.records import fetch
from app.web.walk import Walk, in_list, named_list, walk_of


@applications.post("/applications/<int:application_id>/acceptance")
@needs("application.check")
def accept(application_id: int) -> ResponseReturnValue:
    """Accept it, and on to the next of the list that it was opened from."""
    application = fetch(Application, application_id)
    here = url_for("applications.show", application_id=application_id, **in_list())
    walk = walk_of(application)  # before it leaves the list
    try:
        checking.accept(application, seen=AcceptanceForm().seen_at, actor=actor(), at=calendar.now())
    except submission.ChangedSinceSeen:
        db.session.rollback()
        flash(
            _("It was resubmitted after you had opened the page. Read it once more, then accept it."),
            "warning",
        )
        return redirect(here)
    db.session.commit()
    flash(
        _("%(number)s is accepted, and the applicant is told by mail.", number=application.number), "success"
    )
    return redirect(_onward(walk) or here)


@applications.post("/applications/acceptances")
@needs("application.check")
def accept_chosen() -> ResponseReturnValue:
    """Accept those that are ticked in the list, each by itself."""
    ids = request.form.getlist("application", type=int)
    outcome = checking.accept_each(
        chosen(actor(), ids), seen=AcceptanceForm().seen_at, actor=actor(), at=calendar.now()
    )
    db.session.commit()
    _tell(outcome)
    listing = named_list(Application.kind)
    return redirect(listing.here if listing else url_for("applications.index"))


@applications.route("/applications/<int:application_id>/correction-request", methods=["GET", "POST"])
@needs("application.check")
def return_for_correction(application_id: int) -> ResponseReturnValue:
    """What is to be mended, question by question, and until when."""
    application = fetch(
        Application,
        application_id,
        joinedload(Application.call),
        joinedload(Application.organisation),
        *ANSWERED,
        selectinload(Application.submissions),
        selectinload(Application.corrections),
    )
    must_be_open(application, "return_for_correction", actor=actor(), at=calendar.now())
    form, changed = return_form(application), False
    valid = form.validate_on_submit()
    named = bool(form.defects) or only_reads()
    if valid and named and form.due:
        walk = walk_of(application)  # before it leaves the list
        try:
            checking.return_for_correction(
                application,
                defects=form.defects,
                due_at=form.due,
                seen=form.seen_at,
                actor=actor(),
                at=calendar.now(),
            )
        except submission.ChangedSinceSeen:
            db.session.rollback()
            changed = True
        else:
            db.session.commit()
            flash(
                _(
                    "%(number)s is returned. The applicant is asked by mail to resubmit before %(instant)s.",
                    number=application.number,
                    instant=shown_instant(form.due),
                ),
                "success",
            )
            here = url_for("applications.show", application_id=application_id, **in_list())
            return redirect(_onward(walk) or here)
    shown = application.last_submission
    form.seen.data = application.last_seen_as
    page, status = form_page(
        "applications/return.html",
        application=application,
        form=form,
        wrong=not only_reads(),
        named=named,
        changed_meanwhile=changed,
        parts=reading.parts_of(application, form),
        said=shown.said if shown else None,
        files=reading.file_addresses(application, shown) if shown else {},
    )
    return page, 409 if changed else status


@applications.route("/applications/<int:application_id>/correction-request/due", methods=["GET", "POST"])
@needs("application.check")
def extend_correction(application_id: int) -> ResponseReturnValue:
    """More time for a returned application, also after its due instant has passed."""
    application = fetch(Application, application_id, joinedload(Application.call))
    must_be_open(application, "extend_correction", actor=actor(), at=calendar.now())
    correction = application.corrections[-1]
    form = CorrectionDueForm()
    form.was = correction.due_at
    if form.validate_on_submit() and form.due_at.data:
        checking.extend_correction(
            application, due_at=form.due_at.data, reason=form.reason.data, actor=actor(), at=calendar.now()
        )
        db.session.commit()
        flash(_("The applicant has more time, and is told by mail."), "success")
        return redirect(url_for("applications.show", application_id=application_id, **in_list()))
    return form_page(
        "applications/extend_correction.html", application=application, form=form, correction=correction
    )


def _onward(walk: Walk | None) -> str | None:
    """The next case of the list, after the last one the list itself; None when there is no list."""
    if walk is None or walk.found is None:
        return None
    if walk.after is None:
        flash(_("That was the last one of the list."), "info")
        return walk.back
    return url_for("applications.show", application_id=walk.after, **in_list())


def _tell(outcome: checking.Accepted) -> None:
    """What became of those that were ticked, in one notice for each reason."""

    def named(these: list[Application], state: bool = False) -> str:
        return "、".join(f"{it.number}（{state_label(it)}）" if state else str(it.number) for it in these)

    if outcome.done:
        count = len(outcome.done)
        flash(_("Accepted: %(count)s. Their applicants are told by mail.", count=count), "success")
    if outcome.moved_on:
        numbers = named(outcome.moved_on, state=True)
        flash(
            _("Not accepted, because they do not wait for the check: %(numbers)s", numbers=numbers), "warning"
        )
    if outcome.resubmitted:
        numbers = named(outcome.resubmitted)
        flash(
            _(
                "Not accepted, because they were resubmitted after you had opened the list: %(numbers)s. Read them first.",
                numbers=numbers,
            ),
            "warning",
        )
    if outcome.decided:
        numbers = named(outcome.decided)
        flash(_("Not accepted, because their call is decided: %(numbers)s", numbers=numbers), "warning")
    if not any((outcome.done, outcome.moved_on, outcome.resubmitted, outcome.decided)):
        flash(_("No application was chosen. Tick those to accept."), "warning")
