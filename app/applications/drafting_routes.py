"""Pages of drafting: start, the sections of the call's form, joint applicants, attachments.

Each section is a `section_page`, which takes the autosave too. Joint applicants are looked for, and files come one by
one, so these two have pages of their own.
"""

from __future__ import annotations

from typing import Any

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from app import calendar
from app.applications import attachments, drafting
from app.applications.blueprint import applications, own_page, section_url
from app.applications.forms import FileForm, StartForm
from app.applications.graces import granted_to
from app.applications.models import ANSWERED, JOINT_BODIES, Application
from app.applications.section_page import address_of_files, gone_on, section_page
from app.db import db
from app.organisations.models import Organisation
from app.organisations.search import read_code
from app.organisations.sessions import own_tenure
from app.programmes.form import FILES, JOINT, OWN
from app.programmes.models import Call
from app.questions.answering import Locked
from app.questions.definition import Section
from app.questions.kind import upload_of
from app.web.access import actor, needs
from app.web.arrival import arrived
from app.web.bodies import takes_files
from app.web.forms import form_page
from app.web.i18n import sentence_of, shown_size
from app.web.lists import LONGEST_SEARCH
from app.web.records import fetch, look_up

FOUND_MAX = 20


@applications.route("/calls/<int:call_id>/applications", methods=["GET", "POST"])
@needs("application.start")
def start(call_id: int) -> ResponseReturnValue:
    """A new application of one's own body; who has one already is shown it first."""
    call, body, form = look_up(Call, call_id), own_tenure().organisation, StartForm()
    earlier, grace = drafting.started_by(body, call), granted_to(call, body)
    later = grace.until if grace else None
    if request.method == "POST" and (not earlier or form.validate()):
        try:
            application = drafting.start(
                call, body, another=bool(earlier), actor=actor(), at=calendar.now(), arrived=arrived()
            )
        except drafting.AlreadyStarted as already:
            db.session.rollback()
            flash(_("Your municipality has a draft with nothing in it yet: use that one."), "info")
            return redirect(url_for("applications.show", application_id=already.applications[-1].id))
        except (drafting.NotOpen, drafting.NotEligible):
            db.session.rollback()  # the page says why
        else:
            db.session.commit()
            return redirect(url_for("applications.show", application_id=application.id))
    return form_page(
        "applications/start.html",
        call=call,
        form=form,
        wrong=request.method == "POST",
        earlier=earlier,
        open=call.takes_submissions_at(arrived(), later),
        closes_at=max(filter(None, (call.closes_at, later)), default=None),
        grace=grace,
        opens_later=call.opens_after(arrived()),
        eligible=body.body_kind in call.eligible_kinds,
    )


@applications.route(
    "/applications/<int:application_id>/basics", methods=["GET", "POST"], defaults={"key": "basics"}
)
@applications.route(
    "/applications/<int:application_id>/technologies",
    methods=["GET", "POST"],
    defaults={"key": "technologies"},
)
@applications.route("/applications/<int:application_id>/sections/<key>", methods=["GET", "POST"])
@needs("application.edit")
@takes_files
def section(application_id: int, key: str) -> ResponseReturnValue:
    """What the call's form asks in one section; the two that every application has keep addresses of their own."""
    application = _mine(application_id, *ANSWERED)
    found = next((it for it in application.answered.form.sections if it.key == key), None)
    if found is None:
        abort(404)
    if own_page(found):
        return redirect(section_url(application, key))
    return section_page(application, found)


@applications.route("/applications/<int:application_id>/answers/<int:question_id>", methods=["GET", "POST"])
@needs("application.edit")
def answer(application_id: int, question_id: int) -> ResponseReturnValue:
    """One of the call's own questions."""
    return section(application_id, f"{OWN}{question_id}")


@applications.get("/applications/<int:application_id>/joint-applicants")
@needs("application.edit")
def joint_applicants(application_id: int) -> ResponseReturnValue:
    """Who applies jointly; a search that works without JavaScript adds one after the other."""
    application = _mine(application_id, *ANSWERED, JOINT_BODIES)
    section = _section_asking(application, JOINT)
    if own_page(section) is None:
        return redirect(section_url(application, section.key))
    words = request.args.get("q", "").strip()[:LONGEST_SEARCH]
    found = (
        drafting.joint_candidates(application, words, at=calendar.now(), limit=FOUND_MAX + 1) if words else []
    )
    return render_template(
        "applications/joint_applicants.html",
        application=application,
        section=section,
        q=words,
        found=found[:FOUND_MAX],
        more=len(found) > FOUND_MAX,
        reading=read_code(words),
    )


