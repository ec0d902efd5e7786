"""Pages of the checks of seats: their list for the office, one of them for its body, a change reported and entered."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload
from wtforms import TextAreaField

from app import calendar
from app.db import db
from app.lifecycle import is_open
from app.organisations.contacts import people_of
from app.rotation import operations
from app.rotation.lists import check_list
from app.rotation.models import SeatCheck
from app.web.access import actor, needs, only_reads
from app.web.forms import AtMost, Form, Required, form_page
from app.web.records import fetch
from app.web.timeline import timeline

rotation = Blueprint("rotation", __name__)
WHOLE = (joinedload(SeatCheck.organisation),)


class ReportForm(Form):
    report = TextAreaField(
        _l("Who changed"),
        [Required(), AtMost(2000)],
        description=_l(
            "Section and post, the name and e-mail address of whoever holds it now, and since when."
        ),
    )


@rotation.get("/seat-checks")
@needs("seat_check.list")
def index() -> ResponseReturnValue:
    return check_list(actor(), request.args).response("rotation/index.html", filename="seat-checks")


@rotation.get("/seat-checks/<int:seat_check_id>")
@needs("seat_check.view")
def show(seat_check_id: int) -> str:
    """Who holds the seats of a body by the record; the body confirms it, or reports a change."""
    check = fetch(SeatCheck, seat_check_id, *WHOLE)
    return render_template(
        "rotation/show.html",
        check=check,
        people=people_of([check.organisation_id], calendar.today()),
        entries=timeline(check),
    )


@rotation.post("/seat-checks/<int:seat_check_id>/confirmation")
@needs("seat_check.answer")
def confirm(seat_check_id: int) -> ResponseReturnValue:
    check = fetch(SeatCheck, seat_check_id, *WHOLE)
    operations.confirm(check, actor=actor(), at=calendar.now())
    db.session.commit()
    flash(_("Confirmed. Thank you."), "success")
    return redirect(url_for("rotation.show", seat_check_id=seat_check_id))


@rotation.route("/seat-checks/<int:seat_check_id>/report", methods=["GET", "POST"])
@needs("seat_check.answer")
def report(seat_check_id: int) -> ResponseReturnValue:
    check = fetch(SeatCheck, seat_check_id, *WHOLE)
    if only_reads() and not is_open(check, "report", actor=actor(), at=calendar.now()):
        flash(_("A change is reported already, and is being entered."), "info")
        return redirect(url_for("rotation.show", seat_check_id=seat_check_id))
    form = ReportForm()
    if form.validate_on_submit():
        operations.report(check, report=form.report.data or "", actor=actor(), at=calendar.now())
        db.session.commit()
        flash(_("Reported. An administrator enters it and hands the seat over."), "success")
        return redirect(url_for("rotation.show", seat_check_id=seat_check_id))
    return form_page("rotation/report.html", form=form, check=check)


@rotation.post("/seat-checks/<int:seat_check_id>/settlement")
@needs("seat_check.settle")
def settle(seat_check_id: int) -> ResponseReturnValue:
    check = fetch(SeatCheck, seat_check_id, *WHOLE)
    operations.settle(check, actor=actor(), at=calendar.now())
    db.session.commit()
    flash(_("The change is marked as entered."), "success")
    return redirect(url_for("rotation.show", seat_check_id=seat_check_id))
