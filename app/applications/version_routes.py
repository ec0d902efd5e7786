"""Pages of a form's new version: compared and published by the office; looked at, with the former answers, by applicants."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import joinedload

from app import calendar
from app.applications import new_versions
from app.applications.attachments import former_files_of
from app.applications.blueprint import applications
from app.applications.forms import LookedForm, PublishFormForm
from app.applications.models import ANSWERED, Application
from app.db import db
from app.lifecycle import is_open
from app.programmes import form_editing
from app.programmes.form import faults_of_form
from app.programmes.models import Call
from app.questions.carrying import former_answers
from app.questions.comparing import changes_between
from app.questions.editing import mark_of
from app.web.access import actor, needs
from app.web.forms import form_page
from app.web.records import fetch


@applications.route("/calls/<int:call_id>/form/publication", methods=["GET", "POST"])
@needs("call.publish_form")
def publish_form(call_id: int) -> ResponseReturnValue:
    """What the edited form asks otherwise than the published one; confirmed, it is asked from now on."""
    call = fetch(Call, call_id, joinedload(Call.form))
    if (
        call.form is None
        or not is_open(call, "publish_form", actor=actor(), at=calendar.now())
        or not call.form.is_edited
    ):
        flash(_("Nothing of this form waits to be published."), "info")
        return redirect(url_for("programmes.show", call_id=call_id))
    form, edited = PublishFormForm(), form_editing.edited(call)
    faults = [_(msgid, **values) for msgid, values in faults_of_form(edited)]
    changed_meanwhile = False
    if form.validate_on_submit() and not faults:
        try:
            drafts = new_versions.publish_form(
                call, seen=form.seen.data or "", actor=actor(), at=calendar.now()
            )
        except form_editing.ChangedMeanwhile:
            db.session.rollback()
            call = fetch(Call, call_id, joinedload(Call.form))
            edited, changed_meanwhile = form_editing.edited(call), True
        else:
            db.session.commit()
            sentence = ngettext(
                "The form is published. %(count)s draft goes on with it.",
                "The form is published. %(count)s drafts go on with it.",
                drafts,
                count=drafts,
            )
            flash(sentence if drafts else _("The form is published."), "success")
            return redirect(url_for("programmes.show", call_id=call_id))
    form.seen.data, form.seen.raw_data = mark_of(edited), None
    assert call.form is not None and call.form.published is not None
    return form_page(
        "applications/publish_form.html",
        form=form,
        wrong=form.is_submitted(),
        call=call,
        faults=faults,
        changes=changes_between(call.form.published.form, edited),
        changed_meanwhile=changed_meanwhile,
        drafts=len(new_versions.drafts_of(call)),
        in_place=call.opens_after(calendar.now()) and not call.form.published.answered_at,
    )


@applications.route("/applications/<int:application_id>/form-changes", methods=["GET", "POST"])
@needs("application.edit")
def form_changes(application_id: int) -> ResponseReturnValue:
    """What of the form is otherwise since the draft was begun or last looked at, word for word."""
    application = fetch(Application, application_id, joinedload(Application.call), *ANSWERED)
    form = LookedForm()
    if form.validate_on_submit():
        number = form.number.data or ""
        new_versions.look_at(
            application,
            int(number) if number.isdecimal() and len(number) < 6 else None,
            actor=actor(),
            at=calendar.now(),
        )
        db.session.commit()
        if new_versions.news_of(application) is None:
            flash(_("The changes of the form are noted as looked at."), "success")
        return redirect(url_for("applications.show", application_id=application_id))
    news = new_versions.news_of(application)
    if news is None:
        flash(_("Nothing of the form has changed since you last looked."), "info")
        return redirect(url_for("applications.show", application_id=application_id))
    form.number.data, form.number.raw_data = str(news.number), None
    return form_page("applications/form_changes.html", form=form, application=application, news=news)


@applications.get("/applications/<int:application_id>/former-answers")
@needs("application.edit")
def show_former_answers(application_id: int) -> str:
    """What was answered to questions that the form does not ask any more, or asks otherwise."""
    application = fetch(Application, application_id, joinedload(Application.call), *ANSWERED)
    return render_template(
        "applications/former_answers.html",
        application=application,
        former=former_answers(application.answered),
        files={
            file.sha256: url_for(
                "applications.attachment", application_id=application_id, attachment_id=file.id
            )
            for file in former_files_of(application)
        },
    )
