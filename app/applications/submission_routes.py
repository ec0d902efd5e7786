"""Pages of handing in: check the answers, ask the approver, submit, receipt, withdraw."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload, selectinload

from app import calendar
from app.applications import submission
from app.applications.attachments import files_of
from app.applications.blueprint import applications, section_url
from app.applications.consents import Unconsented, consents_of
from app.applications.content import Content, content_of, fingerprint
from app.applications.forms import SendingBackForm, SubmissionForm, WithdrawalForm
from app.applications.models import ANSWERED, JOINT_BODIES, Application
from app.applications.reapplication import findings_on_draft
from app.applications.sections import Incomplete, problems_of, sections_of
from app.db import db
from app.lifecycle import must_be_open
from app.lifecycle.application import BEFORE_SUBMISSION, LAPSED, WITH_APPLICANT
from app.web.access import actor, needs
from app.web.arrival import arrived
from app.web.forms import form_page
from app.web.i18n import shown_instant
from app.web.records import fetch

READ = (
    joinedload(Application.call),
    joinedload(Application.organisation),
    JOINT_BODIES,
    *ANSWERED,
)

REFUSALS = (Incomplete, Unconsented, submission.TooEarly, submission.TooLate, submission.ChangedSinceSeen)


@applications.get("/applications/<int:application_id>/check")
@needs("application.edit")
def check(application_id: int) -> ResponseReturnValue:
    """All answers on one page, before they are handed on."""
    application = fetch(Application, application_id, *READ)
    return _answers(application, refused=None)


@applications.route("/applications/<int:application_id>/submission", methods=["GET", "POST"])
@needs("application.submit")
def submit(application_id: int) -> ResponseReturnValue:
    """The approver reads the same page and submits. A second submission shows the receipt of the first."""
    return _hand_in(application_id, "submit")


@applications.route("/applications/<int:application_id>/resubmission", methods=["GET", "POST"])
@needs("application.submit")
def resubmit(application_id: int) -> ResponseReturnValue:
    return _hand_in(application_id, "resubmit")


@applications.post("/applications/<int:application_id>/approval-request")
@needs("application.hand_over")
def hand_over(application_id: int) -> ResponseReturnValue:
    """To the approver: a draft is handed over, of a returned one it is told that it is mended."""
    application = fetch(Application, application_id, *READ)
    ask = submission.hand_over if application in BEFORE_SUBMISSION else submission.report_mended
    try:
        mailed = ask(application, actor=actor(), at=calendar.now(), arrived=arrived())
    except (Incomplete, submission.TooEarly, submission.TooLate) as refused:
        db.session.rollback()
        return _answers(application, refused=refused)
    db.session.commit()
    flash(
        _("Your approver has been asked by mail to submit the application.")
        if mailed
        else _(
            "Your approver has it as a task again. No further mail is sent: they were told a short time ago."
        ),
        "success",
    )
    return redirect(url_for("applications.show", application_id=application_id))


@applications.post("/applications/<int:application_id>/drafting")
@needs("application.take_back")
def take_back(application_id: int) -> ResponseReturnValue:
    application = fetch(Application, application_id)
    submission.take_back(application, actor=actor(), at=calendar.now())
    db.session.commit()
    flash(_("It is a draft again and can be edited."), "success")
    return redirect(url_for("applications.show", application_id=application_id))


@applications.route("/applications/<int:application_id>/sending-back", methods=["GET", "POST"])
@needs("application.submit")
def send_back(application_id: int) -> ResponseReturnValue:
    """Back to the editor, with what is to be mended first."""
    application = fetch(Application, application_id, *READ)
    must_be_open(application, submission.sending_back(application), actor=actor(), at=calendar.now())
    form = SendingBackForm()
    if form.validate_on_submit():
        reason, at = form.reason.data or "", calendar.now()
        mailed = submission.send_back(application, reason=reason, actor=actor(), at=at)
        db.session.commit()
        flash(
            _("Sent back. The editor is told by mail, and has your reason as a task.")
            if mailed
            else _("Sent back. The editor has your reason as a task; no further mail is sent today."),
            "success",
        )
        return redirect(url_for("applications.show", application_id=application_id))
    return form_page("applications/send_back.html", application=application, form=form)


@applications.get("/applications/<int:application_id>/receipt")
@needs("application.view")
def receipt(application_id: int) -> str:
    """What was received, when, with the hashes of its files, and what happens next."""
    application = fetch(Application, application_id, *READ, selectinload(Application.submissions))
    received = application.last_submission
    if received is None:
        abort(404)
    return render_template("applications/receipt.html", application=application, received=received)


@applications.route("/applications/<int:application_id>/withdrawal", methods=["GET", "POST"])
@needs("application.withdraw")
def withdraw(application_id: int) -> ResponseReturnValue:
    application = fetch(Application, application_id, *READ)
    form = WithdrawalForm()
    if form.validate_on_submit():
        submission.withdraw(application, reason=form.reason.data, actor=actor(), at=calendar.now())
        db.session.commit()
        flash(_("The application is withdrawn."), "success")
        return redirect(url_for("applications.show", application_id=application_id))
    return form_page("applications/withdraw.html", application=application, form=form)


def _hand_in(application_id: int, name: str) -> ResponseReturnValue:
    application = fetch(Application, application_id, *READ)
    form = SubmissionForm()
    if application in LAPSED:
        flash(_("The time for the resubmission has passed, so it cannot be submitted."), "info")
        return redirect(url_for("applications.show", application_id=application_id))
    if application not in WITH_APPLICANT:
        flash(_("This application has been submitted already."), "info")
        page = "applications.receipt" if application.submitted_at else "applications.show"
        return redirect(url_for(page, application_id=application_id))
    if not form.validate_on_submit():
        return _answers(application, refused=None)
    act = submission.submit if name == "submit" else submission.resubmit
    try:
        seen = form.seen.data or None
        act(application, seen=seen, actor=actor(), at=calendar.now(), arrived=arrived())
    except REFUSALS as refused:
        db.session.rollback()
        return _answers(application, refused=refused)
    db.session.commit()
    return redirect(url_for("applications.receipt", application_id=application_id))


def _answers(application: Application, *, refused: Exception | None) -> ResponseReturnValue:
    form = SubmissionForm(formdata=None)
    form.seen.data = fingerprint(application)
    return form_page(
        "applications/check.html",
        application=application,
        problems=problems_of(application),
        findings=findings_on_draft(application),
        consents=consents_of(application),
        form=form,
        wrong=refused is not None,
        refused=refused is not None,
        refusal=_sentence(refused),
        change=_change_links(application),
        files={
            file.sha256: url_for(
                "applications.attachment", application_id=application.id, attachment_id=file.id
            )
            for file in files_of(application)
        },
        said=Content(content_of(application)),
    )


def _change_links(application: Application) -> dict[str, str]:
    if not application.is_editable:
        return {}
    return {section.key: section_url(application, section.key) for section in sections_of(application)}


def _sentence(refused: Exception | None) -> str:
    if isinstance(refused, submission.TooEarly):
        return _(
            "It was not submitted: this call opens on %(instant)s. What you entered is kept.",
            instant=shown_instant(refused.opens_at),
        )
    if isinstance(refused, submission.TooLate) and not actor().may("application.submit"):
        return _(
            "The time for it ended at %(instant)s, so it could not be handed to the approver. What you entered is kept.",
            instant=shown_instant(refused.due_at),
        )
    if isinstance(refused, submission.TooLate):
        return _(
            "It was not submitted: the time for it ended at %(instant)s. What you entered is kept.",
            instant=shown_instant(refused.due_at),
        )
    if isinstance(refused, Unconsented):
        return _(
            "It was not submitted: these joint applicants have not consented to it as it is now: %(bodies)s. What you entered is kept.",
            bodies=_(", ").join(refused.bodies),
        )
    if isinstance(refused, submission.ChangedSinceSeen):
        return _(
            "It was not submitted: somebody changed it after you opened this page. Read it once more, then submit."
        )
    return ""
