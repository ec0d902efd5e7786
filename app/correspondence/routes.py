"""Pages of letters: list, review and approval, page, file. Those of mails are in mail_routes.py."""

from __future__ import annotations

import io
import logging
from datetime import date

from flask import flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func
from sqlalchemy.orm import joinedload
from werkzeug.datastructures import MultiDict

from app import calendar
from app.correspondence import letters as operations
from app.correspondence import lists, mail_routes, outbox
from app.correspondence.blueprint import correspondence
from app.correspondence.forms import DiscardForm
from app.correspondence.labels import MAIL_STATES
from app.correspondence.models import Letter
from app.correspondence.rendering import MissingFont
from app.db import db
from app.lifecycle import LETTER
from app.organisations.contacts import mailboxes_of
from app.permissions import MUNICIPAL
from app.web.access import actor, needs
from app.web.i18n import shown_date, shown_fiscal_year, state_label
from app.web.lists import Choice, Column, Listing, Search
from app.web.records import address_of, fetch
from app.web.timeline import timeline
from app.web.walk import leads_to, walk_of

__all__ = ["correspondence", "mail_routes"]
log = logging.getLogger(__name__)


@correspondence.get("/letters")
@needs("letter.view")
def letters():
    """The office's letters, drafts included; for a municipality those issued to it."""
    listing = _listing(request.args)
    return listing.response(
        "correspondence/letters.html", filename="letters", waiting=lists.count_waiting(listing.narrowed)
    )


@correspondence.get("/letters/review")
@needs("letter.list")
def review():
    """The drafted letters that were chosen, or all that the list's filters find, on one page to be read and approved."""
    chosen = lists.chosen(request.args.getlist("letter", type=int))
    waiting = (
        [one for one in chosen if one.state == "drafted"]
        if chosen
        else lists.waiting(_listing(request.args).narrowed)
    )
    return render_template(
        "correspondence/review.html",
        letters=[(one, operations.content_of(one)) for one in waiting],
        most=lists.ON_ONE_PAGE,
        era_date=calendar.era_date,
        passed_over=len(chosen) - len(waiting) if chosen else 0,
        mailboxes=mailboxes_of(one.organisation_id for one in waiting),
        due=min(
            (day for one in waiting if (day := operations.due_on(one.letter_kind, one.fiscal_year))),
            default=None,
        ),
    )


@correspondence.post("/letters/approval")
@correspondence.post("/letters/<int:letter_id>/approval")
@needs("letter.approve")
def approve(letter_id: int | None = None):
    """Approve the chosen letters, or the one."""
    chosen = (
        [fetch(Letter, letter_id)] if letter_id else lists.chosen(request.form.getlist("letter", type=int))
    )
    if not chosen:
        flash(_("No letter was chosen. Tick those to approve."), "warning")
        return redirect(url_for("correspondence.letters", state="drafted"))
    approved = operations.approve(chosen, actor=actor(), at=calendar.now())
    db.session.commit()
    if approved:
        flash(_("Letters approved: %(n)s.", n=approved), "success")
    if others := len(chosen) - approved:
        flash(
            _(
                "Somebody else had decided on %(n)s of them in the meantime; those were left as they are.",
                n=others,
            ),
            "info",
        )
    if letter_id:
        return redirect(url_for("correspondence.letter", letter_id=letter_id))
    return redirect(url_for("correspondence.letters", state="approved"))


@correspondence.get("/letters/<int:letter_id>")
@needs("letter.view")
def letter(letter_id: int):
    found = fetch(Letter, letter_id, joinedload(Letter.organisation))
    return render_template(
        "correspondence/letter.html",
        letter=found,
        content=operations.content_of(found),
        filename=operations.filename_of(found),
        due=operations.due_on(found.letter_kind, found.fiscal_year)
        if found.state in ("drafted", "approved")
        else None,
        kind_label=_(operations.LETTER_KINDS[found.letter_kind]),
        about_url=address_of(found.about_kind, found.about_id),
        mails=lists.mails_of(found),
        mail_states=MAIL_STATES,
        era_date=calendar.era_date,
        entries=timeline(found),
        walk=walk_of(found),
    )


