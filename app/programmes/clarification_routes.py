"""Pages of questions and answers of a call, for officers; and how a body gets its first seat, for everybody."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import selectinload

from app import calendar
from app.db import db
from app.lifecycle.call import UNPUBLISHED
from app.programmes import clarifications
from app.programmes.forms import ClarificationForm, ClarificationWithdrawalForm, PlaceForm
from app.programmes.models import Call, Clarification
from app.programmes.phases import openings
from app.programmes.routes import programmes
from app.web.access import actor, needs, only_reads
from app.web.everybodys import same_for_everybody
from app.web.forms import form_page
from app.web.records import fetch, same_version

CLARIFIED = selectinload(Call.clarifications).selectinload(Clarification.editions)


@programmes.get("/first-seat")
@needs("public")
@same_for_everybody
def first_seat() -> str:
    """Who asks whom, what to send, how long it takes."""
    return render_template("programmes/first_seat.html", openings=openings(calendar.now()))


@programmes.get("/calls/<int:call_id>/clarifications")
@needs("call.clarify")
def clarify(call_id: int) -> ResponseReturnValue:
    """All of a call, also those that were withdrawn, with every edition."""
    call = fetch(Call, call_id, CLARIFIED)
    return render_template("programmes/clarifications.html", call=call, form=PlaceForm())


@programmes.route("/calls/<int:call_id>/clarifications/new", methods=["GET", "POST"])
@needs("call.clarify")
def publish_clarification(call_id: int) -> ResponseReturnValue:
    call = fetch(Call, call_id)
    if call in UNPUBLISHED:
        flash(_("Publish the call first: before, nobody can read its questions and answers."), "info")
        return redirect(url_for("programmes.show", call_id=call.id))
    form = ClarificationForm()
    if form.validate_on_submit():
        made = clarifications.publish(
            call, question=form.question.data, answer=form.answer.data, actor=actor(), at=calendar.now()
        )
        db.session.commit()
        flash(_("Question %(number)s is published with its answer.", number=made.number), "success")
        return redirect(place_of(made))
    return form_page("programmes/clarification.html", form=form, call=call, clarification=None)


@programmes.route("/calls/<int:call_id>/clarifications/<int:number>", methods=["GET", "POST"])
@needs("call.clarify")
def edit_clarification(call_id: int, number: int) -> ResponseReturnValue:
    found = _found(call_id, number)
    form = ClarificationForm(obj=found)
    if only_reads():
        form.version.data = found.version_id
    elif not found.is_published:
        return _withdrawn(found)
    elif form.validate_on_submit():
        same_version(found, form.version.data)
        clarifications.edit(
            found, question=form.question.data, answer=form.answer.data, actor=actor(), at=calendar.now()
        )
        db.session.commit()
        flash(_("Saved. Everybody reads the new wording; the earlier one is kept for the office."), "success")
        return redirect(place_of(found))
    if not found.is_published:
        return _withdrawn(found)
    return form_page("programmes/clarification.html", form=form, call=found.call, clarification=found)


@programmes.route("/calls/<int:call_id>/clarifications/<int:number>/withdrawal", methods=["GET", "POST"])
@needs("call.clarify")
def withdraw_clarification(call_id: int, number: int) -> ResponseReturnValue:
    found = _found(call_id, number)
    if not found.is_published:
        return _withdrawn(found)
    form = ClarificationWithdrawalForm()
    if form.validate_on_submit():
        clarifications.withdraw(found, reason=form.reason.data, actor=actor(), at=calendar.now())
        db.session.commit()
        flash(_("It is withdrawn. The page of the call says so, with the reason."), "success")
        return redirect(place_of(found))
    return form_page(
        "programmes/withdraw_clarification.html", form=form, call=found.call, clarification=found
    )


@programmes.post("/calls/<int:call_id>/clarifications/<int:number>/place")
@needs("call.clarify")
def place_clarification(call_id: int, number: int) -> ResponseReturnValue:
    """Before its neighbour, or after it."""
    found = _found(call_id, number)
    if not found.is_published:
        return _withdrawn(found)
    to = request.form.get("to", "")
    if to not in ("up", "down"):
        abort(400)
    clarifications.put(found, up=to == "up", actor=actor(), at=calendar.now())
    db.session.commit()
    return redirect(url_for("programmes.clarify", call_id=call_id, _anchor=f"answer-{number}"))


def place_of(clarification: Clarification) -> str:
    """Where everybody reads it."""
    return url_for("programmes.show", call_id=clarification.call_id, _anchor=f"answer-{clarification.number}")


def _found(call_id: int, number: int) -> Clarification:
    call = fetch(Call, call_id, CLARIFIED)
    found = next((it for it in call.clarifications if it.number == number), None)
    if found is None:
        abort(404)
    return found


def _withdrawn(clarification: Clarification) -> ResponseReturnValue:
    flash(_("This question and its answer were withdrawn, and are not changed any more."), "info")
    return redirect(url_for("programmes.clarify", call_id=clarification.call_id))
