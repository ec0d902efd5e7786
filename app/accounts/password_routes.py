"""Passwords: forgotten, set by a one-time link, changed.

Whoever asks for a link gets the same answer for any address. A link shows its page as often as it is opened (mail
filters open links) and is used up when the form is sent.
"""

from __future__ import annotations

from datetime import datetime

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app import calendar, security
from app.accounts.forms import ChangePasswordForm, ForgottenForm, NewPasswordForm
from app.accounts.mails import mail_changed, mail_link
from app.accounts.routes import accounts
from app.db import db
from app.history import origin
from app.organisations import operations, sign_in
from app.organisations.links import LinkGone
from app.organisations.passwords import Busy
from app.organisations.routes import after_sign_in, busy, slow_down, why_no_seat
from app.organisations.sessions import own_tenure
from app.organisations.throttle import Slowed
from app.web.access import actor, needs
from app.web.arrival import arrived
from app.web.forms import form_page


@accounts.route("/password/forgotten", methods=["GET", "POST"])
@needs("public")
def forgotten_password() -> ResponseReturnValue:
    form = ForgottenForm()
    if not form.validate_on_submit():
        return form_page("accounts/password_forgotten.html", form=form, refusal="")
    try:
        _mail_reset(form.email.data, calendar.now())
    except Slowed as slowed:
        security.note_after("link_slowed", address=sign_in.normal_address(form.email.data), once="reset")
        return render_template("accounts/password_forgotten.html", form=form, refusal=slow_down(slowed)), 429
    db.session.commit()
    flash(
        ngettext(
            "If %(address)s belongs to somebody here, a mail with a link is on its way. It is good for %(hours)s hour.",
            "If %(address)s belongs to somebody here, a mail with a link is on its way. It is good for %(hours)s hours.",
            _hours(),
            address=form.email.data,
            hours=_hours(),
        ),
        "info",
    )
    return redirect(url_for("organisations.sign_in"))


@accounts.route("/password/<token>", methods=["GET", "POST"])
@needs("public")
def set_password(token: str) -> ResponseReturnValue:
    """The page of a one-time link. Who sets a password by it is signed in at once, however much is guessed elsewhere."""
    at = arrived()  # the link is good for what came in while it was
    try:
        _link, person = operations.person_of_link(token, at=at)
        form = NewPasswordForm()
        form.email = person.email
        if form.validate_on_submit():
            operations.set_password_by_link(token, form.new_password.data, at=at)
            mail_changed(person, at)
            held = sign_in.welcome(person, origin=origin.get(), at=at)
            db.session.commit()
            if held:
                flash(_("Your password is set, and you are signed in."), "success")
                return redirect(after_sign_in(url_for("home.index")))
            flash(_("Your password is set."), "success")
            flash(why_no_seat(person), "info")
            return redirect(url_for("organisations.sign_in"))
    except Busy:
        db.session.rollback()
        form.new_password.errors = [busy()]
    except LinkGone as gone:
        db.session.rollback()
        return render_template("accounts/password_link_gone.html", reason=gone.reason), 410
    return form_page("accounts/password_set.html", form=form, person=person)


@accounts.route("/account/password", methods=["GET", "POST"])
@needs("session.use")
def change_password() -> ResponseReturnValue:
    """One's own; sessions opened elsewhere end."""
    tenure, at = own_tenure(), calendar.now()
    person = tenure.person
    form = ChangePasswordForm()
    form.email = person.email
    if form.validate_on_submit() and _knows_present_password(form, at):
        try:
            operations.set_password(person, form.new_password.data, actor=actor(), at=at)
            mail_changed(person, at)
            sign_in.enter_again(tenure)
            db.session.commit()
            flash(_("Your password is changed."), "success")
            return redirect(url_for("accounts.account"))
        except Busy:
            db.session.rollback()
            form.new_password.errors = [busy()]
    return form_page("accounts/password_change.html", form=form, person=person)


def _mail_reset(email: str, at: datetime) -> None:
    found = operations.request_password_reset(email, origin=origin.get(), at=at)
    if found:
        mail_link("password_reset", *found, at=at, until=at + operations.RESET_FOR)


def _knows_present_password(form: ChangePasswordForm, at: datetime) -> bool:
    """Slowed down like a sign-in: a session left open must not be a way to guess."""
    try:
        if sign_in.knows_password(own_tenure(), form.password.data, origin=origin.get(), at=at):
            return True
        form.password.errors = [_("This is not your present password.")]
    except Slowed as slowed:
        security.note_after("sign_in_slowed", actor=actor(), once="password")
        form.password.errors = [slow_down(slowed)]
    except Busy:
        form.password.errors = [busy()]
    return False


def _hours() -> int:
    return int(operations.RESET_FOR.total_seconds() // 3600)