@applications.post("/applications/<int:application_id>/joint-applicants")
@needs("application.edit")
def add_joint_applicant(application_id: int) -> ResponseReturnValue:
    application = _mine(application_id)
    chosen = request.form.get("organisation_id", "")
    body = look_up(Organisation, int(chosen) if chosen.isdecimal() and len(chosen) < 10 else 0)
    try:
        drafting.add_joint_applicant(application, body, actor=actor(), at=calendar.now())
    except Locked as refused:
        db.session.rollback()
        flash(sentence_of(refused), "error")
    except ValueError:
        db.session.rollback()
        flash(_("%(body)s cannot be added as a joint applicant.", body=body.full_name), "error")
    else:
        db.session.commit()
        flash(_("%(body)s was added.", body=body.full_name), "success")
    return redirect(url_for("applications.joint_applicants", application_id=application_id))


@applications.post("/applications/<int:application_id>/joint-applicants/<int:organisation_id>/removal")
@needs("application.edit")
def remove_joint_applicant(application_id: int, organisation_id: int) -> ResponseReturnValue:
    try:
        drafting.remove_joint_applicant(
            _mine(application_id), organisation_id, actor=actor(), at=calendar.now()
        )
    except Locked as refused:
        db.session.rollback()
        flash(sentence_of(refused), "error")
    else:
        db.session.commit()
        flash(_("The joint applicant was taken off the list."), "success")
    return redirect(url_for("applications.joint_applicants", application_id=application_id))


@applications.post("/applications/<int:application_id>/joint-applicants/confirmation")
@needs("application.edit")
def confirm_joint_applicants(application_id: int) -> ResponseReturnValue:
    application = _mine(application_id)
    drafting.confirm_joint_applicants(application, actor=actor(), at=calendar.now())
    db.session.commit()
    section = _section_asking(application, JOINT)
    flash(_("Saved: %(section)s", section=str(section.label)), "success")
    return gone_on(application, section.key)


@applications.route("/applications/<int:application_id>/attachments", methods=["GET", "POST"])
@needs("application.edit")
@takes_files
def add_attachment(application_id: int) -> ResponseReturnValue:
    application, form = _mine(application_id, *ANSWERED), FileForm()
    section = _section_asking(application, FILES)
    if own_page(section) is None:
        return redirect(section_url(application, section.key))
    if form.validate_on_submit():
        upload = upload_of(request.files.get("file"))
        try:
            attachments.add_attachment(
                application,
                upload.name,
                upload.content,
                max_bytes=current_app.config["ATTACHMENT_MAX_BYTES"],
                actor=actor(),
                at=calendar.now(),
            )
        except (attachments.Refused, Locked) as refused:
            db.session.rollback()
            form.file.errors = [sentence_of(refused)]
        else:
            db.session.commit()
            file = application.attachments[-1]
            flash(
                _(
                    "“%(name)s” was received: %(size)s, SHA-256 %(sha256)s",
                    name=file.filename,
                    size=shown_size(file.size),
                    sha256=file.sha256,
                ),
                "success",
            )
            return redirect(url_for("applications.add_attachment", application_id=application_id))
    return form_page(
        "applications/attachments.html",
        application=application,
        section=section,
        form=form,
        files_key=FILES,
        file_url=address_of_files(application),
    )


@applications.post("/applications/<int:application_id>/attachments/<int:attachment_id>/removal")
@needs("application.edit")
def remove_attachment(application_id: int, attachment_id: int) -> ResponseReturnValue:
    application = _mine(application_id)
    _section_asking(application, FILES)
    try:
        name = attachments.remove_attachment(application, attachment_id, actor=actor(), at=calendar.now())
    except Locked as refused:
        db.session.rollback()
        flash(sentence_of(refused), "error")
    else:
        db.session.commit()
        if name is None:
            flash(_("This file had been removed already."), "info")
        else:
            flash(_("Removed: %(name)s", name=name), "success")
    return redirect(url_for("applications.add_attachment", application_id=application_id))


def _section_asking(application: Application, key: str) -> Section:
    """The section that asks this; 404 where the call's form does not."""
    form = application.answered.form
    if key not in form.questions:
        abort(404)
    return form.section(form.section_of[key])


def _mine(application_id: int, *options: Any) -> Application:
    return fetch(Application, application_id, joinedload(Application.call), *options)
