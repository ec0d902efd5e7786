"""Handing over a seat, and the link that lets its new holder in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from app import calendar
from app.accounts.forms import HolderForm
from app.accounts.mails import mail_link, mail_person
from app.accounts.routes import accounts
from app.correspondence import outbox
from app.db import db
from app.organisations import operations
from app.organisations.models import Person, Seat, Tenure
from app.organisations.operations import Refused
from app.web.access import actor, needs
from app.web.forms import form_page
from app.web.i18n import sentence_of, shown_date
from app.web.records import fetch


@accounts.route("/seats/<int:seat_id>/holder", methods=["GET", "POST"])
@needs("seat.manage")
def hand_over_seat(seat_id: int) -> ResponseReturnValue:
    """Hand the seat to a person, new or known; who holds it until then leaves it the day before."""
    seat = fetch(Seat, seat_id, joinedload(Seat.organisation))
    form = HolderForm()
    if not form.is_submitted():
        form.newest.data = seat.newest_tenure_id
    if form.validate_on_submit():
        try:
            tenure = _hand_over(seat, form, calendar.now())
            db.session.commit()
            day = shown_date(tenure.started_on)
            flash(
                _("%(name)s holds the seat from %(date)s, and is told by mail.", name=tenure.name, date=day),
                "success",
            )
            return redirect(url_for("organisations.seat", seat_id=seat.id))
        except Refused as problem:
            db.session.rollback()
            form.on.errors = [sentence_of(problem)]
            form.newest.data = seat.newest_tenure_id
    return form_page("accounts/hand_over_seat.html", form=form, seat=seat, holder=seat.holder)


@accounts.post("/people/<int:person_id>/password-link")
@needs("seat.manage")
def send_password_link(person_id: int) -> ResponseReturnValue:
    """Another mail with a link to set a password; the earlier link opens nothing any more."""
    person, at = fetch(Person, person_id), calendar.now()
    until = at + operations.INVITED_FOR
    link = operations.password_link(person, expires_at=until, actor=actor(), at=at)
    mail_link("password_invited", person, link, at=at, until=until)
    db.session.commit()
    flash(_("A link to set a password is on its way to %(address)s.", address=person.email), "success")
    return redirect(url_for("organisations.seats", q=person.email))


def _hand_over(seat: Seat, form: HolderForm, at: datetime) -> Tenure:
    person = operations.person_with(form.email.data) or operations.add_person(
        form.email.data, form.name.data, actor=actor(), at=at
    )
    tenure = operations.hand_over(
        seat, person, on=form.on.data, newest=form.newest.data, actor=actor(), at=at
    )
    db.session.flush()
    _tell(tenure, at)
    return tenure


def _tell(tenure: Tenure, at: datetime) -> None:
    person = tenure.person
    facts: dict[str, Any] = {
        "body": tenure.organisation_name,
        "seat": tenure.seat_name,
        "mailbox": tenure.seat.mailbox,
        "on": tenure.started_on,
    }
    if person.password_hash is None:
        link = operations.password_link(person, expires_at=_until(tenure, at), actor=actor(), at=at)
        mail_link("seat_handed_over_with_link", person, link, at=at, until=_until(tenure, at), **facts)
        return
    address = outbox.absolute_url("organisations.sign_in")
    mail_person(
        "seat_handed_over",
        person,
        about=tenure.seat,
        occasion=f"taken:{tenure.id}:{at.isoformat()}",
        at=at,
        values={"link": address, **facts},
    )


def _until(tenure: Tenure, at: datetime) -> datetime:
    """A seat that is taken later is still worth a link on its first day."""
    first_day = datetime.combine(tenure.started_on, datetime.min.time(), calendar.JST)
    return max(at, first_day) + operations.INVITED_FOR
