"""Pages of checking, for officers: accept, return for correction, give more time."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload, selectinload

from app import calendar
from app.applications import checking
from app.applications.blueprint import applications
from app.applications.forms import CorrectionDueForm, return_form
from app.applications.models import Application
from app.db import db
from app.lifecycle import NotAllowed
from app.web.access import actor, needs
from app.web.i18n import shown_instant
from app.web.records import fetch


@applications.post("/applications/<int:application_id>/acceptance")
@needs("application.check")
def accept(application_id: int):
    application = fetch(Application, application_id, permission="application.check")
    checking.accept(application, actor=actor(), at=calendar.now())
    db.session.commit()
    flash(_("The application is accepted, and the applicant is told by mail."), "success")
    return redirect(url_for("applications.show", application_id=application_id))


@applications.route("/applications/<int:application_id>/correction-request", methods=["GET", "POST"])
@needs("application.check")
def return_for_correction(application_id: int):
    """What is to be mended, section by section, and until when."""
    application = fetch(
        Application,
        application_id,
        joinedload(Application.call),
        joinedload(Application.organisation),
        selectinload(Application.answers),
        permission="application.check",
    )
    if application.state not in ("submitted", "accepted"):
        raise NotAllowed(application, "return_for_correction", f"it is {application.state}")
    form = return_form(application)
    valid = form.validate_on_submit()
    named = bool(form.defects) or request.method == "GET"
    if valid and named and form.due_at.data:
        checking.return_for_correction(
            application, defects=form.defects, due_at=form.due_at.data, actor=actor(), at=calendar.now()
        )
        db.session.commit()
        flash(
            _(
                "Returned. The applicant is asked by mail to resubmit before %(instant)s.",
                instant=shown_instant(form.due_at.data),
            ),
            "success",
        )
        return redirect(url_for("applications.show", application_id=application_id))
    page = render_template("applications/return.html", application=application, form=form, named=named)
    return page, 422 if request.method == "POST" else 200


@applications.route("/applications/<int:application_id>/correction-request/due", methods=["GET", "POST"])
@needs("application.check")
def extend_correction(application_id: int):
    """More time for a returned application, also after its due instant has passed."""
    application = fetch(
        Application, application_id, joinedload(Application.call), permission="application.check"
    )
    correction = application.open_correction
    if correction is None:
        raise NotAllowed(application, "extend_correction", f"it is {application.state}")
    form = CorrectionDueForm()
    form.was = correction.due_at
    if form.validate_on_submit() and form.due_at.data:
        checking.extend_correction(
            application, due_at=form.due_at.data, reason=form.reason.data, actor=actor(), at=calendar.now()
        )
        db.session.commit()
        flash(_("The applicant has more time, and is told by mail."), "success")
        return redirect(url_for("applications.show", application_id=application_id))
    page = render_template(
        "applications/extend_correction.html", application=application, form=form, correction=correction
    )
    return page, 422 if form.errors else 200
