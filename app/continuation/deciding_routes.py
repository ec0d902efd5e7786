"""Pages of the office's side: checked, returned, certified, refused."""

from __future__ import annotations

from datetime import timedelta

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import calendar
from app.continuation import deciding
from app.continuation.blueprint import WHOLE, continuation
from app.continuation.forms import CertificationForm, CheckForm, RefusalForm, ReturnForm
from app.continuation.models import Continuation
from app.continuation.routes import with_reason
from app.web.access import actor, needs
from app.web.records import fetch

TIME_TO_CORRECT = timedelta(days=14)  # that the form offers [I]


@continuation.route("/continuations/<int:continuation_id>/check", methods=["GET", "POST"])
@needs("continuation.check")
def check(continuation_id: int) -> ResponseReturnValue:
    def act(found: Continuation, form: CheckForm) -> None:
        deciding.check(found, opinion=form.reason.data or "", actor=actor(), at=calendar.now())

    return with_reason(continuation_id, "check", CheckForm(), act, _("Checked. A director decides on it."))


@continuation.route("/continuations/<int:continuation_id>/return", methods=["GET", "POST"])
@needs("continuation.check")
def return_for_correction(continuation_id: int) -> ResponseReturnValue:
    def act(found: Continuation, form: ReturnForm) -> None:
        deciding.return_for_correction(
            found, defects=form.reason.data or "", due_on=form.due_on.data, actor=actor(), at=calendar.now()
        )

    offered = calendar.first_business_day_on_or_after(calendar.today() + TIME_TO_CORRECT)
    done = _("Returned. The local governments are told by mail.")
    return with_reason(continuation_id, "return_for_correction", ReturnForm(due_on=offered), act, done)


@continuation.route("/continuations/<int:continuation_id>/certification", methods=["GET", "POST"])
@needs("continuation.decide")
def certify(continuation_id: int) -> ResponseReturnValue:
    def act(found: Continuation, form: CertificationForm) -> None:
        deciding.certify(
            found, years=form.years.data or 0, remark=form.remark.data or "", actor=actor(), at=calendar.now()
        )

    asked = fetch(Continuation, continuation_id, *WHOLE).years_asked
    done = _("Certified. The end of support has moved; letters to be approved are drafted.")
    return with_reason(continuation_id, "certify", CertificationForm(years=asked), act, done)


@continuation.route("/continuations/<int:continuation_id>/refusal", methods=["GET", "POST"])
@needs("continuation.decide")
def refuse(continuation_id: int) -> ResponseReturnValue:
    def act(found: Continuation, form: RefusalForm) -> None:
        deciding.refuse(found, reason=form.reason.data or "", actor=actor(), at=calendar.now())

    done = _("Not certified. Letters with the reasons, to be approved, are drafted.")
    return with_reason(continuation_id, "refuse", RefusalForm(), act, done)
