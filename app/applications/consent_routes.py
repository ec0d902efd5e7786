"""Pages of the consent of joint applicants: the lead asks or files a document; the joint applicant reads and answers."""

from __future__ import annotations

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from app import calendar
from app.applications import attachments, consents
from app.applications.blueprint import applications, file_of
from app.applications.content import Content, content_of
from app.applications.forms import DecliningForm, FileForm, SubmissionForm
from app.applications.joint_models import JointApplicant
from app.applications.models import ANSWERED, JOINT_BODIES, JOINT_CASE, Application
from app.applications.sections import Incomplete
from app.db import db
from app.lifecycle import closed_guard, must_be_open
from app.lifecycle.application import WITH_APPLICANT
from app.lifecycle.joint_applicant import KNOWS_OF_IT
from app.questions.answering import Locked
from app.questions.kind import upload_of
from app.web.access import actor, needs
from app.web.bodies import takes_files
from app.web.forms import form_page
from app.web.i18n import sentence_of
from app.web.records import fetch
from app.web.timeline import timeline


@applications.post("/applications/<int:application_id>/consents")
@needs("application.hand_over")
def ask_consents(application_id: int) -> ResponseReturnValue:
    """Ask all joint applicants that have not consented to what the application says now."""
    application = fetch(Application, application_id, joinedload(Application.call), *ANSWERED, JOINT_BODIES)
    try:
        asked = consents.ask(application, actor=actor(), at=calendar.now())
    except Incomplete:
        db.session.rollback()
        flash(_("Fill in first what is still missing: joint applicants consent to the whole."), "error")
    else:
        db.session.commit()
        if asked:
            flash(_("Asked by mail to consent: %(bodies)s", bodies=_(", ").join(asked)), "success")
        else:
            flash(_("There is nobody to be asked now."), "info")
    return redirect(url_for("applications.check", application_id=application_id))


@applications.route("/joint-applicants/<int:joint_applicant_id>/document", methods=["GET", "POST"])
@needs("joint_applicant.ask")
@takes_files
def file_consent(joint_applicant_id: int) -> ResponseReturnValue:
    """The written consent of a body that has nobody who could approve it here."""
    joint, form = fetch(JointApplicant, joint_applicant_id, *JOINT_CASE), FileForm()
    must_be_open(joint, "file", actor=actor(), at=calendar.now())
    application_id = joint.application_id
    if form.validate_on_submit():
        upload = upload_of(request.files.get("file"))
        try:
            consents.file_consent(
                joint,
                upload.name,
                upload.content,
                max_bytes=current_app.config["ATTACHMENT_MAX_BYTES"],
                actor=actor(),
                at=calendar.now(),
            )
        except (attachments.Refused, Locked, consents.NotFiled) as refused:
            db.session.rollback()
            form.file.errors = [sentence_of(refused)]
        else:
            db.session.commit()
            flash(
                _("The written consent of %(body)s is filed.", body=joint.organisation.full_name), "success"
            )
            return redirect(url_for("applications.check", application_id=application_id))
    return form_page(
        "applications/file_consent.html",
        joint=joint,
        form=form,
        question=joint.application.answered.form.questions["attachments"],
    )


@applications.get("/joint-applicants/<int:joint_applicant_id>")
@needs("joint_applicant.view")
def joint_applicant(joint_applicant_id: int) -> ResponseReturnValue:
    """What the joint applicant takes part in, as it is to be handed in or was; its approver consents here."""
    return _page(fetch(JointApplicant, joint_applicant_id, *JOINT_CASE))


@applications.post("/joint-applicants/<int:joint_applicant_id>/consent")
@needs("joint_applicant.consent")
def consent(joint_applicant_id: int) -> ResponseReturnValue:
    joint, form = fetch(JointApplicant, joint_applicant_id, *JOINT_CASE), SubmissionForm()
    try:
        consents.consent(joint, seen=form.seen.data or "", actor=actor(), at=calendar.now())
    except consents.ReadAnew:
        db.session.rollback()
        return _page(joint, read_anew=True)
    db.session.commit()
    flash(_("You consented. The lead applicant is told by mail."), "success")
    return redirect(url_for("applications.joint_applicant", joint_applicant_id=joint_applicant_id))


@applications.route("/joint-applicants/<int:joint_applicant_id>/refusal", methods=["GET", "POST"])
@needs("joint_applicant.consent")
def decline_consent(joint_applicant_id: int) -> ResponseReturnValue:
    """Not to consent, or not any more, needs a reason."""
    joint, form = fetch(JointApplicant, joint_applicant_id, *JOINT_CASE), DecliningForm()
    must_be_open(joint, "decline", actor=actor(), at=calendar.now())
    if form.validate_on_submit():
        consents.decline(joint, reason=form.reason.data or "", actor=actor(), at=calendar.now())
        db.session.commit()
        flash(_("The lead applicant is told by mail that you do not consent, and why."), "success")
        return redirect(url_for("applications.joint_applicant", joint_applicant_id=joint_applicant_id))
    return form_page("applications/decline_consent.html", joint=joint, form=form)


@applications.get("/joint-applicants/<int:joint_applicant_id>/files/<sha256>")
@needs("joint_applicant.view")
def joint_file(joint_applicant_id: int, sha256: str) -> ResponseReturnValue:
    """A file of what the page of the joint applicant shows."""
    joint = fetch(JointApplicant, joint_applicant_id, *JOINT_CASE)
    file = next((file for file in _shown(joint).attachments if file["sha256"] == sha256), None)
    if file is None:
        abort(404)
    return file_of(joint.application, file)


def _shown(joint: JointApplicant) -> Content:
    """As it stands while it is with the applicants, then as it was handed in last."""
    application = joint.application
    if application in WITH_APPLICANT or application.last_submission is None:
        return Content(content_of(application))
    return application.last_submission.said


def _page(joint: JointApplicant, *, read_anew: bool = False) -> ResponseReturnValue:
    form, content, application = SubmissionForm(formdata=None), _shown(joint), joint.application
    form.seen.data = consents.text_of(application)
    page = render_template(
        "applications/joint_applicant.html",
        joint=joint,
        standing=consents.consent_of(joint),
        application=application,
        content=content,
        files={
            file["sha256"]: url_for(
                "applications.joint_file", joint_applicant_id=joint.id, sha256=file["sha256"]
            )
            for file in content.attachments
        },
        form=form,
        read_anew=read_anew,
        closed=joint in KNOWS_OF_IT and closed_guard(joint, "consent", at=calendar.now()),
        entries=timeline(joint),
    )
    return (page, 409) if read_anew else page
