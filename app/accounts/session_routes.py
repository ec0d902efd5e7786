"""Where a person is signed in: seen and ended by themselves, or by an administrator."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import calendar
from app.accounts.routes import accounts
from app.db import db
from app.organisations import operations, sessions
from app.organisations.models import Person
from app.organisations.sign_in_models import SignInSession
from app.web.access import actor, needs
from app.web.records import fetch
from app.web.timeline import timeline


@accounts.post("/account/sessions/<int:session_id>/end")
@needs("session.use")
def end_session(session_id: int) -> ResponseReturnValue:
    """One of one's own; its browser is known no more."""
    row = fetch(SignInSession, session_id)
    sessions.end(row, "by_person")
    db.session.commit()
    flash(_("The session is ended."), "success")
    return redirect(url_for("accounts.account"))


@accounts.post("/account/sessions/end-others")
@needs("session.use")
def end_other_sessions() -> ResponseReturnValue:
    here = sessions.own_session()
    operations.end_sessions(sessions.own_tenure().person, besides=here, actor=actor(), at=calendar.now())
    db.session.commit()
    flash(_("Wherever else you were signed in, you are signed out."), "success")
    return redirect(url_for("accounts.account"))


@accounts.get("/people/<int:person_id>/sessions")
@needs("session.manage")
def sessions_of(person_id: int) -> str:
    person = fetch(Person, person_id)
    return render_template(
        "accounts/sessions.html",
        person=person,
        sessions=sessions.open_sessions(person),
        entries=timeline(person),
    )


@accounts.post("/people/<int:person_id>/sessions/end")
@needs("session.manage")
def end_sessions_of(person_id: int) -> ResponseReturnValue:
    """All of somebody's: a lost computer, a session that should not be."""
    person = fetch(Person, person_id)
    count = operations.end_sessions(person, actor=actor(), at=calendar.now())
    db.session.commit()
    flash(_("%(name)s is signed out everywhere (%(n)s sessions).", name=person.name, n=count), "success")
    return redirect(url_for("accounts.sessions_of", person_id=person.id))
