"""Pages that draft the letter which replaces or withdraws an issued one (差替え, 取消し)."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from app import calendar
from app.correspondence import superseding
from app.correspondence.blueprint import correspondence
from app.correspondence.forms import ReplacementForm, WithdrawalForm
from app.correspondence.models import SUPERSEDING, WITHDRAWAL, Letter
from app.correspondence.rendering import LetterContent
from app.db import db
from app.organisations.operations import Refused
from app.web.access import actor, needs
from app.web.forms import told
from app.web.manifest import brought
from app.web.records import fetch


@correspondence.route("/letters/<int:letter_id>/withdrawal", methods=["GET", "POST"])
@needs("letter.supersede")
def withdraw(letter_id: int):
    """Draft the letter that withdraws an issued one."""
    found = fetch(Letter, letter_id, joinedload(Letter.organisation))
    if not superseding.may_be_superseded(found) or found.letter_kind == WITHDRAWAL:
        return _not_this_one(found)
    form = WithdrawalForm()
    if form.validate_on_submit():
        try:
            made = superseding.withdraw(
                found,
                reason=form.reason.data or "",
                afterwards=form.afterwards.data or "",
                actor=actor(),
                at=calendar.now(),
            )
        except Refused as problem:
            db.session.rollback()
            form.reason.errors = [told(problem)]
        else:
            return _drafted(made)
    page = render_template("correspondence/withdraw.html", form=form, letter=found)
    return page, 422 if form.errors else 200


@correspondence.route("/letters/<int:letter_id>/replacement", methods=["GET", "POST"])
@needs("letter.supersede")
def replace(letter_id: int):
    """Draft the letter with the right contents that goes out in the place of an issued one."""
    found = fetch(Letter, letter_id, joinedload(Letter.organisation))
    if not superseding.may_be_superseded(found):
        return _not_this_one(found)
    content = superseding.to_be_mended(found, _worded_anew(found), on=calendar.today())
    form = ReplacementForm.of(content)
    if form.validate_on_submit():
        try:
            made = superseding.replace_by(
                found, form.mended(content), reason=form.reason.data or "", actor=actor(), at=calendar.now()
            )
        except Refused as problem:
            db.session.rollback()
            form.reason.errors = [told(problem)]
        else:
            return _drafted(made)
    page = render_template("correspondence/replace.html", form=form, letter=found)
    return page, 422 if form.errors else 200


def _worded_anew(letter: Letter) -> LetterContent | None:
    """By the record as it stands now, where letters of this kind are composed from one."""
    compose_anew = brought("composers").get(letter.letter_kind)
    return compose_anew(letter) if compose_anew and letter.letter_kind not in SUPERSEDING else None


def _drafted(made: Letter) -> Any:
    db.session.commit()
    flash(
        _("The letter is drafted. A director approves it; the former one stands until it is issued."),
        "success",
    )
    return redirect(url_for("correspondence.letter", letter_id=made.id))


def _not_this_one(letter: Letter) -> Any:
    if letter.state != "issued":
        why = _("This letter has not been issued: mend it or discard it.")
    elif letter.superseder_id:
        why = _("Another letter supersedes this one already, or is being prepared to.")
    else:
        why = _("This letter withdraws another one; put a letter with the right contents in its place.")
    flash(why, "info")
    return redirect(url_for("correspondence.letter", letter_id=letter.id))
