"""Pages of the outbox: list, page, attachments, and what staff decide about mails that did not get through."""

from __future__ import annotations

import io
import re

from flask import Response, abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup, escape
from sqlalchemy.orm import joinedload

from app import calendar
from app.correspondence import delivery, messages, outbox
from app.correspondence.blueprint import correspondence
from app.correspondence.forms import RetryForm, SetAsideForm
from app.correspondence.labels import MAIL_STATES
from app.correspondence.lists import mail_list
from app.correspondence.models import Mail
from app.db import db
from app.lifecycle import NotAllowed
from app.organisations.contacts import mailboxes_of
from app.web.access import actor, needs
from app.web.forms import form_page
from app.web.i18n import sentence_of
from app.web.records import address_of, fetch
from app.web.timeline import timeline

_ADDRESS = re.compile(r"https?://[!-;=?-~]+")  # no < and >, no blanks, and nothing Japanese


@correspondence.get("/mails")
@needs("mail.list")
def mails() -> ResponseReturnValue:
    """Everything that left the house by mail, or waits to."""
    return mail_list(actor(), request.args).response("correspondence/mails.html", filename="mails")


@correspondence.get("/mails/<int:mail_id>")
@needs("mail.list")
def mail(mail_id: int) -> str:
    found = fetch(Mail, mail_id, joinedload(Mail.organisation), joinedload(Mail.link))
    return render_template(
        "correspondence/mail.html",
        mail=found,
        body=_text(found),
        state=MAIL_STATES[found.state],
        sender=str(messages.sender(found)),
        about_url=address_of(found.about_kind, found.about_id),
        form=_retry_form(found) if found.state == "parked" else None,
        link_gone=_why_link_is_gone(found) if found.state == "parked" else "",
        given_up=found.attempts >= delivery.ATTEMPTS,
        entries=timeline(found),
    )


@correspondence.get("/mails/<int:mail_id>.eml")
@needs("mail.download")
def mail_file(mail_id: int) -> ResponseReturnValue:
    """The mail as it was kept, or as it was or would be sent, but for the token of a one-time link."""
    found = fetch(Mail, mail_id)
    if found.audience == "applicant":
        abort(404)
    file = delivery.kept_file(found.id)
    if found.kept_path and file.is_file() and (found.link_id is None or messages.shows_links()):
        content = file.read_bytes()
    else:
        at = found.sent_at or found.queued_at
        try:
            content = messages.message_of(found, _text(found), at=at).as_bytes()
        except (messages.Unsendable, OSError) as problem:
            flash(_("The mail cannot be put together: %(why)s", why=_why(problem)), "error")
            return redirect(url_for("correspondence.mail", mail_id=found.id))
    disposition = f'attachment; filename="banso-{found.id:08d}.eml"'
    return Response(content, mimetype="message/rfc822", headers={"Content-Disposition": disposition})


@correspondence.get("/mails/<int:mail_id>/attachments/<int:place>")
@needs("mail.list")
def mail_attachment(mail_id: int, place: int) -> ResponseReturnValue:
    """The attachment at this place, from 1."""
    found = fetch(Mail, mail_id)
    if not 1 <= place <= len(found.attachments):
        abort(404)
    attachment = found.attachments[place - 1]
    try:
        content = messages.content_of(attachment)
    except (messages.Unsendable, OSError) as problem:
        flash(_why(problem), "error")
        return redirect(url_for("correspondence.mail", mail_id=found.id))
    return send_file(
        io.BytesIO(content),
        mimetype=attachment["media_type"],
        download_name=attachment["filename"],
        as_attachment=attachment["media_type"] != "application/pdf",
    )


@correspondence.post("/mails/<int:mail_id>/attempt")
@needs("mail.retry")
def retry(mail_id: int) -> ResponseReturnValue:
    """Send a parked mail again."""
    found = fetch(Mail, mail_id)
    form = _retry_form(found)
    if not form.validate_on_submit():
        flash(_("Choose an address to send it to."), "error")
    else:
        try:
            outbox.retry(found, to_address=form.to.data, actor=actor(), at=calendar.now())
            db.session.commit()
            flash(_("The mail is in the outbox again and leaves within a few minutes."), "success")
        except messages.Unsendable as problem:
            db.session.rollback()
            flash(sentence_of(problem), "error")
        except NotAllowed:
            _decided_by_somebody_else()
    return redirect(url_for("correspondence.mail", mail_id=mail_id))


@correspondence.route("/mails/<int:mail_id>/set-aside", methods=["GET", "POST"])
@needs("mail.retry")
def set_aside(mail_id: int) -> ResponseReturnValue:
    """Decide that a parked mail is not sent."""
    found = fetch(Mail, mail_id)
    form = SetAsideForm()
    if found.state != "parked":
        flash(_("Only a mail that was not delivered can be set aside."), "info")
        return redirect(url_for("correspondence.mail", mail_id=found.id))
    if form.validate_on_submit():
        try:
            outbox.set_aside(found, reason=form.reason.data, actor=actor(), at=calendar.now())
            db.session.commit()
            flash(_("The mail is set aside. It will not be sent."), "success")
        except NotAllowed:
            _decided_by_somebody_else()
        return redirect(url_for("correspondence.mail", mail_id=mail_id))
    return form_page("correspondence/set_aside.html", form=form, mail=found)


def _retry_form(found: Mail) -> RetryForm:
    form = RetryForm()
    form.to.choices = [(found.to_address, found.to_address)] if found.to_address else []
    if found.organisation_id:
        now_at = mailboxes_of([found.organisation_id]).get(found.organisation_id)
        if now_at and now_at != found.to_address:
            form.to.choices.append((now_at, _("%(address)s (the body's mailbox now)", address=now_at)))
    if form.to.data is None and form.to.choices:
        form.to.data = form.to.choices[0][0]
    return form


def _text(found: Mail) -> str:
    """As far as whoever reads the outbox may read it; nothing of what stays within the body that applies.

    Whoever holds a one-time link acts as the person it was sent to; reading along must not be enough.
    """
    if found.audience == "applicant":
        return ""
    return messages.text_to_read(
        found, instead=_("(a link that works once; it is sent to the addressee alone)")
    )


def _why(problem: messages.Unsendable | OSError) -> str:
    """The storage's own words where it is away."""
    return sentence_of(problem) if isinstance(problem, messages.Unsendable) else str(problem)


def _why_link_is_gone(found: Mail) -> str:
    try:
        messages.refuse_gone_link(found, at=calendar.now())
    except messages.Unsendable as problem:
        return problem.msgid
    return ""


@correspondence.app_template_filter()
def with_links(text: str) -> Markup:
    """A plain text as markup, its addresses of pages as links."""
    linked, end = Markup(), 0
    for found in _ADDRESS.finditer(text):
        linked += escape(text[end : found.start()]) + Markup('<a href="{0}">{0}</a>').format(found[0])
        end = found.end()
    return linked + escape(text[end:])


def _decided_by_somebody_else() -> None:
    db.session.rollback()
    flash(_("This mail has been decided on in the meantime."), "info")
