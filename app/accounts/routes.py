"""A person's own account: the seats they may act in, their password, and where they are signed in."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import calendar
from app.db import db
from app.organisations import sessions, sign_in
from app.organisations.labels import ROLES
from app.organisations.models import Tenure
from app.web.access import needs
from app.web.records import fetch
from app.web.routes import own_path

accounts = Blueprint("accounts", __name__)


@accounts.get("/account")
@needs("session.use")
def account() -> str:
    """The seats this person may act in, their password, and where they are signed in."""
    person, onward = sessions.own_tenure().person, own_path(request.args.get("next"))
    return render_template(
        "accounts/account.html",
        seats=sign_in.seats_held(person),
        onward=onward,
        roles=ROLES,
        sessions=[] if onward else sessions.open_sessions(person),
    )


@accounts.post("/account/seat")
@needs("session.use")
def choose_seat() -> ResponseReturnValue:
    """Go on in another of one's own seats."""
    wanted = request.form.get("tenure", "")
    tenure = fetch(Tenure, int(wanted) if wanted.isdecimal() and len(wanted) < 10 else 0)
    present = sessions.own_session()
    sign_in.enter(tenure, device_id=present.device_id, continuing=present, at=calendar.now())
    db.session.commit()
    flash(
        _("You act for %(body)s, %(seat)s now.", body=tenure.organisation_name, seat=tenure.seat_name),
        "success",
    )
    return redirect(own_path(request.form.get("next")) or url_for("home.index"))
