"""Pages of drafting: start, the sections, each with its own form, joint applicants, attachments.

A section's page takes the autosave at the same address: the same entries, answered as JSON, nothing asked for that is
still missing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import abort, current_app, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload, selectinload

from app import calendar
from app.applications import attachments, drafting
from app.applications.blueprint import applications, page_after
from app.applications.forms import BasicsForm, FileForm, StartForm, TechnologiesForm, answer_form
from app.applications.models import Application, JointApplicant
from app.applications.sections import answer_key, name_of
from app.db import db
from app.organisations.models import Organisation
from app.organisations.search import read_code
from app.programmes.models import TECHNOLOGIES, Call
from app.web.access import actor, needs
from app.web.errors import wants_json
from app.web.forms import Form, told
from app.web.lists import LONGEST_SEARCH
from app.web.records import fetch

FOUND_MAX = 20


@applications.route("/calls/<int:call_id>/applications", methods=["GET", "POST"])
@needs("application.edit")
def start(call_id: int):
    """A new application of one's own body; who has one already is shown it first."""
    call, body, form = fetch(Call, call_id), actor().organisation, StartForm()
    earlier = drafting.started_by(body, call)
    if request.method == "POST" and (not earlier or form.validate()):
        try:
            application = drafting.start(call, body, another=bool(earlier), actor=actor(), at=calendar.now())
        except drafting.AlreadyStarted as already:
            db.session.rollback()
            flash(_("Your municipality has a draft with nothing in it yet: use that one."), "info")
            return redirect(url_for("applications.show", application_id=already.applications[-1].id))
        except (drafting.NotOpen, drafting.NotEligible):
            db.session.rollback()  # the page says why
        else:
            db.session.commit()
            return redirect(url_for("applications.show", application_id=application.id))
    page = render_template(
        "applications/start.html",
        call=call,
        form=form,
        earlier=earlier,
        open=call.takes_submissions_at(calendar.now()),
        opens_later=call.opens_after(calendar.now()),
        eligible=body.body_kind in call.eligible_kinds,
    )
    return page, 422 if request.method == "POST" else 200


@applications.route("/applications/<int:application_id>/basics", methods=["GET", "POST"])
@needs("application.edit")
def basics(application_id: int):
    application = _mine(application_id)
    form = BasicsForm(obj=application)

    def save(quietly: bool) -> None:
        drafting.save_basics(
            application,
            title=form.title.data or "",
            summary=form.summary.data or "",
            version=form.version.data,
            quietly=quietly,
            actor=actor(),
            at=calendar.now(),
        )

    return _section(application, "basics", form, save, "applications/basics.html")


@applications.route("/applications/<int:application_id>/technologies", methods=["GET", "POST"])
@needs("application.edit")
def technologies(application_id: int):
    application = _mine(application_id)
    form = TechnologiesForm(obj=application)

    def save(quietly: bool) -> None:
        drafting.save_technologies(
            application,
            technologies=[name for name in TECHNOLOGIES if name in (form.technologies.data or [])],
            etc=form.technologies_etc.data,
            other=form.technologies_other.data or "",
            version=form.version.data,
            quietly=quietly,
            actor=actor(),
            at=calendar.now(),
        )

    return _section(application, "technologies", form, save, "applications/technologies.html")


@applications.route("/applications/<int:application_id>/answers/<int:question_id>", methods=["GET", "POST"])
@needs("application.edit")
def answer(application_id: int, question_id: int):
    application = _mine(application_id)
    question = next((question for question in application.call.questions if question.id == question_id), None)
    if question is None:
        abort(404)
    form = answer_form(question)
    if request.method == "GET":
        form.text.data = application.answer_to(question)

    def save(quietly: bool) -> None:
        drafting.save_answer(
            application,
            question,
            text=form.text.data or "",
            version=form.version.data,
            quietly=quietly,
            actor=actor(),
            at=calendar.now(),
        )

    return _section(
        application, answer_key(question_id), form, save, "applications/answer.html", question=question
    )


@applications.get("/applications/<int:application_id>/joint-applicants")
@needs("application.edit")
def joint_applicants(application_id: int):
    """Who applies jointly; a search that works without JavaScript adds one after the other."""
    application = _mine(
        application_id, selectinload(Application.joint_applicants).joinedload(JointApplicant.organisation)
    )
    words = request.args.get("q", "").strip()[:LONGEST_SEARCH]
    found = (
        drafting.joint_candidates(application, words, at=calendar.now(), limit=FOUND_MAX + 1) if words else []
    )
    return render_template(
        "applications/joint_applicants.html",
        application=application,
        q=words,
        found=found[:FOUND_MAX],
        more=len(found) > FOUND_MAX,
        reading=read_code(words),
    )


@applications.post("/applications/<int:application_id>/joint-applicants")
@needs("application.edit")
def add_joint_applicant(application_id: int):
    application = _mine(application_id)
    chosen = request.form.get("organisation_id", "")
    body = fetch(Organisation, int(chosen) if chosen.isdecimal() and len(chosen) < 10 else 0)
    try:
        drafting.add_joint_applicant(application, body, actor=actor(), at=calendar.now())
    except ValueError:
        db.session.rollback()
        flash(_("%(body)s cannot be added as a joint applicant.", body=body.full_name), "error")
    else:
        db.session.commit()
        flash(_("%(body)s was added.", body=body.full_name), "success")
    return redirect(url_for("applications.joint_applicants", application_id=application_id))


