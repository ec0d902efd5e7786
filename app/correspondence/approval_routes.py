"""Pages of approving letters (決裁): read them together, approve, send back, put forward again, discard."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from app import calendar
from app.correspondence import approval, lists
from app.correspondence import letters as operations
from app.correspondence.blueprint import correspondence
from app.correspondence.forms import DiscardForm, PutForwardForm, SendBackForm
from app.correspondence.models import Letter
from app.correspondence.openings import note_reading, openings_of
from app.db import db
from app.lifecycle.letter import APPROVED, SENT_BACK, TO_APPROVE
from app.organisations.contacts import reached_at
from app.permissions import OFFICE
from app.web.access import actor, needs
from app.web.forms import form_page
from app.web.manifest import brought
from app.web.records import fetch


@correspondence.get("/letters/review")
@needs("letter.list")
def review() -> str:
    """The drafted letters that were chosen, or all that the list's filters find, on one page to be read and approved."""
    chosen = lists.chosen(request.args.getlist("letter", type=int))
    waiting = (
        [one for one in chosen if one in TO_APPROVE]
        if chosen
        else lists.waiting(lists.listing_for(actor(), request.args).narrowed)
    )
    note_reading(*waiting, actor=actor())
    return render_template(
        "correspondence/review.html",
        letters=[(one, operations.content_of(one).worded_on(calendar.today())) for one in waiting],
        shown={one.id: approval.fingerprint(one) for one in waiting},
        opened=openings_of(waiting, OFFICE),
        most=lists.ON_ONE_PAGE,
        era_date=calendar.era_date,
        passed_over=len(chosen) - len(waiting) if chosen else 0,
        reached=reached_at(one.organisation_id for one in waiting),
        due=min(
            (day for one in waiting if (day := operations.due_on(one.letter_kind, one.fiscal_year))),
            default=None,
        ),
    )


@correspondence.post("/letters/approval")
@correspondence.post("/letters/<int:letter_id>/approval")
@needs("letter.approve")
def approve(letter_id: int | None = None) -> ResponseReturnValue:
    """Approve the chosen letters, or the one: those that the page had shown, as it had shown them."""
    chosen = (
        [fetch(Letter, letter_id)] if letter_id else lists.chosen(request.form.getlist("letter", type=int))
    )
    if not chosen:
        flash(_("No letter was chosen. Tick those to approve."), "warning")
        return redirect(url_for("correspondence.letters", state=TO_APPROVE.only))
    unseen = sum(
        letter in TO_APPROVE and _shown().get(letter.id) != approval.fingerprint(letter) for letter in chosen
    )
    approved = approval.approve(chosen, shown=_shown(), actor=actor(), at=calendar.now())
    db.session.commit()
    if approved:
        flash(_("Letters approved: %(n)s.", n=approved), "success")
    if unseen:
        flash(
            _(
                "%(n)s of them were not approved: they had not been shown to you as they are now. Read them once more.",
                n=unseen,
            ),
            "warning",
        )
    if (others := len(chosen) - approved - unseen) > 0:
        flash(
            _(
                "Left as they are, since they were decided on in the meantime: %(n)s.",
                n=others,
            ),
            "info",
        )
    if letter_id:
        return redirect(url_for("correspondence.letter", letter_id=letter_id))
    if unseen:
        return redirect(url_for("correspondence.review", letter=[letter.id for letter in chosen]))
    return redirect(url_for("correspondence.letters", state=APPROVED.only))


def _shown() -> dict[int, str]:
    """Letter's id → fingerprint of its text on the page that was sent."""
    found = {}
    for name, value in request.form.items():
        number = name.removeprefix("shown-")
        if name != number and number.isdecimal() and len(number) < 10:
            found[int(number)] = value
    return found


@correspondence.route("/letters/<int:letter_id>/return", methods=["GET", "POST"])
@needs("letter.approve")
def send_back(letter_id: int) -> ResponseReturnValue:
    """A director does not approve a letter as it is, and says why."""
    found = fetch(Letter, letter_id)
    if found not in TO_APPROVE:
        flash(_("This letter does not wait for approval any more."), "info")
        return redirect(url_for("correspondence.letter", letter_id=found.id))
    form = SendBackForm()
    if form.validate_on_submit():
        approval.send_back(found, remark=form.reason.data, actor=actor(), at=calendar.now())
        db.session.commit()
        flash(_("The letter is sent back. The officers have your remark as their task."), "success")
        return redirect(url_for("correspondence.letters", state=TO_APPROVE.only))
    note_reading(found, actor=actor())
    return form_page("correspondence/send_back.html", form=form, letter=found)


@correspondence.route("/letters/<int:letter_id>/resubmission", methods=["GET", "POST"])
@needs("letter.put_forward")
def put_forward(letter_id: int) -> ResponseReturnValue:
    """The office answers a director's remark and asks for approval again, worded by the record as it stands now."""
    found = fetch(Letter, letter_id, joinedload(Letter.organisation))
    if found not in SENT_BACK:
        flash(_("This letter has not been sent back, or was put forward again already."), "info")
        return redirect(url_for("correspondence.letter", letter_id=found.id))
    compose_anew = brought("composers").get(found.letter_kind)
    content = compose_anew(found) if compose_anew else operations.content_of(found)
    form = PutForwardForm()
    if form.validate_on_submit():
        approval.put_forward(
            found, answer=form.reason.data, content=content, actor=actor(), at=calendar.now()
        )
        db.session.commit()
        flash(_("The letter is put forward again for a director to approve."), "success")
        return redirect(url_for("correspondence.letter", letter_id=found.id))
    note_reading(found, actor=actor())
    return form_page(
        "correspondence/put_forward.html",
        form=form,
        letter=found,
        content=content.worded_on(calendar.today()),
        reworded=content.to_json() != found.content,
        era_date=calendar.era_date,
    )


@correspondence.route("/letters/<int:letter_id>/discard", methods=["GET", "POST"])
@needs("letter.discard")
def discard(letter_id: int) -> ResponseReturnValue:
    found = fetch(Letter, letter_id)
    form = DiscardForm()
    if form.validate_on_submit():
        operations.discard(found, reason=form.reason.data, actor=actor(), at=calendar.now())
        db.session.commit()
        flash(_("The letter is discarded. It will not be sent."), "success")
        return redirect(url_for("correspondence.letter", letter_id=found.id))
    note_reading(found, actor=actor())
    return form_page("correspondence/discard.html", form=form, letter=found)
