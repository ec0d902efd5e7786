"""Passwords: forgotten, set by a one-time link, changed. Here, above both, because people are below and mail beside.

Whoever asks for a link gets the same answer for any address. A link shows its page as often as it is opened (mail
filters open links) and is used up when the form is sent.
"""

from __future__ import annotations

from datetime import datetime

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app import calendar, security
from app.correspondence import outbox
from app.db import Model, db, origin
from app.home.routes import home
from app.organisations import operations, sign_in
from app.organisations.contacts import works_in_office
from app.organisations.forms import ChangePasswordForm, ForgottenForm, NewPasswordForm
from app.organisations.links import LinkGone, place_of
from app.organisations.models import OneTimeLink, Person
from app.organisations.passwords import Busy
from app.organisations.routes import after_sign_in, busy, slow_down
from app.organisations.throttle import Slowed
from app.web.access import actor, needs
from app.web.arrival import arrived

MAIL_KEY = (
    "password-link"  # the mails that carry a link to a password are read by nobody but whom they are for
)


@home.route("/password/forgotten", methods=["GET", "POST"])
@needs("public")
def forgotten_password():
    form = ForgottenForm()
    if not form.validate_on_submit():
        return render_template(
            "home/password_forgotten.html", form=form, refusal=""
        ), 422 if form.errors else 200
    try:
        _mail_reset(form.email.data, calendar.now())
    except Slowed as slowed:
        security.note_after("link_slowed", address=sign_in.normal_address(form.email.data), once="reset")
        return render_template("home/password_forgotten.html", form=form, refusal=slow_down(slowed)), 429
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


@home.route("/password/<token>", methods=["GET", "POST"])
@needs("public")
def set_password(token: str):
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
            flash(_("Your password is set. Sign in with it as soon as you hold a seat."), "success")
            return redirect(url_for("organisations.sign_in"))
    except Busy:
        db.session.rollback()
        form.new_password.errors = [busy()]
    except LinkGone as gone:
        db.session.rollback()
        return render_template("home/password_link_gone.html", reason=gone.reason), 410
    return render_template("home/password_set.html", form=form, person=person), 422 if form.errors else 200


@home.route("/account/password", methods=["GET", "POST"])
@needs("session.use")
def change_password():
    """One's own; sessions opened elsewhere end."""
    person, at = actor().person, calendar.now()
    form = ChangePasswordForm()
    form.email = person.email
    if form.validate_on_submit() and _knows_present_password(form, at):
        try:
            operations.set_password(person, form.new_password.data, actor=actor(), at=at)
            mail_changed(person, at)
            sign_in.enter_again(actor())
            db.session.commit()
            flash(_("Your password is changed."), "success")
            return redirect(url_for("organisations.account"))
        except Busy:
            db.session.rollback()
            form.new_password.errors = [busy()]
    return render_template("home/password_change.html", form=form, person=person), 422 if form.errors else 200


def mail_link(template: str, person: Person, link: OneTimeLink, *, at: datetime, **values) -> None:
    """Queue the mail that carries the link; its token is put in as the mail leaves, and told nowhere else."""
    address = outbox.absolute_url("home.set_password", token=place_of(link))
    mail_person(template, person, key=f"{MAIL_KEY}:{link.id}", at=at, one_time=link, link=address, **values)


def mail_changed(person: Person, at: datetime) -> None:
    """Tell the person, who may not have done it."""
    forgotten = outbox.absolute_url("home.forgotten_password")
    key = f"password-changed:{person.id}:{person.password_stamp}"
    mail_person("password_changed", person, key=key, at=at, changed_at=at, forgotten=forgotten)


def mail_person(
    template: str,
    person: Person,
    *,
    key: str,
    at: datetime,
    about: Model | None = None,
    one_time: OneTimeLink | None = None,
    **values,
) -> None:
    """A mail to a person's own address, of their account or a seat of theirs."""
    to_office = works_in_office(person, on=calendar.day_of(at))
    subject, body = outbox.compose(template, to_office=to_office, name=person.name, **values)
    outbox.queue(
        key,
        to_address=person.email,
        to_name=person.name,
        subject=subject,
        body=body,
        about=about,
        link=one_time,
        at=at,
    )


def _mail_reset(email: str, at: datetime) -> None:
    found = operations.request_password_reset(email, origin=origin.get(), at=at)
    if found:
        mail_link("password_reset", *found, at=at, until=at + operations.RESET_FOR)


def _knows_present_password(form: ChangePasswordForm, at: datetime) -> bool:
    """Slowed down like a sign-in: a session left open must not be a way to guess."""
    try:
        if sign_in.knows_password(actor(), form.password.data, origin=origin.get(), at=at):
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