@applications.post("/applications/<int:application_id>/joint-applicants/<int:organisation_id>/removal")
@needs("application.edit")
def remove_joint_applicant(application_id: int, organisation_id: int):
    drafting.remove_joint_applicant(_mine(application_id), organisation_id, actor=actor(), at=calendar.now())
    db.session.commit()
    flash(_("The joint applicant was taken off the list."), "success")
    return redirect(url_for("applications.joint_applicants", application_id=application_id))


@applications.post("/applications/<int:application_id>/joint-applicants/confirmation")
@needs("application.edit")
def confirm_joint_applicants(application_id: int):
    application = _mine(application_id)
    drafting.confirm_joint_applicants(application, actor=actor(), at=calendar.now())
    db.session.commit()
    flash(_("Saved: %(section)s", section=name_of("joint-applicants")), "success")
    return _gone_on(application, "joint-applicants")


@applications.route("/applications/<int:application_id>/attachments", methods=["GET", "POST"])
@needs("application.edit")
def add_attachment(application_id: int):
    application, form = _mine(application_id), FileForm()
    if form.validate_on_submit():
        sent = request.files.get("file")
        name, content = (sent.filename or "", sent.read()) if sent else ("", b"")
        try:
            attachments.add_attachment(
                application,
                name,
                content,
                max_bytes=current_app.config["ATTACHMENT_MAX_BYTES"],
                actor=actor(),
                at=calendar.now(),
            )
        except attachments.Refused as refused:
            db.session.rollback()
            form.file.errors = [told(refused)]
        else:
            db.session.commit()
            flash(_("The file was attached."), "success")
            return redirect(url_for("applications.add_attachment", application_id=application_id))
    page = render_template("applications/attachments.html", application=application, form=form)
    return page, 422 if form.errors else 200


@applications.post("/applications/<int:application_id>/attachments/<int:attachment_id>/removal")
@needs("application.edit")
def remove_attachment(application_id: int, attachment_id: int):
    attachments.remove_attachment(_mine(application_id), attachment_id, actor=actor(), at=calendar.now())
    db.session.commit()
    flash(_("The file was removed."), "success")
    return redirect(url_for("applications.add_attachment", application_id=application_id))


def _mine(application_id: int, *options: Any) -> Application:
    return fetch(
        Application, application_id, joinedload(Application.call), *options, permission="application.edit"
    )


def _section(
    application: Application,
    key: str,
    form: Any,
    save: Callable[[bool], None],
    template: str,
    **context: Any,
) -> Any:
    """One section's page: shown, saved by itself, saved for now (unfinished), or saved and gone on from."""
    if request.method == "GET":
        if not application.is_editable:
            flash(_("It cannot be edited now."), "info")
            return redirect(url_for("applications.show", application_id=application.id))
        form.version.data = application.version_of(key)
        return render_template(template, application=application, form=form, section=key, **context)
    by_itself, for_now = wants_json(), "for_now" in request.form
    refused = form.refuses()
    if refused and by_itself:
        told_why = _(
            "Not saved yet: “%(field)s” holds a line break or an invisible character. Use one of the buttons to save; it is "
            "taken out for you to check.",
            field=refused[0].label.text,
        )
        return jsonify(error="refused", told=told_why), 422
    if refused or (not by_itself and not for_now and not form.validate()):
        return render_template(template, application=application, form=form, section=key, **context), 422
    try:
        save(by_itself)
    except drafting.Stale as stale:
        db.session.rollback()
        return _stale(application, stale, form, context.get("question"))
    db.session.commit()
    if by_itself:
        return jsonify(version=application.version_of(key))
    if for_now:
        flash(_("Saved for now. What is missing can be added until the deadline."), "success")
        return redirect(request.path)
    flash(
        _(
            "Saved: %(section)s",
            section=context["question"].label if "question" in context else name_of(key),
        ),
        "success",
    )
    return _gone_on(application, key)


def _gone_on(application: Application, key: str) -> Any:
    """To the task list, or where "save and next" was pressed to the section that follows."""
    if "next" in request.form:
        return redirect(page_after(application, key))
    return redirect(url_for("applications.show", application_id=application.id))


def _stale(application: Application, stale: drafting.Stale, form: Form, question: Any) -> Any:
    """Both texts, and the choice between them. Nothing is lost."""
    own = stale.saved_by_person == actor().person_id  # in another tab
    if wants_json():
        return jsonify(error="stale", by=stale.saved_by, own=own), 409
    form["version"].data = stale.version
    page = render_template(
        "applications/stale.html",
        application=application,
        stale=stale,
        own=own,
        form=form,
        question=question,
        theirs=[
            (form[name].label.text, _told(value))
            for name, value in stale.theirs.items()
            if value != stale.yours[name]
        ],
    )
    return page, 409


def _told(value: Any) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return (value if isinstance(value, str) else "、".join(value)) or _("Not entered")
