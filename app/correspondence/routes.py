"""Pages of letters: list, page, file. Approval is in approval_routes.py, mails are in mail_routes.py."""

from __future__ import annotations

import io
import logging

from flask import flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload
from werkzeug.datastructures import MultiDict

from app import calendar, security
from app.correspondence import approval, approval_routes, lists, mail_routes, superseding, superseding_routes
from app.correspondence import letters as operations
from app.correspondence.blueprint import correspondence
from app.correspondence.labels import MAIL_STATES
from app.correspondence.models import Letter
from app.correspondence.openings import note_opening, note_reading, openings_of
from app.correspondence.rendering import MissingFont
from app.lifecycle.letter import ISSUED, UNISSUED
from app.organisations.sessions import own_tenure
from app.permissions import MUNICIPAL
from app.storage import Damaged
from app.web.access import actor, can, needs
from app.web.lists import Listing
from app.web.records import address_of, fetch
from app.web.timeline import timeline
from app.web.walk import leads_to, walk_of

__all__ = ["approval_routes", "correspondence", "mail_routes", "superseding_routes"]
log = logging.getLogger(__name__)


@correspondence.get("/letters")
@needs("letter.view")
def letters() -> ResponseReturnValue:
    """The office's letters, drafts included; for a municipality those issued to it."""
    listing = _listing(request.args)
    if listing.answers_with(lambda letter: letter.tells_a_result, Letter.tells_a_result):
        security.results_read(actor())
    return listing.response(
        "correspondence/letters.html",
        filename="letters",
        waiting=lists.count_waiting(listing.filtered) if can("letter.list") else 0,
    )


@correspondence.get("/letters/<int:letter_id>")
@needs("letter.view")
def letter(letter_id: int) -> str:
    found = fetch(Letter, letter_id, joinedload(Letter.organisation))
    if request.method == "GET":  # a HEAD shows nothing to anybody
        note_opening(found, actor=own_tenure(), at=calendar.now())
        note_reading(found, actor=actor())
    former, later = superseding.related(found)
    return render_template(
        "correspondence/letter.html",
        letter=found,
        former=former,
        later=later,
        content=operations.content_of(found).worded_on(calendar.today()),
        filename=operations.filename_of(found),
        due=operations.due_on(found.letter_kind, found.fiscal_year) if found in UNISSUED else None,
        kind_label=_(operations.LETTER_KINDS[found.letter_kind]),
        about_url=address_of(found.about_kind, found.about_id),
        mails=lists.mails_of(found),
        mail_states=MAIL_STATES,
        era_date=calendar.era_date,
        shown={f"shown-{found.id}": approval.fingerprint(found)},
        opened=openings_of([found], MUNICIPAL).get(found.id, []),
        entries=timeline(found),
        walk=walk_of(found),
    )


@correspondence.get("/letters/<int:letter_id>.pdf")
@needs("letter.view")
def letter_pdf(letter_id: int) -> ResponseReturnValue:
    """The file: as it was frozen, or for a letter that is not issued as it would look today, or later (?later=1)."""
    found = fetch(Letter, letter_id)
    if request.method == "GET":  # a HEAD shows nothing to anybody
        note_opening(found, actor=own_tenure(), at=calendar.now())
        note_reading(found, actor=actor())
    if found in ISSUED:
        try:
            content, sha256 = operations.frozen_pdf(found), found.sha256
        except (Damaged, OSError):
            log.exception("letter %s cannot be shown", found.number)
            return render_template("correspondence/damaged.html", letter=found), 503
    else:
        try:
            later = operations.content_of(found).past_from if "later" in request.args else None
            rendered = operations.preview(found, on=later or calendar.today())
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


@leads_to("letter", "correspondence.letters")
def _listing(args: MultiDict) -> Listing:
    return lists.listing_for(actor(), args)
