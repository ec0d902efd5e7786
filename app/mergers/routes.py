"""Pages of a merger: the successor is looked for, what moves is shown, the day and the reason are entered."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload, selectinload
from wtforms import TextAreaField

from app import calendar
from app.db import db
from app.mergers import operations
from app.mergers.preview import moving
from app.organisations.models import Organisation, Seat, Tenure
from app.organisations.operations import Refused
from app.organisations.search import read_code
from app.web.access import actor, needs
from app.web.forms import AtMost, DateField, Form, Required, form_page
from app.web.i18n import sentence_of
from app.web.lists import LONGEST_SEARCH
from app.web.records import fetch, look_up
from app.web.timeline import timeline

mergers = Blueprint("mergers", __name__)
FOUND_MAX = 20


class MergerForm(Form):
    on = DateField(
        _l("Day of the merger"),
        [Required()],
        description=_l(
            "From this day on the successor stands for the body. A day to come is carried out on its morning."
        ),
    )
    reason = TextAreaField(
        _l("Reason"),
        [Required(), AtMost(1000)],
        description=_l("For example the notice of the Minister: 令和8年総務省告示第○号"),
    )


@mergers.route("/organisations/<int:organisation_id>/merger", methods=["GET", "POST"])
@needs("organisation.merge")
def enter(organisation_id: int) -> ResponseReturnValue:
    body = _fetched(organisation_id)
    if body.successor_id is not None:
        still = None if body.merged_at else moving(body, body.successor, actor())
        return render_template("mergers/entered.html", body=body, moving=still, entries=timeline(body))
    successor = _chosen()
    if successor is None:
        return _choose(body)
    form = MergerForm()
    if form.validate_on_submit():
        try:
            done = operations.enter(
                body,
                successor,
                on=form.on.data,
                reason=form.reason.data or "",
                actor=actor(),
                at=calendar.now(),
            )
            db.session.commit()
            flash(_("The merger is carried out.") if done else _("The merger is entered."), "success")
            return redirect(url_for("organisations.show", organisation_id=body.id))
        except Refused as problem:
            db.session.rollback()
            form.on.errors = [*form.on.errors, sentence_of(problem)]
            body, successor = _fetched(organisation_id), _chosen()
    return form_page(
        "mergers/enter.html",
        form=form,
        body=body,
        successor=successor,
        moving=moving(body, successor, actor()),
    )


@mergers.post("/organisations/<int:organisation_id>/merger/withdrawal")
@needs("organisation.merge")
def take_back(organisation_id: int) -> ResponseReturnValue:
    body = _fetched(organisation_id)
    try:
        operations.take_back(body, actor=actor(), at=calendar.now())
        db.session.commit()
        flash(_("The merger is taken back."), "success")
    except Refused as problem:
        db.session.rollback()
        flash(sentence_of(problem), "warning")
    return redirect(url_for("organisations.show", organisation_id=organisation_id))


def _fetched(organisation_id: int) -> Organisation:
    holders = selectinload(Organisation.seats).selectinload(Seat.tenures).joinedload(Tenure.person)
    return fetch(Organisation, organisation_id, holders, joinedload(Organisation.successor))


def _chosen() -> Organisation | None:
    """The successor that this request names; None while none is chosen. One that there is not is 404."""
    chosen = request.args.get("successor_id", "")
    if not chosen:
        return None
    return look_up(Organisation, int(chosen) if chosen.isdecimal() and len(chosen) < 10 else 0)


def _choose(body: Organisation) -> str:
    """Among the bodies of its kind that have not merged themselves."""
    words = request.args.get("q", "").strip()[:LONGEST_SEARCH]
    bodies = operations.candidates(body, words, limit=FOUND_MAX + 1) if words else []
    return render_template(
        "mergers/choose.html",
        body=body,
        q=words,
        found=bodies[:FOUND_MAX],
        more=len(bodies) > FOUND_MAX,
        reading=read_code(words),
    )
