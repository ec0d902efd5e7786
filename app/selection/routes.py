"""Pages of the selection: what stands where, the results, the decision, the announcement."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload
from werkzeug.datastructures import MultiDict

from app import calendar, halting, security
from app.applications.models import Application
from app.db import db
from app.lifecycle import NotAllowed, is_open
from app.lifecycle.application import UNDER_REVIEW
from app.lifecycle.call import ANNOUNCED, DECIDED, UNDECIDED
from app.programmes.models import Call
from app.schedule.work import enqueue
from app.selection import operations, readiness
from app.selection.forms import AnnouncementForm, DecisionForm, ResultForm
from app.selection.letters import letters_for
from app.selection.lists import BODIES, results_list
from app.selection.progress import progress_of
from app.web.access import actor, needs, only_reads
from app.web.arrival import settled
from app.web.forms import form_page
from app.web.lists import Listing
from app.web.records import fetch, look_up
from app.web.timeline import timeline
from app.web.walk import leads_to, named_list

selection = Blueprint("selection", __name__)


@selection.get("/calls/<int:call_id>/selection")
@needs("selection.view")
def show(call_id: int) -> ResponseReturnValue:
    """Every submitted application of the call, its result, and what is missing before the decision."""
    call = fetch(Call, call_id)
    _note_reading(call)
    return results_list(call, actor(), request.args).response(
        "selection/show.html",
        filename=f"selection_{call.code}",
        call=call,
        progress=progress_of(call, calendar.now()),
        entries=timeline(call),
    )


@selection.post("/applications/<int:application_id>/review")
@needs("selection.record")
def start_review(application_id: int) -> ResponseReturnValue:
    application = fetch(Application, application_id)
    operations.start_review(application, actor=actor(), at=calendar.now())
    db.session.commit()
    flash(_("%(number)s is under review.", number=application.number), "success")
    return redirect(_list_of(application.call_id))


@selection.post("/calls/<int:call_id>/review")
@needs("selection.record")
def start_reviews(call_id: int) -> ResponseReturnValue:
    """Put all accepted applications of the call under review at once."""
    call = fetch(Call, call_id)
    count = operations.start_reviews(call, actor=actor(), at=calendar.now())
    db.session.commit()
    if count:
        flash(_("Applications put under review: %(count)s", count=count), "success")
    else:
        flash(_("No accepted application was waiting for its review."), "info")
    # Not to the list of accepted ones that they have just left, but to where their results are recorded.
    return redirect(url_for("selection.show", call_id=call.id, state=UNDER_REVIEW.only if count else None))


@selection.route("/applications/<int:application_id>/result", methods=["GET", "POST"])
@needs("selection.record")
def record_result(application_id: int) -> ResponseReturnValue:
    """Record the provisional result, or change it as long as the call is not decided."""
    application = fetch(
        Application, application_id, joinedload(Application.call), joinedload(Application.result), *BODIES
    )
    result = application.result
    act = "change_result" if result else "record_result"
    if not is_open(application, act, actor=actor(), at=calendar.now()):
        flash(
            _("The result of %(number)s cannot be recorded or changed now.", number=application.number),
            "info",
        )
        return redirect(_list_of(application.call_id))
    form = ResultForm()
    if form.validate_on_submit():
        operations.record_result(
            application,
            selected=form.result.data == "yes",
            reasons=form.reasons.data or "",
            version=form.version.data or 0,
            actor=actor(),
            at=calendar.now(),
        )
        db.session.commit()
        flash(_("The provisional result of %(number)s is recorded.", number=application.number), "success")
        return redirect(_list_of(application.call_id))
    _note_reading(application.call)
    if only_reads() and result:
        form.version.data, form.reasons.data = result.version_id, result.reasons
        form.result.data = "yes" if result.selected else "no"
    return form_page(
        "selection/result.html",
        form=form,
        application=application,
        result=result,
        list_address=_list_of(application.call_id),
    )


@selection.route("/calls/<int:call_id>/decision", methods=["GET", "POST"])
@needs("selection.decide")
def decide(call_id: int) -> ResponseReturnValue:
    """All results on one page, decided together."""
    call = fetch(Call, call_id)
    if call not in UNDECIDED:
        return _already_decided(call)
    form, changed = DecisionForm(), False
    if form.validate_on_submit():
        try:
            operations.decide(call, actor=actor(), at=calendar.now(), seen=form.seen.data or "")
            db.session.commit()
            flash(
                _("The results are decided. Nobody outside the office sees them until they are announced."),
                "success",
            )
            return redirect(url_for("selection.show", call_id=call.id))
        except readiness.Undecided:
            db.session.rollback()
        except operations.ResultsChanged:
            db.session.rollback()
            changed = True
        except NotAllowed:
            db.session.rollback()
            return _already_decided(fetch(Call, call_id))
    _note_reading(call)
    results, applications = operations.results_of(call), readiness.submitted_to(call)
    form.seen.data = operations.fingerprint(results)
    missing = readiness.missing_before_decision(call, calendar.now(), applications)
    page = render_template(
        "selection/decide.html",
        form=form,
        call=call,
        missing=missing,
        causes=readiness.by_cause(missing),
        changed=changed,
        lapsed=[it for it in applications if it.has_lapsed(settled(calendar.now()))],
        letters=[letter for result in results for letter in letters_for(result)],
        era_date=calendar.era_date,
        groups=[
            (_("Selected"), [result for result in results if result.selected]),
            (_("Not selected"), [result for result in results if not result.selected]),
        ],
    )
    return page, 409 if form.is_submitted() else 200


@selection.route("/calls/<int:call_id>/announcement", methods=["GET", "POST"])
@needs("selection.announce")
def announce(call_id: int) -> ResponseReturnValue:
    """Confirm, then queue the announcement as long work and follow it on its page; not on a closed day."""
    call = fetch(Call, call_id)
    if call not in DECIDED:
        flash(
            _("The results have been announced.")
            if call in ANNOUNCED
            else _("The results are not decided yet."),
            "info",
        )
        return redirect(url_for("selection.show", call_id=call.id))
    form, today = AnnouncementForm(), calendar.today()
    closed, halted = not calendar.is_business_day(today), halting.current() is not None
    if form.validate_on_submit() and not closed and not halted:
        work = enqueue(
            "announce",
            {"call_id": call.id},
            title=_("Announcement: %(call)s", call=call.title),
            then=url_for("selection.show", call_id=call.id),
            actor=actor(),
            at=calendar.now(),
        )
        db.session.commit()
        return redirect(url_for("schedule.work", work_id=work.id))
    _note_reading(call)
    results = operations.results_of(call)
    page = render_template(
        "selection/announce.html",
        form=form,
        call=call,
        today=today,
        halted=_(halting.HALTED) if halted else "",
        next_day=calendar.first_business_day_on_or_after(today) if closed else None,
        selected=[result for result in results if result.selected],
        not_selected=[result for result in results if not result.selected],
        letters=sum(len(result.application.bodies) for result in results),
    )
    return page, 409 if form.is_submitted() else 200


def _note_reading(call: Call) -> None:
    if call not in ANNOUNCED:
        security.results_read(actor())


def _already_decided(call: Call) -> ResponseReturnValue:
    decision = next((entry for entry in timeline(call) if entry.event == "decide"), None)
    if decision:
        flash(
            _(
                "%(name)s has decided these results already; nothing was decided twice.",
                name=decision.actor_name,
            ),
            "info",
        )
    return redirect(url_for("selection.show", call_id=call.id))


def _list_of(call_id: int) -> str:
    """The call's list as it was filtered, where the person came from it."""
    listing = named_list(Application.kind)
    return listing.here if listing else url_for("selection.show", call_id=call_id)


@leads_to("application", "selection.show")
def _listed(args: MultiDict, call_id: int) -> Listing:
    return results_list(look_up(Call, call_id), actor(), args)  # asked for by a case of the list too
