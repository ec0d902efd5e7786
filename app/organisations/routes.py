"""Pages of sign-in, of local governments, and of seats. What sends mail is in `accounts`, above the outbox."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload, selectinload
from wtforms import Field

from app import calendar, security
from app.db import db
from app.history import origin
from app.lifecycle import N_
from app.organisations import lists, operations, outsiders, sign_in
from app.organisations.contacts import mailboxes_of
from app.organisations.forms import ClosingForm, GeneralAddressForm, LastDayForm, SeatForm, SignInForm
from app.organisations.labels import BODY_KINDS, ROLES
from app.organisations.models import Organisation, Person, Seat, Tenure
from app.organisations.operations import Refused
from app.organisations.passwords import Busy
from app.organisations.sessions import own_tenure
from app.organisations.successors import bodies_merged_into
from app.organisations.tasks import unattended_count
from app.organisations.throttle import Slowed
from app.permissions import SeatlessActor
from app.web import keeping
from app.web.access import actor, actor_or_none, can, needs, only_reads
from app.web.forms import form_page
from app.web.i18n import sentence_of, shown_date, shown_time
from app.web.manifest import answer, manifests
from app.web.records import fetch, same_version
from app.web.routes import own_path
from app.web.timeline import timeline

organisations = Blueprint("organisations", __name__)
NO_SEAT = N_("The right password, of somebody who holds no seat")


@organisations.route("/sign-in", methods=["GET", "POST"], endpoint="sign_in")
@needs("public")
def sign_in_page() -> ResponseReturnValue:
    """Who signs in with several seats is asked which; who is signed in already goes on."""
    onward = own_path(request.args.get("next")) or url_for("home.index")
    if only_reads() and actor_or_none():
        return redirect(onward)
    form = SignInForm()
    refusals: list[str] = []
    status = 200
    if form.validate_on_submit():
        refusals, status = _try_to_enter(form, calendar.now())
        if not refusals:
            return redirect(after_sign_in(onward))
    elif form.errors:
        status = 422
    html = render_template(
        "organisations/sign_in.html",
        form=form,
        refusals=refusals,
        why=_why_again(onward),
        demo_accounts=_demo_accounts(),
    )
    return html, status


def after_sign_in(onward: str) -> str:
    """Where to go on: what was typed before the last session ended is shown first, in whichever browser they sign in;
    who holds several seats is asked before in which they act.
    """
    waits = onward == url_for("home.index") and keeping.waits_for(
        session.get("after_sign_in"), person_id=actor().person_id, at=calendar.now()
    )
    if waits:
        onward = url_for("web.kept_entries")
    several = len(sign_in.seats_held(own_tenure().person)) > 1
    return url_for("accounts.account", next=onward) if several else onward


def _why_again(onward: str) -> tuple[str, str] | None:
    """Why somebody who was on their way to `onward` stands before the sign-in page, and what became of their entry."""
    if onward == url_for("web.kept_entries"):
        what_is_kept = (
            _("What you typed is kept. Sign in again: it is shown, and you can send it.")
            if session.get("after_sign_in")
            else _("Nothing had been typed on that page. Sign in again to go on.")
        )
        return _("You have been signed out"), what_is_kept
    if "next" in request.args and onward != url_for("home.index"):
        return _("This page is for those who are signed in"), _(
            "You come to it as soon as you have signed in."
        )
    return None


@organisations.post("/sign-out")
@needs("public")
def sign_out() -> ResponseReturnValue:
    if who := actor_or_none():
        security.note_after("signed_out", actor=who)
    sign_in.leave()
    db.session.commit()
    flash(_("You are signed out."), "success")
    return redirect(url_for("organisations.sign_in"))


@organisations.get("/organisations")
@needs("organisation.search")
def index() -> ResponseReturnValue:
    """Local governments, found by name, kana or code."""
    listing = lists.bodies(actor(), request.args)
    return listing.response("organisations/index.html", filename="organisations")


@organisations.get("/organisations/<int:organisation_id>")
@needs("organisation.search")
def show(organisation_id: int) -> str:
    holders = selectinload(Organisation.seats).joinedload(Seat.tenures).joinedload(Tenure.person)
    body = fetch(Organisation, organisation_id, holders, joinedload(Organisation.successor))
    return render_template(
        "organisations/show.html",
        body=body,
        kinds=BODY_KINDS,
        roles=ROLES,
        contact=mailboxes_of([body.id]).get(body.id) if can("seat.view", body) else None,
        today=calendar.today(),
        formers=bodies_merged_into(body),
        around=[found for it in manifests() if it.about_body and (found := it.about_body(body, actor()))],
    )


@organisations.route("/organisations/<int:organisation_id>/general-address", methods=["GET", "POST"])
@needs("organisation.set_address")
def general_address(organisation_id: int) -> ResponseReturnValue:
    body = fetch(Organisation, organisation_id)
    form = GeneralAddressForm(data={"address": body.general_address})
    if form.validate_on_submit():
        operations.set_general_address(body, form.address.data or "", actor=actor(), at=calendar.now())
        db.session.commit()
        flash(_("Saved."), "success")
        return redirect(url_for("organisations.show", organisation_id=body.id))
    return form_page("organisations/general_address.html", form=form, body=body)


@organisations.get("/seats")
@needs("seat.manage")
def seats() -> ResponseReturnValue:
    listing = lists.seats(actor(), request.args)
    return listing.response(
        "organisations/seats.html",
        filename="seats",
        unattended=unattended_count(calendar.now()),
        filters=lists,
    )


@organisations.get("/seats/<int:seat_id>")
@needs("seat.manage")
def seat(seat_id: int) -> str:
    held = selectinload(Seat.tenures).joinedload(Tenure.person)
    seat = fetch(Seat, seat_id, joinedload(Seat.organisation), held)
    tenures = sorted(seat.tenures, key=lambda tenure: (tenure.started_on, tenure.id), reverse=True)
    return render_template(
        "organisations/seat.html", seat=seat, tenures=tenures, roles=ROLES, entries=timeline(seat),
        today=calendar.today(),
    )  # fmt: skip


@organisations.route("/organisations/<int:organisation_id>/seats/new", methods=["GET", "POST"])
@needs("seat.manage")
def new_seat(organisation_id: int) -> ResponseReturnValue:
    body = fetch(Organisation, organisation_id)
    form = SeatForm.at(body)
    if form.validate_on_submit():
        made = operations.add_seat(body, **form.values(), actor=actor(), at=calendar.now())
        db.session.commit()
        flash(_("The seat is made. Hand it to whoever will hold it."), "success")
        return redirect(url_for("organisations.seat", seat_id=made.id))
    return form_page("organisations/seat_form.html", form=form, body=body, seat=None)


@organisations.route("/seats/<int:seat_id>/edit", methods=["GET", "POST"])
@needs("seat.manage")
def edit_seat(seat_id: int) -> ResponseReturnValue:
    seat = fetch(Seat, seat_id)
    form = SeatForm.of(seat)
    if form.validate_on_submit():
        same_version(seat, form.version.data)
        operations.revise_seat(seat, **form.values(), actor=actor(), at=calendar.now())
        db.session.commit()
        flash(_("Saved."), "success")
        return redirect(url_for("organisations.seat", seat_id=seat.id))
    return form_page("organisations/seat_form.html", form=form, body=seat.organisation, seat=seat)


@organisations.route("/seats/<int:seat_id>/closure", methods=["GET", "POST"])
@needs("seat.manage")
def close_seat(seat_id: int) -> ResponseReturnValue:
    seat = fetch(Seat, seat_id)
    form = ClosingForm()
    if form.validate_on_submit():
        try:
            operations.close_seat(seat, on=form.on.data, actor=actor(), at=calendar.now())
            db.session.commit()
            flash(_("The seat is closed."), "success")
            return redirect(url_for("organisations.seat", seat_id=seat.id))
        except Refused as problem:
            _refuse(form.on, problem)
    return form_page("organisations/close_seat.html", form=form, seat=seat)


@organisations.route("/tenures/<int:tenure_id>/end", methods=["GET", "POST"])
@needs("seat.manage")
def end_tenure(tenure_id: int) -> ResponseReturnValue:
    tenure = fetch(Tenure, tenure_id, joinedload(Tenure.person), joinedload(Tenure.seat))
    form = LastDayForm()
    if form.validate_on_submit():
        try:
            operations.leave_seat(tenure, on=form.on.data, actor=actor(), at=calendar.now())
            db.session.commit()
            flash(_("The last day is set."), "success")
            return redirect(url_for("organisations.seat", seat_id=tenure.seat_id))
        except Refused as problem:
            _refuse(form.on, problem)
    return form_page("organisations/end_tenure.html", form=form, tenure=tenure, seat=tenure.seat)


def _try_to_enter(form: SignInForm, at: datetime) -> tuple[list[str], int]:
    """Sign in, or the sentences that say why not. An unknown address and a wrong password get the same one."""
    here = origin.get()
    try:
        person = sign_in.authenticate(form.email.data, form.password.data, origin=here, at=at)
    except Slowed as slowed:
        security.note_after("sign_in_slowed", address=sign_in.normal_address(form.email.data), once="sign-in")
        by_link = _("In a hurry? Have a link sent to you: who sets a password by it is signed in at once.")
        return [slow_down(slowed), by_link], 429
    except Busy:
        return [busy()], 503
    if person is None:
        return [_("The e-mail address or the password is not right. Check both and try again.")], 422
    held = sign_in.welcome(person, origin=here, at=at)
    db.session.commit()
    if not held:
        who = SeatlessActor(person.name, "", person_id=person.id)
        security.note_after("sign_in_failed", actor=who, detail=NO_SEAT)
        return [why_no_seat(person)], 403
    return [], 302


def why_no_seat(person: Person) -> str:
    """For whoever has shown who they are."""
    coming = sign_in.seat_to_come(person, calendar.today())
    if coming is None and (last := outsiders.last_let_in(person)):
        return _(
            "%(body)s had let you in as a consultant, and that time is over. Ask %(body)s to let you in again.",
            body=last.organisation_name,
        )
    if coming is None:
        return _("You hold no seat at present. Ask the administrator of this system to hand you one.")
    return _(
        "You hold the seat (%(seat)s) from %(day)s, and can sign in from that day.",
        seat=f"{coming.organisation_name} {coming.seat_name}",
        day=shown_date(coming.started_on),
    )


def slow_down(slowed: Slowed) -> str:
    return _(
        "There have been too many attempts. Wait until %(time)s, then try again.",
        time=shown_time(slowed.until),
    )


def busy() -> str:
    return _("Very many people are signing in at this moment. Wait a few seconds, then try again.")


def _demo_accounts() -> list[tuple[str, str, str]]:
    """(label, address, password) to try the demo with: those that are in its data."""
    if not current_app.config["DEMO"]:
        return []
    offered = answer("demo_accounts")()
    known = sign_in.known_addresses(address for _label, address, _password in offered)
    return [account for account in offered if account[1] in known]


def _refuse(field: Field, problem: Refused) -> None:
    db.session.rollback()
    field.errors = [*field.errors, sentence_of(problem)]