@correspondence.get("/letters/<int:letter_id>.pdf")
@needs("letter.view")
def letter_pdf(letter_id: int):
    """The file: as it was frozen, or for a letter that is not issued as it would look."""
    found = fetch(Letter, letter_id)
    if found.state == "issued":
        try:
            content, sha256 = operations.frozen_pdf(found), found.sha256
        except (operations.Damaged, OSError):
            log.exception("letter %s cannot be shown", found.number)
            return render_template("correspondence/damaged.html", letter=found), 503
    else:
        try:
            rendered = operations.preview(found)
        except MissingFont:
            flash(
                _(
                    "The server has no Japanese font, so no letter can be made. Ask an administrator to run “flask doctor”."
                ),
                "error",
            )
            return redirect(url_for("correspondence.letter", letter_id=found.id))
        content, sha256 = rendered.pdf, rendered.sha256
    return send_file(
        io.BytesIO(content),
        mimetype="application/pdf",
        download_name=operations.filename_of(found),
        etag=sha256 or False,
        conditional=True,
    )


@correspondence.route("/letters/<int:letter_id>/discard", methods=["GET", "POST"])
@needs("letter.discard")
def discard(letter_id: int):
    found = fetch(Letter, letter_id)
    form = DiscardForm()
    if form.validate_on_submit():
        operations.discard(found, reason=form.reason.data, actor=actor(), at=calendar.now())
        db.session.commit()
        flash(_("The letter is discarded. It will not be sent."), "success")
        return redirect(url_for("correspondence.letter", letter_id=found.id))
    page = render_template("correspondence/discard.html", form=form, letter=found)
    return page, 422 if form.errors else 200


@leads_to("letter", "correspondence.letters")
def _listing(args: MultiDict) -> Listing:
    kinds = {name: _(label) for name, label in operations.LETTER_KINDS.items()}
    years = {str(year): shown_fiscal_year(year) for year in lists.fiscal_years(Letter.visible_to(actor()))}
    filters: list[Search | Choice] = [
        Search(
            "q",
            _l("Number, addressee or subject"),
            [Letter.number, Letter.addressee, Letter.subject, Letter.about_number],
        ),
        Choice("kind", _l("Kind"), kinds, Letter.letter_kind),
        Choice("fiscal_year", _l("Fiscal year"), years, where=lambda year: Letter.fiscal_year == int(year)),
    ]
    # What has no number or date yet comes after what has: the engines put an empty value at different ends.
    by_number = func.coalesce(Letter.register_fy * 100_000 + Letter.sequence, 10**9)
    by_issue = func.coalesce(Letter.issued_on, date.max)
    columns = [
        Column("number", _l("Document number"), lambda row: row.number, sort=by_number),
        Column("addressee", _l("Addressee"), lambda row: row.addressee, sort=Letter.addressee),
        Column("subject", _l("Subject"), lambda row: row.subject, sort=Letter.subject),
        Column("kind", _l("Kind"), lambda row: kinds[row.letter_kind], sort=Letter.letter_kind),
        Column("about_number", _l("Case no."), lambda row: row.about_number),
        Column(
            "fiscal_year",
            _l("Fiscal year"),
            lambda row: shown_fiscal_year(row.fiscal_year),
            sort=Letter.fiscal_year,
        ),
        Column(
            "issued_on",
            _l("Issued on"),
            lambda row: row.issued_on and shown_date(row.issued_on),
            sort=by_issue,
        ),
        Column("state", _l("State"), state_label, sort=Letter.state),
        Column(
            "pdf", _l("PDF"), lambda row: outbox.absolute_url("correspondence.letter_pdf", letter_id=row.id)
        ),
    ]
    if actor().role in MUNICIPAL:  # sees nothing but what was issued
        columns = [column for column in columns if column.key != "state"]
    else:
        states = {name: state_label(None, name, "letter") for name in LETTER.states}
        filters.append(Choice("state", _l("State"), states, Letter.state))
    return Listing(
        Letter.visible_to(actor()),
        args,
        caption=_l("Letters"),
        columns=columns,
        filters=filters,
        default_sort="-fiscal_year",
    )
