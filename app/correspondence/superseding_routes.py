"""Pages that draft the letter which replaces or withdraws an issued one (差替え, 取消し)."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from app import calendar
from app.correspondence import superseding
from app.correspondence.blueprint import correspondence
from app.correspondence.forms import ReplacementForm, WithdrawalForm
from app.correspondence.models import SUPERSEDING, Letter
from app.correspondence.rendering import LetterContent
from app.db import db
from app.lifecycle import closed_guard, is_open
from app.lifecycle.letter import ISSUED
from app.web.access import actor, needs
from app.web.forms import form_page
from app.web.manifest import brought
from app.web.records import fetch


@correspondence.route("/letters/<int:letter_id>/withdrawal", methods=["GET", "POST"])
@needs("letter.supersede")
def withdraw(letter_id: int) -> ResponseReturnValue:
    """Draft the letter that withdraws an issued one."""
    found = fetch(Letter, letter_id, joinedload(Letter.organisation))
    if not is_open(found, "withdraw", actor=actor(), at=calendar.now()):
        return _not_this_one(found, "withdraw")
    form = WithdrawalForm()
    if form.validate_on_submit():
        made = superseding.withdraw(
            found,
            reason=form.reason.data or "",
            afterwards=form.afterwards.data or "",
            actor=actor(),
            at=calendar.now(),
        )
        return _drafted(made)
    return form_page("correspondence/withdraw.html", form=form, letter=found)


@correspondence.route("/letters/<int:letter_id>/replacement", methods=["GET", "POST"])
@needs("letter.supersede")
def replace(letter_id: int) -> ResponseReturnValue:
    """Draft the letter with the right contents that goes out in the place of an issued one."""
    found = fetch(Letter, letter_id, joinedload(Letter.organisation))
    if not is_open(found, "replace", actor=actor(), at=calendar.now()):
        return _not_this_one(found, "replace")
    content = superseding.to_be_mended(found, _worded_anew(found), on=calendar.today())
    form = ReplacementForm.of(content)
    if form.validate_on_submit():
        made = superseding.replace_by(
            found, form.mended(content), reason=form.reason.data or "", actor=actor(), at=calendar.now()
        )
        return _drafted(made)
    return form_page("correspondence/replace.html", form=form, letter=found)


def _worded_anew(letter: Letter) -> LetterContent | None:
    """By the record as it stands now, where letters of this kind are composed from one."""
    compose_anew = brought("composers").get(letter.letter_kind)
    return compose_anew(letter) if compose_anew and letter.letter_kind not in SUPERSEDING else None


def _drafted(made: Letter) -> ResponseReturnValue:
    db.session.commit()
    flash(
        _("The letter is drafted. A director approves it; the former one stands until it is issued."),
        "success",
    )
    return redirect(url_for("correspondence.letter", letter_id=made.id))


def _not_this_one(letter: Letter, name: str) -> ResponseReturnValue:
    closed = closed_guard(letter, name, at=calendar.now()) if letter in ISSUED else None
    flash(
        _(closed.sentence) if closed else _("This letter has not been issued: mend it or discard it."), "info"
    )
    return redirect(url_for("correspondence.letter", letter_id=letter.id))
