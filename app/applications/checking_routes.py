"""Pages of checking, for officers: accept, return for correction, give more time; tick, assign, note."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload, selectinload

from app import calendar
from app.applications import assigning, checking, checklist, notes, reading, submission
from app.applications.assigning import officers
from app.applications.blueprint import applications
from app.applications.checklist import checks_of, items_of, open_items
from app.applications.forms import CHECK, AcceptanceForm, CorrectionDueForm, NoteForm, return_form
from app.applications.lists import chosen
from app.applications.models import ANSWERED, Application
from app.db import db, held
from app.lifecycle import must_be_open
from app.lifecycle.application import TO_CHECK
from app.web.access import actor, needs, only_reads
from app.web.forms import form_page
from app.web.i18n import shown_instant, state_label
from app.web.records import fetch
from app.web.walk import Walk, in_list, named_list, walk_of


@applications.post("/applications/<int:application_id>/acceptance")
@needs("application.check")
def accept(application_id: int) -> ResponseReturnValue:
    """Accept it, and on to the next of the list that it was opened from; with items of its checklist open, asked once more."""
    application = fetch(Application, application_id)
    here = url_for("applications.show", application_id=application_id, **in_list())
    form = AcceptanceForm()
    must_be_open(application, "accept", actor=actor(), at=calendar.now())
    if (left := open_items([application])[application.id]) and not form.is_confirmed:
        return render_template("applications/accept.html", application=application, form=form, left=left)
    walk = walk_of(application)  # before it leaves the list
    try:
        checking.accept(application, seen=form.seen_at, actor=actor(), at=calendar.now())
    except submission.ChangedSinceSeen:
        db.session.rollback()
        flash(
            _("It was resubmitted after you had opened the page. Read it once more, then accept it."),
            "warning",
        )
        return redirect(here)
    db.session.commit()
    flash(
        _("%(number)s is accepted, and the applicant is told by mail.", number=application.number), "success"
    )
    return redirect(_onward(walk) or here)


@applications.post("/applications/acceptances")
@needs("application.check")
def accept_chosen() -> ResponseReturnValue:
    """Accept those that are ticked in the list, each by itself; where items of a checklist are open, asked once more."""
    form, applications_chosen = AcceptanceForm(), _chosen()
    left = open_items([it for it in applications_chosen if it in TO_CHECK])
    if any(left.values()) and not form.is_confirmed:
        return render_template(
            "applications/accept_chosen.html", chosen=applications_chosen, form=form, left=left
        )
    outcome = checking.accept_each(applications_chosen, seen=form.seen_at, actor=actor(), at=calendar.now())
    db.session.commit()
    _tell(outcome)
    return redirect(_back_to_list())


@applications.post("/applications/assignments")
@needs("application.check")
def assign_chosen() -> ResponseReturnValue:
    """Let one officer check those that are ticked in the list."""
    _assign(_chosen())
    return redirect(_back_to_list())


@applications.post("/applications/<int:application_id>/assignee")
@needs("application.check")
def assign(application_id: int) -> ResponseReturnValue:
    """Let another officer check it, or all of them."""
    _assign([held(fetch(Application, application_id))])
    return redirect(url_for("applications.show", application_id=application_id, **in_list()))


def _assign(those: list[Application]) -> None:
    seat = request.form.get("assignee", "")
    if not those:
        flash(_("No application was chosen. Tick those to assign."), "warning")
        return
    if seat and not (seat.isdecimal() and int(seat) in officers()):
        flash(_("Choose an officer who holds a seat now. Nothing was assigned."), "warning")
        return
    changed = assigning.assign(those, int(seat) if seat else None, actor=actor(), at=calendar.now())
    db.session.commit()
    numbers = "、".join(str(it.number) for it in changed)
    if not changed:
        flash(_("It was assigned like that already."), "info")
    elif seat:
        name = officers()[int(seat)]
        flash(_("Assigned to %(name)s: %(numbers)s", name=name, numbers=numbers), "success")
    else:
        flash(_("Assigned to nobody, so that all officers have it: %(numbers)s", numbers=numbers), "success")


@applications.post("/applications/<int:application_id>/submissions/<int:submission_id>/checks")
@needs("application.check")
def tick(application_id: int, submission_id: int) -> ResponseReturnValue:
    """What was found at each item of the checklist, for the submission that the page showed."""
    application = fetch(Application, application_id)
    submission_read = next((it for it in application.submissions if it.id == submission_id), None)
    if submission_read is None:
        abort(404)
    known = {item.key for item in items_of(application, submission_read, checks_of([submission_read]))}
    sent = {name.removeprefix(CHECK): value for name, value in request.form.items() if name.startswith(CHECK)}
    try:
        verdicts = {key: value for key, value in sent.items() if key in known}
        changed = checklist.tick(application, submission_read, verdicts, actor=actor(), at=calendar.now())
    except ValueError:
        db.session.rollback()
        flash(_("That is none of the answers to an item. Nothing was saved."), "warning")
    else:
        db.session.commit()
        flash(
            _("The checklist is saved.") if changed else _("Nothing had changed."),
            "success" if changed else "info",
        )
    return redirect(
        url_for("applications.show", application_id=application_id, _anchor="checklist", **in_list())
    )


@applications.post("/applications/<int:application_id>/notes")
@needs("application.note")
def add_note(application_id: int) -> ResponseReturnValue:
    """A note for the office alone."""
    application, form = fetch(Application, application_id), NoteForm()
    if form.validate_on_submit():
        notes.add_note(application, form.text.data or "", actor=actor(), at=calendar.now())
        db.session.commit()
        flash(_("The note is kept. Only the office sees it."), "success")
        return redirect(
            url_for("applications.show", application_id=application_id, _anchor="notes", **in_list())
        )
    return form_page("applications/note.html", application=application, form=form)


def _chosen() -> list[Application]:
    return chosen(actor(), request.form.getlist("application", type=int))


def _back_to_list() -> str:
    listing = named_list(Application.kind)
    return listing.here if listing else url_for("applications.index")


@applications.route("/applications/<int:application_id>/correction-request", methods=["GET", "POST"])
@needs("application.check")
def return_for_correction(application_id: int) -> ResponseReturnValue:
    """What is to be mended, question by question, and until when."""
    application = fetch(
        Application,
        application_id,
        joinedload(Application.call),
        joinedload(Application.organisation),
        *ANSWERED,
        selectinload(Application.submissions),
        selectinload(Application.corrections),
    )
    must_be_open(application, "return_for_correction", actor=actor(), at=calendar.now())
    form, changed = return_form(application), False
    valid = form.validate_on_submit()
    named = bool(form.defects) or only_reads()
    if valid and named and form.due:
        walk = walk_of(application)  # before it leaves the list
        try:
            checking.return_for_correction(
                application,
                defects=form.defects,
                due_at=form.due,
                seen=form.seen_at,
                actor=actor(),
                at=calendar.now(),
            )
        except submission.ChangedSinceSeen:
            db.session.rollback()
            changed = True
        else:
            db.session.commit()
            flash(
                _(
                    "%(number)s is returned. The applicant is asked by mail to resubmit before %(instant)s.",
                    number=application.number,
                    instant=shown_instant(form.due),
                ),
                "success",
            )
            here = url_for("applications.show", application_id=application_id, **in_list())
            return redirect(_onward(walk) or here)
    shown = application.last_submission
    form.seen.data = application.last_seen_as
    page, status = form_page(
        "applications/return.html",
        application=application,
        form=form,
        wrong=not only_reads(),
        named=named,
        changed_meanwhile=changed,
        parts=reading.parts_of(application, form),
        said=shown.said if shown else None,
        files=reading.file_addresses(application, shown) if shown else {},
    )
    return page, 409 if changed else status


@applications.route("/applications/<int:application_id>/correction-request/due", methods=["GET", "POST"])
@needs("application.check")
def extend_correction(application_id: int) -> ResponseReturnValue:
    """More time for a returned application, also after its due instant has passed."""
    application = fetch(Application, application_id, joinedload(Application.call))
    must_be_open(application, "extend_correction", actor=actor(), at=calendar.now())
    correction = application.corrections[-1]
    form = CorrectionDueForm()
    form.was = correction.due_at
    if form.validate_on_submit() and form.due_at.data:
        checking.extend_correction(
            application, due_at=form.due_at.data, reason=form.reason.data, actor=actor(), at=calendar.now()
        )
        db.session.commit()
        flash(_("The applicant has more time, and is told by mail."), "success")
        return redirect(url_for("applications.show", application_id=application_id, **in_list()))
    return form_page(
        "applications/extend_correction.html", application=application, form=form, correction=correction
    )


def _onward(walk: Walk | None) -> str | None:
    """The next case of the list, after the last one the list itself; None when there is no list."""
    if walk is None or walk.found is None:
        return None
    if walk.after is None:
        flash(_("That was the last one of the list."), "info")
        return walk.back
    return url_for("applications.show", application_id=walk.after, **in_list())


def _tell(outcome: checking.Accepted) -> None:
    """What became of those that were ticked, in one notice for each reason."""

    def named(these: list[Application], state: bool = False) -> str:
        return "、".join(f"{it.number}（{state_label(it)}）" if state else str(it.number) for it in these)

    if outcome.done:
        count, numbers = len(outcome.done), named(outcome.done)
        flash(
            _("Accepted (%(count)s), and told by mail: %(numbers)s", count=count, numbers=numbers), "success"
        )
    if outcome.moved_on:
        numbers = named(outcome.moved_on, state=True)
        flash(
            _("Not accepted, because they do not wait for the check: %(numbers)s", numbers=numbers), "warning"
        )
    if outcome.resubmitted:
        numbers = named(outcome.resubmitted)
        flash(
            _(
                "Not accepted, because they were resubmitted after you had opened the list: %(numbers)s. Read them first.",
                numbers=numbers,
            ),
            "warning",
        )
    if outcome.decided:
        numbers = named(outcome.decided)
        flash(_("Not accepted, because their call is decided: %(numbers)s", numbers=numbers), "warning")
    if not any((outcome.done, outcome.moved_on, outcome.resubmitted, outcome.decided)):
        flash(_("No application was chosen. Tick those to accept."), "warning")
