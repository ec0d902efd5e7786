"""Pages of more time for one applicant: an officer asks for it, a director decides."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from app import calendar
from app.actors import Actor
from app.applications import graces
from app.applications.blueprint import applications
from app.applications.choosing import choose_body, chosen_body
from app.applications.grace_forms import GraceForm, RefusalForm
from app.applications.grace_models import Grace
from app.db import db
from app.lifecycle import closed_guard, is_open, must_be_open
from app.lifecycle.grace import ASKED
from app.programmes.models import Call
from app.web.about import About, Related
from app.web.access import actor, needs
from app.web.forms import form_page
from app.web.i18n import shown_instant
from app.web.records import fetch
from app.web.timeline import timeline

WITH_ITS_CASE = joinedload(Grace.call).joinedload(Call.programme), joinedload(Grace.organisation)


@applications.route("/calls/<int:call_id>/graces", methods=["GET", "POST"])
@needs("grace.ask")
def ask_grace(call_id: int) -> ResponseReturnValue:
    """First the body is looked for; with it come the instant and the reason."""
    call = fetch(Call, call_id)
    if not is_open(call, "ask_grace", actor=actor(), at=calendar.now()):
        flash(
            _("No more time can be granted: the results of this call are decided, or it is not published."),
            "info",
        )
        return redirect(url_for("programmes.show", call_id=call.id))
    body = chosen_body()
    if body is None:
        return choose_body("applications/choose_for_grace.html", call)
    form, refused = GraceForm(), graces.why_not(call, body, None, calendar.now())
    form.call, form.body = call, body
    if not refused and form.validate_on_submit():
        grace = graces.ask(
            call, body, until=form.until.data, reason=form.reason.data or "", actor=actor(), at=calendar.now()
        )
        db.session.commit()
        flash(_("A director is asked to decide. The applicant is told nothing until then."), "success")
        return redirect(url_for("applications.grace", grace_id=grace.id))
    return form_page(
        "applications/ask_grace.html", form=form, wrong=bool(refused and form.is_submitted()),
        call=call, body=body, refused=refused and _(refused), earlier=graces.graces_of(call, body),
    )  # fmt: skip


@applications.get("/graces/<int:grace_id>")
@needs("grace.view")
def grace(grace_id: int) -> str:
    """What is asked for, why, and what became of it; the director decides here."""
    found = fetch(Grace, grace_id, *WITH_ITS_CASE)
    closed = found in ASKED and closed_guard(found, "grant", at=calendar.now())
    return render_template(
        "applications/grace.html", grace=found, entries=timeline(found), cannot_be_granted=bool(closed)
    )


@applications.post("/graces/<int:grace_id>/grant")
@needs("grace.decide")
def grant(grace_id: int) -> ResponseReturnValue:
    found = fetch(Grace, grace_id, *WITH_ITS_CASE)
    graces.grant(found, actor=actor(), at=calendar.now())
    db.session.commit()
    flash(_("Granted. The applicant and the officers are told by mail."), "success")
    return redirect(url_for("applications.grace", grace_id=grace_id))


@applications.route("/graces/<int:grace_id>/refusal", methods=["GET", "POST"])
@needs("grace.decide")
def refuse(grace_id: int) -> ResponseReturnValue:
    found = fetch(Grace, grace_id, *WITH_ITS_CASE)
    if found not in ASKED:
        flash(_("This was decided on already."), "info")
        return redirect(url_for("applications.grace", grace_id=grace_id))
    must_be_open(found, "refuse", actor=actor(), at=calendar.now())
    form = RefusalForm()
    if form.validate_on_submit():
        graces.refuse(found, remark=form.remark.data or "", actor=actor(), at=calendar.now())
        db.session.commit()
        flash(_("Not granted. The officers are told by mail, the applicant is told nothing."), "success")
        return redirect(url_for("applications.grace", grace_id=grace_id))
    return form_page("applications/refuse_grace.html", form=form, grace=found)


def about_call(call: Call, who: Actor) -> About | None:
    """On the page of the call, for the office alone: who was given more time, or is to be."""
    if not who.may("grace.view"):
        return None
    found = [
        Related(
            it,
            it.organisation.full_name,
            url_for("applications.grace", grace_id=it.id),
            _("until %(instant)s", instant=shown_instant(it.until)),
            it.asked_at,
        )
        for it in graces.graces_of(call)
    ]
    return About("graces", _("More time for one applicant"), found, "", "") if found else None
